package ledger_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger"
)

func TestAnIDIsUsedOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	once := ledger.NewOnce(b.store, b.clock.Now)
	expires := start.Add(5 * time.Minute)
	for i, want := range []bool{true, false, false} {
		first, err := once.FirstUse(t.Context(), "msg_1", expires)
		require.NoError(t, err)
		assert.Equal(t, want, first, "use %d", i)
	}
	first, err := once.FirstUse(t.Context(), "msg_2", expires)
	require.NoError(t, err)
	assert.True(t, first)

	_, err = once.FirstUse(t.Context(), "msg_3", start)
	require.ErrorContains(t, err, "a time to come")
	broken := ledger.NewOnce(faulty{b.store, failAt("before insert")}, b.clock.Now)
	first, err = broken.FirstUse(t.Context(), "msg_3", expires)
	require.ErrorIs(t, err, errFault)
	assert.False(t, first)
}

func TestAnExpiredIDIsForgottenOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	once := ledger.NewOnce(b.store, b.clock.Now)
	_, err := once.FirstUse(t.Context(), "msg_1", start.Add(time.Minute))
	require.NoError(t, err)
	b.clock.Advance(time.Minute)

	var won atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			first, err := once.FirstUse(t.Context(), "msg_1", start.Add(time.Hour))
			assert.NoError(t, err)
			if first {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	assert.Equal(t, int64(1), won.Load())
}

func TestAClaimIsHeldByItsEntry(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, c := range []struct {
		id, key string
		want    bool
	}{
		{"AD1", "a", true},
		{"AD1", "a", true},
		{"AD1", "b", false},
		{"AD2", "b", true},
	} {
		got, err := b.Claim(t.Context(), c.id, c.key)
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "%s by %s", c.id, c.key)
	}
	for id, want := range map[string]string{"AD1": "a", "AD2": "b", "AD3": ""} {
		got, err := b.Claimant(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, want, got, id)
	}
	_, err := b.over(faulty{b.store, failAt("before insert")}).Claim(t.Context(), "AD3", "a")
	require.ErrorIs(t, err, errFault)
}
