package payorder

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
)

// Rebate is the partner's rebate to expect from a payment: the sums of its lines.
type Rebate struct {
	// Estimate is always true.
	Estimate bool `json:"estimate"`
	// Basis is the part of the payment that counts: cash, stored-value cards, and
	// cash coupons that are not excluded.
	Basis decimal.Decimal `json:"basis"`
	// Rate is that of all lines, or what the amount is of the basis where they
	// differ.
	Rate     decimal.Decimal `json:"rate"`
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"`
	// Reason says how the rate came about.
	Reason string       `json:"reason"`
	Lines  []RebateLine `json:"lines"`
	// Performance is the month's so far, where a rate depends on it.
	Performance *Performance `json:"performance,omitempty"`
	// MayChange are the reasons why the rebate may turn out otherwise.
	MayChange []Caveat `json:"may_change"`

	association string // of the customer, where it was looked up
}

// RebateLine is the rebate to expect from one line of an order.
type RebateLine struct {
	LineID  string          `json:"order_line_item_id"`
	Service string          `json:"service_type_code"`
	Basis   decimal.Decimal `json:"basis"`
	// Rate is the rule's, or what the amount is of the basis where it lies in
	// several tiers or is capped.
	Rate   decimal.Decimal `json:"rate"`
	Amount decimal.Decimal `json:"amount"`
	// Counts says whether the basis counts for the partner's performance.
	Counts bool `json:"counts_for_performance"`
	// Rule is the name of the rule, where one was found.
	Rule string `json:"rule,omitempty"`
	// ReasonCode names the reason for programs.
	ReasonCode string `json:"reason_code"`
	Reason     string `json:"reason"`
}

// estimateRebate applies the partner's rules to each line of an order, by the
// incentive policy of the API. Rates are never published: they are the partner's
// contract.
//
// See https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001163166566.html.
func (f *function) estimateRebate(ctx context.Context, p pricedOrder) (Rebate, error) {
	e := estimate{rules: f.rules, month: f.month(), order: p}
	var err error
	if f.rules.needsCustomer() {
		if e.association, err = f.association(ctx, p.details.Order.CustomerID); err != nil {
			return Rebate{}, err
		}
	}
	if e.policies, err = f.policies(ctx, p.details, e.month); err != nil {
		return Rebate{}, err
	}
	if f.rules.hasTiers() || f.rules.hasMonthlyCaps() {
		if e.sofar, err = f.monthSoFar(ctx, e.month); err != nil {
			return Rebate{}, err
		}
	}
	return e.rebate(), nil
}

// month is the present month of GMT+8.
func (f *function) month() string { return f.clock.Now().In(cycleZone()).Format("2006-01") }

// cycleZone is the zone of Huawei Cloud's months.
func cycleZone() *time.Location { return time.FixedZone("GMT+8", 8*60*60) }

// policies are the incentive policies of the services of an order; "" where Huawei
// Cloud names none. Without rules nobody needs them.
func (f *function) policies(ctx context.Context, d bss.OrderDetails, month string) (map[string]bss.Incentive, error) {
	policies := map[string]bss.Incentive{}
	if len(f.rules.Rules) == 0 {
		return policies, nil
	}
	for _, l := range d.Lines {
		service := serviceOf(l, d.Order)
		if _, known := policies[service]; known {
			continue
		}
		policy, err := f.incentive(ctx, service, month)
		if err != nil {
			return nil, err
		}
		policies[service] = policy
	}
	return policies, nil
}

func (f *function) incentive(ctx context.Context, service, month string) (bss.Incentive, error) {
	for p, err := range f.cloud.ListIncentiveDiscountPolicies(ctx, bss.ListIncentiveDiscountPoliciesRequest{Month: month, ServiceTypeCode: service}) {
		if err != nil {
			return "", functions.Problem(err)
		}
		if p.ServiceTypeCode == service {
			return p.IncentivePolicy, nil
		}
	}
	return "", nil
}

var associations = map[bss.AssociationType]string{bss.Referral: "referral", bss.Resale: "resale", bss.Reseller: "resale"}

func (f *function) association(ctx context.Context, customerID string) (string, error) {
	for c, err := range f.cloud.ListSubCustomers(ctx, bss.ListSubCustomersRequest{CustomerID: customerID}) {
		if err != nil {
			return "", functions.Problem(err)
		}
		if c.CustomerID == customerID {
			return associations[c.AssociationType], nil
		}
	}
	return "", nil
}

// estimate is what an estimate is made of.
type estimate struct {
	rules       rebateRules
	month       string
	association string
	order       pricedOrder
	policies    map[string]bss.Incentive
	sofar       monthSoFar
}

// rebate adds the lines up. The performance grows with each line, and what a rule
// may still give shrinks.
func (e estimate) rebate() Rebate {
	r := Rebate{Estimate: true, Currency: currencyOf(e.order.details.Order), Lines: []RebateLine{}, association: e.association}
	bases := e.order.cashByLine
	performance, left := e.sofar.Amount, e.allowances()
	for i, l := range e.order.details.Lines {
		line := e.line(serviceOf(l, e.order.details.Order), bases[i], performance, left)
		line.LineID = l.OrderLineItemID
		if line.Counts {
			performance = performance.Add(line.Basis)
		}
		r.Basis, r.Amount = r.Basis.Add(line.Basis), r.Amount.Add(line.Amount)
		r.Lines = append(r.Lines, line)
	}
	r.Rate, r.Reason = commonRate(r), commonReason(r.Lines)
	if e.rules.hasTiers() {
		r.Performance = &e.sofar.Performance
	}
	r.MayChange = e.caveats()
	return r
}

// allowances are what each rule with a cap may still give to the order.
func (e estimate) allowances() map[string]decimal.Decimal {
	left := map[string]decimal.Decimal{}
	for _, rule := range e.rules.Rules {
		if rule.MaxPerOrder != nil {
			left[rule.Name] = *rule.MaxPerOrder
		}
		if rule.MaxPerMonth == nil {
			continue
		}
		month := decimal.Max(rule.MaxPerMonth.Sub(e.sofar.rebates[rule.Name]), decimal.Zero)
		if order, capped := left[rule.Name]; !capped || month.LessThan(order) {
			left[rule.Name] = month
		}
	}
	return left
}

// line estimates one line of a service on top of a performance, and takes what it
// gives from what is left of its rule.
func (e estimate) line(service string, basis, performance decimal.Decimal, left map[string]decimal.Decimal) RebateLine {
	l := RebateLine{Service: service, Basis: basis}
	if slices.Contains(e.rules.CardServices, service) {
		l.Basis = decimal.Zero
		return l.because("card_purchase")
	}
	policy := e.policies[service]
	l.Counts = countsForPerformance(policy)
	rule := e.rules.find(service, e.association, e.month)
	if rule == nil {
		return l.because("no_rule")
	}
	l.Rule = rule.Name
	switch policy {
	case bss.IncentiveNone:
		return l.because("no_incentive")
	case bss.IncentivePerformanceOnly:
		return l.because("performance_only")
	case bss.IncentiveGeneral, bss.IncentiveSpecific:
	default:
		return l.because("no_policy")
	}
	l.Amount = rule.rebate(performance, basis)
	most, capped := left[rule.Name]
	if capped {
		left[rule.Name] = decimal.Max(most.Sub(l.Amount), decimal.Zero)
	}
	switch {
	case capped && l.Amount.GreaterThan(most):
		l.Amount = most.Truncate(2)
		l.Rate = effectiveRate(l.Amount, basis)
		return l.because("rule_capped")
	case rule.Rate != nil:
		l.Rate = *rule.Rate
		return l.because("rule_rate")
	case rule.TierMethod == tiersWhole:
		l.Rate = rateAt(rule.Tiers, performance.Add(basis))
		return l.because("rule_tier_whole")
	}
	l.Rate = effectiveRate(l.Amount, basis)
	return l.because("rule_tier_marginal")
}

// effectiveRate is what an amount is of a basis, to six decimals.
func effectiveRate(amount, basis decimal.Decimal) decimal.Decimal {
	if basis.IsZero() {
		return decimal.Zero
	}
	return amount.DivRound(basis, 6)
}

func commonRate(r Rebate) decimal.Decimal {
	for _, l := range r.Lines {
		if !l.Rate.Equal(r.Lines[0].Rate) {
			return effectiveRate(r.Amount, r.Basis)
		}
	}
	if len(r.Lines) == 0 {
		return decimal.Zero
	}
	return r.Lines[0].Rate
}
