// Package billfile writes fee records into one file, for a program that reads them
// itself. An export of all customers, which goes on where it was stopped and proves its
// sums, is what package billexport does.
package billfile

import (
	"fmt"
	"io"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/csvfile"
	"github.com/bssfn/bssfn/functions/billexport/internal/focus"
	"github.com/bssfn/bssfn/functions/billexport/internal/parquetfile"
	"github.com/bssfn/bssfn/pkg/bss"
)

// Format is what a file is.
type Format string

// The formats. CSV has the API's names above its columns.
const (
	CSV          Format = "csv"
	Parquet      Format = "parquet"
	FocusCSV     Format = "focus-csv"
	FocusParquet Format = "focus-parquet"
)

// Writer writes one file.
type Writer struct {
	file interface {
		Write(r *bill.Row) error
		Close() error
	}
	row bill.Row
}

// New begins a file of the records of a cycle, a month of GMT+8 such as 2026-02.
func New(w io.Writer, format Format, cycle string) (*Writer, error) {
	c, err := bill.ParseCycle(cycle)
	if err != nil {
		return nil, err
	}
	export, out := bill.Export{Cycle: c}, &Writer{}
	switch format {
	case CSV:
		out.file, err = csvfile.New(w, csvfile.Options{})
	case Parquet:
		out.file, err = parquetfile.New(w, parquetfile.Options{Export: export})
	case FocusCSV:
		out.file, err = focus.NewCSV(w, focus.Options{Export: export})
	case FocusParquet:
		out.file, err = focus.NewParquet(w, focus.Options{Export: export})
	default:
		return nil, fmt.Errorf("there is no format %q", format)
	}
	return out, err
}

// Write writes a record, of which nothing is kept. It fails where an amount is none.
func (w *Writer) Write(fee *bss.FeeRow) error {
	if err := w.row.Read(fee); err != nil {
		return err
	}
	return w.file.Write(&w.row)
}

// Close finishes the file. It does not close the writer below.
func (w *Writer) Close() error { return w.file.Close() }
