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

// States of a resource that is charged on demand: they follow its customer's.
const (
	onDemandNormal = 1
	onDemandGrace  = 2 // the customer is in debt
	onDemandFrozen = 3 // the customer is frozen
)

// onDemandResource is a resource that is charged by its use.
type onDemandResource struct {
	id         string
	name       string
	customerID string
	region     string
	kind       resourceKind
	product    string
	spec       string
	size       decimal.Decimal // zero where it has none
	effective  time.Time
}

// NewOnDemandResource is a resource that a customer uses and pays by its use.
// Only the customer is required.
type NewOnDemandResource struct {
	CustomerID         string          `json:"customer_id"`
	ServiceTypeCode    string          `json:"service_type_code"` // default hws.service.type.ec2
	RegionCode         string          `json:"region_code"`       // default cn-north-4
	Name               string          `json:"name"`              // default: drawn
	ProductDescription string          `json:"product_description"`
	Spec               string          `json:"spec"` // resource_spec_code
	Size               decimal.Decimal `json:"size"` // such as 40, in GB or Mbit/s
}

// AddOnDemandResource gives a customer a resource that is charged on demand, as
// if it had just been created, and returns its id.
func (s *Server) AddOnDemandResource(n NewOnDemandResource) (string, error) {
	code := cmp.Or(n.ServiceTypeCode, services[0].code)
	used, known := serviceOf(code)
	if !known {
		return "", fmt.Errorf("huawei: adding a resource on demand: no service %q", code)
	}
	if n.Size.IsNegative() {
		return "", errors.New("huawei: adding a resource on demand: the size is negative")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.existing(n.CustomerID); err != nil {
		return "", err
	}
	id := newUUID(s.random)
	kind := kindsOf(used)[0]
	s.state.subscriptions.onDemand = append(s.state.subscriptions.onDemand, &onDemandResource{
		id: id, name: cmp.Or(n.Name, "resource-"+id[:4]), customerID: n.CustomerID,
		region: cmp.Or(n.RegionCode, regions[0].code), kind: kind,
		product: n.ProductDescription, spec: n.Spec, size: n.Size, effective: s.now(),
	})
	s.record(Effect{Time: s.now(), Operation: "AddOnDemandResource", CustomerID: n.CustomerID, Reference: id})
	return id, nil
}

// subscriptionRoutes are the administration's routes for resources.
func (s *Server) subscriptionRoutes() map[string]http.HandlerFunc {
	add := func(_ context.Context, n NewOnDemandResource) (any, error) {
		id, err := s.AddOnDemandResource(n)
		return map[string]any{"resource_id": id}, err
	}
	return map[string]http.HandlerFunc{"POST /_sim/on-demand-resources": adminAction(add)}
}

type onDemandQuery struct {
	CustomerID         string   `json:"customer_id"`
	RegionCode         string   `json:"region_code"`
	ServiceTypeCode    string   `json:"service_type_code"`
	ResourceIDs        []string `json:"resource_ids"`
	EffectiveTimeBegin string   `json:"effective_time_begin"`
	EffectiveTimeEnd   string   `json:"effective_time_end"`
	Offset             int      `json:"offset"`
	Limit              *int     `json:"limit"`
	Status             int      `json:"status"`
	IndirectPartner    string   `json:"indirect_partner_id"`
}

type onDemandRow struct {
	CustomerID       string `json:"customer_id"`
	RegionCode       string `json:"region_code"`
	ZoneCode         string `json:"availability_zone_code"`
	ServiceTypeCode  string `json:"service_type_code"`
	ServiceTypeName  string `json:"service_type_name"`
	ResourceTypeCode string `json:"resource_type_code"`
	ResourceTypeName string `json:"resource_type_name"`
	ResourceID       string `json:"resource_id"`
	ResourceName     string `json:"resource_name"`
	EffectiveTime    string `json:"effective_time"`
	Status           int    `json:"status"`
	ResourceSpecCode string `json:"resource_spec_code,omitempty"`
	ResourceInfo     string `json:"resource_info,omitempty"`
	ProductSpecDesc  string `json:"product_spec_desc,omitempty"`
}

// listOnDemandResources answers what a customer of the partner uses on demand,
// oldest first; nothing of a customer who is not the partner's.
func listOnDemandResources(s *Server, c *call) (any, error) {
	var q onDemandQuery
	if err := c.decode(&q); err != nil {
		return nil, err
	}
	if err := s.actFor(c, q.IndirectPartner); err != nil {
		return nil, err
	}
	effective, err := parseSpan("effective_time", q.EffectiveTimeBegin, q.EffectiveTimeEnd)
	if err != nil {
		return nil, err
	}
	sorted := slices.Clone(s.state.subscriptions.onDemand)
	slices.SortStableFunc(sorted, func(a, b *onDemandResource) int { return a.effective.Compare(b.effective) })
	rows := []onDemandRow{}
	for _, d := range sorted {
		owner := s.state.customer(d.customerID)
		row := d.row(owner.onDemandStatus())
		if d.customerID == q.CustomerID && c.serves(owner) && effective.holds(d.effective) && q.passes(row) {
			rows = append(rows, row)
		}
	}
	return map[string]any{"resources": window(rows, bodyPage(q.Offset, q.Limit)), "total_count": len(rows)}, nil
}

func (q onDemandQuery) passes(r onDemandRow) bool {
	return (q.RegionCode == "" || q.RegionCode == r.RegionCode) &&
		(q.ServiceTypeCode == "" || q.ServiceTypeCode == r.ServiceTypeCode) &&
		(len(q.ResourceIDs) == 0 || slices.Contains(q.ResourceIDs, r.ResourceID)) &&
		(q.Status == 0 || q.Status == r.Status)
}

func (c *customer) onDemandStatus() int {
	switch {
	case c.unusable():
		return onDemandFrozen
	case c.debt.IsPositive():
		return onDemandGrace
	}
	return onDemandNormal
}

func (d *onDemandResource) row(status int) onDemandRow {
	row := onDemandRow{
		CustomerID: d.customerID, RegionCode: d.region, ZoneCode: d.region + "a",
		ServiceTypeCode: d.kind.service.code, ServiceTypeName: d.kind.service.name,
		ResourceTypeCode: d.kind.code, ResourceTypeName: d.kind.name,
		ResourceID: d.id, ResourceName: d.name, EffectiveTime: instant(d.effective), Status: status,
		ResourceSpecCode: d.spec, ProductSpecDesc: d.product,
	}
	if d.size.IsPositive() {
		row.ResourceInfo = `{"specSize":` + d.size.String() + `}`
	}
	return row
}
