package huawei

import (
	"net/http"
	"time"
)

// States of a customer's real-name authentication.
const (
	realNameNone      = -1
	realNameReviewing = 0
	realNameRejected  = 1
	realNameVerified  = 2
)

// What a customer is authenticated as.
const (
	kindNone       = -1
	kindPersonal   = 0
	kindEnterprise = 1
)

// realName is what a customer has done about its real name.
type realName struct {
	applications []realNameApplication // in the order of their submission
	attempts     int                   // submissions that reached the verification
}

// realNameApplication is a submission that was accepted for review. Its outcome
// is certain from the beginning and known from decidedOn on.
type realNameApplication struct {
	kind      int // kindPersonal or kindEnterprise
	name      string
	number    string // of the certificate
	decidedOn time.Time
	opinion   string // why it is rejected; empty if it passes
}

// verification is the state of a customer's real name at one instant.
type verification struct {
	status int
	kind   int
	name   string // of a verified customer
}

func realNameOperations() map[string]operation {
	return map[string]operation{
		"CreatePersonalRealnameAuth":             authenticatePerson,
		"CreateEnterpriseRealnameAuthentication": authenticateEnterprise,
		"ChangeEnterpriseRealnameAuthentication": changeToEnterprise,
		"ShowRealnameAuthenticationReviewResult": showReviewResult,
		"ShowRealNameAuthStatus":                 showRealNameStatus,
		"ShowRealNameAuthQrCode":                 showRealNameQRCode,
	}
}

func (a realNameApplication) result(now time.Time) int {
	switch {
	case now.Before(a.decidedOn):
		return realNameReviewing
	case a.opinion != "":
		return realNameRejected
	}
	return realNameVerified
}

// verification tells how far the customer is. A person who wants to become an
// enterprise remains verified as a person until the change has passed.
func (c *customer) verification(now time.Time) verification {
	v := verification{status: realNameNone, kind: kindNone}
	if c.name != "" { // known from the beginning
		v = verification{realNameVerified, kindEnterprise, c.name}
	}
	for _, a := range c.realName.applications {
		switch result := a.result(now); {
		case result == realNameVerified:
			v = verification{realNameVerified, a.kind, a.name}
		case v.status != realNameVerified:
			v = verification{status: result, kind: a.kind}
		}
	}
	return v
}

// lastApplication is what the customer submitted last; false if nothing.
func (c *customer) lastApplication() (realNameApplication, bool) {
	all := c.realName.applications
	if len(all) == 0 {
		return realNameApplication{}, false
	}
	return all[len(all)-1], true
}

func (c *customer) underReview(now time.Time) bool {
	last, ok := c.lastApplication()
	return ok && last.result(now) == realNameReviewing
}

// showReviewResult answers nothing for a customer for whom nothing was
// submitted. For somebody else's customer no code is documented.
// https://support.huaweicloud.com/api-bpconsole/mc_00020.html
func showReviewResult(s *Server, c *call) (any, error) {
	customer := s.state.customer(c.query.Get("customer_id"))
	if customer == nil || !c.serves(customer) {
		return nil, errParameter("customer_id: not a sub-customer of the partner")
	}
	out := map[string]any{}
	if last, ok := customer.lastApplication(); ok {
		out["review_result"] = last.result(c.now)
		if last.result(c.now) == realNameRejected {
			out["opinion"] = last.opinion
		}
	}
	return out, nil
}

// showRealNameStatus answers the customer who calls.
// https://support.huaweicloud.com/api-oce/mac_00006.html
func showRealNameStatus(s *Server, c *call) (any, error) {
	v := s.state.customer(c.caller.customer).verification(c.now)
	out := map[string]any{"verified_status": v.status}
	if v.status != realNameNone {
		out["verified_type"] = v.kind
	}
	return out, nil
}

// realNameCustomer finds the customer for whom something is submitted. A
// reseller's customer is the reseller's to authenticate, not the distributor's.
func (s *Server) realNameCustomer(id string, now time.Time) (*customer, error) {
	customer := s.state.customer(id)
	switch {
	case customer == nil || !customer.associated(now):
		return nil, refuse(http.StatusBadRequest, "CBC.99000035", "the customer is not a sub-customer of the partner")
	case customer.reseller != "":
		return nil, refuse(http.StatusBadRequest, "CBC.99000000", "no right to operate on this customer")
	}
	return customer, nil
}
