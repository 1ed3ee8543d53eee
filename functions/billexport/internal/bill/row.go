package bill

import (
	"fmt"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
)

// Money is one of the ten amounts of a fee record.
type Money int

// The amounts: the list price, what was taken off it, what was paid, and the seven
// parts of that.
const (
	Official Money = iota
	OfficialDiscount
	Payment
	Cash
	Credit
	Coupon
	FlexipurchaseCoupon
	StoredValueCard
	Debt
	Writeoff
	// Moneys is how many amounts there are.
	Moneys = int(Writeoff) + 1
)

// Field is where a fee record has the amount.
func (m Money) Field() bss.FeeField { return bss.FeeOfficialAmount + bss.FeeField(m) }

// Parts are the amounts that make up the payment.
func Parts() []Money {
	return []Money{Cash, Credit, Coupon, FlexipurchaseCoupon, StoredValueCard, Debt, Writeoff}
}

// Row is a fee record on its way into files.
type Row struct {
	// Fee is the record as the API printed it.
	Fee *bss.FeeRow
	// Amounts are those of the record, read.
	Amounts [Moneys]Amount
	// Invoice is what the partner invoices its customer, and Margin that less the
	// payment; both are 0 where the export is not priced, or the customer pays Huawei
	// Cloud itself.
	Invoice, Margin Amount
}

// Read makes the row that of a record. It fails where an amount is none.
func (r *Row) Read(fee *bss.FeeRow) error {
	r.Fee, r.Invoice, r.Margin = fee, 0, 0
	for m := range Moneys {
		field := Money(m).Field()
		amount, err := ParseAmount(fee[field])
		if err != nil {
			return fmt.Errorf("record %.64q of customer %.64q: %s is %.40q: %w", fee[bss.FeeID], fee[bss.FeeCustomerID], field, fee[field], err)
		}
		r.Amounts[m] = amount
	}
	return nil
}

// PaidToHuaweiCloud reports whether the record is of a referral customer: it pays Huawei
// Cloud itself and gets its invoices from there, so that the partner neither pays for the
// record nor invoices it.
func (r *Row) PaidToHuaweiCloud() bool {
	return string(r.Fee[bss.FeeAssociationType]) == string(bss.Referral)
}

// Customer is whom a part of the bills is about.
type Customer struct {
	ID string `json:"id"`
	// AccountName is that of the customer's account at Huawei Cloud, Name that of the
	// person or company; either may be empty.
	AccountName string `json:"account_name,omitempty"`
	Name        string `json:"name,omitempty"`
}

// Export is what all files of an export have in common.
type Export struct {
	Cycle Cycle
	// Final says that the bills no longer change.
	Final bool
	// Differs says of final bills that they do not agree with Huawei Cloud's monthly
	// sums, or a record not with itself.
	Differs bool
	// PartnerID and PartnerName are who exports; either may be empty.
	PartnerID, PartnerName string
	// Chinese says that headings are in Chinese, not in English.
	Chinese bool
	// Priced says that a rate card is in force: rows have an Invoice and a Margin.
	Priced bool
	// GeneratedAt is when the export was asked for.
	GeneratedAt time.Time
}
