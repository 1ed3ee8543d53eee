package ledger_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// another returns the ledger of another process, which can wait.
func (b bench) another(store ledger.Store) *ledger.Ledger {
	return ledger.New(store, ledger.Options{Now: b.clock.Now, Lease: lease, Space: "another", Sleep: b.clock.Sleep})
}

func nothing(context.Context) error { return nil }

func TestOneTurnAtATime(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var inside, turns atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			assert.NoError(t, b.Turn(t.Context(), "customer/c1", func(ctx context.Context) error {
				assert.Equal(t, int64(1), inside.Add(1))
				_, bounded := ctx.Deadline()
				assert.True(t, bounded, "a turn ends before its lease")
				assert.NoError(t, b.Turn(ctx, "customer/c2", nothing), "another name is free")
				inside.Add(-1)
				turns.Add(1)
				return nil
			}))
		})
	}
	wg.Wait()
	assert.Equal(t, int64(16), turns.Load())
}

func TestATurnReturnsItsError(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	require.ErrorIs(t, b.Turn(t.Context(), "c1", func(context.Context) error { return errAnswer }), errAnswer)
	require.NoError(t, b.another(b.store).Turn(t.Context(), "c1", nothing), "and is given back")
	assert.Panics(t, func() { _ = b.Turn(t.Context(), "c1", func(context.Context) error { panic("a bug") }) })
	require.NoError(t, b.another(b.store).Turn(t.Context(), "c1", nothing), "in any case")
}

func TestATurnInAnotherProcessIsWaitedFor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	require.NoError(t, b.Turn(t.Context(), "c1", func(ctx context.Context) error {
		began := b.clock.Now()
		err := b.another(b.store).Turn(ctx, "c1", func(context.Context) error { panic("two at a time") })
		require.ErrorIs(t, err, ledger.ErrRunning)
		waited := b.clock.Now().Sub(began)
		assert.GreaterOrEqual(t, waited, 15*time.Second)
		assert.Less(t, waited, 16*time.Second)
		running, ok := errors.AsType[*ledger.RunningError](err)
		require.True(t, ok)
		assert.Equal(t, "c1", running.Key)

		waits := ledger.New(b.store, ledger.Options{Now: b.clock.Now})
		require.ErrorIs(t, waits.Turn(ctx, "c1", nothing), ledger.ErrRunning, "without a Sleep nobody waits")
		return nil
	}))
}

func TestATurnComesWhenTheOneBeforeEnds(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ended := make(chan struct{})
	other := ledger.New(b.store, ledger.Options{Now: b.clock.Now, Lease: lease, Sleep: func(context.Context, time.Duration) error {
		<-ended
		return nil
	}})
	var wg sync.WaitGroup
	require.NoError(t, b.Turn(t.Context(), "c1", func(context.Context) error {
		began := make(chan struct{})
		wg.Go(func() {
			close(began)
			assert.NoError(t, other.Turn(t.Context(), "c1", nothing))
		})
		<-began
		return nil
	}))
	close(ended)
	wg.Wait()
}

func TestTheTurnOfACrashedHolderEnds(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	crashed := b.over(faulty{b.store, failAt("after insert")})
	require.ErrorIs(t, crashed.Turn(t.Context(), "c1", nothing), errFault)
	require.ErrorIs(t, b.Turn(t.Context(), "c1", nothing), ledger.ErrRunning)
	b.clock.Advance(lease)
	require.NoError(t, b.Turn(t.Context(), "c1", nothing))
}

func TestALateHolderKeepsOutOfTheNextTurn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	other := b.another(b.store)
	var inner error
	require.NoError(t, b.Turn(t.Context(), "c1", func(ctx context.Context) error {
		b.clock.Advance(lease)
		_, err := b.store.DeleteExpired(ctx, b.clock.Now(), 10)
		require.NoError(t, err)
		// The next holder crashes inside its turn, so that its row stays.
		inner = b.over(faulty{b.store, failAt("after insert")}).Turn(ctx, "c1", nothing)
		return nil
	}))
	require.ErrorIs(t, inner, errFault)
	require.ErrorIs(t, other.Turn(t.Context(), "c1", nothing), ledger.ErrRunning, "the late holder gave nothing back")
}

func TestATurnEndsWithTheContext(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	require.NoError(t, b.Turn(t.Context(), "c1", func(context.Context) error {
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, b.Turn(ended, "c1", nothing), context.Canceled)
		require.ErrorIs(t, b.another(b.store).Turn(ended, "c1", nothing), context.Canceled)
		return nil
	}))
	require.ErrorIs(t, b.over(faulty{b.store, failAt("before insert")}).Turn(t.Context(), "c2", nothing), errFault)
}
