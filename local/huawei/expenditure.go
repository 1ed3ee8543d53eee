package huawei

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"
)

// showExpenditureQuota answers how much a customer that settles by the month may
// spend in one, and what it has spent of that at its own prices. A reseller
// customer has no such quota, and nothing is answered.
// https://support.huaweicloud.com/intl/en-us/api-oce/mac_00004.html
func showExpenditureQuota(s *Server, c *call) (any, error) {
	customer := s.state.customer(c.caller.customer)
	if customer.settledMonthly() {
		return map[string]any{}, nil
	}
	used, share := decimal.Zero, decimal.Zero
	if b := s.state.billsOf(cycleOf(c.now), customer.id); b != nil {
		for _, f := range b.all() {
			used = used.Add(f.Payment.decimal())
		}
	}
	if customer.expenditure.IsPositive() {
		share = used.DivRound(customer.expenditure, 2)
	}
	return map[string]any{
		"granting_amount": money(customer.expenditure), "granting_amount_used": money(used),
		"percentage_granting_amount_used": money(share), "measure_id": measureYuan, "currency": s.currency(),
	}, nil
}

type newExpenditureQuota struct {
	CustomerID string          `json:"customer_id"`
	Amount     decimal.Decimal `json:"amount"`
}

func (s *Server) setExpenditureQuota(_ context.Context, in newExpenditureQuota) (any, error) {
	return done(s.SetExpenditureQuota(in.CustomerID, in.Amount))
}

// SetExpenditureQuota sets how much a customer may spend in a month. It is shown,
// and holds nobody up.
func (s *Server) SetExpenditureQuota(customerID string, amount decimal.Decimal) error {
	if err := checkSeedAmount("an expenditure quota", amount); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.existing(customerID)
	if err != nil {
		return err
	}
	if c.settledMonthly() {
		return fmt.Errorf("huawei: setting an expenditure quota: customer %s is a reseller customer, which has none", c.id)
	}
	c.expenditure = amount
	return nil
}
