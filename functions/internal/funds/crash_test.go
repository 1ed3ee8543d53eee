package funds_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/internal/funds"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// killing is a store whose process is killed before the next write that is wanted.
type killing struct {
	*memory.Store
	before atomic.Pointer[func(row ledger.Row) bool]
}

var errKilled = errors.New("killed")

func (s *killing) kill(before func(row ledger.Row) bool) { s.before.Store(&before) }

func (s *killing) killed(row ledger.Row) bool {
	before := s.before.Load()
	if before == nil || !(*before)(row) {
		return false
	}
	s.before.Store(nil)
	return true
}

func (s *killing) Insert(ctx context.Context, row ledger.Row) error {
	if s.killed(row) {
		return errKilled
	}
	return s.Store.Insert(ctx, row)
}

func (s *killing) Update(ctx context.Context, row ledger.Row) error {
	if s.killed(row) {
		return errKilled
	}
	return s.Store.Update(ctx, row)
}

// The writes of a movement that nobody may be killed between without harm.
var writes = map[string]func(row ledger.Row) bool{
	"note":   func(row ledger.Row) bool { return row.Kind == "document/open-movements" },
	"claim":  func(row ledger.Row) bool { return row.Kind == "claim" },
	"record": func(row ledger.Row) bool { return row.State == string(ledger.StateDone) },
}

// Wherever a process is killed, the next equal movement is made once, and so is the
// one that was begun.
func TestAKilledMovementIsToldFromTheNext(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, w *world, way way) {
		effects := 0
		for name, before := range writes {
			store := &killing{Store: memory.New()}
			w.book, w.mover = w.process(store)
			w.clock.Advance(time.Hour)
			killed, next := way.movement(w, "killed-"+name, "10"), way.movement(w, "next-"+name, "10")
			store.kill(before)
			_, err := w.mover.Move(t.Context(), killed)
			require.Error(t, err, name)

			w.clock.Advance(10 * time.Minute)
			assert.NotEqual(t, w.move(next), w.move(killed), name)
			effects += 2
			assert.Equal(t, effects, w.effects(way.operation), name)
		}
	})
}

// A note that could not be taken back names a movement that is done.
func TestANoteThatStayedBlocksNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store := &killing{Store: memory.New()}
	w.book, w.mover = w.process(store)
	way := ways["to a customer"]
	noted := false
	store.kill(func(row ledger.Row) bool {
		first := row.Kind == "document/open-movements" && !noted
		noted = noted || first
		return row.Kind == "document/open-movements" && !first
	})
	w.move(way.movement(w, "1", "10"))
	require.True(t, noted)
	w.move(way.movement(w, "2", "10"))
	assert.Empty(t, w.unsettled(w.own))
}

// While a movement is under way, another process neither makes an equal one nor
// takes its record for that of one in doubt.
func TestAMovementUnderWayIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store := &killing{Store: memory.New()}
	w.book, w.mover = w.process(store)
	_, other := w.process(store)
	way := ways["to a customer"]
	var meanwhile error
	store.kill(func(row ledger.Row) bool {
		if row.Kind == "claim" {
			store.before.Store(nil)
			_, meanwhile = other.Move(t.Context(), way.movement(w, "next", "10"))
		}
		return false
	})
	w.move(way.movement(w, "first", "10"))
	require.ErrorIs(t, meanwhile, ledger.ErrRunning, "it is not its turn")
	w.move(way.movement(w, "next", "10"))
	assert.Equal(t, 2, w.effects(way.operation))
}

// Of two that looked at the account at the same moment, the second is sent back.
func TestANoteIsWrittenOverTheOneThatWasSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store := &killing{Store: memory.New()}
	w.book, w.mover = w.process(store)
	_, other := w.process(store)
	way := ways["to a customer"]
	second := way.movement(w, "second", "10")
	store.kill(func(row ledger.Row) bool {
		if row.Key == second.Key {
			store.before.Store(nil)
			w.clock.Advance(10 * time.Minute) // its turn is over
			w.fail(way.operation, huawei.FaultUnavailable, huawei.BeforeEffect)
			_, err := other.Move(context.WithoutCancel(t.Context()), way.movement(w, "first", "10"))
			assert.Error(t, err)
		}
		return false
	})
	_, err := w.mover.Move(t.Context(), second)
	require.ErrorIs(t, err, ledger.ErrRunning)
	assert.Zero(t, w.effects(way.operation))
	_, err = w.mover.Move(t.Context(), second)
	var doubt *funds.DoubtError
	require.ErrorAs(t, err, &doubt)
}
