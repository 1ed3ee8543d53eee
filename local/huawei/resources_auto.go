package huawei

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// unlimited is the number of automatic renewals that never ends.
const unlimited = -1

// autoRenewal is how a resource is renewed by itself.
type autoRenewal struct {
	left   int // renewals; zero: none, the resource is not renewed by itself
	period int // PeriodMonth or PeriodYear, one at a time
	tried  time.Time
}

// renewConfig is what a customer sets for all of its resources.
type renewConfig struct {
	deductionDays int // before the expiry; zero: as by default
	expiryDay     int // of the month in GMT+8; lastDay: its last one; zero: none
}

const (
	standardDeductionDays = 7
	deductionHour         = 3 // GMT+8
	lastDay               = -1
)

// startAutoRenewal lets a resource, and with it what belongs to its main
// resource, be renewed by itself. Where it already is, only the number of
// renewals can be set anew, and without that number nothing happens.
// https://support.huaweicloud.com/api-bpconsole/api_order_00022.html
func startAutoRenewal(s *Server, c *call) (any, error) {
	var request struct {
		Times      *int   `json:"auto_renew_times"`
		PeriodType string `json:"period_type"`
	}
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	m, err := s.autoRenewable(c)
	if err != nil {
		return nil, err
	}
	period, err := m.autoPeriod(request.PeriodType)
	if err != nil {
		return nil, err
	}
	if m.auto.left != 0 && request.Times == nil {
		return nil, nil
	}
	m.policy, m.auto = expiryRenewal, autoRenewal{left: unlimited, period: period, tried: c.now}
	if request.Times != nil && *request.Times > 0 {
		m.auto.left = *request.Times
	}
	m.updated = c.now
	s.record(c.effect(c.caller.customer, m.id))
	return nil, nil
}

// autoRenewable finds the main resource of the one in the path. A customer whom
// the partner has frozen cannot start automatic renewals; the code for it is an
// assumption.
func (s *Server) autoRenewable(c *call) (*resource, error) {
	r, err := s.openResource(c, c.path["resource_id"])
	if err != nil {
		return nil, err
	}
	if r.status(c.now) != resourceInUse || s.state.customer(c.caller.customer).frozen() {
		return nil, refuse(http.StatusBadRequest, "CBC.99003602", "the resource or the customer is expired or frozen")
	}
	return r.root, nil
}

// openResource finds a resource of the caller that is not closed.
func (s *Server) openResource(c *call, id string) (*resource, error) {
	r := s.state.subscriptions.resource(c.caller.customer, id)
	if r == nil || r.status(c.now) == resourceClosed {
		return nil, refuse(http.StatusBadRequest, "CBC.99003012", "the resource does not exist: "+id)
	}
	return r, nil
}

// autoPeriod is the period that is named, or else that of the resource's last
// order.
func (r *resource) autoPeriod(name string) (int, error) {
	switch name {
	case "MONTH":
		return PeriodMonth, nil
	case "YEAR":
		return PeriodYear, nil
	case "":
		return r.terms[len(r.terms)-1].order.periodType, nil
	}
	return 0, errParameter("period_type is neither MONTH nor YEAR")
}

// endAutoRenewal ends what startAutoRenewal started.
// https://support.huaweicloud.com/api-bpconsole/api_order_00023.html
func endAutoRenewal(s *Server, c *call) (any, error) {
	r, err := s.openResource(c, c.path["resource_id"])
	if err != nil {
		return nil, err
	}
	if r.root.auto.left == 0 {
		return nil, refuse(http.StatusBadRequest, "CBC.99003605", "the automatic renewal has already been cancelled")
	}
	r.root.endAutoRenewal(c.now)
	s.record(c.effect(c.caller.customer, r.root.id))
	return nil, nil
}

func (r *resource) endAutoRenewal(now time.Time) {
	r.policy, r.auto, r.updated = expiryGrace, autoRenewal{}, now
}

// configureRenewals sets how all resources of the customer are renewed:
// DEDUCTION_DATE, 2 to 7 days before they expire, or EXPIRE_DATE, the day of the
// month (1 to 28, or -1 for the last) on which renewed resources expire.
// https://support.huaweicloud.com/api-oce/api_order_00031.html
func configureRenewals(s *Server, c *call) (any, error) {
	var r struct {
		Name  string `json:"config_name"`
		Value string `json:"config_value"`
	}
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	b, customerID := &s.state.subscriptions, c.caller.customer
	config, err := b.configs[customerID].with(r.Name, r.Value)
	if err != nil {
		return nil, errParameter(err.Error())
	}
	if b.configs == nil {
		b.configs = map[string]renewConfig{}
	}
	b.configs[customerID] = config
	s.record(c.effect(customerID, r.Name+"="+r.Value))
	return map[string]any{"error_code": "CBC.0000", "error_msg": "success"}, nil
}

func (rc renewConfig) with(name, value string) (renewConfig, error) {
	n, err := strconv.Atoi(value)
	plain := err == nil && strconv.Itoa(n) == value
	switch {
	case name == "DEDUCTION_DATE" && plain && 2 <= n && n <= 7:
		rc.deductionDays = n
	case name == "EXPIRE_DATE" && plain && (1 <= n && n <= 28 || n == lastDay):
		rc.expiryDay = n
	default:
		return rc, errors.New("the setting is neither DEDUCTION_DATE with 2 to 7 nor EXPIRE_DATE with 1 to 28 or -1")
	}
	return rc, nil
}

// postponed moves an expiry to the common expiry day that comes next, and says by
// how many days. A resource never expires earlier for it.
func (rc renewConfig) postponed(to time.Time) (time.Time, int) {
	for days := 0; ; days++ {
		moved := to.AddDate(0, 0, days)
		if rc.allows(moved.In(beijing)) {
			return moved, days
		}
	}
}

func (rc renewConfig) allows(t time.Time) bool {
	switch rc.expiryDay {
	case 0:
		return true
	case lastDay:
		return t.AddDate(0, 0, 1).Day() == 1
	}
	return t.Day() == rc.expiryDay
}

// renewNext makes the automatic renewal that is due first, and reports whether
// there was one.
func (s *Server) renewNext(now time.Time) bool {
	var next *resource
	var first time.Time
	for _, r := range s.state.subscriptions.resources {
		if at, due := s.nextDeduction(r, now); due && (next == nil || at.Before(first)) {
			next, first = r, at
		}
	}
	if next == nil {
		return false
	}
	if !s.renewItself(next, first) {
		next.auto.tried = now // nothing that a later try needs has come by since
	}
	return true
}

// nextDeduction is when the resource's renewal is tried next: every day at 03:00
// from some days before it expires until it is deleted, after all that has
// happened so far.
func (s *Server) nextDeduction(r *resource, now time.Time) (time.Time, bool) {
	if !r.main() || r.auto.left == 0 || !r.closed.IsZero() || s.state.subscriptions.unfinished(r) != nil {
		return time.Time{}, false
	}
	b := &s.state.subscriptions
	days := cmp.Or(b.configs[r.customerID()].deductionDays, standardDeductionDays)
	at, last := deductionOn(r.expires(), -days), b.settled
	if r.auto.tried.After(last) {
		last = r.auto.tried
	}
	if !at.After(last) {
		at = deductionOn(last, 0)
	}
	if !at.After(last) {
		at = deductionOn(last, 1)
	}
	return at, !at.After(now) && at.Before(r.released())
}

// deductionOn is the time of deduction so many days after a day.
func deductionOn(day time.Time, later int) time.Time {
	y, m, d := day.In(beijing).Date()
	return time.Date(y, m, d+later, deductionHour, 0, 0, 0, beijing).UTC()
}

// renewItself places and pays the order of an automatic renewal, if the customer
// can pay it. No order is left behind otherwise.
func (s *Server) renewItself(r *resource, at time.Time) bool {
	customer := s.state.customer(r.customerID())
	o, to := s.draftRenewal(r, r.auto.period, 1, at)
	p, err := s.automaticPlan(o, at)
	if err != nil || customer.frozen() || s.refuseSpending(customer, at) != nil || !customer.affords(p.cash()) {
		return false
	}
	s.placeRenewal(r, o, to)
	s.payItself(o, p, at, Effect{Time: at, Operation: "AutoRenewal", CustomerID: customer.id, Reference: o.id})
	r.auto.tried = at
	if r.auto.left > 0 {
		r.auto.left--
	}
	if r.auto.left == 0 {
		r.policy = expiryGrace
	}
	return true
}
