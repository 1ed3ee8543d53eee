package payorder

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/internal/funds"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// allocation is what was given for a payment under one number, and whether it came
// back, as the ledger has it.
type allocation struct {
	n            int
	amount       decimal.Decimal
	given, taken ledger.State // empty where it was never begun
	decided      bool         // by a person, about the whole
}

func (a allocation) outstanding() bool {
	return a.given == ledger.StateDone && a.taken != ledger.StateDone && !a.decided
}

func outstanding(all []allocation) decimal.Decimal {
	sum := decimal.Zero
	for _, a := range all {
		if a.outstanding() {
			sum = sum.Add(a.amount)
		}
	}
	return sum
}

func movementKey(d funds.Direction, orderID string, n int) string {
	return fmt.Sprintf("%s/pay/%s/%d", d, orderID, n)
}

// allocations are all that were begun for the payment of an order. What was given before
// a person decided about the whole is that person's, and does not count as outstanding.
func (f *function) allocations(ctx context.Context, orderID string) ([]allocation, error) {
	whole, err := f.ledger.Entry(ctx, fundingKey(orderID))
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return nil, err
	}
	var all []allocation
	for n := 1; ; n++ {
		given, err := f.ledger.Entry(ctx, movementKey(funds.Allocate, orderID, n))
		if errors.Is(err, ledger.ErrNotFound) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		taken, err := f.ledger.Entry(ctx, movementKey(funds.Reclaim, orderID, n))
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return nil, err
		}
		amount, err := decimal.NewFromString(given.Fingerprint["amount"])
		if err != nil {
			return nil, fmt.Errorf("the entry %q has no amount: %w", given.Key, err)
		}
		a := allocation{n: n, amount: amount, given: given.State, taken: taken.State}
		a.decided = slices.ContainsFunc(whole.Decisions, func(d ledger.Decision) bool { return given.Ended.Before(d.At) })
		all = append(all, a)
	}
}

// settledAllocations are the allocations for an order once none is in doubt. It fails
// as long as one is.
func (f *function) settledAllocations(ctx context.Context, orderID string) ([]allocation, error) {
	all, err := f.allocations(ctx, orderID)
	if err != nil {
		return nil, err
	}
	doubted := false
	for _, a := range all {
		for _, d := range a.inDoubt() {
			doubted = true
			if err := f.settleMovement(ctx, movementKey(d, orderID, a.n)); err != nil {
				return nil, err
			}
		}
	}
	if !doubted {
		return all, nil
	}
	return f.allocations(ctx, orderID)
}

// inDoubt are the directions of the allocation's movements whose outcome is unknown.
func (a allocation) inDoubt() []funds.Direction {
	var all []funds.Direction
	if a.given == ledger.StateUnknown || a.given == ledger.StateRunning {
		all = append(all, funds.Allocate)
	}
	if a.taken == ledger.StateUnknown || a.taken == ledger.StateRunning {
		all = append(all, funds.Reclaim)
	}
	return all
}

// settleMovement asks what became of a movement in doubt. That it was not made is an
// answer, too.
func (f *function) settleMovement(ctx context.Context, key string) error {
	en, err := f.ledger.Entry(ctx, key)
	if err != nil {
		return err
	}
	err = f.funding.mover.Settle(ctx, en)
	if _, refused := errors.AsType[*ledger.RefusedError](err); refused {
		return nil
	}
	return err
}

// allocateMissing gives the customer what its balance lacks for an order. What was
// given before and is still there counts. It is refused where it certainly gave
// nothing.
func (f *function) allocateMissing(ctx context.Context, q Quote) error {
	all, err := f.settledAllocations(ctx, q.OrderID)
	if err != nil {
		return err
	}
	has, err := f.balance(ctx, q.CustomerID)
	if err != nil {
		return certain(fundingKey(q.OrderID), err)
	}
	missing := q.Payable.Sub(has)
	if !missing.IsPositive() {
		return nil
	}
	if needed := outstanding(all).Add(missing); needed.GreaterThan(f.funding.most) {
		return certain(fundingKey(q.OrderID), fundingTooLarge(needed, f.funding.most))
	}
	n := len(all) + 1
	if len(all) > 0 && all[len(all)-1].given == ledger.StateFailed {
		n-- // nothing was given under the last number
	}
	return f.move(ctx, q.CustomerID, funds.Allocate, q.OrderID, n, missing)
}

// giveBack takes back exactly what is outstanding of a payment that was not made.
func (f *function) giveBack(ctx context.Context, q Quote) error {
	all, err := f.settledAllocations(ctx, q.OrderID)
	if err != nil {
		return err
	}
	var failures []error
	for _, a := range all {
		if a.outstanding() {
			failures = append(failures, f.move(ctx, q.CustomerID, funds.Reclaim, q.OrderID, a.n, a.amount))
		}
	}
	return errors.Join(failures...)
}

// move makes one movement of the money for an order.
func (f *function) move(ctx context.Context, customerID string, d funds.Direction, orderID string, n int, amount decimal.Decimal) error {
	m := funds.Movement{Key: movementKey(d, orderID, n), Direction: d, CustomerID: customerID, Amount: amount, Currency: funds.Currency}
	_, err := f.funding.mover.Move(ctx, m)
	_, refused := errors.AsType[*ledger.RefusedError](err)
	_, waits := errors.AsType[*funds.DoubtError](err)
	if refused || waits {
		return certain(m.Key, m.Problem(err))
	}
	return err
}
