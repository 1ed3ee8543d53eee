package huawei

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// Kinds of a freeze.
const (
	FreezeAccount   = "ACCOUNT"              // nothing can be bought, renewed or changed
	FreezeResources = "ACCOUNT_AND_RESOURCE" // nor can what was bought be used
)

// freeze is what stops a customer. The zero freeze stops nobody.
type freeze struct {
	kind       string
	overBudget bool // the partner's budget did it
	since      time.Time
}

func (c *customer) frozen() bool { return c.freeze.kind != "" }

// unusable reports whether what the customer has bought is frozen with it: on the
// mainland always, elsewhere by a freeze of that kind.
func (c *customer) unusable() bool {
	return c.frozen() && (!c.settledMonthly() || c.freeze.kind == FreezeResources)
}

// freezeByAssociation is the freeze that a new customer begins with: away from
// the mainland, until the partner unfreezes it.
func (s *Server) freezeByAssociation(now time.Time) freeze {
	if s.abroad() {
		return freeze{kind: FreezeAccount, since: now}
	}
	return freeze{}
}

// refuseSpending refuses a reseller customer what costs money, where it is frozen
// or its partner owes too much. The code of the former is documented without its
// status, that of the latter without saying where it comes. What a frozen account
// of the mainland may buy is not documented: there the partner freezes nobody.
func (s *Server) refuseSpending(c *customer, now time.Time) error {
	switch {
	case !c.settledMonthly():
		return nil
	case c.frozen():
		return refuse(http.StatusBadRequest, "CBC.8214", "the account is frozen")
	case s.state.quotaExceeded(now):
		return refuse(http.StatusBadRequest, "CBC.18000016", "Insufficient permissions. Contact your associated partner.")
	}
	return nil
}

// refuseRenewing knows the code of the one freeze that has its own.
func (s *Server) refuseRenewing(c *customer, now time.Time) error {
	if c.freeze.overBudget || c.conditions.FrozenByPartner {
		return refuse(http.StatusBadRequest, "CBC.99007281",
			"the consumption exceeds the partner's budget: the account is frozen by the partner and cannot renew")
	}
	return s.refuseSpending(c, now)
}

func freezeOperations() map[string]operation {
	return map[string]operation{
		"FreezeSubCustomers":   freezeCustomers,
		"UnfreezeSubCustomers": unfreezeCustomers,
	}
}

// freezeRequest is the body of both operations.
type freezeRequest struct {
	CustomerIDs     []string `json:"customer_ids"`
	IndirectPartner string   `json:"indirect_partner_id"`
	FreezeType      string   `json:"freeze_type"`
	UnfreezeType    string   `json:"unfreeze_type"`
}

func (r freezeRequest) freezes() string { return cmp.Or(r.FreezeType, FreezeAccount) }

func (r freezeRequest) unfreezes() string { return cmp.Or(r.UnfreezeType, FreezeAccount) }

type customerError struct {
	Code    string `json:"error_code"`
	Message string `json:"error_msg"`
	ID      string `json:"id"` // the customer's
}

// freezeCustomers answers 200 if it freezes any of the customers, and names those
// that it did not. Freezing again in the same way changes nothing;
// in another way it is refused, as nothing says that it changes the freeze.
// https://support.huaweicloud.com/intl/en-us/api-bpconsole/mc_00027.html
func freezeCustomers(s *Server, c *call) (any, error) {
	return s.eachCustomer(c, freezeRequest.freezes, func(customer *customer, kind string) *apiError {
		switch customer.freeze.kind {
		case kind:
			return nil
		case "":
			customer.freeze = freeze{kind: kind, since: c.now}
			s.record(c.effect(customer.id, kind))
			return nil
		}
		return errParameter("the customer is frozen already, by " + customer.freeze.kind)
	})
}

// unfreezeCustomers undoes a freeze of the same type. Who is not frozen stays so.
// https://support.huaweicloud.com/intl/en-us/api-bpconsole/mc_00028.html
func unfreezeCustomers(s *Server, c *call) (any, error) {
	return s.eachCustomer(c, freezeRequest.unfreezes, func(customer *customer, kind string) *apiError {
		switch customer.freeze.kind {
		case "":
			return nil
		case kind:
			customer.freeze = freeze{}
			s.record(c.effect(customer.id, kind))
			return nil
		}
		return errParameter("unfreeze_type: the customer is frozen by " + customer.freeze.kind)
	})
}

// eachCustomer changes the customers of a request one by one. Details come with a
// partial failure alone; where all fail, the first is the request's. Which codes
// there are is not documented: these are the family's.
func (s *Server) eachCustomer(c *call, kindOf func(freezeRequest) string, change func(*customer, string) *apiError) (any, error) {
	var r freezeRequest
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	if err := s.actFor(c, r.IndirectPartner); err != nil {
		return nil, err
	}
	var failed []customerError
	for _, id := range r.CustomerIDs {
		customer, err := s.resold(c, id)
		if err == nil {
			err = change(customer, kindOf(r))
		}
		if err != nil {
			failed = append(failed, customerError{err.code, err.message, id})
		}
	}
	switch {
	case len(failed) == len(r.CustomerIDs):
		return nil, refuse(http.StatusBadRequest, failed[0].Code, failed[0].Message)
	case len(failed) > 0:
		return map[string]any{"error_details": failed}, nil
	}
	return map[string]any{}, nil
}

// resold finds a customer that the partner is billed for.
func (s *Server) resold(c *call, id string) (*customer, *apiError) {
	customer := s.state.customer(id)
	switch {
	case customer == nil || !c.serves(customer):
		return nil, c.refuseCustomer(customer, http.StatusBadRequest)
	case !customer.settledMonthly():
		return nil, refuse(http.StatusBadRequest, "CBC.99005024",
			"This API cannot be invoked because the association type of the customer is incorrect.")
	}
	return customer, nil
}

// resourceRetention is how long resources outlast a freeze of their own.
const resourceRetention = 15 * 24 * time.Hour

// settleFreezes deletes the resources of customers that were frozen with them for
// too long.
func (s *Server) settleFreezes(now time.Time) {
	for _, c := range s.state.customers {
		if c.freeze.kind != FreezeResources {
			continue
		}
		if end := c.freeze.since.Add(resourceRetention); !now.Before(end) {
			s.deleteResources(c.id, end)
		}
	}
}

func (s *Server) deleteResources(customerID string, at time.Time) {
	b := &s.state.subscriptions
	b.onDemand = slices.DeleteFunc(b.onDemand, func(d *onDemandResource) bool { return d.customerID == customerID })
	for _, r := range b.resources {
		if r.customerID() == customerID && r.main() && r.closed.IsZero() {
			r.closed, r.updated = at, at
		}
	}
}
