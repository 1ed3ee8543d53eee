package huawei

import (
	"encoding/json"
	"strconv"
)

// feeRecord is a row of ListSubCustomerBillDetail. For every one that nobody
// spoiled:
//
//	payment_amount = cash + credit + coupon + flexipurchase_coupon + stored_value_card + debt + writeoff
//	0 <= official_amount - official_discount_amount - payment_amount < 0.01
type feeRecord struct {
	BillCycle        string
	CustomerID       string
	AssociationType  string
	PartnerID        string
	ServiceTypeCode  string
	ServiceTypeName  string
	ResourceTypeCode string
	ResourceTypeName string
	ChargingMode     int
	BillDetailType   int
	TradeTime        string
	TradeID          string
	ID               string
	ConsumeTime      string
	ResourceID       string
	ResourceName     string
	ResourceTag      string
	ProductID        string
	ProductName      string
	ProductSpecDesc  string
	RegionCode       string
	RegionName       string

	// What was used is absent where UsageType is empty. Of it, packages paid for
	// FreeUsage and reserved instances for ReservedUsage.
	UsageType      string
	Usage          billMoney
	UsageMeasureID int
	FreeUsage      billMoney
	ReservedUsage  billMoney

	PeriodType int
	PeriodNum  int // 0 where none was paid for

	Official, Discount, Payment            billMoney
	Cash, Credit, Coupon, CashCoupon, Card billMoney
	Debt, Writeoff                         billMoney

	SubServiceTypeCode  string
	SubServiceTypeName  string
	SubResourceTypeCode string
	SubResourceTypeName string
	SubResourceID       string
	SubResourceName     string

	Unparseable string // in the place of the payment, where it is not empty
}

// measured reports whether the record is about a usage that was measured.
func (f *feeRecord) measured() bool { return f.UsageType != "" }

// appendTo writes the record as JSON. Millions of records are asked for, which
// encoding/json takes ten times as long for.
func (f *feeRecord) appendTo(b []byte) []byte {
	b = append(b, '{')
	b = appendText(b, `"bill_cycle":`, f.BillCycle)
	b = appendText(b, `,"customer_id":`, f.CustomerID)
	b = appendText(b, `,"association_type":`, f.AssociationType)
	b = appendText(b, `,"partner_id":`, f.PartnerID)
	b = appendText(b, `,"service_type_code":`, f.ServiceTypeCode)
	b = appendText(b, `,"service_type_name":`, f.ServiceTypeName)
	b = appendText(b, `,"resource_type_code":`, f.ResourceTypeCode)
	b = appendText(b, `,"resource_type_name":`, f.ResourceTypeName)
	b = appendInt(b, `,"charging_mode":`, f.ChargingMode)
	b = appendInt(b, `,"bill_detail_type":`, f.BillDetailType)
	b = appendText(b, `,"trade_time":`, f.TradeTime)
	b = appendText(b, `,"trade_id":`, f.TradeID)
	b = appendText(b, `,"id":`, f.ID)
	b = appendText(b, `,"consume_time":`, f.ConsumeTime)
	b = appendText(b, `,"resource_id":`, f.ResourceID)
	b = appendText(b, `,"resource_name":`, f.ResourceName)
	b = appendGiven(b, `,"resource_tag":`, f.ResourceTag)
	b = appendText(b, `,"product_id":`, f.ProductID)
	b = appendText(b, `,"product_name":`, f.ProductName)
	b = appendText(b, `,"product_spec_desc":`, f.ProductSpecDesc)
	b = appendText(b, `,"region_code":`, f.RegionCode)
	b = appendText(b, `,"region_name":`, f.RegionName)
	b = f.appendUsage(b)
	b = appendInt(b, `,"period_type":`, f.PeriodType)
	if f.PeriodNum != 0 {
		b = appendInt(b, `,"period_num":`, f.PeriodNum)
	}
	b = f.appendAmounts(b)
	b = appendGiven(b, `,"sub_service_type_code":`, f.SubServiceTypeCode)
	b = appendGiven(b, `,"sub_service_type_name":`, f.SubServiceTypeName)
	b = appendGiven(b, `,"sub_resource_type_code":`, f.SubResourceTypeCode)
	b = appendGiven(b, `,"sub_resource_type_name":`, f.SubResourceTypeName)
	b = appendGiven(b, `,"sub_resource_id":`, f.SubResourceID)
	b = appendGiven(b, `,"sub_resource_name":`, f.SubResourceName)
	return append(b, '}')
}

func (f *feeRecord) appendUsage(b []byte) []byte {
	if !f.measured() {
		return b
	}
	b = appendText(b, `,"usage_type":`, f.UsageType)
	b = appendAmount(b, `,"usage_amount":`, f.Usage)
	b = appendInt(b, `,"usage_measure_id":`, f.UsageMeasureID)
	if f.FreeUsage != 0 {
		b = appendAmount(b, `,"free_resource_usage":`, f.FreeUsage)
		b = appendInt(b, `,"free_resource_measure_id":`, f.UsageMeasureID)
	}
	if f.ReservedUsage != 0 {
		b = appendAmount(b, `,"ri_usage":`, f.ReservedUsage)
		b = appendInt(b, `,"ri_usage_measure_id":`, f.UsageMeasureID)
	}
	return b
}

func (f *feeRecord) appendAmounts(b []byte) []byte {
	b = appendAmount(b, `,"official_amount":`, f.Official)
	b = appendAmount(b, `,"official_discount_amount":`, f.Discount)
	if f.Unparseable != "" {
		b = appendText(b, `,"payment_amount":`, f.Unparseable)
	} else {
		b = appendAmount(b, `,"payment_amount":`, f.Payment)
	}
	b = appendAmount(b, `,"cash_amount":`, f.Cash)
	b = appendAmount(b, `,"credit_amount":`, f.Credit)
	b = appendAmount(b, `,"coupon_amount":`, f.Coupon)
	b = appendAmount(b, `,"flexipurchase_coupon_amount":`, f.CashCoupon)
	b = appendAmount(b, `,"stored_value_card_amount":`, f.Card)
	b = appendAmount(b, `,"debt_amount":`, f.Debt)
	return appendAmount(b, `,"writeoff_amount":`, f.Writeoff)
}

func appendGiven(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	return appendText(b, name, text)
}

// appendText writes the text as encoding/json does, which is asked where a byte
// may need more than to be copied.
func appendText(b []byte, name, text string) []byte {
	b = append(b, name...)
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c == '"', c == '\\', c == '<', c == '>', c == '&', c == 0xe2:
			quoted, _ := json.Marshal(text) // a text always can
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}

func appendInt(b []byte, name string, n int) []byte {
	return strconv.AppendInt(append(b, name...), int64(n), 10)
}

func appendAmount(b []byte, name string, m billMoney) []byte {
	return m.appendTo(append(b, name...))
}
