package huawei

import "github.com/shopspring/decimal"

// enterprises: a transfer took from a master what it gave to a member, and a
// master's coupon gave what its members' coupons hold or have spent. Nobody is
// in two enterprises, and no more came back from a member than went there.
func (a *audit) enterprises() {
	e := &a.state.enterprise
	given := map[*customer]decimal.Decimal{}
	for _, t := range e.transfers {
		a.equal("what the member got by "+t.id, a.moved[movement{t.member.id, t.id}], t.amount)
		a.equal("what the master got by "+t.id, a.moved[movement{t.master.id, t.id}], t.amount.Neg())
		add(given, t.member, t.amount)
	}
	for member, amount := range given {
		a.notNegative("what member "+member.id+" got from its master", amount)
	}
	a.passedCoupons()
	inside := map[*customer]bool{}
	for _, x := range e.all {
		a.expect(!inside[x.master], "customer %s is in two enterprises", x.master.id)
		inside[x.master] = true
		for _, m := range x.members {
			a.expect(!inside[m.customer], "customer %s is in two enterprises", m.customer.id)
			inside[m.customer] = true
		}
	}
}

func (a *audit) passedCoupons() {
	out := map[*coupon]decimal.Decimal{}
	for _, g := range a.state.enterprise.passed {
		add(out, g.parent, g.child.faceValue.Sub(g.child.returned))
	}
	for parent, amount := range out {
		a.equal("what coupon "+parent.id+" gave to members", amount, parent.returned)
	}
	for _, p := range a.state.coupons {
		_, gave := out[p]
		a.expect(gave || p.quotaID != "" || p.returned.IsZero() || p.status == couponReclaimed, "coupon %s returned %s to nobody", p.id, p.returned)
	}
}
