package huawei

// States of a deduction.
const (
	flowPaid    = 1
	flowPartial = 2 // some of it is owed
)

type flowRow struct {
	BillCycle        string `json:"bill_cycle"`
	CustomerID       string `json:"customer_id"`
	AccountName      string `json:"account_name"`
	ServiceTypeCode  string `json:"service_type_code"`
	ServiceTypeName  string `json:"service_type_name"`
	ResourceTypeCode string `json:"resource_type_code"`
	ResourceTypeName string `json:"resource_type_name"`
	RegionCode       string `json:"region_code"`
	RegionName       string `json:"region_name"`
	ChargingMode     int    `json:"charging_mode"`
	BillType         int    `json:"bill_type"`
	ConsumeTime      string `json:"consume_time"`
	TradeTime        string `json:"trade_time"`
	TradeID          string `json:"trade_id"`
	ID               string `json:"id"`
	ProviderType     int    `json:"provider_type"`
	Status           int    `json:"status"`
	OfficialAmount   money  `json:"official_amount"`
	DiscountAmount   money  `json:"official_discount_amount"`
	EraseAmount      money  `json:"erase_amount"`
	ConsumeAmount    money  `json:"consume_amount"`
	StoredCardAmount money  `json:"stored_value_card_amount"`
	BonusAmount      money  `json:"bonus_amount"`
	WriteoffAmount   money  `json:"writeoff_amount"`
	projectParts
	paidParts
}

// listFlowRecords answers one row for each deduction, as soon as it is made.
func listFlowRecords(s *Server, c *call) (any, error) {
	cycle := c.query.Get("bill_cycle")
	if err := checkMonth("bill_cycle", cycle, ownHistoryMonths, c.now); err != nil {
		return nil, err
	}
	owners, err := s.billOwners(c, c.query.Get("method"), c.query.Get("sub_customer_id"))
	if err != nil {
		return nil, err
	}
	dates, err := c.ownDates(cycle)
	if err != nil {
		return nil, err
	}
	records, total := pageOf(s.ownBills(owners, cycle), func(f feeRecord) bool {
		return c.filteredFlow(f) && dates.holds(f.TradeTime)
	}, c.page())
	rows := []flowRow{}
	for _, f := range records {
		rows = append(rows, s.flowRow(f))
	}
	return map[string]any{"records": rows, "total_count": total, "currency": s.currency()}, nil
}

// ownDates reads the range of days; half a range is none, as documented.
func (c *call) ownDates(cycle string) (dateRange, error) {
	if c.query.Get("bill_date_begin") == "" || c.query.Get("bill_date_end") == "" {
		return dateRange{}, nil
	}
	return c.billDates(cycle)
}

func (c *call) filteredFlow(f feeRecord) bool {
	return c.filtered("service_type_code", f.ServiceTypeCode) && c.filtered("resource_type_code", f.ResourceTypeCode) &&
		c.filtered("region_code", f.RegionCode) && c.filteredNumber("charging_mode", f.ChargingMode) &&
		c.filteredNumber("bill_type", f.BillDetailType) && c.filtered("trade_id", f.TradeID) &&
		c.filtered("enterprise_project_id", defaultProjectID) && c.filteredNumber("provider_type", providerHuawei) &&
		c.filteredNumber("status", f.flowStatus()) && c.filteredZero(f)
}

func (f feeRecord) flowStatus() int {
	if f.amounts().debt.IsPositive() {
		return flowPartial
	}
	return flowPaid
}

func (s *Server) flowRow(f feeRecord) flowRow {
	a := f.amounts()
	return flowRow{
		BillCycle: f.BillCycle, CustomerID: f.CustomerID, AccountName: s.accountName(f),
		ServiceTypeCode: f.ServiceTypeCode, ServiceTypeName: f.ServiceTypeName,
		ResourceTypeCode: f.ResourceTypeCode, ResourceTypeName: f.ResourceTypeName,
		RegionCode: f.RegionCode, RegionName: f.RegionName,
		ChargingMode: f.ChargingMode, BillType: f.BillDetailType,
		ConsumeTime: f.ConsumeTime, TradeTime: f.TradeTime, TradeID: f.TradeID, ID: f.ID,
		ProviderType: providerHuawei, Status: f.flowStatus(),
		OfficialAmount: money(a.official), DiscountAmount: money(a.discount),
		EraseAmount: money(a.erased()), ConsumeAmount: money(a.payment),
		StoredCardAmount: money(a.card), WriteoffAmount: money(a.writeoff),
		projectParts: inProject, paidParts: a.parts(),
	}
}
