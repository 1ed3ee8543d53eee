package focus

import (
	"fmt"
	"strconv"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/parquetfile"
	"github.com/bssfn/bssfn/pkg/bss"
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

// cell is what a column has in a row, by the column's type. Texts are valid until the
// next row.
type cell struct {
	null   bool
	text   []byte
	money  bill.Amount
	number number
	whole  int64 // a code, or an instant in milliseconds since 1970
}

// mapper makes the cells of FOCUS from one row after the other.
type mapper struct {
	options              Options
	partnerID            []byte
	cycleStart, cycleEnd int64
	cells                [allColumns]cell
	tags                 tagReader
	built                []byte // texts that are put together for the row

	fee    *bss.FeeRow
	row    *bill.Row
	charge charge
}

func newMapper(o Options) *mapper {
	return &mapper{
		options: o, partnerID: []byte(o.Export.PartnerID),
		cycleStart: o.Export.Cycle.Start().UnixMilli(), cycleEnd: o.Export.Cycle.End().UnixMilli(),
	}
}

// read fills the cells. It fails where a field does not hold what the API says it does.
func (m *mapper) read(r *bill.Row) error {
	m.row, m.fee, m.built = r, r.Fee, m.built[:0]
	for i := range m.cells {
		m.cells[i].null, m.cells[i].text = true, nil
	}
	detail, err := m.code(bss.FeeBillDetailType, xBillDetailType)
	if err != nil {
		return err
	}
	mode, err := m.code(bss.FeeChargingMode, xChargingMode)
	if err != nil {
		return err
	}
	period, _ := parseCode(m.fee[bss.FeePeriodType])
	m.charge = chargeOf(detail, mode, period, m.options.RefundsInOrigin)
	m.accounts()
	m.describe()
	m.resource()
	if err := m.times(); err != nil {
		return err
	}
	m.costs()
	for _, step := range [...]func() error{m.quantities, m.commitment, m.extras} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// failed is an error about a field of the record.
func (m *mapper) failed(f bss.FeeField, err error) error {
	return fmt.Errorf("record %.64q of customer %.64q: %s is %.40q: %w", m.fee[bss.FeeID], m.fee[bss.FeeCustomerID], f, m.fee[f], err)
}

// setText sets a text. FOCUS has no empty ones.
func (m *mapper) setText(c column, text []byte) {
	m.cells[c].text, m.cells[c].null = text, len(text) == 0
}

func (m *mapper) setWord(c column, word string) {
	if word != "" {
		m.setText(c, m.build(word))
	}
}

func (m *mapper) setMoney(c column, a bill.Amount) { m.cells[c].money, m.cells[c].null = a, false }

func (m *mapper) setNumber(c column, n number) { m.cells[c].number, m.cells[c].null = n, false }

func (m *mapper) setWhole(c column, n int64) { m.cells[c].whole, m.cells[c].null = n, false }

// code reads a field that is a whole number and sets a column to it, if it is there.
func (m *mapper) code(f bss.FeeField, c column) (int32, error) {
	if len(m.fee[f]) == 0 {
		return 0, nil
	}
	code, err := parseCode(m.fee[f])
	if err != nil {
		return 0, m.failed(f, err)
	}
	m.setWhole(c, int64(code))
	return code, nil
}

func parseCode(digits []byte) (int32, error) {
	n, err := strconv.ParseInt(string(digits), 10, 32)
	return int32(n), err //nolint:gosec // of 32 bits
}

// number reads a field that is a quantity; given is false where the API gave none.
func (m *mapper) number(f bss.FeeField) (n number, given bool, err error) {
	if len(m.fee[f]) == 0 {
		return number{}, false, nil
	}
	if n, err = parseNumber(m.fee[f]); err != nil {
		return number{}, false, m.failed(f, err)
	}
	return n, true, nil
}

// build puts a text together that is valid until the next row.
func (m *mapper) build(parts ...string) []byte {
	at := len(m.built)
	for _, p := range parts {
		m.built = append(m.built, p...)
	}
	return m.built[at:len(m.built):len(m.built)]
}

// firstOf is the first text that is there.
func firstOf(texts ...[]byte) []byte {
	for _, t := range texts {
		if len(t) > 0 {
			return t
		}
	}
	return nil
}

// instant reads a field that is an instant; given is false where the API gave none.
func (m *mapper) instant(f bss.FeeField) (milliseconds int64, given bool, err error) {
	if len(m.fee[f]) == 0 {
		return 0, false, nil
	}
	if milliseconds, err = parquetfile.ParseInstant(m.fee[f]); err != nil {
		return 0, false, m.failed(f, err)
	}
	return milliseconds, true, nil
}
