// Package xlsxfile writes a bill as a workbook of Excel: sheets of rows that a pivot
// table can be put on at once, and sheets of their sums.
//
// The sheets are streamed into the archive as the rows come. The workbook around them,
// with its styles and tables, is excelize's, whose own stream of rows knows no number
// but int and float64, which would round an amount, and keeps a sheet as 2 GB of XML in
// a temporary file.
package xlsxfile

import (
	"archive/zip"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/flate"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

// A sheet ends at so many rows below its heading, or at so many bytes: Excel takes
// 1,048,576 rows, and mistrusts an archive whose parts have 4 GiB or more.
const (
	maxRows  = 1_000_000
	maxBytes = 4_000_000_000
)

// Options are what a workbook needs to know beside its rows.
type Options struct {
	Export bill.Export
	// Customers are whose names stand beside the sums; others have their id only.
	Customers []bill.Customer
}

// Writer writes a workbook as the rows come. It keeps the sums of the customers and
// services in memory, and no row. The same rows make the same bytes.
type Writer struct {
	options  Options
	headings bill.Headings
	columns  []column
	archive  *zip.Writer
	book     *book
	sheet    *sheet // the one that takes rows
	sums     *sums
	limit    int // of rows a sheet
}

// New begins a workbook in w.
//
// A cell of an amount has all its digits, which Excel and LibreOffice, when they open
// it, make a binary number of some 15 digits. Those who need more read the other files
// of an export.
func New(w io.Writer, o Options) (*Writer, error) {
	headings := bill.English
	if o.Export.Chinese {
		headings = bill.Chinese
	}
	archive := zip.NewWriter(w)
	archive.RegisterCompressor(zip.Deflate, compress)
	workbook, err := newBook(archive, o.Export)
	if err != nil {
		return nil, err
	}
	result := &Writer{
		options: o, headings: headings, columns: columnsOf(bill.Columns(o.Export.Priced), headings),
		archive: archive, book: workbook, sums: newSums(), limit: maxRows,
	}
	return result, result.next()
}

// compress takes a third of the time of compress/flate as archive/zip uses it, for a
// third more bytes.
func compress(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestSpeed) }

// columnsOf are the columns of fee records.
func columnsOf(all []bill.Column, headings bill.Headings) []column {
	columns := make([]column, len(all))
	for i, c := range all {
		columns[i] = column{heading: c.Heading(headings), kind: c.Kind, id: c.Name == "id" || strings.HasSuffix(c.Name, "_id")}
	}
	return columns
}

// next begins the next sheet of rows.
func (w *Writer) next() error {
	name, table := w.title("Bills", "账单"), "Bills"
	if n := len(w.book.sheets) + 1; n > 1 {
		name, table = name+" "+strconv.Itoa(n), table+strconv.Itoa(n)
	}
	s, err := w.book.begin(name, table, w.columns)
	w.sheet = s
	return err
}

// Write appends a row, which it does not keep.
func (w *Writer) Write(r *bill.Row) error {
	if w.sheet.rows == w.limit || w.sheet.size > maxBytes {
		if err := w.sheet.end(); err != nil {
			return err
		}
		if err := w.next(); err != nil {
			return err
		}
	}
	w.sums.add(r)
	s := w.sheet
	s.beginRow()
	for i := range bss.FeeFields {
		switch raw := r.Fee[i]; {
		case len(raw) == 0:
		case w.columns[i].kind == bill.KindMoney:
			s.amount(i, r.Amounts[i-int(bss.FeeOfficialAmount)])
		default:
			s.cell(i, raw)
		}
	}
	if w.options.Export.Priced {
		s.amount(bill.InvoiceColumn, r.Invoice)
		s.amount(bill.MarginColumn, r.Margin)
	}
	return s.endRow()
}

// Close writes the sums and finishes the workbook. It does not close what New was given.
func (w *Writer) Close() error {
	if err := w.sheet.end(); err != nil {
		return err
	}
	if err := w.writeSums(); err != nil {
		return err
	}
	if err := w.book.end(); err != nil {
		return err
	}
	if err := w.archive.Close(); err != nil {
		return fmt.Errorf("xlsxfile: ending the workbook: %w", err)
	}
	return nil
}

func (w *Writer) title(english, chinese string) string {
	if w.options.Export.Chinese {
		return chinese
	}
	return english
}
