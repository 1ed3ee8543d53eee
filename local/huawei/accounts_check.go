package huawei

import "github.com/shopspring/decimal"

// accounts: no balance is overdrawn, and each is what its entries led to.
func (a *audit) accounts() {
	left := map[string]decimal.Decimal{}
	for _, e := range a.state.entries {
		before := left[e.customerID]
		a.equal("the account of "+e.customerID+" after "+e.reference, e.after, before.Add(e.change))
		left[e.customerID] = e.after
	}
	account := func(what, id string, balance decimal.Decimal) {
		a.money(what, balance)
		a.equal(what, balance, left[id])
		delete(left, id)
	}
	account("the partner's balance", "", a.state.partner.balance)
	for _, r := range a.state.resellers {
		account("the balance of reseller "+r.id, r.id, r.balance)
	}
	for _, c := range a.state.customers {
		account("the cash of customer "+c.id, c.id, c.cash)
	}
	a.expect(len(left) == 0, "%d accounts with entries belong to nobody", len(left))
}

// transfers: each took from one account what it gave to another, and has its
// record. No entry has a reference that nothing explains.
func (a *audit) transfers() {
	known := onceEach(a, "transfers", a.state.adjusts, func(r *adjustRecord) string { return r.id })
	for _, r := range a.state.adjusts {
		change := r.amount
		if r.operation == adjustReclaim {
			change = change.Neg()
		}
		a.equal("what the receiver got by "+r.id, a.moved[movement{r.receiver.id, r.id}], change)
		a.equal("what the payer got by "+r.id, a.moved[movement{r.payer, r.id}], change.Neg())
	}
	for _, o := range a.state.orders {
		known[o.id] = true
	}
	for _, t := range a.state.enterprise.transfers {
		known[t.id] = true
	}
	for _, e := range a.state.entries {
		a.expect(e.reference == "" || known[e.reference], "nothing explains the entry %s of account %s", e.reference, e.customerID)
	}
}

// customers: nobody is there twice, and a reseller's customer has its reseller.
func (a *audit) customers() {
	onceEach(a, "customers", a.state.customers, func(c *customer) string { return c.id })
	onceEach(a, "accounts", a.state.customers, func(c *customer) string { return c.accountName })
	resellers := onceEach(a, "resellers", a.state.resellers, func(r *reseller) string { return r.id })
	bound := map[string]bool{"": true}
	for _, c := range a.state.customers {
		a.expect(c.reseller == "" || resellers[c.reseller], "customer %s belongs to a reseller that there is not", c.id)
		a.expect(c.xAccountID == "" || !bound[c.xAccountID], "two customers are bound to %s", c.xAccountID)
		bound[c.xAccountID] = true
	}
}
