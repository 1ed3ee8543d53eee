package sdkinterop_test

import (
	"encoding/csv"
	"io"
	"strconv"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/parquet-go/parquet-go"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/billfile"
)

// BenchmarkExportFocusCSV and BenchmarkExportFocusParquet write bill records into a file
// of FOCUS, on one processor. What is compared with is a plain mapping to the same
// columns, without the exact prices, the forms of tags and the checks that ours has.
func BenchmarkExportFocusCSV(b *testing.B) {
	exportContest(b, billfile.FocusCSV, newTheirFocusCSV)
}

func BenchmarkExportFocusParquet(b *testing.B) {
	exportContest(b, billfile.FocusParquet, newTheirFocusParquet)
}

// theirFocusRow is a charge of FOCUS; what it has not is empty.
type theirFocusRow struct {
	BilledCost                 int64  `parquet:"BilledCost,decimal(8:18)"`
	BillingAccountID           string `parquet:"BillingAccountId,optional,dict"`
	BillingAccountName         string `parquet:"BillingAccountName,optional,dict"`
	BillingAccountType         string `parquet:"BillingAccountType,optional,dict"`
	BillingCurrency            string `parquet:"BillingCurrency,optional,dict"`
	BillingPeriodEnd           int64  `parquet:"BillingPeriodEnd,timestamp(millisecond)"`
	BillingPeriodStart         int64  `parquet:"BillingPeriodStart,timestamp(millisecond)"`
	ChargeCategory             string `parquet:"ChargeCategory,optional,dict"`
	ChargeClass                string `parquet:"ChargeClass,optional,dict"`
	ChargeDescription          string `parquet:"ChargeDescription,optional,dict"`
	ChargeFrequency            string `parquet:"ChargeFrequency,optional,dict"`
	ChargePeriodEnd            int64  `parquet:"ChargePeriodEnd,timestamp(millisecond)"`
	ChargePeriodStart          int64  `parquet:"ChargePeriodStart,timestamp(millisecond)"`
	CommitmentDiscountCategory string `parquet:"CommitmentDiscountCategory,optional,dict"`
	CommitmentDiscountID       string `parquet:"CommitmentDiscountId,optional,dict"`
	CommitmentDiscountName     string `parquet:"CommitmentDiscountName,optional,dict"`
	CommitmentDiscountQuantity int64  `parquet:"CommitmentDiscountQuantity,optional,decimal(8:18)"`
	CommitmentDiscountStatus   string `parquet:"CommitmentDiscountStatus,optional,dict"`
	CommitmentDiscountType     string `parquet:"CommitmentDiscountType,optional,dict"`
	CommitmentDiscountUnit     string `parquet:"CommitmentDiscountUnit,optional,dict"`
	ConsumedQuantity           int64  `parquet:"ConsumedQuantity,optional,decimal(8:18)"`
	ConsumedUnit               string `parquet:"ConsumedUnit,optional,dict"`
	ContractedCost             int64  `parquet:"ContractedCost,decimal(8:18)"`
	ContractedUnitPrice        int64  `parquet:"ContractedUnitPrice,optional,decimal(8:18)"`
	EffectiveCost              int64  `parquet:"EffectiveCost,decimal(8:18)"`
	InvoiceID                  string `parquet:"InvoiceId,optional,dict"`
	InvoiceIssuerName          string `parquet:"InvoiceIssuerName,optional,dict"`
	ListCost                   int64  `parquet:"ListCost,decimal(8:18)"`
	ListUnitPrice              int64  `parquet:"ListUnitPrice,optional,decimal(8:18)"`
	PricingCategory            string `parquet:"PricingCategory,optional,dict"`
	PricingCurrency            string `parquet:"PricingCurrency,optional,dict"`
	PricingQuantity            int64  `parquet:"PricingQuantity,optional,decimal(8:18)"`
	PricingUnit                string `parquet:"PricingUnit,optional,dict"`
	ProviderName               string `parquet:"ProviderName,optional,dict"`
	PublisherName              string `parquet:"PublisherName,optional,dict"`
	RegionID                   string `parquet:"RegionId,optional,dict"`
	RegionName                 string `parquet:"RegionName,optional,dict"`
	ResourceID                 string `parquet:"ResourceId,optional,dict"`
	ResourceName               string `parquet:"ResourceName,optional,dict"`
	ResourceType               string `parquet:"ResourceType,optional,dict"`
	ServiceCategory            string `parquet:"ServiceCategory,optional,dict"`
	ServiceName                string `parquet:"ServiceName,optional,dict"`
	ServiceSubcategory         string `parquet:"ServiceSubcategory,optional,dict"`
	SkuID                      string `parquet:"SkuId,optional,dict"`
	SkuMeter                   string `parquet:"SkuMeter,optional,dict"`
	SkuPriceDetails            string `parquet:"SkuPriceDetails,optional,dict"`
	SkuPriceID                 string `parquet:"SkuPriceId,optional,dict"`
	SubAccountID               string `parquet:"SubAccountId,optional,dict"`
	SubAccountName             string `parquet:"SubAccountName,optional,dict"`
	SubAccountType             string `parquet:"SubAccountType,optional,dict"`
	Tags                       string `parquet:"Tags,optional,dict"`
	XAssociationType           string `parquet:"x_AssociationType,optional,dict"`
	XBillDetailType            int32  `parquet:"x_BillDetailType"`
	XCashAmount                int64  `parquet:"x_CashAmount,decimal(8:18)"`
	XChargingMode              int32  `parquet:"x_ChargingMode"`
	XConsumeTime               string `parquet:"x_ConsumeTime,optional"`
	XCouponAmount              int64  `parquet:"x_CouponAmount,decimal(8:18)"`
	XCreditAmount              int64  `parquet:"x_CreditAmount,decimal(8:18)"`
	XDebtAmount                int64  `parquet:"x_DebtAmount,decimal(8:18)"`
	XFeeRecordID               string `parquet:"x_FeeRecordId,optional"`
	XFlexipurchaseCouponAmount int64  `parquet:"x_FlexipurchaseCouponAmount,decimal(8:18)"`
	XPartnerID                 string `parquet:"x_PartnerId,optional,dict"`
	XResourceTypeCode          string `parquet:"x_ResourceTypeCode,optional,dict"`
	XServiceTypeCode           string `parquet:"x_ServiceTypeCode,optional,dict"`
	XStoredValueCardAmount     int64  `parquet:"x_StoredValueCardAmount,decimal(8:18)"`
	XTradeID                   string `parquet:"x_TradeId,optional"`
	XTradeTime                 int64  `parquet:"x_TradeTime,timestamp(millisecond)"`
	XWriteoffAmount            int64  `parquet:"x_WriteoffAmount,decimal(8:18)"`
	XAccountManagerID          string `parquet:"x_AccountManagerId,optional,dict"`
	XFreeResourceUnit          string `parquet:"x_FreeResourceUnit,optional,dict"`
	XParentResourceID          string `parquet:"x_ParentResourceId,optional,dict"`
	XParentServiceName         string `parquet:"x_ParentServiceName,optional,dict"`
	XRiUnit                    string `parquet:"x_RiUnit,optional,dict"`
	XFreeResourceUsage         int64  `parquet:"x_FreeResourceUsage,optional,decimal(8:18)"`
	XRiUsage                   int64  `parquet:"x_RiUsage,optional,decimal(8:18)"`
}

var theirCategories = map[int32]string{
	4: "Adjustment", 5: "Usage", 9: "Adjustment", 12: "Usage", 16: "Adjustment", 20: "Adjustment", 23: "Usage", 24: "Adjustment",
}

var theirServices = map[string][2]string{
	"hws.service.type.ec2": {"Compute", "Virtual Machines"}, "hws.service.type.ebs": {"Storage", "Block Storage"},
	"hws.service.type.obs": {"Storage", "Object Storage"}, "hws.service.type.vpc": {"Networking", "Network Infrastructure"},
	"hws.service.type.rds": {"Databases", "Relational Databases"}, "hws.service.type.cdn": {"Networking", "Content Delivery"},
}

var theirUnits = map[int32]string{4: "Hours", 10: "GB", 11: "MB", 15: "Mb/Second", 17: "GB"}

func theirFocusRowOf(r *model.SubCustomerMonthlyBillDetail, currency string, start, end time.Time) theirFocusRow {
	category, recurring := theirCategories[*r.BillDetailType], "One-Time"
	switch category {
	case "":
		category = "Purchase"
	case "Usage":
		recurring = "Usage-Based"
	}
	service, known := theirServices[textOf(r.ServiceTypeCode)]
	if !known {
		service = [2]string{"Other", "Other (Other)"}
	}
	contracted := r.OfficialAmount.Sub(*r.OfficialDiscountAmount)
	quantity, unit := decimal.NewFromInt(1), "Units"
	row := theirFocusRow{
		BillingAccountID: textOf(r.PartnerId), BillingAccountType: "Partner", BillingCurrency: currency, PricingCurrency: currency,
		BillingPeriodStart: start.UnixMilli(), BillingPeriodEnd: end.UnixMilli(),
		ChargeCategory: category, ChargeFrequency: recurring, PricingCategory: "Standard",
		ChargeDescription: category + ": " + textOf(r.ProductName) + ": " + textOf(r.ProductSpecDesc),
		InvoiceIssuerName: "Huawei Cloud", ProviderName: "Huawei Cloud", PublisherName: "Huawei Cloud",
		RegionID: textOf(r.RegionCode), RegionName: textOf(r.RegionName),
		ResourceID: textOf(r.ResourceId), ResourceName: textOf(r.ResourceName), ResourceType: textOf(r.ResourceTypeName),
		ServiceCategory: service[0], ServiceName: textOf(r.ServiceTypeName), ServiceSubcategory: service[1],
		SkuID: textOf(r.ProductId), SkuMeter: textOf(r.UsageType), SkuPriceID: textOf(r.ProductId) + "/" + textOf(r.RegionCode),
		SkuPriceDetails: `{"x_Specification":` + strconv.Quote(textOf(r.ProductSpecDesc)) + "}",
		SubAccountID:    textOf(r.CustomerId), SubAccountName: textOf(r.CustomerId), SubAccountType: "Customer", Tags: textOf(r.ResourceTag),
		BilledCost: scaled(r.PaymentAmount), EffectiveCost: scaled(r.PaymentAmount), ListCost: scaled(r.OfficialAmount), ContractedCost: scaled(&contracted),
		XCashAmount: scaled(r.CashAmount), XCouponAmount: scaled(r.CouponAmount), XCreditAmount: scaled(r.CreditAmount), XDebtAmount: scaled(r.DebtAmount),
		XFlexipurchaseCouponAmount: scaled(r.FlexipurchaseCouponAmount), XStoredValueCardAmount: scaled(r.StoredValueCardAmount),
		XWriteoffAmount: scaled(r.WriteoffAmount), XAssociationType: textOf(r.AssociationType), XConsumeTime: textOf(r.ConsumeTime),
		XFeeRecordID: textOf(r.Id), XPartnerID: textOf(r.PartnerId), XResourceTypeCode: textOf(r.ResourceTypeCode),
		XServiceTypeCode: textOf(r.ServiceTypeCode), XTradeID: textOf(r.TradeId), XBillDetailType: *r.BillDetailType, XChargingMode: *r.ChargingMode,
		XAccountManagerID: textOf(r.AccountManagerId), XFreeResourceUsage: scaled(r.FreeResourceUsage), XRiUsage: scaled(r.RiUsage),
	}
	if sub := textOf(r.SubResourceId); sub != "" {
		row.XParentResourceID, row.XParentServiceName, row.ResourceID, row.ResourceName = row.ResourceID, row.ServiceName, sub, textOf(r.SubResourceName)
	}
	if r.FreeResourceMeasureId != nil {
		row.XFreeResourceUnit = theirUnits[*r.FreeResourceMeasureId]
	}
	if r.RiUsageMeasureId != nil {
		row.XRiUnit = theirUnits[*r.RiUsageMeasureId]
	}
	if r.UsageAmount != nil && !r.UsageAmount.IsZero() {
		quantity, unit = *r.UsageAmount, theirUnits[*r.UsageMeasureId]
		row.ConsumedQuantity, row.ConsumedUnit = scaled(r.UsageAmount), unit
	}
	list, price := r.OfficialAmount.DivRound(quantity, 8), contracted.DivRound(quantity, 8)
	row.PricingQuantity, row.PricingUnit, row.ListUnitPrice, row.ContractedUnitPrice = scaled(&quantity), unit, scaled(&list), scaled(&price)
	if traded, err := time.Parse(time.RFC3339, textOf(r.TradeTime)); err == nil {
		row.XTradeTime = traded.UnixMilli()
	}
	if consumed, err := time.Parse(time.RFC3339, textOf(r.ConsumeTime)); err == nil {
		day := consumed.Add(8 * time.Hour).Truncate(24 * time.Hour).Add(-8 * time.Hour)
		row.ChargePeriodStart, row.ChargePeriodEnd = day.UnixMilli(), day.Add(24*time.Hour).UnixMilli()
	}
	return row
}

// theirCycle is benchCycle in UTC.
func theirCycle() (start, end time.Time) {
	return time.Date(2026, 1, 31, 16, 0, 0, 0, time.UTC), time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC)
}

func scaled(d *decimal.Decimal) int64 {
	if d == nil {
		return 0
	}
	return d.Shift(8).IntPart()
}

func newTheirFocusParquet(b *testing.B) theirFile {
	b.Helper()
	file := parquet.NewGenericWriter[theirFocusRow](io.Discard, parquet.Compression(&parquet.Snappy))
	rows := make([]theirFocusRow, exportedRows)
	start, end := theirCycle()
	return theirFile{
		write: func(records []model.SubCustomerMonthlyBillDetail, currency string) {
			for i := range records {
				rows[i] = theirFocusRowOf(&records[i], currency, start, end)
			}
			_, err := file.Write(rows[:len(records)])
			require.NoError(b, err)
		},
		close: func() { require.NoError(b, file.Close()) },
	}
}

func newTheirFocusCSV(b *testing.B) theirFile {
	b.Helper()
	file := csv.NewWriter(io.Discard)
	file.UseCRLF = true
	require.NoError(b, file.Write(theirFocusColumns))
	var cells []string
	start, end := theirCycle()
	return theirFile{
		write: func(records []model.SubCustomerMonthlyBillDetail, currency string) {
			for i := range records {
				row := theirFocusRowOf(&records[i], currency, start, end)
				cells = row.cells(cells)
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

func decimalOf(scaled int64) string { return decimal.New(scaled, -8).String() }

func instantOf(milliseconds int64) string {
	return time.UnixMilli(milliseconds).UTC().Format(time.RFC3339)
}

var theirFocusColumns = []string{
	"BilledCost", "BillingAccountId", "BillingAccountName", "BillingAccountType", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
	"ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart", "CommitmentDiscountCategory",
	"CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountQuantity", "CommitmentDiscountStatus", "CommitmentDiscountType",
	"CommitmentDiscountUnit", "ConsumedQuantity", "ConsumedUnit", "ContractedCost", "ContractedUnitPrice", "EffectiveCost", "InvoiceId",
	"InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory", "PricingCurrency", "PricingQuantity", "PricingUnit", "ProviderName",
	"PublisherName", "RegionId", "RegionName", "ResourceId", "ResourceName", "ResourceType", "ServiceCategory", "ServiceName",
	"ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId", "SubAccountId", "SubAccountName", "SubAccountType", "Tags",
	"x_AssociationType", "x_BillDetailType", "x_CashAmount", "x_ChargingMode", "x_ConsumeTime", "x_CouponAmount", "x_CreditAmount",
	"x_DebtAmount", "x_FeeRecordId", "x_FlexipurchaseCouponAmount", "x_PartnerId", "x_ResourceTypeCode", "x_ServiceTypeCode",
	"x_StoredValueCardAmount", "x_TradeId", "x_TradeTime", "x_WriteoffAmount",
	"x_AccountManagerId", "x_FreeResourceUnit", "x_ParentResourceId", "x_ParentServiceName", "x_RiUnit", "x_FreeResourceUsage", "x_RiUsage",
}

// cells are those of the columns, in memory that is used again.
func (r *theirFocusRow) cells(memory []string) []string {
	return append(memory[:0],
		decimalOf(r.BilledCost), r.BillingAccountID, r.BillingAccountName, r.BillingAccountType, r.BillingCurrency, instantOf(r.BillingPeriodEnd),
		instantOf(r.BillingPeriodStart), r.ChargeCategory, r.ChargeClass, r.ChargeDescription, r.ChargeFrequency, instantOf(r.ChargePeriodEnd),
		instantOf(r.ChargePeriodStart), r.CommitmentDiscountCategory, r.CommitmentDiscountID, r.CommitmentDiscountName,
		decimalOf(r.CommitmentDiscountQuantity), r.CommitmentDiscountStatus, r.CommitmentDiscountType, r.CommitmentDiscountUnit,
		decimalOf(r.ConsumedQuantity), r.ConsumedUnit, decimalOf(r.ContractedCost), decimalOf(r.ContractedUnitPrice), decimalOf(r.EffectiveCost),
		r.InvoiceID, r.InvoiceIssuerName, decimalOf(r.ListCost), decimalOf(r.ListUnitPrice), r.PricingCategory, r.PricingCurrency,
		decimalOf(r.PricingQuantity), r.PricingUnit, r.ProviderName, r.PublisherName, r.RegionID, r.RegionName, r.ResourceID, r.ResourceName,
		r.ResourceType, r.ServiceCategory, r.ServiceName, r.ServiceSubcategory, r.SkuID, r.SkuMeter, r.SkuPriceDetails, r.SkuPriceID,
		r.SubAccountID, r.SubAccountName, r.SubAccountType, r.Tags, r.XAssociationType, strconv.Itoa(int(r.XBillDetailType)),
		decimalOf(r.XCashAmount), strconv.Itoa(int(r.XChargingMode)), r.XConsumeTime, decimalOf(r.XCouponAmount), decimalOf(r.XCreditAmount),
		decimalOf(r.XDebtAmount), r.XFeeRecordID, decimalOf(r.XFlexipurchaseCouponAmount), r.XPartnerID, r.XResourceTypeCode, r.XServiceTypeCode,
		decimalOf(r.XStoredValueCardAmount), r.XTradeID, instantOf(r.XTradeTime), decimalOf(r.XWriteoffAmount),
		r.XAccountManagerID, r.XFreeResourceUnit, r.XParentResourceID, r.XParentServiceName, r.XRiUnit,
		decimalOf(r.XFreeResourceUsage), decimalOf(r.XRiUsage),
	)
}
