package focus_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/focus"
)

// opened writes a file and reads it again.
func opened(t *testing.T, content []byte) (*focus.File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	f, closeFile, err := focus.Open(path)
	if err == nil {
		t.Cleanup(func() { require.NoError(t, closeFile()) })
	}
	return f, err
}

func TestCSVIsReadTwice(t *testing.T) {
	t.Parallel()
	f, err := opened(t, []byte("BilledCost,Tags\r\n1.5,\"{\"\"a\"\":1}\"\r\n,\r\n"))
	require.NoError(t, err)
	assert.Equal(t, []focus.Column{{Name: "BilledCost"}, {Name: "Tags"}}, f.Columns)
	for range 2 {
		var got []focus.Value
		for row, err := range f.Rows {
			require.NoError(t, err)
			got = append(got, row.Get("BilledCost"), row.Get("Tags"), row.Get("Nothing"))
		}
		assert.Equal(t, []focus.Value{{Text: "1.5"}, {Text: `{"a":1}`}, {Null: true}, {Null: true}, {Null: true}, {Null: true}}, got)
	}
}

func TestParquetIsReadByItsTypes(t *testing.T) {
	t.Parallel()
	type record struct {
		Cost    int64     `parquet:"Cost,decimal(8:18)"`
		Wide    [16]byte  `parquet:"Wide,decimal(2:38)"`
		At      time.Time `parquet:"At,timestamp(microsecond)"`
		Name    *string   `parquet:"Name,optional"`
		Code    int32     `parquet:"Code"`
		Precise float64   `parquet:"Precise"`
		Flag    bool      `parquet:"Flag"`
	}
	path := filepath.Join(t.TempDir(), "file.parquet")
	wide := [16]byte{}
	for i := range wide {
		wide[i] = 0xff
	}
	rows := []record{{Cost: -150000000, Wide: wide, At: time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC), Code: 7, Precise: 0.5, Flag: true}}
	require.NoError(t, parquet.WriteFile(path, rows))
	f, closeFile, err := focus.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, closeFile()) })
	types := map[string]focus.Type{}
	for _, c := range f.Columns {
		types[c.Name] = c.Type
	}
	assert.Equal(t, map[string]focus.Type{
		"Cost": focus.Decimal, "Wide": focus.Decimal, "At": focus.Timestamp, "Name": focus.String, "Code": focus.Integer, "Precise": focus.Decimal, "Flag": focus.Other,
	}, types)
	for row, err := range f.Rows {
		require.NoError(t, err)
		assert.Equal(t, "-1.5", row.Get("Cost").Text)
		assert.Equal(t, "-0.01", row.Get("Wide").Text)
		assert.Equal(t, "2026-02-28T16:00:00Z", row.Get("At").Text)
		assert.True(t, row.Get("Name").Null)
		assert.Equal(t, "7", row.Get("Code").Text)
	}
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "PAR1 and then nothing", "\""} {
		_, err := opened(t, []byte(content))
		require.Error(t, err, "%q", content)
	}
	_, _, err := focus.Open(filepath.Join(t.TempDir(), "nothing"))
	require.ErrorIs(t, err, os.ErrNotExist)

	f, err := opened(t, []byte("a,b\n1\n"))
	require.NoError(t, err)
	_, err = focus.Check(f, focus.Options{Rows: -1})
	require.ErrorContains(t, err, "row 1")
}
