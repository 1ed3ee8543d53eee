package huawei

import (
	"net/http"
	"time"
)

// Types of an unsubscription.
const (
	unsubscribeAll      = 1
	unsubscribeRenewals = 2 // only the renewals that have not begun
)

// unsubscribe ends resources, or their renewals, and gives back what is left of
// their price. The documented refusals have status 400, so one refused resource
// refuses the request and nothing ends; fail_resource_infos stays empty.
// https://support.huaweicloud.com/api-bpconsole/api_order_00019.html
func unsubscribe(s *Server, c *call) (any, error) {
	var request struct {
		ResourceIDs []string `json:"resource_ids"`
		Type        int      `json:"unsubscribe_type"`
	}
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	if repeated(request.ResourceIDs) {
		return nil, errParameter("resource_ids names a resource twice")
	}
	var resources []*resource
	for _, id := range request.ResourceIDs {
		r := s.state.subscriptions.resource(c.caller.customer, id)
		if err := s.refuseUnsubscribe(r, request.Type, c.now); err != nil {
			return nil, err
		}
		resources = append(resources, r)
	}
	ids := []string{}
	for _, r := range resources {
		ids = append(ids, s.endSubscription(r, request.Type, c).order.id)
	}
	return map[string]any{"order_ids": ids, "fail_resource_infos": []any{}}, nil
}

func (s *Server) refuseUnsubscribe(r *resource, kind int, now time.Time) error {
	if r == nil {
		return refuse(http.StatusBadRequest, "CBC.99003012", "the resource does not exist")
	}
	if r.status(now) == resourceClosed {
		return refuse(http.StatusBadRequest, "CBC.30000067", "unsubscription not supported: the resource has been deleted")
	}
	if !r.main() {
		return refuse(http.StatusBadRequest, "CBC.99003185", "the resource must be operated with its main resource")
	}
	if err := r.forbidden(unsubscribeAct(kind)); err != nil {
		return err
	}
	if o := s.state.subscriptions.unfinished(r); o != nil {
		return refuseUnfinished(o, "CBC.99003651")
	}
	if r.status(now) == resourceFrozen {
		return refuse(http.StatusBadRequest, "CBC.99003656", "the resource is frozen")
	}
	if kind == unsubscribeRenewals && r.renewalsFrom(now) == len(r.terms) {
		return refuse(http.StatusBadRequest, "CBC.99003128", "the resource has no renewed period, or it has begun")
	}
	return nil
}

func unsubscribeAct(kind int) string {
	if kind == unsubscribeRenewals {
		return actUnsubscribeTerms
	}
	return actUnsubscribe
}

// renewalsFrom is the number of the first renewal that has not begun.
func (r *resource) renewalsFrom(now time.Time) int {
	for i, t := range r.terms {
		if i > 0 && t.from.After(now) {
			return i
		}
	}
	return len(r.terms)
}

func (s *Server) endSubscription(r *resource, kind int, c *call) *refund {
	if kind == unsubscribeRenewals {
		from := r.renewalsFrom(c.now)
		f := s.refund(r, r.terms[from:], false, orderRefund, c)
		r.terms, r.updated = r.terms[:from:from], c.now
		return f
	}
	f := s.refund(r, r.terms, s.unconditional(r, c.now), orderRefund, c)
	r.closed, r.updated = c.now, c.now
	return f
}

// A customer may end ten new resources within five days each for nothing. That
// the number never starts again is how the documentation reads.
const (
	unconditionalTime  = 5 * 24 * time.Hour
	unconditionalTimes = 10
)

// unconditional reports whether ending the resource costs nothing because it is
// new. One that has not begun costs nothing anyway and does not count.
func (s *Server) unconditional(r *resource, now time.Time) bool {
	used := 0
	for _, f := range s.state.subscriptions.refunds {
		if f.unconditional && f.order.customerID == r.customerID() {
			used++
		}
	}
	bought := r.terms[0]
	return used < unconditionalTimes && !now.Before(bought.from) && now.Before(bought.to) &&
		now.Before(bought.from.Add(unconditionalTime))
}
