package payorder

import (
	"context"
	"slices"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// endedResources is what became of resources that were to be ended.
type endedResources struct {
	orderIDs   []string
	ended, not []string // resource ids
}

func (e endedResources) untouched(why string) []ResourceRefusal {
	out := []ResourceRefusal{}
	for _, id := range e.not {
		out = append(out, ResourceRefusal{ResourceID: id, Message: why})
	}
	return out
}

// findEnded looks whether resources were ended, or their renewals, by an order of a
// type. A refund's order does not name its resources. The list of resources does show
// which have ended, or expire sooner than when they were offered; and none had when
// the call began. So the call was carried out where there are as many new orders as
// such resources, and was not where there is no such resource and no order that is
// still being reviewed. Anything else is for a person.
func (f *function) findEnded(ctx context.Context, key string, kind bss.OrderType, o refundOffer, since time.Time) (endedResources, ledger.Finding, error) {
	orders, err := f.orders.since(ctx, key, o.CustomerID, kind, since)
	if err != nil {
		return endedResources{}, ledger.Unclear, err
	}
	found, err := f.endedOf(ctx, o)
	if err != nil {
		return endedResources{}, ledger.Unclear, err
	}
	found.orderIDs = idsOf(orders)
	switch {
	case len(found.ended) == 0 && !slices.ContainsFunc(orders, unfinished):
		return found, ledger.Absent, nil
	case len(found.ended) == 0 || parts(orders) != len(found.ended):
		return found, ledger.Unclear, nil
	}
	return found, ledger.Found, f.orders.took(ctx, key, found.orderIDs, nil)
}

func unfinished(o bss.Order) bool {
	return o.Status != bss.OrderCompleted && o.Status != bss.OrderCancelled
}

func (f *function) endedOf(ctx context.Context, o refundOffer) (endedResources, error) {
	out := endedResources{ended: []string{}, not: []string{}}
	rows, err := f.resources(ctx, o.CustomerID, o.ResourceIDs)
	if err != nil {
		return out, err
	}
	for i, id := range o.ResourceIDs {
		row, listed := rows[id]
		closed := !listed || row.Status == bss.ResourceClosed
		sooner := o.Type == "renewals" && row.ExpireTime.Before(o.Expiries[i])
		if closed || sooner {
			out.ended = append(out.ended, id)
		} else {
			out.not = append(out.not, id)
		}
	}
	return out, nil
}
