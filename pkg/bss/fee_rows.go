package bss

// FeeField is a field of a fee record. The fields are in the order of the API's
// documentation; the currency comes last, because the API gives it beside the records.
//
// See https://support.huaweicloud.com/api-bpconsole/mt_000502.html.
type FeeField int

// The fields of a fee record. What they hold is said at FeeRecord.
const (
	FeeBillCycle FeeField = iota
	FeeCustomerID
	FeeAssociationType
	FeeServiceTypeCode
	FeeResourceTypeCode
	FeeServiceTypeName
	FeeResourceTypeName
	FeeChargingMode
	FeeTradeTime
	FeeTradeID
	FeeID
	FeeBillDetailType
	FeeResourceID
	FeeResourceName
	FeeProductSpecDesc
	FeeRegionCode
	FeeProductID
	FeeProductName
	FeeResourceTag
	FeeConsumeTime
	FeeUsageType
	FeeUsageAmount
	FeeUsageMeasureID
	FeeFreeResourceUsage
	FeeFreeResourceMeasureID
	FeeRIUsage
	FeeRIUsageMeasureID
	FeeOfficialAmount
	FeeOfficialDiscountAmount
	FeePaymentAmount
	FeeCashAmount
	FeeCreditAmount
	FeeCouponAmount
	FeeFlexipurchaseCouponAmount
	FeeStoredValueCardAmount
	FeeDebtAmount
	FeeWriteoffAmount
	FeePeriodType
	FeeAccountManagerID
	FeePartnerID
	FeeRegionName
	FeeSubServiceTypeCode
	FeeSubServiceTypeName
	FeeSubResourceTypeCode
	FeeSubResourceTypeName
	FeeSubResourceID
	FeeSubResourceName
	FeePeriodNum
	FeeCurrency
	// FeeFields is how many fields there are.
	FeeFields = int(FeeCurrency) + 1
)

var feeFieldNames = [FeeFields]string{
	"bill_cycle", "customer_id", "association_type", "service_type_code", "resource_type_code",
	"service_type_name", "resource_type_name", "charging_mode", "trade_time", "trade_id", "id",
	"bill_detail_type", "resource_id", "resource_name", "product_spec_desc", "region_code",
	"product_id", "product_name", "resource_tag", "consume_time", "usage_type", "usage_amount",
	"usage_measure_id", "free_resource_usage", "free_resource_measure_id", "ri_usage",
	"ri_usage_measure_id", "official_amount", "official_discount_amount", "payment_amount",
	"cash_amount", "credit_amount", "coupon_amount", "flexipurchase_coupon_amount",
	"stored_value_card_amount", "debt_amount", "writeoff_amount", "period_type",
	"account_manager_id", "partner_id", "region_name", "sub_service_type_code",
	"sub_service_type_name", "sub_resource_type_code", "sub_resource_type_name",
	"sub_resource_id", "sub_resource_name", "period_num", "currency",
}

// String is the API's name of the field.
func (f FeeField) String() string { return feeFieldNames[f] }

// FeeRow is a fee record as the API prints it: texts without their quotes and escapes,
// numbers digit for digit. A field that is absent or null is nil, one that is an empty
// text is empty and not nil. What is there is what FeeRecord could hold: the amounts are
// numbers, the codes whole ones, the time of the transaction is one or empty.
type FeeRow [FeeFields][]byte
