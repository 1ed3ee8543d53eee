package ledger

import (
	"context"
	"errors"
	"time"
)

// insertOver inserts row, or puts it in the place of one that has expired and
// that the store has not deleted yet. It returns the row's version, or ErrExists
// when a row that still counts is there.
func insertOver(ctx context.Context, store Store, row Row, now time.Time) (int64, error) {
	err := store.Insert(ctx, row)
	if !errors.Is(err, ErrExists) {
		return 1, err
	}
	old, err := store.Get(ctx, row.Kind, row.Key)
	if errors.Is(err, ErrNotFound) {
		return 1, store.Insert(ctx, row) // it was deleted at this moment
	}
	if err != nil {
		return 0, err
	}
	if !expired(old, now) {
		return 0, ErrExists
	}
	row.Version = old.Version
	err = store.Update(ctx, row)
	if errors.Is(err, ErrVersion) {
		return 0, ErrExists // another one was first
	}
	return old.Version + 1, err
}

func expired(row Row, now time.Time) bool {
	return !row.ExpiresAt.IsZero() && !now.Before(row.ExpiresAt)
}
