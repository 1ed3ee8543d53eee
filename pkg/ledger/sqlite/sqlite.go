// Package sqlite keeps the ledger in one SQLite file, which needs nothing else:
// the default of a single machine. Several processes of that machine may share
// the file; it must not lie on a network file system.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver, in pure Go

	"github.com/bssfn/bssfn/pkg/ledger"
)

// Store is a ledger.Store in a SQLite file.
type Store struct {
	db     *sql.DB
	writer *writer
}

var _ ledger.Store = (*Store)(nil)

// What holds for every connection: writers wait for each other instead of
// failing, readers never wait, and a commit is on the disk before it returns.
const settings = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"

// Open opens the file at path, and makes it and its tables when they are
// missing. The file is readable by its owner alone.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := create(path); err != nil {
		return nil, fmt.Errorf("create the ledger's file: %w", err)
	}
	escaped := (&url.URL{Path: path}).EscapedPath()
	db, err := sql.Open("sqlite", "file:"+escaped+"?"+settings)
	if err != nil {
		return nil, fmt.Errorf("open the ledger's file %s: %w", path, err)
	}
	// SQLite has one writer: more connections would only wait for each other.
	db.SetMaxOpenConns(1)
	if err := migrate(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare the ledger's file %s: %w", path, err), db.Close())
	}
	return &Store{db: db, writer: newWriter(db)}, nil
}

func create(path string) error {
	f, err := os.OpenFile(filepath.Clean(path), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// Close releases the file.
func (s *Store) Close() error { return s.db.Close() }

// Insert implements ledger.Store.
func (s *Store) Insert(ctx context.Context, row ledger.Row) error {
	const query = `INSERT INTO rows (kind, key, version, body, state, due_at, expires_at, created_at, updated_at)
		VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	return s.change(ctx, ledger.ErrExists, query, row.Kind, row.Key, string(row.Body), row.State,
		micros(row.DueAt), micros(row.ExpiresAt), micros(row.CreatedAt), micros(row.UpdatedAt))
}

// Update implements ledger.Store.
func (s *Store) Update(ctx context.Context, row ledger.Row) error {
	const query = `UPDATE rows SET version = version + 1, body = ?, state = ?, due_at = ?, expires_at = ?, updated_at = ?
		WHERE kind = ? AND key = ? AND version = ?`
	return s.change(ctx, ledger.ErrVersion, query, string(row.Body), row.State,
		micros(row.DueAt), micros(row.ExpiresAt), micros(row.UpdatedAt), row.Kind, row.Key, row.Version)
}

// change runs a statement that changes one row, or returns refused when it
// changed none.
func (s *Store) change(ctx context.Context, refused error, query string, args ...any) error {
	return s.writer.do(ctx, &change{query: query, args: args, refused: refused})
}

const columns = `kind, key, version, body, state, due_at, expires_at, created_at, updated_at`

// Get implements ledger.Store.
func (s *Store) Get(ctx context.Context, kind, key string) (ledger.Row, error) {
	row, err := scan(s.db.QueryRowContext(ctx, `SELECT `+columns+` FROM rows WHERE kind = ? AND key = ?`, kind, key))
	if errors.Is(err, sql.ErrNoRows) {
		return ledger.Row{}, ledger.ErrNotFound
	}
	return row, err
}

// Due implements ledger.Store.
func (s *Store) Due(ctx context.Context, kind string, from, until time.Time, limit int) ([]ledger.Row, error) {
	const query = `SELECT ` + columns + ` FROM rows WHERE kind = ? AND due_at BETWEEN ? AND ? ORDER BY due_at, key LIMIT ?`
	found, err := s.db.QueryContext(ctx, query, kind, from.UnixMicro(), until.UnixMicro(), limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }() // found.Err has the error that counts
	var rows []ledger.Row
	for found.Next() {
		row, err := scan(found)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, found.Err()
}

// DeleteExpired implements ledger.Store.
func (s *Store) DeleteExpired(ctx context.Context, now time.Time, limit int) (int, error) {
	const query = `DELETE FROM rows WHERE (kind, key) IN
		(SELECT kind, key FROM rows WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`
	res, err := s.db.ExecContext(ctx, query, micros(now), limit)
	if err != nil {
		return 0, err
	}
	deleted, err := res.RowsAffected()
	return int(deleted), err
}

func scan(from interface{ Scan(...any) error }) (ledger.Row, error) {
	var row ledger.Row
	var due, expires, created, updated sql.NullInt64
	err := from.Scan(&row.Kind, &row.Key, &row.Version, &row.Body, &row.State, &due, &expires, &created, &updated)
	row.DueAt, row.ExpiresAt = instant(due), instant(expires)
	row.CreatedAt, row.UpdatedAt = instant(created), instant(updated)
	return row, err
}

func micros(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMicro(), Valid: !t.IsZero()}
}

func instant(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.UnixMicro(n.Int64).UTC()
}
