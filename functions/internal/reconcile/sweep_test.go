package reconcile_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/reconcile"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

func TestTheScheduleDeletesWhatHasExpired(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]int{"sqlite:ledger.db": 0, "postgres://ledger": 0, "dynamodb:ledger": 1} {
		clock := clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC))
		store := memory.New()
		cfg := functions.Config{LedgerURL: url, CallerSecrets: []handler.Secret{handler.NewSecret(callerSecret)}}
		rt := functions.Runtime{Clock: clock, Store: store, Logger: slog.New(slog.DiscardHandler)}
		r := reconcile.New("bank", cfg.Ledger(rt, "bank", nil), cfg, rt, nil)
		edge, err := cfg.Edge(r.Extend(handler.Function{Name: "bank"}), rt)
		require.NoError(t, err)

		once := ledger.NewOnce(store, clock.Now)
		for id, expires := range map[string]time.Duration{"soon": time.Minute, "later": time.Hour} {
			_, err := once.FirstUse(t.Context(), id, clock.Now().Add(expires))
			require.NoError(t, err)
		}
		clock.Advance(5 * time.Minute)
		require.NoError(t, edge.Schedule(t.Context(), "reconcile", nil))
		left, err := store.DeleteExpired(t.Context(), clock.Now(), 10)
		require.NoError(t, err)
		assert.Equal(t, want, left, url)
		left, err = store.DeleteExpired(t.Context(), clock.Now().Add(time.Hour), 10)
		require.NoError(t, err)
		assert.Equal(t, 1, left, url)
	}
}
