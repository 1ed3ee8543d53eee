package ledger

import (
	"context"
	"errors"
	"fmt"
)

const kindClaim = "claim"

// Claim says that the outside record id, a transfer say, is the effect of the
// entry key, and reports whether that stands: the first entry to claim a record
// keeps it for good, and may claim it again. Where the API's records carry no
// key of ours, Apply claims the record it is given, and Find claims the record
// it takes for its own and passes over those it cannot get, so that two equal
// movements never share one record.
//
// It cannot tell apart two equal movements that are under way at the same time;
// whoever makes such movements makes them one after the other.
func (l *Ledger) Claim(ctx context.Context, id, key string) (bool, error) {
	now := l.now()
	row := Row{Kind: kindClaim, Key: id, Body: []byte("{}"), State: key, CreatedAt: now, UpdatedAt: now}
	err := l.store.Insert(ctx, row)
	if err == nil {
		return true, nil
	}
	if !errors.Is(err, ErrExists) {
		return false, fmt.Errorf("claim the record %q for %q: %w", id, key, err)
	}
	holder, err := l.Claimant(ctx, id)
	return holder == key, err
}

// Claimant returns the key of the entry that claimed the outside record id, empty
// where none did.
func (l *Ledger) Claimant(ctx context.Context, id string) (string, error) {
	row, err := l.store.Get(ctx, kindClaim, id)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read who claimed the record %q: %w", id, err)
	}
	return row.State, nil
}
