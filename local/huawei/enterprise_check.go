package huawei

import "github.com/shopspring/decimal"

// enterprises: a transfer took from a master what it gave to a member, and a
// master's coupon gave what its members' coupons hold or have spent.
func (a *audit) enterprises() {
	e := &a.state.enterprise
	for _, t := range e.transfers {
		a.equal("what the member got by "+t.id, a.moved(t.member.id, t.id), t.amount)
		a.equal("what the master got by "+t.id, a.moved(t.master.id, t.id), t.amount.Neg())
	}
	for _, g := range e.passed {
		given := sumOf(e.passed, func(other passedCoupon) decimal.Decimal {
			if other.parent == g.parent {
				return other.child.faceValue.Sub(other.child.returned)
			}
			return decimal.Zero
		})
		a.equal("what coupon "+g.parent.id+" gave to members", given, g.parent.returned)
	}
}
