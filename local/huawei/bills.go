package huawei

import (
	"fmt"
	"time"
)

// historyMonths is how far back the partner can ask for bills.
const historyMonths = 18

// feeRecord is a row of ListSubCustomerBillDetail. For every one that nobody
// spoiled:
//
//	payment_amount = cash + credit + coupon + flexipurchase_coupon + stored_value_card + debt + writeoff
//	0 <= official_amount - official_discount_amount - payment_amount < 0.01
type feeRecord struct {
	BillCycle           string `json:"bill_cycle"`
	CustomerID          string `json:"customer_id"`
	AssociationType     string `json:"association_type"`
	PartnerID           string `json:"partner_id"`
	ServiceTypeCode     string `json:"service_type_code"`
	ServiceTypeName     string `json:"service_type_name"`
	ResourceTypeCode    string `json:"resource_type_code"`
	ResourceTypeName    string `json:"resource_type_name"`
	ChargingMode        int    `json:"charging_mode"`
	BillDetailType      int    `json:"bill_detail_type"`
	TradeTime           string `json:"trade_time"`
	TradeID             string `json:"trade_id"`
	ID                  string `json:"id"`
	ConsumeTime         string `json:"consume_time"`
	ResourceID          string `json:"resource_id"`
	ResourceName        string `json:"resource_name"`
	ProductID           string `json:"product_id"`
	ProductName         string `json:"product_name"`
	ProductSpecDesc     string `json:"product_spec_desc"`
	RegionCode          string `json:"region_code"`
	RegionName          string `json:"region_name"`
	UsageType           string `json:"usage_type,omitempty"`
	UsageAmount         *money `json:"usage_amount,omitempty"` // absent for period resources
	UsageMeasureID      int    `json:"usage_measure_id,omitempty"`
	PeriodType          int    `json:"period_type"`
	PeriodNum           *money `json:"period_num,omitempty"`
	OfficialAmount      money  `json:"official_amount"`
	DiscountAmount      money  `json:"official_discount_amount"`
	PaymentAmount       money  `json:"payment_amount"`
	CashAmount          money  `json:"cash_amount"`
	CreditAmount        money  `json:"credit_amount"`
	CouponAmount        money  `json:"coupon_amount"`
	CashCouponAmount    money  `json:"flexipurchase_coupon_amount"`
	StoredCardAmount    money  `json:"stored_value_card_amount"`
	DebtAmount          money  `json:"debt_amount"`
	WriteoffAmount      money  `json:"writeoff_amount"`
	SubServiceTypeCode  string `json:"sub_service_type_code,omitempty"`
	SubServiceTypeName  string `json:"sub_service_type_name,omitempty"`
	SubResourceTypeCode string `json:"sub_resource_type_code,omitempty"`
	SubResourceTypeName string `json:"sub_resource_type_name,omitempty"`
	SubResourceID       string `json:"sub_resource_id,omitempty"`
	SubResourceName     string `json:"sub_resource_name,omitempty"`
}

func billOperations() map[string]operation {
	return map[string]operation{
		"ListConsumeSubCustomers":     listConsumers,
		"ListSubCustomerBillDetail":   listBillDetail,
		"ListSubcustomerMonthlyBills": listMonthlyBills,
	}
}

func (s *state) billsOf(cycle, customerID string) *customerBills {
	for _, b := range s.bills {
		if b.cycle == cycle && b.customerID == customerID {
			return b
		}
	}
	return nil
}

// checkCycle refuses what is not a month or is beyond the partner's history.
func checkCycle(name, cycle string, now time.Time) error {
	return checkMonth(name, cycle, historyMonths, now)
}

// checkMonth refuses what is not a month or lies further back than so many
// months. A month to come is none of these: its bills are empty, as one would
// expect of the real API; its documentation does not say.
func checkMonth(name, cycle string, history int, now time.Time) error {
	month, err := time.ParseInLocation(cycleLayout, cycle, beijing)
	if err != nil {
		return errParameter(name + " is not a month like 2024-05")
	}
	local := now.In(beijing)
	oldest := time.Date(local.Year(), local.Month()-time.Month(history), 1, 0, 0, 0, 0, beijing)
	if month.Before(oldest) {
		return errParameter(fmt.Sprintf("%s is more than %d months ago", name, history))
	}
	return nil
}

// listConsumers answers the customers with bills in the cycle, also those that
// have since left the partner.
func listConsumers(s *Server, c *call) (any, error) {
	var r struct {
		Cycle  string `json:"bill_cycle"`
		Offset int    `json:"offset"`
		Limit  *int   `json:"limit"`
	}
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	if err := checkCycle("bill_cycle", r.Cycle, c.now); err != nil {
		return nil, err
	}
	rows := []any{}
	for _, b := range s.state.bills {
		if b.cycle == r.Cycle && s.state.customer(b.customerID).reseller == "" {
			rows = append(rows, map[string]string{"customer_id": b.customerID})
		}
	}
	return map[string]any{"sub_customers": window(rows, bodyPage(r.Offset, r.Limit)), "total_count": len(rows)}, nil
}

// listBillDetail answers the fee records of one customer in the order of their
// trade time and id. Who has no bills, whosever customer that is, has an empty
// list.
// https://support.huaweicloud.com/api-bpconsole/mt_000503.html
func listBillDetail(s *Server, c *call) (any, error) {
	if err := s.actFor(c, c.query.Get("indirect_partner_id")); err != nil {
		return nil, err
	}
	cycle := c.query.Get("bill_cycle")
	if err := checkCycle("bill_cycle", cycle, c.now); err != nil {
		return nil, err
	}
	dates, err := c.billDates(cycle)
	if err != nil {
		return nil, err
	}
	rows, total := []feeRecord{}, 0
	if b := s.state.billsOf(cycle, c.query.Get("customer_id")); b != nil && s.state.customer(b.customerID).reseller == c.reseller {
		rows, total = b.page(c.billFilter(dates), c.page())
	}
	return map[string]any{"fee_records": rows, "total_count": total, "currency": s.currency()}, nil
}

// page answers a window of the records that pass the filter; nil passes all.
func (b *customerBills) page(passes func(feeRecord) bool, p page) (rows []feeRecord, total int) {
	rows = []feeRecord{}
	if passes == nil {
		for i := p.offset; i < min(p.offset+p.limit, b.rows()); i++ {
			rows = append(rows, b.record(i))
		}
		return rows, b.rows()
	}
	for i := range b.rows() {
		f := b.record(i)
		if !passes(f) {
			continue
		}
		if total >= p.offset && len(rows) < p.limit {
			rows = append(rows, f)
		}
		total++
	}
	return rows, total
}

// dateRange are days of GMT+8, both included; the zero range is all.
type dateRange struct{ first, last string }

func (c *call) billDates(cycle string) (dateRange, error) {
	d := dateRange{c.query.Get("bill_date_begin"), c.query.Get("bill_date_end")}
	if d == (dateRange{}) {
		return d, nil
	}
	return daysOf(cycle, "bill_date", d.first, d.last)
}

// daysOf reads a range of days of the cycle.
func daysOf(cycle, name, begin, end string) (dateRange, error) {
	for _, day := range []string{begin, end} {
		t, err := time.Parse(time.DateOnly, day)
		if err != nil || t.Format(cycleLayout) != cycle {
			return dateRange{}, errParameter(name + "_begin and " + name + "_end must both be days of the bill cycle, like 2024-05-01")
		}
	}
	if end < begin {
		return dateRange{}, errParameter(name + "_end is earlier than " + name + "_begin")
	}
	return dateRange{begin, end}, nil
}

func (d dateRange) holds(tradeTime string) bool {
	if d == (dateRange{}) {
		return true
	}
	t, err := time.Parse(timeLayout, tradeTime)
	day := t.In(beijing).Format(time.DateOnly)
	return err == nil && d.first <= day && day <= d.last
}

// billFilter is what the query filters records by; nil if by nothing.
func (c *call) billFilter(dates dateRange) func(feeRecord) bool {
	filtered := dates != dateRange{}
	for _, name := range []string{
		"service_type_code", "region_code", "charging_mode", "bill_detail_type", "resource_id",
		"resource_name", "trade_id", "account_manager_id", "association_type",
	} {
		filtered = filtered || c.query.Get(name) != ""
	}
	if !filtered {
		return nil
	}
	return func(f feeRecord) bool {
		return c.filtered("service_type_code", f.ServiceTypeCode) && c.filtered("region_code", f.RegionCode) &&
			c.filteredNumber("charging_mode", f.ChargingMode) && c.filteredNumber("bill_detail_type", f.BillDetailType) &&
			c.filtered("resource_id", f.ResourceID) && c.filtered("resource_name", f.ResourceName) &&
			c.filtered("trade_id", f.TradeID) && c.query.Get("account_manager_id") == "" &&
			c.filtered("association_type", f.AssociationType) && dates.holds(f.TradeTime)
	}
}
