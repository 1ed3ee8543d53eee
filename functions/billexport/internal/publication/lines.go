package publication

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
)

// lineColumns are those of lines.csv: first what lines are told apart by.
var lineColumns = []string{
	"customer_id", "service_type_code", "resource_type_code", "charging_mode", "bill_detail_type", "association_type", "currency",
	"rows", "payment_amount", "invoice_amount",
}

// keyColumns is how many columns tell lines apart.
const keyColumns = 7

// lineKey is what lines are told apart by, and sorted by.
type lineKey [keyColumns]string

func (k lineKey) compare(o lineKey) int { return slices.Compare(k[:], o[:]) }

func keyOf(l tally.Line) lineKey {
	return lineKey{l.CustomerID, l.ServiceTypeCode, l.ResourceTypeCode, l.ChargingMode, l.BillDetailType, l.AssociationType, l.Currency}
}

// amounts are what the records of a line add up to.
type amounts struct {
	rows             int
	payment, invoice decimal.Decimal
}

func writeLines(to io.Writer, lines iter.Seq[tally.Line]) (int, error) {
	w := csv.NewWriter(to)
	if err := w.Write(lineColumns); err != nil {
		return 0, err
	}
	var last lineKey
	written := 0
	for l := range lines {
		key := keyOf(l)
		if written > 0 && last.compare(key) >= 0 {
			return 0, fmt.Errorf("line %v does not come after the line before it", key)
		}
		record := append(key[:], strconv.Itoa(l.Rows), l.Payment.Decimal().String(), l.Invoice.Decimal().String())
		if err := w.Write(record); err != nil {
			return 0, err
		}
		last = key
		written++
	}
	w.Flush()
	return written, w.Error()
}

// lineReader reads lines.csv, a line at a time.
type lineReader struct {
	from *csv.Reader
	key  lineKey
	amounts
	done bool
}

func newLineReader(from io.Reader) (*lineReader, error) {
	r := &lineReader{from: csv.NewReader(from)}
	r.from.FieldsPerRecord, r.from.ReuseRecord = len(lineColumns), true
	headings, err := r.from.Read()
	if err != nil {
		return nil, err
	}
	if !slices.Equal(headings, lineColumns) {
		return nil, fmt.Errorf("the columns are %s", strings.Join(headings, ", "))
	}
	return r, r.next()
}

// next goes to the next line; done says that there is none.
func (r *lineReader) next() error {
	record, err := r.from.Read()
	if errors.Is(err, io.EOF) {
		r.done = true
		return nil
	}
	if err != nil {
		return err
	}
	key := lineKey(record)
	if r.key != (lineKey{}) && r.key.compare(key) >= 0 {
		return fmt.Errorf("line %v does not come after the line before it", key)
	}
	r.key = key
	if r.rows, err = strconv.Atoi(record[keyColumns]); err != nil {
		return fmt.Errorf("line %v: %w", key, err)
	}
	if r.payment, err = readAmount(record[keyColumns+1]); err != nil {
		return fmt.Errorf("line %v: %w", key, err)
	}
	r.invoice, err = readAmount(record[keyColumns+2])
	return err
}

func readAmount(text string) (decimal.Decimal, error) {
	var total bill.Total
	if err := total.UnmarshalJSON([]byte(strconv.Quote(text))); err != nil {
		return decimal.Decimal{}, fmt.Errorf("the amount %.40q: %w", text, err)
	}
	return total.Decimal(), nil
}
