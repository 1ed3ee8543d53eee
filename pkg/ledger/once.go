package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const kindOnce = "once"

// Once remembers ids that may be used one time, for all processes that share its
// store: the ids of signed requests, of assertions, of states.
type Once struct {
	store Store
	now   func() time.Time
}

// NewOnce returns a memory of used ids in store. The clock now is required.
func NewOnce(store Store, now func() time.Time) *Once {
	return &Once{store: store, now: now}
}

// FirstUse reports whether this is the first use of id, and remembers it until
// expires, which must be in the future. On an error nothing is known, and the
// use must be refused.
func (o *Once) FirstUse(ctx context.Context, id string, expires time.Time) (bool, error) {
	now := o.now()
	if !expires.After(now) {
		return false, errors.New("ledger: an id can be remembered only until a time to come")
	}
	row := Row{Kind: kindOnce, Key: id, Body: []byte("{}"), ExpiresAt: expires, CreatedAt: now, UpdatedAt: now}
	_, err := insertOver(ctx, o.store, row, now)
	if errors.Is(err, ErrExists) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("remember a used id: %w", err)
	}
	return true, nil
}
