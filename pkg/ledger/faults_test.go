package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

const lease = 2 * time.Minute

var (
	start    = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	errFault = errors.New("connection reset by peer")
)

// faulty is a store whose writes can be watched and made to fail: point is
// called before and after each of them.
type faulty struct {
	ledger.Store
	point func(when string) error
}

func (f faulty) Insert(ctx context.Context, row ledger.Row) error {
	return f.write("insert", func() error { return f.Store.Insert(ctx, row) })
}

func (f faulty) Update(ctx context.Context, row ledger.Row) error {
	return f.write("update", func() error { return f.Store.Update(ctx, row) })
}

func (f faulty) write(what string, act func() error) error {
	if err := f.point("before " + what); err != nil {
		return err
	}
	if err := act(); err != nil {
		return err
	}
	return f.point("after " + what)
}

// failAt fails the point of that name each time.
func failAt(name string) func(string) error {
	return func(when string) error {
		if when == name {
			return errFault
		}
		return nil
	}
}

type bench struct {
	store *memory.Store
	clock *clock.Simulated
	*ledger.Ledger
}

func newBench(t *testing.T) bench {
	t.Helper()
	b := bench{store: memory.New(), clock: clock.NewFrozen(start)}
	b.Ledger = b.over(b.store)
	return b
}

// over returns another process's ledger of the same entries, through store.
func (b bench) over(store ledger.Store) *ledger.Ledger {
	return ledger.New(store, ledger.Options{Now: b.clock.Now, Lease: lease, Owner: "tester"})
}
