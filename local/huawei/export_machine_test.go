package huawei

import "github.com/shopspring/decimal"

// Accounts are the balances of all customers and resellers by their ids, and that
// of the partner under "".
func (s *Server) Accounts() map[string]decimal.Decimal {
	s.mu.Lock()
	defer s.mu.Unlock()
	accounts := map[string]decimal.Decimal{"": s.state.partner.balance}
	for _, r := range s.state.resellers {
		accounts[r.id] = r.balance
	}
	for _, c := range s.state.customers {
		accounts[c.id] = c.cash
	}
	return accounts
}

// Effects is how many effects the journal has.
func (s *Server) Effects() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.state.journal)
}
