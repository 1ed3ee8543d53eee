package huawei

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// NewEnterprise makes a customer the master of an enterprise.
type NewEnterprise struct {
	MasterID string    `json:"master_id"` // the customer's id
	Name     string    `json:"name"`
	Units    []NewUnit `json:"units"`
}

// NewUnit is a unit of an enterprise's organisation.
type NewUnit struct {
	Name  string    `json:"name"`
	Units []NewUnit `json:"units"`
}

// NewMember makes a customer the member of an enterprise.
type NewMember struct {
	MasterID    string   `json:"master_id"`
	CustomerID  string   `json:"customer_id"`
	UnitID      string   `json:"unit_id"` // default the root
	DisplayName string   `json:"display_name"`
	Permissions []string `json:"permission_ids"`    // such as READ_CONSUME_BILL
	Custody     bool     `json:"financial_custody"` // the master pays its bills
}

func (s *Server) enterpriseRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /_sim/enterprises": adminAction(named("root_id", s.AddEnterprise)),
		"POST /_sim/enterprises/members": adminAction(func(_ context.Context, in NewMember) (any, error) {
			return done(s.AddMember(in))
		}),
	}
}

// AddEnterprise adds an enterprise and returns the id of the root of its
// organisation.
func (s *Server) AddEnterprise(n NewEnterprise) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	master, err := s.freeAccount(n.MasterID)
	if err != nil {
		return "", fmt.Errorf("huawei: adding an enterprise: %w", err)
	}
	x := &enterprise{master: master, root: s.newUnit(NewUnit{n.Name, n.Units}), used: map[string]bool{}}
	s.state.enterprise.all = append(s.state.enterprise.all, x)
	s.record(Effect{Time: s.now(), Operation: "AddEnterprise", CustomerID: master.id, Reference: x.root.id})
	return x.root.id, nil
}

func (s *Server) newUnit(n NewUnit) *unit {
	u := &unit{id: s.newNumber(18), relation: s.newNumber(18), name: n.Name}
	for _, child := range n.Units {
		u.units = append(u.units, s.newUnit(child))
	}
	return u
}

// AddMember makes an account that exists a member, which it is at once.
func (s *Server) AddMember(n NewMember) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.state.enterprise.of(s.state.customer(n.MasterID))
	if x == nil {
		return fmt.Errorf("huawei: adding a member: customer %q is no master", n.MasterID)
	}
	account, err := s.freeAccount(n.CustomerID)
	if err != nil {
		return fmt.Errorf("huawei: adding a member: %w", err)
	}
	in := x.root
	if n.UnitID != "" {
		in = x.root.find(n.UnitID)
	}
	if in == nil {
		return fmt.Errorf("huawei: adding a member: the enterprise has no unit %q", n.UnitID)
	}
	x.members = append(x.members, &member{
		customer: account, unit: in, displayName: n.DisplayName, permissions: n.Permissions, custody: n.Custody,
	})
	s.record(Effect{Time: s.now(), Operation: "AddMember", CustomerID: account.id, Reference: in.id})
	return nil
}

// freeAccount finds a customer who is in no enterprise yet.
func (s *Server) freeAccount(customerID string) (*customer, error) {
	c, err := s.existing(customerID)
	if err != nil {
		return nil, err
	}
	if x, _ := s.state.enterprise.membership(c); x != nil || s.state.enterprise.of(c) != nil {
		return nil, errors.New("the customer is in an enterprise already")
	}
	return c, nil
}
