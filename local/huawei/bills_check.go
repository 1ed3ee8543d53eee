package huawei

// bills: the records of a cycle are numbered without gaps and in the order of
// their time, and whoever has them is a customer. That they add up is for who
// reads them to check: a million of them are worked out when they are asked for.
func (a *audit) bills() {
	customers := map[string]bool{}
	for _, c := range a.state.customers {
		customers[c.id] = true
	}
	onceEach(a, "bills", a.state.bills, func(b *customerBills) string { return b.customerID + " in " + b.cycle })
	for _, b := range a.state.bills {
		a.expect(customers[b.customerID], "the bills in %s of %s are nobody's", b.cycle, b.customerID)
		next := 0
		for i, batch := range b.batches {
			a.expect(batch.first == next && batch.rows > 0, "the bills in %s of %s have a gap at %d", b.cycle, b.customerID, batch.first)
			lasts := batch.order != nil || batch.from.Before(batch.to)
			a.expect(lasts && (i == 0 || !batch.from.Before(b.batches[i-1].to)),
				"the bills in %s of %s are out of order at %d", b.cycle, b.customerID, batch.first)
			next += batch.rows
		}
		for _, spoil := range b.spoils {
			a.expect(0 <= spoil.row && spoil.row < next, "a record that is not in the bills of %s in %s is spoiled", b.customerID, b.cycle)
		}
	}
}
