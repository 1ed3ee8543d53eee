package huawei

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// abroadRoutes are the administration's routes for the sites other than the
// mainland's.
func (s *Server) abroadRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"PUT /_sim/consumption-quota": adminAction(s.setConsumptionQuota),
		"PUT /_sim/expenditure-quota": adminAction(s.setExpenditureQuota),
		"POST /_sim/disassociations":  adminAction(s.disassociate),
	}
}

type newConsumptionQuota struct {
	Amount decimal.Decimal `json:"amount"`
}

func (s *Server) setConsumptionQuota(_ context.Context, in newConsumptionQuota) (any, error) {
	return done(s.SetConsumptionQuota(in.Amount))
}

type disassociation struct {
	CustomerID string `json:"customer_id"`
}

func (s *Server) disassociate(_ context.Context, in disassociation) (any, error) {
	return done(s.Disassociate(in.CustomerID))
}

// SetConsumptionQuota sets how much the partner may owe for its reseller
// customers, 100,000 USD by default. If it owes more, they can buy nothing.
func (s *Server) SetConsumptionQuota(amount decimal.Decimal) error {
	if err := checkSeedAmount("the consumption quota", amount); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.postpaid.quota = amount
	return nil
}

// Disassociate ends the association of a reseller customer, as the partner and
// the customer can agree on the console, and its budget with it. One that the
// partner froze must be unfrozen before.
func (s *Server) Disassociate(customerID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.existing(customerID)
	if err != nil {
		return err
	}
	switch {
	case !c.settledMonthly():
		return fmt.Errorf("huawei: ending an association: customer %s is no reseller customer", c.id)
	case c.frozen() && !c.freeze.overBudget:
		return errors.New("huawei: ending an association: the customer is frozen, unfreeze it first")
	}
	now := s.now()
	if b := s.state.budget(c.id); b != nil {
		s.recordBudget(c.reseller, b, budgetDeleted, bySystem, now)
		s.state.budgets = slices.DeleteFunc(s.state.budgets, func(other *budget) bool { return other == b })
	}
	c.association, c.associatedOn, c.freeze = "", time.Time{}, freeze{}
	c.conditions.AssociatedBefore = true
	s.record(Effect{Time: now, Operation: "Disassociate", CustomerID: c.id})
	return nil
}
