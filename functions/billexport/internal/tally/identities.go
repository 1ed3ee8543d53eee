package tally

import (
	"cmp"
	"slices"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

// The identities that the amounts of every record keep.
const (
	// PaymentParts: payment_amount is the sum of its parts.
	PaymentParts = "payment_parts"
	// Truncation: official_amount less official_discount_amount less
	// payment_amount is what was cut off to pay whole fen: 0 to below 0.01. Of a
	// refund it may be as little below 0, since nobody says which way one is cut. A
	// make-up charge for what was cut off elsewhere need not have a list price.
	Truncation = "truncation"
)

// MaxBroken is how many broken identities are listed.
const MaxBroken = 20

// Fen is the smallest amount that is paid, 0.01 of a currency's unit.
const Fen bill.Amount = 1_000_000

// MakeUp is the bill_detail_type of a charge that makes up for what was truncated.
const MakeUp = "25"

// Broken says how many identities do not hold, and lists the first 20 in the order of
// customer, record, identity and difference.
type Broken struct {
	Count int              `json:"count"`
	First []BrokenIdentity `json:"first"`
}

// BrokenIdentity is an identity that one record breaks.
type BrokenIdentity struct {
	CustomerID string `json:"customer_id"`
	ID         string `json:"id"`
	Identity   string `json:"identity"`
	// Difference is payment_amount less its parts, or what was cut off.
	Difference bill.Total `json:"difference"`
	Currency   string     `json:"currency"`
	// Kind is the line that the record belongs to.
	Kind Kind `json:"kind"`
}

func (b *Broken) check(r *bill.Row) {
	var surplus bill.Total
	surplus.Add(r.Amounts[bill.Payment])
	for m := bill.Cash; m <= bill.Writeoff; m++ {
		surplus.Add(-r.Amounts[m])
	}
	if !surplus.IsZero() {
		b.add(r.Fee, PaymentParts, surplus)
	}
	if due, cut := dueAndCut(r); !isTruncation(r, due, cut) {
		b.add(r.Fee, Truncation, cut)
	}
}

// dueAndCut are what is payable by list price and discount, and what of that is not
// paid.
func dueAndCut(r *bill.Row) (due, cut bill.Total) {
	due.Add(r.Amounts[bill.Official])
	due.Add(-r.Amounts[bill.OfficialDiscount])
	cut = due
	cut.Add(-r.Amounts[bill.Payment])
	return due, cut
}

// Surplus is by how much the payment of a record that breaks Truncation is more than
// what is payable, cut off to the fen if the payment is; 0 for one that does not.
func Surplus(r *bill.Row) bill.Total {
	due, cut := dueAndCut(r)
	payable, ok := due.Amount()
	if isTruncation(r, due, cut) || !ok {
		return bill.Total{}
	}
	if r.Amounts[bill.Payment]%Fen == 0 {
		payable -= payable % Fen
	}
	var surplus bill.Total
	surplus.Add(r.Amounts[bill.Payment])
	surplus.Add(-payable)
	return surplus
}

func isTruncation(r *bill.Row, due, cut bill.Total) bool {
	if cut.IsZero() || due.IsZero() && string(r.Fee[bss.FeeBillDetailType]) == MakeUp {
		return true
	}
	c, ok := cut.Amount()
	if !ok || c >= Fen || c <= -Fen {
		return false
	}
	d, ok := due.Amount()
	return c >= 0 || ok && d < 0
}

func (b *Broken) add(fee *bss.FeeRow, identity string, difference bill.Total) {
	b.Count++
	if len(b.First) == MaxBroken && string(fee[bss.FeeCustomerID]) > b.First[MaxBroken-1].CustomerID {
		return
	}
	b.insert(BrokenIdentity{
		CustomerID: string(fee[bss.FeeCustomerID]), ID: string(fee[bss.FeeID]), Identity: identity,
		Difference: difference, Currency: string(fee[bss.FeeCurrency]), Kind: newKind(fee),
	})
}

func (b *Broken) merge(o Broken) {
	b.Count += o.Count
	for _, i := range o.First {
		b.insert(i)
	}
}

func (b *Broken) insert(i BrokenIdentity) {
	at, _ := slices.BinarySearchFunc(b.First, i, BrokenIdentity.compare)
	b.First = slices.Insert(b.First, at, i)
	b.First = b.First[:min(len(b.First), MaxBroken)]
}

func (b BrokenIdentity) compare(o BrokenIdentity) int {
	return cmp.Or(
		cmp.Compare(b.CustomerID, o.CustomerID),
		cmp.Compare(b.ID, o.ID),
		cmp.Compare(b.Identity, o.Identity),
		b.Difference.Decimal().Cmp(o.Difference.Decimal()),
		cmp.Compare(b.Currency, o.Currency),
		b.Kind.compare(o.Kind),
	)
}
