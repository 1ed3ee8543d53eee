package huawei

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// AccountPassword is that of every account that was given none.
const AccountPassword = "Sim-Account-1"

// Account is a Huawei Cloud account that somebody has opened already.
type Account struct {
	Name        string          `json:"account_name"`
	Password    string          `json:"password,omitempty"` // to bind it on the login page; default AccountPassword
	RealName    string          `json:"customer,omitempty"` // a verified enterprise's; not verified if empty
	Mobile      string          `json:"mobile,omitempty"`   // 13XXXXXXXXX
	Email       string          `json:"email,omitempty"`
	Label       string          `json:"label,omitempty"`               // the partner's tag
	Association string          `json:"association_type,omitempty"`    // one of the site's two, or none
	Reseller    string          `json:"indirect_partner_id,omitempty"` // whose customer it is; empty: the partner's own
	Frozen      bool            `json:"frozen,omitempty"`
	Cash        decimal.Decimal `json:"cash,omitzero"` // in the site's currency, with at most 2 decimals
}

func (a Account) check(associations []string) error {
	switch {
	case !registeredName.MatchString(a.Name) || reservedName(a.Name):
		return fmt.Errorf("huawei: adding an account: %q is not an account name", a.Name)
	case a.Mobile != "" && !chineseMobile.MatchString(a.Mobile):
		return errors.New("huawei: adding an account: the mobile number is not of the form 13XXXXXXXXX")
	case a.Email != "" && !validEmail(a.Email):
		return fmt.Errorf("huawei: adding an account: %q is not an e-mail address", a.Email)
	case a.Association != "" && !slices.Contains(associations, a.Association):
		return fmt.Errorf("huawei: adding an account: association type %q is none of %v", a.Association, associations)
	case a.Association == AssociationReseller && !a.Cash.IsZero():
		return errors.New("huawei: adding an account: a reseller customer has no cash")
	}
	return checkSeedAmount("an account's cash", a.Cash)
}

// AddAccount adds a Huawei Cloud account, associated at once or not at all, and
// returns its customer_id.
func (s *Server) AddAccount(a Account) (string, error) {
	if err := a.check(s.associations()); err != nil {
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
		id: s.newCustomerID(), accountName: a.Name, password: cmp.Or(a.Password, AccountPassword), name: a.RealName, mobile: a.Mobile, email: a.Email, label: a.Label,
		association: a.Association, createdOn: now, reseller: a.Reseller,
	}
	if a.Frozen {
		c.freeze = freeze{kind: FreezeAccount, since: now}
	}
	if a.Association != "" {
		c.associatedOn = now
	}
	s.state.customers = append(s.state.customers, c)
	effect := Effect{Time: now, Operation: "AddAccount", CustomerID: c.id}
	if a.Cash.IsPositive() {
		s.move(c, a.Cash, "", now)
		effect.Amount, effect.Currency = a.Cash, s.currency()
	}
	s.record(effect)
	return c.id, nil
}
