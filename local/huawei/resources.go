package huawei

import (
	"cmp"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"time"
)

// States of a yearly/monthly resource.
const (
	resourceInUse   = 2
	resourceClosed  = 3
	resourceFrozen  = 4 // in the retention period
	resourceExpired = 5 // in the grace period
)

// What becomes of a resource that expires (expire_policy).
const (
	expiryGrace    = 0
	expiryOnDemand = 1
	expiryRenewal  = 3
)

// How long an expired resource can still be renewed. The lengths depend on the
// customer's level in a table that is not published: these are choices.
const (
	graceTime     = 7 * 24 * time.Hour
	retentionTime = 15 * 24 * time.Hour
)

// subscriptions is what is known of yearly/monthly resources, and of those that
// are charged on demand.
type subscriptions struct {
	resources []*resource     // in the order of their delivery
	delivered map[string]bool // orders whose resources exist
	renewals  []*renewal      // whose orders are neither completed nor cancelled
	refunds   []*refund
	onDemand  []*onDemandResource
	configs   map[string]renewConfig // by customer
	settled   time.Time              // until when time has taken its effect
}

// resource is a yearly/monthly resource. A main resource has the terms, and what
// belongs to it begins, expires and ends with it.
type resource struct {
	id       string
	instance string // the id that the order gave it before it was delivered
	order    *order // that bought it
	kind     resourceKind
	root     *resource // its main resource, which may be itself
	terms    []term    // without gaps; of a main resource
	policy   int       // expiryGrace and so on; of a main resource
	auto     autoRenewal
	closed   time.Time // unsubscribed or converted; of a main resource
	marks    []Mark
	updated  time.Time
}

// term is a time that an order paid for.
type term struct {
	order    *order
	from, to time.Time
}

func subscriptionOperations() map[string]operation {
	return map[string]operation{
		"ListPayPerUseCustomerResources":  listResources,
		"RenewalResources":                renewResources,
		"ListRenewRateOnPeriod":           rateRenewals,
		"CancelResourcesSubscription":     unsubscribe,
		"ShowRefundOrderDetails":          showRefund,
		"AutoRenewalResources":            startAutoRenewal,
		"CancelAutoRenewalResources":      endAutoRenewal,
		"SetResourcesRenewConfig":         configureRenewals,
		"UpdatePeriodToOnDemand":          scheduleOnDemand,
		"UpdatePeriodToOnDemandInstantly": convertInstantly,
		"ListCustomerOnDemandResources":   listOnDemandResources,
	}
}

// settleResources lets time take its effect on orders, coupons and resources. One
// automatic renewal may be followed by others, each after what it changed.
func (s *Server) settleResources(now time.Time) {
	for again := true; again; again = s.renewNext(now) {
		s.settle(now)
		s.deliverResources()
		s.settleRenewals(now)
		s.convertExpired(now)
	}
	s.state.subscriptions.settled = now
}

// deliverResources makes the resources of new purchases that are completed.
func (s *Server) deliverResources() {
	b := &s.state.subscriptions
	if b.delivered == nil {
		b.delivered = map[string]bool{}
	}
	for _, o := range s.state.orders {
		if o.deliversResources() && !b.delivered[o.id] {
			b.delivered[o.id] = true
			b.resources = append(b.resources, s.resourcesOf(o)...)
		}
	}
}

func (o *order) deliversResources() bool {
	periodical := o.periodType == PeriodMonth || o.periodType == PeriodYear
	return o.kind == orderPurchase && o.status == OrderCompleted && len(o.members) == 0 && periodical && o.periodNum > 0
}

// Types of an order.
const (
	orderPurchase   = 1
	orderRenewal    = 2
	orderRefund     = 4
	orderToOnDemand = 10
)

// resourcesOf makes what the order bought, the main resource first.
func (s *Server) resourcesOf(o *order) []*resource {
	from, to := o.term()
	var made []*resource
	for _, kind := range kindsOf(o.service) {
		random := s.resourceRandom(o.id + kind.code)
		r := &resource{
			id: newUUID(random), instance: newUUID(random),
			order: o, kind: kind, updated: o.completed,
		}
		made = append(made, r)
		r.root = made[0]
	}
	made[0].terms = []term{{o, from, to}}
	return made
}

// resourceRandom draws the ids of resources. Each follows from its order alone,
// so that it does not matter when somebody first looks at it.
func (s *Server) resourceRandom(of string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(of))
	return newRandom(s.seed, h.Sum64())
}

func newUUID(r *rand.Rand) string {
	var groups []string
	for _, n := range []int{8, 4, 4, 4, 12} {
		groups = append(groups, pick(r, hexadecimals, n))
	}
	return strings.Join(groups, "-")
}

// resourceKind is a resource type, with the service that it belongs to.
type resourceKind struct {
	service service
	code    string
	name    string
}

// resourceParts are the resources of a product by its service, the main one
// first: a server comes with its system disk, an address with its bandwidth.
var resourceParts = []struct{ service, partOf, code, name string }{
	{"hws.service.type.ec2", "hws.service.type.ec2", "hws.resource.type.vm", "云主机"},
	{"hws.service.type.ec2", "hws.service.type.ebs", "hws.resource.type.volume", "云硬盘"},
	{"hws.service.type.ebs", "hws.service.type.ebs", "hws.resource.type.volume", "云硬盘"},
	{"hws.service.type.vpc", "hws.service.type.vpc", "hws.resource.type.ip", "弹性公网IP"},
	{"hws.service.type.vpc", "hws.service.type.vpc", "hws.resource.type.bandwidth", "固定带宽"},
	{"hws.service.type.rds", "hws.service.type.rds", "hws.resource.type.rds.vm", "云数据库实例"},
}

// kindsOf are the resources of a product. A service that is not in the list has
// one, which is named like the service.
func kindsOf(bought service) []resourceKind {
	var kinds []resourceKind
	for _, part := range resourceParts {
		if part.service == bought.code {
			known, _ := serviceOf(part.partOf)
			kinds = append(kinds, resourceKind{known, part.code, part.name})
		}
	}
	if len(kinds) == 0 {
		code := strings.Replace(bought.code, ".service.", ".resource.", 1)
		kinds = append(kinds, resourceKind{bought, code, cmp.Or(bought.name, code)})
	}
	return kinds
}

func (r *resource) main() bool { return r.root == r }

func (r *resource) customerID() string { return r.order.customerID }

func (r *resource) begins() time.Time { return r.root.terms[0].from }

func (r *resource) expires() time.Time { return r.root.terms[len(r.root.terms)-1].to }

// released is when the resource is deleted unless it is renewed before.
func (r *resource) released() time.Time { return r.expires().Add(graceTime + retentionTime) }

func (r *resource) status(now time.Time) int {
	switch {
	case !r.root.closed.IsZero() || !now.Before(r.released()):
		return resourceClosed
	case now.Before(r.expires()):
		return resourceInUse
	case now.Before(r.expires().Add(graceTime)):
		return resourceExpired
	}
	return resourceFrozen
}

// resource finds a resource of the customer; nil if there is none.
func (b *subscriptions) resource(customerID, id string) *resource {
	for _, r := range b.resources {
		if r.id == id && r.customerID() == customerID {
			return r
		}
	}
	return nil
}

// unfinished is the order that waits to renew the resource; nil if there is none.
func (b *subscriptions) unfinished(r *resource) *order {
	for _, w := range b.renewals {
		if w.resource == r.root {
			return w.order
		}
	}
	return nil
}
