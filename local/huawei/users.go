package huawei

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// NewUser is an IAM user of the partner's account or of a customer's, who gets
// tokens by password.
type NewUser struct {
	AccountName string   `json:"account_name"` // default: the partner's
	Name        string   `json:"name"`
	Password    string   `json:"password"`
	Denied      []string `json:"denied"` // operationIds that its account has not allowed it
}

// user is an IAM user that is not the account itself.
type user struct {
	domain   iamNamed
	caller   caller
	name     string
	password string
	denied   []string
}

// AddUser adds an IAM user to an account.
func (s *Server) AddUser(n NewUser) error {
	if n.Name == "" || n.Password == "" {
		return errors.New("huawei: adding a user: the name or the password is missing")
	}
	for _, id := range n.Denied {
		if !s.knows(id) {
			return fmt.Errorf("huawei: adding a user: the contract has no operation %q", id)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &user{name: n.Name, password: n.Password, denied: n.Denied}
	switch account := s.state.account(n.AccountName); {
	case n.AccountName == "" || n.AccountName == s.options.Operator.Domain:
		u.domain, u.caller = iamNamed{ID: s.state.partnerID, Name: s.options.Operator.Domain}, caller{partner: true}
	case account != nil:
		u.domain, u.caller = iamNamed{ID: account.id, Name: account.accountName}, caller{customer: account.id}
	default:
		return fmt.Errorf("huawei: adding a user: there is no account %q", n.AccountName)
	}
	u.caller.user = u
	s.state.users = append(s.state.users, u)
	s.record(Effect{Time: s.now(), Operation: "AddUser", CustomerID: u.caller.customer, Reference: u.name})
	return nil
}

func (s *Server) userRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /_sim/users": adminAction(func(_ context.Context, in NewUser) (any, error) { return done(s.AddUser(in)) }),
	}
}

// user finds the IAM user that a password proves; nil if it proves none.
func (s *state) user(domain, name, password string) *user {
	for _, u := range s.users {
		if equal(u.domain.Name, domain) && equal(u.name, name) && equal(u.password, password) {
			return u
		}
	}
	return nil
}

// checkUser refuses an IAM user what its account has not allowed it. The queries
// of orders have a code of their own for it.
func checkUser(operationID string, u *user) error {
	if u == nil || !slices.Contains(u.denied, operationID) {
		return nil
	}
	if operationID == "ListCustomerOrders" || operationID == "ShowCustomerOrderDetails" {
		return refuse(http.StatusForbidden, "CBC.0155", "the current request is not allowed: the user has no right to this API")
	}
	return errDenied("access denied: the user " + u.name + " has no right to this operation")
}
