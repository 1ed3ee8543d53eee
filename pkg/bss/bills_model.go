package bss

import "github.com/shopspring/decimal"

// ChargeMode says how a resource is billed.
type ChargeMode string

// The charge modes that the monthly sums are asked for.
const (
	ChargePeriod      ChargeMode = "1" // yearly or monthly
	ChargeOnDemand    ChargeMode = "3"
	ChargeSavingsPlan ChargeMode = "11"
)

// BillType says what a monthly sum is about.
type BillType string

// The kinds of monthly sums.
const (
	BillConsumption    BillType = "0"
	BillUnsubscription BillType = "1"
	BillWriteOff       BillType = "2"
)

// ListConsumeSubCustomersRequest is the argument of ListConsumeSubCustomers.
type ListConsumeSubCustomersRequest struct {
	// BillCycle is a month of GMT+8, as 2006-01.
	BillCycle string `json:"bill_cycle"`
	// Offset is the number of rows to skip, Limit the size of a page.
	Offset int `json:"offset,omitempty"`
	Limit  int `json:"limit,omitempty"`
}

// ListSubCustomerBillDetailRequest is the argument of ListSubCustomerBillDetail.
// BillCycle and CustomerID are required; other empty fields do not filter.
type ListSubCustomerBillDetailRequest struct {
	// BillCycle is a month of GMT+8, as 2006-01.
	BillCycle       string `query:"bill_cycle"`
	CustomerID      string `query:"customer_id"`
	ServiceTypeCode string `query:"service_type_code"`
	RegionCode      string `query:"region_code"`
	ChargingMode    int    `query:"charging_mode"`
	BillDetailType  int    `query:"bill_detail_type"`
	ResourceID      string `query:"resource_id"`
	TradeID         string `query:"trade_id"`
	// BillDateBegin and BillDateEnd are days of GMT+8 within the cycle, as
	// 2006-01-02, both or neither.
	BillDateBegin     string `query:"bill_date_begin"`
	BillDateEnd       string `query:"bill_date_end"`
	IndirectPartnerID string `query:"indirect_partner_id"`
	// Offset is the number of rows to skip, Limit the size of a page.
	Offset int `query:"offset"`
	Limit  int `query:"limit"`
}

// FeeRecord is one record of a customer's consumption, its amounts in Currency.
type FeeRecord struct {
	ID               string          `json:"id"`
	BillCycle        string          `json:"bill_cycle"`
	CustomerID       string          `json:"customer_id"`
	AssociationType  AssociationType `json:"association_type"`
	ServiceTypeCode  string          `json:"service_type_code"`
	ServiceTypeName  string          `json:"service_type_name"`
	ResourceTypeCode string          `json:"resource_type_code"`
	ResourceTypeName string          `json:"resource_type_name"`
	RegionCode       string          `json:"region_code"`
	RegionName       string          `json:"region_name"`
	ChargingMode     int             `json:"charging_mode"`
	// BillDetailType is 1 new purchase, 2 renewal, 3 change, 4 unsubscription,
	// 5 usage, 8 automatic renewal, and others.
	BillDetailType  int    `json:"bill_detail_type"`
	TradeTime       Time   `json:"trade_time"`
	TradeID         string `json:"trade_id"`
	ConsumeTime     string `json:"consume_time"`
	ResourceID      string `json:"resource_id"`
	ResourceName    string `json:"resource_name"`
	ResourceTag     string `json:"resource_tag"`
	ProductID       string `json:"product_id"`
	ProductName     string `json:"product_name"`
	ProductSpecDesc string `json:"product_spec_desc"`

	UsageType           string          `json:"usage_type"`
	UsageAmount         decimal.Decimal `json:"usage_amount"`
	UsageMeasureID      int             `json:"usage_measure_id"`
	FreeResourceUsage   decimal.Decimal `json:"free_resource_usage"`
	FreeResourceMeasure int             `json:"free_resource_measure_id"`
	RIUsage             decimal.Decimal `json:"ri_usage"`
	RIUsageMeasureID    int             `json:"ri_usage_measure_id"`
	PeriodType          int             `json:"period_type"`
	PeriodNum           decimal.Decimal `json:"period_num"`

	// OfficialAmount is the list price. What is paid, PaymentAmount, is the sum of
	// the seven payment parts below it.
	OfficialAmount            decimal.Decimal `json:"official_amount"`
	OfficialDiscountAmount    decimal.Decimal `json:"official_discount_amount"`
	PaymentAmount             decimal.Decimal `json:"payment_amount"`
	CashAmount                decimal.Decimal `json:"cash_amount"`
	CreditAmount              decimal.Decimal `json:"credit_amount"`
	CouponAmount              decimal.Decimal `json:"coupon_amount"`
	FlexipurchaseCouponAmount decimal.Decimal `json:"flexipurchase_coupon_amount"`
	StoredValueCardAmount     decimal.Decimal `json:"stored_value_card_amount"`
	DebtAmount                decimal.Decimal `json:"debt_amount"`
	WriteoffAmount            decimal.Decimal `json:"writeoff_amount"`
	Currency                  string          `json:"-"`

	PartnerID           string `json:"partner_id"`
	AccountManagerID    string `json:"account_manager_id"`
	SubServiceTypeCode  string `json:"sub_service_type_code"`
	SubServiceTypeName  string `json:"sub_service_type_name"`
	SubResourceTypeCode string `json:"sub_resource_type_code"`
	SubResourceTypeName string `json:"sub_resource_type_name"`
	SubResourceID       string `json:"sub_resource_id"`
	SubResourceName     string `json:"sub_resource_name"`
}

// ListSubcustomerMonthlyBillsRequest is the argument of
// ListSubcustomerMonthlyBills. Cycle and ChargeMode are required.
type ListSubcustomerMonthlyBillsRequest struct {
	// Cycle is a month of GMT+8, as 2006-01.
	Cycle            string     `query:"cycle"`
	ChargeMode       ChargeMode `query:"charge_mode"`
	BillType         BillType   `query:"bill_type"`
	CustomerID       string     `query:"customer_id"`
	CloudServiceType string     `query:"cloud_service_type"`
	// Offset is the number of rows to skip, Limit the size of a page.
	Offset int `query:"offset"`
	Limit  int `query:"limit"`
}

// BillSum is one sum of a cycle, its amounts in Currency. Amounts of
// unsubscriptions and write-offs are negative.
type BillSum struct {
	CustomerID           string          `json:"customer_id"`
	CloudServiceType     string          `json:"cloud_service_type"`
	CloudServiceTypeName string          `json:"cloud_service_type_name"`
	ResourceTypeCode     string          `json:"resource_type_code"`
	ResourceTypeName     string          `json:"resource_type_name"`
	BillType             BillType        `json:"bill_type"`
	ChargeMode           ChargeMode      `json:"charge_mode"`
	Amount               decimal.Decimal `json:"amount"`
	DebtAmount           decimal.Decimal `json:"debt_amount"`
	AdjustmentAmount     decimal.Decimal `json:"adjustment_amount"`
	DiscountAmount       decimal.Decimal `json:"discount_amount"`
	Currency             string          `json:"-"`
}
