package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// OutcomeID names an outcome: the key, the attempt and the state. It is the same
// each time that the outcome is announced, and unique in the ledger's space.
func (en Entry) OutcomeID() string {
	return fmt.Sprintf("%s#%d/%s", en.Key, en.Attempts, en.State)
}

// outcome records an outcome together with the announcement that it needs, and
// then announces it.
func (l *Ledger) outcome(ctx context.Context, en *Entry) error {
	if l.unannounced(*en) && en.DueAt.IsZero() {
		en.DueAt = l.now()
	}
	if err := l.write(ctx, en); err != nil {
		return err
	}
	// The outcome stands, whatever becomes of this: the entry is due until it has
	// been announced.
	_ = l.announceOutcome(ctx, en)
	return nil
}

// unannounced says whether the entry has an outcome that is to be announced.
func (l *Ledger) unannounced(en Entry) bool {
	return l.announce != nil && en.State != StateRunning && en.Announced.IsZero()
}

// announceOutcome announces the outcome as it is recorded, if that has not been
// done, and records that, unless somebody has written something newer.
func (l *Ledger) announceOutcome(ctx context.Context, en *Entry) error {
	if !l.unannounced(*en) {
		return nil
	}
	if err := l.announce(ctx, *en); err != nil {
		return fmt.Errorf("announce that %q is %s: %w", en.Key, en.State, err)
	}
	announced := *en
	announced.Announced = l.now()
	if en.State != StateUnknown {
		announced.DueAt = time.Time{}
	}
	err := l.write(ctx, &announced)
	if errors.Is(err, ErrVersion) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("record that it was announced that %q is %s: %w", en.Key, en.State, err)
	}
	*en = announced
	return nil
}
