package payorder

import "github.com/bssfn/bssfn/pkg/bss"

// Caveat is a reason why an estimate may turn out otherwise.
type Caveat struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

const estimateOnly = "; an estimate: the rebate is settled monthly, by the partner's policy and the coupons really used"

// lineReasons say how the rate of a line came about.
var lineReasons = map[string]string{
	"card_purchase":      "buying a stored-value card is no consumption",
	"no_rule":            "no rate is configured for the service",
	"no_incentive":       "the service earns neither performance nor rebate",
	"performance_only":   "the service counts for performance and earns no rebate",
	"no_policy":          "Huawei Cloud names no incentive policy for the service",
	"rule_rate":          "the configured rate of the service",
	"rule_tier_whole":    "the rate of the tier that the month's performance reaches with this line",
	"rule_tier_marginal": "the rates of the tiers in which this line lies on top of the month's performance",
	"rule_capped":        "the rule gives no more to this order or this month",
}

func (l RebateLine) because(code string) RebateLine {
	l.ReasonCode, l.Reason = code, lineReasons[code]
	return l
}

func commonReason(lines []RebateLine) string {
	if len(lines) == 0 {
		return "the order has no lines" + estimateOnly
	}
	for _, l := range lines {
		if l.Reason != lines[0].Reason {
			return "see the lines" + estimateOnly
		}
	}
	return lines[0].Reason + estimateOnly
}

// caveats are the reasons why an estimate of the order may turn out otherwise.
func (e estimate) caveats() []Caveat {
	all := []Caveat{
		{"settled_monthly", "Huawei Cloud settles the rebate monthly, by the policy that the partner has signed."},
		{"coupons_used", "The vouchers that the payment really uses, and cash coupons that do not count, reduce the basis."},
		{"unsubscribed", "What is unsubscribed in the month takes its basis away again."},
		{"policy_changed", "The incentive policy at the end of the month counts."},
	}
	add := func(when bool, code, text string) {
		if when {
			all = append(all, Caveat{code, text})
		}
	}
	add(e.order.taken(discountKinds[bss.DiscountAdjusted]).IsPositive(), "price_adjusted", "The partner adjusted the price: the basis is the lower one, and Huawei Cloud may reduce the incentive further.")
	add(len(e.order.details.Lines) > 1 && len(e.order.deductions) > 0, "split_estimated", "Which line a coupon pays is known once it has been used; it is split as the quote splits it.")
	add(e.rules.hasTiers(), "performance_moves", "The tier goes by the performance of the whole month, of which more or less may come.")
	add(e.rules.hasTiers() && e.sofar.Source == fromPayments, "performance_partial", "The performance is what this function itself has paid this month; consumption on demand and what others paid is missing.")
	add(e.rules.hasTiers() && e.sofar.Source == fromBills, "performance_delayed", "The performance is that of the bills up to as_of and of what this function has paid since; cash coupons in the bills are left out, because they do not say whether they count.")
	add(e.rules.hasMonthlyCaps(), "month_capped", "What the month's cap leaves goes by the estimates of what this function has paid.")
	return all
}
