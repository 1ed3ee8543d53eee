package chaos_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/chaos"
)

// TestMain is also the main function of the workers, which are this program again.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == chaos.WorkerCommand {
		if err := chaos.Worker(context.Background(), os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func TestMoneyMovesOnce(t *testing.T) {
	t.Parallel()
	counts, err := chaos.Run(t.Context(), chaos.Options{Runs: runs, First: 1, Seed: 1, Dir: t.TempDir(), Parallel: 2})
	require.NoError(t, err)
	assert.Equal(t, runs, counts.Runs)
	for name, count := range map[string]int{
		"kills": counts.Kills, "outages": counts.Outages, "jumps": counts.Jumps, "effects": counts.Effects,
	} {
		assert.Greater(t, count, 25, "%s: there must be enough of them to prove something", name)
	}
	assert.Len(t, counts.Faults, 3, "faults at all points")
}

// A driver that does not find a mistake that is there proves nothing.
func TestBrokenLedgersAreCaught(t *testing.T) {
	t.Parallel()
	for _, broken := range chaos.Broken {
		t.Run(broken, func(t *testing.T) {
			t.Parallel()
			failure := caught(t, chaos.Options{Runs: 200, First: 1, Seed: 1, Broken: broken})
			assert.NotEmpty(t, append(failure.Findings.Double, failure.Findings.Lost...))

			again := caught(t, chaos.Options{Runs: 1, First: failure.Run, Seed: 1, Broken: broken})
			assert.Equal(t, failure.Error(), again.Error(), "a seed and a number play a run again")
		})
	}
}

// caught plays runs of which one must fail.
func caught(t *testing.T, o chaos.Options) *chaos.Failure {
	t.Helper()
	o.Dir = t.TempDir()
	_, err := chaos.Run(t.Context(), o)
	failure, ok := errors.AsType[*chaos.Failure](err)
	require.True(t, ok, "no run failed: %v", err)
	return failure
}

func TestWrongOptions(t *testing.T) {
	t.Parallel()
	_, err := chaos.Run(t.Context(), chaos.Options{Runs: 1, First: 1, Dir: t.TempDir(), Broken: "in two"})
	require.ErrorContains(t, err, `there is no broken ledger "in two"`)
	require.Error(t, chaos.Worker(t.Context(), nil))
}
