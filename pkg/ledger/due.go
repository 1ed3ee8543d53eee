package ledger

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// Due lists at most limit entries that somebody should look at: those whose
// outcome is unknown, those whose lease has ended by now, and those that are done
// or failed but not announced yet. The longest due come first, and one that was
// looked at in vain goes to the end. The list may lag; Reconcile reads each entry
// afresh.
func (l *Ledger) Due(ctx context.Context, now time.Time, limit int) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		rows, err := l.store.Due(ctx, l.kind, time.Time{}, now, limit)
		if err != nil {
			yield(Entry{}, fmt.Errorf("list the due entries: %w", err))
			return
		}
		for _, row := range rows {
			if !yield(entryOf(row)) {
				return
			}
		}
	}
}

// Unknown lists at most limit entries whose outcome is unknown, also those that
// were asked about a moment ago. A lease that has ended counts, although nobody
// has asked yet. The list may lag.
func (l *Ledger) Unknown(ctx context.Context, limit int) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		now, left := l.now(), limit
		// An unknown outcome is due one lease after it was asked about.
		for en, err := range l.Due(ctx, now.Add(2*l.lease), maxListed) {
			if err == nil && en.State != StateUnknown && (en.State != StateRunning || en.leased(now)) {
				continue
			}
			if left == 0 || !yield(en, err) {
				return
			}
			left--
		}
	}
}

// maxListed bounds how many rows are read to find the unknown ones among them.
const maxListed = 10_000

// Reconciliation says what ReconcileDue did.
type Reconciliation struct {
	// Settled counts the entries that became done or failed.
	Settled int
	// Announced counts the outcomes that were announced late.
	Announced int
	// Unknown are the entries that stay unknown, as recorded now: a later
	// ReconcileDue asks again, and a person may decide.
	Unknown []Entry
}

// ReconcileDue looks at no more than limit entries that are due: it calls settle
// for those whose outcome is unknown or whose lease has ended, and announces the
// outcomes, also done and failed ones, that have not been announced. Settle
// rebuilds the effect from the key and the fingerprint and calls Reconcile; its
// error, where it leaves the outcome unknown, becomes the entry's reason. Several
// may reconcile at the same time.
//
// The error tells of a store or an Announce that failed, after everything else was
// looked at, or that ctx ended before.
func (l *Ledger) ReconcileDue(ctx context.Context, limit int, settle func(ctx context.Context, en Entry) error) (Reconciliation, error) {
	var sum Reconciliation
	var failures []error
	for en, err := range l.Due(ctx, l.now(), limit) {
		if err == nil {
			err = l.reconcile(ctx, en.Key, settle, &sum)
		}
		failures = append(failures, err)
		if ctx.Err() != nil {
			break // what is left stays due
		}
	}
	return sum, errors.Join(append(failures, ctx.Err())...)
}

func (l *Ledger) reconcile(ctx context.Context, key string, settle func(context.Context, Entry) error, sum *Reconciliation) error {
	en, err := l.Entry(ctx, key)
	switch {
	case err != nil:
		return err
	case en.DueAt.IsZero() || l.now().Before(en.DueAt):
		return nil // somebody was faster, or the list lags
	case en.State == StateDone || en.State == StateFailed:
		return l.makeUp(ctx, en, sum)
	}
	reason := settle(ctx, en)
	if err := ctx.Err(); err != nil {
		return err
	}
	now, err := l.Entry(ctx, key)
	switch {
	case err != nil:
		return err
	case now.State == StateDone || now.State == StateFailed:
		sum.Settled++
		return nil
	case now.leased(l.now()):
		return nil // somebody is at it
	case now.version == en.version:
		now = postponed(en, reason, l.now(), l.lease) // settle recorded nothing
		if err := l.write(ctx, &now); err != nil {
			return ignoreVersion(err)
		}
	}
	err = l.announceOutcome(ctx, &now)
	sum.Unknown = append(sum.Unknown, now)
	return err
}

// postponed sends an entry that was looked at in vain to the end, so that it does
// not keep others from their turn.
func postponed(en Entry, reason error, now time.Time, lease time.Duration) Entry {
	if en.State == StateRunning {
		en.Ended = en.DueAt
	}
	if reason == nil {
		reason = errors.New("nobody could tell what happened")
	}
	return en.unknown(reason, en.Ended, now.Add(lease))
}

// makeUp announces an outcome whose announcement failed or was cut off. Where it
// fails again, the entry goes to the end.
func (l *Ledger) makeUp(ctx context.Context, en Entry, sum *Reconciliation) error {
	if !l.unannounced(en) {
		en.DueAt = time.Time{} // nobody wants to hear of it any more
		return ignoreVersion(l.write(ctx, &en))
	}
	err := l.announceOutcome(ctx, &en)
	if err == nil {
		sum.Announced++
		return nil
	}
	en.DueAt = l.now().Add(l.lease)
	return errors.Join(err, ignoreVersion(l.write(ctx, &en)))
}

// ignoreVersion passes over a writer that was faster.
func ignoreVersion(err error) error {
	if errors.Is(err, ErrVersion) {
		return nil
	}
	return err
}
