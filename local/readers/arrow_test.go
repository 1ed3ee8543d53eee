package readers_test

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// table is a Parquet file as Apache Arrow reads it.
func table(t *testing.T, path string) arrow.Table {
	t.Helper()
	opened, err := file.OpenParquetFile(path, false)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, opened.Close()) })
	reader, err := pqarrow.NewFileReader(opened, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	require.NoError(t, err)
	read, err := reader.ReadTable(t.Context())
	require.NoError(t, err)
	t.Cleanup(read.Release)
	return read
}

// total adds up a column of decimals.
func total(t *testing.T, of arrow.Table, name string) decimal.Decimal {
	t.Helper()
	fields := of.Schema().FieldIndices(name)
	require.Len(t, fields, 1, name)
	kind, ok := of.Schema().Field(fields[0]).Type.(*arrow.Decimal128Type)
	require.True(t, ok, "%s is %s", name, of.Schema().Field(fields[0]).Type)
	sum := decimal.Zero
	for _, chunk := range of.Column(fields[0]).Data().Chunks() {
		values, ok := chunk.(*array.Decimal128)
		require.True(t, ok)
		for i := range values.Len() {
			if !values.IsNull(i) {
				sum = sum.Add(decimal.NewFromBigInt(values.Value(i).BigInt(), -kind.Scale))
			}
		}
	}
	return sum
}

func TestArrowReadsTheParquetFiles(t *testing.T) {
	t.Parallel()
	wanted := map[string]sums{}
	for _, s := range export.manifest.CustomerSums {
		wanted[s.CustomerID] = s
	}
	for _, f := range export.manifest.Files {
		if f.Format != "parquet" {
			continue
		}
		read := table(t, export.pathOf(f))
		got := sums{Rows: int(read.NumRows()), Amounts: map[string]decimal.Decimal{}}
		for _, amount := range amounts() {
			got.Amounts[amount.String()] = total(t, read, amount.String())
		}
		want, ok := wanted[f.CustomerID]
		require.True(t, ok, "the manifest has no sums of customer %s", f.CustomerID)
		equalSums(t, want, got)
		delete(wanted, f.CustomerID)
	}
	assert.Empty(t, wanted, "customers who have no Parquet file")
}

func TestArrowReadsTheFOCUSFile(t *testing.T) {
	t.Parallel()
	read := table(t, export.path(t, "focus-parquet"))
	want := export.manifest.Sums[0]
	assert.EqualValues(t, want.Rows, read.NumRows())
	for column, name := range map[string]string{"BilledCost": "payment_amount", "ListCost": "official_amount"} {
		sum := total(t, read, column)
		assert.True(t, sum.Equal(want.Amounts[name]), "%s is %s, the manifest has %s", column, sum, want.Amounts[name])
	}
}
