package payorder

import (
	"cmp"
	"slices"
)

// combination is a discount, or none, and coupons that pay together.
type combination struct {
	*plan
	coupons []candidate // in the order in which they pay
	pricing
}

// cheapest is the combination that leaves least to pay. Of several it is the one with
// the fewest ids, then the one with the first discount, none before any, then the one
// whose coupons' ids, sorted, come first.
//
// It is exact, and rests on this: a coupon takes what it may of what is left, evenly
// over its lines, so that the less is left of every line, the less is left after it.
// So a coupon that may pay more never costs more in the place of another one of its
// class, and one more coupon saves at most what it may pay.
func (b *basket) cheapest() combination {
	plans := b.plans()
	least := leastOf(plans)
	for ids := 0; ; ids++ {
		for _, p := range plans {
			coupons := ids
			if p.discount != nil {
				coupons--
			}
			if p.lowest > least || coupons < 0 {
				continue
			}
			if found, ok := newSearch(p).first(coupons, least); ok {
				return p.combine(found)
			}
		}
	}
}

// leastOf finds the least that any plan leaves to pay. Those that leave least before
// their coupons are looked at first: the others need not be looked at closely then.
func leastOf(plans []*plan) fen {
	byTotal := slices.SortedStableFunc(slices.Values(plans), func(p, q *plan) int { return cmp.Compare(p.total, q.total) })
	least := byTotal[0].total
	for _, p := range byTotal {
		p.lowest = newSearch(p).lowest(least)
		least = min(least, p.lowest)
	}
	return least
}

// plans are all that a payment can begin with.
func (b *basket) plans() []*plan {
	var plans []*plan
	if !b.mustUseDiscount() {
		plans = append(plans, b.plan(nil))
	}
	for _, d := range b.discounts {
		if d.refused == "" {
			plans = append(plans, b.plan(d))
		}
	}
	return plans
}

func (p *plan) combine(coupons []candidate) combination {
	slices.SortFunc(coupons, inOrderOfPayment)
	return combination{plan: p, coupons: coupons, pricing: p.price(coupons)}
}

// search looks for sets of a plan's candidates.
type search struct {
	*plan
	candidates []candidate // in the order of payment
	rooms      []fen       // scratch
	least      fen         // found so far, or looked for
}

// set is a few positions in candidates, ascending, with all lines that they pay.
type set struct {
	at    [maxCoupons]int
	size  int
	lines lineSet
}

func newSearch(p *plan) *search {
	s := &search{plan: p, rooms: make([]fen, len(p.prices))}
	for _, c := range p.candidates {
		if len(c.unchecked) == 0 {
			s.candidates = append(s.candidates, c)
		}
	}
	return s
}

// lowest is the least that a set leaves to pay, or something more than enough where
// that is more than enough.
func (s *search) lowest(enough fen) fen {
	s.least = min(s.total, enough+1)
	s.lower(set{}, s.total, s.worthTrying())
	return s.least
}

// worthTrying are the candidates that can be in a cheapest set, the largest first: as
// many of a class as a set has coupons.
func (s *search) worthTrying() []int {
	var tried []int
	for i := range s.candidates {
		before := i - maxCoupons
		if before < 0 || compareClasses(s.candidates[before], s.candidates[i]) != 0 {
			tried = append(tried, i)
		}
	}
	slices.SortStableFunc(tried, func(i, j int) int { return cmp.Compare(s.candidates[j].most, s.candidates[i].most) })
	return tried
}

// lower tries every set that adds some of the rest to a set which leaves payable.
func (s *search) lower(x set, payable fen, rest []int) {
	s.least = min(s.least, payable)
	missing := maxCoupons - x.size
	for n, i := range rest {
		saved := fen(0)
		for _, j := range rest[n:min(n+missing, len(rest))] {
			saved += s.candidates[j].most
		}
		if max(payable-saved, 0) >= s.least {
			return // nor does any other set of the rest, whose coupons pay less
		}
		if missing == 1 && s.unpaid(x, i) >= s.least || !s.allowed(x, i) {
			continue
		}
		next := x.with(i, s.candidates[i].lines)
		s.lower(next, s.payable(next), rest[n+1:])
	}
}

// first is the set of a size that leaves payable and whose ids come first.
func (s *search) first(size int, payable fen) ([]candidate, bool) {
	byID := make([]int, len(s.candidates))
	for i := range byID {
		byID[i] = i
	}
	slices.SortFunc(byID, func(i, j int) int { return cmp.Compare(s.candidates[i].CouponID, s.candidates[j].CouponID) })
	s.least = payable
	x, ok := s.complete(set{}, size, byID, s.savings(byID))
	var found []candidate
	for _, i := range x.at[:x.size] {
		found = append(found, s.candidates[i])
	}
	return found, ok
}

// savings are the most that so many coupons of the rest from a position on save.
func (s *search) savings(rest []int) [][maxCoupons + 1]fen {
	sums := make([][maxCoupons + 1]fen, len(rest)+1)
	var largest [maxCoupons]fen
	for n := len(rest) - 1; n >= 0; n-- {
		most := s.candidates[rest[n]].most
		for k := range largest {
			if most > largest[k] {
				most, largest[k] = largest[k], most
			}
			sums[n][k+1] = sums[n][k] + largest[k]
		}
	}
	return sums
}

// complete adds so many of the rest to a set that no more than the least is left.
func (s *search) complete(x set, missing int, rest []int, savings [][maxCoupons + 1]fen) (set, bool) {
	payable := s.payable(x)
	if missing == 0 {
		return x, payable <= s.least
	}
	for n, i := range rest {
		if payable-savings[n][missing] > s.least {
			return x, false
		}
		if missing == 1 && s.unpaid(x, i) > s.least || !s.allowed(x, i) {
			continue
		}
		next := x.with(i, s.candidates[i].lines)
		if found, ok := s.complete(next, missing-1, rest[n+1:], savings[n+1:]); ok {
			return found, true
		}
	}
	return x, false
}

func (x set) with(i int, lines lineSet) set {
	n := x.size
	for ; n > 0 && x.at[n-1] > i; n-- {
		x.at[n] = x.at[n-1]
	}
	x.at[n] = i
	x.size++
	x.lines = x.lines.union(lines)
	return x
}

// allowed reports whether one more coupon may be used together with a set.
func (s *search) allowed(x set, i int) bool {
	var coupons [maxCoupons]*coupon
	for n, j := range x.at[:x.size] {
		coupons[n] = s.candidates[j].coupon
	}
	coupons[x.size] = s.candidates[i].coupon
	return s.together(coupons[:x.size+1]...) == ""
}

// unpaid is what no coupon of a set and one more pays, however much it holds.
func (s *search) unpaid(x set, i int) fen {
	return s.total - sumIn(s.prices, x.lines.union(s.candidates[i].lines))
}

// payable is what a set leaves to pay.
func (s *search) payable(x set) fen {
	copy(s.rooms, s.prices)
	payable := s.total
	for _, i := range x.at[:x.size] {
		c := s.candidates[i]
		take := min(c.most, sumIn(s.rooms, c.lines))
		spread(take, s.rooms, c.lines)
		payable -= take
	}
	return payable
}
