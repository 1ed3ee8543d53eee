package huawei

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// standardConsumptionQuota is how much the partner may owe, unless the
// administration sets it.
var standardConsumptionQuota = decimal.NewFromInt(100_000)

// postpaid is what the partner owes Huawei Cloud for its reseller customers.
type postpaid struct {
	quota    decimal.Decimal
	charges  []charge
	bills    []*partnerBill // by their cycles
	invoices []*invoice
	settled  time.Time // until when what came out was invoiced
}

// partnerBill is what the partner owes for a cycle, and what of it was invoiced.
type partnerBill struct {
	cycle    string
	sum      charge
	invoiced decimal.Decimal
	first    *invoice
}

// charge is what was consumed and given back at once, or by bills that were added
// together. Of a customer's records only the part that credit pays is charged:
// coupons pay for themselves.
type charge struct {
	customerID string
	cycle      string
	consumed   decimal.Decimal
	refunded   decimal.Decimal // not positive
	listed     decimal.Decimal // at list prices, less what was refunded: what a budget counts
}

func (ch charge) due() decimal.Decimal { return ch.consumed.Add(ch.refunded) }

func (ch charge) plus(other charge) charge {
	ch.consumed, ch.refunded = ch.consumed.Add(other.consumed), ch.refunded.Add(other.refunded)
	ch.listed = ch.listed.Add(other.listed)
	return ch
}

// settledMonthly reports whether the partner is billed for what the customer
// consumes.
func (c *customer) settledMonthly() bool { return c.association == AssociationReseller }

// affords reports whether the customer can pay.
func (c *customer) affords(amount decimal.Decimal) bool {
	return c.settledMonthly() || !amount.GreaterThan(c.cash)
}

func cycleOf(t time.Time) string { return t.In(beijing).Format(cycleLayout) }

// billedOn is when the partner's bill of a cycle comes out: at noon of the 5th of
// the next month, at the latest.
func billedOn(cycle string) time.Time {
	month, err := time.ParseInLocation(cycleLayout, cycle, beijing)
	if err != nil {
		panic("huawei: a charge in no cycle: " + cycle)
	}
	return time.Date(month.Year(), month.Month()+1, 5, 12, 0, 0, 0, beijing).UTC()
}

// chargeRecords charges the partner for a batch of bills, and the customer's
// budget with it.
func (s *Server) chargeRecords(b *customerBills, batch int, now time.Time) {
	s.settleInvoices(now) // what came out before is not of these
	ch := charge{customerID: b.customerID, cycle: b.cycle}
	first := b.batches[batch].first
	ch = ch.with(b.records(first, first+b.batches[batch].rows))
	s.state.postpaid.add(ch)
	if budget := s.state.budget(b.customerID); budget != nil {
		budget.spend(ch, now)
		s.freezeOverBudget(budget, s.state.customer(b.customerID), now)
	}
}

// with adds records.
func (ch charge) with(records iter.Seq2[int, *feeRecord]) charge {
	var listed, consumed, refunded billMoney
	for _, f := range records {
		listed += f.Official
		if f.refunds() {
			refunded += f.Credit
		} else {
			consumed += f.Credit
		}
	}
	return ch.plus(charge{listed: listed.decimal(), consumed: consumed.decimal(), refunded: refunded.decimal()})
}

// sum adds up the charges that pass.
func (p *postpaid) sum(passes func(charge) bool) charge {
	var total charge
	for _, ch := range p.charges {
		if passes(ch) {
			total = total.plus(ch)
		}
	}
	return total
}

func (p *postpaid) add(ch charge) {
	p.charges = append(p.charges, ch)
	i, found := p.find(ch.cycle)
	if !found {
		p.bills = slices.Insert(p.bills, i, &partnerBill{cycle: ch.cycle})
	}
	p.bills[i].sum = p.bills[i].sum.plus(ch)
}

func (p *postpaid) find(cycle string) (int, bool) {
	return slices.BinarySearchFunc(p.bills, cycle, func(b *partnerBill, cycle string) int {
		return strings.Compare(b.cycle, cycle)
	})
}

// ofCycle is what was charged in a cycle.
func (p *postpaid) ofCycle(cycle string) charge {
	if i, found := p.find(cycle); found {
		return p.bills[i].sum
	}
	return charge{}
}

// owed is what the bills come to that have come out, and what those that have not.
func (p *postpaid) owed(now time.Time) (due, unbilled decimal.Decimal) {
	for _, b := range p.bills {
		if now.Before(billedOn(b.cycle)) {
			unbilled = unbilled.Add(b.sum.due())
		} else {
			due = due.Add(b.sum.due())
		}
	}
	return due, unbilled
}

func postpaidOperations() map[string]operation {
	return map[string]operation{
		"ListPostpaidBillSum":          showPostpaidBill,
		"ShowPartnerConsumptionQuota":  showConsumptionQuota,
		"ShowCustomerExpenditureQuota": showExpenditureQuota,
	}
}

// showPostpaidBill answers what the partner owes for a cycle, with the customers
// of its resellers. Before the bill has come out it has no amounts; what the real
// answer is then is not documented. Nothing is taxed or adjusted here, so that it
// does not matter whether the tax is part of what is due, which the documentation
// affirms and denies.
// https://support.huaweicloud.com/intl/en-us/api-bpconsole/mb_00003.html
func showPostpaidBill(s *Server, c *call) (any, error) {
	cycle := c.query.Get("bill_cycle")
	if err := checkCycle("bill_cycle", cycle, c.now); err != nil {
		return nil, err
	}
	answer := map[string]any{"bill_cycle": cycle, "currency": s.currency()}
	if c.now.Before(billedOn(cycle)) {
		return answer, nil
	}
	bill := s.state.postpaid.ofCycle(cycle)
	answer["initial_amount_due"], answer["consume_amount"], answer["refunds"] = money(bill.due()), money(bill.consumed), money(bill.refunded)
	answer["adjustments"], answer["tax_amount"] = money{}, money{}
	return answer, nil
}

// quotaUsed is what the partner owes beyond its balance; it has no coupons.
func (s *state) quotaUsed(now time.Time) decimal.Decimal {
	due, unbilled := s.postpaid.owed(now)
	return due.Add(unbilled).Sub(s.partner.balance)
}

// quotaExceeded reports whether the partner owes more than it may: its reseller
// customers can then buy nothing.
func (s *state) quotaExceeded(now time.Time) bool {
	return s.quotaUsed(now).GreaterThan(s.postpaid.quota)
}

// showConsumptionQuota answers how much the partner may owe and owes. Nothing is
// repaid here, but what the partner's balance holds counts against it.
// https://support.huaweicloud.com/intl/en-us/api-bpconsole/cq_001.html
func showConsumptionQuota(s *Server, c *call) (any, error) {
	p := &s.state.postpaid
	due, unbilled := p.owed(c.now)
	balance := s.state.partner.balance
	return map[string]any{
		"consumption_quota":      p.quota.StringFixed(2),
		"amount":                 balance.StringFixed(2),
		"coupon_amount":          decimal.Zero.StringFixed(2),
		"due_amount":             due.StringFixed(2),
		"unbilled_amount":        unbilled.StringFixed(2),
		"used_consumption_quota": s.state.quotaUsed(c.now).StringFixed(2),
		"measure_id":             measureYuan,
		"currency":               s.currency(),
	}, nil
}
