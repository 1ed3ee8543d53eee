package huawei

import (
	"net/http"
	"time"
)

type onDemandRequest struct {
	Operation   string   `json:"operation"`
	ResourceIDs []string `json:"resource_ids"`
}

// Results of a conversion.
const (
	conversionDone   = "SUCCESS"
	conversionFailed = "FAIL"
)

type resourceError struct {
	Code    string `json:"error_code"`
	Message string `json:"error_msg"`
	ID      string `json:"id"`
}

// scheduleOnDemand lets resources be charged on demand once they expire, or no
// longer. Only an expired resource is refused alone, in an answer of status 200:
// the other codes are documented with status 400, and refuse the request.
// https://support.huaweicloud.com/api-bpconsole/api_order_00024.html
func scheduleOnDemand(s *Server, c *call) (any, error) {
	var request onDemandRequest
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	if request.Operation != "SET_UP" && request.Operation != "CANCEL" {
		return nil, errParameter("operation is neither SET_UP nor CANCEL")
	}
	failed, resources := []resourceError{}, []*resource{}
	for _, id := range request.ResourceIDs {
		r := s.state.subscriptions.resource(c.caller.customer, id)
		switch err := s.refuseOnDemand(r, c); {
		case err == nil:
			resources = append(resources, r)
		case err.status == http.StatusOK:
			failed = append(failed, resourceError{err.code, err.message, id})
		default:
			return nil, err
		}
	}
	for _, r := range resources {
		r.schedule(request.Operation == "SET_UP", c.now)
		s.record(c.effect(c.caller.customer, r.id))
	}
	return map[string]any{"error_details": failed}, nil
}

// schedule takes the place of an automatic renewal. Cancelling what was not set
// changes nothing.
func (r *resource) schedule(onDemand bool, now time.Time) {
	if onDemand {
		r.endAutoRenewal(now)
		r.policy = expiryOnDemand
	} else if r.policy == expiryOnDemand {
		r.policy, r.updated = expiryGrace, now
	}
}

func (s *Server) refuseOnDemand(r *resource, c *call) *apiError {
	if r == nil || r.status(c.now) == resourceClosed {
		return refuse(http.StatusBadRequest, "CBC.99003012", "the resource does not exist")
	}
	if !r.main() || !onDemandService(r.kind.service.code) {
		return refuse(http.StatusBadRequest, "CBC.99003609", "the type of the resource does not allow it")
	}
	if err := r.forbidden(actOnDemand); err != nil {
		return err
	}
	if s.state.customer(c.caller.customer).frozen() {
		return refuse(http.StatusBadRequest, "CBC.99003626", "the account is frozen")
	}
	if s.state.subscriptions.unfinished(r) != nil {
		return refuse(http.StatusBadRequest, "CBC.99003623", "another transaction of the resource is in progress")
	}
	if r.status(c.now) != resourceInUse {
		return refuse(http.StatusOK, "CBC.99003610", "the resource is in the grace or retention period")
	}
	return nil
}

// onDemandService: what is bought for a term only cannot be charged on demand.
func onDemandService(code string) bool { return code != "hws.service.type.domains" }

type conversionResult struct {
	ResourceID string `json:"resource_id"`
	Result     string `json:"result"`
	Code       string `json:"error_code,omitempty"`
	Message    string `json:"error_msg,omitempty"`
	OrderID    string `json:"order_id,omitempty"`
}

// convertInstantly charges resources on demand from now on, and gives back what
// an unsubscription would that is not unconditional: neither the amount nor the
// codes are documented. Each resource has a result of its own.
// https://support.huaweicloud.com/api-oce/api_order_00032.html
func convertInstantly(s *Server, c *call) (any, error) {
	var request onDemandRequest
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	if repeated(request.ResourceIDs) {
		return nil, errParameter("resource_ids names a resource twice")
	}
	results := []conversionResult{}
	for _, id := range request.ResourceIDs {
		r := s.state.subscriptions.resource(c.caller.customer, id)
		if err := s.refuseOnDemand(r, c); err != nil {
			results = append(results, conversionResult{ResourceID: id, Result: conversionFailed, Code: err.code, Message: err.message})
			continue
		}
		f := s.refund(r, r.terms, false, orderToOnDemand, c)
		s.convert(r, c.now)
		results = append(results, conversionResult{ResourceID: id, Result: conversionDone, OrderID: f.order.id})
	}
	return map[string]any{"to_ondemand_service_results": results}, nil
}

// convertExpired charges on demand what has expired and was scheduled for it. A
// renewal that is paid already comes first; one that is not is cancelled.
func (s *Server) convertExpired(now time.Time) {
	b := &s.state.subscriptions
	for _, r := range b.resources {
		if !r.main() || r.policy != expiryOnDemand || !r.closed.IsZero() || now.Before(r.expires()) {
			continue
		}
		o := b.unfinished(r)
		if o != nil && o.status != OrderPendingPayment {
			continue
		}
		s.convert(r, r.expires())
		s.settleRenewals(now)
	}
}

// convert closes a resource and what belongs to it, and goes on with the same
// ids on demand.
func (s *Server) convert(r *resource, at time.Time) {
	r.closed, r.updated = at, at
	b := &s.state.subscriptions
	for _, part := range b.resources {
		if part.root == r {
			b.onDemand = append(b.onDemand, part.onDemand(at))
		}
	}
}

func (r *resource) onDemand(from time.Time) *onDemandResource {
	d := &onDemandResource{
		id: r.id, name: r.name(), customerID: r.customerID(), region: regions[0].code, kind: r.kind, effective: from,
	}
	if r.main() {
		d.product, d.spec = r.order.product, r.specCode()
	}
	return d
}
