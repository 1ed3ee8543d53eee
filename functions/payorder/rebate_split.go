package payorder

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
)

// pricedOrder is an order as a payment would pay it.
type pricedOrder struct {
	details bss.OrderDetails
	// discount is the one that is used, if any.
	discount   *bss.OrderDiscount
	deductions []Deduction
	payable    decimal.Decimal
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

// cashByLine splits the cash over the order's lines, by their prices after the
// discount. Which line a coupon pays is known once it has been used.
func (p pricedOrder) cashByLine() []decimal.Decimal {
	return shareOut(p.cash(), pricesAfter(p.discount, p.details))
}

// pricesAfter are the prices of an order's lines after a discount, none below zero.
func pricesAfter(discount *bss.OrderDiscount, d bss.OrderDetails) []decimal.Decimal {
	prices := make([]decimal.Decimal, len(d.Lines))
	for i, l := range d.Lines {
		prices[i] = decimal.Max(l.AmountAfterDiscount, decimal.Zero)
	}
	if discount == nil {
		return prices
	}
	for _, group := range linesOf(*discount, d.Order.OrderID) {
		at := linesNamed(d.Lines, group.OrderLineItemIDs)
		weights := make([]decimal.Decimal, len(at))
		for i, line := range at {
			weights[i] = prices[line]
		}
		for i, off := range shareOut(group.DiscountAmount, weights) {
			prices[at[i]] = decimal.Max(prices[at[i]].Sub(off), decimal.Zero)
		}
	}
	return prices
}

func linesNamed(lines []bss.OrderLine, ids []string) []int {
	var at []int
	for i, l := range lines {
		if slices.Contains(ids, l.OrderLineItemID) {
			at = append(at, i)
		}
	}
	return at
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
