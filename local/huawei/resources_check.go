package huawei

import "github.com/shopspring/decimal"

// subscriptions: a resource's terms follow each other without gaps, each bought
// by an order of its own that was paid; every refund accounts for all that was
// paid, and its order returned just that.
func (a *audit) subscriptions() {
	b := &a.state.subscriptions
	onceEach(a, "resources", b.resources, func(r *resource) string { return r.id })
	onceEach(a, "resources on demand", b.onDemand, func(d *onDemandResource) string { return d.id })
	bought := map[*order]bool{}
	for _, r := range b.resources {
		for i, t := range r.terms {
			a.expect(i == 0 || t.from.Equal(r.terms[i-1].to), "resource %s has a gap or overlap before its term %d", r.id, i+1)
			a.expect(t.order.status == OrderCompleted && t.order.customerID == r.customerID(), "order %s cannot have bought a term of resource %s", t.order.id, r.id)
			a.expect(!bought[t.order], "order %s bought two terms", t.order.id)
			bought[t.order] = true
		}
	}
	refunded := map[*order]bool{}
	for _, f := range b.refunds {
		a.refund(f, refunded)
	}
}

func (a *audit) refund(f *refund, refunded map[*order]bool) {
	var returned paymentParts
	for _, l := range f.lines {
		a.expect(!refunded[l.base], "order %s was refunded twice", l.base.id)
		refunded[l.base] = true
		accounted := decimal.Sum(l.returned.total(), l.consumed, l.fee, l.lost)
		a.equal("what became of the price of order "+l.base.id, accounted, l.base.paidBy.total())
		for _, part := range []decimal.Decimal{l.returned.total(), l.returned.cash, l.returned.monthly, l.consumed, l.fee, l.lost} {
			a.notNegative("a part of the refund of order "+l.base.id, part)
		}
		returned = returned.add(l.returned)
	}
	a.equal("what refund "+f.order.id+" returned", f.order.paidBy.total().Neg(), returned.total())
	a.equal("the cash that refund "+f.order.id+" returned", f.order.paidBy.cash.Neg(), returned.cash)
	a.equal("what refund "+f.order.id+" took off the partner's bill", f.order.paidBy.monthly.Neg(), returned.monthly)
}

// refunds reports whether the order gives money back: its amounts are negative.
func (o *order) refunds() bool { return o.kind == orderRefund || o.kind == orderToOnDemand }
