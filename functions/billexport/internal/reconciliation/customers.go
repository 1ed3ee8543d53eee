package reconciliation

import (
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
)

// The identities that the sums of a customer keep. Those of each record imply them; what
// is made up for is the exception.
const (
	// PaymentParts: payment_amount is the sum of its parts.
	PaymentParts = "payment_parts"
	// TruncationBound: what was cut off is less than a fen a record, either way.
	TruncationBound = "truncation"
	// MakeUpBound: make-up charges collect no more than was cut off. What was cut off
	// in an earlier month may be collected in this one, so this is a hint.
	MakeUpBound = "make_up"
)

// maxBrokenCustomers is how many are listed.
const maxBrokenCustomers = 20

// BrokenCustomers says how many sums of customers contradict themselves, and lists the
// first.
type BrokenCustomers struct {
	Count int              `json:"count"`
	First []BrokenCustomer `json:"first"`
}

// BrokenCustomer is an identity that the sums of a customer break, and by how much.
type BrokenCustomer struct {
	CustomerID string     `json:"customer_id"`
	Identity   string     `json:"identity"`
	Difference bill.Total `json:"difference"`
	Currency   string     `json:"currency"`
}

type customerCurrency struct{ customer, currency string }

// customerCheck looks at the sums of customers.
type customerCheck struct {
	broken BrokenCustomers
	// madeUp is what make-up charges come to beyond their list price.
	madeUp map[customerCurrency]bill.Total
}

func newCustomerCheck() *customerCheck {
	return &customerCheck{broken: BrokenCustomers{First: []BrokenCustomer{}}, madeUp: map[customerCurrency]bill.Total{}}
}

func (k *customerCheck) add(l tally.Line) {
	if l.BillDetailType != tally.MakeUp {
		return
	}
	key := customerCurrency{l.CustomerID, l.Currency}
	sum := k.madeUp[key]
	sum.AddTotal(less(l.Payment, less(l.Official, l.Discount)))
	k.madeUp[key] = sum
}

func (k *customerCheck) check(sums []tally.Sum) {
	for _, s := range sums {
		surplus := s.Amounts[bill.Payment]
		for _, part := range bill.Parts() {
			surplus = less(surplus, s.Amounts[part])
		}
		if !surplus.IsZero() {
			k.found(s, PaymentParts, surplus)
		}
		made := k.madeUp[customerCurrency{s.CustomerID, s.Currency}]
		cut := less(less(s.Amounts[bill.Official], s.Amounts[bill.OfficialDiscount]), s.Amounts[bill.Payment])
		cut.AddTotal(made) // without the make-up charges
		bound := bill.Amount(s.Rows) * tally.Fen
		if amount, ok := cut.Amount(); !ok || amount >= bound || amount <= -bound {
			k.found(s, TruncationBound, cut)
		}
		if over := less(made, cut); made.Sign() > 0 && over.Sign() > 0 {
			k.found(s, MakeUpBound, over)
		}
	}
}

func (k *customerCheck) found(s tally.Sum, identity string, difference bill.Total) {
	k.broken.Count++
	if len(k.broken.First) < maxBrokenCustomers {
		k.broken.First = append(k.broken.First, BrokenCustomer{s.CustomerID, identity, difference, s.Currency})
	}
}
