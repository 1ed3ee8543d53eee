package huawei

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Check holds the accounts, quotas, coupons and orders against each other, and
// says in words what contradicts what: nothing was lost, doubled or overdrawn if
// the answer is empty.
func (s *Server) Check() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(s.now())
	a := &audit{state: &s.state}
	a.accounts()
	a.transfers()
	a.quotas()
	a.coupons()
	a.couponHistories()
	a.orders()
	a.enterprises()
	a.subscriptions()
	return a.findings
}

type audit struct {
	state    *state
	findings []string
}

func (a *audit) expect(ok bool, format string, args ...any) {
	if !ok {
		a.findings = append(a.findings, fmt.Sprintf(format, args...))
	}
}

func (a *audit) equal(what string, got, want decimal.Decimal) {
	a.expect(got.Equal(want), "%s is %s, want %s", what, got, want)
}

func (a *audit) notNegative(what string, amount decimal.Decimal) {
	a.expect(!amount.IsNegative(), "%s is negative: %s", what, amount)
}

// accounts: no balance is overdrawn, and each is what its entries led to.
func (a *audit) accounts() {
	a.account("the partner's balance", "", a.state.partner.balance)
	for _, r := range a.state.resellers {
		a.account("the balance of reseller "+r.id, r.id, r.balance)
	}
	for _, c := range a.state.customers {
		a.account("the cash of customer "+c.id, c.id, c.cash)
	}
}

func (a *audit) account(what, customerID string, balance decimal.Decimal) {
	a.notNegative(what, balance)
	var last *accountEntry
	for i := range a.state.entries {
		e := &a.state.entries[i]
		if e.customerID != customerID {
			continue
		}
		if last != nil {
			a.equal(what+" after "+e.reference, e.after, last.after.Add(e.change))
		}
		last = e
	}
	if last != nil {
		a.equal(what, balance, last.after)
	}
}

// transfers: each took from one account what it gave to another, and has its
// record.
func (a *audit) transfers() {
	for _, r := range a.state.adjusts {
		change := r.amount
		if r.operation == adjustReclaim {
			change = change.Neg()
		}
		a.equal("what the receiver got by "+r.id, a.moved(r.receiver.id, r.id), change)
		a.equal("what the payer got by "+r.id, a.moved(r.payer, r.id), change.Neg())
	}
}

func (a *audit) moved(customerID, reference string) decimal.Decimal {
	return sumOf(a.state.entries, func(e accountEntry) decimal.Decimal {
		if e.customerID == customerID && e.reference == reference {
			return e.change
		}
		return decimal.Zero
	})
}

// quotas: a quota's value is its balance, what its coupons hold or have spent,
// what resellers have out of it, and what it gave back.
func (a *audit) quotas() {
	for _, q := range a.state.quotas {
		a.notNegative("the balance of quota "+q.id, q.balance)
		out := sumOf(a.state.coupons, func(p *coupon) decimal.Decimal {
			if p.quotaID == q.id {
				return p.balance.Add(p.spent)
			}
			return decimal.Zero
		})
		below := sumOf(a.state.quotas, func(child *couponQuota) decimal.Decimal {
			if child.parent == q.id {
				return child.value.Sub(child.returned)
			}
			return decimal.Zero
		})
		a.equal("the parts of quota "+q.id, decimal.Sum(q.balance, out, below, q.returned), q.value)
	}
}

// coupons: a coupon's face value is what it holds, spent and returned, and its
// records say the same.
func (a *audit) coupons() {
	for _, p := range a.state.coupons {
		a.notNegative("the balance of coupon "+p.id, p.balance)
		a.equal("the parts of coupon "+p.id, decimal.Sum(p.balance, p.spent, p.returned), p.faceValue)
		if p.quotaID == "" {
			continue
		}
		a.equal("what was recorded as issued of coupon "+p.id, a.recorded(p, recordIssue), p.faceValue)
		returned := a.recorded(p, recordReclaim).Add(a.recorded(p, recordExpiry))
		a.equal("what was recorded as returned of coupon "+p.id, returned, p.returned)
	}
}

func (a *audit) recorded(p *coupon, operation string) decimal.Decimal {
	return sumOf(a.state.records, func(r *couponRecord) decimal.Decimal {
		if r.couponID == p.id && r.operation == operation && r.result == recordOK {
			return r.amount
		}
		return decimal.Zero
	})
}

// orders: a paid order's price was paid in full, and once; an unpaid one cost
// nothing. What the coupons spent is what orders took from them.
func (a *audit) orders() {
	var taken decimal.Decimal
	for _, o := range a.state.orders {
		off := sumOf(o.allTaken(), func(t takenDiscount) decimal.Decimal { return t.amount })
		a.equal("the price and discounts of order "+o.id, o.amountAfterDiscount().Add(off), o.officialAmount())
		parts, due := o.parts(), decimal.Zero
		if !o.paid.IsZero() {
			due = o.amountAfterDiscount()
		}
		a.equal("what was paid for order "+o.id, parts.total(), due)
		a.expect(o.refunds() || !parts.cash.IsNegative(), "the cash paid for order %s is negative: %s", o.id, parts.cash)
		if o.combined == nil {
			a.equal("the cash taken for order "+o.id, a.moved(o.customerID, o.id).Neg(), parts.cash)
			taken = taken.Add(parts.total().Sub(parts.cash))
		}
	}
	spent := sumOf(a.state.coupons, func(p *coupon) decimal.Decimal { return p.spent })
	a.equal("what all coupons spent", spent, taken)
}
