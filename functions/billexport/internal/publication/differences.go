package publication

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/functions/internal/spreadsheet"
)

// Changes says how an export differs from the one that it supersedes. Each line that
// does is in differences.csv.
type Changes struct {
	// Added, Removed and Changed count the lines that are only here, only there, and
	// different.
	Added   int `json:"added"`
	Removed int `json:"removed"`
	Changed int `json:"changed"`
	// Sums are sorted by currency; those without a change are there too.
	Sums []Change `json:"sums"`
}

// Change is what became of the sums in a currency.
type Change struct {
	Currency      string          `json:"currency"`
	RowsBefore    int             `json:"rows_before"`
	Rows          int             `json:"rows"`
	PaymentBefore decimal.Decimal `json:"payment_amount_before"`
	Payment       decimal.Decimal `json:"payment_amount"`
	// PaymentChange is Payment less PaymentBefore.
	PaymentChange decimal.Decimal `json:"payment_amount_change"`
	// The invoice's are 0 where an export is not priced.
	InvoiceBefore decimal.Decimal `json:"invoice_amount_before"`
	Invoice       decimal.Decimal `json:"invoice_amount"`
	InvoiceChange decimal.Decimal `json:"invoice_amount_change"`
}

var differenceColumns = slices.Concat(lineColumns[:keyColumns], []string{
	"rows_before", "rows", "payment_amount_before", "payment_amount", "payment_amount_change",
	"invoice_amount_before", "invoice_amount", "invoice_amount_change",
})

// compare writes what is different from an earlier export, and has the manifest say it.
func compare(ctx context.Context, store objects.Store, m Manifest, lines iter.Seq[tally.Line], earlier Manifest) (Manifest, error) {
	at := slices.IndexFunc(earlier.Files, func(f File) bool { return f.Format == FormatLines })
	if at < 0 {
		return Manifest{}, fmt.Errorf("compare with run %s: its manifest names no lines", earlier.RunID)
	}
	before, err := store.Open(ctx, earlier.Files[at].Path)
	if err != nil {
		return Manifest{}, fmt.Errorf("compare with run %s: %w", earlier.RunID, err)
	}
	defer before.Close()
	changes := &changesWriter{sums: map[string]*Change{}}
	file := File{Path: m.Folder() + differencesName, Format: FormatDifferences}
	file, err = Write(ctx, store, file, func(w io.Writer) (int, error) { return changes.write(w, before, lines) })
	if err != nil {
		return Manifest{}, fmt.Errorf("compare with run %s: %w", earlier.RunID, err)
	}
	m.Files = append(slices.Clone(m.Files), file)
	m.Changes = changes.result()
	return m, nil
}

type changesWriter struct {
	out     *csv.Writer
	changes Changes
	sums    map[string]*Change
}

// write goes through both lists of lines at once, since both have the same order.
func (c *changesWriter) write(to io.Writer, before io.Reader, lines iter.Seq[tally.Line]) (int, error) {
	c.out = csv.NewWriter(to)
	if err := c.out.Write(differenceColumns); err != nil {
		return 0, err
	}
	old, err := newLineReader(before)
	if err != nil {
		return 0, fmt.Errorf("read its lines: %w", err)
	}
	next, stop := iter.Pull(lines)
	defer stop()
	line, more := next()
	for more || !old.done {
		order := which(old, keyOf(line), more)
		key, was, is := keyOf(line), amounts{}, amounts{}
		if order >= 0 {
			is = amounts{line.Rows, line.Payment.Decimal(), line.Invoice.Decimal()}
			line, more = next()
		}
		if order <= 0 {
			key, was = old.key, old.amounts
			if err := old.next(); err != nil {
				return 0, fmt.Errorf("read its lines: %w", err)
			}
		}
		if err := c.line(key, was, is, order); err != nil {
			return 0, err
		}
	}
	c.out.Flush()
	return c.changes.Added + c.changes.Removed + c.changes.Changed, c.out.Error()
}

// which tells whether the next line is an earlier one only (-1), a new one only (1) or
// in both (0).
func which(old *lineReader, line lineKey, more bool) int {
	switch {
	case old.done:
		return 1
	case !more:
		return -1
	default:
		return old.key.compare(line)
	}
}

// line counts a line, and writes it where it is different.
func (c *changesWriter) line(key lineKey, was, is amounts, order int) error {
	currency := key[keyColumns-1]
	sum := c.sums[currency]
	if sum == nil {
		sum = &Change{Currency: currency}
		c.sums[currency] = sum
	}
	sum.RowsBefore, sum.Rows = sum.RowsBefore+was.rows, sum.Rows+is.rows
	sum.PaymentBefore, sum.Payment = sum.PaymentBefore.Add(was.payment), sum.Payment.Add(is.payment)
	sum.InvoiceBefore, sum.Invoice = sum.InvoiceBefore.Add(was.invoice), sum.Invoice.Add(is.invoice)
	switch {
	case order < 0:
		c.changes.Removed++
	case order > 0:
		c.changes.Added++
	case was.rows == is.rows && was.payment.Equal(is.payment) && was.invoice.Equal(is.invoice):
		return nil
	default:
		c.changes.Changed++
	}
	record := make([]string, 0, len(differenceColumns))
	for _, cell := range key {
		record = append(record, spreadsheet.Text(cell))
	}
	return c.out.Write(append(record,
		strconv.Itoa(was.rows), strconv.Itoa(is.rows),
		was.payment.String(), is.payment.String(), is.payment.Sub(was.payment).String(),
		was.invoice.String(), is.invoice.String(), is.invoice.Sub(was.invoice).String(),
	))
}

func (c *changesWriter) result() *Changes {
	changes := c.changes
	changes.Sums = []Change{}
	for _, sum := range c.sums {
		sum.PaymentChange = sum.Payment.Sub(sum.PaymentBefore)
		sum.InvoiceChange = sum.Invoice.Sub(sum.InvoiceBefore)
		changes.Sums = append(changes.Sums, *sum)
	}
	slices.SortFunc(changes.Sums, func(a, b Change) int { return strings.Compare(a.Currency, b.Currency) })
	return &changes
}
