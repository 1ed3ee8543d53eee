package huawei

import (
	"time"

	"github.com/shopspring/decimal"
)

// moveOf changes the balance of that reseller, or of the partner where the id is
// empty.
func (s *Server) moveOf(resellerID string, change decimal.Decimal, reference string, now time.Time) {
	r := s.state.reseller(resellerID)
	if r == nil {
		s.movePartner(change, reference, now)
		return
	}
	r.balance = r.balance.Add(change)
	s.state.entries = append(s.state.entries, accountEntry{now, r.id, change, r.balance, reference})
}

// balanceOf is what that reseller, or the partner where the id is empty, can
// allocate.
func (s *state) balanceOf(resellerID string) decimal.Decimal {
	if r := s.reseller(resellerID); r != nil {
		return r.balance
	}
	return s.partner.balance
}

type resellerTransfer struct {
	ResellerID string          `json:"indirect_partner_id"`
	Amount     decimal.Decimal `json:"amount"`
}

// resellerTransfer reads an allocation to a reseller or a reclaim from one.
func (s *Server) resellerTransfer(c *call) (*reseller, decimal.Decimal, error) {
	var t resellerTransfer
	if err := c.decode(&t); err != nil {
		return nil, decimal.Zero, err
	}
	if err := checkAmount("amount", t.Amount); err != nil {
		return nil, decimal.Zero, err
	}
	r := s.state.reseller(t.ResellerID)
	if r == nil {
		return nil, decimal.Zero, errReseller()
	}
	return r, t.Amount, nil
}

// allocateToReseller moves money from the distributor's balance to a reseller's.
// Sent twice, it moves the money twice.
// https://support.huaweicloud.com/api-bpconsole/espp_00001.html
func allocateToReseller(s *Server, c *call) (any, error) {
	r, amount, err := s.resellerTransfer(c)
	if err != nil {
		return nil, err
	}
	if amount.GreaterThan(s.state.partner.balance) {
		return nil, errInsufficient()
	}
	id := s.newAllocationID()
	s.movePartner(amount.Neg(), id, c.now)
	s.moveOf(r.id, amount, id, c.now)
	s.recordAdjust(c, adjustRecord{id: id, operation: adjustAllocate, receiver: r.receiver(), amount: amount, time: c.now})
	return map[string]any{"transfer_id": id}, nil
}

// reclaimFromReseller moves money of a reseller back to the distributor.
func reclaimFromReseller(s *Server, c *call) (any, error) {
	r, amount, err := s.resellerTransfer(c)
	if err != nil {
		return nil, err
	}
	if amount.GreaterThan(r.balance) {
		return nil, errInsufficient()
	}
	id := s.newReclaimID()
	s.moveOf(r.id, amount.Neg(), id, c.now)
	s.movePartner(amount, id, c.now)
	s.recordAdjust(c, adjustRecord{id: id, operation: adjustReclaim, receiver: r.receiver(), amount: amount, time: c.now})
	return map[string]any{"trans_id": id}, nil
}

func (r *reseller) receiver() receiver { return receiver{r.id, r.accountName} }

func (c *customer) receiver() receiver { return receiver{c.id, c.accountName} }
