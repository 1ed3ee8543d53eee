package reconciliation

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/pkg/bss"
)

// rereadUnsettled is how many customers' records are read once more while their cycle
// still changes, when most lines differ for the same reason.
const rereadUnsettled = 100

// Reconcile compares, and writes all lines that were compared to table, as CSV. It
// fails where that cannot be written, or records cannot be read once more.
func Reconcile(ctx context.Context, in Input, table io.Writer) (Result, error) {
	w, err := newTable(table)
	if err != nil {
		return Result{}, err
	}
	r := &reconciler{in: in, table: w, counts: map[countKey]*CauseCount{}, leftOut: map[leftKey]*LeftOut{}, customers: newCustomerCheck()}
	next, stop := iter.Pull(r.accounts())
	defer stop()
	for a, ok := next(); ok; a, ok = next() {
		if err := r.account(ctx, a); err != nil {
			return Result{}, fmt.Errorf("reconcile the bills of customer %s: %w", a.id, err)
		}
	}
	r.customers.check(in.Tally.Sums())
	return r.result(), w.close()
}

type reconciler struct {
	in        Input
	table     *tableWriter
	out       Result
	reread    int
	counts    map[countKey]*CauseCount
	leftOut   map[leftKey]*LeftOut
	listed    [3][]Difference // unexplained, defects, explained
	customers *customerCheck
}

type countKey struct {
	cause    Cause
	currency string
}

type leftKey struct{ reason, currency string }

// account is a customer with the lines of both sides.
type account struct {
	id    string
	lines map[Line]*compared
	// recorded says that there are records of resale, summed that there are sums.
	recorded, summed bool
}

// compared is a line with what both sides have.
type compared struct {
	Line
	rows, fine int
	records    bill.Total
	// others are the records of the line that are not of resale.
	others bill.Total
	makeUp bill.Total
	// refunds are the records that give back.
	refunds bill.Total
	sum     sum
	// known says that the sums have the line.
	known bool
}

func (c *compared) difference() bill.Total {
	return less(c.records, c.sum.total())
}

// less is a less b.
func less(a, b bill.Total) bill.Total {
	a.AddTotal(b.Negated())
	return a
}

// accounts puts the two sides together, a customer after the other.
func (r *reconciler) accounts() iter.Seq[*account] {
	return func(yield func(*account) bool) {
		sums := &sumsInOrder{r.in.Sums, r.in.Sums.keys(), 0}
		var a *account
		for l := range r.in.Tally.Lines() {
			if a == nil || a.id != l.CustomerID {
				if a != nil && !yield(a) || !r.summedOnly(sums, yield, func(id string) bool { return id < l.CustomerID }) {
					return
				}
				a = sums.take(l.CustomerID)
			}
			r.addRecords(a, l)
		}
		if a == nil || yield(a) {
			r.summedOnly(sums, yield, func(string) bool { return true })
		}
	}
}

// summedOnly yields the customers that only the sums know, as far as they come before.
func (r *reconciler) summedOnly(sums *sumsInOrder, yield func(*account) bool, before func(id string) bool) bool {
	for id, ok := sums.next(); ok && before(id); id, ok = sums.next() {
		if a := sums.take(id); r.exported(id) && !yield(a) {
			return false
		}
	}
	return true
}

// sumsInOrder are sums in the order of their customers.
type sumsInOrder struct {
	sums *Sums
	keys []sumKey
	at   int
}

// next is the next customer.
func (s *sumsInOrder) next() (id string, ok bool) {
	if s.at == len(s.keys) {
		return "", false
	}
	return s.sums.texts[s.keys[s.at].customer], true
}

// take is the customer with its sums, if it comes next.
func (s *sumsInOrder) take(customer string) *account {
	a := &account{id: customer, lines: map[Line]*compared{}}
	for id, ok := s.next(); ok && id == customer; id, ok = s.next() {
		key := s.keys[s.at]
		c := a.line(s.sums.line(key))
		c.sum, c.known = *s.sums.sums[key], true
		a.summed = true
		s.at++
	}
	return a
}

func (r *reconciler) exported(id string) bool {
	return r.in.Customers == nil || slices.Contains(r.in.Customers, id)
}

func (a *account) line(l Line) *compared {
	c := a.lines[l]
	if c == nil {
		c = &compared{Line: l}
		a.lines[l] = c
	}
	return c
}

// addRecords takes the records of a line, as far as the sums know such.
func (r *reconciler) addRecords(a *account, l tally.Line) {
	r.customers.add(l)
	resale := l.AssociationType == string(bss.Resale)
	asked := slices.Contains(ChargeModes(), bss.ChargeMode(l.ChargingMode))
	switch {
	case !resale:
		r.leave(LeftOutAssociation, l)
	case !asked:
		r.leave(LeftOutMode, l)
	}
	if !asked {
		return
	}
	key := lineOf(l)
	if !resale {
		a.line(key).others.AddTotal(l.Payment)
		return
	}
	c := a.line(key)
	a.recorded = true
	c.rows += l.Rows
	c.fine += l.Fine
	c.records.AddTotal(l.Payment)
	switch {
	case l.BillDetailType == tally.MakeUp:
		c.makeUp.AddTotal(l.Payment)
	case slices.Contains(refundTypes[:], l.BillDetailType):
		c.refunds.AddTotal(l.Payment)
	}
}

// refundTypes are the bill_detail_types of what is given back: unsubscription,
// compensation, change, and change to on-demand. Which of them the sums have as
// unsubscriptions and which as write-offs is not documented.
var refundTypes = [...]string{"4", "9", "20", "24"}

func lineOf(l tally.Line) Line {
	return Line{l.CustomerID, l.ServiceTypeCode, l.ResourceTypeCode, l.ChargingMode, l.Currency}
}

func (r *reconciler) leave(reason string, l tally.Line) {
	key := leftKey{reason, l.Currency}
	left := r.leftOut[key]
	if left == nil {
		left = &LeftOut{Reason: reason, Currency: l.Currency}
		r.leftOut[key] = left
	}
	left.Rows += l.Rows
	left.Payment.AddTotal(l.Payment)
}

// account compares the lines of a customer.
func (r *reconciler) account(ctx context.Context, a *account) error {
	lines := make([]*compared, 0, len(a.lines))
	differs := false
	for _, c := range a.lines {
		if c.rows == 0 && !c.known {
			continue // nothing but records that are left out
		}
		lines = append(lines, c)
		differs = differs || !c.difference().IsZero()
	}
	slices.SortFunc(lines, func(x, y *compared) int { return x.compare(y.Line) })
	var e *evidence
	if differs {
		var err error
		if e, err = r.evidence(ctx, a, lines); err != nil {
			return err
		}
	}
	for _, c := range lines {
		d := Difference{Line: c.Line, Records: c.rows, RecordsAmount: c.records, SumsAmount: c.sum.total(), Difference: c.difference()}
		if !d.Difference.IsZero() {
			d.Cause, d.RecordIDs = e.cause(a, c, d.Difference)
			d.Class = d.Cause.Class()
			r.count(d)
		}
		r.out.Compared++
		if err := r.table.write(d, c.sum); err != nil {
			return err
		}
	}
	return nil
}

func (l Line) compare(o Line) int {
	return cmp.Or(cmp.Compare(l.CustomerID, o.CustomerID), cmp.Compare(l.CloudServiceType, o.CloudServiceType),
		cmp.Compare(l.ResourceTypeCode, o.ResourceTypeCode), cmp.Compare(l.ChargeMode, o.ChargeMode), cmp.Compare(l.Currency, o.Currency))
}

func (r *reconciler) count(d Difference) {
	r.out.Differing++
	severity := 2
	switch d.Class {
	case Unexplained:
		r.out.Unexplained++
		severity = 0
	case Defect:
		r.out.Defects++
		severity = 1
	default:
		r.out.Explained++
	}
	if len(r.listed[severity]) < MaxListed {
		r.listed[severity] = append(r.listed[severity], d)
	}
	key := countKey{d.Cause, d.Currency}
	n := r.counts[key]
	if n == nil {
		n = &CauseCount{Cause: d.Cause, Class: d.Class, Currency: d.Currency}
		r.counts[key] = n
	}
	n.Lines++
	n.Difference.AddTotal(d.Difference)
}

func (r *reconciler) result() Result {
	out := r.out
	out.Agrees = out.Defects+out.Unexplained == 0
	out.Causes, out.LeftOut, out.Differences = []CauseCount{}, []LeftOut{}, []Difference{}
	for _, n := range r.counts {
		out.Causes = append(out.Causes, *n)
	}
	slices.SortFunc(out.Causes, func(x, y CauseCount) int {
		return cmp.Or(cmp.Compare(x.Cause, y.Cause), cmp.Compare(x.Currency, y.Currency))
	})
	for _, left := range r.leftOut {
		out.LeftOut = append(out.LeftOut, *left)
	}
	slices.SortFunc(out.LeftOut, func(x, y LeftOut) int {
		return cmp.Or(cmp.Compare(x.Reason, y.Reason), cmp.Compare(x.Currency, y.Currency))
	})
	for _, list := range r.listed {
		out.Differences = append(out.Differences, list...)
	}
	out.Differences = out.Differences[:min(len(out.Differences), MaxListed)]
	out.Customers = r.customers.broken
	return out
}
