package huawei

import (
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
)

// Statistics of the lists of resources.
const (
	statisticMonth  = 1
	statisticDay    = 2
	statisticDetail = 3
)

// usageSpan is what a record of usage covers, up to its consume time.
const usageSpan = 24 * time.Hour

type resourceRecordRow struct {
	BillDate         string `json:"bill_date,omitempty"`
	BillType         int    `json:"bill_type"`
	CustomerID       string `json:"customer_id"`
	AccountName      string `json:"account_name"`
	Region           string `json:"region"`
	RegionName       string `json:"region_name"`
	ServiceType      string `json:"cloud_service_type"`
	ServiceTypeName  string `json:"cloud_service_type_name"`
	ResourceType     string `json:"resource_type"`
	ResourceTypeName string `json:"resource_type_name"`
	ResourceID       string `json:"resource_id"`
	ResourceName     string `json:"resource_name"`
	EffectiveTime    string `json:"effective_time,omitempty"`
	ExpireTime       string `json:"expire_time,omitempty"`
	ProductID        string `json:"product_id"`
	ProductName      string `json:"product_name"`
	ProductSpecDesc  string `json:"product_spec_desc"`
	TradeID          string `json:"trade_id,omitempty"`
	ID               string `json:"id,omitempty"`
	TradeTime        string `json:"trade_time,omitempty"`
	ConsumeTime      string `json:"consume_time,omitempty"`
	ChargeMode       string `json:"charge_mode"`
	OrderID          string `json:"order_id,omitempty"`
	PeriodType       string `json:"period_type"`
	PeriodNum        *money `json:"period_num,omitempty"`
	UsageType        string `json:"usage_type,omitempty"`
	Usage            *money `json:"usage,omitempty"` // absent for period resources
	UsageMeasureID   int    `json:"usage_measure_id,omitempty"`
	UnitPrice        *money `json:"unit_price,omitempty"`
	Unit             string `json:"unit,omitempty"`
	OfficialAmount   money  `json:"official_amount"`
	DiscountAmount   money  `json:"discount_amount"`
	Amount           money  `json:"amount"`
	StoredCardAmount money  `json:"stored_card_amount"`
	BonusAmount      money  `json:"bonus_amount"`
	AdjustmentAmount money  `json:"adjustment_amount"`
	MeasureID        int    `json:"measure_id"`
	Formula          string `json:"formula,omitempty"`
	projectParts
	paidParts
	subParts
}

// listResourceRecords answers the records of resources one by one, or one row
// for each resource and month.
func listResourceRecords(s *Server, c *call) (any, error) {
	cycle := c.query.Get("cycle")
	if err := checkMonth("cycle", cycle, ownHistoryMonths, c.now); err != nil {
		return nil, err
	}
	statistic, err := c.resourceStatistic()
	if err != nil {
		return nil, err
	}
	if c.query.Has("charge_mode") && !slices.Contains([]string{"1", "3", "10", "11"}, c.query.Get("charge_mode")) {
		return nil, errParameter("charge_mode is none of 1, 3, 10 and 11")
	}
	owners, err := s.billOwners(c, c.query.Get("method"), c.query.Get("sub_customer_id"))
	if err != nil {
		return nil, err
	}
	bills := s.ownBills(owners, cycle)
	if statistic == statisticMonth {
		return s.resourceMonths(c, bills), nil
	}
	dates, err := c.ownDates(cycle)
	if err != nil {
		return nil, err
	}
	records, total := pageOf(bills, func(f feeRecord) bool {
		return c.filteredResource(f) && dates.holds(f.TradeTime)
	}, c.page())
	rows := []resourceRecordRow{}
	for _, f := range records {
		rows = append(rows, s.resourceDetailRow(f))
	}
	return map[string]any{"fee_records": rows, "total_count": total, "currency": s.currency()}, nil
}

func (c *call) resourceStatistic() (int, error) {
	switch c.query.Get("statistic_type") {
	case "", "3":
		return statisticDetail, nil
	case "1":
		return statisticMonth, nil
	}
	return 0, errParameter("statistic_type is neither 1 nor 3")
}

func (c *call) filteredResource(f feeRecord) bool {
	return c.filteredGiven("cloud_service_type", f.ServiceTypeCode) && c.filteredGiven("region", f.RegionCode) &&
		c.filteredNumber("charge_mode", f.ChargingMode) && c.filteredNumber("bill_type", f.BillDetailType) &&
		c.filteredGiven("resource_id", f.ResourceID) && c.filteredGiven("trade_id", f.TradeID) &&
		c.filteredGiven("enterprise_project_id", defaultProjectID) && c.filteredZero(f)
}

// resourceMonths sums up by resource. A range of days has no effect here, as
// documented.
func (s *Server) resourceMonths(c *call, bills []*customerBills) any {
	rows := []resourceRecordRow{}
	for _, g := range groupRecords(bills, c.filteredResource, feeRecord.resourceKey) {
		rows = append(rows, s.resourceMonthRow(g))
	}
	return map[string]any{"fee_records": window(rows, c.page()), "total_count": len(rows), "currency": s.currency()}
}

// resourceMonthRow is the row of what was summed up: it shows what its records have
// in common.
func (s *Server) resourceMonthRow(g *billGroup) resourceRecordRow {
	f := g.first
	row := resourceRecordRow{
		BillType: f.BillDetailType, CustomerID: f.CustomerID, AccountName: s.accountName(f),
		Region: f.RegionCode, RegionName: f.RegionName,
		ServiceType: f.ServiceTypeCode, ServiceTypeName: f.ServiceTypeName,
		ResourceType: f.ResourceTypeCode, ResourceTypeName: f.ResourceTypeName,
		ResourceID: f.ResourceID, ResourceName: f.ResourceName,
		ProductID: f.ProductID, ProductName: f.ProductName, ProductSpecDesc: f.ProductSpecDesc,
		TradeID: g.tradeID(), ChargeMode: strconv.Itoa(f.ChargingMode), PeriodType: strconv.Itoa(f.PeriodType),
		OfficialAmount: money(g.amounts.official), DiscountAmount: money(g.amounts.discount),
		Amount: money(g.amounts.payment), StoredCardAmount: money(g.amounts.card),
		AdjustmentAmount: money(g.amounts.writeoff), MeasureID: measureYuan,
		projectParts: inProject, paidParts: g.amounts.parts(), subParts: f.subParts(),
	}
	if g.usage != nil {
		row.UsageType, row.Usage, row.UsageMeasureID = f.UsageType, numberPointer(*g.usage), f.UsageMeasureID
		row.UnitPrice, row.Unit = numberPointer(f.unitPrice()), f.unit()
	}
	if f.ordered() {
		row.OrderID = row.TradeID
	}
	return row
}

// resourceDetailRow is the row of one record.
func (s *Server) resourceDetailRow(f feeRecord) resourceRecordRow {
	row := s.resourceMonthRow(newBillGroup(f))
	row.BillDate, row.ID, row.TradeTime, row.ConsumeTime = f.billDate(), f.ID, f.TradeTime, f.ConsumeTime
	row.PeriodNum, row.Formula = f.periodNum(), f.formula()
	row.EffectiveTime, row.ExpireTime = f.usedFrom(), f.usedTo()
	if f.priced() {
		row.UnitPrice, row.Unit = numberPointer(f.unitPrice()), f.unit()
	}
	return row
}

// billDate is the day of GMT+8 on which the record was charged.
func (f feeRecord) billDate() string { return f.traded().In(beijing).Format(time.DateOnly) }

func (f feeRecord) traded() time.Time {
	t, err := time.Parse(timeLayout, f.TradeTime)
	if err != nil {
		panic("huawei: a fee record has the trade time " + f.TradeTime)
	}
	return t
}

// usedFrom and usedTo are when what was measured was used; empty for period
// resources.
func (f feeRecord) usedFrom() string {
	if !f.measured() {
		return ""
	}
	return instant(f.traded().Add(-usageSpan))
}

func (f feeRecord) usedTo() string {
	if !f.measured() {
		return ""
	}
	return f.ConsumeTime
}

// usage is nil where nothing was measured, periodNum where no period was paid for.
func (f feeRecord) usage() *money {
	if !f.measured() {
		return nil
	}
	return f.Usage.pointer()
}

func (f feeRecord) periodNum() *money {
	if f.PeriodNum == 0 {
		return nil
	}
	return numberOf(int64(f.PeriodNum))
}

// priced reports whether the record's amounts come of a price, and are not given
// back.
func (f feeRecord) priced() bool {
	return !f.refunds() && (f.measured() || f.PeriodNum != 0)
}

// unitPrice is the list price of one unit of usage, or of one month or year.
func (f feeRecord) unitPrice() decimal.Decimal {
	if f.PeriodNum != 0 {
		return f.Official.decimal().Div(decimal.NewFromInt(int64(f.PeriodNum)))
	}
	i := slices.IndexFunc(onDemandProducts, func(p *billedProduct) bool { return p.spec == f.ProductSpecDesc })
	return onDemandProducts[i].price.decimal()
}

func (f feeRecord) unit() string {
	switch {
	case f.PeriodType == periodOnce:
		return "元/次"
	case f.PeriodType == periodYearly:
		return "元/年"
	case f.PeriodType == periodMonthly:
		return "元/月"
	case f.UsageMeasureID == measureHour:
		return "元/小时"
	}
	return "元/GB"
}

// formula says how what was paid beside the voucher comes about; there is none
// for a refund or a correction. It is exact to the 8 decimals of list amounts.
func (f feeRecord) formula() string {
	a := f.amounts()
	switch {
	case !f.priced():
		return ""
	case f.measured():
		return f.Usage.decimal().String() + "【使用量】/1【单位转换】*" + f.unitPrice().String() + "【单价】-" +
			a.discount.String() + "【优惠金额】-" + a.erased().String() + "【抹零金额】-" + a.coupon.String() + "【代金券抵扣】"
	}
	return strconv.Itoa(f.PeriodNum) + "【周期数】/1【周期转换】*" + f.unitPrice().String() + "【单价】-" +
		a.discount.String() + "【优惠金额】-" + a.coupon.String() + "【代金券抵扣】"
}
