package payorder

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
)

// paidTerm is a time of a resource that an order paid for, with the resource's share
// of what the order cost.
type paidTerm struct {
	purchase bool
	from, to time.Time
	years    int // as they were bought; 0 for months
	// money was paid by the balance, cash coupons and cards, vouchers by those.
	money, vouchers decimal.Decimal
}

// paidTerms are the terms of one resource, or why they are not known.
type paidTerms struct {
	terms    []paidTerm
	complete bool // the purchase is among them
	unknown  string
}

// refundEstimate is what one resource would give back.
type refundEstimate struct {
	ResourceID string `json:"resource_id"`
	Name       string `json:"name"`
	// Estimated is false where the orders of the resource do not tell; Reason says
	// why. A person should look at the resource in Huawei Cloud's console.
	Estimated bool   `json:"estimated"`
	Reason    string `json:"reason"`
	// Refund comes back: Paid without Consumed and Fee, and the vouchers of what has
	// not begun.
	Refund   decimal.Decimal `json:"refund"`
	Paid     decimal.Decimal `json:"paid"`
	Vouchers decimal.Decimal `json:"vouchers"`
	Consumed decimal.Decimal `json:"consumed"`
	Fee      decimal.Decimal `json:"fee"`
}

// unconditionalTime is how long after its delivery a new resource can be ended for
// nothing.
const unconditionalTime = 5 * 24 * time.Hour

// estimateRefund applies the published rules to the terms of a resource that have not
// ended: what has not begun comes back whole, with its vouchers; of what has begun the
// money, without the share of the hours that were used and the fee; and all of a new
// resource within five days, where the account has unconditional refunds left.
func estimateRefund(p paidTerms, kind string, unconditionalLeft bool, now time.Time) refundEstimate {
	e := refundEstimate{Reason: p.unknown}
	if p.unknown != "" {
		return e
	}
	e.Estimated, e.Reason = true, "what is left of the price"
	free := kind == "resources" && unconditionalLeft && isNew(p.terms, now)
	if free {
		e.Reason = "new, and the account can still end new resources for nothing"
	}
	for _, t := range p.terms {
		begun := !now.Before(t.from)
		if !now.Before(t.to) || kind == "renewals" && (begun || t.purchase) {
			continue
		}
		e.Paid, e.Vouchers = e.Paid.Add(t.money), e.Vouchers.Add(t.vouchers)
		if !begun || free {
			e.Refund = e.Refund.Add(t.money).Add(t.vouchers)
			continue
		}
		consumed, fee := t.kept(now)
		e.Consumed, e.Fee = e.Consumed.Add(consumed), e.Fee.Add(fee)
		e.Refund = e.Refund.Add(t.money).Sub(consumed).Sub(fee)
	}
	return e
}

func isNew(terms []paidTerm, now time.Time) bool {
	for _, t := range terms {
		if t.purchase {
			return !now.Before(t.from) && now.Before(t.to) && now.Before(t.from.Add(unconditionalTime))
		}
	}
	return false
}

// kept is what was consumed of a term's price, by whole hours, and the fee, both to
// the fen and together not more than the price.
//
// See https://support.huaweicloud.com/intl/en-us/usermanual-billing/unsubscription_topic_2000010.html.
func (t paidTerm) kept(now time.Time) (consumed, fee decimal.Decimal) {
	begun := t.from.Truncate(time.Hour)
	used := decimal.NewFromInt(int64(now.Truncate(time.Hour).Sub(begun) / time.Hour))
	subscribed := decimal.NewFromInt(int64(t.to.Truncate(time.Hour).Sub(begun) / time.Hour))
	if subscribed.IsPositive() {
		consumed = t.money.Mul(used).DivRound(subscribed, 2)
	}
	fee = t.money.Mul(t.feeRate(now)).Round(2)
	return consumed, decimal.Min(fee, t.money.Sub(consumed))
}

// feeRate is the share of the price that ending a term early costs: by the years that
// were bought and those that have passed, a tenth for all others. It is the
// international site's table.
//
// See https://support.huaweicloud.com/intl/en-us/usermanual-billing/en-us_topic_0083138805.html.
func (t paidTerm) feeRate(now time.Time) decimal.Decimal {
	percents := []int64{10}
	switch t.years {
	case 2:
		percents = []int64{15, 10}
	case 3:
		percents = []int64{15, 10, 5}
	}
	year := 0
	for year < len(percents)-1 && !now.Before(t.from.AddDate(year+1, 0, 0)) {
		year++
	}
	return decimal.New(percents[year], -2)
}

// termOf is the term that an order paid for, shared evenly by n equal resources.
func termOf(d bss.OrderDetails, n int) paidTerm {
	o := d.Order
	t := paidTerm{purchase: o.OrderType != bss.OrderRenewal && o.OrderType != bss.OrderChange}
	for _, l := range d.Lines {
		if t.from.IsZero() || l.EffectiveTime.Before(t.from) {
			t.from = l.EffectiveTime.Time
		}
		if l.ExpireTime.After(t.to) {
			t.to = l.ExpireTime.Time
		}
		if l.PeriodType == bss.PeriodYear {
			t.years = l.PeriodNum
		}
	}
	share := func(amount decimal.Decimal) decimal.Decimal {
		return amount.Div(decimal.NewFromInt(int64(n))).Truncate(2)
	}
	t.vouchers = share(o.AmountInfo.CouponAmount)
	t.money = share(o.AmountAfterDiscount.Sub(o.AmountInfo.CouponAmount))
	return t
}
