// Package ledger makes things happen once. The partner API moves money without
// an idempotency key: after a time-out nobody knows whether an order was paid,
// and triggers deliver at least once. So every such effect is written down
// before it is made, under a key that the caller chooses for the intention:
//
//	new -> running (with a lease) -> done | failed | unknown
//
// The first writer of a key wins by a conditional insert. After a crash, an
// expired lease or an ambiguous error the outcome is unknown, and the world is
// asked what happened before anything is made a second time: found means done,
// proven absent means that it may run again, anything else waits for a person.
// Money is never moved on a guess. ReconcileDue settles what others left, Resolve
// takes down what a person decides, and Options.Announce tells of every outcome.
//
// Turn lets one caller act at a time. The same store remembers ids that may be
// used once (Once), small documents (Documents) and which outside record belongs
// to which entry (Claim).
package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	kindEffect    = "effect"
	defaultLease  = 2 * time.Minute
	recordTimeout = 10 * time.Second
	maxKey        = 512 // bytes; within the key limits of every store
)

// Options configure a Ledger.
type Options struct {
	// Now is the clock. It is required.
	Now func() time.Time
	// Lease is how long an attempt may run before others take it for crashed;
	// 2 minutes when zero. An attempt's context ends after three quarters of
	// it: the rest covers clocks that differ and the writing of the outcome.
	Lease time.Duration
	// Owner names this process in its entries, for those who read them.
	Owner string
	// Space keeps the entries of one function apart from those of others that
	// share the store: each lists and settles its own. Claims and turns are
	// everybody's. Empty is a space of its own.
	Space string
	// Announce tells others of an outcome, done, failed or unknown, after it was
	// recorded. That it is still to be announced is recorded with the outcome, so
	// that ReconcileDue makes up for a process that died in between, or for an
	// Announce that failed, which fails no call. An outcome is thus announced at
	// least once; Entry.OutcomeID tells a repetition. One that the same attempt
	// replaces before it was announced, as when an unknown outcome is found
	// meanwhile, is announced as what replaced it. Nothing is announced when nil.
	Announce func(ctx context.Context, en Entry) error
	// Sleep waits by the clock, for Turn. Without it Turn does not wait.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Ledger records effects in a store. It is safe for concurrent use.
type Ledger struct {
	store    Store
	kind     string // of its entries' rows
	clock    func() time.Time
	sleep    func(ctx context.Context, d time.Duration) error
	lease    time.Duration
	owner    string
	announce func(ctx context.Context, en Entry) error
	turns    queue
}

// New returns a ledger over store.
func New(store Store, opts Options) *Ledger {
	if opts.Lease <= 0 {
		opts.Lease = defaultLease
	}
	kind := kindEffect
	if opts.Space != "" {
		kind += "/" + opts.Space
	}
	return &Ledger{
		store: store, kind: kind, clock: opts.Now, sleep: opts.Sleep,
		lease: opts.Lease, owner: opts.Owner, announce: opts.Announce,
	}
}

// Space is where the ledger keeps its entries: Options.Space.
func (l *Ledger) Space() string {
	return strings.TrimPrefix(strings.TrimPrefix(l.kind, kindEffect), "/")
}

// Entry returns what is recorded under key. An unknown key is ErrNotFound.
func (l *Ledger) Entry(ctx context.Context, key string) (Entry, error) {
	row, err := l.store.Get(ctx, l.kind, key)
	if err != nil {
		return Entry{}, fmt.Errorf("read the entry %q: %w", key, err)
	}
	return entryOf(row)
}

// open begins the first attempt at key, and says so, or returns the entry that
// was there before.
func (l *Ledger) open(ctx context.Context, key string, fp Fingerprint) (Entry, bool, error) {
	if key == "" || len(key) > maxKey {
		return Entry{}, false, fmt.Errorf("ledger: a key has 1 to %d bytes, this one has %d", maxKey, len(key))
	}
	now := l.now()
	fresh := l.nextAttempt(Entry{Key: key, Fingerprint: fp, Since: now, CreatedAt: now})
	row, err := fresh.row(l.kind, now)
	if err != nil {
		return Entry{}, false, err
	}
	err = l.store.Insert(ctx, row)
	if err == nil {
		fresh.version = 1
		return fresh, true, nil
	}
	if !errors.Is(err, ErrExists) {
		return Entry{}, false, fmt.Errorf("record the entry %q before anything is done: %w", key, err)
	}
	old, err := l.Entry(ctx, key)
	if err != nil {
		return Entry{}, false, err
	}
	if old.State == StateFailed {
		return old, false, nil // nothing was done: the request may be a corrected one
	}
	if fields := old.Fingerprint.differing(fp); len(fields) > 0 {
		return Entry{}, false, &ConflictError{Key: key, Fields: fields}
	}
	return old, false, nil
}

// restart claims the entry for another attempt. Of several callers one wins. What
// the attempt before came to is announced first if it was not: it will not be
// there any more.
func (l *Ledger) restart(ctx context.Context, en Entry, fp Fingerprint) (Entry, error) {
	if l.unannounced(en) {
		if err := l.announce(ctx, en); err != nil {
			return Entry{}, fmt.Errorf("announce attempt %d of %q before the next is made: %w", en.Attempts, en.Key, err)
		}
	}
	if en.State == StateFailed {
		en.Fingerprint, en.Since = fp, l.now() // nothing has happened so far
	}
	en = l.nextAttempt(en)
	err := l.write(ctx, &en)
	if errors.Is(err, ErrVersion) {
		return Entry{}, &RunningError{Key: en.Key, Until: en.DueAt}
	}
	if err != nil {
		return Entry{}, fmt.Errorf("record attempt %d of %q before it is made: %w", en.Attempts, en.Key, err)
	}
	return en, nil
}

func (l *Ledger) nextAttempt(en Entry) Entry {
	en.State = StateRunning
	en.Attempts++
	en.Owner = l.owner
	en.DueAt = l.now().Add(l.lease)
	en.Ended, en.Announced = time.Time{}, time.Time{}
	en.Reason = ""
	return en
}

// settle records the outcome of an attempt, even when the caller has gone, and
// announces it. If others have meanwhile called the same attempt unknown, what its
// owner knows replaces that; a later attempt is never touched.
func (l *Ledger) settle(ctx context.Context, en Entry) (Entry, error) {
	ctx, cancel := recording(ctx)
	defer cancel()
	for {
		err := l.outcome(ctx, &en)
		if err == nil {
			return en, nil
		}
		if !errors.Is(err, ErrVersion) {
			return Entry{}, fmt.Errorf("record that %q is %s: %w", en.Key, en.State, err)
		}
		current, err := l.Entry(ctx, en.Key)
		if err != nil {
			return Entry{}, err
		}
		if current.State == StateDone {
			return current, nil
		}
		if current.Attempts != en.Attempts {
			return Entry{}, fmt.Errorf("attempt %d of %q is %s, attempt %d is %s: %w",
				en.Attempts, en.Key, en.State, current.Attempts, current.State, ErrSuperseded)
		}
		en.version, en.Decisions = current.version, current.Decisions
	}
}

// park records that nobody could tell the outcome, unless somebody has written
// something newer.
func (l *Ledger) park(ctx context.Context, en Entry) error {
	ctx, cancel := recording(ctx)
	defer cancel()
	err := l.outcome(ctx, &en)
	if err != nil && !errors.Is(err, ErrVersion) {
		return fmt.Errorf("record that %q is %s: %w", en.Key, en.State, err)
	}
	return nil
}

// recording bounds the writing of an outcome, which must survive a caller that
// has gone.
func recording(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
}

func (l *Ledger) write(ctx context.Context, en *Entry) error {
	row, err := en.row(l.kind, l.now())
	if err != nil {
		return err
	}
	if err := l.store.Update(ctx, row); err != nil {
		return err
	}
	en.version++
	return nil
}

func (l *Ledger) now() time.Time { return l.clock().UTC().Truncate(time.Microsecond) }

// result decodes the recorded result of a done entry.
func result[T any](en Entry) (T, error) {
	var value T
	if err := json.Unmarshal(en.Result, &value); err != nil {
		return value, fmt.Errorf("%q is done, but its recorded result is no %T: %w", en.Key, value, err)
	}
	return value, nil
}
