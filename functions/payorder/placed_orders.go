package payorder

import (
	"context"
	"errors"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// clockSkew is how far Huawei Cloud's clock may be from this machine's: farther, and it
// refuses every signature.
const clockSkew = 15 * time.Minute

// placedOrders remembers which entry of the ledger placed an order, so that of two
// calls that look alike neither takes the other's orders for its own.
type placedOrders struct {
	notes *ledger.Documents[string]
	cloud cloud
	now   func() time.Time
}

func newPlacedOrders(c cloud, rt functions.Runtime) placedOrders {
	return placedOrders{ledger.NewDocuments[string](rt.Store, "placed-order", rt.Clock.Now), c, rt.Clock.Now}
}

// took records the orders that a call has placed. A call that placed none because it
// refused every resource did nothing; one that says neither leaves it open.
func (p placedOrders) took(ctx context.Context, key string, orderIDs []string, refused []ResourceRefusal) error {
	switch {
	case len(orderIDs) == 0 && len(refused) > 0:
		return ledger.Refused(refusedAll(refused))
	case len(orderIDs) == 0:
		return errors.New("the answer names neither an order nor a refused resource")
	}
	for _, id := range orderIDs {
		// Another entry that has the order already cannot have placed it: what the
		// call itself answers is certain, and only those who look later read this.
		_, err := p.notes.Put(ctx, ledger.Document[string]{Key: id, Value: key})
		if err != nil && !errors.Is(err, ledger.ErrExists) {
			return err
		}
	}
	return nil
}

// since lists the customer's orders of a type that were created at or after an
// instant, by this machine's clock, and that no other entry has placed. Of a
// combined order it lists the parts.
func (p placedOrders) since(ctx context.Context, key, customerID string, kind bss.OrderType, since time.Time) ([]bss.Order, error) {
	var found []bss.Order
	query := bss.ListCustomerOrdersRequest{
		CustomerID: customerID, OrderType: kind,
		CreateTimeBegin: bss.At(since.Add(-clockSkew)), CreateTimeEnd: bss.At(p.now().Add(clockSkew)),
	}
	for o, err := range p.cloud.ListCustomerOrders(ctx, query) {
		if err != nil {
			return nil, err
		}
		note, err := p.notes.Get(ctx, o.OrderID)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return nil, err
		}
		if err == nil && note.Value != key {
			continue
		}
		found = append(found, o)
	}
	return found, nil
}

// parts counts what the orders were placed for: a combined order stands for several
// resources.
func parts(orders []bss.Order) int {
	count := 0
	for _, o := range orders {
		count += max(1, len(o.SubOrderInfos))
	}
	return count
}

func idsOf(orders []bss.Order) []string {
	ids := []string{}
	for _, o := range orders {
		ids = append(ids, o.OrderID)
	}
	return ids
}
