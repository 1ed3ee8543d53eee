package sdkinterop_test

import (
	"encoding/csv"
	"io"
	"runtime"
	"strconv"
	"testing"

	sdk "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/billfile"
	"github.com/bssfn/bssfn/pkg/bss"
)

const (
	// exportedRows is how many rows a page has.
	exportedRows = 1000
	// exportedPages is how many pages go into a file.
	exportedPages = 10
)

// BenchmarkExportCSV writes bill records into a CSV file with a column for each field, on
// one processor.
func BenchmarkExportCSV(b *testing.B) { exportContest(b, billfile.CSV, newTheirCSV) }

// theirFile is a file that their SDK's records are written to.
type theirFile struct {
	write func(records []model.SubCustomerMonthlyBillDetail, currency string)
	close func()
}

// exportContest is between this project's file of a format and theirs, of 10 pages of
// 1,000 records each. Allocations are those of a file, and each turn begins with a
// collected heap: who makes garbage pays for it.
func exportContest(b *testing.B, format billfile.Format, newTheirs func(*testing.B) theirFile) {
	b.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	page := billPage(b)
	our, their := ours(b, nowhere, page), theirs(b, nowhere, page)
	contestAfter(b, runtime.GC, []string{"theirs", "ours"}, map[string]func(){
		"ours": func() {
			file, err := billfile.New(io.Discard, format, benchCycle)
			require.NoError(b, err)
			for range exportedPages {
				ourPage(b, our, file)
			}
			require.NoError(b, file.Close())
		},
		"theirs": func() {
			file := newTheirs(b)
			for range exportedPages {
				theirPage(b, their, file)
			}
			file.close()
		},
	})
}

func ourPage(b *testing.B, client *bss.Client, file *billfile.Writer) {
	b.Helper()
	rows := 0
	for page, err := range client.ListSubCustomerBillDetailPages(b.Context(), bss.ListSubCustomerBillDetailRequest{BillCycle: benchCycle, CustomerID: "c"}) {
		require.NoError(b, err)
		for i := range page.Rows {
			if err := file.Write(&page.Rows[i]); err != nil {
				b.Fatal(err)
			}
			rows++
		}
	}
	require.Equal(b, exportedRows, rows)
}

func theirPage(b *testing.B, client *sdk.BssClient, file theirFile) {
	b.Helper()
	limit := int32(exportedRows)
	answer, err := client.ListSubCustomerBillDetail(&model.ListSubCustomerBillDetailRequest{BillCycle: benchCycle, CustomerId: "c", Limit: &limit})
	require.NoError(b, err)
	require.Len(b, *answer.FeeRecords, exportedRows)
	file.write(*answer.FeeRecords, *answer.Currency)
}

func newTheirCSV(b *testing.B) theirFile {
	b.Helper()
	file := csv.NewWriter(io.Discard)
	file.UseCRLF = true
	cells := make([]string, bss.FeeFields)
	for f := range cells {
		cells[f] = bss.FeeField(f).String()
	}
	require.NoError(b, file.Write(cells))
	return theirFile{
		write: func(records []model.SubCustomerMonthlyBillDetail, currency string) {
			for i := range records {
				theirCells(&records[i], cells)
				cells[bss.FeeCurrency] = currency
				if err := file.Write(cells); err != nil {
					b.Fatal(err)
				}
			}
		},
		close: func() {
			file.Flush()
			require.NoError(b, file.Error())
		},
	}
}

func theirCells(r *model.SubCustomerMonthlyBillDetail, cells []string) {
	cells[bss.FeeBillCycle] = textOf(r.BillCycle)
	cells[bss.FeeCustomerID] = textOf(r.CustomerId)
	cells[bss.FeeAssociationType] = textOf(r.AssociationType)
	cells[bss.FeeServiceTypeCode] = textOf(r.ServiceTypeCode)
	cells[bss.FeeResourceTypeCode] = textOf(r.ResourceTypeCode)
	cells[bss.FeeServiceTypeName] = textOf(r.ServiceTypeName)
	cells[bss.FeeResourceTypeName] = textOf(r.ResourceTypeName)
	cells[bss.FeeChargingMode] = wholeOf(r.ChargingMode)
	cells[bss.FeeTradeTime] = textOf(r.TradeTime)
	cells[bss.FeeTradeID] = textOf(r.TradeId)
	cells[bss.FeeID] = textOf(r.Id)
	cells[bss.FeeBillDetailType] = wholeOf(r.BillDetailType)
	cells[bss.FeeResourceID] = textOf(r.ResourceId)
	cells[bss.FeeResourceName] = textOf(r.ResourceName)
	cells[bss.FeeProductSpecDesc] = textOf(r.ProductSpecDesc)
	cells[bss.FeeRegionCode] = textOf(r.RegionCode)
	cells[bss.FeeProductID] = textOf(r.ProductId)
	cells[bss.FeeProductName] = textOf(r.ProductName)
	cells[bss.FeeResourceTag] = textOf(r.ResourceTag)
	cells[bss.FeeConsumeTime] = textOf(r.ConsumeTime)
	cells[bss.FeeUsageType] = textOf(r.UsageType)
	cells[bss.FeeUsageAmount] = amountOf(r.UsageAmount)
	cells[bss.FeeUsageMeasureID] = wholeOf(r.UsageMeasureId)
	cells[bss.FeeFreeResourceUsage] = amountOf(r.FreeResourceUsage)
	cells[bss.FeeFreeResourceMeasureID] = wholeOf(r.FreeResourceMeasureId)
	cells[bss.FeeRIUsage] = amountOf(r.RiUsage)
	cells[bss.FeeRIUsageMeasureID] = wholeOf(r.RiUsageMeasureId)
	cells[bss.FeeOfficialAmount] = amountOf(r.OfficialAmount)
	cells[bss.FeeOfficialDiscountAmount] = amountOf(r.OfficialDiscountAmount)
	cells[bss.FeePaymentAmount] = amountOf(r.PaymentAmount)
	cells[bss.FeeCashAmount] = amountOf(r.CashAmount)
	cells[bss.FeeCreditAmount] = amountOf(r.CreditAmount)
	cells[bss.FeeCouponAmount] = amountOf(r.CouponAmount)
	cells[bss.FeeFlexipurchaseCouponAmount] = amountOf(r.FlexipurchaseCouponAmount)
	cells[bss.FeeStoredValueCardAmount] = amountOf(r.StoredValueCardAmount)
	cells[bss.FeeDebtAmount] = amountOf(r.DebtAmount)
	cells[bss.FeeWriteoffAmount] = amountOf(r.WriteoffAmount)
	cells[bss.FeePeriodType] = wholeOf(r.PeriodType)
	cells[bss.FeeAccountManagerID] = textOf(r.AccountManagerId)
	cells[bss.FeePartnerID] = textOf(r.PartnerId)
	cells[bss.FeeRegionName] = textOf(r.RegionName)
	cells[bss.FeeSubServiceTypeCode] = textOf(r.SubServiceTypeCode)
	cells[bss.FeeSubServiceTypeName] = textOf(r.SubServiceTypeName)
	cells[bss.FeeSubResourceTypeCode] = textOf(r.SubResourceTypeCode)
	cells[bss.FeeSubResourceTypeName] = textOf(r.SubResourceTypeName)
	cells[bss.FeeSubResourceID] = textOf(r.SubResourceId)
	cells[bss.FeeSubResourceName] = textOf(r.SubResourceName)
	cells[bss.FeePeriodNum] = amountOf(r.PeriodNum)
}

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func wholeOf(n *int32) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(int(*n))
}

func amountOf(d *decimal.Decimal) string {
	if d == nil {
		return ""
	}
	return d.String()
}
