package huawei

import (
	"context"
	"fmt"
	"net/http"

	"github.com/shopspring/decimal"
)

// worldRoutes are the administration's routes that put things into the world.
func (s *Server) worldRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /_sim/orders":        adminAction(named("order_id", s.PlaceOrder)),
		"POST /_sim/quotas":        adminAction(named("quota_id", s.AddQuota)),
		"POST /_sim/coupons":       adminAction(named("coupon_id", s.GrantCoupon)),
		"POST /_sim/bills":         adminAction(s.addBills),
		"POST /_sim/bills/spoil":   adminAction(s.spoilBill),
		"DELETE /_sim/bills/spoil": adminCommand(s.MendBills),
		"POST /_sim/consumers":     adminAction(s.addConsumers),
		"PUT /_sim/balance":        adminAction(s.setBalance),
		"GET /_sim/check":          adminView(func() any { return map[string]any{"contradictions": list(s.Check())} }),
	}
}

// named answers the identifier of what was added under a name.
func named[In any](name string, add func(In) (string, error)) func(context.Context, In) (any, error) {
	return func(_ context.Context, in In) (any, error) {
		id, err := add(in)
		return map[string]any{name: id}, err
	}
}

type newBalance struct {
	CustomerID string          `json:"customer_id"` // empty: the partner
	Amount     decimal.Decimal `json:"amount"`
}

func (s *Server) setBalance(_ context.Context, in newBalance) (any, error) {
	if in.CustomerID == "" {
		return done(s.SetPartnerBalance(in.Amount))
	}
	return done(s.SetCash(in.CustomerID, in.Amount))
}

// SetPartnerBalance gives the partner that much to allocate, in the site's currency.
func (s *Server) SetPartnerBalance(amount decimal.Decimal) error {
	if err := checkSeedAmount("the partner's balance", amount); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.movePartner(amount.Sub(s.state.partner.balance), "", now)
	s.record(Effect{Time: now, Operation: "SetPartnerBalance", Amount: amount, Currency: s.currency()})
	return nil
}

// SetCash gives a customer that much cash, in the site's currency.
func (s *Server) SetCash(customerID string, amount decimal.Decimal) error {
	if err := checkSeedAmount("a customer's cash", amount); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.existing(customerID)
	if err != nil {
		return err
	}
	if c.settledMonthly() {
		return fmt.Errorf("huawei: setting cash: customer %s is a reseller customer, which has none", c.id)
	}
	now := s.now()
	s.move(c, amount.Sub(c.cash), "", now)
	s.record(Effect{Time: now, Operation: "SetCash", CustomerID: c.id, Amount: amount, Currency: s.currency()})
	return nil
}

func (s *Server) existing(customerID string) (*customer, error) {
	if c := s.state.customer(customerID); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("huawei: no customer %q", customerID)
}

// checkSeedAmount refuses what a balance cannot be.
func checkSeedAmount(what string, amount decimal.Decimal) error {
	if amount.IsNegative() || !amount.Equal(amount.Truncate(2)) {
		return fmt.Errorf("huawei: %s of %s is negative or has more than 2 decimals", what, amount)
	}
	return nil
}
