package readers_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/focus"
)

// unheeded are recommendations of FOCUS that fee records have no fields for: a zone, and
// a meter of what is bought by period.
var unheeded = []string{"AvailabilityZone.present", "SkuMeter.sold", "SkuMeter.consistent"}

func TestTheFOCUSFilesKeepTheRulesOfTheSpecification(t *testing.T) {
	t.Parallel()
	costs := map[string]decimal.Decimal{}
	for _, s := range export.manifest.Sums {
		costs[s.Currency] = s.Amounts["payment_amount"]
	}
	for _, format := range []string{"focus-csv", "focus-parquet"} {
		f, done, err := focus.Open(export.path(t, format))
		require.NoError(t, err)
		results, err := focus.Check(f, focus.Options{BilledCosts: costs, Rows: export.manifest.Rows})
		require.NoError(t, err)
		require.NoError(t, done())
		require.NotEmpty(t, results)
		for _, level := range []focus.Level{focus.Must, focus.Ours} {
			for _, broken := range focus.Broken(results, level) {
				assert.Fail(t, "a rule is broken", "%s: %s: %s", format, broken.Rule.ID, broken.Details)
			}
		}
		for _, broken := range focus.Broken(results, focus.Should) {
			assert.Contains(t, unheeded, broken.Rule.ID, "%s: %s", format, broken.Details)
		}
	}
}
