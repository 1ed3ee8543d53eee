package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// What is left of a lease must be enough for a try and its record.
const enough = 30 * time.Second

// drained is what became of a subject's events in one go.
type drained struct {
	delivered, givenUp int
	// failure is why the receiver did not take the last one, nil when it did.
	failure error
}

// drain sends what is due of a subject, one event after the other, until none is
// left, one fails, or the context ends. It is silent where another one has the
// lease, or has taken it over.
func (o *Outbox) drain(ctx context.Context, subject string) (drained, error) {
	var done drained
	holder := o.opts.NewID()
	q, ok, err := o.take(ctx, subject, holder)
	for err == nil && ok && len(q.Waiting) > 0 {
		q, ok, err = o.step(ctx, q, &done)
	}
	if errors.Is(err, errLost) {
		err = nil
	}
	return done, err
}

// step tries the first event of a queue that is held, and says whether the queue
// is held on.
func (o *Outbox) step(ctx context.Context, q queue, done *drained) (queue, bool, error) {
	if ctx.Err() != nil {
		return q, false, o.letGo(ctx, q, o.now())
	}
	if q.dueAt.Sub(o.now()) < enough {
		return q, false, errLost
	}
	id := q.Waiting[0]
	k, err := o.load(ctx, id)
	switch {
	case errors.Is(err, ledger.ErrNotFound): // it was delivered, and has expired
	case err != nil:
		return q, false, err // the lease ends by itself
	case k.State == StateWaiting && o.now().Before(k.NextTry):
		return q, false, o.letGo(ctx, q, k.NextTry)
	case k.State == StateWaiting:
		k, err = o.try(ctx, k, done)
		if err != nil {
			return q, false, err
		}
		if k.State == StateWaiting {
			return q, false, o.letGo(ctx, q, k.NextTry)
		}
	}
	ctx, cancel := recording(ctx)
	defer cancel()
	q, err = o.advance(ctx, q.subject, q.Holder, id)
	return q, err == nil, err
}

func (o *Outbox) letGo(ctx context.Context, q queue, at time.Time) error {
	ctx, cancel := recording(ctx)
	defer cancel()
	if now := o.now(); at.Before(now) {
		at = now
	}
	return o.release(ctx, q.subject, q.Holder, at)
}

// try sends an event once and records what came of it. Where the caller has gone
// meanwhile, nothing is known of the receiver: that is no try that counts.
func (o *Outbox) try(ctx context.Context, k Kept, done *drained) (Kept, error) {
	began := o.now()
	failure := o.sender.Send(ctx, Message{ID: k.ID, Type: k.Type, Timestamp: k.At, Data: k.Data})
	if failure != nil && errors.Is(ctx.Err(), context.Canceled) {
		k.NextTry = o.now()
		return k, nil
	}
	o.heard(failure)
	done.failure = failure
	ctx, cancel := recording(ctx)
	defer cancel()
	k, err := o.record(ctx, k, func(k Kept) Kept {
		if failure == nil {
			return k.delivered(began)
		}
		return k.failed(failure, began, o.now(), o.opts.Random())
	})
	if err != nil {
		return k, err
	}
	switch k.State {
	case StateDelivered:
		done.delivered++
	case StateFailed:
		done.givenUp++
		o.opts.Logger.ErrorContext(ctx, "event given up", "event", k.ID, "type", k.Type, "subject", k.Subject,
			"tries", k.Tries, "error", k.Error)
	case StateWaiting:
	}
	return k, nil
}

// record writes what a try came to, unless the event was settled meanwhile or is
// in another round: who sent it again waits for that one.
func (o *Outbox) record(ctx context.Context, k Kept, outcome func(Kept) Kept) (Kept, error) {
	for {
		changed := outcome(k)
		row, err := o.row(changed)
		if err != nil {
			return k, err
		}
		err = o.store.Update(ctx, row)
		if err == nil {
			return changed, nil
		}
		if !errors.Is(err, ledger.ErrVersion) {
			return k, fmt.Errorf("record that the event %s is %s: %w", k.ID, changed.State, err)
		}
		current, err := o.load(ctx, k.ID)
		if err != nil || current.State != StateWaiting || current.Resent != k.Resent {
			return current, err
		}
		k = current
	}
}

// heard remembers whether the receiver answers.
func (o *Outbox) heard(failure error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.quiet, o.closed = time.Time{}, time.Time{}
	if failure != nil {
		o.quiet = o.now().Add(quietFor)
		o.closed = o.now().Add(min(retryAfter(failure), maxDelay))
	}
}
