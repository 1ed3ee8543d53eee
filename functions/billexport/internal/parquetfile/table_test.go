package parquetfile_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/parquetfile"
)

// set sets a column to what read returns of it.
func set(t testing.TB, table *parquetfile.Table, column int, typ parquetfile.Type, text string) {
	t.Helper()
	if text == "null" {
		table.Null(column)
		return
	}
	switch typ {
	case parquetfile.Text:
		table.Text(column, []byte(text))
	case parquetfile.Code:
		code, err := strconv.ParseInt(text, 10, 32)
		require.NoError(t, err)
		table.Code(column, int32(code))
	case parquetfile.Money:
		amount, err := bill.ParseAmount([]byte(text))
		require.NoError(t, err)
		table.Money(column, amount)
	case parquetfile.Number:
		number, err := parquetfile.ParseDecimal([]byte(text))
		require.NoError(t, err)
		table.Number(column, number)
	case parquetfile.Instant:
		instant, err := parquetfile.ParseInstant([]byte(text))
		require.NoError(t, err)
		table.Instant(column, instant)
	}
}

// tableOf is a file of rows of texts.
func tableOf(t testing.TB, columns []parquetfile.Column, rowGroup int, rows [][]string) []byte {
	t.Helper()
	var file bytes.Buffer
	table := parquetfile.NewTable(&file, "table", columns, nil, rowGroup)
	for _, row := range rows {
		for i, text := range row {
			set(t, table, i, columns[i].Type, text)
		}
		require.NoError(t, table.Next())
	}
	require.NoError(t, table.Close())
	return file.Bytes()
}

// shapes are the ways in which values follow each other: numbers below a hundred, or -1
// for none.
var shapes = map[string]func(i int, random *rand.Rand) int{
	"constant": func(int, *rand.Rand) int { return 7 },
	"nothing":  func(int, *rand.Rand) int { return -1 },
	"two":      func(i int, _ *rand.Rand) int { return i % 2 },
	"sevens":   func(i int, _ *rand.Rand) int { return i / 7 % 100 },
	"eights":   func(i int, _ *rand.Rand) int { return i / 8 % 100 },
	"long":     func(i int, _ *rand.Rand) int { return i / 3000 },
	"any":      func(_ int, random *rand.Rand) int { return random.IntN(100) },
	"some":     func(_ int, random *rand.Rand) int { return random.IntN(4) - 1 },
	"blocks":   func(i int, random *rand.Rand) int { return i/500%2*(random.IntN(100)+1) - 1 },
	"bursts": func(i int, random *rand.Rand) int {
		if i/100%3 == 0 {
			return 5
		}
		return random.IntN(3)
	},
}

// values are what the numbers stand for.
var values = map[parquetfile.Type]func(n int) string{
	parquetfile.Text:    func(n int) string { return strings.Repeat("文", n%5) + strconv.Itoa(n) },
	parquetfile.Code:    func(n int) string { return strconv.Itoa((n - 50) * 40_000_000) },
	parquetfile.Money:   func(n int) string { return decimal.New(int64(n-50)*123456789, -8).String() },
	parquetfile.Number:  func(n int) string { return decimal.New(int64(n-50)*9876543210987, int32(-n%18)).String() },
	parquetfile.Instant: func(n int) string { return time.Unix(int64(n-50)*86399, 0).UTC().Format(time.RFC3339) },
}

func TestEveryShapeOfColumnIsReadBack(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ rows, rowGroup, types int }{
		{2000, 0, 5}, {2000, 900, 5},
		{17_000, 0, 1}, // more than a page
	} {
		var columns []parquetfile.Column
		rows := make([][]string, test.rows)
		for _, name := range slices.Sorted(maps.Keys(shapes)) {
			for range test.types {
				typ := parquetfile.Type(len(columns) % len(values))
				c := parquetfile.Column{Name: fmt.Sprint(name, typ), Type: typ, Distinct: len(columns)%2 == 0}
				c.Required = fill(rows, shapes[name], values[typ])
				columns = append(columns, c)
			}
		}
		file, cells := read(t, tableOf(t, columns, test.rowGroup, rows))
		require.Len(t, cells, test.rows)
		for i, row := range rows {
			if !slices.Equal(row, cells[i]) {
				require.Equal(t, row, cells[i], "row %d", i)
			}
		}
		for _, group := range file.RowGroups() {
			for i, chunk := range group.ColumnChunks() {
				checkStatistics(t, columns[i].Name, chunk.(*parquet.FileColumnChunk))
			}
		}
	}
}

// fill adds a column to rows and reports whether it is never null.
func fill(rows [][]string, shape func(i int, random *rand.Rand) int, value func(n int) string) (never bool) {
	random := rand.New(rand.NewPCG(1, 2))
	never = true
	for i := range rows {
		text := "null"
		if n := shape(i, random); n >= 0 {
			text = value(n)
		} else {
			never = false
		}
		rows[i] = append(rows[i], text)
	}
	return never
}

// checkStatistics holds what a file says of a column against its values.
func checkStatistics(t *testing.T, name string, chunk *parquet.FileColumnChunk) {
	t.Helper()
	var least, greatest parquet.Value
	nulls, count := int64(0), int64(0)
	pages := chunk.Pages()
	defer func() { require.NoError(t, pages.Close()) }()
	for page, err := pages.ReadPage(); err == nil; page, err = pages.ReadPage() {
		all := make([]parquet.Value, page.NumValues())
		n, _ := page.Values().ReadValues(all)
		require.Len(t, all, n)
		for _, v := range all {
			count++
			if v.IsNull() {
				nulls++
				continue
			}
			if least.IsNull() || compare(chunk, v, least) < 0 {
				least = v.Clone()
			}
			if greatest.IsNull() || compare(chunk, v, greatest) > 0 {
				greatest = v.Clone()
			}
		}
		parquet.Release(page)
	}
	assert.Equal(t, count, chunk.NumValues(), name)
	assert.Equal(t, nulls, chunk.NullCount(), name)
	first, last, ok := chunk.Bounds()
	require.Equal(t, nulls < count, ok, name)
	if ok {
		assert.Zero(t, compare(chunk, least, first), "%s: least is %v, not %v", name, least, first)
		assert.Zero(t, compare(chunk, greatest, last), "%s: greatest is %v, not %v", name, greatest, last)
	}
}

// compare compares two values of a column. parquet-go takes decimals of 16 bytes for
// bytes, so that all that are negative are the greatest.
func compare(chunk *parquet.FileColumnChunk, a, b parquet.Value) int {
	if chunk.Type().Kind() != parquet.FixedLenByteArray {
		return chunk.Type().Compare(a, b)
	}
	var one, other parquetfile.Decimal
	one.SetBytes(a.ByteArray())
	other.SetBytes(b.ByteArray())
	return one.Decimal().Cmp(other.Decimal())
}

// A dictionary that is full leaves the texts that follow without one.
func TestTooManyTextsForADictionary(t *testing.T) {
	t.Parallel()
	var rows [][]string
	for i := range 15_000 {
		rows = append(rows, []string{fmt.Sprintf("%099d", i%14_000), strconv.Itoa(i % 7)})
	}
	columns := []parquetfile.Column{{Name: "many"}, {Name: "few"}}
	file, cells := read(t, tableOf(t, columns, 0, rows))
	require.Equal(t, rows, cells)
	encodings := func(column int) map[format.Encoding]int32 {
		pages := map[format.Encoding]int32{}
		for _, s := range file.Metadata().RowGroups[0].Columns[column].MetaData.EncodingStats {
			if s.PageType == format.DataPage {
				pages[s.Encoding] += s.Count
			}
		}
		return pages
	}
	assert.Equal(t, map[format.Encoding]int32{format.RLEDictionary: 1, format.Plain: 7}, encodings(0))
	assert.Equal(t, map[format.Encoding]int32{format.RLEDictionary: 1}, encodings(1))
}

// Texts that are long end a row group before it has all its rows.
func TestLongTextsEndARowGroup(t *testing.T) {
	t.Parallel()
	var content bytes.Buffer
	table := parquetfile.NewTable(&content, "table", []parquetfile.Column{{Name: "long"}}, nil, 0)
	long := bytes.Repeat([]byte("x"), 1<<20)
	for i := range 30 {
		long[0] = byte('a' + i)
		table.Text(0, long)
		require.NoError(t, table.Next())
	}
	require.NoError(t, table.Close())
	file, err := parquet.OpenFile(bytes.NewReader(content.Bytes()), int64(content.Len()))
	require.NoError(t, err)
	require.EqualValues(t, 30, file.NumRows())
	require.Len(t, file.RowGroups(), 2)
	assert.EqualValues(t, 24, file.RowGroups()[0].NumRows())
}

func TestRequiredColumnIsNeverNull(t *testing.T) {
	t.Parallel()
	table := parquetfile.NewTable(&bytes.Buffer{}, "table", []parquetfile.Column{{Name: "id", Required: true}}, nil, 0)
	table.Null(0)
	require.ErrorContains(t, table.Next(), "id is null")
	require.ErrorContains(t, table.Close(), "id is null")
}

// FuzzRuns reads back whole numbers, a byte each, and null for 255.
func FuzzRuns(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 255, 255})
	f.Add(bytes.Repeat([]byte{255}, 20))
	f.Add([]byte("11111112222222233333333344444444441234567812345678"))
	columns := []parquetfile.Column{{Name: "n", Type: parquetfile.Code}}
	f.Fuzz(func(t *testing.T, numbers []byte) {
		var rows [][]string
		for _, n := range numbers {
			text := "null"
			if n != 255 {
				text = strconv.Itoa(int(n))
			}
			rows = append(rows, []string{text})
		}
		_, cells := read(t, tableOf(t, columns, 0, rows))
		require.Equal(t, rows, cells)
	})
}
