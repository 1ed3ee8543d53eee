package huawei

import (
	"context"
	"net/http"
)

// PartnerState is what may be the matter with the partner itself, apart from its
// money. In the zero value nothing is.
type PartnerState struct {
	Sandbox               bool `json:"sandbox"`                // a test account: it registers nobody
	DistributorOnly       bool `json:"distributor_only"`       // it registers customers for its resellers alone
	Restricted            bool `json:"restricted"`             // its enterprise is: it registers nobody
	DistributorDelisted   bool `json:"distributor_delisted"`   // it is a reseller, and its distributor is no partner any more
	DistributorRestricted bool `json:"distributor_restricted"` // it is a reseller, and its distributor's enterprise is restricted
	UsesCoupons           bool `json:"uses_coupons"`           // it uses its coupons itself: it issues no vouchers
}

// SetPartnerState puts the partner into a state, which replaces the one it was
// in.
func (s *Server) SetPartnerState(p PartnerState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.partnerState = p
	s.record(Effect{Time: s.now(), Operation: "SetPartnerState"})
}

func (s *Server) partnerRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"PUT /_sim/partner": adminAction(func(_ context.Context, in PartnerState) (any, error) {
			s.SetPartnerState(in)
			return done(nil)
		}),
	}
}

// refuseRegistration says why the partner cannot register a customer, for itself
// or for a reseller.
func (p PartnerState) refuseRegistration(reseller string) error {
	switch {
	case p.Sandbox:
		return refuse(http.StatusBadRequest, "CBC.99005035", "This API cannot be used by a sandbox account.")
	case p.DistributorOnly && reseller == "":
		return refuse(http.StatusBadRequest, "CBC.50010059", "a distributor cannot associate a customer with itself")
	case p.DistributorDelisted:
		return refuse(http.StatusBadRequest, "CBC.50010065", "the distributor of this reseller has been delisted")
	case p.Restricted:
		return refuse(http.StatusBadRequest, "CBC.50010085", "the enterprise of the partner is restricted")
	case p.DistributorRestricted:
		return refuse(http.StatusBadRequest, "CBC.50010086", "the enterprise of this reseller's distributor is restricted")
	}
	return nil
}
