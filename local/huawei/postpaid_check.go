package huawei

import "github.com/shopspring/decimal"

// billedCycle is a customer's bill of a cycle.
type billedCycle struct{ customerID, cycle string }

// postpaid: the partner is charged what the records of its reseller customers
// add up to, what came out was invoiced, and what is ordered on its account is in
// the bills.
func (a *audit) postpaid() {
	p := &a.state.postpaid
	charged, due := map[billedCycle]charge{}, map[string]decimal.Decimal{}
	for _, ch := range p.charges {
		of := billedCycle{ch.customerID, ch.cycle}
		charged[of] = charged[of].plus(ch)
		add(due, ch.cycle, ch.due())
	}
	for of, want := range a.billed() {
		a.equal("what the partner is charged for customer "+of.customerID+" in "+of.cycle, charged[of].consumed, want.consumed)
		a.equal("what the partner gets back for customer "+of.customerID+" in "+of.cycle, charged[of].refunded, want.refunded)
		a.equal("the list prices of customer "+of.customerID+" in "+of.cycle, charged[of].listed, want.listed)
		delete(charged, of)
	}
	a.expect(len(charged) == 0, "the partner is charged for %d bills that there are not", len(charged))
	for _, b := range p.bills {
		a.equal("what the partner owes for "+b.cycle, b.sum.due(), due[b.cycle])
	}
	a.invoices(due)
	a.monthly()
}

// billed is what the records of the reseller customers add up to.
func (a *audit) billed() map[billedCycle]charge {
	sums := map[billedCycle]charge{}
	for _, b := range a.state.bills {
		if b.association != AssociationReseller {
			continue
		}
		sums[billedCycle{b.customerID, b.cycle}] = charge{}.with(b.all())
	}
	return sums
}

// invoices: those of a cycle come to what was due when it came out, and never to
// less than nothing.
func (a *audit) invoices(due map[string]decimal.Decimal) {
	p := &a.state.postpaid
	onceEach(a, "invoices", p.invoices, func(i *invoice) string { return i.id })
	invoiced := map[string]decimal.Decimal{}
	for _, i := range p.invoices {
		add(invoiced, i.cycle, i.amount)
		a.expect(i.amount.IsNegative() == (i.source != nil), "invoice %s of %s returns nothing, or too little", i.id, i.amount)
	}
	for cycle, amount := range due {
		_, some := invoiced[cycle]
		if !p.settled.Before(billedOn(cycle)) && (some || amount.IsPositive()) {
			a.equal("what was invoiced for "+cycle, invoiced[cycle], amount)
		}
		delete(invoiced, cycle)
	}
	a.expect(len(invoiced) == 0, "%d cycles were invoiced without a charge", len(invoiced))
}

// monthly: what orders left to the partner is in the bills.
func (a *audit) monthly() {
	recorded, ordered := map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
	for _, b := range a.state.bills {
		for _, batch := range b.batches {
			if batch.order != nil {
				add(recorded, b.customerID, batch.order.Credit.decimal())
			}
		}
	}
	for _, o := range a.state.orders {
		add(ordered, o.customerID, o.paidBy.monthly)
	}
	for _, c := range a.state.customers {
		a.equal("what orders of customer "+c.id+" left to the partner", recorded[c.id], ordered[c.id])
	}
}

// budgets: each has used what the charges that it counts come to, and who is
// frozen over a budget has one.
func (a *audit) budgets() {
	of := map[string]*budget{}
	used := map[*budget]decimal.Decimal{}
	for _, b := range a.state.budgets {
		a.expect(of[b.customerID] == nil, "customer %s has two budgets", b.customerID)
		a.expect(b.amount.IsPositive(), "the budget of customer %s is %s", b.customerID, b.amount)
		of[b.customerID] = b
	}
	for i, ch := range a.state.postpaid.charges {
		if b := of[ch.customerID]; b != nil && b.counts(ch, i) {
			add(used, b, ch.listed)
		}
	}
	for _, b := range a.state.budgets {
		a.equal("what the budget of customer "+b.customerID+" has used", b.used, used[b])
	}
	for _, c := range a.state.customers {
		a.expect(!c.freeze.overBudget || c.frozen() && of[c.id] != nil, "customer %s is frozen over a budget that it has not", c.id)
	}
}

// counts reports whether charge number i is the budget's.
func (b *budget) counts(ch charge, i int) bool {
	if b.kind == budgetMonthly {
		return ch.cycle == b.cycle
	}
	return i >= b.first
}
