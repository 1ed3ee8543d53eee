package huawei

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// Spoiling is a way in which what the partner is told of a customer's bills goes
// wrong. The customer's own lists, the partner's debt and the books stay as they
// were, and so does whatever the kind does not name: neither another record nor
// another spoiling changes.
type Spoiling string

// The spoilings. A row counts from 0 in the order of the records as nobody had
// spoiled them.
const (
	// SpoilAmount: the row says that Delta more was paid, by payment_amount and
	// cash_amount; its identities hold. The sums are as they were.
	SpoilAmount Spoiling = "amount"
	// SpoilMissing: the row is not listed. The sums contain it.
	SpoilMissing Spoiling = "missing"
	// SpoilTwice: the row is listed twice, one after the other, with one id. The sums
	// contain it once.
	SpoilTwice Spoiling = "twice"
	// SpoilForeign: the row says that it is of the customer Text, in the list of the one
	// that was asked for. The sums contain it as this one's.
	SpoilForeign Spoiling = "foreign-customer"
	// SpoilCurrency: every answer with the row in it is in the currency Text; USD if that
	// is empty. The API gives the currency beside the records.
	SpoilCurrency Spoiling = "currency"
	// SpoilMeasure: the customer's sums are in fen (measure_id 3), a hundred times as
	// much. Records have no measure of their amounts. It has no row.
	SpoilMeasure Spoiling = "measure"
	// SpoilIdentity: cash_amount of the row is Delta more, and payment_amount is not: the
	// parts do not add up to it. What the sums are of, the payment, agrees.
	SpoilIdentity Spoiling = "identity"
	// SpoilLag: the customer's sums lack the last day (GMT+8) on which it has records. It
	// has no row.
	SpoilLag Spoiling = "lag"
	// SpoilAssociation: from the row on, the customer is associated by Text; referral, 1,
	// if that is empty. As documented, the sums contain what was resold, which is what
	// was before.
	SpoilAssociation Spoiling = "association"
	// SpoilMakeUp: after the row there is one more record, which makes up for Delta of
	// truncation (bill_detail_type 25). The sums do not contain it.
	SpoilMakeUp Spoiling = "truncation-make-up"
	// SpoilUnlisted: the customer is not in the list of those who consumed. Its records
	// and sums are there. It has no row.
	SpoilUnlisted Spoiling = "unlisted-customer"
	// SpoilUnparseable: payment_amount of the row is the text Text; "12,34" if that is
	// empty. The sums contain what it was.
	SpoilUnparseable Spoiling = "unparseable-amount"
	// SpoilName: resource_name and product_name of the row are Text; if that is empty,
	// a path and a formula: ../../=cmd|' /C calc'!A0.
	SpoilName Spoiling = "name"
)

// What faults of pages change, for good, until bills are mended.
const (
	spoilWithdrawn Spoiling = "withdrawn" // the row is not listed, and not in the sums
	spoilLate      Spoiling = "late"      // after the row is one more record, in the sums too
)

// Spoilings are all kinds that can be asked for.
func Spoilings() []Spoiling {
	return []Spoiling{
		SpoilAmount, SpoilMissing, SpoilTwice, SpoilForeign, SpoilCurrency, SpoilMeasure, SpoilIdentity, SpoilLag,
		SpoilAssociation, SpoilMakeUp, SpoilUnlisted, SpoilUnparseable, SpoilName,
	}
}

// Spoil is one thing that goes wrong.
type Spoil struct {
	Cycle      string          `json:"cycle"`
	CustomerID string          `json:"customer_id"`
	Kind       Spoiling        `json:"kind"` // amount if empty
	Row        int             `json:"row"`
	Delta      decimal.Decimal `json:"delta,omitzero"` // 0.01 if it is 0
	Text       string          `json:"text,omitempty"`
}

// billSpoil is what is kept of it.
type billSpoil struct {
	kind  Spoiling
	row   int
	delta billMoney
	text  string
}

// The values of what a Spoil leaves empty.
var spoilTexts = map[Spoiling]string{
	SpoilCurrency: "USD", SpoilAssociation: AssociationReferral, SpoilUnparseable: "12,34", SpoilName: "../../=cmd|' /C calc'!A0",
}

func (s Spoil) complete() (billSpoil, error) {
	if s.Kind == "" {
		s.Kind = SpoilAmount
	}
	if s.Delta.IsZero() {
		s.Delta = decimal.New(1, -2)
	}
	if s.Text == "" {
		s.Text = spoilTexts[s.Kind]
	}
	kept := billSpoil{kind: s.Kind, row: s.Row, delta: billMoneyOf(s.Delta), text: s.Text}
	switch {
	case !slices.Contains(Spoilings(), s.Kind):
		return kept, fmt.Errorf("kind %q is none of %q", s.Kind, Spoilings())
	case s.Delta.Abs().GreaterThan(decimal.New(1, 9)) || !kept.delta.decimal().Equal(s.Delta):
		return kept, errors.New("delta has more than 8 decimals, or is more than a billion")
	case s.Kind == SpoilForeign && s.Text == "":
		return kept, errors.New("text is not the id of another customer")
	case !utf8.ValidString(s.Text):
		return kept, errors.New("text is not UTF-8")
	}
	return kept, nil
}

// Spoil makes something go wrong from now on, besides what does already.
func (s *Server) Spoil(in Spoil) error {
	spoil, err := in.complete()
	if err != nil {
		return fmt.Errorf("huawei: spoiling a bill: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.state.billsOf(in.Cycle, in.CustomerID)
	if b == nil || in.Row < 0 || in.Row >= b.rows() {
		return fmt.Errorf("huawei: spoiling a bill: customer %s has no row %d in %s", in.CustomerID, in.Row, in.Cycle)
	}
	b.spoils = append(b.spoils, spoil)
	delete(s.summaries, b)
	return nil
}

// SpoilBill changes what one fee record says was paid, by delta, and leaves the
// monthly summary as it was: the two no longer agree. Rows count from 0 in the
// order of the list.
func (s *Server) SpoilBill(cycle, customerID string, row int, delta decimal.Decimal) error {
	return s.Spoil(Spoil{Cycle: cycle, CustomerID: customerID, Row: row, Delta: delta})
}

// MendBills ends all that goes wrong with bills.
func (s *Server) MendBills() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.state.bills {
		b.spoils = nil
	}
	clear(s.summaries)
}

// spoiled reports whether something of that kind is the matter.
func (b *customerBills) spoiled(kind Spoiling) bool {
	return slices.ContainsFunc(b.spoils, func(s billSpoil) bool { return s.kind == kind })
}

// spoil changes record number i as the partner is told it, and answers the currency
// in which; the empty one is the site's.
func (b *customerBills) spoil(i int, f *feeRecord) (currency string) {
	for _, s := range b.spoils {
		if s.kind == SpoilAssociation && i >= s.row {
			f.AssociationType = s.text
		}
		if s.row != i {
			continue
		}
		switch s.kind { //nolint:exhaustive // the others do not change the record itself
		case SpoilAmount:
			f.Payment, f.Cash = f.Payment+s.delta, f.Cash+s.delta
		case SpoilIdentity:
			f.Cash += s.delta
		case SpoilForeign:
			f.CustomerID = s.text
		case SpoilUnparseable:
			f.Unparseable = s.text
		case SpoilName:
			f.ResourceName, f.ProductName = s.text, s.text
		case SpoilCurrency:
			currency = s.text
		}
	}
	return currency
}

// further are the records that come with record number i, after it.
func (b *customerBills) further(i int, f feeRecord) []feeRecord {
	var all []feeRecord
	for n, s := range b.spoils {
		if s.row != i || s.kind != SpoilMakeUp && s.kind != spoilLate {
			continue
		}
		made := f
		made.ID += "-" + strconv.Itoa(n)
		made.ChargingMode, made.PeriodType, made.PeriodNum = chargeOnDemand, periodOnce, 0
		made.UsageType, made.Usage, made.FreeUsage, made.ReservedUsage = "", 0, 0, 0
		made.Cash, made.Credit, made.Coupon, made.CashCoupon, made.Card, made.Debt, made.Writeoff = s.delta, 0, 0, 0, 0, 0, 0
		made.Official, made.Discount, made.Payment = s.delta, 0, s.delta
		if made.BillDetailType = billTruncation; s.kind == spoilLate {
			made.BillDetailType = billDeduction
		}
		all = append(all, made)
	}
	return all
}
