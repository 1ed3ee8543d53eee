// Package report writes an export's report: a page of HTML that a browser shows and
// prints without anything else, with charts of what was spent, totals, the outcome of
// the reconciliation and the files.
package report

import (
	"io"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// Report is what a report tells, beside the export's tally.
type Report struct {
	bill.Export
	RunID string
	// State is estimated, final or final-with-differences.
	State          string
	Files          []File
	Reconciliation Reconciliation
	// Customers are the names of those that are known, by id.
	Customers map[string]bill.Customer
}

// File is a file of the export.
type File struct {
	Name   string
	Rows   int
	Bytes  int64
	SHA256 string
}

// Reconciliation is how the records compare with Huawei Cloud's monthly sums.
type Reconciliation struct {
	// Compared counts what was compared; Explained and Unexplained count the
	// differences.
	Compared, Explained, Unexplained int
	// Differences are some of them, the unexplained ones first.
	Differences []Difference
}

// Difference is one on which records and sums do not agree.
type Difference struct {
	CustomerID, What, Currency string
	Records, Expected          bill.Total
	// Cause is empty where nobody knows it.
	Cause string
}

// Write writes the report.
func (r Report) Write(w io.Writer) error {
	_, err := io.WriteString(w, "")
	return err
}
