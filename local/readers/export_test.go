package readers_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss"
)

// published is an export as those find it who are given its folder.
type published struct {
	dir      string
	manifest manifest
}

// manifest is what these tests need of one.
type manifest struct {
	State        string  `json:"state"`
	Rows         int     `json:"rows"`
	Files        []entry `json:"files"`
	Sums         []sums  `json:"sums"`
	CustomerSums []sums  `json:"customer_sums"`
}

type entry struct {
	Path       string `json:"path"`
	Format     string `json:"format"`
	CustomerID string `json:"customer_id"`
	Rows       int    `json:"rows"`
}

// sums are those of one customer, or of all, by the API's names of the amounts.
type sums struct {
	CustomerID string                     `json:"customer_id"`
	Currency   string                     `json:"currency"`
	Rows       int                        `json:"rows"`
	Amounts    map[string]decimal.Decimal `json:"amounts"`
}

// read reads the manifest of a cycle's export.
func read(dir, cycle string) (published, error) {
	p := published{dir: dir}
	text, err := os.ReadFile(filepath.Join(dir, cycle, "manifest.json"))
	if err != nil {
		return p, fmt.Errorf("the export has no manifest: %w", err)
	}
	return p, json.Unmarshal(text, &p.manifest)
}

// pathOf is where a file of the export is.
func (p published) pathOf(f entry) string { return filepath.Join(p.dir, filepath.FromSlash(f.Path)) }

// paths are those of the files of a format, of which there is at least one.
func (p published) paths(t *testing.T, format string) []string {
	t.Helper()
	var paths []string
	for _, f := range p.manifest.Files {
		if f.Format == format {
			paths = append(paths, p.pathOf(f))
		}
	}
	require.NotEmpty(t, paths, "the manifest names no file of the format %s", format)
	return paths
}

// path is that of the one file of a format.
func (p published) path(t *testing.T, format string) string {
	t.Helper()
	paths := p.paths(t, format)
	require.Len(t, paths, 1, format)
	return paths[0]
}

// amounts are the fields of a record that sums are made of.
func amounts() []bss.FeeField {
	var fields []bss.FeeField
	for f := bss.FeeOfficialAmount; f <= bss.FeeWriteoffAmount; f++ {
		fields = append(fields, f)
	}
	return fields
}

// holdsRecords checks a table of records, the heading first, whose columns are in the
// order of the API: how many they are, what they add up to by customer, and the names
// that need care. Rename is what a format makes of a name, if anything.
func (p published) holdsRecords(t *testing.T, rows [][]string, rename func(string) string) {
	t.Helper()
	require.Len(t, rows, p.manifest.Rows+1)
	found := map[string]sums{}
	names := map[string]bool{}
	for _, cells := range rows[1:] {
		require.GreaterOrEqual(t, len(cells), bss.FeeFields)
		id := cells[bss.FeeCustomerID]
		s := found[id]
		if s.Amounts == nil {
			s = sums{CustomerID: id, Currency: cells[bss.FeeCurrency], Amounts: map[string]decimal.Decimal{}}
		}
		s.Rows++
		for _, f := range amounts() {
			amount, err := decimal.NewFromString(cells[f])
			require.NoError(t, err, "%s of record %s", f, cells[bss.FeeID])
			s.Amounts[f.String()] = s.Amounts[f.String()].Add(amount)
		}
		found[id] = s
		names[cells[bss.FeeResourceName]] = true
	}
	for _, want := range p.manifest.CustomerSums {
		equalSums(t, want, found[want.CustomerID])
	}
	assert.Len(t, found, len(p.manifest.CustomerSums))
	for _, name := range careful {
		if rename != nil {
			name = rename(name)
		}
		assert.True(t, names[name], "no resource is called %q", name)
	}
}

func equalSums(t *testing.T, want, got sums) {
	t.Helper()
	assert.Equal(t, want.Rows, got.Rows, "rows of %q", want.CustomerID)
	for name, amount := range want.Amounts {
		assert.True(t, amount.Equal(got.Amounts[name]), "%s of %q is %s, the manifest has %s", name, want.CustomerID, got.Amounts[name], amount)
	}
}

// lines replaces line breaks, which some readers make one of.
func lines(name string) string { return strings.ReplaceAll(name, "\r\n", "\n") }

// column is where a heading has a name.
func column(t *testing.T, heading []string, name string) int {
	t.Helper()
	at := slices.Index(heading, name)
	require.GreaterOrEqual(t, at, 0, "no column %s", name)
	return at
}
