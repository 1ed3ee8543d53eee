package billexport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/ratecard"
	"github.com/bssfn/bssfn/functions/billexport/internal/subscribed"
	"github.com/bssfn/bssfn/pkg/bss"
)

// plan says whose bills a run exports, and what they are priced with. It does not
// change while the run works.
type plan struct {
	Customers []bill.Customer `json:"customers"`
	// Archives are those that a run of subscribed files reads before the customers.
	Archives []subscribed.Kind `json:"archives,omitempty"`
	// RateCard, PartnerName and FocusRefunds are those that were in force when the run
	// was planned.
	RateCard     string `json:"rate_card,omitempty"`
	PartnerName  string `json:"partner_name,omitempty"`
	FocusRefunds string `json:"focus_refunds,omitempty"`
	// Units are the names of units of measure by their numbers, for statements.
	Units map[string]string `json:"units,omitempty"`

	card *ratecard.Card // RateCard, read; nil where there is none
}

// plan lists who consumed in the cycle, each once. The whole list is read at first, so
// that it does not shift under the long export, and sorted, so that two exports of the
// same bills are the same files.
func (f *function) plan(ctx context.Context, h *held) (*workResult, error) {
	cycle := h.run.Request.Cycle
	var ids []string
	for customer, err := range f.cloud.ListConsumeSubCustomers(ctx, bss.ListConsumeSubCustomersRequest{BillCycle: cycle}) {
		if err != nil {
			return nil, fmt.Errorf("list the customers with bills in %s: %w", cycle, err)
		}
		ids = append(ids, customer.CustomerID)
		if err := h.keep(ctx); err != nil {
			return nil, err
		}
	}
	slices.Sort(ids)
	known, err := f.names(ctx, h)
	if err != nil {
		return nil, err
	}
	ids, err = chosen(h.run.Request.Customers, slices.Compact(ids), known)
	if err != nil {
		return nil, err
	}
	card, err := f.rateCard(ctx)
	if err != nil {
		return nil, err
	}
	units, err := f.units(ctx, h.run)
	if err != nil {
		return nil, err
	}
	p := plan{
		Customers: make([]bill.Customer, len(ids)), RateCard: card, Units: units,
		PartnerName: f.cfg.PartnerName, FocusRefunds: f.cfg.FocusRefunds,
	}
	for i, id := range ids {
		p.Customers[i] = known[id]
		p.Customers[i].ID = id
	}
	return f.writeResult(ctx, h, "plan", p, len(ids))
}

// writeResult keeps what a task found in an object that is named after its content.
func (f *function) writeResult(ctx context.Context, h *held, name string, v any, count int) (*workResult, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode the %s of run %s: %w", name, h.run.ID, err)
	}
	sum := sha256.Sum256(data)
	object := workName(h.run.ID, name+"-"+hex.EncodeToString(sum[:8])+".json")
	return &workResult{Objects: []partObject{{Name: object}}, Count: count}, f.writeObject(ctx, object, data)
}

// names lists the partner's customers by id. Without it files have ids only, so what
// refuses to list them does not end a run.
func (f *function) names(ctx context.Context, h *held) (map[string]bill.Customer, error) {
	known := map[string]bill.Customer{}
	for customer, err := range f.cloud.ListSubCustomers(ctx, bss.ListSubCustomersRequest{}) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			f.log.LogAttrs(ctx, slog.LevelWarn, "the customers of an export have no names: they cannot be listed",
				slog.String("run", h.run.ID), slog.Any("cause", err))
			return known, nil
		}
		known[customer.CustomerID] = bill.Customer{ID: customer.CustomerID, AccountName: customer.AccountName, Name: customer.Customer}
		if err := h.keep(ctx); err != nil {
			return nil, err
		}
	}
	return known, nil
}

// chosen are the customers to export: those asked for, each of whom consumed or is at
// least known, or all who consumed.
func chosen(asked, consumed []string, known map[string]bill.Customer) ([]string, error) {
	if len(asked) == 0 {
		return consumed, nil
	}
	var ids, unknown []string
	for _, id := range slices.Sorted(slices.Values(asked)) {
		_, consumes := slices.BinarySearch(consumed, id)
		if _, ok := known[id]; !ok && !consumes {
			unknown = append(unknown, id)
		} else if consumes {
			ids = append(ids, id)
		}
	}
	if len(unknown) > 0 {
		return nil, fatal("customer_unknown",
			clipped("These are no customers of the partner, and did not consume in the cycle: "+strings.Join(unknown, ", ")+"."),
			"Ask with the customer ids of Huawei Cloud.")
	}
	return slices.Compact(ids), nil
}

// planCache keeps the last plan that was read: all tasks of a run need it.
type planCache struct {
	mu   sync.Mutex
	name string
	plan *plan
}

func (f *function) planOf(ctx context.Context, r run) (*plan, error) {
	f.lastPlan.mu.Lock()
	defer f.lastPlan.mu.Unlock()
	if f.lastPlan.name == r.Plan {
		return f.lastPlan.plan, nil
	}
	p := &plan{}
	if err := f.readJSON(ctx, r.Plan, p); err != nil {
		return nil, fmt.Errorf("read the plan of run %s: %w", r.ID, err)
	}
	if p.RateCard != "" {
		var err error
		if p.card, err = ratecard.Read([]byte(p.RateCard)); err != nil {
			return nil, fmt.Errorf("read the rate card of run %s: %w", r.ID, err)
		}
	}
	f.lastPlan.name, f.lastPlan.plan = r.Plan, p
	return p, nil
}
