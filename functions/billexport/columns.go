package billexport

import (
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/internal/spreadsheet"
	"github.com/bssfn/bssfn/pkg/bss"
)

// column is one column of the CSV file, named as the API names the field.
type column struct {
	name string
	cell func(r *bss.FeeRecord) string
}

// columns are in the order of the API's documentation; the currency comes last,
// because the API gives it beside the records.
var columns = [...]column{
	{"bill_cycle", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.BillCycle) }},
	{"customer_id", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.CustomerID) }},
	{"association_type", func(r *bss.FeeRecord) string { return spreadsheet.Text(string(r.AssociationType)) }},
	{"service_type_code", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.ServiceTypeCode) }},
	{"resource_type_code", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.ResourceTypeCode) }},
	{"service_type_name", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.ServiceTypeName) }},
	{"resource_type_name", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.ResourceTypeName) }},
	{"charging_mode", func(r *bss.FeeRecord) string { return code(r.ChargingMode) }},
	{"trade_time", func(r *bss.FeeRecord) string { return r.TradeTime.String() }},
	{"trade_id", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.TradeID) }},
	{"id", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.ID) }},
	{"bill_detail_type", func(r *bss.FeeRecord) string { return code(r.BillDetailType) }},
	{"resource_id", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.ResourceID) }},
	{"resource_name", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.ResourceName) }},
	{"product_spec_desc", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.ProductSpecDesc) }},
	{"region_code", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.RegionCode) }},
	{"product_id", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.ProductID) }},
	{"product_name", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.ProductName) }},
	{"resource_tag", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.ResourceTag) }},
	{"consume_time", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.ConsumeTime) }},
	{"usage_type", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.UsageType) }},
	{"usage_amount", func(r *bss.FeeRecord) string { return digits(r.UsageAmount) }},
	{"usage_measure_id", func(r *bss.FeeRecord) string { return code(r.UsageMeasureID) }},
	{"free_resource_usage", func(r *bss.FeeRecord) string { return digits(r.FreeResourceUsage) }},
	{"free_resource_measure_id", func(r *bss.FeeRecord) string { return code(r.FreeResourceMeasureID) }},
	{"ri_usage", func(r *bss.FeeRecord) string { return digits(r.RIUsage) }},
	{"ri_usage_measure_id", func(r *bss.FeeRecord) string { return code(r.RIUsageMeasureID) }},
	{"official_amount", func(r *bss.FeeRecord) string { return digits(r.OfficialAmount) }},
	{"official_discount_amount", func(r *bss.FeeRecord) string { return digits(r.OfficialDiscountAmount) }},
	{"payment_amount", func(r *bss.FeeRecord) string { return digits(r.PaymentAmount) }},
	{"cash_amount", func(r *bss.FeeRecord) string { return digits(r.CashAmount) }},
	{"credit_amount", func(r *bss.FeeRecord) string { return digits(r.CreditAmount) }},
	{"coupon_amount", func(r *bss.FeeRecord) string { return digits(r.CouponAmount) }},
	{"flexipurchase_coupon_amount", func(r *bss.FeeRecord) string { return digits(r.FlexipurchaseCouponAmount) }},
	{"stored_value_card_amount", func(r *bss.FeeRecord) string { return digits(r.StoredValueCardAmount) }},
	{"debt_amount", func(r *bss.FeeRecord) string { return digits(r.DebtAmount) }},
	{"writeoff_amount", func(r *bss.FeeRecord) string { return digits(r.WriteoffAmount) }},
	{"period_type", func(r *bss.FeeRecord) string { return code(r.PeriodType) }},
	{"account_manager_id", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.AccountManagerID) }},
	{"partner_id", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.PartnerID) }},
	{"region_name", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.RegionName) }},
	{"sub_service_type_code", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.SubServiceTypeCode) }},
	{"sub_service_type_name", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.SubServiceTypeName) }},
	{"sub_resource_type_code", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.SubResourceTypeCode) }},
	{"sub_resource_type_name", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.SubResourceTypeName) }},
	{"sub_resource_id", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.SubResourceID) }},
	{"sub_resource_name", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.SubResourceName) }},
	{"period_num", func(r *bss.FeeRecord) string { return digits(r.PeriodNum) }},
	{"currency", func(r *bss.FeeRecord) string { return spreadsheet.Text(r.Currency) }},
}

// digits writes every digit that was received, zeros at the end included, and no
// exponent.
func digits(d decimal.Decimal) string { return d.StringFixed(max(-d.Exponent(), 0)) }

// code writes a number that stands for something, such as a measure or a mode.
func code[T ~int](n T) string { return strconv.Itoa(int(n)) }
