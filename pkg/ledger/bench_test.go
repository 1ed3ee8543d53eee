package ledger_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger/memory"
	"github.com/bssfn/bssfn/pkg/ledger/sqlite"
	"github.com/bssfn/bssfn/pkg/ledger/storetest"
)

// BenchmarkDo is the ledger's part of one payment. SQLite is on a real file, so each
// write is on the disk before it returns; PostgreSQL and DynamoDB have theirs in the
// tests with the tag integration.
func BenchmarkDo(b *testing.B) {
	b.Run("memory", func(b *testing.B) { storetest.BenchmarkDo(b, memory.New()) })
	b.Run("sqlite", func(b *testing.B) {
		s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "ledger.db"))
		require.NoError(b, err)
		defer func() { assert.NoError(b, s.Close()) }()
		storetest.BenchmarkDo(b, s)
	})
}
