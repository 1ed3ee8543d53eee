package billexport

import (
	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
)

// The identities that the amounts of every record keep.
const (
	// PaymentParts: payment_amount is the sum of its parts.
	PaymentParts = "payment_parts"
	// Truncation: official_amount less official_discount_amount less
	// payment_amount is what was cut off to pay whole fen: 0 to below 0.01.
	Truncation = "truncation"
)

const maxListedIdentities = 20

var fen = decimal.New(1, -2)

// BrokenIdentities says how many identities do not hold, and lists the first 20.
type BrokenIdentities struct {
	Count int              `json:"count"`
	First []BrokenIdentity `json:"first"`
}

// BrokenIdentity is an identity that one record breaks.
type BrokenIdentity struct {
	CustomerID string `json:"customer_id"`
	ID         string `json:"id"`
	Identity   string `json:"identity"`
	// Difference is payment_amount less its parts, or what was cut off.
	Difference decimal.Decimal `json:"difference"`
	Currency   string          `json:"currency"`
}

func (b *BrokenIdentities) check(r *bss.FeeRecord) {
	if surplus := r.PaymentAmount.Sub(amountsOf(r).parts()); !surplus.IsZero() {
		b.add(r, PaymentParts, surplus)
	}
	cut := r.OfficialAmount.Sub(r.OfficialDiscountAmount).Sub(r.PaymentAmount)
	if cut.IsNegative() || !cut.LessThan(fen) {
		b.add(r, Truncation, cut)
	}
}

func (b *BrokenIdentities) add(r *bss.FeeRecord, identity string, difference decimal.Decimal) {
	b.Count++
	if len(b.First) < maxListedIdentities {
		b.First = append(b.First, BrokenIdentity{r.CustomerID, r.ID, identity, difference, r.Currency})
	}
}
