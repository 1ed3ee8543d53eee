package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// Changes that share a transaction succeed and are refused each by itself.
func TestChangesAtTheSameTime(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "ledger.db"))
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	const keys, callers = 100, 4
	var inserted, refused atomic.Int64
	var all sync.WaitGroup
	for i := range keys * callers {
		row := ledger.Row{Kind: "effect", Key: fmt.Sprint(i % keys), Body: []byte(`{}`), CreatedAt: at, UpdatedAt: at}
		all.Go(func() {
			if err := s.Insert(t.Context(), row); err == nil {
				inserted.Add(1)
			} else if assert.ErrorIs(t, err, ledger.ErrExists) {
				refused.Add(1)
			}
			row.Version = 99
			assert.ErrorIs(t, s.Update(t.Context(), row), ledger.ErrVersion)
			row.Key += "-gone"
			assert.ErrorIs(t, s.Insert(gone, row), context.Canceled)
		})
	}
	all.Wait()
	assert.EqualValues(t, keys, inserted.Load())
	assert.EqualValues(t, keys*(callers-1), refused.Load())
	_, err := s.Get(t.Context(), "effect", "0-gone")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

// Somebody who gives up while he waits for others has changed nothing, or knows that
// he did.
func TestGivingUpWhileOthersWrite(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "ledger.db"))
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var all sync.WaitGroup
	for i := range 300 {
		all.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			go cancel()
			key := fmt.Sprint(i)
			err := s.Insert(ctx, ledger.Row{Kind: "effect", Key: key, Body: []byte(`{}`), CreatedAt: at, UpdatedAt: at})
			_, found := s.Get(t.Context(), "effect", key)
			if err == nil {
				assert.NoError(t, found)
			} else {
				assert.ErrorIs(t, err, context.Canceled)
				assert.ErrorIs(t, found, ledger.ErrNotFound)
			}
		})
	}
	all.Wait()
}
