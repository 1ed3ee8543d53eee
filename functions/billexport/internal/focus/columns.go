package focus

import "github.com/bssfn/bssfn/functions/billexport/internal/parquetfile"

// Version is that of the specification.
const Version = "1.2"

// column is the number of a column in a file.
type column int

// The columns of FOCUS in the order of their names, and behind them our own.
const (
	billedCost column = iota
	billingAccountID
	billingAccountName
	billingAccountType
	billingCurrency
	billingPeriodEnd
	billingPeriodStart
	chargeCategory
	chargeClass
	chargeDescription
	chargeFrequency
	chargePeriodEnd
	chargePeriodStart
	commitmentDiscountCategory
	commitmentDiscountID
	commitmentDiscountName
	commitmentDiscountQuantity
	commitmentDiscountStatus
	commitmentDiscountType
	commitmentDiscountUnit
	consumedQuantity
	consumedUnit
	contractedCost
	contractedUnitPrice
	effectiveCost
	invoiceID
	invoiceIssuerName
	listCost
	listUnitPrice
	pricingCategory
	pricingCurrency
	pricingQuantity
	pricingUnit
	providerName
	publisherName
	regionID
	regionName
	resourceID
	resourceName
	resourceType
	serviceCategory
	serviceName
	serviceSubcategory
	skuID
	skuMeter
	skuPriceDetails
	skuPriceID
	subAccountID
	subAccountName
	subAccountType
	tags

	xAccountManagerID
	xAssociationType
	xBillDetailType
	xCashAmount
	xChargingMode
	xConsumeTime
	xCouponAmount
	xCreditAmount
	xDebtAmount
	xFeeRecordID
	xFlexipurchaseCouponAmount
	xFreeResourceUnit
	xFreeResourceUsage
	xParentResourceID
	xParentServiceName
	xPartnerID
	xResourceTypeCode
	xRIUnit
	xRIUsage
	xServiceTypeCode
	xStoredValueCardAmount
	xTradeID
	xTradeTime
	xWriteoffAmount

	xInvoiceAmount // from here on only where the export is priced
	xMargin
	allColumns
)

// columns say how each is called and what it holds.
var columns = [allColumns]parquetfile.Column{
	billedCost:                 {Name: "BilledCost", Type: parquetfile.Money, Required: true},
	billingAccountID:           {Name: "BillingAccountId"},
	billingAccountName:         {Name: "BillingAccountName"},
	billingAccountType:         {Name: "BillingAccountType"},
	billingCurrency:            {Name: "BillingCurrency"},
	billingPeriodEnd:           {Name: "BillingPeriodEnd", Type: parquetfile.Instant, Required: true},
	billingPeriodStart:         {Name: "BillingPeriodStart", Type: parquetfile.Instant, Required: true},
	chargeCategory:             {Name: "ChargeCategory", Required: true},
	chargeClass:                {Name: "ChargeClass"},
	chargeDescription:          {Name: "ChargeDescription", Required: true},
	chargeFrequency:            {Name: "ChargeFrequency", Required: true},
	chargePeriodEnd:            {Name: "ChargePeriodEnd", Type: parquetfile.Instant, Required: true},
	chargePeriodStart:          {Name: "ChargePeriodStart", Type: parquetfile.Instant, Required: true},
	commitmentDiscountCategory: {Name: "CommitmentDiscountCategory"},
	commitmentDiscountID:       {Name: "CommitmentDiscountId"},
	commitmentDiscountName:     {Name: "CommitmentDiscountName"},
	commitmentDiscountQuantity: {Name: "CommitmentDiscountQuantity", Type: parquetfile.Number},
	commitmentDiscountStatus:   {Name: "CommitmentDiscountStatus"},
	commitmentDiscountType:     {Name: "CommitmentDiscountType"},
	commitmentDiscountUnit:     {Name: "CommitmentDiscountUnit"},
	consumedQuantity:           {Name: "ConsumedQuantity", Type: parquetfile.Number},
	consumedUnit:               {Name: "ConsumedUnit"},
	contractedCost:             {Name: "ContractedCost", Type: parquetfile.Money, Required: true},
	contractedUnitPrice:        {Name: "ContractedUnitPrice", Type: parquetfile.Number},
	effectiveCost:              {Name: "EffectiveCost", Type: parquetfile.Money, Required: true},
	invoiceID:                  {Name: "InvoiceId"},
	invoiceIssuerName:          {Name: "InvoiceIssuerName", Required: true},
	listCost:                   {Name: "ListCost", Type: parquetfile.Money, Required: true},
	listUnitPrice:              {Name: "ListUnitPrice", Type: parquetfile.Number},
	pricingCategory:            {Name: "PricingCategory"},
	pricingCurrency:            {Name: "PricingCurrency"},
	pricingQuantity:            {Name: "PricingQuantity", Type: parquetfile.Number},
	pricingUnit:                {Name: "PricingUnit"},
	providerName:               {Name: "ProviderName", Required: true},
	publisherName:              {Name: "PublisherName", Required: true},
	regionID:                   {Name: "RegionId"},
	regionName:                 {Name: "RegionName"},
	resourceID:                 {Name: "ResourceId"},
	resourceName:               {Name: "ResourceName"},
	resourceType:               {Name: "ResourceType"},
	serviceCategory:            {Name: "ServiceCategory", Required: true},
	serviceName:                {Name: "ServiceName", Required: true},
	serviceSubcategory:         {Name: "ServiceSubcategory", Required: true},
	skuID:                      {Name: "SkuId"},
	skuMeter:                   {Name: "SkuMeter"},
	skuPriceDetails:            {Name: "SkuPriceDetails"},
	skuPriceID:                 {Name: "SkuPriceId"},
	subAccountID:               {Name: "SubAccountId"},
	subAccountName:             {Name: "SubAccountName"},
	subAccountType:             {Name: "SubAccountType"},
	tags:                       {Name: "Tags"},
	xAccountManagerID:          {Name: "x_AccountManagerId"},
	xAssociationType:           {Name: "x_AssociationType"},
	xBillDetailType:            {Name: "x_BillDetailType", Type: parquetfile.Code},
	xCashAmount:                {Name: "x_CashAmount", Type: parquetfile.Money, Required: true},
	xChargingMode:              {Name: "x_ChargingMode", Type: parquetfile.Code},
	xConsumeTime:               {Name: "x_ConsumeTime", Distinct: true},
	xCouponAmount:              {Name: "x_CouponAmount", Type: parquetfile.Money, Required: true},
	xCreditAmount:              {Name: "x_CreditAmount", Type: parquetfile.Money, Required: true},
	xDebtAmount:                {Name: "x_DebtAmount", Type: parquetfile.Money, Required: true},
	xFeeRecordID:               {Name: "x_FeeRecordId", Distinct: true},
	xFlexipurchaseCouponAmount: {Name: "x_FlexipurchaseCouponAmount", Type: parquetfile.Money, Required: true},
	xFreeResourceUnit:          {Name: "x_FreeResourceUnit"},
	xFreeResourceUsage:         {Name: "x_FreeResourceUsage", Type: parquetfile.Number},
	xParentResourceID:          {Name: "x_ParentResourceId"},
	xParentServiceName:         {Name: "x_ParentServiceName"},
	xPartnerID:                 {Name: "x_PartnerId"},
	xResourceTypeCode:          {Name: "x_ResourceTypeCode"},
	xRIUnit:                    {Name: "x_RiUnit"},
	xRIUsage:                   {Name: "x_RiUsage", Type: parquetfile.Number},
	xServiceTypeCode:           {Name: "x_ServiceTypeCode"},
	xStoredValueCardAmount:     {Name: "x_StoredValueCardAmount", Type: parquetfile.Money, Required: true},
	xTradeID:                   {Name: "x_TradeId", Distinct: true},
	xTradeTime:                 {Name: "x_TradeTime", Type: parquetfile.Instant},
	xWriteoffAmount:            {Name: "x_WriteoffAmount", Type: parquetfile.Money, Required: true},
	xInvoiceAmount:             {Name: "x_InvoiceAmount", Type: parquetfile.Money, Required: true},
	xMargin:                    {Name: "x_Margin", Type: parquetfile.Money, Required: true},
}

// columnsOf are those of a file: a rate card adds two.
func columnsOf(priced bool) []parquetfile.Column {
	if priced {
		return columns[:]
	}
	return columns[:xInvoiceAmount]
}
