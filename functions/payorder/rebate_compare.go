package payorder

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
)

// compare recomputes the basis of an estimate from what the order really cost and
// what was given back, by service, and says why it differs. The lines are those of
// the estimate.
func (k keptEstimate) compare(o bss.Order, known bool, returned map[string]decimal.Decimal) (OrderRebate, []RebateSums) {
	out := OrderRebate{OrderID: k.OrderID, CustomerID: k.CustomerID, PaidAt: k.PaidAt.UTC().Truncate(time.Second), Reasons: []Caveat{}, service: k.service()}
	bases := k.bases()
	if !known {
		out.because("order_unknown", "Huawei Cloud lists no such payment in the month; the estimate stands.")
	} else {
		out.explain(k, o)
		bases = shareOut(k.realBasis(o), bases)
		if k.Rebate.Basis.IsZero() {
			bases = shareEqually(k.realBasis(o), len(bases))
		}
	}
	out.Refunded = takeBack(bases, k.Rebate.Lines, returned)
	if out.Refunded.IsPositive() {
		out.because("unsubscribed", "Unsubscriptions in the month gave "+out.Refunded.StringFixed(2)+" back.")
	}
	lines := make([]RebateSums, len(bases))
	for i, l := range k.Rebate.Lines {
		lines[i] = RebateSums{EstimatedBasis: l.Basis, EstimatedRebate: l.Amount, Basis: bases[i], Rebate: l.on(bases[i])}
		out.add(lines[i])
	}
	return out, lines
}

// on is what the line's rate gives for another basis.
func (l RebateLine) on(basis decimal.Decimal) decimal.Decimal {
	if basis.Equal(l.Basis) {
		return l.Amount
	}
	return basis.Mul(l.Rate).Truncate(2)
}

// service is that of all lines, or empty where they differ.
func (k keptEstimate) service() string {
	service := ""
	for i, l := range k.Rebate.Lines {
		if i > 0 && l.Service != service {
			return ""
		}
		service = l.Service
	}
	return service
}

func (k keptEstimate) bases() []decimal.Decimal {
	bases := make([]decimal.Decimal, len(k.Rebate.Lines))
	for i, l := range k.Rebate.Lines {
		bases[i] = l.Basis
	}
	return bases
}

// realBasis is what an order really cost, less vouchers and the cash coupons that
// do not count, and less the lines that are no consumption.
func (k keptEstimate) realBasis(o bss.Order) decimal.Decimal {
	noConsumption := k.Price.Sub(k.Vouchers).Sub(k.Excluded).Sub(k.Rebate.Basis)
	basis := o.AmountAfterDiscount.Sub(o.AmountInfo.CouponAmount).Sub(k.realExcluded(o)).Sub(noConsumption)
	return decimal.Max(basis, decimal.Zero)
}

// realExcluded is how much cash coupons paid that do not count. An order does not
// say which of its cash coupons count: the estimate does.
func (k keptEstimate) realExcluded(o bss.Order) decimal.Decimal {
	return decimal.Min(k.Excluded, o.AmountInfo.FlexipurchaseCouponAmount)
}

// explain says where an order is not as it was quoted.
func (r *OrderRebate) explain(k keptEstimate, o bss.Order) {
	if !o.AmountAfterDiscount.Equal(k.Price) {
		r.because("price_differs", "The order cost "+o.AmountAfterDiscount.StringFixed(2)+", the estimate goes by "+k.Price.StringFixed(2)+".")
	}
	if paid := o.AmountInfo.CouponAmount; !paid.Equal(k.Vouchers) {
		r.because("vouchers_differ", "Vouchers paid "+paid.StringFixed(2)+", the estimate goes by "+k.Vouchers.StringFixed(2)+".")
	}
	if !k.realExcluded(o).Equal(k.Excluded) {
		r.because("cash_coupons_differ", "Cash coupons that do not count paid less than "+k.Excluded.StringFixed(2)+".")
	}
	switch o.Status {
	case bss.OrderProcessing, bss.OrderCompleted:
	case bss.OrderPendingApproval, bss.OrderPendingRefund, bss.OrderCancelled, bss.OrderPendingPayment, bss.OrderPendingConfirmation,
		bss.OrderPendingDelivery, bss.OrderPendingReceipt, bss.OrderPendingPickup, bss.OrderReplacing:
		r.because("order_not_completed", "The order is "+statusName(o.Status)+" now.")
	}
}

func (r *OrderRebate) because(code, text string) {
	r.Reasons = append(r.Reasons, Caveat{code, text})
}

// takeBack takes what was given back off the bases of the lines of its service, none
// below zero, and says how much was given back of the order.
func takeBack(bases []decimal.Decimal, lines []RebateLine, returned map[string]decimal.Decimal) decimal.Decimal {
	all := decimal.Zero
	for service, amount := range returned {
		all = all.Add(amount)
		weights := make([]decimal.Decimal, len(bases))
		for i := range bases {
			if lines[i].Service == service {
				weights[i] = bases[i]
			}
		}
		within := decimal.Min(amount, decimal.Sum(decimal.Zero, weights...))
		for i, share := range shareOut(within, weights) {
			bases[i] = bases[i].Sub(share)
		}
	}
	return all
}

func shareEqually(amount decimal.Decimal, n int) []decimal.Decimal {
	weights := make([]decimal.Decimal, n)
	for i := range weights {
		weights[i] = decimal.NewFromInt(1)
	}
	return shareOut(amount, weights)
}

// reportNotes say what a report cannot know.
func reportNotes() []Caveat {
	return []Caveat{
		{"recomputed", "basis and rebate are recomputed from the orders and the unsubscriptions of the month; the real rebates are in no API."},
		{"rates_estimated", "The recomputed rebate goes by the rates of the estimates: tiers and caps of the whole month are not gone through again."},
		{"paid_here", "Only orders that this function has quoted and paid are in it."},
	}
}
