// Package memory keeps the ledger in memory: for tests, and for the demo, which
// begins anew each time. It forgets everything with the process, and so must
// never stand before real money.
package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// Store is a ledger.Store in memory.
type Store struct {
	mu   sync.Mutex
	rows map[id]ledger.Row
}

type id struct{ kind, key string }

var _ ledger.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store { return &Store{rows: map[id]ledger.Row{}} }

// Insert implements ledger.Store.
func (s *Store) Insert(ctx context.Context, row ledger.Row) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := id{row.Kind, row.Key}
	if _, ok := s.rows[at]; ok {
		return ledger.ErrExists
	}
	row.Version = 1
	s.rows[at] = stored(row)
	return nil
}

// Get implements ledger.Store.
func (s *Store) Get(ctx context.Context, kind, key string) (ledger.Row, error) {
	if err := ctx.Err(); err != nil {
		return ledger.Row{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	row, ok := s.rows[id{kind, key}]
	if !ok {
		return ledger.Row{}, ledger.ErrNotFound
	}
	return stored(row), nil
}

// Update implements ledger.Store.
func (s *Store) Update(ctx context.Context, row ledger.Row) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := id{row.Kind, row.Key}
	old, ok := s.rows[at]
	if !ok || old.Version != row.Version {
		return ledger.ErrVersion
	}
	row.Version++
	row.CreatedAt = old.CreatedAt
	s.rows[at] = stored(row)
	return nil
}

// Due implements ledger.Store.
func (s *Store) Due(ctx context.Context, kind string, from, until time.Time, limit int) ([]ledger.Row, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	from = from.Truncate(time.Microsecond)
	var due []ledger.Row
	for at, row := range s.rows {
		if at.kind == kind && reached(row.DueAt, until) && !row.DueAt.Before(from) {
			due = append(due, stored(row))
		}
	}
	slices.SortFunc(due, func(a, b ledger.Row) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.Key, b.Key))
	})
	return due[:min(limit, len(due))], nil
}

// DeleteExpired implements ledger.Store.
func (s *Store) DeleteExpired(ctx context.Context, now time.Time, limit int) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	deleted := 0
	for at, row := range s.rows {
		if deleted < limit && reached(row.ExpiresAt, now) {
			delete(s.rows, at)
			deleted++
		}
	}
	return deleted, nil
}

func reached(at, now time.Time) bool { return !at.IsZero() && !at.After(now) }

// stored returns row as a store keeps it: with a body of its own, in UTC, to the
// microsecond.
func stored(row ledger.Row) ledger.Row {
	row.Body = bytes.Clone(row.Body)
	for _, at := range []*time.Time{&row.DueAt, &row.ExpiresAt, &row.CreatedAt, &row.UpdatedAt} {
		*at = at.UTC().Truncate(time.Microsecond)
	}
	return row
}
