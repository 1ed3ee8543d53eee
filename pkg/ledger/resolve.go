package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrDecided says that there is nothing for a person to decide: the outcome is
// known, or an attempt is still running.
var ErrDecided = errors.New("ledger: only an unknown outcome is decided by a person")

// Resolution is what a person who knows what happened decides about an unknown
// outcome.
type Resolution struct {
	// State is StateDone, the effect was made, or StateFailed: it certainly was
	// not made and will not be, so that it may run again.
	State State
	// By is who decides.
	By string
	// Reason is how they know, in at most 500 bytes.
	Reason string
	// Result is the JSON of the effect's result, when done: what Apply would have
	// returned. Every later Do is answered with it.
	Result json.RawMessage
}

// Decision is a Resolution on the record.
type Decision struct {
	State   State     `json:"state"`
	By      string    `json:"by"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
	From    State     `json:"from"`    // the state before
	Attempt int       `json:"attempt"` // the attempt that it is about
	// Doubt is why the outcome was unknown.
	Doubt string `json:"doubt,omitempty"`
}

// Resolve settles the unknown outcome of key as a person says, and returns the
// entry, which keeps the decision for good. It is announced like any outcome. A
// key that was never begun is ErrNotFound; ErrDecided is returned for an entry that
// is done, failed or running (also one whose lease has ended: let ReconcileDue ask
// first), and ErrVersion where somebody else settled it at the same moment.
func (l *Ledger) Resolve(ctx context.Context, key string, r Resolution) (Entry, error) {
	if err := r.check(); err != nil {
		return Entry{}, fmt.Errorf("decide about %q: %w", key, err)
	}
	en, err := l.Entry(ctx, key)
	if err != nil {
		return Entry{}, err
	}
	if en.State != StateUnknown {
		return Entry{}, fmt.Errorf("decide about %q, which is %s: %w", key, en.State, ErrDecided)
	}
	now := l.now()
	decided := en.done(r.Result, now)
	if r.State == StateFailed {
		decided = en.failed(fmt.Errorf("%s decided that it did not happen: %s", r.By, r.Reason), now)
	}
	decided.Ended = en.Ended
	decided.Decisions = append(decided.Decisions, Decision{
		State: r.State, By: r.By, Reason: r.Reason, At: now, From: en.State, Attempt: en.Attempts, Doubt: en.Reason,
	})
	if err := l.outcome(ctx, &decided); err != nil {
		return Entry{}, fmt.Errorf("record what %s decided about %q: %w", r.By, key, err)
	}
	return decided, nil
}

func (r Resolution) check() error {
	switch {
	case r.By == "" || r.Reason == "":
		return errors.New("it takes a person and a reason")
	case len(r.Reason) > maxReason:
		return fmt.Errorf("the reason has more than %d bytes", maxReason)
	case r.State == StateDone && !json.Valid(r.Result):
		return errors.New("what is done has a result, as JSON")
	case r.State == StateFailed && len(r.Result) > 0:
		return errors.New("what did not happen has no result")
	case r.State != StateDone && r.State != StateFailed:
		return fmt.Errorf("it is %s or %s, not %q", StateDone, StateFailed, r.State)
	}
	return nil
}
