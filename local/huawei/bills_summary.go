package huawei

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
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

// billSummary are the sums of one customer's records up to an instant. The sums
// are of the records as they were generated: a spoiled record no longer agrees
// with them.
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
	amount, debt, writeoff, discount     decimal.Decimal
	cash, credit, coupon, cashCoupon, sv decimal.Decimal
}

func (b *customerBills) summarize(until time.Time) []*billSum {
	if b.summary != nil && b.summary.rows == b.rows() && b.summary.until.Equal(until) {
		return b.summary.sums
	}
	unspoiled := *b
	unspoiled.spoils = nil
	byKey := map[sumKey]*billSum{}
	var sums []*billSum
	for i := range b.rows() {
		if !b.batchOf(i).tradeTime(i).Before(until) {
			break
		}
		f := unspoiled.record(i)
		sum, ok := byKey[f.sumKey()]
		if !ok {
			sum = &billSum{key: f.sumKey(), serviceName: f.ServiceTypeName, resourceName: f.ResourceTypeName}
			byKey[sum.key] = sum
			sums = append(sums, sum)
		}
		sum.add(f)
	}
	slices.SortFunc(sums, func(x, y *billSum) int { return x.key.compare(y.key) })
	b.summary = &billSummary{rows: b.rows(), until: until, sums: sums}
	return sums
}

func (f feeRecord) sumKey() sumKey {
	billType := sumConsumption
	if f.BillDetailType == billRefund {
		billType = sumUnsubscription
	}
	return sumKey{f.ServiceTypeCode, f.ResourceTypeCode, strconv.Itoa(f.ChargingMode), billType}
}

func (s *billSum) add(f feeRecord) {
	for _, a := range []struct {
		sum  *decimal.Decimal
		part money
	}{
		{&s.amount, f.PaymentAmount}, {&s.discount, f.DiscountAmount},
		{&s.debt, f.DebtAmount}, {&s.writeoff, f.WriteoffAmount},
		{&s.cash, f.CashAmount}, {&s.credit, f.CreditAmount}, {&s.coupon, f.CouponAmount},
		{&s.cashCoupon, f.CashCouponAmount}, {&s.sv, f.StoredCardAmount},
	} {
		*a.sum = a.sum.Add(decimal.Decimal(a.part))
	}
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
	rows := []billSumRow{}
	for _, b := range s.state.bills {
		if b.cycle != cycle || b.association != AssociationResale || s.state.customer(b.customerID).reseller != c.reseller || !c.filtered("customer_id", b.customerID) {
			continue
		}
		for _, sum := range b.summarize(summarizedUntil(c.now)) {
			if c.filteredSum(sum.key) {
				rows = append(rows, sum.row(b.customerID))
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

func (s *billSum) row(customerID string) billSumRow {
	row := billSumRow{
		CustomerID: customerID, ServiceType: s.key.service, ServiceTypeName: s.serviceName,
		ResourceTypeCode: s.key.resource, ResourceTypeName: s.resourceName,
		BillType: s.key.billType, ChargeMode: s.key.mode, Amount: money(s.amount),
		MeasureID: measureYuan, AccountDetails: s.details(),
	}
	if s.key.billType == sumConsumption {
		row.DebtAmount, row.AdjustmentAmount = numberPointer(s.debt), numberPointer(s.writeoff)
		row.DiscountAmount = numberPointer(s.discount)
	}
	return row
}

func (s *billSum) details() []accountDetailRow {
	rows := []accountDetailRow{}
	for _, d := range []accountDetailRow{
		{BalanceType: "BALANCE_TYPE_DEBIT", Amount: money(s.cash)},
		{BalanceType: "BALANCE_TYPE_CREDIT", Amount: money(s.credit)},
		{BalanceType: "BALANCE_TYPE_COUPON", Amount: money(s.coupon)},
		{BalanceType: "BALANCE_TYPE_RCASH_COUPON", Amount: money(s.cashCoupon)},
		{BalanceType: "BALANCE_TYPE_STORED_VALUE_CARD", Amount: money(s.sv)},
	} {
		if !decimal.Decimal(d.Amount).IsZero() {
			d.BillType = s.key.billType
			rows = append(rows, d)
		}
	}
	return rows
}
