package huawei

import "github.com/shopspring/decimal"

// quotas: a quota's value is its balance, what its coupons hold or have spent,
// what resellers have out of it, and what it gave back.
func (a *audit) quotas() {
	onceEach(a, "quotas", a.state.quotas, func(q *couponQuota) string { return q.id })
	out, below := map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
	for _, p := range a.state.coupons {
		add(out, p.quotaID, p.balance.Add(p.spent))
	}
	for _, q := range a.state.quotas {
		add(below, q.parent, q.value.Sub(q.returned))
	}
	for _, q := range a.state.quotas {
		a.money("the balance of quota "+q.id, q.balance)
		a.equal("the parts of quota "+q.id, decimal.Sum(q.balance, out[q.id], below[q.id], q.returned), q.value)
	}
}

// quotaHistories: what resellers got and gave back of a quota was recorded.
func (a *audit) quotaHistories() {
	issued, returned := map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
	for _, r := range a.state.quotaRecords {
		switch {
		case r.result != recordOK:
		case r.operation == quotaIssue:
			add(issued, r.quotaID, r.amount)
		default:
			add(returned, r.quotaID, r.amount)
		}
	}
	for _, q := range a.state.quotas {
		if q.reseller != "" {
			a.equal("what was recorded as issued of quota "+q.id, issued[q.id], q.value)
			a.equal("what was recorded as returned of quota "+q.id, returned[q.id], q.returned)
		}
	}
}

// coupons: a coupon's face value is what it holds, spent and returned, and its
// records say the same. So do stored-value cards.
func (a *audit) coupons() {
	onceEach(a, "coupons", a.state.coupons, func(p *coupon) string { return p.id })
	for _, p := range a.state.coupons {
		a.equal("the parts of coupon "+p.id, decimal.Sum(p.balance, p.spent, p.returned), p.faceValue)
		a.notNegative("what was spent of coupon "+p.id, p.spent)
		a.notNegative("what was returned of coupon "+p.id, p.returned)
		a.couponStatus(p)
		if p.quotaID == "" {
			continue
		}
		a.equal("what was recorded as issued of coupon "+p.id, a.recorded[couponAct{p.id, recordIssue}], p.faceValue)
		returned := a.recorded[couponAct{p.id, recordReclaim}].Add(a.recorded[couponAct{p.id, recordExpiry}])
		a.equal("what was recorded as returned of coupon "+p.id, returned, p.returned)
	}
}

// couponStatus: what is used up or taken back holds nothing, what can be used
// holds something. A discount coupon holds its share and no money.
func (a *audit) couponStatus(p *coupon) {
	if p.kind == CouponDiscount {
		a.notNegative("the share of coupon "+p.id, p.balance)
		return
	}
	a.money("the balance of coupon "+p.id, p.balance)
	switch p.status {
	case couponUsable:
		a.expect(p.balance.IsPositive(), "coupon %s can be used and holds nothing", p.id)
	case couponUsed, couponReclaimed:
		a.expect(p.balance.IsZero(), "coupon %s cannot be used any more and holds %s", p.id, p.balance)
	}
}

// couponHistories: what a coupon was given with, and what changed since, is what
// it holds.
func (a *audit) couponHistories() {
	for _, p := range a.state.coupons {
		holds := p.faceValue
		for _, c := range p.changes {
			holds = holds.Add(c.change)
			a.equal("coupon "+p.id+" after "+c.reference, c.after, holds)
		}
		a.equal("what the changes of coupon "+p.id+" led to", holds, p.balance)
	}
}
