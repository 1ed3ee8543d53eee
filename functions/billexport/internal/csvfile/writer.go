// Package csvfile writes fee records as CSV: UTF-8, a header, and lines that end with
// CR LF as RFC 4180 has it.
package csvfile

import (
	"compress/gzip"
	"io"
	"slices"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

const (
	byteOrderMark = "\ufeff"
	lineEnd       = "\r\n"
	// chunk is how much is gathered before it is handed on.
	chunk = 64 << 10
	// maxRow is about what a row takes: buffers have room for one more.
	maxRow = 8 << 10
)

// Options say how a file is written. The zero value is a plain one with the API's names
// above its columns.
type Options struct {
	// Headings are what stands above the columns.
	Headings bill.Headings
	// Priced adds what is invoiced and the margin.
	Priced bool
	// ByteOrderMark goes before the header: Excel takes a file without one for an
	// encoding of its country.
	ByteOrderMark bool
	// Unsafe leaves cells as they are that a spreadsheet would take for formulas.
	Unsafe bool
	// Gzip compresses the file.
	Gzip bool
}

// Writer writes one file. The same rows are the same bytes.
type Writer struct {
	out     io.Writer
	zip     *gzip.Writer // nil where the file is not compressed
	columns []bill.Column
	unsafe  bool
	row     []byte // what is not handed on yet
	err     error
}

// New begins a file with its header.
func New(w io.Writer, o Options) (*Writer, error) {
	f := &Writer{out: w, columns: bill.Columns(o.Priced), unsafe: o.Unsafe, row: make([]byte, 0, chunk+maxRow)}
	if o.Gzip {
		f.zip = gzip.NewWriter(w) // names no file and no time
		f.out = f.zip
	}
	if o.ByteOrderMark {
		f.row = append(f.row, byteOrderMark...)
	}
	for i, column := range f.columns {
		f.row = appendQuoted(separated(f.row, i), []byte(column.Heading(o.Headings)))
	}
	f.row = append(f.row, lineEnd...)
	return f, f.handOn()
}

// Write writes a row. A field that the record has not is an empty cell.
func (f *Writer) Write(r *bill.Row) error {
	if f.err != nil {
		return f.err
	}
	b := slices.Grow(f.row, room(r.Fee))
	for i := range r.Fee {
		if i > 0 {
			b = append(b, ',')
		}
		if value := r.Fee[i]; len(value) > 0 {
			b = f.appendCell(b, f.columns[i].Kind, value)
		}
	}
	if len(f.columns) > bss.FeeFields {
		b = r.Invoice.Append(append(b, ','))
		b = r.Margin.Append(append(b, ','))
	}
	f.row = append(b, lineEnd...)
	if len(f.row) < chunk {
		return nil
	}
	return f.handOn()
}

// room is how much a record takes where no cell needs quotes.
func room(fee *bss.FeeRow) int {
	n := len(fee) + len(lineEnd)
	for i := range fee {
		n += len(fee[i])
	}
	return n
}

func separated(b []byte, column int) []byte {
	if column > 0 {
		return append(b, ',')
	}
	return b
}

func (f *Writer) handOn() error {
	if f.err == nil {
		_, f.err = f.out.Write(f.row)
	}
	f.row = f.row[:0]
	return f.err
}

// Close writes what is left. It does not close the writer below.
func (f *Writer) Close() error {
	if err := f.handOn(); err != nil || f.zip == nil {
		return err
	}
	f.err = f.zip.Close()
	return f.err
}
