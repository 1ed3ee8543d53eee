package statement

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/pdf/pdftest"
	"github.com/bssfn/bssfn/pkg/bss"
)

// grouped writes records with a bound of 10 items.
func grouped(t *testing.T, records int, change func(n int, f *bss.FeeRow)) (level, string) {
	t.Helper()
	var b writerOf
	o := options(t)
	o.Records = "bills.csv.gz"
	s, err := New(&b, o)
	require.NoError(t, err)
	s.items.max = 10
	for n := range records {
		f := fee(map[bss.FeeField]string{
			bss.FeeServiceTypeName: "svc", bss.FeeResourceTypeName: "type", bss.FeeRegionName: "here", bss.FeeResourceID: "r0",
			bss.FeeOfficialAmount: "2.00000001", bss.FeePaymentAmount: "2", bss.FeeCashAmount: "2", bss.FeeUsageAmount: "0.5", bss.FeeUsageMeasureID: "4",
			bss.FeeTradeTime: "2026-02-01T00:00:00Z", bss.FeeBillDetailType: "5",
		})
		change(n, f)
		var r bill.Row
		require.NoError(t, r.Read(f))
		require.NoError(t, s.Write(&r))
	}
	require.NoError(t, s.Close())
	assert.LessOrEqual(t, len(s.items.all), 10)
	var pay bill.Total
	rows := 0
	for _, i := range s.items.all {
		pay.AddTotal(i.pay)
		rows += i.rows
	}
	assert.Equal(t, records, rows)
	assert.Equal(t, fmt.Sprint(2*records), pay.Decimal().String())
	return s.items.level, pdftest.Read(t, b.data).String()
}

type writerOf struct{ data []byte }

func (w *writerOf) Write(p []byte) (int, error) {
	w.data = append(w.data, p...)
	return len(p), nil
}

func TestTooManyRecordsAreGrouped(t *testing.T) {
	t.Parallel()
	resource := func(among int) func(int, *bss.FeeRow) {
		return func(n int, f *bss.FeeRow) { f[bss.FeeResourceID] = fmt.Appendf(nil, "r%d", n%among) }
	}
	for _, c := range []struct {
		name    string
		records int
		change  func(int, *bss.FeeRow)
		level   level
		says    []string
	}{
		{"as many as fit", 10, resource(10), byRecord, []string{"2026-02-01", "r9"}},
		{"few resources", 105, resource(3), byResource, []string{"There are 105 records. Here those of a resource", "Each one is in the file bills.csv.gz of the issuer's export.", "\n35\n", "r2", "17.5", "70.00", "70.00000035"}},
		{"a refund beside use", 11, func(n int, f *bss.FeeRow) {
			if n == 4 {
				f[bss.FeeBillDetailType] = []byte("4")
			}
		}, byResource, []string{"Refund: cancelled", "\n10\n", "\n1\n"}},
		{"many resources", 100, resource(50), byResourceType, []string{"of a resource type and region", "\n100\n", "here", "50\n"}},
		{"many of everything", 100, func(n int, f *bss.FeeRow) {
			f[bss.FeeRegionName], f[bss.FeeServiceTypeName] = fmt.Appendf(nil, "g%d", n), fmt.Appendf(nil, "s%d", n)
		}, byCurrency, []string{"There are 100 records, too many to list", "\n100\n", "200.00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			level, text := grouped(t, c.records, c.change)
			assert.Equal(t, c.level, level)
			for _, want := range c.says {
				assert.Contains(t, text, want)
			}
			if c.level > byRecord {
				assert.NotContains(t, text, "2026-02-01\n")
			}
			assert.Equal(t, c.level > byRecord, strings.Contains(text, "bills.csv.gz"))
		})
	}
}

func TestWithoutAFileOfRecordsNoneIsNamed(t *testing.T) {
	t.Parallel()
	var b writerOf
	s, err := New(&b, options(t))
	require.NoError(t, err)
	s.items.max = 1
	for range 2 {
		var r bill.Row
		require.NoError(t, r.Read(fee(nil)))
		require.NoError(t, s.Write(&r))
	}
	require.NoError(t, s.Close())
	text := pdftest.Read(t, b.data).String()
	assert.Contains(t, text, "There are 2 records.")
	assert.NotContains(t, text, "export")
}

func TestTheSummaryIsBounded(t *testing.T) {
	t.Parallel()
	s, err := New(io.Discard, options(t))
	require.NoError(t, err)
	for n := range maxServices + 50 {
		var r bill.Row
		require.NoError(t, r.Read(fee(map[bss.FeeField]string{bss.FeeServiceTypeName: fmt.Sprintf("s%05d", n), bss.FeePaymentAmount: "1"})))
		require.NoError(t, s.Write(&r))
	}
	list := s.totals.of(s.texts.number([]byte("CNY")), &s.texts, false)
	require.Len(t, list, maxServices+1)
	last := s.totals.services[list[maxServices]]
	assert.EqualValues(t, otherServices, list[maxServices].service)
	assert.Equal(t, 50, last.rows)
	require.NoError(t, s.Close())
}

// TestMemoryIsBounded writes ten times as many records as are listed, of resources
// that are all different.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	s, err := New(io.Discard, options(t))
	require.NoError(t, err)
	var r bill.Row
	s.items.max = 200
	for n := range 10 * s.items.max {
		f := fee(map[bss.FeeField]string{bss.FeeResourceID: fmt.Sprintf("%036d", n), bss.FeeResourceName: fmt.Sprintf("name-%0150d", n), bss.FeePaymentAmount: "1"})
		require.NoError(t, r.Read(f))
		require.NoError(t, s.Write(&r))
	}
	texts := 0
	for _, text := range s.texts.all {
		texts += len(text)
	}
	assert.LessOrEqual(t, len(s.items.all), s.items.max)
	assert.Less(t, texts, 4*s.items.max*maxText)
}
