package sqlite_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/sqlite"
	"github.com/bssfn/bssfn/pkg/ledger/storetest"
	"github.com/bssfn/bssfn/pkg/outbox/outboxtest"
)

func open(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) ledger.Store {
		return open(t, filepath.Join(t.TempDir(), "ledger.db"))
	})
}

func TestOutbox(t *testing.T) {
	t.Parallel()
	outboxtest.Run(t, func(t *testing.T) ledger.Store {
		return open(t, filepath.Join(t.TempDir(), "ledger.db"))
	})
}

// alternating takes turns between two stores of one file, as two processes
// would.
type alternating struct {
	turn   *atomic.Int64
	stores [2]*sqlite.Store
}

func (a alternating) next() *sqlite.Store { return a.stores[a.turn.Add(1)%2] }

func (a alternating) Insert(ctx context.Context, row ledger.Row) error {
	return a.next().Insert(ctx, row)
}

func (a alternating) Get(ctx context.Context, kind, key string) (ledger.Row, error) {
	return a.next().Get(ctx, kind, key)
}

func (a alternating) Update(ctx context.Context, row ledger.Row) error {
	return a.next().Update(ctx, row)
}

func (a alternating) Due(ctx context.Context, kind string, from, until time.Time, limit int) ([]ledger.Row, error) {
	return a.next().Due(ctx, kind, from, until, limit)
}

func (a alternating) DeleteExpired(ctx context.Context, now time.Time, limit int) (int, error) {
	return a.next().DeleteExpired(ctx, now, limit)
}

func TestStoreOfTwoProcesses(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) ledger.Store {
		path := filepath.Join(t.TempDir(), "ledger.db")
		return alternating{new(atomic.Int64), [2]*sqlite.Store{open(t, path), open(t, path)}}
	})
}

func TestAFileIsSharedAndKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "100% odd? #name.db")
	first := open(t, path)
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	row := ledger.Row{Kind: "effect", Key: "k", Body: []byte(`{}`), CreatedAt: at, UpdatedAt: at}
	require.NoError(t, first.Insert(t.Context(), row))

	second := open(t, path)
	require.ErrorIs(t, second.Insert(t.Context(), row), ledger.ErrExists)
	row.Version = 1
	require.NoError(t, second.Update(t.Context(), row))
	require.ErrorIs(t, first.Update(t.Context(), row), ledger.ErrVersion)

	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestCommitsAreDurable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	s := open(t, path)
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	require.NoError(t, s.Insert(t.Context(), ledger.Row{Kind: "effect", Key: "k", Body: []byte(`{}`), CreatedAt: at, UpdatedAt: at}))

	// What a crash leaves behind is the files as they are, with no Close.
	crashed := filepath.Join(t.TempDir(), "ledger.db")
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + suffix)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(crashed+suffix, data, 0o600))
	}
	_, err := open(t, crashed).Get(t.Context(), "effect", "k")
	require.NoError(t, err)
}

func TestANewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `PRAGMA user_version = 99`)
	require.NoError(t, err)
	require.NoError(t, db.Close())

	_, err = sqlite.Open(t.Context(), path)
	require.ErrorContains(t, err, "version 99")
}

func TestAMissingDirectoryIsNamed(t *testing.T) {
	t.Parallel()
	_, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "none", "ledger.db"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
