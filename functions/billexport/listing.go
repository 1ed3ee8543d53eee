package billexport

import (
	"fmt"
	"hash/maphash"

	"github.com/bssfn/bssfn/pkg/bss"
)

// changedError says that a list was not the same from its first page to its last.
type changedError struct{ what string }

func (e *changedError) Error() string { return "the list changed while it was read: " + e.what }

// listing notices in the pages of a list that it is not what it was when its first page
// came: rows may be twice in it then, or missing.
//
// The API does not say whether the id of a record is its own. A record that is in every
// field, its id among them, as one of the page before is taken for the same one, unless
// it stood there when the list was read before: then the bills have it twice.
type listing struct {
	request bss.ListSubCustomerBillDetailRequest
	total   int // of the first page
	size    int // rows of a page before the last one
	pages   int
	rows    int
	last    int // offset of the last page
	seed    maphash.Seed
	before  map[uint64]bool // rows of the page before
	twice   map[int]bool    // numbers of the rows that were on the page before, of all readings
}

func newListing(request bss.ListSubCustomerBillDetailRequest) *listing {
	return &listing{request: request, twice: map[int]bool{}}
}

// afresh is the list before it is read once more.
func (l *listing) afresh() *listing { return &listing{request: l.request, twice: l.twice} }

func (l *listing) check(page *bss.FeePage) error {
	if l.pages == 0 {
		l.total, l.size, l.seed = page.Total, len(page.Rows), maphash.MakeSeed()
	}
	switch {
	case page.Total != l.total:
		return &changedError{fmt.Sprintf("it has %d records, and had %d", page.Total, l.total)}
	case page.Offset != l.rows:
		return &changedError{fmt.Sprintf("a page begins at record %d, not at %d", page.Offset, l.rows)}
	case len(page.Rows) != min(l.size, l.total-l.rows):
		return &changedError{fmt.Sprintf("a page has %d of %d records", len(page.Rows), min(l.size, l.total-l.rows))}
	}
	rows := make(map[uint64]bool, len(page.Rows))
	for i := range page.Rows {
		if err := l.checkRow(&page.Rows[i], page.Offset+i, rows); err != nil {
			return err
		}
	}
	l.before, l.last = rows, page.Offset
	l.pages++
	l.rows += len(page.Rows)
	return nil
}

func (l *listing) checkRow(row *bss.FeeRow, number int, page map[uint64]bool) error {
	if string(row[bss.FeeCustomerID]) != l.request.CustomerID || string(row[bss.FeeBillCycle]) != l.request.BillCycle {
		return &changedError{fmt.Sprintf("record %.64q is of customer %.64q in %.16q", row[bss.FeeID], row[bss.FeeCustomerID], row[bss.FeeBillCycle])}
	}
	if len(row[bss.FeeID]) == 0 {
		return nil
	}
	hash := l.hash(row)
	if l.before[hash] && !l.twice[number] {
		l.twice[number] = true
		return &changedError{fmt.Sprintf("record %.64q is there twice", row[bss.FeeID])}
	}
	page[hash] = true
	return nil
}

func (l *listing) hash(row *bss.FeeRow) uint64 {
	var h maphash.Hash
	h.SetSeed(l.seed)
	for f := range row {
		_, _ = h.Write(row[f]) // it does not fail
		_ = h.WriteByte(0xff)  // no byte of UTF-8
	}
	return h.Sum64()
}

// end says whether the whole list was read.
func (l *listing) end() error {
	if l.rows != l.total {
		return &changedError{fmt.Sprintf("it ended after %d of %d records", l.rows, l.total)}
	}
	return nil
}

// again holds the last page against how it was.
func (l *listing) again(page *bss.FeePage) error {
	if page.Total != l.total || len(page.Rows) != l.rows-l.last {
		return &changedError{fmt.Sprintf("it has %d records after it had %d", page.Total, l.total)}
	}
	for i := range page.Rows {
		if row := &page.Rows[i]; len(row[bss.FeeID]) > 0 && !l.before[l.hash(row)] {
			return &changedError{fmt.Sprintf("record %.64q was not on the last page before", row[bss.FeeID])}
		}
	}
	return nil
}
