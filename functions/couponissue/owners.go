package couponissue

import (
	"context"
	"errors"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// owners keeps which transfer belongs to which request: one to one.
type owners struct {
	ledger *ledger.Ledger
	// notes hold the transfer that each request took or tried to take last.
	notes *ledger.Documents[string]
}

func newOwners(book *ledger.Ledger, rt functions.Runtime) owners {
	return owners{book, ledger.NewDocuments[string](rt.Store, "transfer", rt.Clock.Now)}
}

// take claims the transfer id for the request of that key, and reports whether it
// has it. The note is written before the claim: a request that was interrupted
// between the claim and the end comes back to the same transfer, and does not take
// one that another request needs.
func (o owners) take(ctx context.Context, key, id string) (bool, error) {
	note, err := o.notes.Get(ctx, key)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return false, err
	}
	note.Key, note.Value = key, id
	if _, err := o.notes.Put(ctx, note); err != nil {
		return false, err
	}
	return o.ledger.Claim(ctx, id, key)
}

// taken returns the transfer that the request of that key has, if it has one.
func (o owners) taken(ctx context.Context, key string) (id string, mine bool, err error) {
	note, err := o.notes.Get(ctx, key)
	if errors.Is(err, ledger.ErrNotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	mine, err = o.ledger.Claim(ctx, note.Value, key)
	return note.Value, mine, err
}
