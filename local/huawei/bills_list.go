package huawei

import (
	"iter"
	"slices"
)

// toldRecord is a record as the partner is told it.
type toldRecord struct {
	*feeRecord
	currency string // the empty one is the site's
}

// told goes through what the partner is told of the records from one number to
// below another, less the first skip of it.
func (b *customerBills) told(from, to, skip int) iter.Seq[toldRecord] {
	return func(yield func(toldRecord) bool) {
		from, skip = b.skipped(from, to, skip)
		for i, f := range b.records(from, to) {
			if len(b.spoils) == 0 {
				if !yield(toldRecord{f, ""}) {
					return
				}
				continue
			}
			for _, t := range b.tell(i, f) {
				if skip--; skip < 0 && !yield(t) {
					return
				}
			}
		}
	}
}

// tell is what the partner is told of record number i.
func (b *customerBills) tell(i int, f *feeRecord) []toldRecord {
	plain := *f
	t := toldRecord{feeRecord: f, currency: b.spoil(i, f)}
	var all []toldRecord
	for range b.copies(i) {
		all = append(all, t)
	}
	for _, made := range b.further(i, plain) {
		all = append(all, toldRecord{&made, ""})
	}
	return all
}

// copies is how often record number i itself is listed.
func (b *customerBills) copies(i int) int {
	n := 1
	for _, s := range b.spoils {
		if s.row == i && (s.kind == SpoilMissing || s.kind == spoilWithdrawn) {
			return 0
		}
		if s.row == i && s.kind == SpoilTwice {
			n++
		}
	}
	return n
}

// entries is how many rows of the list come of record number i.
func (b *customerBills) entries(i int) int {
	n := b.copies(i)
	for _, s := range b.spoils {
		if s.row == i && (s.kind == SpoilMakeUp || s.kind == spoilLate) {
			n++
		}
	}
	return n
}

// oddRows are the records that are not listed once, in their order.
func (b *customerBills) oddRows(from, to int) []int {
	var rows []int
	for _, s := range b.spoils {
		if from <= s.row && s.row < to && b.entries(s.row) != 1 {
			rows = append(rows, s.row)
		}
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// listed is how many rows of the list come of the records from one number to below
// another.
func (b *customerBills) listed(from, to int) int {
	n := to - from
	for _, row := range b.oddRows(from, to) {
		n += b.entries(row) - 1
	}
	return n
}

// skipped is the number of the record that so many rows of the list lead to, and how
// many rows of its own are to be skipped yet.
func (b *customerBills) skipped(from, to, skip int) (number, rest int) {
	for _, row := range b.oddRows(from, to) {
		if skip < row-from {
			break
		}
		skip -= row - from
		entries := b.entries(row)
		if skip < entries {
			return row, skip
		}
		skip -= entries
		from = row + 1
	}
	return min(from+skip, to), 0
}

// movePages does what the fault of a page says: it changes the bills of those days, or
// the window that is answered.
func (s *Server) movePages(kind FaultKind, b *customerBills, dates dateRange, p page) page {
	from, to := b.rowsOf(dates)
	if from == to {
		return p
	}
	late := func(row int) { b.spoils = append(b.spoils, billSpoil{kind: spoilLate, row: row, delta: billUnit}) }
	withdraw := func() {
		for row := from; row < to; row++ {
			if b.copies(row) > 0 {
				b.spoils = append(b.spoils, billSpoil{kind: spoilWithdrawn, row: row})
				return
			}
		}
	}
	switch kind {
	case FaultGrows:
		late(from)
	case FaultShrinks:
		withdraw()
	case FaultReplaced:
		withdraw()
		late(to - 1)
	case FaultRepeats:
		p.offset = max(0, p.offset-p.limit)
	case FaultShort:
		p.limit = (min(p.limit, max(0, b.listed(from, to)-p.offset)) + 1) / 2
	default:
		return p
	}
	delete(s.summaries, b)
	return p
}
