package billexport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	defaultTop = 20
	maxTop     = 1000
)

// TopConsumption is who spent most in a cycle, by its published export.
type TopConsumption struct {
	Cycle string            `json:"cycle"`
	State publication.State `json:"state"`
	RunID string            `json:"run_id"`
	// GeneratedAt is when the export was asked for.
	GeneratedAt time.Time `json:"generated_at"`
	// Customers counts all that consumed.
	Customers int `json:"customers"`
	// Top are sorted by currency and payment, the largest first: so many of each
	// currency.
	Top []CustomerSpent `json:"top"`
}

// CustomerSpent is what a customer spent in a currency.
type CustomerSpent struct {
	CustomerID string `json:"customer_id"`
	Rows       int    `json:"rows"`
	Spent
	// Invoice and Margin are 0 where the export is not priced.
	Invoice bill.Total `json:"invoice_amount"`
	Margin  bill.Total `json:"margin_amount"`
}

// topConsumption answers who spent most, without a call: from the published export.
func (f *function) topConsumption(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	cycle, err := f.cycleOf(r)
	if err != nil {
		return nil, err
	}
	top := defaultTop
	if text := r.Query.Get("top"); text != "" {
		if top, err = strconv.Atoi(text); err != nil || top < 1 || top > maxTop {
			return nil, handler.Invalid(handler.FieldError{Field: "top", Reason: fmt.Sprintf("must be a number from 1 to %d", maxTop)})
		}
	}
	content, err := publication.Read(ctx, f.objects, cycle.String())
	if errors.Is(err, publication.ErrNotPublished) {
		return nil, exportNotFound(cycle.String())
	}
	if err != nil {
		return nil, err
	}
	m, err := publication.Decode(content)
	if err != nil {
		return nil, err
	}
	return handler.OK(TopConsumption{
		Cycle: m.Cycle, State: m.State, RunID: m.RunID, GeneratedAt: m.GeneratedAt, Customers: m.Customers,
		Top: topOf(m.CustomerSums, top),
	}), nil
}

func topOf(sums []tally.Sum, top int) []CustomerSpent {
	all := make([]CustomerSpent, 0, len(sums))
	for _, s := range sums {
		all = append(all, CustomerSpent{s.CustomerID, s.Rows, Spent{s.Currency, s.Amounts[bill.Payment]}, s.Invoice, s.Margin})
	}
	slices.SortFunc(all, func(a, b CustomerSpent) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), b.Payment.Compare(a.Payment), cmp.Compare(a.CustomerID, b.CustomerID))
	})
	list, of := all[:0], map[string]int{}
	for _, c := range all {
		if of[c.Currency]++; of[c.Currency] <= top {
			list = append(list, c)
		}
	}
	return list
}
