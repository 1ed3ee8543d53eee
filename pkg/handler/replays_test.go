package handler_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/handler"
)

func TestMemoryReplays(t *testing.T) {
	t.Parallel()
	frozen := clock.NewFrozen(instant())
	replays := handler.NewMemoryReplays(frozen.Now, 2)
	use := func(id string) (bool, error) {
		return replays.FirstUse(t.Context(), id, frozen.Now().Add(time.Minute))
	}
	requireFirst := func(id string, want bool) {
		t.Helper()
		first, err := use(id)
		require.NoError(t, err)
		assert.Equal(t, want, first)
	}
	requireFirst("a", true)
	requireFirst("a", false)
	frozen.Advance(30 * time.Second)
	requireFirst("b", true)
	_, err := use("c")
	require.ErrorIs(t, err, handler.ErrReplaysFull, "it holds two live ids")
	requireFirst("a", false)

	frozen.Advance(30 * time.Second) // a has expired, b has not
	requireFirst("c", true)
	requireFirst("b", false)
}

func TestMemoryReplaysTellsOneFirst(t *testing.T) {
	t.Parallel()
	replays := handler.NewMemoryReplays(instant, 10)
	var firsts atomic.Int32
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			first, err := replays.FirstUse(t.Context(), "a", instant().Add(time.Minute))
			assert.NoError(t, err)
			if first {
				firsts.Add(1)
			}
		})
	}
	group.Wait()
	assert.EqualValues(t, 1, firsts.Load())
}
