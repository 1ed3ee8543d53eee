package huawei

import (
	"fmt"
	"time"
)

// historyMonths is how far back the partner can ask for bills.
const historyMonths = 18

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
	customers := s.state.customersByID()
	rows := []any{}
	for _, b := range s.state.bills {
		if b.cycle == r.Cycle && customers[b.customerID].reseller == "" && !b.spoiled(SpoilUnlisted) {
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
	answer := newBillPage(s.currency())
	if b := s.state.billsOf(cycle, c.query.Get("customer_id")); b != nil && s.state.customer(b.customerID).reseller == c.reseller {
		p := s.movePages(c.moved, b, dates, c.page())
		answer.fill(b, dates, c.billFilter(), p)
		if c.moved == FaultMiscounts {
			answer.total--
		}
	}
	return answer.finish(), nil
}

// written is an answer that is JSON already.
type written []byte

// billPage is an answer of ListSubCustomerBillDetail while it is written.
type billPage struct {
	body     []byte
	rows     int
	total    int
	currency string
}

// recordSize is about what a record takes.
const recordSize = 1400

func newBillPage(currency string) *billPage { return &billPage{currency: currency} }

// fill writes a window of what the partner is told of the records of those days
// that pass; nil passes all.
func (a *billPage) fill(b *customerBills, dates dateRange, passes func(*feeRecord) bool, p page) {
	from, to := b.rowsOf(dates)
	if passes == nil {
		a.total = b.listed(from, to)
		a.body = make([]byte, 0, 100+recordSize*max(0, min(p.limit, a.total-p.offset)))
		if p.limit == 0 {
			return
		}
		for t := range b.told(from, to, p.offset) {
			if a.add(t); a.rows == p.limit {
				return
			}
		}
		return
	}
	for t := range b.told(from, to, 0) {
		if !passes(t.feeRecord) {
			continue
		}
		if a.total >= p.offset && a.rows < p.limit {
			a.add(t)
		}
		a.total++
	}
}

func (a *billPage) add(t toldRecord) {
	if a.rows > 0 {
		a.body = append(a.body, ',')
	} else {
		a.body = append(a.body, `{"fee_records":[`...)
	}
	a.body = t.appendTo(a.body)
	a.rows++
	if t.currency != "" {
		a.currency = t.currency
	}
}

func (a *billPage) finish() written {
	if a.rows == 0 {
		a.body = append(a.body, `{"fee_records":[`...)
	}
	a.body = appendInt(append(a.body, ']'), `,"total_count":`, a.total)
	return append(appendText(a.body, `,"currency":`, a.currency), '}')
}

// page answers a window of the records that pass the filter; nil passes all.
func (b *customerBills) page(passes func(feeRecord) bool, p page) (rows []feeRecord, total int) {
	for _, f := range b.all() {
		if passes != nil && !passes(*f) {
			continue
		}
		if total >= p.offset && len(rows) < p.limit {
			rows = append(rows, *f)
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

// rowsOf are the numbers of the records of those days: from the first to below the
// second.
func (b *customerBills) rowsOf(d dateRange) (from, to int) {
	if d == (dateRange{}) {
		return 0, b.rows()
	}
	return b.before(dayStart(d.first)), b.before(dayStart(d.last).AddDate(0, 0, 1))
}

// dayStart is the begin of a day that has been checked to be one.
func dayStart(day string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, beijing)
	if err != nil {
		panic("huawei: not a day: " + day)
	}
	return t
}

// billFilter is what the query filters records by; nil if by nothing.
func (c *call) billFilter() func(*feeRecord) bool {
	filtered := false
	for _, name := range []string{
		"service_type_code", "region_code", "charging_mode", "bill_detail_type", "resource_id",
		"resource_name", "trade_id", "account_manager_id", "association_type",
	} {
		filtered = filtered || c.query.Get(name) != ""
	}
	if !filtered {
		return nil
	}
	return func(f *feeRecord) bool {
		return c.filtered("service_type_code", f.ServiceTypeCode) && c.filtered("region_code", f.RegionCode) &&
			c.filteredNumber("charging_mode", f.ChargingMode) && c.filteredNumber("bill_detail_type", f.BillDetailType) &&
			c.filtered("resource_id", f.ResourceID) && c.filtered("resource_name", f.ResourceName) &&
			c.filtered("trade_id", f.TradeID) && c.query.Get("account_manager_id") == "" &&
			c.filtered("association_type", f.AssociationType)
	}
}
