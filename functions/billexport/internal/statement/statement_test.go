package statement

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/pdf/pdftest"
	"github.com/bssfn/bssfn/functions/billexport/internal/printed"
	"github.com/bssfn/bssfn/pkg/bss"
)

func TestAStatementSaysWhoWhenAndHowMuch(t *testing.T) {
	t.Parallel()
	o := options(t)
	d := pdftest.Read(t, write(t, o, month(40)...))
	assert.Equal(t, "Statement of cloud services February 2026 · 星辰数据服务有限公司", d.Title)
	assert.Equal(t, "云帆科技（上海）有限公司", d.Author)
	assert.Equal(t, "en", d.Language)
	cover := d.Pages[0].String()
	for _, want := range []string{
		"Statement of cloud services", "February 2026 · 2026-02-01 to 2026-02-28 (GMT+8)", "FINAL",
		"星辰数据服务有限公司", "Account hw_xingchen_2024", "Customer ID " + o.Customer.ID, "Partner ID partner-0001",
		"Issued 2026-03-04 10:30 (GMT+8)", "To pay · Currency CNY", "弹性云服务器", "List price", "Discount", "Credit", "Vouchers",
	} {
		assert.Contains(t, cover, want)
	}

	o.Chinese, o.Final = true, false
	d = pdftest.Read(t, write(t, o, month(40)...))
	assert.Equal(t, "云服务账单 2026年2月 · 星辰数据服务有限公司", d.Title)
	assert.Equal(t, "zh-CN", d.Language)
	assert.Contains(t, d.Pages[0].String(), "本账期的账单尚未出账")
	assert.NotContains(t, d.String(), "Total")
}

func TestEveryPageSaysWhetherItIsFinalAndWhichItIs(t *testing.T) {
	t.Parallel()
	for _, final := range []bool{true, false} {
		o := options(t)
		o.Final = final
		d := pdftest.Read(t, write(t, o, month(110)...))
		require.Greater(t, len(d.Pages), 2)
		for i, page := range d.Pages {
			texts := page.String()
			assert.Equal(t, final, strings.Contains(texts, "FINAL"))
			assert.Equal(t, !final, strings.Contains(texts, "ESTIMATE"))
			assert.Contains(t, texts, fmt.Sprintf("Page %d of %d", i+1, len(d.Pages)))
			assert.Contains(t, texts, o.Customer.ID)
		}
	}
}

// payments are the amounts of the items, which end at the right edge and are on the
// line of a date; what is below each is its list price.
func payments(t *testing.T, d *pdftest.Document) (pay decimal.Decimal, items int) {
	t.Helper()
	date := regexp.MustCompile(`^2026-02-\d\d$`)
	for _, page := range d.Pages {
		for i, text := range page {
			if !date.MatchString(text.Text) {
				continue
			}
			items++
			last := ""
			for _, other := range page[i:] {
				if other.Y != text.Y {
					break
				}
				last = other.Text
			}
			amount, err := decimal.NewFromString(strings.ReplaceAll(last, ",", ""))
			require.NoError(t, err)
			pay = pay.Add(amount)
		}
	}
	return pay, items
}

func TestTotalsEqualTheRecordsToTheLastDigit(t *testing.T) {
	t.Parallel()
	records := month(150)
	var want, list decimal.Decimal
	for _, f := range records {
		want = want.Add(decimal.RequireFromString(string(f[bss.FeePaymentAmount])))
		list = list.Add(decimal.RequireFromString(string(f[bss.FeeOfficialAmount])))
	}
	d := pdftest.Read(t, write(t, options(t), records...))
	pay, items := payments(t, d)
	assert.Equal(t, 150, items)
	assert.Equal(t, want.String(), pay.String())
	assert.Contains(t, d.Pages[0].String(), "\n"+printed.Money(want)+"\n")
	assert.Contains(t, d.Pages[0].String(), "\n"+printed.Money(list)+"\n")
}

// TestAPricedStatementHidesTheCost looks for every amount of the records, and sums of
// them, that tells what the partner pays.
func TestAPricedStatementHidesTheCost(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Priced = true
	s, err := New(io.Discard, o)
	require.NoError(t, err)
	var b strings.Builder
	s.w = &b
	f := fee(map[bss.FeeField]string{
		bss.FeeServiceTypeName: "弹性云服务器", bss.FeeOfficialAmount: "1000.00", bss.FeeOfficialDiscountAmount: "222.22", bss.FeePaymentAmount: "777.78",
		bss.FeeCashAmount: "333.33", bss.FeeCreditAmount: "444.45", bss.FeeTradeTime: "2026-02-03T00:00:00Z", bss.FeeUsageAmount: "1",
	})
	var r bill.Row
	require.NoError(t, r.Read(f))
	r.Invoice, r.Margin = 950e8, 17222e6
	require.NoError(t, s.Write(&r))
	require.NoError(t, s.Close())
	text := pdftest.Read(t, []byte(b.String())).String()
	assert.Equal(t, 5, strings.Count(text, "\n950.00\n"), "due, service, total, item, total of the items")
	assert.Contains(t, text, "1,000.00")
	for _, secret := range []string{"777.78", "222.22", "333.33", "444.45", "172.22", "Discount", "Credit", "Cash", "argin"} {
		assert.NotContains(t, text, secret)
	}
}

func TestTheSameRecordsAreTheSameBytes(t *testing.T) {
	t.Parallel()
	records := month(20)
	first := write(t, options(t), records...)
	assert.Equal(t, first, write(t, options(t), records...))
	o := options(t)
	o.GeneratedAt = o.GeneratedAt.Add(1e9)
	assert.NotEqual(t, first, write(t, o, records...), "the time is that of the export")
}

func TestRefundsAreMarked(t *testing.T) {
	t.Parallel()
	record := func(kind, pay string) string {
		return pdftest.Read(t, write(t, options(t), fee(map[bss.FeeField]string{
			bss.FeeBillDetailType: kind, bss.FeeOfficialAmount: pay, bss.FeePaymentAmount: pay, bss.FeeDebtAmount: pay,
		}))).String()
	}
	assert.Contains(t, record("4", "-1234.50"), "Refund: cancelled")
	assert.Contains(t, record("4", "-1234.50"), "-1,234.50")
	assert.Contains(t, record("9", "-3"), "Refund: Compensation")
	assert.NotContains(t, record("5", "3"), "Refund")
	assert.Contains(t, record("77", "3"), "code 77")
}

func TestAnotherCustomersRecordIsRefused(t *testing.T) {
	t.Parallel()
	s, err := New(io.Discard, options(t))
	require.NoError(t, err)
	var r bill.Row
	require.NoError(t, r.Read(fee(map[bss.FeeField]string{bss.FeeCustomerID: "someone-else", bss.FeeID: "1"})))
	assert.ErrorContains(t, s.Write(&r), "customer someone-else's")
}

func TestNothingIsAStatementToo(t *testing.T) {
	t.Parallel()
	d := pdftest.Read(t, write(t, options(t)))
	require.Len(t, d.Pages, 1)
	assert.Contains(t, d.String(), "There are no records")
}

func TestNamesAreJustTexts(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Customer.Name = "=HYPERLINK(\"x\")\n<b>(名)\\ " + strings.Repeat("长", 100)
	d := pdftest.Read(t, write(t, o, fee(map[bss.FeeField]string{
		bss.FeeResourceName: "=1+1\r\n@(x)Tj", bss.FeeResourceID: "../../etc/passwd", bss.FeeUsageAmount: "1e999",
		bss.FeeServiceTypeCode: "hws.service.type.none", bss.FeeUsageMeasureID: "77", bss.FeeTradeTime: "gestern",
	}), fee(map[bss.FeeField]string{bss.FeeUsageAmount: "1234.5678912345", bss.FeeUsageMeasureID: "77", bss.FeeTradeTime: "2026-02-28T16:00:00Z"})))
	text := d.String()
	for _, want := range []string{"=1+1 @(x)Tj", "../../etc/passwd", "hws.service.type.none", "gestern", "unit 77", "2026-03-01", "\n1,234.567891\n"} {
		assert.Contains(t, text, want)
	}
	assert.Contains(t, text, `=HYPERLINK("x") <b>(名)\ 长`)
	assert.Contains(t, text, "长…")
}

func TestSeveralCurrenciesStayApart(t *testing.T) {
	t.Parallel()
	text := pdftest.Read(t, write(t, options(t),
		fee(map[bss.FeeField]string{bss.FeePaymentAmount: "10", bss.FeeCashAmount: "10"}),
		fee(map[bss.FeeField]string{bss.FeePaymentAmount: "7", bss.FeeCashAmount: "6", bss.FeeCurrency: "USD"}),
	)).String()
	for _, want := range []string{"To pay · Currency CNY", "To pay · Currency USD", "Summary by service · USD", "10.00 CNY", "7.00 USD", "Not itemised\n1.00\n"} {
		assert.Contains(t, text, want)
	}
}

// TestWhatIsPaidToHuaweiCloudIsNotToPay is of a customer who became a referral one in
// the month, with and without a rate card.
func TestWhatIsPaidToHuaweiCloudIsNotToPay(t *testing.T) {
	t.Parallel()
	record := func(association, pay string) *bss.FeeRow {
		return fee(map[bss.FeeField]string{
			bss.FeeAssociationType: association, bss.FeeOfficialAmount: pay, bss.FeePaymentAmount: pay, bss.FeeCashAmount: pay, bss.FeeServiceTypeName: "svc",
		})
	}
	for _, c := range []struct {
		priced     bool
		due, total string
	}{{false, "100.00", "130.00"}, {true, "95.00", "125.00"}} {
		o := options(t)
		o.Priced = c.priced
		text := pdftest.Read(t, write(t, o, record("2", "100"), record("1", "30"))).String()
		for _, want := range []string{
			"To pay · Currency CNY\n" + c.due + "\n", "Paid to Huawei Cloud · Currency CNY\n30.00\n",
			"The customer pays Huawei Cloud itself for these records", "\nAmount\n",
		} {
			assert.Contains(t, text, want)
		}
		assert.NotContains(t, text, "\nTo pay\n", "above columns that have both")
		assert.GreaterOrEqual(t, strings.Count(text, "\n"+c.total+"\n"), 2, "the service and the total")
		assert.NotContains(t, pdftest.Read(t, write(t, o, record("2", "100"))).String(), "Paid to Huawei Cloud")
	}
}

func TestColumnsOfTheSummaryHaveAsManyDecimals(t *testing.T) {
	t.Parallel()
	record := func(service, list string) *bss.FeeRow {
		return fee(map[bss.FeeField]string{bss.FeeServiceTypeName: service, bss.FeeOfficialAmount: list, bss.FeePaymentAmount: "5", bss.FeeCashAmount: "5"})
	}
	text := pdftest.Read(t, write(t, options(t), record("a", "5.00000001"), record("b", "1234"))).String()
	assert.Contains(t, text, "b\n1\n1,234.00000000\n0.00\n1,229.00000000\n5.00\n")
	assert.Contains(t, text, "Total\n2\n1,239.00000001\n0.00\n1,229.00000001\n10.00\n")
	assert.Contains(t, text, "Items · CNY\n")
	assert.Contains(t, text, "\nTotal\n10.00\n1,239.00000001\n", "below the items")
}

func TestQuantitiesSayThatTheyAreRounded(t *testing.T) {
	t.Parallel()
	text := func(usage string) string {
		return pdftest.Read(t, write(t, options(t), fee(map[bss.FeeField]string{bss.FeeUsageAmount: usage, bss.FeeUsageMeasureID: "4"}))).String()
	}
	for usage, want := range map[string]string{"1.2345678": "1.234568", "0.0000004": "0", "1234.50000000001": "1,234.5"} {
		assert.Contains(t, text(usage), "\n"+want+"\n")
		assert.Contains(t, text(usage), "Quantities are rounded to 6 decimals.", usage)
	}
	for _, usage := range []string{"1.234567", "12", ""} {
		assert.NotContains(t, text(usage), "rounded", usage)
	}
	assert.Contains(t, text("12"), "\nhours\n")
	assert.NotContains(t, text(""), "hours", "of nothing")
}

func TestALongServiceTakesTwoLines(t *testing.T) {
	t.Parallel()
	f := fee(map[bss.FeeField]string{bss.FeeServiceTypeName: "Distributed Cache Service for Redis, Enterprise Edition"})
	text := pdftest.Read(t, write(t, options(t), f)).Pages[0].String()
	assert.Contains(t, text, "Distributed Cache Service")
	assert.Contains(t, text, "Enterprise Edition\n")
}
