package bss

import "github.com/bssfn/bssfn/pkg/bss/internal/jsonread"

// feeRecordSize is about what a record takes in an answer, in bytes.
const feeRecordSize = 1000

// feePage is one page of fee records. It reads itself, because a month has a million
// of them and encoding/json would take most of an export's time.
type feePage struct {
	total    int
	currency string
	rows     []FeeRecord
}

func (p *feePage) readJSON(r *jsonread.Reader) {
	for r.Object(); r.Field(); {
		switch string(r.Name()) {
		case "total_count":
			p.total = r.Int()
		case "currency":
			p.currency = r.String()
		case "fee_records":
			p.rows = make([]FeeRecord, 0, r.Left()/feeRecordSize+1)
			for r.Array(); r.Element(); {
				p.rows = append(p.rows, FeeRecord{})
				p.rows[len(p.rows)-1].readJSON(r)
			}
		default:
			r.Skip()
		}
	}
	for i := range p.rows {
		p.rows[i].Currency = p.currency
	}
}

func (f *FeeRecord) readJSON(r *jsonread.Reader) {
	for r.Object(); r.Field(); {
		switch string(r.Name()) {
		case "id":
			f.ID = r.String()
		case "bill_cycle":
			f.BillCycle = r.String()
		case "customer_id":
			f.CustomerID = r.String()
		case "association_type":
			f.AssociationType = AssociationType(r.String())
		case "service_type_code":
			f.ServiceTypeCode = r.String()
		case "service_type_name":
			f.ServiceTypeName = r.String()
		case "resource_type_code":
			f.ResourceTypeCode = r.String()
		case "resource_type_name":
			f.ResourceTypeName = r.String()
		case "region_code":
			f.RegionCode = r.String()
		case "region_name":
			f.RegionName = r.String()
		case "charging_mode":
			f.ChargingMode = r.Int()
		case "bill_detail_type":
			f.BillDetailType = r.Int()
		case "trade_time":
			f.TradeTime = readTime(r)
		case "trade_id":
			f.TradeID = r.String()
		case "consume_time":
			f.ConsumeTime = r.String()
		case "resource_id":
			f.ResourceID = r.String()
		case "resource_name":
			f.ResourceName = r.String()
		case "resource_tag":
			f.ResourceTag = r.String()
		case "product_id":
			f.ProductID = r.String()
		case "product_name":
			f.ProductName = r.String()
		case "product_spec_desc":
			f.ProductSpecDesc = r.String()
		case "usage_type":
			f.UsageType = r.String()
		case "usage_amount":
			f.UsageAmount = r.Decimal()
		case "usage_measure_id":
			f.UsageMeasureID = r.Int()
		case "free_resource_usage":
			f.FreeResourceUsage = r.Decimal()
		case "free_resource_measure_id":
			f.FreeResourceMeasure = r.Int()
		case "ri_usage":
			f.RIUsage = r.Decimal()
		case "ri_usage_measure_id":
			f.RIUsageMeasureID = r.Int()
		case "period_type":
			f.PeriodType = r.Int()
		case "period_num":
			f.PeriodNum = r.Decimal()
		case "official_amount":
			f.OfficialAmount = r.Decimal()
		case "official_discount_amount":
			f.OfficialDiscountAmount = r.Decimal()
		case "payment_amount":
			f.PaymentAmount = r.Decimal()
		case "cash_amount":
			f.CashAmount = r.Decimal()
		case "credit_amount":
			f.CreditAmount = r.Decimal()
		case "coupon_amount":
			f.CouponAmount = r.Decimal()
		case "flexipurchase_coupon_amount":
			f.FlexipurchaseCouponAmount = r.Decimal()
		case "stored_value_card_amount":
			f.StoredValueCardAmount = r.Decimal()
		case "debt_amount":
			f.DebtAmount = r.Decimal()
		case "writeoff_amount":
			f.WriteoffAmount = r.Decimal()
		case "partner_id":
			f.PartnerID = r.String()
		case "account_manager_id":
			f.AccountManagerID = r.String()
		case "sub_service_type_code":
			f.SubServiceTypeCode = r.String()
		case "sub_service_type_name":
			f.SubServiceTypeName = r.String()
		case "sub_resource_type_code":
			f.SubResourceTypeCode = r.String()
		case "sub_resource_type_name":
			f.SubResourceTypeName = r.String()
		case "sub_resource_id":
			f.SubResourceID = r.String()
		case "sub_resource_name":
			f.SubResourceName = r.String()
		default:
			r.Skip()
		}
	}
}

func readTime(r *jsonread.Reader) Time {
	t, err := parseTime(r.String())
	if err != nil {
		r.Fail(err)
	}
	return t
}
