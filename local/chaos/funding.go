package chaos

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// record is something wanted, and what the ledger has of it.
type record struct {
	*wanted
	entry ledger.Entry
	whole *intention // of the entry that holds a funded payment together
}

// records are all that the run wanted, with the movements of money that payments with
// the partner's money made on the way: nobody wanted those, and how many there were is
// in the ledger alone.
func (r *run) records(ctx context.Context) ([]record, error) {
	var all []record
	for _, in := range r.plan.intentions {
		for _, w := range in.wanted {
			en, err := r.entry(ctx, w)
			if err != nil {
				return nil, err
			}
			all = append(all, record{wanted: w, entry: en})
		}
		if in.funded == "" {
			continue
		}
		more, err := r.movements(ctx, in)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// movements are those of one funded payment, and the entry that holds them together.
func (r *run) movements(ctx context.Context, in *intention) ([]record, error) {
	pay := in.wanted[0]
	look := func(key, operation string) (record, error) {
		w := &wanted{space: pay.space, key: key, operation: operation, customer: pay.customer}
		en, err := r.entry(ctx, w)
		if err == nil && en.State != "" && operation != "" {
			w.amount, err = decimal.NewFromString(en.Fingerprint["amount"])
		}
		return record{wanted: w, entry: en}, err
	}
	whole, err := look("fund/"+in.funded, "")
	if err != nil {
		return nil, err
	}
	whole.whole = in
	all := []record{whole}
	for n := 1; ; n++ {
		given, err := look(fmt.Sprintf("allocate/pay/%s/%d", in.funded, n), opAllocate)
		if err != nil || given.entry.State == "" {
			return all, err
		}
		taken, err := look(fmt.Sprintf("reclaim/pay/%s/%d", in.funded, n), opReclaim)
		if err != nil {
			return all, err
		}
		all = append(all, given)
		if taken.entry.State != "" {
			all = append(all, taken)
		}
	}
}

// outstanding is what a funded payment that was not made has left with the customer,
// which must be nothing, unless the customer has spent it on something else. No record
// of Huawei Cloud's settles that: the entry waits until the balance is there again, or
// for a person.
func (r *run) outstanding(ctx context.Context, in *intention) (left decimal.Decimal, spent bool, err error) {
	paid, err := r.entry(ctx, in.wanted[0])
	if err != nil || in.funded == "" || paid.State == ledger.StateDone {
		return left, false, err
	}
	all, err := r.movements(ctx, in)
	for _, rec := range all {
		switch {
		case rec.entry.State != ledger.StateDone:
		case rec.operation == opAllocate:
			left = left.Add(rec.amount)
		case rec.operation == opReclaim:
			left = left.Sub(rec.amount)
		}
	}
	if err != nil || !left.IsPositive() {
		return left, false, err
	}
	balances, err := r.sim.Client().ListCustomersBalancesDetail(ctx, bss.ListCustomersBalancesDetailRequest{
		CustomerInfos: []bss.CustomerID{{CustomerID: in.wanted[0].customer}},
	})
	if err != nil {
		return left, false, fmt.Errorf("look at the balance of customer %s: %w", in.wanted[0].customer, err)
	}
	return left, len(balances) == 1 && balances[0].Amount.LessThan(left), nil
}
