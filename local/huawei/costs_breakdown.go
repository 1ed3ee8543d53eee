package huawei

import "time"

func costOperations() map[string]operation {
	return map[string]operation{
		"ListCustomerBillsMonthlyBreakDown": listBreakdown,
		"ListCosts":                         listCosts,
	}
}

type breakdownRow struct {
	SharedMonth         string `json:"shared_month"`
	BillCycle           string `json:"bill_cycle"`
	BillType            int    `json:"bill_type"`
	CustomerID          string `json:"customer_id"`
	RegionCode          string `json:"region_code"`
	RegionName          string `json:"region_name"`
	ServiceTypeCode     string `json:"service_type_code"`
	ServiceTypeName     string `json:"service_type_name"`
	ResourceTypeCode    string `json:"resource_type_code"`
	ResourceTypeName    string `json:"resource_type_name"`
	EffectiveTime       string `json:"effective_time,omitempty"`
	ExpireTime          string `json:"expire_time,omitempty"`
	ResourceID          string `json:"resource_id"`
	ResourceName        string `json:"resource_name"`
	ProductSpecDesc     string `json:"product_spec_desc"`
	ChargingMode        int    `json:"charging_mode"`
	OrderID             string `json:"order_id,omitempty"`
	PeriodType          int    `json:"period_type"`
	UsageType           string `json:"usage_type,omitempty"`
	Usage               *money `json:"usage,omitempty"`
	UsageMeasureID      int    `json:"usage_measure_id,omitempty"`
	ConsumeAmount       money  `json:"consume_amount"`
	PastAmount          money  `json:"past_months_amortized_amount"`
	CurrentAmount       money  `json:"current_month_amortized_amount"`
	FutureAmount        money  `json:"future_months_amortized_amount"`
	AmortizedCash       money  `json:"amortized_cash_amount"`
	AmortizedCredit     money  `json:"amortized_credit_amount"`
	AmortizedCoupon     money  `json:"amortized_coupon_amount"`
	AmortizedCashCoupon money  `json:"amortized_flexipurchase_coupon_amount"`
	AmortizedCard       money  `json:"amortized_stored_value_card_amount"`
	AmortizedBonus      money  `json:"amortized_bonus_amount"`
	projectParts
	subParts
}

// listBreakdown answers a row for each charge of which a part falls on the
// month. There are no costs of months to come.
func listBreakdown(s *Server, c *call) (any, error) {
	shared := c.query.Get("shared_month")
	if err := checkMonth("shared_month", shared, historyMonths, c.now); err != nil {
		return nil, err
	}
	owners, err := s.billOwners(c, c.query.Get("method"), c.query.Get("sub_customer_id"))
	if err != nil {
		return nil, err
	}
	month := costMonth(shared)
	var bills []*customerBills
	if !month.After(c.now) {
		bills = s.billsBehind(owners, month, month)
	}
	records, total := pageOf(bills, func(f feeRecord) bool {
		return f.overlaps(month, month.AddDate(0, 1, 0)) && c.filteredCharge(f)
	}, c.page())
	rows := []breakdownRow{}
	for _, f := range records {
		rows = append(rows, f.breakdownRow(month))
	}
	return map[string]any{"details": rows, "total_count": total, "currency": s.currency()}, nil
}

// costMonth is the begin of a month that has been checked to be one.
func costMonth(month string) time.Time {
	t, err := time.ParseInLocation(cycleLayout, month, beijing)
	if err != nil {
		panic("huawei: not a month: " + month)
	}
	return t
}

// billsBehind are the bills of all cycles that the costs of those months come
// from: periods that began earlier reach into them.
func (s *Server) billsBehind(owners []*customer, first, last time.Time) []*customerBills {
	var bills []*customerBills
	for month := first.AddDate(0, -longestPeriod, 0); !month.After(last); month = month.AddDate(0, 1, 0) {
		bills = append(bills, s.ownBills(owners, month.Format(cycleLayout))...)
	}
	return bills
}

func (c *call) filteredCharge(f feeRecord) bool {
	return c.filteredGiven("service_type_code", f.ServiceTypeCode) &&
		c.filteredGiven("resource_type_code", f.ResourceTypeCode) && c.filtered("region_code", f.RegionCode) &&
		c.filteredNumber("charging_mode", f.ChargingMode) && c.filteredNumber("bill_type", f.BillDetailType) &&
		c.filtered("resource_id", f.ResourceID) && c.filtered("resource_name", f.ResourceName) &&
		c.filtered("enterprise_project_id", defaultProjectID)
}

func (f feeRecord) breakdownRow(month time.Time) breakdownRow {
	first, end := f.serviceDays()
	next := month.AddDate(0, 1, 0)
	now := f.amortized(month, next)
	row := breakdownRow{
		SharedMonth: month.Format(cycleLayout), BillCycle: f.BillCycle, BillType: f.BillDetailType,
		CustomerID: f.CustomerID, RegionCode: f.RegionCode, RegionName: f.RegionName,
		ServiceTypeCode: f.ServiceTypeCode, ServiceTypeName: f.ServiceTypeName,
		ResourceTypeCode: f.ResourceTypeCode, ResourceTypeName: f.ResourceTypeName,
		EffectiveTime: f.usedFrom(), ExpireTime: f.usedTo(),
		ResourceID: f.ResourceID, ResourceName: f.ResourceName, ProductSpecDesc: f.ProductSpecDesc,
		ChargingMode: f.ChargingMode, PeriodType: f.PeriodType,
		UsageType: f.UsageType, Usage: f.usage(), UsageMeasureID: f.UsageMeasureID,
		ConsumeAmount: f.Payment.money(),
		PastAmount:    money(f.amortized(first, month).payment),
		CurrentAmount: money(now.payment),
		FutureAmount:  money(f.amortized(next, end).payment),
		AmortizedCash: money(now.cash), AmortizedCredit: money(now.credit), AmortizedCoupon: money(now.coupon),
		AmortizedCashCoupon: money(now.cashCoupon), AmortizedCard: money(now.card),
		projectParts: inProject, subParts: f.subParts(),
	}
	if f.ordered() {
		row.OrderID = f.TradeID
	}
	return row
}
