package huawei

import "github.com/shopspring/decimal"

// packages: what an item still holds follows from its uses, and is not negative.
func (a *audit) packages() {
	for _, p := range a.state.packages {
		for _, i := range p.items {
			a.packageItem(p, i)
		}
	}
}

func (a *audit) packageItem(p *resourcePackage, i *packageItem) {
	used := map[int64]decimal.Decimal{} // by the cycle's end
	for _, u := range i.uses {
		_, end := p.cycle(u.time)
		cycle := end.Unix()
		a.equal("what package item "+i.id+" held", u.before, i.amount.Sub(used[cycle]))
		add(used, cycle, u.used)
		a.equal("what package item "+i.id+" holds", u.after, i.amount.Sub(used[cycle]))
		a.notNegative("what package item "+i.id+" holds", u.after)
	}
}
