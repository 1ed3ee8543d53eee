package huawei

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// reseller is an indirect partner: it serves customers of its own with money and
// coupon quotas that the distributor, who is the partner, gives it.
type reseller struct {
	id             string // indirect_partner_id; 32 hexadecimal digits
	accountName    string
	name           string
	mobile         string
	email          string
	managerAccount string
	managerName    string
	associatedOn   time.Time
	balance        decimal.Decimal // CNY
}

// Reseller is an indirect partner of the partner. Only its account name is
// required.
type Reseller struct {
	AccountName    string          `json:"account_name"`
	Name           string          `json:"name,omitempty"`
	Mobile         string          `json:"mobile_phone,omitempty"` // 13XXXXXXXXX
	Email          string          `json:"email,omitempty"`
	ManagerAccount string          `json:"account_manager_id,omitempty"`
	ManagerName    string          `json:"account_manager_name,omitempty"`
	Balance        decimal.Decimal `json:"balance,omitzero"` // CNY, with at most 2 decimals
}

func resellerOperations() map[string]operation {
	return map[string]operation{
		"ListIndirectPartners":          listResellers,
		"UpdateIndirectPartnerAccount":  allocateToReseller,
		"ReclaimIndirectPartnerAccount": forDistributors(reclaimFromReseller),
		"UpdateCouponQuotas":            forDistributors(issueQuotas),
		"ReclaimCouponQuotas":           reclaimQuotas,
		"ListCouponQuotasRecords":       forDistributors(listQuotaRecords),
		"ListIssuedCouponQuotas":        forDistributors(listIssuedQuotas),
		"ListSubCustomerNewTag":         listNewCustomerTags,
	}
}

// forDistributors refuses other partners where the contract lets every partner
// call and the documentation does not.
func forDistributors(handle operation) operation {
	return func(s *Server, c *call) (any, error) {
		if s.options.NoDistributor {
			return nil, errDenied("access denied: this operation is for the distributor")
		}
		return handle(s, c)
	}
}

// AddReseller adds an indirect partner and returns its indirect_partner_id.
// Under Options.NoDistributor there can be none.
func (s *Server) AddReseller(r Reseller) (string, error) {
	if err := r.check(); err != nil {
		return "", fmt.Errorf("huawei: adding a reseller: %w", err)
	}
	if s.options.NoDistributor {
		return "", errors.New("huawei: adding a reseller: the partner is no distributor")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, other := range s.state.resellers {
		if other.accountName == r.AccountName {
			return "", fmt.Errorf("huawei: adding a reseller: %q exists already", r.AccountName)
		}
	}
	now := s.now()
	added := &reseller{
		id: s.newCustomerID(), accountName: r.AccountName, name: r.Name, mobile: r.Mobile, email: r.Email,
		managerAccount: r.ManagerAccount, managerName: r.ManagerName, associatedOn: now,
	}
	s.state.resellers = append(s.state.resellers, added)
	effect := Effect{Time: now, Operation: "AddReseller", Reference: added.id}
	if r.Balance.IsPositive() {
		s.moveOf(added.id, r.Balance, "", now)
		effect.Amount, effect.Currency = r.Balance, s.currency()
	}
	s.record(effect)
	return added.id, nil
}

func (r Reseller) check() error {
	switch {
	case !registeredName.MatchString(r.AccountName) || reservedName(r.AccountName):
		return fmt.Errorf("%q is not an account name", r.AccountName)
	case r.Mobile != "" && !chineseMobile.MatchString(r.Mobile):
		return errors.New("the mobile number is not of the form 13XXXXXXXXX")
	}
	return checkSeedAmount("a reseller's balance", r.Balance)
}

func (s *Server) resellerRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /_sim/resellers": adminAction(named("indirect_partner_id", s.AddReseller)),
	}
}

// reseller finds an indirect partner by its id; nil if there is none.
func (s *state) reseller(id string) *reseller {
	for _, r := range s.resellers {
		if r.id == id {
			return r
		}
	}
	return nil
}

// actFor makes the call one that the distributor makes for a reseller, whose
// customers, money and quotas it is then about; for a customer the parameter
// means nothing.
func (s *Server) actFor(c *call, id string) error {
	if id == "" || !c.caller.partner {
		return nil
	}
	if s.state.reseller(id) == nil {
		return errReseller()
	}
	c.reseller = id
	return nil
}

func errReseller() error {
	return refuse(http.StatusBadRequest, "CBC.99000037", "no permission to operate this indirect partner")
}

// serves reports whether the customer is the partner's own, or that of the
// reseller for whom the partner acts.
func (c *call) serves(customer *customer) bool {
	return customer.associated(c.now) && customer.reseller == c.reseller
}

// refuseCustomer says why the call cannot be about a customer whom it does not
// serve. A reseller's customer is nobody's business but the reseller's, also
// where the distributor does not name it.
func (c *call) refuseCustomer(customer *customer, status int) *apiError {
	if customer != nil && customer.associated(c.now) && customer.reseller != "" && c.reseller == "" {
		return refuse(status, "CBC.99000000", "no right to operate on this customer")
	}
	return refuse(status, "CBC.99000035", "the customer is not a customer of the partner")
}

type resellerQuery struct {
	AccountName     string  `json:"account_name"`
	AssociatedBegin *string `json:"associated_on_begin"`
	AssociatedEnd   *string `json:"associated_on_end"`
	ID              string  `json:"indirect_partner_id"`
	Offset          int     `json:"offset"`
	Limit           *int    `json:"limit"`
}

type resellerRow struct {
	ID                 string `json:"indirect_partner_id"`
	MobilePhone        string `json:"mobile_phone,omitempty"`
	Email              string `json:"email,omitempty"`
	AccountName        string `json:"account_name"`
	Name               string `json:"name,omitempty"`
	AssociatedOn       string `json:"associated_on"`
	AccountManagerID   string `json:"account_manager_id,omitempty"`
	AccountManagerName string `json:"account_manager_name,omitempty"`
}

// listResellers answers in the order of association. As in the list of
// customers, a part of the account name is enough and the times are included.
// https://support.huaweicloud.com/api-bpconsole/espp_00003.html
func listResellers(s *Server, c *call) (any, error) {
	var q resellerQuery
	if err := c.decode(&q); err != nil {
		return nil, err
	}
	begin, err := optionalTime("associated_on_begin", q.AssociatedBegin)
	if err != nil {
		return nil, err
	}
	end, err := optionalTime("associated_on_end", q.AssociatedEnd)
	if err != nil {
		return nil, err
	}
	rows := []resellerRow{}
	for _, r := range s.state.resellers {
		at := r.associatedOn.Truncate(time.Second)
		if strings.Contains(r.accountName, q.AccountName) && (q.ID == "" || q.ID == r.id) &&
			(begin.IsZero() || !at.Before(begin)) && (end.IsZero() || !at.After(end)) {
			rows = append(rows, r.row())
		}
	}
	return map[string]any{"indirect_partners": window(rows, bodyPage(q.Offset, q.Limit)), "count": len(rows)}, nil
}

func (r *reseller) row() resellerRow {
	return resellerRow{
		ID: r.id, MobilePhone: r.mobile, Email: r.email, AccountName: r.accountName, Name: r.name,
		AssociatedOn: instant(r.associatedOn), AccountManagerID: r.managerAccount, AccountManagerName: r.managerName,
	}
}
