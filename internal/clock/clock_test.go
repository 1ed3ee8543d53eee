package clock_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
)

func TestFrozenSleepAdvances(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.FixedZone("GMT+8", 8*3600))
	c := clock.NewFrozen(start)
	require.NoError(t, c.Sleep(t.Context(), 90*time.Second))
	assert.Equal(t, start.UTC().Add(90*time.Second), c.Now())
	assert.Equal(t, time.UTC, c.Now().Location())
}

func TestRunningGoesOnFromWhereItWasSet(t *testing.T) {
	t.Parallel()
	start := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	c := clock.NewRunning(start)
	c.Advance(24 * time.Hour)
	now := c.Now()
	assert.False(t, now.Before(start.Add(24*time.Hour)))
	assert.Less(t, now.Sub(start), 25*time.Hour)
}

func TestSleepEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, clock.System{}.Sleep(ctx, time.Hour), context.Canceled)
	require.ErrorIs(t, clock.NewFrozen(time.Unix(0, 0)).Sleep(ctx, time.Hour), context.Canceled)
}
