package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/reconciliation"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/pkg/bss"
)

var update = flag.Bool("update", false, "write the golden files anew")

// add adds a record to a tally.
func add(t testing.TB, all *tally.Tally, fields map[bss.FeeField]string) {
	t.Helper()
	var fee bss.FeeRow
	for field, text := range fields {
		fee[field] = []byte(text)
	}
	var r bill.Row
	require.NoError(t, r.Read(&fee))
	r.Invoice = r.Amounts[bill.Official] / 1e6 * 1e6
	r.Margin = r.Invoice - r.Amounts[bill.Payment]
	all.Add(&r)
}

var serviceNames = []string{
	"弹性云服务器", "云硬盘", "对象存储服务", "云数据库 RDS", "虚拟私有云", "CDN与智能边缘", "分布式缓存服务 Redis 企业版（多可用区部署）",
	"Elastic Load Balance", "MapReduce", "云容器引擎", "Web应用防火墙", "主机安全服务", "云备份", "NAT网关", "数据湖探索", "图引擎服务", "云监控服务", "消息通知服务",
}

// world is a month of many customers and services in two currencies, with refunds.
func world(t testing.TB) Report {
	t.Helper()
	cycle, err := bill.ParseCycle("2026-02")
	require.NoError(t, err)
	all := tally.New()
	names := map[string]bill.Customer{}
	for n := range 700 {
		service, currency := (n*7+n/18)%len(serviceNames), "CNY"
		if n%13 == 0 {
			currency = "USD"
		}
		list := decimal.New(int64(n*n%1700+3)*int64(len(serviceNames)-service)*73, -2)
		pay := list.Mul(decimal.New(85, -2)).Truncate(2)
		kind := "5"
		if service == 14 || n%211 == 5 {
			list, pay, kind = list.Neg(), pay.Neg(), "4"
		}
		customer := fmt.Sprintf("c%030d", n%57)
		names[customer] = bill.Customer{ID: customer, Name: fmt.Sprintf("客户 %d 科技有限公司", n%57)}
		add(t, all, map[bss.FeeField]string{
			bss.FeeID: fmt.Sprint(n), bss.FeeCustomerID: customer, bss.FeeCurrency: currency, bss.FeeAssociationType: "2", bss.FeeChargingMode: "3", bss.FeeBillDetailType: kind,
			bss.FeeServiceTypeCode: fmt.Sprintf("hws.service.type.%02d", service), bss.FeeServiceTypeName: serviceNames[service],
			bss.FeeResourceTypeCode: "hws.resource.type.vm", bss.FeeResourceTypeName: "云主机",
			bss.FeeOfficialAmount: list.String(), bss.FeeOfficialDiscountAmount: list.Sub(pay).String(), bss.FeePaymentAmount: pay.String(), bss.FeeCreditAmount: pay.String(),
			bss.FeeTradeTime: time.Date(2026, 2, 1, n%690, 0, 0, 0, time.UTC).Format(time.RFC3339),
		})
	}
	delete(names, "c000000000000000000000000000007")
	return Report{
		Export: bill.Export{
			Cycle: cycle, Final: true, PartnerID: "partner-0001", PartnerName: "云帆科技（上海）有限公司",
			GeneratedAt: time.Date(2026, 3, 4, 2, 30, 0, 0, time.UTC),
		},
		RunID: "0198-run", State: publication.FinalWithDifferences, Tally: all, Customers: names,
		Reconciliation: &reconciliation.Result{
			Compared: 812, Differing: 3, Explained: 1, Defects: 1, Unexplained: 1,
			Causes: []reconciliation.CauseCount{
				{Cause: reconciliation.None, Class: reconciliation.Unexplained, Currency: "CNY", Lines: 1, Difference: total(t, "-12.34")},
				{Cause: reconciliation.SumsLag + "+" + reconciliation.Writeoff, Class: reconciliation.Explained, Currency: "CNY", Lines: 1, Difference: total(t, "0.5")},
			},
			Differences: []reconciliation.Difference{{
				Line:          reconciliation.Line{CustomerID: "c000000000000000000000000000003", CloudServiceType: "hws.service.type.00", ResourceTypeCode: "hws.resource.type.new", ChargeMode: "3", Currency: "CNY"},
				RecordsAmount: total(t, "1000"), SumsAmount: total(t, "1012.34"), Difference: total(t, "-12.34"), Cause: reconciliation.None, Class: reconciliation.Unexplained,
			}},
			LeftOut:   []reconciliation.LeftOut{{Reason: reconciliation.LeftOutMode, Currency: "CNY", Rows: 12, Payment: total(t, "1200")}},
			Customers: reconciliation.BrokenCustomers{Count: 1, First: []reconciliation.BrokenCustomer{{CustomerID: "c000000000000000000000000000004", Identity: reconciliation.MakeUpBound, Difference: total(t, "3"), Currency: "CNY"}}},
		},
		Files: []publication.File{
			{Path: "2026-02/0198-run/bills.csv", Rows: 700, Bytes: 1234567, SHA256: strings.Repeat("0123456789abcdef", 4)},
			{Path: "2026-02/0198-run/statements/c000000000000000000000000000000.pdf", Rows: 12, Bytes: 34567, SHA256: strings.Repeat("fedcba9876543210", 4)},
		},
	}
}

func total(t testing.TB, digits string) bill.Total {
	t.Helper()
	a, err := bill.ParseAmount([]byte(digits))
	require.NoError(t, err)
	var sum bill.Total
	sum.Add(a)
	return sum
}

func written(t testing.TB, r Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, r.Write(&b))
	return b.String()
}

func TestGoldenReports(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Report){
		"report-en.html": func(*Report) {},
		"report-zh.html": func(r *Report) { r.Chinese, r.Priced, r.Partial, r.State = true, true, true, publication.Estimated },
	} {
		r := world(t)
		change(&r)
		got := written(t, r)
		path := filepath.Join("testdata", name)
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(want), got, "%s; go test ./functions/billexport/internal/report -update writes it anew", path)
		wellFormed(t, got)
	}
}

// wellFormed reads the page as XML, which is stricter than HTML.
func wellFormed(t testing.TB, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	charts := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if start, ok := token.(xml.StartElement); ok {
			require.NotContains(t, []string{"script", "iframe", "object", "img", "link"}, start.Name.Local)
			if start.Name.Local == "svg" {
				charts++
			}
			for _, a := range start.Attr {
				require.False(t, strings.HasPrefix(strings.ToLower(a.Name.Local), "on") || a.Name.Local == "style" || a.Name.Local == "href" || a.Name.Local == "src", a.Name.Local)
			}
		}
	}
	assert.Equal(t, charts, strings.Count(page, "</desc>"))
}

func TestAReportLoadsNothing(t *testing.T) {
	t.Parallel()
	page := written(t, world(t))
	assert.Contains(t, page, `http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-`)
	assert.Empty(t, regexp.MustCompile(`url\(|@import|https?://`).FindAllString(strings.ReplaceAll(page, "http://www.w3.org/2000/svg", ""), -1))
}

func TestNamesAreTexts(t *testing.T) {
	t.Parallel()
	r := world(t)
	attack := `"></title><script>alert(1)</script>&'` + "\x00\u202E\uFFFF\n"
	r.PartnerName, r.RunID = attack, attack
	r.Tally = tally.New()
	r.Files = []publication.File{{Path: attack, SHA256: attack}}
	r.Customers = map[string]bill.Customer{attack: {Name: attack}}
	r.State = publication.State(attack)
	r.Reconciliation.Differences[0].Cause = reconciliation.Cause(attack)
	r.Reconciliation.Differences[0].Line = reconciliation.Line{CustomerID: attack, CloudServiceType: attack, ResourceTypeCode: attack, ChargeMode: attack, Currency: attack}
	r.Reconciliation.LeftOut[0].Reason = attack
	add(t, r.Tally, map[bss.FeeField]string{bss.FeeCustomerID: attack, bss.FeeCurrency: attack, bss.FeeServiceTypeName: attack, bss.FeePaymentAmount: "1", bss.FeeID: attack})
	page := written(t, r)
	wellFormed(t, page)
	assert.NotContains(t, page, "<script")
	assert.Greater(t, strings.Count(page, "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#39;\uFFFD\uFFFD\uFFFD "), 10)
}

func TestAnEmptyMonthIsAReport(t *testing.T) {
	t.Parallel()
	r := world(t)
	r.Tally, r.Reconciliation, r.Files = tally.New(), nil, nil
	page := written(t, r)
	wellFormed(t, page)
	assert.Contains(t, page, "There are no records")
	assert.NotContains(t, page, "<svg")
}

// TestReferralCustomersAreNoMargin holds the margin to what is invoiced less what the
// partner paid, which a finance person subtracts.
func TestReferralCustomersAreNoMargin(t *testing.T) {
	t.Parallel()
	r := world(t)
	r.Tally = tally.New()
	for association, pay := range map[string]string{"2": "80.00000001", "1": "30"} {
		var fee bss.FeeRow
		fee[bss.FeeCustomerID], fee[bss.FeeCurrency] = []byte("c"+association), []byte("CNY")
		fee[bss.FeeAssociationType], fee[bss.FeePaymentAmount] = []byte(association), []byte(pay)
		var row bill.Row
		require.NoError(t, row.Read(&fee))
		if !row.PaidToHuaweiCloud() {
			row.Invoice, row.Margin = 100e8, 1999999999
		}
		r.Tally.Add(&row)
	}
	note := "Of the payment, 30.00 CNY is what referral customers pay Huawei Cloud themselves"
	assert.NotContains(t, written(t, r), note, "without a rate card")
	r.Priced = true
	page := written(t, r)
	assert.Contains(t, page, note)
	assert.Contains(t, page, "<dt>Margin</dt><dd>19.99999999</dd>")
	assert.Contains(t, page, `<td class="number">30.00000000</td><td class="number">0.00</td><td class="number">0.00000000</td>`, "as many decimals in a column")
}

func TestAReportThatIsNotPricedHasNoMargin(t *testing.T) {
	t.Parallel()
	r := world(t)
	assert.NotContains(t, written(t, r), "Margin")
	r.Priced = true
	assert.Contains(t, written(t, r), "Margin")
}

func TestTheFirstFiftyCustomersAndTheOthersAreTheTotal(t *testing.T) {
	t.Parallel()
	page := written(t, world(t))
	table := page[strings.Index(page, "By customer, CNY"):]
	table = table[:strings.Index(table, "</table>")]
	rows := regexp.MustCompile(`<td class="number[^"]*">([^<]*)</td></tr>`).FindAllStringSubmatch(table, -1)
	require.Len(t, rows, maxCustomers+2)
	assert.Contains(t, table, "7 others")
	var sum decimal.Decimal
	for i, row := range rows {
		amount := decimal.RequireFromString(strings.ReplaceAll(row[1], ",", ""))
		if i < len(rows)-1 {
			sum = sum.Add(amount)
			continue
		}
		assert.Equal(t, amount.String(), sum.String())
	}
}

func TestFilesAboutAllCustomersComeFirst(t *testing.T) {
	t.Parallel()
	r := world(t)
	r.Files = nil
	for n := range 2 * maxFiles {
		id := fmt.Sprintf("c%04d", n)
		r.Files = append(r.Files, publication.File{Path: "2026-02/run/parquet/" + id, CustomerID: id})
	}
	r.Files = append(r.Files, publication.File{Path: "2026-02/run/reconciliation.csv"})
	page := written(t, r)
	assert.Contains(t, page, "200 of 401 files")
	assert.Less(t, strings.Index(page, "run/reconciliation.csv"), strings.Index(page, "parquet/c0000"))
	assert.NotContains(t, page, "parquet/c0199")
}

func TestAReportThatCannotBeWrittenFails(t *testing.T) {
	t.Parallel()
	r := world(t)
	assert.ErrorIs(t, r.Write(fullDisk{}), errFull)
}

var errFull = errors.New("no space left on device")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }
