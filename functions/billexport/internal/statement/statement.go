// Package statement writes what a customer of the partner is sent for a cycle: a PDF
// with a summary by service, the items, and totals that equal the records to the last
// digit. It is for the customer's eyes: where a rate card is in force it shows the list
// price and what the partner invoices, and neither what that cost the partner nor its
// margin.
package statement

import (
	"fmt"
	"io"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/pdf"
	"github.com/bssfn/bssfn/functions/billexport/internal/pdf/notosans"
	"github.com/bssfn/bssfn/pkg/bss"
)

// Options say whose statement it is.
type Options struct {
	bill.Export
	Customer bill.Customer
	// Units are names of units of measure by the API's usage_measure_id, for those that
	// the documentation does not name in both languages. One that has no name is shown by
	// its number.
	Units map[string]string
	// Records is the file of the export that has each record, for the reader of a
	// statement that sums them up; empty where the export has none.
	Records string
}

// Writer makes one statement. It keeps what it needs of a bounded number of records,
// a few MB at the most, and writes at Close.
type Writer struct {
	w      io.Writer
	o      Options
	texts  texts
	items  items
	totals totals
}

// New returns a writer of the statement of one customer.
func New(w io.Writer, o Options) (*Writer, error) {
	return &Writer{w: w, o: o, texts: newTexts(), items: newItems(maxItems), totals: newTotals()}, nil
}

// Write adds a record. It refuses that of another customer, who must not be shown it.
func (s *Writer) Write(r *bill.Row) error {
	if id := r.Fee[bss.FeeCustomerID]; string(id) != s.o.Customer.ID {
		return fmt.Errorf("statement of customer %s: record %.40s is customer %.40s's", s.o.Customer.ID, r.Fee[bss.FeeID], id)
	}
	l := s.read(r)
	s.totals.add(r, l.service, l.currency)
	s.items.add(l)
	return nil
}

// Close writes the statement. It does not close what it is written to.
func (s *Writer) Close() error {
	font, err := notosans.Font()
	if err != nil {
		return fmt.Errorf("statement of customer %s: %w", s.o.Customer.ID, err)
	}
	p := &paper{Options: s.o, texts: &s.texts}
	p.doc = pdf.New(s.w, font, pdf.Info{
		Title:    p.say(title) + " " + p.month() + " · " + p.customer(),
		Author:   p.partner(),
		Language: p.say(language),
		Created:  s.o.GeneratedAt,
	})
	p.cover(&s.totals)
	p.list(&s.items, &s.totals)
	if err := p.doc.Close(p.footer); err != nil {
		return fmt.Errorf("statement of customer %s: %w", s.o.Customer.ID, err)
	}
	return nil
}
