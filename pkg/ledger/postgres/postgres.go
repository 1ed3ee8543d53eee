// Package postgres keeps the ledger in PostgreSQL, in the tables ledger_rows and
// ledger_migrations of the connection's first schema.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// Store is a ledger.Store in a PostgreSQL database.
type Store struct{ pool *pgxpool.Pool }

var _ ledger.Store = (*Store)(nil)

// Open connects to the database at url, a postgres:// address or a keyword
// string, and makes or migrates its tables. The pool is set by the address:
// pool_max_conns and so on.
func Open(ctx context.Context, url string) (*Store, error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("open the ledger's database: %w", err)
	}
	if err := migrate(ctx, pool); err != nil {
		pool.Close()
		return nil, fmt.Errorf("prepare the ledger's database: %w", err)
	}
	return &Store{pool: pool}, nil
}

// Close ends the connections.
func (s *Store) Close() { s.pool.Close() }

// Insert implements ledger.Store.
func (s *Store) Insert(ctx context.Context, row ledger.Row) error {
	const query = `INSERT INTO ledger_rows (kind, key, version, body, state, due_at, expires_at, created_at, updated_at)
		VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`
	return s.change(ctx, ledger.ErrExists, query, row.Kind, row.Key, string(row.Body), row.State,
		stored(row.DueAt), stored(row.ExpiresAt), stored(row.CreatedAt), stored(row.UpdatedAt))
}

// Update implements ledger.Store.
func (s *Store) Update(ctx context.Context, row ledger.Row) error {
	const query = `UPDATE ledger_rows
		SET version = version + 1, body = $4, state = $5, due_at = $6, expires_at = $7, updated_at = $8
		WHERE kind = $1 AND key = $2 AND version = $3`
	return s.change(ctx, ledger.ErrVersion, query, row.Kind, row.Key, row.Version, string(row.Body), row.State,
		stored(row.DueAt), stored(row.ExpiresAt), stored(row.UpdatedAt))
}

// change runs a statement that changes one row, or returns refused when it
// changed none.
func (s *Store) change(ctx context.Context, refused error, query string, args ...any) error {
	tag, err := s.pool.Exec(ctx, query, args...)
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 {
		return refused
	}
	return nil
}

const columns = `kind, key, version, body, state, due_at, expires_at, created_at, updated_at`

// Get implements ledger.Store.
func (s *Store) Get(ctx context.Context, kind, key string) (ledger.Row, error) {
	found, err := s.pool.Query(ctx, `SELECT `+columns+` FROM ledger_rows WHERE kind = $1 AND key = $2`, kind, key)
	if err != nil {
		return ledger.Row{}, err
	}
	row, err := pgx.CollectExactlyOneRow(found, scan)
	if errors.Is(err, pgx.ErrNoRows) {
		return ledger.Row{}, ledger.ErrNotFound
	}
	return row, err
}

// Due implements ledger.Store.
func (s *Store) Due(ctx context.Context, kind string, from, until time.Time, limit int) ([]ledger.Row, error) {
	const query = `SELECT ` + columns + ` FROM ledger_rows WHERE kind = $1 AND due_at BETWEEN $2 AND $3 ORDER BY due_at, key LIMIT $4`
	found, err := s.pool.Query(ctx, query, kind, from, until, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, scan)
}

// DeleteExpired implements ledger.Store.
func (s *Store) DeleteExpired(ctx context.Context, now time.Time, limit int) (int, error) {
	const query = `DELETE FROM ledger_rows WHERE expires_at <= $1 AND (kind, key) IN
		(SELECT kind, key FROM ledger_rows WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`
	tag, err := s.pool.Exec(ctx, query, now, limit)
	return int(tag.RowsAffected()), err
}

func scan(from pgx.CollectableRow) (ledger.Row, error) {
	var row ledger.Row
	var due, expires *time.Time
	err := from.Scan(&row.Kind, &row.Key, &row.Version, &row.Body, &row.State, &due, &expires, &row.CreatedAt, &row.UpdatedAt)
	row.DueAt, row.ExpiresAt = instant(due), instant(expires)
	row.CreatedAt, row.UpdatedAt = row.CreatedAt.UTC(), row.UpdatedAt.UTC()
	return row, err
}

// stored returns t as a column keeps it, to the microsecond, or NULL for none.
func stored(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.Truncate(time.Microsecond)
	return &t
}

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
