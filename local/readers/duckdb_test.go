package readers_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss"
)

// ask asks DuckDB and returns its rows. What is null is an empty text.
func ask(t *testing.T, sql string) []map[string]string {
	t.Helper()
	script := os.Getenv("DUCKDB_QUERY")
	require.NotEmpty(t, script, "there is no DuckDB: .ci/readers.sh installs it and says where it is")
	command := exec.CommandContext(t.Context(), "node", script)
	command.Stdin = strings.NewReader(sql)
	var problem strings.Builder
	command.Stderr = &problem
	answer, err := command.Output()
	require.NoError(t, err, "DuckDB: %s\n%s", problem.String(), sql)
	var rows []map[string]string
	require.NoError(t, json.Unmarshal(answer, &rows))
	return rows
}

// partitions is where all Parquet files of the export are, as DuckDB names them.
func partitions(t *testing.T) string {
	t.Helper()
	root, _, ok := strings.Cut(export.paths(t, "parquet")[0], "bill_cycle=")
	require.True(t, ok, "the files are not partitioned")
	return root + filepath.Join("bill_cycle=*", "customer_id=*", "*.parquet")
}

// sumsBy are the aggregates that a table of records is asked for.
func sumsBy(cast string) string {
	columns := []string{"count(*) AS n"}
	for _, f := range amounts() {
		columns = append(columns, fmt.Sprintf(`sum(%s) AS %s`, strings.ReplaceAll(cast, "?", f.String()), f))
	}
	return strings.Join(columns, ", ")
}

// agrees compares what DuckDB answered of a customer, or of all, with the manifest.
func agrees(t *testing.T, want sums, row map[string]string) {
	t.Helper()
	rows, err := strconv.Atoi(row["n"])
	require.NoError(t, err)
	got := sums{Rows: rows, Amounts: map[string]decimal.Decimal{}}
	for _, f := range amounts() {
		got.Amounts[f.String()], err = decimal.NewFromString(row[f.String()])
		require.NoError(t, err)
	}
	equalSums(t, want, got)
}

func TestDuckDBReadsThePartitionedParquetFiles(t *testing.T) {
	t.Parallel()
	table := fmt.Sprintf("read_parquet('%s', hive_partitioning = true)", partitions(t))
	rows := ask(t, "SELECT bill_cycle, customer_id, "+sumsBy("?")+" FROM "+table+" GROUP BY ALL ORDER BY customer_id")
	require.Len(t, rows, len(export.manifest.CustomerSums))
	for i, want := range export.manifest.CustomerSums {
		assert.Equal(t, cycle, rows[i]["bill_cycle"])
		assert.Equal(t, want.CustomerID, rows[i]["customer_id"])
		agrees(t, want, rows[i])
	}
	for _, column := range ask(t, "DESCRIBE SELECT * FROM "+table) {
		switch name := column["column_name"]; {
		case strings.HasSuffix(name, "_amount") && name != "usage_amount":
			assert.Equal(t, "DECIMAL(18,8)", column["column_type"], name)
		case name == "trade_time":
			assert.Equal(t, "TIMESTAMP WITH TIME ZONE", column["column_type"])
		}
	}
	names := map[string]bool{}
	for _, row := range ask(t, "SELECT DISTINCT resource_name FROM "+table) {
		names[row["resource_name"]] = true
	}
	for _, name := range careful {
		assert.True(t, names[name], "no resource is called %q", name)
	}
}

func TestDuckDBReadsTheCSV(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"csv", "csv.gz"} {
		path := export.path(t, format)
		var names []string
		for f := range bss.FeeFields {
			names = append(names, "'"+bss.FeeField(f).String()+"'")
		}
		table := fmt.Sprintf("read_csv('%s', header = true, all_varchar = true, names = [%s])", path, strings.Join(names, ", "))
		rows := ask(t, "SELECT customer_id, "+sumsBy("CAST(? AS DECIMAL(38,8))")+" FROM "+table+" GROUP BY ALL ORDER BY customer_id")
		require.Len(t, rows, len(export.manifest.CustomerSums), format)
		for i, want := range export.manifest.CustomerSums {
			agrees(t, want, rows[i])
		}
	}
}

// A FOCUS file has what was paid as its billed cost.
func TestDuckDBReadsTheFOCUSFile(t *testing.T) {
	t.Parallel()
	rows := ask(t, fmt.Sprintf(`SELECT count(*) AS n, sum(BilledCost) AS billed, sum(ListCost) AS list, typeof(any_value(BilledCost)) AS type,
		any_value(BillingCurrency) AS currency, min(BillingPeriodStart) AS start, max(BillingPeriodEnd) AS "end"
		FROM read_parquet('%s')`, export.path(t, "focus-parquet")))
	require.Len(t, rows, 1)
	want, got := export.manifest.Sums[0], rows[0]
	assert.Equal(t, strconv.Itoa(want.Rows), got["n"])
	assert.Contains(t, got["type"], "DECIMAL")
	assert.Equal(t, want.Currency, got["currency"])
	assert.Equal(t, "2026-01-31 16:00:00+00", got["start"])
	assert.Equal(t, "2026-02-28 16:00:00+00", got["end"])
	for name, column := range map[string]string{"payment_amount": "billed", "official_amount": "list"} {
		sum, err := decimal.NewFromString(got[column])
		require.NoError(t, err)
		assert.True(t, sum.Equal(want.Amounts[name]), "%s is %s, the manifest has %s", column, sum, want.Amounts[name])
	}
}
