package huawei

// Bill types of a customer's monthly summary.
const (
	ownConsumption = 1
	ownRefund      = 2
	ownAdjustment  = 3
)

// ownBillType is a record's type in the customer's monthly summary.
func (f feeRecord) ownBillType() int {
	switch {
	case f.refunds():
		return ownRefund
	case f.BillDetailType == billCompensation || f.BillDetailType == billDeduction:
		return ownAdjustment
	}
	return ownConsumption
}

type ownSumKey struct {
	customer, service, resource string
	mode, billType              int
}

type ownSumRow struct {
	BillCycle        string `json:"bill_cycle"`
	CustomerID       string `json:"customer_id"`
	AccountName      string `json:"account_name"`
	ServiceTypeCode  string `json:"service_type_code"`
	ServiceTypeName  string `json:"service_type_name"`
	ResourceTypeCode string `json:"resource_type_code"`
	ResourceTypeName string `json:"resource_type_name"`
	ChargingMode     int    `json:"charging_mode"`
	BillType         int    `json:"bill_type"`
	OfficialAmount   money  `json:"official_amount"`
	DiscountAmount   money  `json:"official_discount_amount"`
	TruncatedAmount  money  `json:"truncated_amount"`
	ownTotals
}

// ownTotals are what the summary gives for each line and for all.
type ownTotals struct {
	ConsumeAmount    money `json:"consume_amount"`
	StoredCardAmount money `json:"stored_value_card_amount"`
	WriteoffAmount   money `json:"writeoff_amount"`
	MeasureID        int   `json:"measure_id"`
	paidParts
}

func (a billAmounts) totals() ownTotals {
	return ownTotals{money(a.payment), money(a.card), money(a.writeoff), measureYuan, a.parts()}
}

type ownSums struct {
	TotalCount int         `json:"total_count"`
	Currency   string      `json:"currency"`
	BillSums   []ownSumRow `json:"bill_sums"`
	ownTotals
}

// showMonthlySum sums up the caller's records. It holds the days that the
// partner's summary holds; when a day enters it is not documented.
// https://support.huaweicloud.com/api-oce/mbc_00008.html
func showMonthlySum(s *Server, c *call) (any, error) {
	cycle := c.query.Get("bill_cycle")
	if err := checkMonth("bill_cycle", cycle, ownHistoryMonths, c.now); err != nil {
		return nil, err
	}
	owners, err := s.billOwners(c, c.query.Get("method"), c.query.Get("sub_customer_id"))
	if err != nil {
		return nil, err
	}
	until := instant(summarizedUntil(c.now))
	groups := groupRecords(s.ownBills(owners, cycle), func(f feeRecord) bool {
		return f.TradeTime < until && c.filtered("service_type_code", f.ServiceTypeCode) &&
			c.filtered("enterprise_project_id", defaultProjectID)
	}, func(f feeRecord) ownSumKey {
		return ownSumKey{f.CustomerID, f.ServiceTypeCode, f.ResourceTypeCode, f.ChargingMode, f.ownBillType()}
	})
	var all billAmounts
	rows := []ownSumRow{}
	for _, g := range groups {
		all = all.plus(g.amounts)
		rows = append(rows, s.ownSumRow(g))
	}
	return ownSums{len(rows), s.currency(), window(rows, c.page()), all.totals()}, nil
}

func (s *Server) ownSumRow(g *billGroup) ownSumRow {
	f := g.first
	return ownSumRow{
		BillCycle: f.BillCycle, CustomerID: f.CustomerID, AccountName: s.accountName(f),
		ServiceTypeCode: f.ServiceTypeCode, ServiceTypeName: f.ServiceTypeName,
		ResourceTypeCode: f.ResourceTypeCode, ResourceTypeName: f.ResourceTypeName,
		ChargingMode: f.ChargingMode, BillType: f.ownBillType(),
		OfficialAmount: money(g.amounts.official), DiscountAmount: money(g.amounts.discount),
		TruncatedAmount: money(g.amounts.erased()), ownTotals: g.amounts.totals(),
	}
}
