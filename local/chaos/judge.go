package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// Findings are what a run proves against the ledger; none is what it should be.
type Findings struct {
	// Double are effects that nobody wanted, or wanted once and got twice.
	Double []string
	// Lost are effects that the ledger does not know, or that it says were made and
	// were not.
	Lost []string
	// Unsettled are entries without an outcome, though Huawei Cloud's records have it,
	// and outcomes that the sales platform has not heard of.
	Unsettled []string
	// Other is whatever else contradicts itself.
	Other []string
}

func (f Findings) all() []string {
	return slices.Concat(slices.Sorted(slices.Values(f.Double)), slices.Sorted(slices.Values(f.Lost)),
		slices.Sorted(slices.Values(f.Unsettled)), slices.Sorted(slices.Values(f.Other)))
}

// alike is what effects have in common that Huawei Cloud's records cannot tell apart.
type alike struct{ operation, customer, amount string }

func (w *wanted) alike() alike { return alike{w.operation, w.customer, w.amount.StringFixed(2)} }

// judge holds the ledger against the journal of the simulated Huawei Cloud.
func (r *run) judge(ctx context.Context) (Findings, error) {
	var f Findings
	made := map[alike][]string{} // by the references of the journal
	for _, e := range r.sim.Journal() {
		if slices.Contains([]string{opPay, opIssue, opAllocate, opReclaim}, e.Operation) {
			group := alike{e.Operation, e.CustomerID, e.Amount.StringFixed(2)}
			made[group] = append(made[group], e.Reference)
			r.count.Effects++
		}
	}
	open := map[alike][]string{} // keys without a record of an effect
	all, err := r.records(ctx)
	if err != nil {
		return f, err
	}
	for _, rec := range all {
		if rec.operation != "" && !f.take(rec.wanted, rec.entry, made) {
			open[rec.alike()] = append(open[rec.alike()], fmt.Sprintf("%s (%s)", rec.key, rec.entry.State))
		}
	}
	owed, err := r.owed(ctx)
	if err != nil {
		return f, err
	}
	f.Other = append(f.Other, owed...)
	for group, references := range made {
		for _, reference := range references {
			if keys := open[group]; len(keys) > 0 {
				f.Lost = append(f.Lost, fmt.Sprintf("%s %s for customer %s was made as %s, but of %v no entry says so",
					group.operation, group.amount, group.customer, reference, keys))
				continue
			}
			f.Double = append(f.Double, fmt.Sprintf("%s %s for customer %s was made once more, as %s",
				group.operation, group.amount, group.customer, reference))
		}
	}
	f.Unsettled = append(f.Unsettled, r.left...)
	f.Other = append(f.Other, r.sim.Check()...)
	return f, nil
}

// owed are the payments that were not made and left money of the partner's with their
// customers, who still have it.
func (r *run) owed(ctx context.Context) ([]string, error) {
	var owed []string
	for _, in := range r.plan.intentions {
		left, spent, err := r.outstanding(ctx, in)
		switch {
		case err != nil:
			return nil, err
		case spent:
			r.count.Spent++
		case !left.IsZero():
			owed = append(owed, fmt.Sprintf("%s was not made, and left %s of the partner's with the customer", in.name, left))
		}
	}
	return owed, nil
}

// take strikes an entry's effect out of those that were made. It reports whether
// the entry has one.
func (f *Findings) take(w *wanted, en ledger.Entry, made map[alike][]string) bool {
	switch en.State {
	case ledger.StateDone:
		reference := referenceOf(en.Result)
		f.compare(w, reference)
		at := slices.Index(made[w.alike()], reference)
		if at < 0 {
			f.Lost = append(f.Lost, fmt.Sprintf("%s is done as %s, which was not made, or counted for another entry", w.key, reference))
			return true
		}
		made[w.alike()] = slices.Delete(made[w.alike()], at, at+1)
		return true
	case ledger.StateRunning, ledger.StateUnknown, ledger.StateFailed:
	}
	f.compare(w, "")
	return false
}

// compare holds what callers were told against the entry.
func (f *Findings) compare(w *wanted, reference string) {
	for told := range w.told {
		if told != reference {
			f.Other = append(f.Other, fmt.Sprintf("a caller was told that %s was made as %s; the ledger has %q", w.key, told, reference))
		}
	}
}

// referenceOf reads how a result names its effect.
func referenceOf(result json.RawMessage) string {
	var text string
	if json.Unmarshal(result, &text) == nil {
		return text
	}
	var fields struct {
		OrderID    string `json:"order_id"`
		CouponID   string `json:"coupon_id"`
		TransferID string `json:"transfer_id"`
	}
	if json.Unmarshal(result, &fields) != nil {
		return ""
	}
	return fields.OrderID + fields.CouponID + fields.TransferID
}

// entry reads what the ledger has of an effect; an entry without a state where it has
// nothing.
func (r *run) entry(ctx context.Context, w *wanted) (ledger.Entry, error) {
	en, err := ledger.New(r.rows(), ledger.Options{Now: r.clock.Now, Space: w.space}).Entry(ctx, w.key)
	if errors.Is(err, ledger.ErrNotFound) {
		return ledger.Entry{}, nil
	}
	return en, err
}
