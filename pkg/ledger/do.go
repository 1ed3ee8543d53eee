package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Finding is what the world says about an effect whose outcome is unknown.
type Finding int

// The findings. The zero value is the careful one.
const (
	Unclear Finding = iota // nobody can tell yet
	Found                  // the effect was made
	Absent                 // the effect certainly was not made and will not be
)

// Effect is something that must happen once, with a result that survives JSON.
type Effect[T any] struct {
	// Apply makes the effect. It returns Refused(err) when the effect certainly
	// was not made; any other error, also that of an ended context, leaves the
	// outcome unknown. It must not act after its context has ended.
	Apply func(ctx context.Context) (T, error)
	// Find asks what became of an effect begun at or after since, by this
	// machine's clock, and returns its result when Found. An error counts as
	// Unclear.
	Find func(ctx context.Context, since time.Time) (T, Finding, error)
	// Settle is how long after an attempt its effect may still come to light.
	// Sooner than that Absent counts as Unclear. Zero believes it at once.
	Settle time.Duration
}

// Do makes the effect once for key, and returns the result that is recorded,
// decoded from JSON, to the first caller and to every later one with the same
// fingerprint. Otherwise it returns
//
//   - *ConflictError: the key stands for another fingerprint;
//   - *RunningError (ErrRunning): another caller is at it;
//   - *RefusedError: the effect was not made. A refusal is an answer of its
//     moment (a balance may be topped up), so the next Do tries again, also with
//     another fingerprint: a corrected request may take the key over;
//   - *UnknownError: the effect may have been made. The next Do asks Find first
//     and applies again only when it is proven absent. With ErrSuperseded inside
//     it has been made, too late: a person should compare;
//   - any other error: nothing was done.
//
// The outcome is recorded even when ctx ends meanwhile. If that fails, the entry
// stays running until its lease ends, and is unknown from then on.
func Do[T any](ctx context.Context, l *Ledger, key string, fp Fingerprint, e Effect[T]) (T, error) {
	var none T
	// The time to act begins before the lease does, so that it ends before it.
	ctx, cancel := context.WithTimeout(ctx, l.lease-l.lease/4)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return none, fmt.Errorf("%q was not begun: %w", key, err)
	}
	en, first, err := l.open(ctx, key, fp)
	if err != nil {
		return none, err
	}
	if first {
		return apply(ctx, l, en, e)
	}
	switch {
	case en.State == StateDone:
		return result[T](en)
	case en.leased(l.now()):
		return none, &RunningError{Key: key, Until: en.DueAt}
	case en.State != StateFailed:
		if found, finding, err := ask(ctx, l, en, e); finding != Absent {
			return found, err
		}
	}
	if en, err = l.restart(ctx, en, fp); err != nil {
		return none, err
	}
	return apply(ctx, l, en, e)
}

// Reconcile settles the entry of key without ever applying the effect: it asks
// Find about an unknown outcome and records the answer. A result, *RunningError,
// *RefusedError (with ErrAbsent when Find has just proved it) and *UnknownError
// mean the same as from Do; a key that was never begun is ErrNotFound. A person
// who knows what happened settles an entry with a Find that says so.
func Reconcile[T any](ctx context.Context, l *Ledger, key string, e Effect[T]) (T, error) {
	var none T
	en, err := l.Entry(ctx, key)
	if err != nil {
		return none, err
	}
	switch {
	case en.State == StateDone:
		return result[T](en)
	case en.State == StateFailed:
		return none, &RefusedError{Key: key, Err: errors.New(en.Reason)}
	case en.leased(l.now()):
		return none, &RunningError{Key: key, Until: en.DueAt}
	}
	found, finding, err := ask(ctx, l, en, e)
	if finding != Absent {
		return found, err
	}
	absent := en.failed(ErrAbsent, l.now())
	if err := l.outcome(ctx, &absent); err != nil {
		return none, unknown(en, fmt.Errorf("it was proven absent, but not recorded: %w", err))
	}
	return none, &RefusedError{Key: key, Err: ErrAbsent}
}

// apply makes the effect of an attempt that was begun, and records its outcome.
func apply[T any](ctx context.Context, l *Ledger, en Entry, e Effect[T]) (T, error) {
	var none T
	value, err := e.Apply(ctx)
	now := l.now()
	if err == nil {
		return settleDone(ctx, l, en, value, now)
	}
	if refused, ok := errors.AsType[*refusal](err); ok {
		_, failure := l.settle(ctx, en.failed(refused.reason, now))
		return none, &RefusedError{Key: en.Key, Err: errors.Join(refused.reason, failure)}
	}
	_, failure := l.settle(ctx, en.unknown(err, now, now))
	return none, unknown(en, errors.Join(err, failure))
}

// ask settles an entry whose outcome is unknown by asking the world. What is
// Absent is left to the caller; for anything else the answer is complete.
func ask[T any](ctx context.Context, l *Ledger, en Entry, e Effect[T]) (T, Finding, error) {
	var none T
	if en.State == StateRunning {
		en.Ended = en.DueAt // the attempt may have acted until its lease ended
	}
	value, finding, err := e.Find(ctx, en.Since)
	now := l.now()
	switch {
	case err != nil:
		err = fmt.Errorf("asking what happened failed: %w", err)
	case finding == Found:
		value, err = settleDone(ctx, l, en, value, now)
		return value, Found, err
	case finding == Absent && !now.Before(en.Ended.Add(e.Settle)):
		return none, Absent, nil
	case finding == Absent:
		err = fmt.Errorf("nothing was found, which proves nothing before %s", en.Ended.Add(e.Settle).Format(time.RFC3339))
	default:
		err = errors.New("asking what happened gave no clear answer")
	}
	failure := l.park(ctx, en.unknown(err, en.Ended, now.Add(l.lease)))
	return none, Unclear, unknown(en, errors.Join(err, failure))
}

// settleDone records the result of an effect that was made.
func settleDone[T any](ctx context.Context, l *Ledger, en Entry, value T, now time.Time) (T, error) {
	var none T
	encoded, err := json.Marshal(value)
	if err != nil {
		err = fmt.Errorf("it was done, but its result cannot be recorded: %w", err)
		_, failure := l.settle(ctx, en.unknown(err, now, now))
		return none, unknown(en, errors.Join(err, failure))
	}
	settled, err := l.settle(ctx, en.done(encoded, now))
	if err != nil {
		return none, unknown(en, fmt.Errorf("it was done, but not recorded: %w", err))
	}
	return result[T](settled)
}
