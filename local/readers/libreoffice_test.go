package readers_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// opened is what LibreOffice shows of a file: by the name of the sheet, its cells with
// all digits that LibreOffice keeps. The filter says how the file is read, where
// LibreOffice would ask.
func opened(t *testing.T, path, filter string) map[string][][]string {
	t.Helper()
	out := t.TempDir()
	// Comma, quote, UTF-8, from line 1, and values not as they are shown; every sheet.
	const everySheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
	args := []string{
		"-env:UserInstallation=file://" + t.TempDir(), "--headless", "--norestore",
		"--convert-to", everySheet, "--outdir", out,
	}
	if filter != "" {
		args = append(args, "--infilter="+filter)
	}
	said, err := exec.CommandContext(t.Context(), "soffice", append(args, path)...).CombinedOutput()
	require.NoError(t, err, "soffice: %s", said)
	sheets := map[string][][]string{}
	written, err := filepath.Glob(filepath.Join(out, "*.csv"))
	require.NoError(t, err)
	require.NotEmpty(t, written, "soffice wrote nothing: %s", said)
	for _, name := range written {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		require.NoError(t, err)
		_, sheet, _ := strings.Cut(strings.TrimSuffix(filepath.Base(name), ".csv"), "-")
		sheets[sheet] = rows
	}
	return sheets
}

func TestLibreOfficeOpensTheCSV(t *testing.T) {
	t.Parallel()
	sheets := opened(t, export.path(t, "csv"), "CSV:44,34,76,1,,0,false,true")
	require.Len(t, sheets, 1)
	for _, rows := range sheets {
		export.holdsRecords(t, rows, func(name string) string {
			switch name[0] {
			case '=', '+', '-', '@':
				return "'" + name
			case '0': // a CSV file does not tell texts from numbers
				return strings.TrimLeft(name, "0")
			}
			return lines(name)
		})
	}
}

func TestLibreOfficeOpensTheWorkbook(t *testing.T) {
	t.Parallel()
	sheets := opened(t, export.path(t, "xlsx"), "")
	export.holdsRecords(t, sheets["Bills"], lines)

	// The sheets of sums say the same as the manifest.
	customers := sheets["By customer"]
	require.Len(t, customers, len(export.manifest.CustomerSums)+1)
	for i, want := range export.manifest.CustomerSums {
		got := sumsOf(t, customers[0], customers[i+1])
		assert.Equal(t, want.CustomerID, customers[i+1][0])
		assert.Equal(t, want.Currency, got.Currency)
		equalSums(t, want, got)
	}
	all := sheets["In all"]
	require.Len(t, all, len(export.manifest.Sums)+1)
	for i, want := range export.manifest.Sums {
		equalSums(t, want, sumsOf(t, all[0], all[i+1]))
	}
	services := sheets["By service"]
	rows := 0
	for _, cells := range services[1:] {
		rows += sumsOf(t, services[0], cells).Rows
	}
	assert.Equal(t, export.manifest.Rows, rows)
}

// sumsOf reads a row of sums: after the currency and the number of records come the
// amounts in the order of the API.
func sumsOf(t *testing.T, heading, cells []string) sums {
	t.Helper()
	at := column(t, heading, "Currency")
	rows, err := strconv.Atoi(cells[at+1])
	require.NoError(t, err)
	s := sums{Currency: cells[at], Rows: rows, Amounts: map[string]decimal.Decimal{}}
	for i, f := range amounts() {
		s.Amounts[f.String()], err = decimal.NewFromString(cells[at+2+i])
		require.NoError(t, err)
	}
	return s
}
