package payorder

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// findRenewal looks for the orders of a renewal whose answer was lost. The API does
// not say for which resource an order waits to be paid. It does say which resources
// wait, in the prices of a renewal, and which ones a paid order renewed; and when the
// renewal began, none of them waited. So the renewal was made where there are as many
// new renewal orders as resources that wait or are renewed, and was not where there
// are none. Anything else, such as a renewal of other resources in the console at the
// same time, is for a person.
func (f *function) findRenewal(ctx context.Context, key string, q renewalQuote, since time.Time) (Renewal, ledger.Finding, error) {
	orders, err := f.orders.since(ctx, key, q.CustomerID, bss.OrderRenewal, since)
	if err != nil {
		return Renewal{}, ledger.Unclear, err
	}
	if len(orders) == 0 {
		return Renewal{}, ledger.Absent, nil
	}
	renewed, err := f.renewedBy(ctx, q, orders)
	if err != nil || len(renewed) == 0 || parts(orders) != len(renewed) {
		return Renewal{}, ledger.Unclear, err
	}
	out := Renewal{CustomerID: q.CustomerID, OrderIDs: idsOf(orders), Refused: []ResourceRefusal{}, Settled: "found"}
	for _, id := range q.ResourceIDs {
		if !slices.Contains(renewed, id) {
			out.Refused = append(out.Refused, ResourceRefusal{ResourceID: id, Message: "it has no order"})
		}
	}
	return out, ledger.Found, f.orders.took(ctx, key, out.OrderIDs, nil)
}

// renewedBy are the resources of a renewal that wait for an order to be paid, or were
// renewed by one of these orders.
func (f *function) renewedBy(ctx context.Context, q renewalQuote, orders []bss.Order) ([]string, error) {
	ratings, err := f.rateRenewal(ctx, q)
	if err != nil {
		return nil, err
	}
	var renewed []string
	for _, failed := range ratings.FailResourceInfos {
		if errors.Is(bss.ConditionOf(failed.Code), bss.ErrUnpaidOrder) {
			renewed = append(renewed, failed.ResourceID)
		}
	}
	for _, o := range orders {
		if o.Status == bss.OrderPendingPayment {
			continue
		}
		query := bss.ListPayPerUseCustomerResourcesRequest{CustomerID: q.CustomerID, OrderID: o.OrderID, OnlyMainResource: 1}
		for row, err := range f.cloud.ListPayPerUseCustomerResources(ctx, query) {
			if err != nil {
				return nil, err
			}
			if slices.Contains(q.ResourceIDs, row.ResourceID) && !slices.Contains(renewed, row.ResourceID) {
				renewed = append(renewed, row.ResourceID)
			}
		}
	}
	return renewed, nil
}
