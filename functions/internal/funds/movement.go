package funds

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// Currency is the one in which a partner funds its customers; the site where it
// does has no other.
const Currency = "CNY"

// Direction is one of the two ways in which money moves. It is also the first
// segment of a movement's key.
type Direction string

// The directions, as the partner sees them.
const (
	Allocate Direction = "allocate" // from the partner
	Reclaim  Direction = "reclaim"  // back to the partner
)

// Movement is one movement of money, with one entry in the ledger. It is between
//
//   - the partner and its resale customer: CustomerID;
//   - a reseller and the reseller's customer, which its distributor asks for:
//     CustomerID and IndirectPartnerID;
//   - a distributor and its reseller: IndirectPartnerID alone.
type Movement struct {
	// Key is the ledger's, and begins with the direction: allocate/….
	Key               string
	Direction         Direction
	CustomerID        string
	IndirectPartnerID string
	// Amount is in Currency, greater than 0, with at most two decimals.
	Amount   decimal.Decimal
	Currency string
}

// Transfer is a movement that happened.
type Transfer struct {
	Movement
	// TransferID is Huawei Cloud's: the one in the adjust records.
	TransferID string
}

// check finds what the caller got wrong; requests are checked before.
func (m Movement) check() error {
	switch {
	case m.Direction != Allocate && m.Direction != Reclaim:
		return fmt.Errorf("the direction %q of a movement is none", m.Direction)
	case !strings.HasPrefix(m.Key, string(m.Direction)+"/"):
		return fmt.Errorf("the key %q of a movement does not begin with its direction, %s", m.Key, m.Direction)
	case m.account() == "":
		return errors.New("a movement names neither a customer nor a reseller")
	case !m.Amount.IsPositive() || !m.Amount.Equal(m.Amount.Truncate(2)):
		return fmt.Errorf("the amount %s of a movement is not greater than 0 with at most two decimals", m.Amount)
	case m.Currency != Currency:
		return fmt.Errorf("the currency %q of a movement is not %s", m.Currency, Currency)
	}
	return nil
}

// account is whose money moves: the customer's, or the reseller's. It is also whom
// the adjust record of the movement names.
func (m Movement) account() string {
	if m.CustomerID != "" {
		return m.CustomerID
	}
	return m.IndirectPartnerID
}

// operation is what the adjust records call the direction.
func (m Movement) operation() bss.AdjustOperation {
	if m.Direction == Reclaim {
		return bss.AdjustReclaim
	}
	return bss.AdjustAllocate
}

// equal reports whether the adjust records could not tell the two apart.
func (m Movement) equal(other Movement) bool {
	return m.account() == other.account() && m.Direction == other.Direction && m.Amount.Equal(other.Amount) && m.Currency == other.Currency
}

// fingerprint holds everything but what the key says.
func (m Movement) fingerprint() ledger.Fingerprint {
	fp := ledger.Fingerprint{"amount": m.Amount.StringFixed(2), "currency": m.Currency}
	if m.CustomerID != "" {
		fp["customer_id"] = m.CustomerID
	}
	if m.IndirectPartnerID != "" {
		fp["indirect_partner_id"] = m.IndirectPartnerID
	}
	return fp
}

// movementOf is the movement that an entry is about.
func movementOf(en ledger.Entry) (Movement, error) {
	verb, _, _ := strings.Cut(en.Key, "/")
	amount, err := decimal.NewFromString(en.Fingerprint["amount"])
	if err != nil {
		return Movement{}, fmt.Errorf("the entry %q has no amount: %w", en.Key, err)
	}
	m := Movement{
		Key: en.Key, Direction: Direction(verb), Amount: amount, Currency: en.Fingerprint["currency"],
		CustomerID: en.Fingerprint["customer_id"], IndirectPartnerID: en.Fingerprint["indirect_partner_id"],
	}
	if err := m.check(); err != nil {
		return Movement{}, fmt.Errorf("the entry %q is about no movement of money: %w", en.Key, err)
	}
	return m, nil
}
