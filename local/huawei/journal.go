package huawei

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Effect is one change that the simulated Huawei Cloud made: what a test counts
// to prove that something happened once.
type Effect struct {
	Time       time.Time       `json:"time"`      // simulated instant, UTC
	Operation  string          `json:"operation"` // operationId of the contract, or a name such as "Bind"
	CustomerID string          `json:"customer_id,omitempty"`
	Amount     decimal.Decimal `json:"amount"`             // zero where no money moved
	Currency   string          `json:"currency,omitempty"` // empty where no money moved
	Reference  string          `json:"reference,omitempty"`
	RequestID  string          `json:"request_id,omitempty"` // empty for changes by the administration
}

// Journal returns the effects so far, oldest first.
func (s *Server) Journal() []Effect {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.state.journal)
}

// record adds an effect to the journal. The server's lock must be held.
func (s *Server) record(e Effect) { s.state.journal = append(s.state.journal, e) }

// effect is the journal entry of this call, to be completed with an amount and
// its currency where money moves.
func (c *call) effect(customerID, reference string) Effect {
	return Effect{
		Time:       c.now,
		Operation:  c.operation,
		CustomerID: customerID,
		Reference:  reference,
		RequestID:  c.requestID,
	}
}
