package huawei

import (
	"net/http"
	"slices"
	"time"
)

func enterpriseOperations() map[string]operation {
	return map[string]operation{
		"CreateEnterpriseProjectAuth":         openProjects,
		"ListEnterpriseOrganizations":         listOrganization,
		"ListEnterpriseSubCustomers":          listMembers,
		"CreateSubEnterpriseAccount":          createMember,
		"SendSmsVerificationCode":             sendMemberCode,
		"ShowMultiAccountTransferAmount":      showTransferable,
		"ListEnterpriseMultiAccount":          showRetrievable,
		"UpdateSubEnterpriseAmount":           transferToMember,
		"ReclaimSubEnterpriseAmount":          retrieveFromMember,
		"ListMultiAccountTransferCoupons":     listTransferableCoupons,
		"ListMultiAccountRetrieveCoupons":     listRetrievableCoupons,
		"ClaimEnterpriseMultiAccountCoupon":   transferCoupon,
		"ReclaimEnterpriseMultiAccountCoupon": retrieveCoupon,
	}
}

// enterprises is what is known of enterprises with several accounts.
type enterprises struct {
	all       []*enterprise
	transfers []enterpriseTransfer
	passed    []passedCoupon
	projects  []string // ids of the customers who may use enterprise projects
}

// enterprise is a tree of units under a master, with members hung into it.
type enterprise struct {
	master  *customer
	root    *unit
	members []*member
	used    map[string]bool // trans_id of what has been carried out
}

// unit is a node of an enterprise's organisation.
type unit struct {
	id       string // digits only; also called party id
	relation string
	name     string
	units    []*unit
}

// member is a customer's account that belongs to an enterprise.
type member struct {
	customer    *customer
	unit        *unit
	displayName string
	permissions []string // what the master may do with it
	custody     bool     // the master pays its bills and holds its money
	readyOn     time.Time
}

// permissionReadBills lets the master see what a member consumes. A member in
// custody always does.
const permissionReadBills = "READ_CONSUME_BILL"

// States of a member.
const (
	memberNormal   = 1
	memberCreating = 2
)

func (m *member) status(now time.Time) int {
	if now.Before(m.readyOn) {
		return memberCreating
	}
	return memberNormal
}

// of finds the enterprise whose master that is; nil if it is none's.
func (e *enterprises) of(master *customer) *enterprise {
	i := slices.IndexFunc(e.all, func(x *enterprise) bool { return x.master == master })
	if i < 0 {
		return nil
	}
	return e.all[i]
}

// membership finds the enterprise that a customer is a member of.
func (e *enterprises) membership(c *customer) (*enterprise, *member) {
	for _, x := range e.all {
		if m := x.member(c.id); m != nil {
			return x, m
		}
	}
	return nil, nil
}

func (x *enterprise) member(customerID string) *member {
	for _, m := range x.members {
		if m.customer.id == customerID {
			return m
		}
	}
	return nil
}

// readableMembers are the members whose bills the customer may read as their
// master; nobody's if it is none.
func (e *enterprises) readableMembers(master *customer) []*customer {
	x := e.of(master)
	if x == nil {
		return nil
	}
	var readable []*customer
	for _, m := range x.members {
		if m.custody || slices.Contains(m.permissions, permissionReadBills) {
			readable = append(readable, m.customer)
		}
	}
	return readable
}

// payerOf is who pays a customer's bills: the master of a member in custody,
// otherwise the customer itself.
func (e *enterprises) payerOf(c *customer) *customer {
	if x, m := e.membership(c); x != nil && m.custody {
		return x.master
	}
	return c
}

// find looks for a unit in the tree below this one; nil if there is none.
func (u *unit) find(id string) *unit {
	if u.id == id {
		return u
	}
	for _, child := range u.units {
		if found := child.find(id); found != nil {
			return found
		}
	}
	return nil
}

// master finds the enterprise of the caller and refuses who is no master.
func (s *Server) master(c *call) (*enterprise, error) {
	if x := s.state.enterprise.of(s.state.customer(c.caller.customer)); x != nil {
		return x, nil
	}
	return nil, refuse(http.StatusBadRequest, "CBC.70300008", "the account is not the master of an enterprise")
}
