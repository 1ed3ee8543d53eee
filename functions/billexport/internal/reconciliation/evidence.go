package reconciliation

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/pkg/bss"
)

const (
	// maxIDs is how many records of a customer are looked through for ids that are
	// there twice, and maxNamed how many records a difference names.
	maxIDs   = 500_000
	maxNamed = 10
)

// evidence is what the records of a customer show of its differences.
type evidence struct {
	settled bool
	// read says that the records were read once more.
	read  bool
	lines map[Line]*clues
	// since are the days from which on the sums may lack the records, the last first.
	since []string
	ids   map[uint64]bool
	// lastTime is when the last record was traded, left that it is not of resale.
	lastTime []byte
	left     bool
}

// clues are what the records of a line show.
type clues struct {
	// days is what was paid on each day.
	days                   map[string]bill.Total
	twice, broken, makeUps part
	difference             bill.Total
	// exact are records of just the difference, exactMakeUps those of them that are
	// make-up charges.
	exact, exactMakeUps part
}

// part is an amount with the records that it comes from.
type part struct {
	amount bill.Total
	ids    []string
}

func (p *part) add(amount bill.Total, id []byte) {
	p.amount.AddTotal(amount)
	if len(p.ids) < maxNamed {
		p.ids = append(p.ids, string(id))
	}
}

// evidence reads the records of a customer once more, as far as that is of use.
func (r *reconciler) evidence(ctx context.Context, a *account, lines []*compared) (*evidence, error) {
	e := &evidence{settled: r.in.Settled, lines: map[Line]*clues{}, ids: map[uint64]bool{}}
	for _, c := range lines {
		e.lines[c.Line] = &clues{days: map[string]bill.Total{}, difference: c.difference()}
	}
	if r.in.Rows == nil || !a.recorded || !r.in.Settled && r.reread == rereadUnsettled {
		return e, nil
	}
	r.reread++
	for row, err := range r.in.Rows(ctx, a.id) {
		if err != nil {
			return nil, fmt.Errorf("read its records once more: %w", err)
		}
		e.look(row)
	}
	e.read = true
	e.ids = nil
	e.findLag(a)
	return e, nil
}

func (e *evidence) look(r *bill.Row) {
	fee := r.Fee
	resale := string(fee[bss.FeeAssociationType]) == string(bss.Resale)
	if bytes.Compare(fee[bss.FeeTradeTime], e.lastTime) >= 0 {
		e.lastTime, e.left = append(e.lastTime[:0], fee[bss.FeeTradeTime]...), !resale
	}
	if !resale {
		return
	}
	c := e.lines[Line{
		string(fee[bss.FeeCustomerID]), string(fee[bss.FeeServiceTypeCode]), string(fee[bss.FeeResourceTypeCode]),
		string(fee[bss.FeeChargingMode]), string(fee[bss.FeeCurrency]),
	}]
	if c == nil {
		return
	}
	var payment bill.Total
	payment.Add(r.Amounts[bill.Payment])
	day := tally.DayOf(fee[bss.FeeTradeTime])
	sum := c.days[day]
	sum.AddTotal(payment)
	c.days[day] = sum
	if e.seen(fee[bss.FeeID]) {
		c.twice.add(payment, fee[bss.FeeID])
	}
	if surplus := tally.Surplus(r); !surplus.IsZero() {
		c.broken.add(surplus, fee[bss.FeeID])
	}
	makeUp := string(fee[bss.FeeBillDetailType]) == tally.MakeUp
	if makeUp {
		c.makeUps.add(payment, fee[bss.FeeID])
	}
	if payment == c.difference && !payment.IsZero() {
		c.exact.add(payment, fee[bss.FeeID])
		if makeUp {
			c.exactMakeUps = part{payment, []string{string(fee[bss.FeeID])}}
		}
	}
}

// seen reports whether a record of that id was there before.
func (e *evidence) seen(id []byte) bool {
	if len(id) == 0 || len(e.ids) >= maxIDs {
		return false
	}
	h := fnv.New64a()
	_, _ = h.Write(id)
	n := h.Sum64()
	if e.ids[n] {
		return true
	}
	e.ids[n] = true
	return false
}

// findLag finds the days from which on the sums lack all records of the customer: every
// line that has records since then differs by these, unless it shows another cause.
//
// A customer of a settled cycle without any sums is missing in them.
func (e *evidence) findLag(a *account) {
	if e.settled && !a.summed {
		return
	}
	var days []string
	for _, c := range e.lines {
		for day := range c.days {
			days = append(days, day)
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	slices.Reverse(days)
	for _, day := range days {
		if e.lagsSince(day) {
			e.since = append(e.since, day)
		}
	}
}

func (e *evidence) lagsSince(day string) bool {
	matches := 0
	for _, c := range e.lines {
		tail := c.since(day)
		switch {
		case !tail.IsZero() && tail == c.difference:
			matches++
		case !tail.IsZero() && c.twice.amount.IsZero() && c.broken.amount.IsZero():
			return false
		}
	}
	return matches > 0
}

// since is what the records from a day on come to.
func (c *clues) since(day string) bill.Total {
	var sum bill.Total
	for d, paid := range c.days {
		if d >= day {
			sum.AddTotal(paid)
		}
	}
	return sum
}
