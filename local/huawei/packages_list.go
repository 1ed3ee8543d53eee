package huawei

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// How packages are described.
const (
	projectScopeAll   = 0
	projectScopeOne   = 1
	sourceOrder       = 0
	sourceGift        = 1
	packageAtomic     = "ATOMIC_PKG"
	packageBundle     = "BUNDLE_PKG"
	reuseReset        = 1
	reuseNever        = 2
	reuseCycleMonth   = 4
	reuseCycleNatural = 1
	reuseCycleOrder   = 2
)

// maxDeductDays is the longest span of days that usage records can be asked for.
const maxDeductDays = 90

const maxFreeResourceID = 64

type packageQuery struct {
	Region    string   `json:"region_code"`
	OrderID   string   `json:"order_id"`
	ProductID string   `json:"product_id"`
	Name      string   `json:"product_name"`
	Project   string   `json:"enterprise_project_id"`
	Status    *int     `json:"status"`
	Services  []string `json:"service_type_code_list"`
	Offset    int      `json:"offset"`
	Limit     *int     `json:"limit"`
}

type packageRow struct {
	ID            string           `json:"order_instance_id"`
	OrderID       string           `json:"order_id,omitempty"`
	ProductID     string           `json:"product_id"`
	ProductName   string           `json:"product_name"`
	Project       string           `json:"enterprise_project_id,omitempty"`
	ProjectScope  int              `json:"enterprise_project_scope"`
	EffectiveTime string           `json:"effective_time"`
	ExpireTime    string           `json:"expire_time"`
	Status        int              `json:"status"`
	Service       string           `json:"service_type_code"`
	ServiceName   string           `json:"service_type_name"`
	Region        string           `json:"region_code"`
	SourceType    int              `json:"source_type"`
	BundleType    string           `json:"bundle_type"`
	ReuseMode     int              `json:"quota_reuse_mode"`
	Items         []packageItemRow `json:"free_resources"`
}

type packageItemRow struct {
	ID        string `json:"free_resource_id"`
	UsageType string `json:"usage_type_name"`
	Amount    string `json:"amount"`
	Original  string `json:"original_amount"`
	MeasureID int    `json:"measure_id"`
}

// listPackages answers the resource packages of the customer who calls.
func listPackages(s *Server, c *call) (any, error) {
	var q packageQuery
	if err := c.decode(&q); err != nil {
		return nil, err
	}
	rows := []packageRow{}
	for _, p := range s.state.packages {
		if p.customerID == c.caller.customer && q.finds(p, c.now) {
			rows = append(rows, p.row(c.now))
		}
	}
	return map[string]any{
		"free_resource_packages": window(rows, bodyPage(q.Offset, q.Limit)), "total_count": len(rows),
	}, nil
}

func (q packageQuery) finds(p *resourcePackage, now time.Time) bool {
	either := func(wanted, value string) bool { return wanted == "" || wanted == value }
	return either(q.Region, p.region) && either(q.OrderID, p.orderID) && either(q.ProductID, p.productID) &&
		either(q.Name, p.name) && either(q.Project, p.project) && (q.Status == nil || *q.Status == p.status(now)) &&
		(len(q.Services) == 0 || slices.ContainsFunc(q.Services, func(code string) bool {
			return strings.EqualFold(code, p.kind.service)
		}))
}

func (p *resourcePackage) row(now time.Time) packageRow {
	service, _ := serviceOf(p.kind.service)
	row := packageRow{
		ID: p.id, OrderID: p.orderID, ProductID: p.productID, ProductName: p.name,
		Project: p.project, ProjectScope: projectScopeAll, EffectiveTime: instant(p.from), ExpireTime: instant(p.until),
		Status: p.status(now), Service: service.code, ServiceName: service.name, Region: p.region,
		SourceType: sourceOrder, BundleType: packageAtomic, ReuseMode: reuseNever,
	}
	if p.project != "" {
		row.ProjectScope = projectScopeOne
	}
	if p.orderID == "" {
		row.SourceType = sourceGift
	}
	if len(p.items) > 1 {
		row.BundleType = packageBundle
	}
	if p.reset != ResetNever {
		row.ReuseMode = reuseReset
	}
	for _, i := range p.items {
		row.Items = append(row.Items, packageItemRow{
			i.id, i.usage.name, p.remaining(i, now).String(), i.amount.String(), i.usage.measure,
		})
	}
	return row
}

type packageItemUsage struct {
	ID         string `json:"free_resource_id"`
	TypeName   string `json:"free_resource_type_name"`
	ReuseCycle int    `json:"quota_reuse_cycle,omitempty"` // of a package that is reset
	CycleType  int    `json:"quota_reuse_cycle_type,omitempty"`
	UsageType  string `json:"usage_type_name"`
	StartTime  string `json:"start_time"`
	EndTime    string `json:"end_time"`
	Amount     money  `json:"amount"`
	Original   money  `json:"original_amount"`
	MeasureID  int    `json:"measure_id"`
}

// listPackageItems answers the wanted items in the wanted order. Those that are
// unknown or another customer's are left out; no code is documented for them.
func listPackageItems(s *Server, c *call) (any, error) {
	var q struct {
		IDs []string `json:"free_resource_ids"`
	}
	if err := c.decode(&q); err != nil {
		return nil, err
	}
	rows := []packageItemUsage{}
	for _, id := range q.IDs {
		if len(id) > maxFreeResourceID {
			return nil, errParameter("free_resource_ids has an id of more than 64 bytes")
		}
		if p, item := s.state.packageItem(id); item != nil && p.customerID == c.caller.customer {
			rows = append(rows, p.usage(item, c.now))
		}
	}
	return map[string]any{"free_resources": rows}, nil
}

func (p *resourcePackage) usage(item *packageItem, now time.Time) packageItemUsage {
	from, until := p.cycle(now)
	row := packageItemUsage{
		ID: item.id, TypeName: p.kind.name, UsageType: item.usage.name, StartTime: instant(from), EndTime: instant(until),
		Amount: money(p.remaining(item, now)), Original: money(item.amount), MeasureID: item.usage.measure,
	}
	switch p.reset {
	case ResetMonthly:
		row.ReuseCycle, row.CycleType = reuseCycleMonth, reuseCycleNatural
	case ResetByOrder:
		row.ReuseCycle, row.CycleType = reuseCycleMonth, reuseCycleOrder
	}
	return row
}

type packageUseRow struct {
	Time         string `json:"deduct_time"`
	ID           string `json:"free_resource_id"`
	ResourceID   string `json:"resource_id"`
	Resource     string `json:"resource_type_code"`
	ResourceName string `json:"resource_type_name"`
	ProductID    string `json:"product_id"`
	ProductName  string `json:"product_name"`
	UsageType    string `json:"usage_type_code"`
	Available    string `json:"available_amount"`
	Remaining    string `json:"remaining_amount"`
	Used         string `json:"used_amount"`
	MeasureID    int    `json:"measure_id"`
	Effective    string `json:"effective_time"`
	Expire       string `json:"expire_time"`
}

// listPackageUses answers what the packages of the customer who calls paid for,
// oldest first.
func listPackageUses(s *Server, c *call) (any, error) {
	days, err := c.deductDays()
	if err != nil {
		return nil, err
	}
	rows := []packageUseRow{}
	for _, p := range s.state.packages {
		if p.customerID != c.caller.customer || !c.filtered("product_id", p.productID) || !c.filtered("resource_type_code", p.kind.code) {
			continue
		}
		for _, i := range p.items {
			for _, u := range i.uses {
				if days.holds(u.time) && s.recordVisible(u.time, c.now) && c.filtered("free_resource_id", i.id) {
					rows = append(rows, p.useRow(i, u))
				}
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b packageUseRow) int { return cmp.Compare(a.Time, b.Time) })
	return map[string]any{"free_resource_records": window(rows, c.page()), "total_count": len(rows)}, nil
}

// useRow says that the usage was that of the last full hour before it was
// deducted, as usage is reported by the hour.
func (p *resourcePackage) useRow(i *packageItem, u packageUse) packageUseRow {
	hour := u.time.Truncate(time.Hour)
	text := decimal.Decimal.String
	return packageUseRow{
		Time: instant(u.time), ID: i.id, ResourceID: u.resourceID, Resource: p.kind.code, ResourceName: p.kind.name,
		ProductID: p.productID, ProductName: p.name, UsageType: i.usage.code,
		Available: text(u.before), Remaining: text(u.after), Used: text(u.used), MeasureID: i.usage.measure,
		Effective: instant(hour.Add(-time.Hour)), Expire: instant(hour),
	}
}

// deductDays reads the days of usage records, which are required and at most 90
// days apart.
func (c *call) deductDays() (daySpan, error) {
	first, err := c.day("deduct_time_begin", time.Time{})
	if err != nil {
		return daySpan{}, err
	}
	last, err := c.day("deduct_time_end", time.Time{})
	if err != nil {
		return daySpan{}, err
	}
	if last.Before(first) || last.After(first.AddDate(0, 0, maxDeductDays)) {
		return daySpan{}, errParameter("deduct_time_end is before deduct_time_begin, or more than 90 days after it")
	}
	return daySpan{first, last}, nil
}
