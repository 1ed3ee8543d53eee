package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	kindTurn = "turn"
	// turnWait is how long a caller waits for a holder in another process.
	turnWait = 15 * time.Second
	// turnPoll is the pause between two looks.
	turnPoll = 250 * time.Millisecond
)

// Turn calls do while nobody else, in any process that shares the store and in any
// space, is inside a Turn of that name, and returns its error. A caller waits for
// the one before it: for one in another process 15 seconds by the clock at most,
// if Options.Sleep is set. Who does not get a turn in time gets a *RunningError
// (ErrRunning), and nothing was done.
//
// The context of do ends after three quarters of the ledger's lease, and do must
// not act after that: when the lease of a holder that crashed has ended, the next
// one goes in. A turn keeps things in order; what must not happen twice needs Do,
// inside or outside.
func (l *Ledger) Turn(ctx context.Context, name string, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, l.lease-l.lease/4)
	defer cancel()
	if err := l.turns.enter(ctx, name); err != nil {
		return fmt.Errorf("wait for the turn %q in this process: %w", name, err)
	}
	defer l.turns.leave(name)
	held, err := l.takeTurn(ctx, name)
	if err != nil {
		return err
	}
	defer l.giveBack(ctx, held)
	return do(ctx)
}

// takeTurn inserts the row of a turn, and waits while another process has it.
func (l *Ledger) takeTurn(ctx context.Context, name string) (Row, error) {
	until := l.now().Add(turnWait)
	for {
		now := l.now()
		row := Row{Kind: kindTurn, Key: name, Body: []byte("{}"), State: l.owner, ExpiresAt: now.Add(l.lease), CreatedAt: now, UpdatedAt: now}
		version, err := insertOver(ctx, l.store, row, now)
		if err == nil {
			row.Version = version
			return row, nil
		}
		if !errors.Is(err, ErrExists) {
			return Row{}, fmt.Errorf("take the turn %q: %w", name, err)
		}
		if l.sleep == nil || !now.Before(until) {
			return Row{}, &RunningError{Key: name, Until: row.ExpiresAt}
		}
		if err := l.sleep(ctx, turnPoll); err != nil {
			return Row{}, fmt.Errorf("wait for the turn %q: %w", name, err)
		}
	}
}

// giveBack lets the next one go in. If that fails, the lease does it later. A lease
// that has ended is not given back: the row may be another one's by now.
func (l *Ledger) giveBack(ctx context.Context, held Row) {
	ctx, cancel := recording(ctx)
	defer cancel()
	now := l.now()
	if expired(held, now) {
		return
	}
	held.ExpiresAt, held.UpdatedAt = now, now
	_ = l.store.Update(ctx, held)
}

// queue lets callers of one process wait for each other without asking the store.
type queue struct {
	mu   sync.Mutex
	held map[string]chan struct{} // closed when its holder leaves
}

func (q *queue) enter(ctx context.Context, name string) error {
	for {
		left, ok := q.tryEnter(name)
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-left:
		}
	}
}

func (q *queue) tryEnter(name string) (left <-chan struct{}, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if left, held := q.held[name]; held {
		return left, false
	}
	if q.held == nil {
		q.held = map[string]chan struct{}{}
	}
	q.held[name] = make(chan struct{})
	return nil, true
}

func (q *queue) leave(name string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	close(q.held[name])
	delete(q.held, name)
}
