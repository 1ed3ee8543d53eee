// Package parquetfile writes fee records as Parquet: the columns of the API with their
// names, amounts as decimals, null where the API gave nothing.
package parquetfile

import (
	"fmt"
	"io"
	"strconv"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

// SchemaVersion is that of the columns. It rises when one is renamed, is removed or
// changes its type.
const SchemaVersion = 1

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
	table   *Table
	columns []bill.Column
}

// New begins a file of rows.
func New(w io.Writer, o Options) (*Writer, error) {
	columns := bill.Columns(o.Export.Priced)
	types := make([]Column, len(columns))
	for i, c := range columns {
		types[i] = Column{Name: c.Name, Type: typeOf(c.Kind), Distinct: isDistinct(bss.FeeField(i))}
	}
	metadata := map[string]string{
		"bssfn.schema_version": strconv.Itoa(SchemaVersion),
		"bssfn.bill_cycle":     o.Export.Cycle.String(),
		"bssfn.final":          strconv.FormatBool(o.Export.Final),
	}
	return &Writer{table: NewTable(w, "fee_record", types, metadata, o.RowGroup), columns: columns}, nil
}

func typeOf(k bill.Kind) Type {
	switch k {
	case bill.KindCode:
		return Code
	case bill.KindNumber:
		return Number
	case bill.KindMoney:
		return Money
	case bill.KindInstant:
		return Instant
	case bill.KindText:
	}
	return Text
}

// isDistinct names the texts of which nearly every record has its own.
func isDistinct(f bss.FeeField) bool {
	return f == bss.FeeID || f == bss.FeeTradeID || f == bss.FeeConsumeTime
}

// Write adds a row. Nothing of it is kept. It fails where a field does not hold what its
// column does, and where a number does not fit, because nothing is rounded.
func (w *Writer) Write(r *bill.Row) error {
	for i := range bss.FeeFields {
		value := r.Fee[i]
		kind := w.columns[i].Kind
		if value == nil || len(value) == 0 && kind != bill.KindText {
			w.table.Null(i)
			continue
		}
		if err := w.set(i, kind, value, r); err != nil {
			return fmt.Errorf("record %.64q of customer %.64q: %s is %.40q: %w",
				r.Fee[bss.FeeID], r.Fee[bss.FeeCustomerID], w.columns[i].Name, value, err)
		}
	}
	if len(w.columns) > bss.FeeFields {
		w.table.Money(bill.InvoiceColumn, r.Invoice)
		w.table.Money(bill.MarginColumn, r.Margin)
	}
	if err := w.table.Next(); err != nil {
		return fmt.Errorf("record %.64q of customer %.64q: %w", r.Fee[bss.FeeID], r.Fee[bss.FeeCustomerID], err)
	}
	return nil
}

func (w *Writer) set(column int, kind bill.Kind, value []byte, r *bill.Row) error {
	switch kind {
	case bill.KindText:
		w.table.Text(column, value)
	case bill.KindMoney:
		w.table.Money(column, r.Amounts[column-int(bss.FeeOfficialAmount)])
	case bill.KindCode:
		code, err := parseCode(value)
		if err != nil {
			return err
		}
		w.table.Code(column, code)
	case bill.KindNumber:
		number, err := ParseDecimal(value)
		if err != nil {
			return err
		}
		w.table.Number(column, number)
	case bill.KindInstant:
		instant, err := ParseInstant(value)
		if err != nil {
			return err
		}
		w.table.Instant(column, instant)
	}
	return nil
}

func parseCode(digits []byte) (int32, error) {
	code, negative := int64(0), false
	rest := digits
	if len(rest) > 1 && rest[0] == '-' {
		negative, rest = true, rest[1:]
	}
	for _, c := range rest {
		if c < '0' || c > '9' {
			return 0, fmt.Errorf("not a whole number")
		}
		if code = code*10 + int64(c-'0'); code > 1<<31-1 {
			return 0, ErrTooLarge
		}
	}
	if negative {
		code = -code
	}
	return int32(code), nil //nolint:gosec // bounded above
}

// Close finishes the file's content. It does not close what the file is written to.
func (w *Writer) Close() error { return w.table.Close() }
