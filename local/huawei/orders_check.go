package huawei

import "github.com/shopspring/decimal"

// orders: a paid order's price was paid in full, and once; an unpaid one cost
// nothing.
func (a *audit) orders() {
	onceEach(a, "orders", a.state.orders, func(o *order) string { return o.id })
	for _, o := range a.state.orders {
		off := sumOf(o.allTaken(), func(t takenDiscount) decimal.Decimal { return t.amount })
		a.equal("the price and discounts of order "+o.id, o.amountAfterDiscount().Add(off), o.officialAmount())
		a.expect(o.refunds() || !o.amountAfterDiscount().IsNegative(), "the price of order %s is negative", o.id)
		parts, due := o.parts(), decimal.Zero
		if !o.paid.IsZero() {
			due = o.amountAfterDiscount()
		}
		a.equal("what was paid for order "+o.id, parts.total(), due)
		for _, part := range []decimal.Decimal{parts.voucher, parts.cashCoupon, parts.card, parts.cash, parts.monthly} {
			a.expect(o.refunds() || !part.IsNegative(), "a part of the payment of order %s is negative: %s", o.id, part)
		}
		a.orderStatus(o)
		if o.combined == nil {
			a.equal("the cash taken for order "+o.id, a.moved[movement{o.customerID, o.id}].Neg(), parts.cash)
		}
	}
}

// orderStatus: what is delivered or on its way is what was paid, and the members
// of a combined order share its fate.
func (a *audit) orderStatus(o *order) {
	paid := o.status == OrderProcessing || o.status == OrderCompleted
	a.expect(paid == !o.paid.IsZero(), "order %s has status %d, which its payment contradicts", o.id, o.status)
	a.expect((o.status == OrderCompleted) == !o.completed.IsZero(), "order %s has status %d, which its delivery contradicts", o.id, o.status)
	for _, m := range o.members {
		a.expect(m.combined == o && m.status == o.status && m.customerID == o.customerID,
			"order %s is not as the combined order %s", m.id, o.id)
	}
}

// payments: what the coupons of each kind spent on an order is what it took from
// them, less what its refunds gave back. Refunds take from none.
func (a *audit) payments() {
	back := map[*order]paymentParts{}
	for _, f := range a.state.subscriptions.refunds {
		for _, l := range f.lines {
			payer := l.base.payer()
			back[payer] = back[payer].add(l.returned)
		}
	}
	var total decimal.Decimal
	for _, o := range a.state.orders {
		if o.combined != nil || o.refunds() {
			continue
		}
		paid, returned := o.parts(), back[o]
		a.equal("what vouchers spent on order "+o.id, a.spent[couponPayer{o.id, CouponVoucher}], paid.voucher.Sub(returned.voucher))
		a.equal("what cash coupons spent on order "+o.id, a.spent[couponPayer{o.id, CouponCash}], paid.cashCoupon.Sub(returned.cashCoupon))
		a.equal("what cards spent on order "+o.id, a.spent[couponPayer{o.id, CouponStoredCard}], paid.card.Sub(returned.card))
		total = total.Add(paid.coupons()).Sub(returned.coupons())
	}
	a.equal("what all coupons spent", sumOf(a.state.coupons, func(p *coupon) decimal.Decimal { return p.spent }), total)
}

// payer is the order that was paid for this one: its combined order, if it is a
// member of one.
func (o *order) payer() *order {
	if o.combined != nil {
		return o.combined
	}
	return o
}
