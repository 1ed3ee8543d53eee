package focus_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/focus"
)

func TestReportNamesWhatIsBroken(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.rows[usage]["ChargeCategory"] = "Use"
	results, err := focus.Check(focus.MakeFile(w.columns, w.rows), w.options)
	require.NoError(t, err)
	require.NotEmpty(t, focus.Broken(results, focus.Must))
	var short, long strings.Builder
	require.NoError(t, focus.Write(&short, results, false))
	require.NoError(t, focus.Write(&long, results, true))
	assert.Contains(t, short.String(), "fail  must    ChargeCategory.allowed")
	assert.Contains(t, short.String(), "broken by 1 of 7 rows\n      row 1\n")
	assert.NotContains(t, short.String(), "pass ")
	assert.Contains(t, long.String(), "pass  must    BilledCost.not-null")
	assert.Contains(t, long.String(), "open  must    BilledCost.invoice")
}

func TestManifestsSayWhatIsKnown(t *testing.T) {
	t.Parallel()
	o, err := focus.OfManifest([]byte(`{"rows":7,"sums":[{"currency":"CNY","amounts":{"payment_amount":"105.25"}}]}`))
	require.NoError(t, err)
	w := newWorld()
	w.options = o
	assert.Equal(t, focus.Pass, w.check(t)["BilledCost.sum"].Verdict)
	assert.Equal(t, focus.Pass, w.check(t)["rows.count"].Verdict)
	for text, want := range map[string]string{
		"x": "read the manifest", "{}": "how many rows", `{"rows":1,"sums":[{"currency":"CNY","amounts":{}}]}`: "no payment_amount in CNY",
	} {
		_, err := focus.OfManifest([]byte(text))
		assert.ErrorContains(t, err, want)
	}
}
