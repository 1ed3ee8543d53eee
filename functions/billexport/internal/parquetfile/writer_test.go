package parquetfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/parquetfile"
	"github.com/bssfn/bssfn/pkg/bss"
)

func options(t testing.TB) parquetfile.Options {
	t.Helper()
	cycle, err := bill.ParseCycle("2026-02")
	require.NoError(t, err)
	return parquetfile.Options{Export: bill.Export{Cycle: cycle}}
}

// record is the i-th of many alike: a few names that recur, ids that do not.
func record(i int) *bss.FeeRow {
	var f bss.FeeRow
	for field, text := range map[bss.FeeField]string{
		bss.FeeBillCycle: "2026-02", bss.FeeCustomerID: fmt.Sprintf("c%031d", i/2000), bss.FeeAssociationType: "2",
		bss.FeeServiceTypeCode: "hws.service.type.ec2", bss.FeeServiceTypeName: "弹性云服务器",
		bss.FeeResourceTypeCode: "hws.resource.type.vm", bss.FeeResourceTypeName: "云主机", bss.FeeChargingMode: "3",
		bss.FeeTradeTime: time.Unix(1769875200+int64(i)*2, 0).UTC().Format(time.RFC3339), bss.FeeTradeID: fmt.Sprintf("t%031x", i*7919),
		bss.FeeID: fmt.Sprintf("202602%020d", i), bss.FeeBillDetailType: "5", bss.FeeResourceID: fmt.Sprintf("r-%d", i%50),
		bss.FeeResourceName: fmt.Sprintf("主库\"只读\", %d", i%20), bss.FeeProductSpecDesc: "c7.xlarge.2|linux", bss.FeeRegionCode: "cn-north-4",
		bss.FeeProductID: fmt.Sprintf("00301-%06d-0--0", i%30), bss.FeeProductName: "云主机", bss.FeeResourceTag: "",
		bss.FeeConsumeTime: time.Unix(1769875200+int64(i)*2, 0).UTC().Format(time.RFC3339), bss.FeeUsageType: "duration",
		bss.FeeUsageAmount: fmt.Sprintf("%d.%06d", i%24, i%1000000), bss.FeeUsageMeasureID: "4",
		bss.FeeOfficialAmount: fmt.Sprintf("%d.%08d", i%50, i%100000000), bss.FeeOfficialDiscountAmount: "0.00000001",
		bss.FeePaymentAmount: "1.23", bss.FeeCashAmount: "1.23", bss.FeeCreditAmount: "0", bss.FeeCouponAmount: "0",
		bss.FeeFlexipurchaseCouponAmount: "0", bss.FeeStoredValueCardAmount: "0", bss.FeeDebtAmount: "0", bss.FeeWriteoffAmount: "0",
		bss.FeePeriodType: "25", bss.FeePartnerID: "p1", bss.FeeRegionName: "华北-北京四", bss.FeeCurrency: "CNY",
	} {
		f[field] = []byte(text)
	}
	return &f
}

func row(t testing.TB, f *bss.FeeRow) *bill.Row {
	t.Helper()
	var r bill.Row
	require.NoError(t, r.Read(f))
	return &r
}

func write(t testing.TB, o parquetfile.Options, rows ...*bill.Row) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := parquetfile.New(&file, o)
	require.NoError(t, err)
	for _, r := range rows {
		require.NoError(t, w.Write(r))
	}
	require.NoError(t, w.Close())
	return file.Bytes()
}

// read is every cell as a text, null as "null".
func read(t testing.TB, file []byte) (*parquet.File, [][]string) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	var cells [][]string
	for _, group := range f.RowGroups() {
		rows, buffer := group.Rows(), make([]parquet.Row, 64)
		for {
			n, err := rows.ReadRows(buffer)
			for _, r := range buffer[:n] {
				line := make([]string, len(r))
				for i, v := range r {
					line[i] = cell(f.Schema().Fields()[i].Type(), v)
				}
				cells = append(cells, line)
			}
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
		}
		require.NoError(t, rows.Close())
	}
	return f, cells
}

func cell(typ parquet.Type, v parquet.Value) string {
	if v.IsNull() {
		return "null"
	}
	switch logical := typ.LogicalType(); {
	case logical != nil && typ.Kind() == parquet.FixedLenByteArray:
		var n parquetfile.Decimal
		n.SetBytes(v.ByteArray())
		return n.Decimal().String()
	case typ.String() == "TIMESTAMP(isAdjustedToUTC=true,unit=MILLIS)":
		return time.UnixMilli(v.Int64()).UTC().Format(time.RFC3339)
	case typ.Kind() == parquet.Int64:
		return decimal.New(v.Int64(), -8).String()
	}
	return v.String()
}

func TestEveryFieldIsReadBack(t *testing.T) {
	t.Parallel()
	f := record(7)
	f[bss.FeeResourceName] = []byte("=1+1, \"x\"\n\xff")
	f[bss.FeeUsageAmount] = []byte("12345678901234567890.123456789012345678")
	f[bss.FeeRIUsage] = []byte("-1e-18")
	f[bss.FeePeriodNum] = []byte("")
	f[bss.FeeOfficialAmount] = []byte("-9999999999.99999999")
	o := options(t)
	o.Export.Priced = true
	r := row(t, f)
	r.Invoice, r.Margin = 150000000, -1
	file, cells := read(t, write(t, o, r))
	require.Len(t, cells, 1)
	fields := file.Schema().Fields()
	for i, c := range bill.Columns(true) {
		require.Equal(t, c.Name, fields[i].Name(), "the columns are in the API's order")
		want := "null"
		switch {
		case i == bill.InvoiceColumn:
			want = "1.5"
		case i == bill.MarginColumn:
			want = "-0.00000001"
		case bss.FeeField(i) == bss.FeeResourceName:
			want = "=1+1, \"x\"\n\uFFFD"
		case f[i] != nil && (len(f[i]) > 0 || c.Kind == bill.KindText):
			want = string(f[i])
			if c.Kind == bill.KindNumber || c.Kind == bill.KindMoney {
				want = decimal.RequireFromString(want).String()
			}
		}
		if c.Kind == bill.KindNumber && want != "null" {
			assert.True(t, decimal.RequireFromString(want).Equal(decimal.RequireFromString(cells[0][i])), c.Name)
			continue
		}
		assert.Equal(t, want, cells[0][i], c.Name)
	}
	for key, want := range map[string]string{"bssfn.schema_version": "1", "bssfn.bill_cycle": "2026-02", "bssfn.final": "false"} {
		got, ok := file.Lookup(key)
		assert.True(t, ok, key)
		assert.Equal(t, want, got)
	}
}

func TestTypesOfColumns(t *testing.T) {
	t.Parallel()
	file, cells := read(t, write(t, options(t)))
	assert.Empty(t, cells)
	want := map[string]string{
		"customer_id": "STRING", "usage_measure_id": "INT(32,true)", "official_amount": "DECIMAL(18,8)",
		"usage_amount": "DECIMAL(38,18)", "trade_time": "TIMESTAMP(isAdjustedToUTC=true,unit=MILLIS)", "consume_time": "STRING",
	}
	for _, f := range file.Schema().Fields() {
		if typ, ok := want[f.Name()]; ok {
			assert.Contains(t, f.Type().String(), typ, f.Name())
			delete(want, f.Name())
		}
		assert.True(t, f.Optional(), f.Name())
	}
	assert.Empty(t, want)
}

func TestSameRowsMakeTheSameBytes(t *testing.T) {
	t.Parallel()
	var rows []*bill.Row
	for i := range 1000 {
		rows = append(rows, row(t, record(i)))
	}
	o := options(t)
	o.RowGroup = 300
	first := write(t, o, rows...)
	assert.Equal(t, first, write(t, o, rows...))
	file, cells := read(t, first)
	require.Len(t, file.RowGroups(), 4)
	require.Len(t, cells, 1000)
	for i, line := range cells {
		require.Equal(t, string(rows[i].Fee[bss.FeeID]), line[bss.FeeID])
	}
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	for field, values := range map[bss.FeeField]map[string]error{
		bss.FeeOfficialAmount: {"10000000000": parquetfile.ErrTooLarge, "-10000000000": parquetfile.ErrTooLarge},
		bss.FeeUsageAmount: {
			"0.0000000000000000001": parquetfile.ErrTooFine, "100000000000000000000": parquetfile.ErrTooLarge,
			"1e400": parquetfile.ErrTooLarge, "1e-999": parquetfile.ErrTooFine, "x": parquetfile.ErrNotNumber,
		},
		bss.FeeChargingMode: {"2147483648": parquetfile.ErrTooLarge, "1.5": nil},
		bss.FeeTradeTime:    {"2026-02-30T00:00:00Z": nil, "yesterday": nil},
	} {
		for value, want := range values {
			f := record(1)
			f[field] = []byte(value)
			w, err := parquetfile.New(io.Discard, options(t))
			require.NoError(t, err)
			err = w.Write(row(t, f))
			require.ErrorContains(t, err, field.String(), value)
			require.ErrorContains(t, err, string(f[bss.FeeID]))
			if want != nil {
				require.ErrorIs(t, err, want, value)
			}
		}
	}
}

type failing struct{ after int }

func (w *failing) Write(p []byte) (int, error) {
	if w.after -= len(p); w.after < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestFullDiskIsTold(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.RowGroup = 200
	w, err := parquetfile.New(&failing{after: 10_000}, o)
	require.NoError(t, err)
	for i := 0; err == nil && i < 2000; i++ {
		err = w.Write(row(t, record(i)))
	}
	require.ErrorContains(t, err, "disk full")
	require.ErrorContains(t, w.Close(), "disk full")
}

func BenchmarkWrite(b *testing.B) {
	rows := make([]*bill.Row, 5000)
	for i := range rows {
		rows[i] = row(b, record(i))
	}
	w, err := parquetfile.New(io.Discard, options(b))
	require.NoError(b, err)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := w.Write(rows[i%len(rows)]); err != nil {
			b.Fatal(err)
		}
	}
	require.NoError(b, w.Close())
}

// BenchmarkSmallFile is a customer's file of 200 rows.
func BenchmarkSmallFile(b *testing.B) {
	rows := make([]*bill.Row, 200)
	for i := range rows {
		rows[i] = row(b, record(i))
	}
	b.ReportAllocs()
	for b.Loop() {
		w, err := parquetfile.New(io.Discard, options(b))
		require.NoError(b, err)
		for _, r := range rows {
			require.NoError(b, w.Write(r))
		}
		require.NoError(b, w.Close())
	}
}
