package bill

import "github.com/bssfn/bssfn/pkg/bss"

// Kind is what the cells of a column hold.
type Kind int

const (
	// KindText is what somebody wrote: a name, an id, a month, a time of a form that the
	// API leaves open.
	KindText Kind = iota
	// KindCode is a whole number that stands for something, such as a unit of measure.
	KindCode
	// KindNumber is a quantity, as a decimal.
	KindNumber
	// KindMoney is an amount in the currency of the row, with at most 8 decimals.
	KindMoney
	// KindInstant is a time in UTC as 2006-01-02T15:04:05Z.
	KindInstant
)

// Column is a column of the files that have a record's fields one by one.
type Column struct {
	// Name is the API's, or one in its manner for what is computed.
	Name string
	// English and Chinese are what a person reads above the column.
	English, Chinese string
	Kind             Kind
}

// Headings are what stands above the columns.
type Headings int

const (
	// Names are those of the API, for programs.
	Names Headings = iota
	// English is for people.
	English
	// Chinese is for people too.
	Chinese
)

// Heading is what stands above the column.
func (c Column) Heading(h Headings) string {
	switch h {
	case English:
		return c.English
	case Chinese:
		return c.Chinese
	case Names:
	}
	return c.Name
}

// Columns are the columns of a file. The first bss.FeeFields are those of the record, so
// that a column's number is its FeeField; where the export is priced, InvoiceColumn and
// MarginColumn follow.
func Columns(priced bool) []Column {
	all := columns
	if priced {
		return all[:]
	}
	return all[:bss.FeeFields]
}

// The numbers of the columns that are computed.
const (
	InvoiceColumn = bss.FeeFields + iota
	MarginColumn
	maxColumns
)

// columns are in the order of bss.FeeField, which a test holds them to.
var columns = [maxColumns]Column{
	{"bill_cycle", "Billing cycle", "账期", KindText},
	{"customer_id", "Customer ID", "客户ID", KindText},
	{"association_type", "Association type", "关联类型", KindText},
	{"service_type_code", "Service type code", "云服务类型编码", KindText},
	{"resource_type_code", "Resource type code", "资源类型编码", KindText},
	{"service_type_name", "Service type", "云服务类型", KindText},
	{"resource_type_name", "Resource type", "资源类型", KindText},
	{"charging_mode", "Charging mode", "计费模式", KindCode},
	{"trade_time", "Transaction time (UTC)", "交易时间（UTC）", KindInstant},
	{"trade_id", "Order or transaction ID", "订单号/交易号", KindText},
	{"id", "Record ID", "记录ID", KindText},
	{"bill_detail_type", "Bill type", "账单类型", KindCode},
	{"resource_id", "Resource ID", "资源ID", KindText},
	{"resource_name", "Resource name", "资源名称", KindText},
	{"product_spec_desc", "Specification", "规格", KindText},
	{"region_code", "Region code", "区域编码", KindText},
	{"product_id", "Product ID", "产品ID", KindText},
	{"product_name", "Product", "产品", KindText},
	{"resource_tag", "Resource tags", "资源标签", KindText},
	{"consume_time", "Consumption time", "消费时间", KindText},
	{"usage_type", "Usage type", "使用量类型", KindText},
	{"usage_amount", "Usage", "使用量", KindNumber},
	{"usage_measure_id", "Usage unit code", "使用量单位编码", KindCode},
	{"free_resource_usage", "Package usage", "套餐内使用量", KindNumber},
	{"free_resource_measure_id", "Package usage unit code", "套餐内使用量单位编码", KindCode},
	{"ri_usage", "Reserved instance usage", "预留实例使用量", KindNumber},
	{"ri_usage_measure_id", "Reserved instance usage unit code", "预留实例使用量单位编码", KindCode},
	{"official_amount", "List price", "官网价", KindMoney},
	{"official_discount_amount", "Discount", "优惠金额", KindMoney},
	{"payment_amount", "Amount due", "应付金额", KindMoney},
	{"cash_amount", "Paid in cash", "现金支付", KindMoney},
	{"credit_amount", "Paid on credit", "信用额度支付", KindMoney},
	{"coupon_amount", "Paid with vouchers", "代金券支付", KindMoney},
	{"flexipurchase_coupon_amount", "Paid with cash coupons", "现金券支付", KindMoney},
	{"stored_value_card_amount", "Paid with stored-value cards", "储值卡支付", KindMoney},
	{"debt_amount", "Debt", "欠费金额", KindMoney},
	{"writeoff_amount", "Debt written off", "欠费核销金额", KindMoney},
	{"period_type", "Period unit", "周期类型", KindCode},
	{"account_manager_id", "Account manager ID", "客户经理ID", KindText},
	{"partner_id", "Partner ID", "伙伴ID", KindText},
	{"region_name", "Region", "区域", KindText},
	{"sub_service_type_code", "Component service type code", "整机子云服务类型编码", KindText},
	{"sub_service_type_name", "Component service type", "整机子云服务类型", KindText},
	{"sub_resource_type_code", "Component resource type code", "整机子资源类型编码", KindText},
	{"sub_resource_type_name", "Component resource type", "整机子资源类型", KindText},
	{"sub_resource_id", "Component resource ID", "整机子资源ID", KindText},
	{"sub_resource_name", "Component resource name", "整机子资源名称", KindText},
	{"period_num", "Periods", "周期数量", KindNumber},
	{"currency", "Currency", "币种", KindText},
	{"invoice_amount", "Invoice amount", "开票金额", KindMoney},
	{"margin", "Margin", "毛利", KindMoney},
}
