package funds

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// openMovements are the movements of one account that were begun and not struck out.
type openMovements struct {
	Open []openMovement `json:"open"`
}

// openMovement is as much of a movement as tells whether another is equal to it.
type openMovement struct {
	Key string `json:"key"`
	// Space is the ledger's that has the entry: each function has its own.
	Space     string          `json:"space"`
	Direction Direction       `json:"direction"`
	Amount    decimal.Decimal `json:"amount"`
	Currency  string          `json:"currency"`
}

// note is what is kept of an account, at the version at which it was read.
type note = ledger.Document[openMovements]

func (o openMovement) movement(account string) Movement {
	return Movement{Key: o.Key, Direction: o.Direction, CustomerID: account, Amount: o.Amount, Currency: o.Currency}
}

// Unsettled returns the keys of the account's movements whose outcome is not known,
// after having asked what became of them. While there is one, what the account holds
// may be about to change.
func (v *Mover) Unsettled(ctx context.Context, account string) ([]string, error) {
	var keys []string
	err := v.turn(ctx, account, func(ctx context.Context) error {
		note, err := v.unsettled(ctx, account, "")
		for _, open := range note.Value.Open {
			keys = append(keys, open.Key)
		}
		return err
	})
	return keys, err
}

// unsettled reads the note of the account and strikes out what can be settled, but for
// one movement that is asked about by itself.
func (v *Mover) unsettled(ctx context.Context, account, but string) (note, error) {
	found, err := v.read(ctx, account)
	if err != nil || len(found.Value.Open) == 0 {
		return found, err
	}
	var open []openMovement
	for _, o := range found.Value.Open {
		settled := false
		if o.Key != but {
			if settled, err = v.settled(ctx, account, o); err != nil {
				return note{}, err
			}
		}
		if !settled {
			open = append(open, o)
		}
	}
	if len(open) == len(found.Value.Open) {
		return found, nil
	}
	found.Value.Open = open
	return v.notes.Put(ctx, found)
}

// settled reports whether the outcome of a movement of the account is known, or can
// be found out. What another function began, that function settles.
func (v *Mover) settled(ctx context.Context, account string, o openMovement) (bool, error) {
	book := v.bookOf(o.Space)
	en, err := book.Entry(ctx, o.Key)
	if err != nil {
		return false, err
	}
	m, err := movementOf(en)
	if err != nil {
		return false, err
	}
	switch {
	case en.State == ledger.StateFailed, m.account() != account:
		return true, nil // in the second case the key was used for another account after it had failed
	case en.State == ledger.StateDone:
		return true, v.claimResult(ctx, o, en)
	case book != v.book:
		return false, nil
	}
	_, err = ledger.Reconcile(ctx, book, o.Key, v.effect(m, nil))
	_, refused := errors.AsType[*ledger.RefusedError](err)
	if err != nil && !refused {
		v.log.LogAttrs(ctx, slog.LevelWarn, "movement not settled", slog.String("key", o.Key), slog.Any("cause", err))
	}
	return err == nil || refused, nil
}

// bookOf is the ledger of a function.
func (v *Mover) bookOf(space string) *ledger.Ledger {
	if space == v.book.Space() {
		return v.book
	}
	return v.space(space)
}

// claimResult claims the transfer of a movement that is done, which nobody has done
// yet where a person decided so.
func (v *Mover) claimResult(ctx context.Context, o openMovement, en ledger.Entry) error {
	id := transferOf(en)
	if id == "" {
		return nil
	}
	_, err := v.book.Claim(ctx, id, o.Space+"/"+o.Key)
	return err
}

// transferOf is the transfer of an entry that is done, empty where a person named none.
func transferOf(en ledger.Entry) string {
	var id string
	if json.Unmarshal(en.Result, &id) != nil {
		return ""
	}
	return id
}

func (v *Mover) read(ctx context.Context, account string) (note, error) {
	found, err := v.notes.Get(ctx, account)
	if errors.Is(err, ledger.ErrNotFound) {
		return note{Key: account}, nil
	}
	return found, err
}

// open notes the movement down over the note that was looked at before.
func (v *Mover) open(ctx context.Context, seen note, m Movement) error {
	seen.Value.Open = append(slices.DeleteFunc(slices.Clone(seen.Value.Open), func(o openMovement) bool { return o.Key == m.Key }),
		openMovement{m.Key, v.book.Space(), m.Direction, m.Amount, m.Currency})
	_, err := v.notes.Put(ctx, seen)
	if errors.Is(err, ledger.ErrExists) || errors.Is(err, ledger.ErrVersion) {
		return fmt.Errorf("another movement of %s began at this moment; ask again: %w", m.account(), ledger.ErrRunning)
	}
	return err
}

// strike takes a movement off the note once its outcome is recorded. Should it fail,
// the next one to look does it.
func (v *Mover) strike(ctx context.Context, account, key string) {
	ctx = context.WithoutCancel(ctx)
	en, err := v.book.Entry(ctx, key)
	if err == nil && (en.State == ledger.StateDone || en.State == ledger.StateFailed) {
		err = v.remove(ctx, account, key)
	}
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		v.log.LogAttrs(ctx, slog.LevelWarn, "movement not struck out", slog.String("key", key), slog.Any("cause", err))
	}
}

func (v *Mover) remove(ctx context.Context, account, key string) error {
	found, err := v.read(ctx, account)
	if err != nil {
		return err
	}
	rest := slices.DeleteFunc(slices.Clone(found.Value.Open), func(o openMovement) bool { return o.Key == key })
	if len(rest) == len(found.Value.Open) {
		return nil
	}
	found.Value.Open = rest
	_, err = v.notes.Put(ctx, found)
	return err
}
