package xlsxfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

func export(t testing.TB) bill.Export {
	cycle, err := bill.ParseCycle("2026-02")
	require.NoError(t, err)
	return bill.Export{Cycle: cycle, GeneratedAt: time.Date(2026, 3, 5, 2, 0, 0, 0, time.UTC)}
}

// row is a record number n of one of three customers.
func row(t testing.TB, n int, set map[bss.FeeField]string) *bill.Row {
	fee := &bss.FeeRow{}
	for f, text := range map[bss.FeeField]string{
		bss.FeeBillCycle: "2026-02", bss.FeeCustomerID: fmt.Sprintf("c%d", n%3), bss.FeeServiceTypeCode: fmt.Sprintf("s%d", n%2),
		bss.FeeServiceTypeName: fmt.Sprintf("服务 %d", n%2), bss.FeeTradeTime: "2026-02-03T04:05:06Z", bss.FeeID: fmt.Sprint(n),
		bss.FeeOfficialAmount: fmt.Sprintf("%d.00000001", n), bss.FeePaymentAmount: fmt.Sprintf("-%d.10", n), bss.FeeCurrency: "CNY",
	} {
		fee[f] = []byte(text)
	}
	for f, text := range set {
		fee[f] = []byte(text)
	}
	r := &bill.Row{}
	require.NoError(t, r.Read(fee))
	return r
}

func write(t testing.TB, o Options, limit int, rows ...*bill.Row) []byte {
	var out bytes.Buffer
	w, err := New(&out, o)
	require.NoError(t, err)
	if limit > 0 {
		w.limit = limit
	}
	for _, r := range rows {
		require.NoError(t, w.Write(r))
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func open(t testing.TB, written []byte) *excelize.File {
	f, err := excelize.OpenReader(bytes.NewReader(written), excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, f.Close()) })
	return f
}

func cellOf(t testing.TB, f *excelize.File, sheet string, column, row int) (string, excelize.CellType) {
	name, err := excelize.CoordinatesToCellName(column+1, row)
	require.NoError(t, err)
	value, err := f.GetCellValue(sheet, name)
	require.NoError(t, err)
	kind, err := f.GetCellType(sheet, name)
	require.NoError(t, err)
	formula, err := f.GetCellFormula(sheet, name)
	require.NoError(t, err)
	assert.Empty(t, formula)
	return value, kind
}

func TestNumbersHaveTheirDigitsAndTextsAreNoFormulas(t *testing.T) {
	t.Parallel()
	const number, text = excelize.CellTypeUnset, excelize.CellTypeInlineString
	tests := []struct {
		field       bss.FeeField
		given, want string
		kind        excelize.CellType
	}{
		{bss.FeeOfficialAmount, "92233720368.54775807", "92233720368.54775807", number},
		{bss.FeeOfficialAmount, "-92233720368.54775807", "-92233720368.54775807", number},
		{bss.FeeOfficialAmount, "-0.00000001", "-0.00000001", number},
		{bss.FeeOfficialAmount, "12.50", "12.5", number},
		{bss.FeeOfficialAmount, "1e2", "100", number},
		{bss.FeeOfficialAmount, "0", "0", number},
		{bss.FeeUsageAmount, "0.123456789012345678901", "0.123456789012345678901", number},
		{bss.FeeUsageAmount, "1.5E-7", "1.5E-7", number},
		{bss.FeeUsageAmount, "1e999", "1e999", text},
		{bss.FeeUsageAmount, strings.Repeat("1", maxDigits+1), strings.Repeat("1", maxDigits+1), text},
		{bss.FeeUsageAmount, "-", "-", text},
		{bss.FeeUsageAmount, "1.", "1.", text},
		{bss.FeeChargingMode, "1", "1", number},
		{bss.FeeTradeTime, "2026-02-03T04:05:06Z", "46056.1702083333", number},
		{bss.FeeTradeTime, "2026-02-28T23:59:59Z", "46081.9999884259", number},
		{bss.FeeTradeTime, "2026-02-28T23:59:59.999999999Z", "46082", number},
		{bss.FeeTradeTime, "2026-02-03T08:00:00+08:00", "46056", number},
		{bss.FeeTradeTime, "yesterday", "yesterday", text},
		{bss.FeeTradeTime, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z", text},
		{bss.FeeResourceName, "=1+1", "=1+1", text},
		{bss.FeeResourceName, "+1", "+1", text},
		{bss.FeeResourceName, "007", "007", text},
		{bss.FeeResourceName, "网站 <a href=\"x\">&amp;'</a>", "网站 <a href=\"x\">&amp;'</a>", text},
		{bss.FeeResourceName, "🧧 مرحبا", "🧧 مرحبا", text},
		{bss.FeeResourceName, "  two\nlines\t", "  two\nlines\t", text},
		{bss.FeeResourceName, "a\r\nb", "a\r\nb", text},
		{bss.FeeResourceName, "a_x0041_b_x_", "a_x0041_b_x_", text},
		{bss.FeeResourceName, "a\x00b\x1bc\xffd\uFFFF", "a\uFFFDb\uFFFDc\uFFFDd\uFFFD", text},
		{bss.FeeResourceName, strings.Repeat("x", maxCharacters+1), strings.Repeat("x", maxCharacters), text},
		{bss.FeeResourceName, "x" + strings.Repeat("🧧", maxCharacters), "x" + strings.Repeat("🧧", maxCharacters/2), text},
	}
	rows := make([]*bill.Row, len(tests))
	for i, test := range tests {
		rows[i] = row(t, i, map[bss.FeeField]string{test.field: test.given})
	}
	f := open(t, write(t, Options{Export: export(t)}, 0, rows...))
	for i, test := range tests {
		value, kind := cellOf(t, f, "Bills", int(test.field), i+2)
		assert.Equal(t, test.want, value, "%q", test.given)
		assert.Equal(t, test.kind, kind, "%q", test.given)
	}
}

func TestSheetsEndAndTheirSumsAreThoseOfAll(t *testing.T) {
	t.Parallel()
	o := Options{Export: export(t), Customers: []bill.Customer{{ID: "c1", AccountName: "acme", Name: "极好公司"}}}
	o.Export.Chinese, o.Export.Priced = true, true
	var rows []*bill.Row
	for n := range 25 {
		rows = append(rows, row(t, n, nil))
		rows[n].Invoice, rows[n].Margin = bill.Amount(n), bill.Amount(-n)
	}
	rows = append(rows, row(t, 26, map[bss.FeeField]string{bss.FeeCurrency: "USD"}))
	f := open(t, write(t, o, 10, rows...))
	require.Equal(t, []string{"账单", "账单 2", "账单 3", "按客户", "按云服务", "合计"}, f.GetSheetList())

	read := map[string]decimal.Decimal{}
	for sheet, want := range map[string]int{"账单": 10, "账单 2": 10, "账单 3": 6} {
		all, err := f.GetRows(sheet)
		require.NoError(t, err)
		require.Len(t, all, want+1)
		for c, column := range bill.Columns(true) {
			assert.Equal(t, column.Chinese, all[0][c])
		}
		for _, cells := range all[1:] {
			for _, c := range []int{int(bss.FeeOfficialAmount), int(bss.FeePaymentAmount), bill.MarginColumn} {
				d, err := decimal.NewFromString(cells[c])
				require.NoError(t, err)
				key := fmt.Sprint(cells[bss.FeeCustomerID], cells[bss.FeeCurrency], c)
				read[key] = read[key].Add(d)
			}
		}
	}
	customers, err := f.GetRows("按客户")
	require.NoError(t, err)
	require.Len(t, customers, 5)
	assert.Equal(t, []string{"客户ID", "账号名", "名称", "币种", "记录数", "官网价"}, customers[0][:6])
	assert.Equal(t, []string{"c0", "", "", "CNY", "9"}, customers[1][:5])
	assert.Equal(t, []string{"c1", "acme", "极好公司", "CNY", "8"}, customers[2][:5])
	assert.Equal(t, []string{"c2", "", "", "USD", "1"}, customers[4][:5])
	for _, cells := range customers[1:] {
		for at, c := range map[int]int{5: int(bss.FeeOfficialAmount), 7: int(bss.FeePaymentAmount), 16: bill.MarginColumn} {
			assert.Equal(t, read[fmt.Sprint(cells[0], cells[3], c)].String(), cells[at], cells[:5])
		}
	}
	services, err := f.GetRows("按云服务")
	require.NoError(t, err)
	assert.Equal(t, []string{"s0", "服务 0", "CNY", "13", "156.00000013"}, services[1][:5])
	all, err := f.GetRows("合计")
	require.NoError(t, err)
	assert.Equal(t, []string{"账期", "状态", "币种", "记录数", "官网价"}, all[0][:5])
	assert.Equal(t, []string{"2026-02", "预估", "CNY", "25", "300.00000025"}, all[1][:5])
	assert.Equal(t, []string{"2026-02", "预估", "USD", "1", "26.00000001"}, all[2][:5])

	tables, err := f.GetTables("账单 3")
	require.NoError(t, err)
	require.Len(t, tables, 1)
	assert.Equal(t, "A1:AY7", tables[0].Range)
	assert.Equal(t, "Bills3", tables[0].Name)
	for column, least := range map[string]float64{"B": 32, "I": 19, "AA": 14} { // a customer's id, a time, half a heading
		width, err := f.GetColWidth("账单 3", column)
		require.NoError(t, err)
		assert.Greater(t, width, least, column)
	}
	assert.Equal(t, "'账单 3'!$1:$1", f.GetDefinedName()[2].RefersTo, "printed on every page")
	heading, err := f.GetCellStyle("账单 3", "B1")
	require.NoError(t, err)
	style, err := f.GetStyle(heading)
	require.NoError(t, err)
	assert.True(t, style.Font.Bold)
	assert.True(t, style.Alignment.WrapText)
	panes, err := f.GetPanes("账单 3")
	require.NoError(t, err)
	assert.True(t, panes.Freeze)
}

func TestAnEmptyBillIsAWorkbook(t *testing.T) {
	t.Parallel()
	f := open(t, write(t, Options{Export: export(t)}, 0))
	assert.Equal(t, []string{"Bills", "By customer", "By service", "In all"}, f.GetSheetList())
	rows, err := f.GetRows("In all")
	require.NoError(t, err)
	assert.Len(t, rows, 1)
}

func TestTheSameRowsMakeTheSameBytes(t *testing.T) {
	t.Parallel()
	var rows []*bill.Row
	for n := range 100 {
		rows = append(rows, row(t, n, nil))
	}
	first := write(t, Options{Export: export(t)}, 30, rows...)
	require.Equal(t, first, write(t, Options{Export: export(t)}, 30, rows...))
}

// full takes so many bytes.
type full struct{ left int }

var errFull = errors.New("the disk is full")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestAFullDiskIsNoWorkbook(t *testing.T) {
	t.Parallel()
	r := row(t, 1, nil)
	whole := len(write(t, Options{Export: export(t)}, 10, r, r, r))
	for left := 0; left < whole; left += whole / 10 {
		w, err := New(&full{left}, Options{Export: export(t)})
		for range 3 {
			if err == nil {
				err = w.Write(r)
			}
		}
		if err == nil {
			err = w.Close()
		}
		require.ErrorIs(t, err, errFull, left)
	}
}

// FuzzText holds what a cell shows against what was given.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"=1", "_x0041_", "__x005F_", "a\r\n", "<&>", "\xff", "🧧"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || len(text) > maxCharacters {
			return
		}
		want := strings.Map(func(r rune) rune {
			if r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == 0xFFFE || r == 0xFFFF {
				return 0xFFFD
			}
			return r
		}, text)
		file := open(t, write(t, Options{Export: export(t)}, 0, row(t, 1, map[bss.FeeField]string{bss.FeeResourceName: text})))
		got, _ := cellOf(t, file, "Bills", int(bss.FeeResourceName), 2)
		require.Equal(t, want, got)
	})
}

// BenchmarkRows writes rows such as the API gives.
func BenchmarkRows(b *testing.B) {
	set := map[bss.FeeField]string{}
	for f, c := range bill.Columns(false) {
		if c.Kind == bill.KindText {
			set[bss.FeeField(f)] = c.Name + ".0123456789"
		}
	}
	rows := make([]*bill.Row, 1000)
	for n := range rows {
		set[bss.FeeID], set[bss.FeeResourceID] = fmt.Sprint(n*7919), fmt.Sprintf("%016x-%016x", n*104729, n*1299709)
		rows[n] = row(b, n, set)
	}
	w, err := New(io.Discard, Options{Export: export(b)})
	require.NoError(b, err)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if err := w.Write(rows[n%len(rows)]); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}
