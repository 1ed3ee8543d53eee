package billfile_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/billfile"
	"github.com/bssfn/bssfn/pkg/bss"
)

func TestAFile(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	w, err := billfile.New(&file, billfile.CSV, "2026-02")
	require.NoError(t, err)
	require.NoError(t, w.Write(&bss.FeeRow{bss.FeeBillCycle: []byte("2026-02"), bss.FeeCurrency: []byte("CNY")}))
	require.ErrorContains(t, w.Write(&bss.FeeRow{bss.FeeID: []byte("r1"), bss.FeeCashAmount: []byte("much")}), `record "r1" of customer "": cash_amount is "much"`)
	require.NoError(t, w.Close())
	assert.Contains(t, file.String(), "currency\r\n2026-02,,")

	file.Reset()
	w, err = billfile.New(&file, billfile.Parquet, "2026-02")
	require.NoError(t, err)
	require.NoError(t, w.Write(&bss.FeeRow{}))
	require.NoError(t, w.Close())
	assert.True(t, bytes.HasPrefix(file.Bytes(), []byte("PAR1")))

	_, err = billfile.New(&file, "dbf", "2026-02")
	require.ErrorContains(t, err, `no format "dbf"`)
	_, err = billfile.New(&file, billfile.CSV, "February")
	require.ErrorContains(t, err, "is not a month")
}
