package huawei

import (
	"errors"
	"fmt"

	"github.com/shopspring/decimal"
)

// Account is a Huawei Cloud account that somebody has opened already.
type Account struct {
	Name        string          `json:"account_name"`
	RealName    string          `json:"customer,omitempty"`            // a verified enterprise's; not verified if empty
	Mobile      string          `json:"mobile,omitempty"`              // 13XXXXXXXXX
	Label       string          `json:"label,omitempty"`               // the partner's tag
	Association string          `json:"association_type,omitempty"`    // AssociationReferral, AssociationResale or none
	Reseller    string          `json:"indirect_partner_id,omitempty"` // whose customer it is; empty: the partner's own
	Frozen      bool            `json:"frozen,omitempty"`
	Cash        decimal.Decimal `json:"cash,omitzero"` // CNY, with at most 2 decimals
}

func (a Account) check() error {
	switch {
	case !registeredName.MatchString(a.Name) || reservedName(a.Name):
		return fmt.Errorf("huawei: adding an account: %q is not an account name", a.Name)
	case a.Mobile != "" && !chineseMobile.MatchString(a.Mobile):
		return errors.New("huawei: adding an account: the mobile number is not of the form 13XXXXXXXXX")
	case a.Association != "" && a.Association != AssociationReferral && a.Association != AssociationResale:
		return fmt.Errorf("huawei: adding an account: association type %q is neither 1 nor 2", a.Association)
	}
	return checkSeedAmount("an account's cash", a.Cash)
}

// AddAccount adds a Huawei Cloud account, associated at once or not at all, and
// returns its customer_id.
func (s *Server) AddAccount(a Account) (string, error) {
	if err := a.check(); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.account(a.Name) != nil {
		return "", fmt.Errorf("huawei: adding an account: %q exists already", a.Name)
	}
	if a.Reseller != "" && s.state.reseller(a.Reseller) == nil {
		return "", fmt.Errorf("huawei: adding an account: no reseller %q", a.Reseller)
	}
	now := s.now()
	c := &customer{
		id: s.newCustomerID(), accountName: a.Name, name: a.RealName, mobile: a.Mobile, label: a.Label,
		association: a.Association, createdOn: now, reseller: a.Reseller, frozen: a.Frozen,
	}
	if a.Association != "" {
		c.associatedOn = now
	}
	s.state.customers = append(s.state.customers, c)
	effect := Effect{Time: now, Operation: "AddAccount", CustomerID: c.id}
	if a.Cash.IsPositive() {
		s.move(c, a.Cash, "", now)
		effect.Amount, effect.Currency = a.Cash, currency
	}
	s.record(effect)
	return c.id, nil
}
