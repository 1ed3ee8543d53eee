//go:build integration

package chaos_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/chaos"
)

// TestMoneyMovesOnceInEveryStore needs the databases that .ci/services.sh starts. The same
// seed plays the same runs over each.
func TestMoneyMovesOnceInEveryStore(t *testing.T) {
	t.Parallel()
	stores := map[string]string{
		"LEDGER_TEST_POSTGRES": "",
		"LEDGER_TEST_DYNAMODB": "dynamodb:",
	}
	played := make(chan chaos.Counts, len(stores))
	t.Run("stores", func(t *testing.T) {
		for variable, store := range stores {
			t.Run(variable, func(t *testing.T) {
				t.Parallel()
				address := os.Getenv(variable)
				require.NotEmpty(t, address, "set %s: see .ci/services.sh", variable)
				counts, err := chaos.Run(t.Context(), chaos.Options{Runs: 100, First: 1, Seed: 1, Store: store + address})
				require.NoError(t, err)
				assert.Equal(t, 100, counts.Runs)
				played <- counts
			})
		}
	})
	close(played)
	assert.Equal(t, <-played, <-played)
}
