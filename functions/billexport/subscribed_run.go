package billexport

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/subscribed"
	"github.com/bssfn/bssfn/pkg/bss"
)

// A run of subscribed files has the steps of one that exports: its parts are the archives
// and then the customers, and what it renders are the merged archives and then the
// differences.

// subscribedResult makes the result of a task of such a run.
func (f *function) subscribedResult(ctx context.Context, h *held) (*workResult, error) {
	cycle, err := bill.ParseCycle(h.run.Request.Cycle)
	if err != nil {
		return nil, err
	}
	switch h.task.Task {
	case taskPlan:
		return f.planSubscribed(ctx, h, cycle)
	case taskFetch:
		return f.readSubscribed(ctx, h, cycle)
	case taskGather:
		return f.gatherSubscribed(ctx, h, cycle)
	case taskRender:
		return f.renderSubscribed(ctx, h)
	case taskPublish:
		return f.publishSubscribed(ctx, h)
	}
	return nil, fmt.Errorf("there is no task %q", h.task.Task)
}

// planSubscribed lists the archives that are there, and the customers for whom the
// partner is billed: its own and those of its resellers.
func (f *function) planSubscribed(ctx context.Context, h *held, cycle bill.Cycle) (*workResult, error) {
	there, err := f.archivesThere(ctx, cycle)
	if err != nil {
		return nil, err
	}
	if _, ok := there[subscribed.CustomerBill]; !ok {
		return nil, subscribedNotFound(subscribed.CustomerBill.Object(cycle))
	}
	p := plan{}
	for _, kind := range subscribed.Kinds() {
		if _, ok := there[kind]; ok { // who does not subscribe to usage has none
			p.Archives = append(p.Archives, kind)
		}
	}
	if p.Customers, err = f.billedCustomers(ctx, h); err != nil {
		return nil, err
	}
	return f.writeResult(ctx, h, "plan", p, len(p.Archives)+len(p.Customers))
}

func (f *function) billedCustomers(ctx context.Context, h *held) ([]bill.Customer, error) {
	resellers := []string{""}
	for reseller, err := range f.cloud.ListIndirectPartners(ctx, bss.ListIndirectPartnersRequest{}) {
		if err != nil {
			return nil, fmt.Errorf("list the resellers: %w", err)
		}
		resellers = append(resellers, reseller.IndirectPartnerID)
	}
	known := map[string]bill.Customer{}
	for _, reseller := range resellers {
		for customer, err := range f.cloud.ListSubCustomers(ctx, bss.ListSubCustomersRequest{IndirectPartnerID: reseller}) {
			if err != nil {
				return nil, fmt.Errorf("list the customers of reseller %q: %w", reseller, err)
			}
			if customer.AssociationType == bss.Reseller {
				known[customer.CustomerID] = bill.Customer{ID: customer.CustomerID, AccountName: customer.AccountName}
			}
			if err := h.keep(ctx); err != nil {
				return nil, err
			}
		}
	}
	customers := make([]bill.Customer, 0, len(known))
	for _, id := range slices.Sorted(maps.Keys(known)) {
		customers = append(customers, known[id])
	}
	return customers, nil
}
