package billexport_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/local/huawei"
)

func TestRateCardBesideTheExports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 20)
	plain := w.export(february)
	assert.Empty(t, plain.RateCardSHA256)
	assert.True(t, plain.Sums[0].Invoice.IsZero() || plain.Sums[0].Invoice == plain.Sums[0].Amounts[bill.Payment])

	card := `{"rules":[{"basis":"payment","percent":"200"}]}`
	path := filepath.Join(w.dir, "rate-card.json")
	require.NoError(t, os.WriteFile(path, []byte(card), 0o600))
	m := w.export(february)
	assert.Equal(t, hash([]byte(card)), m.RateCardSHA256)
	paid := m.Sums[0].Amounts[bill.Payment]
	assert.Equal(t, paid, m.Sums[0].Margin, "twice what was paid")
	paid.AddTotal(paid)
	assert.Equal(t, paid, m.Sums[0].Invoice)

	require.NoError(t, os.WriteFile(path, []byte(`{"rules":[]}`), 0o600))
	assert.Equal(t, "rate_card_invalid", w.failedRun(february).Code)
}
