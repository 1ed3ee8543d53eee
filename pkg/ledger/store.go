package ledger

import (
	"context"
	"errors"
	"time"
)

// Sentinel errors of a Store.
var (
	// ErrExists says that the row to insert is already there.
	ErrExists = errors.New("ledger: the row exists already")
	// ErrNotFound says that there is no such row.
	ErrNotFound = errors.New("ledger: no such row")
	// ErrVersion says that the row has been changed or deleted since it was
	// read.
	ErrVersion = errors.New("ledger: the row was changed by another writer")
)

// Row is the one shape in which a Store keeps everything. Instants are UTC and
// kept to the microsecond; the zero instant means none.
type Row struct {
	Kind string // what the row is: an effect, a used id, a kind of document
	Key  string // unique within its kind
	// Version is 1 when inserted and one more with every update.
	Version int64
	Body    []byte // JSON
	State   string // an effect's State; empty elsewhere
	// DueAt is when somebody should look at the row again.
	DueAt time.Time
	// ExpiresAt is when the row stops meaning anything. Readers check it: a
	// store may delete an expired row late.
	ExpiresAt time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Store keeps rows. Every method acts on one row at once or not at all, is safe
// for concurrent use by several processes, and has made its change durable when
// it returns nil. A store has no clock of its own. The package storetest holds
// the suite that every implementation passes.
type Store interface {
	// Insert adds row with version 1, whatever its Version says, or returns
	// ErrExists.
	Insert(ctx context.Context, row Row) error
	// Get returns the row as last written, or ErrNotFound.
	Get(ctx context.Context, kind, key string) (Row, error)
	// Update replaces the row that still has row.Version and gives it the next
	// one, or returns ErrVersion. CreatedAt stays as inserted.
	Update(ctx context.Context, row Row) error
	// Due returns at most limit rows, 1 or more, of the kind whose DueAt is
	// neither before from nor after until, the longest due first; those due at
	// the same instant come in any order. The zero instant as from begins with
	// the first row. It may lag behind the other methods.
	Due(ctx context.Context, kind string, from, until time.Time, limit int) ([]Row, error)
	// DeleteExpired deletes at most limit rows, 1 or more, whose ExpiresAt is
	// not after now, and says how many.
	DeleteExpired(ctx context.Context, now time.Time, limit int) (int, error)
}
