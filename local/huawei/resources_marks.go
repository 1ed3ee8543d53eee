package huawei

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// Mark is something about a yearly/monthly resource that forbids an operation
// with it.
type Mark string

// The marks of a resource.
const (
	MarkSavingsPlan      Mark = "savings-plan"
	MarkInvoiced         Mark = "invoiced"
	MarkPackage          Mark = "package" // a resource package
	MarkTrial            Mark = "trial"
	MarkKooGallery       Mark = "koogallery" // a service of the marketplace
	MarkDevCloud         Mark = "devcloud-package"
	MarkBandwidthAddOn   Mark = "bandwidth-add-on" // an add-on package exists
	MarkNotRenewable     Mark = "not-renewable"
	MarkBundle           Mark = "bundle"           // bought in a promotion of several, renewed as a whole
	MarkStrictSelection  Mark = "strict-selection" // a product of that programme
	MarkSolution         Mark = "solution"         // part of a solution
	MarkFrozenForBreach  Mark = "frozen-violation" // frozen for a violation
	MarkFrozenBySecurity Mark = "frozen-police"    // frozen by the public security
)

// What a mark may forbid.
const (
	actRenew            = "renew"
	actRate             = "renew-rate"
	actUnsubscribe      = "unsubscribe"
	actUnsubscribeTerms = "unsubscribe-renewals"
	actOnDemand         = "to-on-demand"
)

// markRefusals are the refusals by mark and by what is tried. That the code of a
// price query also refuses the renewal is an assumption: the page of renewals
// has none for a product that cannot be renewed.
var markRefusals = map[Mark]map[string]*apiError{
	MarkSavingsPlan:    {actUnsubscribe: refuse(http.StatusBadRequest, "CBC.30000053", "a savings plan cannot be unsubscribed")},
	MarkInvoiced:       {actUnsubscribe: refuse(http.StatusBadRequest, "CBC.99003643", "the resource has been invoiced")},
	MarkTrial:          {actUnsubscribe: refuse(http.StatusBadRequest, "CBC.99003649", "a trial resource cannot be unsubscribed")},
	MarkKooGallery:     {actUnsubscribe: refuse(http.StatusBadRequest, "CBC.99003650", "a KooGallery service cannot be unsubscribed")},
	MarkDevCloud:       {actUnsubscribe: refuse(http.StatusBadRequest, "CBC.99003652", "a DevCloud package cannot be unsubscribed")},
	MarkBandwidthAddOn: {actUnsubscribeTerms: refuse(http.StatusBadRequest, "CBC.99003654", "a bandwidth add-on package exists")},
	MarkBundle:         {actRenew: refuse(http.StatusBadRequest, "CBC.99003634", "the resource is part of a package promotion, which is renewed as a whole")},
	MarkPackage: {
		actUnsubscribe: refuse(http.StatusBadRequest, "CBC.99003647", "a resource package cannot be unsubscribed"),
		actOnDemand:    refuse(http.StatusBadRequest, "CBC.99003611", "a resource package cannot be charged on demand"),
	},
	MarkNotRenewable: {
		actRate:  refuse(http.StatusOK, "CBC.30050013", "the product cannot be renewed"),
		actRenew: refuse(http.StatusBadRequest, "CBC.30050013", "the product cannot be renewed"),
	},
	MarkStrictSelection:  {actOnDemand: refuse(http.StatusBadRequest, "CBC.99003608", "a strict-selection product cannot be charged on demand")},
	MarkSolution:         {actOnDemand: refuse(http.StatusBadRequest, "CBC.99003622", "a product of a solution cannot be charged on demand")},
	MarkFrozenForBreach:  {actOnDemand: refuse(http.StatusBadRequest, "CBC.99003624", "the resource is frozen for a violation")},
	MarkFrozenBySecurity: {actOnDemand: refuse(http.StatusBadRequest, "CBC.99003625", "the resource is frozen by the public security")},
}

// MarkResource marks a yearly/monthly resource of any customer.
func (s *Server) MarkResource(resourceID string, m Mark) error {
	if _, ok := markRefusals[m]; !ok {
		return fmt.Errorf("huawei: marking a resource: %q is none of %q", m, slices.Sorted(maps.Keys(markRefusals)))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.settleResources(now) // it may have been delivered since the last call
	i := slices.IndexFunc(s.state.subscriptions.resources, func(r *resource) bool { return r.id == resourceID })
	if i < 0 {
		return fmt.Errorf("huawei: marking a resource: there is no resource %q", resourceID)
	}
	r := s.state.subscriptions.resources[i]
	r.marks = append(r.marks, m)
	s.record(Effect{Time: now, Operation: "MarkResource", CustomerID: r.customerID(), Reference: r.id})
	return nil
}

type newMark struct {
	ResourceID string `json:"resource_id"`
	Mark       Mark   `json:"mark"`
}

func (s *Server) markRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /_sim/resources/mark": adminAction(func(_ context.Context, in newMark) (any, error) {
			return done(s.MarkResource(in.ResourceID, in.Mark))
		}),
	}
}

// forbidden finds the refusal of the first mark that forbids it; nil if none
// does.
func (r *resource) forbidden(act string) *apiError {
	for _, m := range r.marks {
		if refusal := markRefusals[m][act]; refusal != nil {
			return refusal
		}
	}
	return nil
}
