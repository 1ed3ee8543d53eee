package parts_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/parts"
	"github.com/bssfn/bssfn/pkg/bss"
)

// rows have fields that are absent, empty, as before and new.
func rows(n int) []bss.FeeRow {
	all := make([]bss.FeeRow, n)
	for i := range all {
		row := &all[i]
		row[bss.FeeCustomerID] = []byte("customer")
		row[bss.FeeID] = fmt.Appendf(nil, "record-%d", i)
		row[bss.FeeCurrency] = []byte("CNY")
		switch i % 3 {
		case 0:
			row[bss.FeeResourceTag] = []byte{}
		case 1:
			row[bss.FeeResourceTag] = bytes.Repeat([]byte("标签"), i)
		}
	}
	return all
}

func written(t *testing.T, rows []bss.FeeRow) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := parts.NewWriter(&out)
	require.NoError(t, err)
	for i := range rows {
		require.NoError(t, w.Write(&rows[i]))
	}
	assert.Equal(t, len(rows), w.Rows())
	require.NoError(t, w.Close())
	return out.Bytes()
}

func read(data []byte) ([]bss.FeeRow, error) {
	r, err := parts.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var all []bss.FeeRow
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		var kept bss.FeeRow
		for f, value := range row {
			if value != nil {
				kept[f] = append([]byte{}, value...)
			}
		}
		all = append(all, kept)
	}
}

func TestRowsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 500} {
		want := rows(n)
		data := written(t, want)
		assert.Equal(t, data, written(t, want), "the same rows are the same bytes")
		got, err := read(data)
		require.NoError(t, err)
		require.Len(t, got, n)
		for i := range want {
			assert.Equal(t, want[i], got[i])
		}
	}
}

func TestALongFieldComesBack(t *testing.T) {
	t.Parallel()
	want := rows(1)
	want[0][bss.FeeResourceTag] = bytes.Repeat([]byte("x"), 2<<20)
	got, err := read(written(t, want))
	require.NoError(t, err)
	assert.True(t, bytes.Equal(want[0][bss.FeeResourceTag], got[0][bss.FeeResourceTag]))
}

func TestDamageIsNoticed(t *testing.T) {
	t.Parallel()
	data := written(t, rows(50))
	for cut := range data {
		_, err := read(data[:cut])
		require.ErrorIs(t, err, parts.ErrDamaged, "cut off after %d bytes", cut)
	}
	for name, content := range map[string]string{
		"another mark":     "fee rows 2 " + mark(t)[len("fee rows 1 "):],
		"no fields":        "fee rows 1\n" + "\x00\x00\x00\x00\x00\x00\x00\x80\x00",
		"other fields":     "fee rows 1 00000000\n" + "\x00\x00\x00\x00\x00\x00\x00\x80\x00",
		"unknown fields":   mark(t) + "\x00\x00\x00\x00\x00\x00\x00\x40",
		"wrong count":      mark(t) + "\x00\x00\x00\x00\x00\x00\x00\x80\x01",
		"field too long":   mark(t) + "\x01\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\x7f",
		"goes on":          mark(t) + "\x00\x00\x00\x00\x00\x00\x00\x80\x00x",
		"endless a number": mark(t) + "\x00\x00\x00\x00\x00\x00\x00\x80",
	} {
		var out bytes.Buffer
		zip := gzip.NewWriter(&out)
		_, err := io.WriteString(zip, content)
		require.NoError(t, err)
		require.NoError(t, zip.Close())
		_, err = read(out.Bytes())
		require.ErrorIs(t, err, parts.ErrDamaged, name)
	}
}

// mark is what parts begin with.
func mark(t testing.TB) string {
	t.Helper()
	var out bytes.Buffer
	w, err := parts.NewWriter(&out)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	zip, err := gzip.NewReader(&out)
	require.NoError(t, err)
	content, err := io.ReadAll(zip)
	require.NoError(t, err)
	return string(content[:bytes.IndexByte(content, '\n')+1])
}

// Whatever stands in a part, reading it ends, and what is read can be written.
func FuzzRead(f *testing.F) {
	f.Add([]byte(mark(f) + "\x01\x00\x00\x00\x00\x00\x00\x00\x02a\x00\x00\x00\x00\x00\x00\x00\x80\x01"))
	f.Fuzz(func(t *testing.T, content []byte) {
		var out bytes.Buffer
		zip, _ := gzip.NewWriterLevel(&out, gzip.NoCompression)
		_, err := zip.Write(content)
		require.NoError(t, err)
		require.NoError(t, zip.Close())
		got, err := read(out.Bytes())
		if err != nil {
			return
		}
		again, err := read(written(t, got))
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}

func BenchmarkWrite(b *testing.B) {
	all := rows(1000)
	b.ReportAllocs()
	for b.Loop() {
		w, err := parts.NewWriter(io.Discard)
		require.NoError(b, err)
		for i := range all {
			if err := w.Write(&all[i]); err != nil {
				b.Fatal(err)
			}
		}
		require.NoError(b, w.Close())
	}
}
