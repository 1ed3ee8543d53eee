package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"sync"
)

// writer gathers what is asked for at the same time into one transaction: a commit
// waits for the disk as long for a hundred changes as for one. Each change still
// succeeds or is refused by itself, and nobody is answered before the commit.
type writer struct {
	db *sql.DB
	// turn has its one place taken by who writes.
	turn chan struct{}

	mu      sync.Mutex
	waiting []*change
}

// change is a statement that changes one row.
type change struct {
	query   string
	args    []any
	refused error // when it changes none

	done chan struct{}
	err  error // once done
}

// most bounds a transaction, so that others come to their turn.
const most = 100

func newWriter(db *sql.DB) *writer {
	return &writer{db: db, turn: make(chan struct{}, 1)}
}

// do makes a change, in the transaction of whoever has the turn.
func (w *writer) do(ctx context.Context, c *change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.done = make(chan struct{})
	w.mu.Lock()
	w.waiting = append(w.waiting, c)
	w.mu.Unlock()
	for {
		select {
		case <-c.done:
			return c.err
		case w.turn <- struct{}{}:
			w.commit(ctx, w.next())
			<-w.turn
		case <-ctx.Done():
			if w.withdraw(c) {
				return ctx.Err()
			}
			<-c.done // it is being written
			return c.err
		}
	}
}

func (w *writer) next() []*change {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(most, len(w.waiting))
	taken := slices.Clone(w.waiting[:n])
	w.waiting = slices.Delete(w.waiting, 0, n)
	return taken
}

func (w *writer) withdraw(c *change) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.waiting, c)
	if i < 0 {
		return false
	}
	w.waiting = slices.Delete(w.waiting, i, i+1)
	return true
}

// commit writes changes, which are of several callers: it does not end with one of
// them.
func (w *writer) commit(ctx context.Context, changes []*change) {
	if len(changes) == 0 {
		return
	}
	err := w.write(context.WithoutCancel(ctx), changes)
	for _, c := range changes {
		if err != nil {
			c.err = err
		}
		close(c.done)
	}
}

func (w *writer) write(ctx context.Context, changes []*change) error {
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	for _, c := range changes {
		if err := c.write(ctx, tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (c *change) write(ctx context.Context, tx *sql.Tx) error {
	res, err := tx.ExecContext(ctx, c.query, c.args...)
	if err != nil {
		return err
	}
	changed, err := res.RowsAffected()
	if err == nil && changed == 0 {
		c.err = c.refused
	}
	return err
}
