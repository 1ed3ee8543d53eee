package huawei

import "time"

// Ranges of the list of resource details.
const (
	queryByCycle = "BILLCYCLE"
	queryByDay   = "DAILY"
)

// oldestDetails is the first month that has resource details.
const oldestDetails = "2019-01"

type detailQuery struct {
	Cycle         string `json:"cycle"`
	ServiceType   string `json:"cloud_service_type"`
	ResourceType  string `json:"resource_type"`
	Region        string `json:"region"`
	ResourceID    string `json:"res_instance_id"`
	ChargeMode    int    `json:"charge_mode"`
	BillType      int    `json:"bill_type"`
	Project       string `json:"enterprise_project_id"`
	IncludeZero   *bool  `json:"include_zero_record"`
	Offset        int    `json:"offset"`
	Limit         *int   `json:"limit"`
	Method        string `json:"method"`
	SubCustomerID string `json:"sub_customer_id"`
	Statistic     int    `json:"statistic_type"`
	QueryType     string `json:"query_type"`
	Begin         string `json:"bill_cycle_begin"`
	End           string `json:"bill_cycle_end"`
	Payer         string `json:"payer_account_id"`
}

type detailRow struct {
	Cycle            string `json:"cycle"`
	BillDate         string `json:"bill_date,omitempty"`
	BillType         int    `json:"bill_type"`
	CustomerID       string `json:"customer_id"`
	AccountName      string `json:"account_name"`
	PayerAccountID   string `json:"payer_account_id"`
	Region           string `json:"region"`
	RegionName       string `json:"region_name"`
	ServiceType      string `json:"cloud_service_type"`
	ServiceTypeName  string `json:"cloud_service_type_name"`
	ResourceTypeCode string `json:"resource_Type_code"` // the capital letter is Huawei Cloud's
	ResourceTypeName string `json:"resource_type_name"`
	ResourceID       string `json:"res_instance_id"`
	ResourceName     string `json:"resource_name"`
	RootResourceID   string `json:"root_resource_id,omitempty"`
	ParentResourceID string `json:"parent_resource_id,omitempty"`
	ProductSpecDesc  string `json:"product_spec_desc"`
	ChargeMode       int    `json:"charge_mode"`
	PeriodType       int    `json:"period_type"`
	PeriodNum        *money `json:"period_num,omitempty"`
	TradeID          string `json:"trade_id,omitempty"`
	ID               string `json:"id,omitempty"`
	EffectiveTime    string `json:"effective_time,omitempty"`
	ExpireTime       string `json:"expire_time,omitempty"`
	ConsumeTime      string `json:"consume_time,omitempty"`
	OfficialAmount   money  `json:"official_amount"`
	DiscountAmount   money  `json:"discount_amount"`
	ConsumeAmount    money  `json:"consume_amount"`
	StoredCardAmount money  `json:"stored_card_amount"`
	BonusAmount      money  `json:"bonus_amount"`
	AdjustmentAmount money  `json:"adjustment_amount"`
	MeasureID        int    `json:"measure_id"`
	projectParts
	paidParts
	subParts
}

// listResourceDetails answers a row for each resource and month, for each
// resource and day, or for each record.
func listResourceDetails(s *Server, c *call) (any, error) {
	var r detailQuery
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	dates, err := r.check(c.now)
	if err != nil {
		return nil, err
	}
	owners, err := s.billOwners(c, r.Method, r.SubCustomerID)
	if err != nil {
		return nil, err
	}
	bills := s.ownBills(s.paidBy(owners, r.Payer), r.Cycle)
	passes := func(f feeRecord) bool { return r.passes(f) && dates.holds(f.TradeTime) }
	if r.Statistic == statisticDetail {
		records, total := pageOf(bills, passes, bodyPage(r.Offset, r.Limit))
		rows := []detailRow{}
		for _, f := range records {
			rows = append(rows, s.detailRow(newBillGroup(f), statisticDetail))
		}
		return map[string]any{"monthly_records": rows, "total_count": total, "currency": s.currency()}, nil
	}
	rows := []detailRow{}
	for _, g := range groupRecords(bills, passes, r.key) {
		rows = append(rows, s.detailRow(g, r.Statistic))
	}
	return map[string]any{
		"monthly_records": window(rows, bodyPage(r.Offset, r.Limit)), "total_count": len(rows), "currency": s.currency(),
	}, nil
}

// check completes the query and refuses what contradicts itself. That the days
// must be of the cycle is an assumption: without one the cycle would mean
// nothing.
func (r *detailQuery) check(now time.Time) (dateRange, error) {
	if err := checkMonth("cycle", r.Cycle, ownHistoryMonths, now); err != nil {
		return dateRange{}, err
	}
	if r.Cycle < oldestDetails {
		return dateRange{}, errParameter("cycle is earlier than " + oldestDetails)
	}
	if r.Statistic == 0 {
		r.Statistic = statisticMonth
	}
	switch r.QueryType {
	case "", queryByCycle:
		return dateRange{}, nil
	case queryByDay:
		if r.Statistic == statisticMonth {
			return dateRange{}, errParameter("query_type is DAILY where statistic_type is neither 2 nor 3")
		}
		return daysOf(r.Cycle, "bill_cycle", r.Begin, r.End)
	}
	return dateRange{}, errParameter("query_type is neither BILLCYCLE nor DAILY")
}

// paidBy leaves those whose bills that account pays; an empty payer is no filter.
func (s *Server) paidBy(owners []*customer, payer string) []*customer {
	if payer == "" {
		return owners
	}
	var paid []*customer
	for _, owner := range owners {
		if s.state.enterprise.payerOf(owner).id == payer {
			paid = append(paid, owner)
		}
	}
	return paid
}

func (r *detailQuery) passes(f feeRecord) bool {
	wants := func(wanted, value string) bool { return wanted == "" || wanted == value }
	return wants(r.ServiceType, f.ServiceTypeCode) && wants(r.ResourceType, f.ResourceTypeCode) &&
		wants(r.Region, f.RegionCode) && wants(r.ResourceID, f.ResourceID) && wants(r.Project, defaultProjectID) &&
		(r.ChargeMode == 0 || r.ChargeMode == f.ChargingMode) &&
		(r.BillType == 0 || r.BillType == f.BillDetailType) &&
		(r.IncludeZero == nil || *r.IncludeZero || !f.free())
}

func (r *detailQuery) key(f feeRecord) resourceKey {
	key := f.resourceKey()
	if r.Statistic == statisticDay {
		key.day = f.billDate()
	}
	return key
}

func (s *Server) detailRow(g *billGroup, statistic int) detailRow {
	f := g.first
	row := detailRow{
		Cycle: f.BillCycle, BillType: f.BillDetailType,
		CustomerID: f.CustomerID, AccountName: s.accountName(f),
		PayerAccountID: s.state.enterprise.payerOf(s.state.customer(f.CustomerID)).id,
		Region:         f.RegionCode, RegionName: f.RegionName,
		ServiceType: f.ServiceTypeCode, ServiceTypeName: f.ServiceTypeName,
		ResourceTypeCode: f.ResourceTypeCode, ResourceTypeName: f.ResourceTypeName,
		ResourceID: f.ResourceID, ResourceName: f.ResourceName, ProductSpecDesc: f.ProductSpecDesc,
		ChargeMode: f.ChargingMode, PeriodType: f.PeriodType, TradeID: g.tradeID(),
		OfficialAmount: money(g.amounts.official), DiscountAmount: money(g.amounts.discount),
		ConsumeAmount: money(g.amounts.payment), StoredCardAmount: money(g.amounts.card),
		AdjustmentAmount: money(g.amounts.writeoff), MeasureID: measureYuan,
		projectParts: inProject, paidParts: g.amounts.parts(), subParts: f.subParts(),
	}
	if f.SubResourceID != "" {
		row.RootResourceID, row.ParentResourceID = f.ResourceID, f.ResourceID
	}
	switch statistic {
	case statisticDay:
		row.BillDate = f.billDate()
	case statisticDetail:
		row.ID, row.ConsumeTime, row.PeriodNum = f.ID, f.ConsumeTime, f.periodNum()
		row.EffectiveTime, row.ExpireTime = f.usedFrom(), f.usedTo()
	}
	return row
}
