package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// Append keeps an event to be sent, and tries to send it at once where Options
// say so: whether that succeeds is nothing that the caller hears of. Appending an
// id again changes nothing, whatever the event says, for as long as it is kept.
// After an error the event may be kept but not in its subject's turn yet: append
// it again.
func (o *Outbox) Append(ctx context.Context, e Event) error {
	if err := e.check(); err != nil {
		return err
	}
	data, err := json.Marshal(e.Data)
	if err != nil {
		return fmt.Errorf("encode the data of the event %s: %w", e.ID, err)
	}
	if len(data) > MaxData {
		return fmt.Errorf("the data of the event %s has %d bytes, more than %d", e.ID, len(data), MaxData)
	}
	kept, err := o.keep(ctx, Kept{ID: e.ID, State: StateWaiting, At: o.now(), Subject: e.Subject, Type: e.Type, Data: data})
	if err != nil {
		return err
	}
	if kept.State != StateWaiting {
		return nil
	}
	if err := o.enqueue(ctx, kept.Subject, kept.ID, false); err != nil {
		return err
	}
	o.tryAtOnce(ctx, kept.Subject)
	return nil
}

// keep inserts the event, or returns what is kept under its id.
func (o *Outbox) keep(ctx context.Context, k Kept) (Kept, error) {
	row, err := o.row(k)
	if err != nil {
		return Kept{}, err
	}
	err = o.store.Insert(ctx, row)
	if err == nil {
		return k, nil
	}
	if !errors.Is(err, ledger.ErrExists) {
		return Kept{}, fmt.Errorf("keep the event %s: %w", k.ID, err)
	}
	return o.load(ctx, k.ID)
}

func (o *Outbox) load(ctx context.Context, id string) (Kept, error) {
	row, err := o.store.Get(ctx, o.kindEvent(), id)
	if err != nil {
		return Kept{}, fmt.Errorf("read the event %s: %w", id, err)
	}
	return keptOf(row)
}

// tryAtOnce sends what waits of a subject, briefly, unless the receiver has just
// failed: then it is Deliver that finds out when it is back.
func (o *Outbox) tryAtOnce(ctx context.Context, subject string) {
	if o.opts.AtOnce <= 0 || o.before(&o.quiet) || o.before(&o.closed) || !o.mayTry() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, o.opts.AtOnce)
	defer cancel()
	if _, err := o.drain(ctx, subject); err != nil {
		o.opts.Logger.WarnContext(ctx, "events wait for the next delivery", "subject", subject, "error", err)
	}
}

// mayTry lets 20 tries at once, and then one a second: who appends many events, as
// a campaign does, is not held up by each of them.
func (o *Outbox) mayTry() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	used := now
	if o.used.After(now) {
		used = o.used
	}
	used = used.Add(tryEvery)
	if used.Sub(now) > tryBurst*tryEvery {
		return false
	}
	o.used = used
	return true
}

// before says whether one of the instants that heard sets is still to come.
func (o *Outbox) before(at *time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now().Before(*at)
}
