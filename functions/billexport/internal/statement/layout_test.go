package statement

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/pdf"
	"github.com/bssfn/bssfn/functions/billexport/internal/pdf/notosans"
	"github.com/bssfn/bssfn/functions/billexport/internal/pdf/pdftest"
	"github.com/bssfn/bssfn/pkg/bss"
)

// placed is a text from where it begins to where it ends, in hundredths of a point.
type placed struct {
	from, to, y pdf.Unit
	text        string
}

func places(t testing.TB, doc *pdf.Document, page pdftest.Page) []placed {
	t.Helper()
	unit := func(points string) pdf.Unit {
		return pdf.Unit(decimal.RequireFromString(points).Shift(2).IntPart())
	}
	var list []placed
	for _, text := range page {
		from := unit(text.X)
		list = append(list, placed{from, from + doc.Width(unit(text.Size), text.Text), unit(text.Y), text.Text})
	}
	return list
}

// checkLayout fails where texts overlap, or leave the margins of their page.
func checkLayout(t testing.TB, document []byte) {
	t.Helper()
	font, err := notosans.Font()
	require.NoError(t, err)
	doc := pdf.New(&bytes.Buffer{}, font, pdf.Info{})
	for _, page := range pdftest.Read(t, document).Pages {
		list := places(t, doc, page)
		slices.SortFunc(list, func(a, b placed) int {
			if a.y != b.y {
				return int(b.y - a.y)
			}
			return int(a.from - b.from)
		})
		for i, text := range list {
			require.GreaterOrEqual(t, text.from, left, "%q", text.text)
			require.LessOrEqual(t, text.to, right+10, "%q", text.text)
			require.Greater(t, text.y, 20*pdf.Point, "%q", text.text)
			if i > 0 && list[i-1].y == text.y {
				require.GreaterOrEqual(t, text.from, list[i-1].to, "%q and %q", list[i-1].text, text.text)
			}
		}
	}
}

func TestTextsNeitherOverlapNorLeaveThePage(t *testing.T) {
	t.Parallel()
	records := month(24)
	long := []byte(strings.Repeat("长名字 with words ", 30))
	for i, f := range records {
		if i%2 == 0 {
			for _, field := range []bss.FeeField{bss.FeeResourceName, bss.FeeResourceID, bss.FeeRegionName, bss.FeeServiceTypeName, bss.FeeResourceTypeName, bss.FeeUsageMeasureID, bss.FeeChargingMode, bss.FeeTradeTime} {
				f[field] = long
			}
			f[bss.FeeOfficialAmount], f[bss.FeePaymentAmount] = []byte("90000000000.12345678"), []byte("-90000000000.12345678")
			f[bss.FeeUsageAmount] = []byte("-12345678901.123456")
		}
		if i%3 == 0 {
			f[bss.FeeCurrency] = []byte("USD")
		}
	}
	for _, chinese := range []bool{false, true} {
		o := options(t)
		o.Chinese, o.Priced = chinese, chinese
		checkLayout(t, write(t, o, records...))
		o.Customer.Name, o.PartnerName, o.Customer.AccountName = string(long), string(long), string(long)
		checkLayout(t, write(t, o, records...))
	}
}

func TestALongNameTakesTwoLines(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Customer.Name = "北京星辰大海云计算与大数据信息技术服务（集团）有限责任公司"
	cover := pdftest.Read(t, write(t, o)).Pages[0].String()
	assert.Contains(t, cover, "\n北京星辰大海云计算与大数据信息技术")
	assert.Contains(t, cover, "有限责任公司\n")
}

// FuzzStatement writes a record of any texts and amounts: what comes is a document that
// can be read, in which nothing overlaps.
func FuzzStatement(f *testing.F) {
	f.Add("名字", "ecs-1", "云服务器", "2026-02-03T04:05:06Z", "12.5", "4", "CNY", int64(123), true)
	f.Add("n", "r", "s", "2026-02-03T04:05:06Z", "-0.00000001", "77", strings.Repeat("CNY", 99), int64(7), true)
	f.Add("\xff\u202E\x00", strings.Repeat("W", 300), "=1+1", "x", "1e400", "", "", int64(-1e18), false)
	f.Fuzz(func(t *testing.T, name, resource, service, at, usage, code, currency string, amount int64, chinese bool) {
		o := options(t)
		o.Customer.Name, o.Chinese, o.Priced = name, chinese, amount%2 == 0
		var b bytes.Buffer
		s, err := New(&b, o)
		require.NoError(t, err)
		row := bill.Row{
			Fee: fee(map[bss.FeeField]string{
				bss.FeeResourceName: resource, bss.FeeServiceTypeName: service, bss.FeeTradeTime: at, bss.FeeUsageAmount: usage,
				bss.FeeUsageMeasureID: code, bss.FeeChargingMode: code, bss.FeeBillDetailType: code, bss.FeeCurrency: currency,
			}),
			Invoice: bill.Amount(amount),
		}
		for m := range row.Amounts {
			row.Amounts[m] = bill.Amount(amount / int64(m+1))
		}
		for range 3 {
			require.NoError(t, s.Write(&row))
		}
		require.NoError(t, s.Close())
		checkLayout(t, b.Bytes())
		require.NotContains(t, fmt.Sprint(pdftest.Read(t, b.Bytes()).Pages), "\u202E")
	})
}
