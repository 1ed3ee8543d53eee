// Package focus writes fee records as the FinOps Open Cost and Usage Specification
// (FOCUS) 1.2 wants them, in the view of the partner who resells: docs/focus.md says
// which column is made of what.
package focus

import (
	"errors"
	"io"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// Options are what a file is about.
type Options struct {
	// Export is what all files of the export have in common.
	Export bill.Export
	// AccountNames are the names of the customers' accounts by customer id, as far as
	// they are known.
	AccountNames map[string]string
	// RefundsInOrigin puts refunds of orders into the charge category Purchase, as FOCUS
	// has it, and not into Adjustment, as Huawei Cloud's own export does.
	RefundsInOrigin bool
}

// CSV writes a FOCUS file as CSV.
type CSV struct{}

// NewCSV begins a file with the names of the columns.
func NewCSV(io.Writer, Options) (*CSV, error) { return &CSV{}, nil }

// Write adds a row. Nothing of it is kept.
func (c *CSV) Write(*bill.Row) error { return errors.ErrUnsupported }

// Close finishes the file's content. It does not close what the file is written to.
func (c *CSV) Close() error { return nil }

// Parquet writes a FOCUS file as Parquet.
type Parquet struct{}

// NewParquet begins a file.
func NewParquet(io.Writer, Options) (*Parquet, error) { return &Parquet{}, nil }

// Write adds a row. Nothing of it is kept.
func (p *Parquet) Write(*bill.Row) error { return errors.ErrUnsupported }

// Close finishes the file's content. It does not close what the file is written to.
func (p *Parquet) Close() error { return nil }
