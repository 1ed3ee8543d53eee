package csvfile_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/csvfile"
	"github.com/bssfn/bssfn/pkg/bss"
)

// fields are some of a record's.
type fields map[bss.FeeField]string

func (f fields) row(t testing.TB) *bill.Row {
	t.Helper()
	var fee bss.FeeRow
	for field, text := range f {
		fee[field] = []byte(text)
	}
	var row bill.Row
	require.NoError(t, row.Read(&fee))
	return &row
}

func written(t testing.TB, o csvfile.Options, rows ...*bill.Row) string {
	t.Helper()
	var file bytes.Buffer
	w, err := csvfile.New(&file, o)
	require.NoError(t, err)
	for _, row := range rows {
		require.NoError(t, w.Write(row))
	}
	require.NoError(t, w.Close())
	return file.String()
}

func TestHeader(t *testing.T) {
	t.Parallel()
	plain := written(t, csvfile.Options{})
	assert.True(t, strings.HasPrefix(plain, "bill_cycle,customer_id,"), plain)
	assert.True(t, strings.HasSuffix(plain, ",period_num,currency\r\n"), plain)
	chinese := written(t, csvfile.Options{ByteOrderMark: true, Headings: bill.Chinese, Priced: true})
	assert.True(t, strings.HasPrefix(chinese, "\ufeff账期,客户ID,"), chinese)
	assert.True(t, strings.HasSuffix(chinese, ",币种,开票金额,毛利\r\n"), chinese)
	assert.True(t, strings.HasPrefix(written(t, csvfile.Options{Headings: bill.English}), "Billing cycle,Customer ID,"))
}

func TestCells(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		field       bss.FeeField
		given, want string
	}{
		"a plain text":                    {bss.FeeResourceName, "web 1", "web 1"},
		"a comma":                         {bss.FeeResourceName, "a,b", `"a,b"`},
		"quotes":                          {bss.FeeResourceName, `"a" is "b"`, `"""a"" is ""b"""`},
		"a quote far in":                  {bss.FeeResourceName, `12345678123"`, `"12345678123"""`},
		"a line break":                    {bss.FeeResourceName, "a\nb", "\"a\nb\""},
		"a carriage return":               {bss.FeeResourceName, "a\rb", "\"a\rb\""},
		"a leading space":                 {bss.FeeResourceName, " a", `" a"`},
		"a leading ideographic space":     {bss.FeeResourceName, "　网", `"　网"`},
		"PostgreSQL's end of a table":     {bss.FeeResourceName, `\.`, `"\."`},
		"a Chinese text":                  {bss.FeeResourceName, "华北-北京四", "华北-北京四"},
		"a formula":                       {bss.FeeResourceName, "=1+1", "'=1+1"},
		"a formula with a comma":          {bss.FeeResourceName, "=SUM(A1,A2)", `"'=SUM(A1,A2)"`},
		"a plus":                          {bss.FeeResourceName, "+1", "'+1"},
		"a minus":                         {bss.FeeResourceName, "-1", "'-1"},
		"an at sign":                      {bss.FeeResourceTag, "@a", "'@a"},
		"a tab":                           {bss.FeeResourceTag, "\t=1", "'\t=1"},
		"a carriage return at the front":  {bss.FeeResourceTag, "\r=1", "\"'\r=1\""},
		"a line break at the front":       {bss.FeeResourceTag, "\n=1", "\"'\n=1\""},
		"a full-width equals sign":        {bss.FeeResourceTag, "＝1", "'＝1"},
		"a full-width plus":               {bss.FeeResourceTag, "＋1", "'＋1"},
		"a full-width minus":              {bss.FeeResourceTag, "－1", "'－1"},
		"a full-width at sign":            {bss.FeeResourceTag, "＠1", "'＠1"},
		"another full-width character":    {bss.FeeResourceTag, "（1）", "（1）"},
		"an amount":                       {bss.FeePaymentAmount, "0.43210000", "0.43210000"},
		"a negative amount":               {bss.FeePaymentAmount, "-12.50", "-12.50"},
		"a negative code":                 {bss.FeeChargingMode, "-1", "-1"},
		"an exponent":                     {bss.FeePaymentAmount, "1.50E-3", "0.00150"},
		"a negative one with an exponent": {bss.FeePaymentAmount, "-2e2", "-200"},
		"an endless one":                  {bss.FeeUsageAmount, "-1e999", "-1e999"},
		"a formula in place of a number":  {bss.FeeUsageAmount, "-1+cmd", "'-1+cmd"},
		"a sign in place of a number":     {bss.FeeUsageAmount, "-", "'-"},
		"two points":                      {bss.FeeUsageAmount, "-1.2.3", "'-1.2.3"},
		"a point at the end":              {bss.FeeUsageAmount, "-1.", "'-1."},
		"an exponent of nothing":          {bss.FeeUsageAmount, "-e5", "'-e5"},
		"a formula with an exponent":      {bss.FeeUsageAmount, "=1e5", "'=1e5"},
		"a text in place of a code":       {bss.FeeChargingMode, "a,b", `"a,b"`},
		"a time":                          {bss.FeeTradeTime, "2026-02-10T01:02:03Z", "2026-02-10T01:02:03Z"},
		"a formula in place of a time":    {bss.FeeTradeTime, "=NOW()", "'=NOW()"},
		"an empty text":                   {bss.FeeResourceName, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, line, _ := strings.Cut(written(t, csvfile.Options{}, fields{test.field: test.given}.row(t)), "\r\n")
			want := strings.Repeat(",", int(test.field)) + test.want + strings.Repeat(",", bss.FeeFields-1-int(test.field)) + "\r\n"
			assert.Equal(t, want, line)
		})
	}
}

func TestFormulasStayWhereThatIsAskedFor(t *testing.T) {
	t.Parallel()
	file := written(t, csvfile.Options{Unsafe: true}, fields{bss.FeeResourceName: "=1+1"}.row(t))
	assert.Contains(t, file, ",=1+1,")
	assert.NotContains(t, file, "'")
}

func TestPricedRows(t *testing.T) {
	t.Parallel()
	row := fields{bss.FeeCurrency: "CNY"}.row(t)
	row.Invoice, row.Margin = 1_050_000_000, -25_000_000
	assert.True(t, strings.HasSuffix(written(t, csvfile.Options{Priced: true}, row), ",CNY,10.5,-0.25\r\n"))
	assert.True(t, strings.HasSuffix(written(t, csvfile.Options{}, row), ",CNY\r\n"))
}

func TestGzipIsTheSameFileAndNamesNoTime(t *testing.T) {
	t.Parallel()
	var rows []*bill.Row
	for range 500 {
		rows = append(rows, fields{bss.FeeResourceName: strings.Repeat("网站", 100)}.row(t))
	}
	zipped := written(t, csvfile.Options{Gzip: true}, rows...)
	assert.Equal(t, zipped, written(t, csvfile.Options{Gzip: true}, rows...))
	r, err := gzip.NewReader(strings.NewReader(zipped))
	require.NoError(t, err)
	assert.Empty(t, r.Name)
	assert.True(t, r.ModTime.IsZero())
	plain, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.Equal(t, written(t, csvfile.Options{}, rows...), string(plain))
}

var errFull = errors.New("the disk is full")

// full takes some bytes and no more.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestAFullDiskIsToldAndNothingIsWrittenAfterIt(t *testing.T) {
	t.Parallel()
	row := fields{bss.FeeResourceName: "web"}.row(t)
	for _, zip := range []bool{false, true} {
		_, err := csvfile.New(&full{}, csvfile.Options{})
		require.ErrorIs(t, err, errFull)
		disk := &full{left: 2000}
		w, err := csvfile.New(disk, csvfile.Options{Gzip: zip})
		require.NoError(t, err)
		for range 100 {
			require.NoError(t, w.Write(row))
		}
		disk.left = 0
		require.ErrorIs(t, w.Close(), errFull)
		require.ErrorIs(t, w.Write(row), errFull)
		require.ErrorIs(t, w.Close(), errFull)
	}
}

//nolint:paralleltest // allocations of other tests would count
func TestARowCostsNoAllocation(t *testing.T) {
	w, err := csvfile.New(io.Discard, csvfile.Options{})
	require.NoError(t, err)
	row := fields{bss.FeeResourceName: `a "b"`, bss.FeePaymentAmount: "-1.50", bss.FeeRegionName: "华北-北京四"}.row(t)
	assert.Zero(t, testing.AllocsPerRun(2000, func() { _ = w.Write(row) }))
}

// What encoding/csv reads is what was written, but for an apostrophe before a formula
// and the line breaks that its reader rewrites; and its writer writes the same bytes.
func FuzzWriterAgreesWithEncodingCSV(f *testing.F) {
	for _, seed := range []string{"", "a,b", `"`, "\r\n\n\r", " a", `\.`, "=1", "＝1", "-1.5", "12345678,", "1234567\xff\"", "\u0085x", "a\x00b"} {
		f.Add([]byte(seed), []byte("-0.5"))
	}
	f.Fuzz(func(t *testing.T, text, number []byte) {
		var row bill.Row
		row.Fee = &bss.FeeRow{bss.FeeResourceName: text, bss.FeeUsageAmount: number, bss.FeeCurrency: []byte("CNY")}
		cells := make([]string, bss.FeeFields)
		cells[bss.FeeResourceName], cells[bss.FeeUsageAmount], cells[bss.FeeCurrency] = string(text), string(number), "CNY"

		_, line, _ := strings.Cut(written(t, csvfile.Options{Unsafe: true}, &row), "\r\n")
		if !bytes.ContainsAny(number, "eE") {
			var want strings.Builder
			theirs := csv.NewWriter(&want)
			require.NoError(t, theirs.Write(cells))
			theirs.Flush()
			require.Equal(t, strings.TrimSuffix(want.String(), "\n")+"\r\n", line)
		}
		_, line, _ = strings.Cut(written(t, csvfile.Options{}, &row), "\r\n")
		reader := csv.NewReader(strings.NewReader(line))
		got, err := reader.Read()
		require.NoError(t, err)
		require.Len(t, got, len(cells))
		breaks := strings.NewReplacer("\r\n", "\n")
		name := got[bss.FeeResourceName]
		if name != breaks.Replace(string(text)) {
			require.Equal(t, breaks.Replace("'"+string(text)), name)
		}
		_, err = reader.Read()
		require.ErrorIs(t, err, io.EOF)
	})
}
