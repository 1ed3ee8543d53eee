//go:build integration

package postgres_test

import (
	"context"
	"net/url"
	"os"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/postgres"
	"github.com/bssfn/bssfn/pkg/ledger/storetest"
	"github.com/bssfn/bssfn/pkg/outbox/outboxtest"
)

// schema makes an empty schema for one test in the database of
// LEDGER_TEST_POSTGRES, which .ci/services.sh starts, and returns its address.
func schema(t testing.TB) (string, *pgx.Conn) {
	t.Helper()
	at, err := url.Parse(os.Getenv("LEDGER_TEST_POSTGRES"))
	require.NoError(t, err)
	require.NotEmpty(t, at.Scheme, "set LEDGER_TEST_POSTGRES: see .ci/services.sh")
	conn, err := pgx.Connect(t.Context(), at.String())
	require.NoError(t, err)
	name := pgx.Identifier{"ledger-" + uuid.NewString()}
	_, err = conn.Exec(t.Context(), "CREATE SCHEMA "+name.Sanitize())
	require.NoError(t, err)
	t.Cleanup(func() {
		// The test's own context has ended by now.
		ctx := context.WithoutCancel(t.Context())
		_, err := conn.Exec(ctx, "DROP SCHEMA "+name.Sanitize()+" CASCADE")
		assert.NoError(t, err)
		assert.NoError(t, conn.Close(ctx))
	})
	_, err = conn.Exec(t.Context(), "SET search_path TO "+name.Sanitize())
	require.NoError(t, err)
	query := at.Query()
	query.Set("search_path", name.Sanitize())
	query.Set("pool_max_conns", "4")
	at.RawQuery = query.Encode()
	return at.String(), conn
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, open)
}

func TestOutbox(t *testing.T) {
	t.Parallel()
	outboxtest.Run(t, open)
}

func open(t *testing.T) ledger.Store {
	t.Helper()
	address, _ := schema(t)
	s, err := postgres.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func TestManyProcessesMigrateOnce(t *testing.T) {
	t.Parallel()
	address, conn := schema(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := postgres.Open(t.Context(), address)
			if assert.NoError(t, err) {
				s.Close()
			}
		})
	}
	wg.Wait()
	var applied int
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT count(*) FROM ledger_migrations`).Scan(&applied))
	assert.Equal(t, 1, applied)
}

func TestANewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	address, conn := schema(t)
	_, err := conn.Exec(t.Context(), `CREATE TABLE ledger_migrations (version integer, applied_at timestamptz);
		INSERT INTO ledger_migrations VALUES (99, now())`)
	require.NoError(t, err)
	_, err = postgres.Open(t.Context(), address)
	require.ErrorContains(t, err, "version 99")
}

func BenchmarkDo(b *testing.B) {
	address, _ := schema(b)
	s, err := postgres.Open(b.Context(), address)
	require.NoError(b, err)
	defer s.Close()
	storetest.BenchmarkDo(b, s)
}
