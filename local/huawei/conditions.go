package huawei

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Conditions are what may be the matter with a customer that no call of the API
// brings about. In the zero value nothing is.
type Conditions struct {
	OtherSite          bool     `json:"other_site"`          // it is a customer of another site
	FrozenByPartner    bool     `json:"frozen_by_partner"`   // it consumed more than the partner's budget: it cannot renew
	AssociatedBefore   bool     `json:"associated_before"`   // this is not the first time that it is the partner's customer
	CreditExpired      bool     `json:"credit_expired"`      // the credit that it could transfer to members has expired
	TransferUnfinished bool     `json:"transfer_unfinished"` // a transfer of a coupon to a member has not ended
	PaymentsPerDay     int      `json:"payments_per_day"`    // in days of GMT+8; 0: no limit
	PaymentInterval    Duration `json:"payment_interval"`    // the least time between two payments
}

// SetConditions puts a customer into a state, which replaces the one it was in.
// How many payments a day are too many, and how fast is too fast, is not
// published, so there are no such limits by default.
func (s *Server) SetConditions(customerID string, c Conditions) error {
	if c.PaymentsPerDay < 0 || c.PaymentInterval < 0 {
		return errors.New("huawei: setting conditions: a limit on payments is negative")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	customer, err := s.existing(customerID)
	if err != nil {
		return fmt.Errorf("huawei: setting conditions: %w", err)
	}
	customer.conditions = c
	s.record(Effect{Time: s.now(), Operation: "SetConditions", CustomerID: customer.id})
	return nil
}

type newConditions struct {
	CustomerID string `json:"customer_id"`
	Conditions
}

func (s *Server) conditionRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"PUT /_sim/conditions": adminAction(func(_ context.Context, in newConditions) (any, error) {
			return done(s.SetConditions(in.CustomerID, in.Conditions))
		}),
	}
}

// checkSite refuses customers of another site.
func (s *Server) checkSite(c caller) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if customer := s.state.customer(c.customer); customer != nil && customer.conditions.OtherSite {
		return refuse(http.StatusForbidden, "CBC.0156", "Access denied. The customer does not belong to the website you are now at.")
	}
	return nil
}

// refusePayment holds a payment against the customer's limits.
func (s *Server) refusePayment(customer *customer, now time.Time) error {
	limits := customer.conditions
	paid, last := s.state.payments(customer.id, now)
	switch {
	case limits.PaymentInterval > 0 && now.Sub(last) < time.Duration(limits.PaymentInterval):
		return refuse(http.StatusBadRequest, "CBC.99008040", "the operation is too frequent")
	case limits.PaymentsPerDay > 0 && paid >= limits.PaymentsPerDay:
		return refuse(http.StatusBadRequest, "CBC.99008056", "the number of transactions created today has reached its limit")
	}
	return nil
}

// payments counts the orders that a customer paid on the day of GMT+8, and tells
// when it last paid one. A combined order counts once.
func (s *state) payments(customerID string, now time.Time) (today int, last time.Time) {
	day := now.In(beijing).Format(time.DateOnly)
	for _, o := range s.orders {
		if o.customerID != customerID || o.combined != nil || o.paid.IsZero() {
			continue
		}
		if o.paid.In(beijing).Format(time.DateOnly) == day {
			today++
		}
		if o.paid.After(last) {
			last = o.paid
		}
	}
	return today, last
}
