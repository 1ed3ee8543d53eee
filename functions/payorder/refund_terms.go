package payorder

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/bssfn/bssfn/pkg/bss"
)

// maxOrdersLooked is how many of a customer's orders are looked at for what a resource
// cost: each is a call or two, and what is older is for Huawei Cloud's console.
const maxOrdersLooked = 50

// paidTerms finds what was paid for resources. Resources do not name their orders, so
// the customer's orders for those services are looked at, the newest first, until the
// purchase of each resource is found.
func (f *function) paidTerms(ctx context.Context, customerID string, resources []bss.PeriodResource) (map[string]paidTerms, string, error) {
	found, services := map[string]paidTerms{}, map[string]bool{}
	for _, row := range resources {
		services[row.ServiceTypeCode] = true
	}
	currency, looked := "", 0
	for o, err := range f.boughtOrders(ctx, customerID) {
		if err != nil {
			return nil, "", err
		}
		if looked == maxOrdersLooked || !slices.ContainsFunc(resources, func(r bss.PeriodResource) bool { return !found[r.ResourceID].complete }) {
			break
		}
		if !services[o.ServiceTypeCode] {
			continue
		}
		looked++
		currency = currencyOf(o)
		if err := f.addTerms(ctx, customerID, o, resources, found); err != nil {
			return nil, "", err
		}
	}
	for _, row := range resources {
		if p := found[row.ResourceID]; !p.complete && p.unknown == "" {
			found[row.ResourceID] = paidTerms{unknown: "its purchase is not among the customer's last orders"}
		}
	}
	return found, cmp.Or(currency, "CNY"), nil
}

// boughtOrders are the completed orders of a customer that cost something, the newest
// first; of a combined order its parts.
func (f *function) boughtOrders(ctx context.Context, customerID string) iter.Seq2[bss.Order, error] {
	query := bss.ListCustomerOrdersRequest{CustomerID: customerID, Status: bss.OrderCompleted, OrderBy: "-createTime"}
	return func(yield func(bss.Order, error) bool) {
		for o, err := range f.cloud.ListCustomerOrders(ctx, query) {
			if err != nil {
				yield(o, err)
				return
			}
			family := o.SubOrderInfos
			if len(family) == 0 {
				family = []bss.Order{o}
			}
			for _, part := range family {
				if part.OrderType != bss.OrderUnsubscribe && part.OrderType != bss.OrderPeriodToOnDemand && !yield(part, nil) {
					return
				}
			}
		}
	}
}

// addTerms adds the term that an order has paid for to those of the resources which it
// bought or renewed.
func (f *function) addTerms(ctx context.Context, customerID string, o bss.Order, resources []bss.PeriodResource, found map[string]paidTerms) error {
	var bought []bss.PeriodResource
	query := bss.ListPayPerUseCustomerResourcesRequest{CustomerID: customerID, OrderID: o.OrderID, OnlyMainResource: 1}
	for row, err := range f.cloud.ListPayPerUseCustomerResources(ctx, query) {
		if err != nil {
			return err
		}
		bought = append(bought, row)
	}
	wanted := slices.DeleteFunc(slices.Clone(bought), func(b bss.PeriodResource) bool {
		return !slices.ContainsFunc(resources, func(r bss.PeriodResource) bool { return r.ResourceID == b.ResourceID })
	})
	if len(wanted) == 0 {
		return nil
	}
	details, err := f.cloud.ShowCustomerOrderDetails(ctx, bss.ShowCustomerOrderDetailsRequest{OrderID: o.OrderID, Limit: orderLines})
	if err != nil {
		return err
	}
	for _, row := range wanted {
		found[row.ResourceID] = found[row.ResourceID].with(details, row, bought)
	}
	return nil
}

// with adds the term of one of the resources that an order has bought.
func (p paidTerms) with(details bss.OrderDetails, row bss.PeriodResource, bought []bss.PeriodResource) paidTerms {
	o := details.Order
	t := termOf(details, len(bought))
	switch {
	case o.OrderType == bss.OrderChange:
		p.unknown = "an order has changed it since it was bought"
	case slices.ContainsFunc(bought, func(b bss.PeriodResource) bool { return b.ProductID != row.ProductID }):
		p.unknown = "the order " + o.OrderID + " has bought different resources for one price"
	case t.from.Before(row.ExpireTime.Time): // later ones were unsubscribed from
		p.terms = append(p.terms, t)
	}
	p.complete = p.complete || t.purchase
	return p
}
