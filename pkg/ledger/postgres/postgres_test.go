package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger/postgres"
)

func TestErrorsHideThePassword(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"postgres://ledger:s3cret@127.0.0.1:1/ledger?connect_timeout=1",
		"postgres://ledger:s3cret@127.0.0.1:none/ledger",
		"host=127.0.0.1 port=none user=ledger password=s3cret",
	} {
		_, err := postgres.Open(t.Context(), address)
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "s3cret")
	}
}
