package payorder

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// resourcesAPage is the most resources that one answer lists, and the default.
const resourcesAPage = 100

// resourceIDPattern is for the ids that cloud services give, most of them UUIDs, and
// for those of customers.
var resourceIDPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

type resourcesAnswer struct {
	Resources []resourceAnswer `json:"resources"`
	// NextOffset is where the next page begins; absent on the last one.
	NextOffset int `json:"next_offset,omitempty"`
}

type resourceAnswer struct {
	ResourceID      string    `json:"resource_id"`
	Name            string    `json:"name"`
	ServiceTypeCode string    `json:"service_type_code"`
	Service         string    `json:"service"`
	ResourceType    string    `json:"resource_type"`
	Spec            string    `json:"spec,omitempty"`
	Region          string    `json:"region"`
	Status          string    `json:"status"`
	EffectiveAt     time.Time `json:"effective_at,omitzero"`
	ExpiresAt       time.Time `json:"expires_at,omitzero"`
	// OnExpiry is what becomes of it then: only "renewal" renews it by itself.
	OnExpiry string `json:"on_expiry"`
}

var resourceStatuses = map[string]bss.ResourceStatus{
	"in_use": bss.ResourceInUse, "expired": bss.ResourceExpired, "frozen": bss.ResourceFrozen, "closed": bss.ResourceClosed,
}

var expiryNames = map[bss.ExpirePolicy]string{
	bss.ExpiryGrace: "grace_period", bss.ExpiryOnDemand: "on_demand", bss.ExpiryDeletion: "deletion",
	bss.ExpiryRenewal: "renewal", bss.ExpiryFreeze: "freeze", bss.ExpiryRelease: "release",
}

// listResources lists the yearly/monthly resources of a customer that can be renewed
// and ended: the main ones, and unless the query says otherwise those that have not
// been closed.
func (f *function) listResources(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	customerID := r.PathValue("customer_id")
	query, err := resourcesQuery(r.Query)
	if err != nil {
		return nil, err
	}
	if !resourceIDPattern.MatchString(customerID) {
		return nil, customerUnknown()
	}
	if _, err := f.customer(ctx, customerID); err != nil {
		return nil, err
	}
	query.CustomerID = customerID
	wanted := query.Limit
	query.Limit++ // one more tells whether there are others
	out := resourcesAnswer{Resources: []resourceAnswer{}}
	for row, err := range f.cloud.ListPayPerUseCustomerResources(ctx, query) {
		if err != nil {
			return nil, functions.Problem(err)
		}
		if len(out.Resources) == wanted {
			out.NextOffset = query.Offset + wanted
			break
		}
		out.Resources = append(out.Resources, describeResource(row))
	}
	return handler.OK(out), nil
}

func resourcesQuery(q url.Values) (bss.ListPayPerUseCustomerResourcesRequest, error) {
	out := bss.ListPayPerUseCustomerResourcesRequest{
		OnlyMainResource: 1, OrderID: q.Get("order_id"), ServiceTypeCode: q.Get("service_type_code"),
		StatusList: []bss.ResourceStatus{bss.ResourceInUse, bss.ResourceExpired, bss.ResourceFrozen},
	}
	var wrong []handler.FieldError
	number := func(name string, unset, least, most int) int {
		n, err := strconv.Atoi(cmp.Or(q.Get(name), strconv.Itoa(unset)))
		if err != nil || n < least || n > most {
			wrong = append(wrong, handler.FieldError{Field: name, Reason: fmt.Sprintf("must be from %d to %d", least, most)})
		}
		return n
	}
	out.Offset = number("offset", 0, 0, 1_000_000)
	out.Limit = number("limit", resourcesAPage, 1, resourcesAPage)
	if name := q.Get("status"); name != "" {
		status, known := resourceStatuses[name]
		if !known {
			wrong = append(wrong, handler.FieldError{Field: "status", Reason: "must be in_use, expired, frozen or closed"})
		}
		out.StatusList = []bss.ResourceStatus{status}
	}
	for _, name := range []string{"order_id", "service_type_code"} {
		if len(q.Get(name)) > 64 {
			wrong = append(wrong, handler.FieldError{Field: name, Reason: "must have at most 64 characters"})
		}
	}
	if len(wrong) > 0 {
		return out, handler.Invalid(wrong...)
	}
	return out, nil
}

func describeResource(row bss.PeriodResource) resourceAnswer {
	status := "status_" + strconv.Itoa(int(row.Status))
	for name, s := range resourceStatuses {
		if s == row.Status {
			status = name
		}
	}
	return resourceAnswer{
		ResourceID: row.ResourceID, Name: row.ResourceName, ServiceTypeCode: row.ServiceTypeCode, Service: row.ServiceTypeName,
		ResourceType: row.ResourceTypeName, Spec: row.ProductSpecDesc, Region: row.RegionCode, Status: status,
		EffectiveAt: row.EffectiveTime.Time, ExpiresAt: row.ExpireTime.Time,
		OnExpiry: cmp.Or(expiryNames[row.ExpirePolicy], "policy_"+strconv.Itoa(int(row.ExpirePolicy))),
	}
}

// checkResourceIDs names what is wrong with the ids of a request before anything is
// sent: one of them would refuse all.
func checkResourceIDs(ids []string, most int) []handler.FieldError {
	if len(ids) == 0 || len(ids) > most {
		return []handler.FieldError{{Field: "resource_ids", Reason: fmt.Sprintf("must have 1 to %d elements", most)}}
	}
	for i, id := range ids {
		field := fmt.Sprintf("resource_ids[%d]", i)
		if !resourceIDPattern.MatchString(id) {
			return []handler.FieldError{{Field: field, Reason: "must match " + resourceIDPattern.String()}}
		}
		if slices.Contains(ids[:i], id) {
			return []handler.FieldError{{Field: field, Reason: "names a resource twice"}}
		}
	}
	return nil
}

// mainResources reads resources of a customer, all of which must be there, main ones
// and not closed. What belongs to a main resource goes along with it.
func (f *function) mainResources(ctx context.Context, customerID string, ids []string) ([]bss.PeriodResource, error) {
	if !resourceIDPattern.MatchString(customerID) {
		return nil, customerUnknown()
	}
	found, err := f.resources(ctx, customerID, ids)
	if err != nil {
		return nil, functions.Problem(err)
	}
	var unknown, parts []handler.FieldError
	var all []bss.PeriodResource
	for i, id := range ids {
		row, ok := found[id]
		field := fmt.Sprintf("resource_ids[%d]", i)
		switch {
		case !ok || row.Status == bss.ResourceClosed:
			unknown = append(unknown, handler.FieldError{Field: field, Reason: id + " is no resource of the customer, or has ended"})
		case row.IsMainResource == 0:
			parts = append(parts, handler.FieldError{Field: field, Reason: id + " belongs to the main resource " + row.ParentResourceID})
		}
		all = append(all, row)
	}
	switch {
	case len(unknown) > 0:
		return nil, resourceUnknown(unknown, nil)
	case len(parts) > 0:
		return nil, resourceNotMain(parts, nil)
	}
	return all, nil
}

// resources finds resources of a customer by their ids, closed ones too.
func (f *function) resources(ctx context.Context, customerID string, ids []string) (map[string]bss.PeriodResource, error) {
	found := map[string]bss.PeriodResource{}
	for chunk := range slices.Chunk(ids, 50) { // as many as the API takes
		query := bss.ListPayPerUseCustomerResourcesRequest{CustomerID: customerID, ResourceIDs: chunk, OnlyMainResource: 1}
		for row, err := range f.cloud.ListPayPerUseCustomerResources(ctx, query) {
			if err != nil {
				return nil, fmt.Errorf("look for %d resources of the customer %s: %w", len(ids), customerID, err)
			}
			found[row.ResourceID] = row
		}
	}
	return found, nil
}

func resourceUnknown(which []handler.FieldError, cause error) error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "resource_unknown", Fields: which, Cause: cause,
		Detail: "The customer has no such yearly/monthly resource, or it has ended. Nothing was done.",
		Next:   "Take the ids from the customer's list of resources."}
}

func resourceNotMain(which []handler.FieldError, cause error) error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "resource_not_main", Fields: which, Cause: cause,
		Detail: "Only main resources can be named; what belongs to one goes along with it. Nothing was done.",
		Next:   "Name the main resource."}
}
