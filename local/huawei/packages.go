package huawei

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// States of a resource package. One that was unsubscribed from would be 4.
const (
	packageNotEffective = 0
	packageEffective    = 1
	packageUsedUp       = 2
	packageExpired      = 3
)

// packageTerm is how long a resource package lasts, in months, unless it says
// otherwise.
const packageTerm = 12

// NewResourcePackage is a resource package that a customer has bought, or was
// given if it names no order. Customer, name and items are required.
type NewResourcePackage struct {
	CustomerID          string           `json:"customer_id"`
	OrderID             string           `json:"order_id"`
	ProductID           string           `json:"product_id"` // drawn if empty
	ProductName         string           `json:"product_name"`
	ResourceTypeCode    string           `json:"resource_type_code"`    // default hws.resource.type.obs
	RegionCode          string           `json:"region_code"`           // default cn-north-4
	EnterpriseProjectID string           `json:"enterprise_project_id"` // default: for all
	EffectiveTime       time.Time        `json:"effective_time"`        // default now
	Months              int              `json:"months"`                // default 12
	Reset               string           `json:"reset"`                 // "" never, "month" on the first of each, "order" monthly since it took effect
	Items               []NewPackageItem `json:"items"`
}

// NewPackageItem is what a resource package holds of one type of usage.
type NewPackageItem struct {
	UsageType string          `json:"usage_type"` // a usage type of the resource type
	Amount    decimal.Decimal `json:"amount"`     // in the usage type's unit; where it is reset, in each cycle
}

// How a package is filled again.
const (
	ResetNever   = ""
	ResetMonthly = "month"
	ResetByOrder = "order"
)

// resourcePackage is a package of a customer.
type resourcePackage struct {
	id          string // order_instance_id
	customerID  string
	orderID     string
	productID   string
	name        string
	kind        *resourceType
	region      string
	project     string // enterprise project; empty: all
	reset       string
	from, until time.Time
	items       []*packageItem
}

// packageItem is what a package holds of one type of usage.
type packageItem struct {
	id     string // free_resource_id
	usage  usageType
	amount decimal.Decimal // of a cycle
	uses   []packageUse
}

// packageUse is usage that an item paid for.
type packageUse struct {
	time          time.Time
	resourceID    string
	used          decimal.Decimal
	before, after decimal.Decimal
}

func packageOperations() map[string]operation {
	return map[string]operation{
		"ListFreeResourceInfos":         listPackages,
		"ListFreeResourceUsages":        listPackageItems,
		"ListFreeResourcesUsageRecords": listPackageUses,
	}
}

// packageRoutes are the administration's routes for resource packages.
func (s *Server) packageRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /_sim/packages":     adminAction(named("order_instance_id", s.AddResourcePackage)),
		"POST /_sim/packages/use": adminAction(s.usePackage),
	}
}

type packageUsage struct {
	FreeResourceID string          `json:"free_resource_id"`
	ResourceID     string          `json:"resource_id"`
	Amount         decimal.Decimal `json:"amount"`
}

func (s *Server) usePackage(_ context.Context, in packageUsage) (any, error) {
	return done(s.UseResourcePackage(in.FreeResourceID, in.ResourceID, in.Amount))
}

// AddResourcePackage gives a customer a resource package, and returns its
// order_instance_id.
func (s *Server) AddResourcePackage(n NewResourcePackage) (string, error) {
	n.ResourceTypeCode = cmp.Or(n.ResourceTypeCode, "hws.resource.type.obs")
	if err := n.check(); err != nil {
		return "", fmt.Errorf("huawei: adding a resource package: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.existing(n.CustomerID); err != nil {
		return "", err
	}
	if o := s.state.order(n.OrderID); n.OrderID != "" && (o == nil || o.customerID != n.CustomerID) {
		return "", fmt.Errorf("huawei: adding a resource package: the customer has no order %q", n.OrderID)
	}
	now := s.now()
	p := s.newPackage(n, now)
	s.state.packages = append(s.state.packages, p)
	s.record(Effect{Time: now, Operation: "AddResourcePackage", CustomerID: p.customerID, Reference: p.id})
	return p.id, nil
}

func (n NewResourcePackage) check() error {
	kind := resourceTypeOf(n.ResourceTypeCode)
	switch {
	case kind == nil:
		return fmt.Errorf("there is no resource type %q", n.ResourceTypeCode)
	case n.ProductName == "":
		return errors.New("it has no product name")
	case n.Months < 0:
		return errors.New("it lasts less than a month")
	case !slices.Contains([]string{ResetNever, ResetMonthly, ResetByOrder}, n.Reset):
		return fmt.Errorf("nothing is reset by %q", n.Reset)
	case len(n.Items) == 0:
		return errors.New("it holds nothing")
	}
	for _, i := range n.Items {
		if _, ok := kind.usageType(i.UsageType); !ok || !i.Amount.IsPositive() {
			return fmt.Errorf("an item is no usage type of %s, or not positive: %q", kind.code, i.UsageType)
		}
	}
	return nil
}

func (s *Server) newPackage(n NewResourcePackage, now time.Time) *resourcePackage {
	p := &resourcePackage{
		id: s.newNumber(16), customerID: n.CustomerID, orderID: n.OrderID, productID: n.ProductID, name: n.ProductName,
		kind: resourceTypeOf(n.ResourceTypeCode), region: cmp.Or(n.RegionCode, regions[0].code),
		project: n.EnterpriseProjectID, reset: n.Reset, from: n.EffectiveTime,
	}
	if p.productID == "" {
		p.productID = "00301-" + s.newNumber(6) + "-0--0"
	}
	if p.from.IsZero() {
		p.from = now
	}
	p.until = monthsAfter(p.from, cmp.Or(n.Months, packageTerm))
	for _, i := range n.Items {
		usage, _ := p.kind.usageType(i.UsageType)
		p.items = append(p.items, &packageItem{id: s.newNumber(16), usage: usage, amount: i.Amount})
	}
	return p
}

// UseResourcePackage lets an item of a resource package pay for usage of a
// resource, now. It refuses more than is left.
func (s *Server) UseResourcePackage(freeResourceID, resourceID string, amount decimal.Decimal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, item := s.state.packageItem(freeResourceID)
	if item == nil {
		return fmt.Errorf("huawei: using a resource package: no item %q", freeResourceID)
	}
	now := s.now()
	if now.Before(p.from) || !now.Before(p.until) {
		return fmt.Errorf("huawei: using a resource package: %s is not in effect", p.id)
	}
	left := p.remaining(item, now)
	if !amount.IsPositive() || amount.GreaterThan(left) {
		return fmt.Errorf("huawei: using a resource package: %s is not between 0 and the %s that are left", amount, left)
	}
	item.uses = append(item.uses, packageUse{now, resourceID, amount, left, left.Sub(amount)})
	s.record(Effect{Time: now, Operation: "UseResourcePackage", CustomerID: p.customerID, Reference: item.id})
	return nil
}

func (s *state) packageItem(id string) (*resourcePackage, *packageItem) {
	for _, p := range s.packages {
		for _, i := range p.items {
			if i.id == id {
				return p, i
			}
		}
	}
	return nil, nil
}

// status is as the list of packages numbers it.
func (p *resourcePackage) status(now time.Time) int {
	switch {
	case now.Before(p.from):
		return packageNotEffective
	case !now.Before(p.until):
		return packageExpired
	case !slices.ContainsFunc(p.items, func(i *packageItem) bool { return p.remaining(i, now).IsPositive() }):
		return packageUsedUp
	}
	return packageEffective
}

// remaining is what an item still holds in the cycle of that instant.
func (p *resourcePackage) remaining(item *packageItem, at time.Time) decimal.Decimal {
	from, until := p.cycle(at)
	return item.amount.Sub(sumOf(item.uses, func(u packageUse) decimal.Decimal {
		if u.time.Before(from) || !u.time.Before(until) {
			return decimal.Zero
		}
		return u.used
	}))
}

// cycle is the span after which the package is filled again: the whole life of
// one that never is. Before it took effect that is the first, after its end the
// last.
func (p *resourcePackage) cycle(at time.Time) (from, until time.Time) {
	if at.Before(p.from) {
		at = p.from
	}
	if !at.Before(p.until) {
		at = p.until.Add(-time.Nanosecond)
	}
	switch p.reset {
	case ResetMonthly:
		local := at.In(beijing)
		from = time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, beijing)
		return from, from.AddDate(0, 1, 0)
	case ResetByOrder:
		n := 0
		for !at.Before(monthsAfter(p.from, n+1)) {
			n++
		}
		return monthsAfter(p.from, n), monthsAfter(p.from, n+1)
	}
	return p.from, p.until
}

// monthsAfter is the same day and time in GMT+8 so many months later, or the
// last day of a month that is shorter.
func monthsAfter(t time.Time, months int) time.Time {
	local := t.In(beijing)
	first := local.AddDate(0, 0, 1-local.Day()).AddDate(0, months, 0)
	last := first.AddDate(0, 1, -1)
	return first.AddDate(0, 0, min(local.Day(), last.Day())-1)
}
