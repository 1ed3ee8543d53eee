package huawei

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

type resourceQuery struct {
	ResourceIDs      []string `json:"resource_ids"`
	OrderID          string   `json:"order_id"`
	OnlyMainResource int      `json:"only_main_resource"`
	StatusList       []int    `json:"status_list"`
	Offset           int      `json:"offset"`
	Limit            *int     `json:"limit"`
	ExpireTimeBegin  string   `json:"expire_time_begin"`
	ExpireTimeEnd    string   `json:"expire_time_end"`
	ServiceTypeCode  string   `json:"service_type_code"`
	CustomerID       string   `json:"customer_id"`
}

type resourceRow struct {
	ID                string               `json:"id"`
	ResourceID        string               `json:"resource_id"`
	ResourceName      string               `json:"resource_name"`
	RegionCode        string               `json:"region_code"`
	ServiceTypeCode   string               `json:"service_type_code"`
	ServiceTypeName   string               `json:"service_type_name"`
	ResourceTypeCode  string               `json:"resource_type_code"`
	ResourceTypeName  string               `json:"resource_type_name"`
	ResourceSpecCode  string               `json:"resource_spec_code,omitempty"`
	ProductID         string               `json:"product_id"`
	ParentResourceID  string               `json:"parent_resource_id,omitempty"`
	IsMainResource    int                  `json:"is_main_resource"`
	Status            int                  `json:"status"`
	EffectiveTime     string               `json:"effective_time"`
	ExpireTime        string               `json:"expire_time"`
	ExpirePolicy      int                  `json:"expire_policy"`
	ProductSpecDesc   string               `json:"product_spec_desc,omitempty"`
	UpdateTime        string               `json:"update_time"`
	EnterpriseProject enterpriseProjectRow `json:"enterprise_project"`
}

type enterpriseProjectRow struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// listResources answers the yearly/monthly resources of the customer who calls,
// or of the one whom the partner names, in the order of their delivery. Of a
// customer who is not the partner's it answers none, as the list of orders does:
// no code is documented.
// https://support.huaweicloud.com/api-bpconsole/api_order_00021.html
func listResources(s *Server, c *call) (any, error) {
	var q resourceQuery
	if err := c.decode(&q); err != nil {
		return nil, err
	}
	expires, err := parseSpan("expire_time", q.ExpireTimeBegin, q.ExpireTimeEnd)
	if err != nil {
		return nil, err
	}
	if !c.caller.partner {
		q.CustomerID = c.caller.customer
	}
	if q.CustomerID == "" {
		return nil, errParameter("customer_id is required where the partner calls")
	}
	rows := []resourceRow{}
	for _, r := range s.state.subscriptions.resources {
		if r.customerID() == q.CustomerID && s.sees(c, q.CustomerID) && q.names(r) && expires.holds(r.expires()) &&
			(len(q.StatusList) == 0 || slices.Contains(q.StatusList, r.status(c.now))) {
			rows = append(rows, r.row(r.status(c.now)))
		}
	}
	return map[string]any{"data": window(rows, bodyPage(q.Offset, q.Limit)), "total_count": len(rows)}, nil
}

// names applies the filters of what does not change with time.
func (q resourceQuery) names(r *resource) bool {
	return q.namesID(r) && (q.OrderID == "" || r.paidBy(q.OrderID)) &&
		(q.ServiceTypeCode == "" || q.ServiceTypeCode == r.kind.service.code)
}

// namesID: a main resource's id stands for what belongs to it too, unless only
// main resources are wanted; the id of what belongs to one stands for itself.
func (q resourceQuery) namesID(r *resource) bool {
	if len(q.ResourceIDs) == 0 {
		return q.OnlyMainResource == 0 || r.main()
	}
	return slices.Contains(q.ResourceIDs, r.id) ||
		q.OnlyMainResource == 0 && slices.Contains(q.ResourceIDs, r.root.id)
}

// paidBy reports whether an order bought or renewed the resource.
func (r *resource) paidBy(orderID string) bool {
	return slices.ContainsFunc(r.root.terms, func(t term) bool { return t.order.id == orderID })
}

func (r *resource) row(status int) resourceRow {
	row := resourceRow{
		ID: r.instance, ResourceID: r.id, ResourceName: r.name(), RegionCode: regions[0].code,
		ServiceTypeCode: r.kind.service.code, ServiceTypeName: r.kind.service.name,
		ResourceTypeCode: r.kind.code, ResourceTypeName: r.kind.name, ProductID: r.order.productID,
		Status: status, EffectiveTime: instant(r.begins()), ExpireTime: instant(r.expires()),
		ExpirePolicy: r.root.policy, UpdateTime: instant(r.root.updated),
		EnterpriseProject: enterpriseProjectRow{"0", "default"},
	}
	if r.main() {
		row.IsMainResource, row.ResourceSpecCode, row.ProductSpecDesc = 1, r.specCode(), r.order.product
	} else {
		row.ParentResourceID = r.root.id
	}
	return row
}

// name is what the console proposes: the type and the beginning of the id.
func (r *resource) name() string {
	return r.kind.code[strings.LastIndex(r.kind.code, ".")+1:] + "-" + r.id[:4]
}

// specCode is the second part of a description such as
// "通用计算型|s6.small.1"; a server's names its system.
func (r *resource) specCode() string {
	parts := strings.Split(r.order.product, "|")
	if len(parts) < 2 {
		return ""
	}
	if r.kind.code == "hws.resource.type.vm" {
		return parts[1] + ".linux"
	}
	return parts[1]
}

// chargedMonths is a period in months.
func chargedMonths(periodType, periodNum int) decimal.Decimal {
	if periodType == PeriodYear {
		periodNum *= 12
	}
	return decimal.NewFromInt(int64(periodNum))
}
