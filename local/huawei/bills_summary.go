package huawei

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bill types of the monthly summary.
const (
	sumConsumption    = "0"
	sumUnsubscription = "1"
	sumWriteOff       = "2"
)

// refreshDelay is how long after its end a day enters the monthly summary: at
// 16:00 of the next day.
const refreshDelay = 16 * time.Hour

// billSummary are the sums of one customer's records up to an instant: of the last
// question, to answer its next pages.
type billSummary struct {
	rows  int
	until time.Time
	sums  []*billSum
}

type sumKey struct{ service, resource, mode, billType string }

func (k sumKey) compare(l sumKey) int {
	return cmp.Or(strings.Compare(k.service, l.service), strings.Compare(k.resource, l.resource),
		strings.Compare(k.mode, l.mode), strings.Compare(k.billType, l.billType))
}

// billSum is a line of the summary. Its amount is the sum of payment_amount of
// its records; debts and write-offs are part of it, the account details are not
// all of it. The documentation does not say which of the two amount means.
type billSum struct {
	key                                  sumKey
	serviceName, resourceName            string
	amount, debt, writeoff, discount     billMoney
	cash, credit, coupon, cashCoupon, sv billMoney
}

// summary are the sums of the customer's records before an instant, as they were
// generated: of what was spoiled they contain only what the spoiling says.
func (s *Server) summary(b *customerBills, until time.Time) []*billSum {
	if last := s.summaries[b]; last != nil && last.rows == b.rows() && last.until.Equal(until) {
		return last.sums
	}
	byKey := map[sumKey]*billSum{}
	for f := range b.summed(until) {
		sum, ok := byKey[f.sumKey()]
		if !ok {
			sum = &billSum{key: f.sumKey(), serviceName: f.ServiceTypeName, resourceName: f.ResourceTypeName}
			byKey[sum.key] = sum
		}
		sum.add(f)
	}
	sums := slices.SortedFunc(maps.Values(byKey), func(x, y *billSum) int { return x.key.compare(y.key) })
	s.summaries[b] = &billSummary{rows: b.rows(), until: until, sums: sums}
	return sums
}

// summed are the records that the summary contains.
func (b *customerBills) summed(until time.Time) iter.Seq[*feeRecord] {
	return func(yield func(*feeRecord) bool) {
		for i, f := range b.records(0, b.summarized(until)) {
			if !b.withdrawn(i) && !yield(f) {
				return
			}
			for _, late := range b.late(i, f) {
				if !yield(&late) {
					return
				}
			}
		}
	}
}

// late are the records that came after record number i, and are in the sums.
func (b *customerBills) late(i int, f *feeRecord) []feeRecord {
	if len(b.spoils) == 0 {
		return nil
	}
	return slices.DeleteFunc(b.further(i, *f), func(r feeRecord) bool { return r.BillDetailType != billDeduction })
}

func (b *customerBills) withdrawn(i int) bool {
	return slices.ContainsFunc(b.spoils, func(s billSpoil) bool { return s.kind == spoilWithdrawn && s.row == i })
}

// summarized is how many records the summary contains that holds the days before an
// instant.
func (b *customerBills) summarized(until time.Time) int {
	n := b.before(until)
	for _, s := range b.spoils {
		switch s.kind { //nolint:exhaustive // the others change no sums, or not how many records are in them
		case SpoilAssociation:
			n = min(n, s.row)
		case SpoilLag:
			last := b.rows() - 1
			n = min(n, b.before(costDay(b.batchOf(last).tradeTime(last))))
		}
	}
	return n
}

func (f *feeRecord) sumKey() sumKey {
	return sumKey{f.ServiceTypeCode, f.ResourceTypeCode, strconv.Itoa(f.ChargingMode), f.sumType()}
}

// sumType is the bill type under which the record is summed up.
func (f *feeRecord) sumType() string {
	switch {
	case f.refunds():
		return sumUnsubscription
	case f.BillDetailType == billCompensation:
		return sumWriteOff
	}
	return sumConsumption
}

func (s *billSum) add(f *feeRecord) {
	s.amount, s.discount = s.amount+f.Payment, s.discount+f.Discount
	s.debt, s.writeoff = s.debt+f.Debt, s.writeoff+f.Writeoff
	s.cash, s.credit, s.coupon = s.cash+f.Cash, s.credit+f.Credit, s.coupon+f.Coupon
	s.cashCoupon, s.sv = s.cashCoupon+f.CashCoupon, s.sv+f.Card
}

type billSumRow struct {
	CustomerID       string             `json:"customer_id"`
	ServiceType      string             `json:"cloud_service_type"`
	ServiceTypeName  string             `json:"cloud_service_type_name"`
	ResourceTypeCode string             `json:"resource_type_code"`
	ResourceTypeName string             `json:"resource_type_name"`
	BillType         string             `json:"bill_type"`
	ChargeMode       string             `json:"charge_mode"`
	Amount           money              `json:"amount"`
	DebtAmount       *money             `json:"debt_amount,omitempty"`
	AdjustmentAmount *money             `json:"adjustment_amount,omitempty"`
	DiscountAmount   *money             `json:"discount_amount,omitempty"`
	MeasureID        int                `json:"measure_id"`
	AccountDetails   []accountDetailRow `json:"account_details"`
}

type accountDetailRow struct {
	BalanceType string `json:"balance_type"`
	Amount      money  `json:"amount"`
	BillType    string `json:"bill_type"`
}

// listMonthlyBills sums up the fee records of the resale customers; what is
// debited, owed and discounted is absent for unsubscriptions.
// https://support.huaweicloud.com/api-bpconsole/mt_000502.html
func listMonthlyBills(s *Server, c *call) (any, error) {
	if err := s.actFor(c, c.query.Get("indirect_partner_id")); err != nil {
		return nil, err
	}
	cycle := c.query.Get("cycle")
	if err := checkCycle("cycle", cycle, c.now); err != nil {
		return nil, err
	}
	if mode := c.query.Get("charge_mode"); !slices.Contains([]string{"1", "3", "11"}, mode) {
		return nil, errParameter("charge_mode is none of 1, 3 and 11")
	}
	if t := c.query.Get("bill_type"); t != "" && !slices.Contains([]string{sumConsumption, sumUnsubscription, sumWriteOff}, t) {
		return nil, errParameter("bill_type is none of 0, 1 and 2")
	}
	customers := s.state.customersByID()
	rows := []billSumRow{}
	for _, b := range s.state.bills {
		if b.cycle != cycle || b.association != AssociationResale || customers[b.customerID].reseller != c.reseller || !c.filtered("customer_id", b.customerID) {
			continue
		}
		for _, sum := range s.summary(b, summarizedUntil(c.now)) {
			if c.filteredSum(sum.key) {
				rows = append(rows, sum.row(b))
			}
		}
	}
	return map[string]any{"bill_sums": window(rows, c.page()), "count": len(rows), "currency": s.currency()}, nil
}

// summarizedUntil is the end of the last day that the summary contains.
func summarizedUntil(now time.Time) time.Time {
	day := now.Add(-refreshDelay).In(beijing)
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, beijing)
}

func (c *call) filteredSum(k sumKey) bool {
	return c.filtered("charge_mode", k.mode) && c.filtered("bill_type", k.billType) &&
		c.filtered("cloud_service_type", k.service)
}

func (s *billSum) row(b *customerBills) billSumRow {
	measure, ratio := measureYuan, billMoney(1)
	if b.spoiled(SpoilMeasure) {
		measure, ratio = measureFen, 100
	}
	row := billSumRow{
		CustomerID: b.customerID, ServiceType: s.key.service, ServiceTypeName: s.serviceName,
		ResourceTypeCode: s.key.resource, ResourceTypeName: s.resourceName,
		BillType: s.key.billType, ChargeMode: s.key.mode, Amount: (s.amount * ratio).money(),
		MeasureID: measure, AccountDetails: s.details(ratio),
	}
	if s.key.billType == sumConsumption {
		row.DebtAmount, row.AdjustmentAmount = (s.debt * ratio).pointer(), (s.writeoff * ratio).pointer()
		row.DiscountAmount = (s.discount * ratio).pointer()
	}
	return row
}

func (s *billSum) details(ratio billMoney) []accountDetailRow {
	rows := []accountDetailRow{}
	for _, d := range []struct {
		balance string
		amount  billMoney
	}{
		{"BALANCE_TYPE_DEBIT", s.cash},
		{"BALANCE_TYPE_CREDIT", s.credit},
		{"BALANCE_TYPE_COUPON", s.coupon},
		{"BALANCE_TYPE_RCASH_COUPON", s.cashCoupon},
		{"BALANCE_TYPE_STORED_VALUE_CARD", s.sv},
	} {
		if d.amount != 0 {
			rows = append(rows, accountDetailRow{d.balance, (d.amount * ratio).money(), s.key.billType})
		}
	}
	return rows
}
