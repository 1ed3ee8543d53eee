package payorder

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
)

// pricedOrder is an order as a payment would pay it.
type pricedOrder struct {
	details    bss.OrderDetails
	deductions []Deduction
	payable    decimal.Decimal
	// cashByLine splits cash over the order's lines.
	cashByLine []decimal.Decimal
}

// cash is the part of the payment that counts for performance and rebate: what the
// balance pays, and the coupons and cards that count as cash.
func (p pricedOrder) cash() decimal.Decimal {
	cash := p.payable
	for _, d := range p.deductions {
		if d.countsForRebate {
			cash = cash.Add(d.Amount)
		}
	}
	return cash
}

// taken is what was taken off by one kind, such as voucher.
func (p pricedOrder) taken(kind string) decimal.Decimal {
	sum := decimal.Zero
	for _, d := range p.deductions {
		if d.Kind == kind {
			sum = sum.Add(d.Amount)
		}
	}
	return sum
}

// cashByLine is what of each line's price the balance pays, and the coupons and cards
// that count as cash, in the order in which the coupons pay.
func (c combination) cashByLine() []decimal.Decimal {
	rooms := slices.Clone(c.prices)
	vouched := make([]fen, len(rooms)) // by what does not count
	for i, coupon := range c.coupons {
		before := slices.Clone(rooms)
		spread(c.taken[i], rooms, coupon.lines)
		if countsForRebate(coupon.OrderCoupon) {
			continue
		}
		for line := range rooms {
			vouched[line] += before[line] - rooms[line]
		}
	}
	cash := make([]decimal.Decimal, len(rooms))
	for line := range cash {
		cash[line] = (c.prices[line] - vouched[line]).decimal()
	}
	return cash
}

// shareOut splits an amount by weights, to the fen: each share is what the weights so
// far come to, less what was given before, so the shares add up to the amount and
// the same fen goes to the same line every time. Without weights nothing is shared.
func shareOut(amount decimal.Decimal, weights []decimal.Decimal) []decimal.Decimal {
	shares := make([]decimal.Decimal, len(weights))
	total := decimal.Sum(decimal.Zero, weights...)
	if !total.IsPositive() {
		return shares
	}
	weighed, given := decimal.Zero, decimal.Zero
	for i, weight := range weights {
		weighed = weighed.Add(weight)
		due, _ := amount.Mul(weighed).QuoRem(total, 2)
		shares[i] = due.Sub(given)
		given = due
	}
	return shares
}

// serviceOf is the service of a line, or of the order where the line does not say.
func serviceOf(l bss.OrderLine, o bss.Order) string {
	return cmp.Or(l.ServiceTypeCode, o.ServiceTypeCode)
}
