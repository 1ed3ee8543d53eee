package huawei

import "github.com/shopspring/decimal"

// journal: every movement of money was written down once, with its amount.
func (a *audit) journal() {
	for _, r := range a.state.adjusts {
		a.equal("what the journal says of transfer "+r.id, a.journaled[r.id], r.amount)
	}
	for _, t := range a.state.enterprise.transfers {
		a.equal("what the journal says of transfer "+t.id, a.journaled[t.id], t.amount.Abs())
	}
	for _, o := range a.state.orders {
		paid := decimal.Zero
		if o.combined == nil && !o.paid.IsZero() {
			paid = o.amountAfterDiscount().Abs()
		}
		a.equal("what the journal says of order "+o.id, a.journaled[o.id], paid)
	}
	for _, q := range a.state.quotas {
		a.equal("what the journal says of quota "+q.id, a.journaled[q.id], q.value.Add(q.returned))
	}
	passed := map[string]bool{}
	for _, g := range a.state.enterprise.passed {
		passed[g.child.id] = true
	}
	for _, p := range a.state.coupons {
		back := a.recorded[couponAct{p.id, recordReclaim}]
		if passed[p.id] {
			back = p.returned
		}
		a.equal("what the journal says of coupon "+p.id, a.journaled[p.id], p.faceValue.Add(back))
	}
}

// outbox: the messages are numbered, and every verification code that there is
// was sent, and no other.
func (a *audit) outbox() {
	sent := map[string]int{}
	for i, m := range a.state.outbox {
		a.expect(m.Number == i+1, "message %d of the outbox has number %d", i+1, m.Number)
		if m.Kind == MessageCode {
			sent[m.Receiver+" "+m.Code]++
		}
	}
	for _, c := range a.state.codes {
		sent[c.receiver+" "+c.text]--
	}
	for code, times := range sent {
		a.expect(times == 0, "a code and its messages differ: %s", code)
	}
}
