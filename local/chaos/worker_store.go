package chaos

import (
	"context"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// stoppingStore stops before everything that a delivery does with the store, and
// after every write.
type stoppingStore struct {
	worker *worker
	store  ledger.Store
}

func (s stoppingStore) Insert(ctx context.Context, row ledger.Row) error {
	return s.write(ctx, atInsert, row, func() error { return s.store.Insert(ctx, row) })
}

func (s stoppingStore) Update(ctx context.Context, row ledger.Row) error {
	return s.write(ctx, atUpdate, row, func() error { return s.store.Update(ctx, row) })
}

func (s stoppingStore) Get(ctx context.Context, kind, key string) (ledger.Row, error) {
	if err := stopAt(ctx, point{What: atGet, Detail: kind + " " + key}); err != nil {
		return ledger.Row{}, err
	}
	var row ledger.Row
	var err error
	s.worker.beyond(func() { row, err = s.store.Get(ctx, kind, key) })
	return row, err
}

func (s stoppingStore) Due(ctx context.Context, kind string, from, until time.Time, limit int) ([]ledger.Row, error) {
	if err := stopAt(ctx, point{What: atDue, Detail: kind}); err != nil {
		return nil, err
	}
	var rows []ledger.Row
	var err error
	s.worker.beyond(func() { rows, err = s.store.Due(ctx, kind, from, until, limit) })
	return rows, err
}

func (s stoppingStore) DeleteExpired(ctx context.Context, now time.Time, limit int) (int, error) {
	return s.store.DeleteExpired(ctx, now, limit)
}

func (s stoppingStore) write(ctx context.Context, what string, row ledger.Row, act func() error) error {
	at := point{What: what, Detail: row.Kind + " " + row.Key}
	if row.State != "" {
		at.Detail += " " + row.State
	}
	if err := stopAt(ctx, at); err != nil {
		return err
	}
	var err error
	if s.worker.beyond(func() { err = act() }); err != nil {
		return err
	}
	at.After = true
	return stopAt(ctx, at)
}

func stopAt(ctx context.Context, at point) error {
	d := deliveryOf(ctx)
	if d == nil {
		return nil
	}
	return d.stop(ctx, at, 0)
}
