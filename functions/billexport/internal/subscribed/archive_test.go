package subscribed_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/subscribed"
	"github.com/bssfn/bssfn/functions/internal/objects"
)

const (
	header = "customer_id,product_id,service_type_code,resource_type_code,region_code,billing_mode,official_amount,official_discount_amount,amount,currency\n"
	one    = "c1,p1,hws.service.type.ec2,hws.resource.type.vm,ap-southeast-1,1,0.12345678,0,0.12,USD\n"
	first  = "customerBill_202602_0001.csv"
	second = "customerBill_202602_0002.csv"
)

func february(t require.TestingT) bill.Cycle {
	c, err := bill.ParseCycle("2026-02")
	require.NoError(t, err)
	return c
}

// entry is a file of an archive.
type entry struct {
	name, content string
	kind          byte
}

func tarOf(t require.TestingT, entries ...entry) []byte {
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	for _, e := range entries {
		h := tar.Header{Name: e.name, Typeflag: e.kind, Mode: 0o644, Size: int64(len(e.content))}
		if e.kind == 0 {
			h.Typeflag = tar.TypeReg
		} else {
			h.Linkname = "/etc/passwd"
		}
		require.NoError(t, w.WriteHeader(&h))
		_, err := io.WriteString(w, e.content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return packed.Bytes()
}

func zipped(t require.TestingT, content []byte) []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write(content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return packed.Bytes()
}

func archive(t require.TestingT, entries ...entry) []byte { return zipped(t, tarOf(t, entries...)) }

// taken is an archive that was read.
type taken struct {
	subscribed.File
	merged string
	lines  []subscribed.Summed
	pieces int
}

func read(t require.TestingT, packed []byte, limits subscribed.Limits) (taken, error) {
	return readFrom(t, bytes.NewReader(packed), subscribed.CustomerBill, limits)
}

// memoryStore keeps objects that are written and read.
type memoryStore struct {
	objects.Store
	objects map[string][]byte
}

// Create implements objects.Store.
func (m memoryStore) Create(_ context.Context, name string) (objects.Writer, error) {
	return &memoryWriter{store: m, name: name}, nil
}

// Open implements objects.Store.
func (m memoryStore) Open(_ context.Context, name string) (io.ReadCloser, error) {
	content, ok := m.objects[name]
	if !ok {
		return nil, objects.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

type memoryWriter struct {
	bytes.Buffer
	store memoryStore
	name  string
}

// Commit implements objects.Writer.
func (w *memoryWriter) Commit() error {
	w.store.objects[w.name] = w.Bytes()
	return nil
}

// Close implements objects.Writer.
func (w *memoryWriter) Close() error { return nil }

// readFrom reads an archive, the lines by way of what is kept of them.
func readFrom(t require.TestingT, r io.Reader, kind subscribed.Kind, limits subscribed.Limits) (got taken, err error) {
	store, ctx := memoryStore{objects: map[string][]byte{}}, context.Background()
	pieces := subscribed.NewPieces(store, "archive")
	var merged strings.Builder
	got.File, err = subscribed.Read(r, kind, february(t), limits, subscribed.Output{Merged: &merged, Lines: func(lines subscribed.Lines) error {
		require.LessOrEqual(t, len(lines), limits.Held)
		got.pieces++
		return pieces.Add(ctx, lines)
	}})
	for line, err := range subscribed.OpenLines(ctx, store, pieces.Names) {
		require.NoError(t, err)
		got.lines = append(got.lines, line)
	}
	require.LessOrEqual(t, len(pieces.Names), 16)
	got.merged = merged.String()
	return got, err
}

func TestAnArchiveIsMerged(t *testing.T) {
	t.Parallel()
	refund := strings.Replace(one, "0.12,", "-0.02,", 1)
	for name, packed := range map[string][]byte{
		"from 1":       archive(t, entry{name: first, content: header + one}, entry{name: second, content: header + one + refund}),
		"from 0":       archive(t, entry{name: "customerBill_202602_0000.csv", content: header + one + one}, entry{name: first, content: header + refund}),
		"out of order": archive(t, entry{name: second, content: header + one}, entry{name: first, content: "\ufeff" + header + one + refund}),
		"CRLF, quoted": archive(t, entry{name: first, content: strings.ReplaceAll(header+one+one+`"c1"`+refund[2:], "\n", "\r\n")}),
	} {
		got, err := read(t, packed, subscribed.StandardLimits())
		require.NoError(t, err, name)
		assert.Equal(t, 3, got.Rows, name)
		assert.Equal(t, int64(len(packed)), got.Bytes, name)
		assert.Equal(t, fmt.Sprintf("%x", sha256.Sum256(packed)), got.SHA256, name)
		require.Len(t, got.lines, 1, name)
		assert.Equal(t, "0.22", got.Sums[0].Due.String(), name)
		assert.Equal(t, "0.37037034", got.Sums[0].Official.String(), name)
		assert.Equal(t, subscribed.Line{
			CustomerID: "c1", ServiceType: "hws.service.type.ec2", ResourceType: "hws.resource.type.vm",
			Region: "ap-southeast-1", ChargeMode: "3", Currency: "USD",
		}, got.lines[0].Line)
		assert.Equal(t, 1, strings.Count(got.merged, header), name)
		assert.Equal(t, 2, strings.Count(got.merged, one), name)
		assert.Len(t, got.merged, len(header+one+one+refund), name)
	}
	none, err := read(t, archive(t, entry{name: first, content: header}), subscribed.StandardLimits())
	require.NoError(t, err)
	assert.Empty(t, none.lines)
	assert.Equal(t, header, none.merged)
}

func TestUsageIsFinerAndMoreThanMoney(t *testing.T) {
	t.Parallel()
	columns := "customer_id,product_id,service_type_code,resource_type_code,region_code,billing_mode,resource_id,usage_type,usage,usage_measure_id\n"
	row := func(usage, unit string) string { return "c1,p1,s,r,g,1,id,duration," + usage + "," + unit + "\n" }
	got, err := readFrom(t, bytes.NewReader(archive(t, entry{name: "customerUsage_202602_0001.csv",
		content: columns + row("123456789012345678.123456789012", "4") + row("0.000000000001", "04") + row("7", "17")})),
		subscribed.CustomerUsage, subscribed.StandardLimits())
	require.NoError(t, err)
	require.Len(t, got.lines, 2)
	assert.Equal(t, "123456789012345678.123456789013", got.lines[0].Used.String())
	assert.Equal(t, []int{4, 17}, []int{got.lines[0].UsageMeasureID, got.lines[1].UsageMeasureID})
	for name, bad := range map[string]string{"negative": row("-1", "4"), "an exponent": row("1e9", "4"), "no unit": row("1", "0"), "none": row("", "4")} {
		_, err := readFrom(t, bytes.NewReader(archive(t, entry{name: "customerUsage_202602_0001.csv", content: columns + bad})),
			subscribed.CustomerUsage, subscribed.StandardLimits())
		require.ErrorIs(t, err, subscribed.ErrRow, name)
	}
}

// However few lines are held, they add up to the same.
func TestLinesInPiecesAddUp(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for i := range 500 {
		rows.WriteString(strings.Replace(one, "c1", fmt.Sprintf("c%d", i%70), 1))
	}
	packed := archive(t, entry{name: first, content: header + rows.String()})
	whole, err := read(t, packed, subscribed.StandardLimits())
	require.NoError(t, err)
	assert.Len(t, whole.lines, 70)
	limits := subscribed.StandardLimits()
	limits.Held = 7
	pieces, err := read(t, packed, limits)
	require.NoError(t, err)
	assert.Equal(t, 72, pieces.pieces)
	assert.Equal(t, whole.lines, pieces.lines)
	assert.Equal(t, whole.Sums, pieces.Sums)
	for _, err := range subscribed.OpenLines(t.Context(), memoryStore{}, []string{"gone"}) {
		require.ErrorIs(t, err, objects.ErrNotFound)
	}
}

// attacks are archives that somebody might put into the bucket, and what each is
// refused for.
func attacks(t require.TestingT) map[string]struct {
	packed []byte
	want   error
} {
	part := func(rows string) []byte { return archive(t, entry{name: first, content: header + rows}) }
	named := func(name string) []byte { return archive(t, entry{name: name, content: header}) }
	good := part(one)
	type attack = struct {
		packed []byte
		want   error
	}
	return map[string]attack{
		"nothing":              {nil, subscribed.ErrMalformed},
		"no gzip":              {[]byte(header + one), subscribed.ErrMalformed},
		"no tar":               {zipped(t, []byte(strings.Repeat(header+one, 10))), subscribed.ErrMalformed},
		"broken off":           {good[:len(good)/2], subscribed.ErrMalformed},
		"a flipped bit":        {append(bytes.Clone(good[:len(good)-6]), 1, 2, 3, 4, 5, 6), subscribed.ErrMalformed},
		"a second stream":      {append(bytes.Clone(good), good...), subscribed.ErrTrailing},
		"bytes after it":       {append(bytes.Clone(good), 0), subscribed.ErrTrailing},
		"a tar after the tar":  {zipped(t, append(tarOf(t, entry{name: first, content: header}), tarOf(t, entry{name: second, content: header})...)), subscribed.ErrTrailing},
		"no part":              {archive(t), subscribed.ErrGap},
		"a gap":                {archive(t, entry{name: first, content: header}, entry{name: "customerBill_202602_0003.csv", content: header}), subscribed.ErrGap},
		"the first is missing": {named(second), subscribed.ErrGap},
		"a part twice":         {archive(t, entry{name: first, content: header}, entry{name: first, content: header}), subscribed.ErrTwice},
		"a path up":            {named("../" + first), subscribed.ErrPart},
		"an absolute path":     {named("/tmp/" + first), subscribed.ErrPart},
		"a folder":             {named("a/" + first), subscribed.ErrPart},
		"a path of Windows":    {named(`..\` + first), subscribed.ErrPart},
		"a line break":         {named(first + "\n"), subscribed.ErrPart},
		"another month":        {named("customerBill_202601_0001.csv"), subscribed.ErrPart},
		"another kind":         {named("customerUsage_202602_0001.csv"), subscribed.ErrPart},
		"another case":         {named("customerbill_202602_0001.csv"), subscribed.ErrPart},
		"digits of elsewhere":  {named("customerBill_202602_０００１.csv"), subscribed.ErrPart},
		"a further file":       {archive(t, entry{name: first, content: header}, entry{name: "readme.txt", content: "x"}), subscribed.ErrPart},
		"a link":               {archive(t, entry{name: first, kind: tar.TypeSymlink}), subscribed.ErrPart},
		"a hard link":          {archive(t, entry{name: first, kind: tar.TypeLink}), subscribed.ErrPart},
		"a directory":          {archive(t, entry{name: first, kind: tar.TypeDir}), subscribed.ErrPart},
		"a device":             {archive(t, entry{name: first, kind: tar.TypeChar}), subscribed.ErrPart},
		"no header":            {archive(t, entry{name: first, content: ""}), subscribed.ErrHeader},
		"rows at once":         {archive(t, entry{name: first, content: one}), subscribed.ErrHeader},
		"a column less":        {archive(t, entry{name: first, content: strings.Replace(header, ",currency", "", 1)}), subscribed.ErrHeader},
		"columns in turn":      {archive(t, entry{name: first, content: strings.Replace(header, "customer_id,product_id", "product_id,customer_id", 1)}), subscribed.ErrHeader},
		"the second has none":  {archive(t, entry{name: first, content: header}, entry{name: second, content: one}), subscribed.ErrHeader},
		"a field less":         {part("c1,p1\n"), subscribed.ErrRow},
		"a field more":         {part(strings.Replace(one, "\n", ",\n", 1)), subscribed.ErrRow},
		"a bare quote":         {part(strings.Replace(one, "p1", `p"1`, 1)), subscribed.ErrRow},
		"an open quote":        {part(strings.Replace(one, "p1", `"p1`, 1)), subscribed.ErrRow},
		"an endless row":       {part(strings.Repeat("a", 1<<16)), subscribed.ErrRow},
		"an endless quote":     {part(`"` + strings.Repeat("a\n", 1<<15)), subscribed.ErrRow},
		"a minus":              {part(strings.Replace(one, "p1", "-2-3", 1)), subscribed.ErrRow},
		"a formula":            {part(strings.Replace(one, "p1", "=1+1", 1)), subscribed.ErrRow},
		"a path as an id":      {part(strings.Replace(one, "c1", "../../c1", 1)), subscribed.ErrRow},
		"no customer":          {part(strings.Replace(one, "c1", "", 1)), subscribed.ErrRow},
		"a long id":            {part(strings.Replace(one, "c1", strings.Repeat("c", 65), 1)), subscribed.ErrRow},
		"no UTF-8":             {part(strings.Replace(one, "c1", "c\xff", 1)), subscribed.ErrRow},
		"a mode":               {part(strings.Replace(one, ",1,0.1", ",7,0.1", 1)), subscribed.ErrRow},
		"no amount":            {part(strings.Replace(one, "0.12,", ",", 1)), subscribed.ErrRow},
		"an exponent":          {part(strings.Replace(one, "0.12,", "1e99,", 1)), subscribed.ErrRow},
		"a comma":              {part(strings.Replace(one, "0.12,", `"0,12",`, 1)), subscribed.ErrRow},
		"a ninth decimal":      {part(strings.Replace(one, "0.12,", "0.123456789,", 1)), subscribed.ErrRow},
		"billions":             {part(strings.Replace(one, "0.12,", "999999999999,", 1)), subscribed.ErrRow},
		"NaN":                  {part(strings.Replace(one, "0.12,", "NaN,", 1)), subscribed.ErrRow},
		"a currency":           {part(strings.Replace(one, "USD", "usd", 1)), subscribed.ErrRow},
		"a bomb":               {part(strings.Repeat(one, 60_000)), subscribed.ErrBomb},
	}
}

// many are rows that do not pack well, so that they are no bomb.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "c%x,p,s,r,g,1,%d,0,%d,USD\n", uint32(i)*2654435761, i*7919%100_003, i*104_729%99_991)
	}
	return b.String()
}

func TestAttacksAreRefusedByName(t *testing.T) {
	t.Parallel()
	limits := subscribed.StandardLimits()
	limits.Ratio = 100
	for name, attack := range attacks(t) {
		_, err := read(t, attack.packed, limits)
		assert.ErrorIs(t, err, attack.want, name)
	}
}

func TestLimitsHold(t *testing.T) {
	t.Parallel()
	two := archive(t, entry{name: first, content: header + one}, entry{name: second, content: header + strings.Replace(one, "c1", "c2", 1)})
	for name, change := range map[string]func(*subscribed.Limits){
		"packed":   func(l *subscribed.Limits) { l.Packed = 100 },
		"unpacked": func(l *subscribed.Limits) { l.Unpacked = 1000 },
		"parts":    func(l *subscribed.Limits) { l.Parts = 1 },
	} {
		limits := subscribed.StandardLimits()
		_, err := read(t, two, limits)
		require.NoError(t, err)
		change(&limits)
		_, err = read(t, two, limits)
		assert.ErrorIs(t, err, subscribed.ErrTooLarge, name)
	}
}

func TestAPartHasNoMoreRowsThanIsDocumented(t *testing.T) {
	t.Parallel()
	limits := subscribed.StandardLimits()
	limits.Ratio = 10_000
	for rows, want := range map[int]error{100_000: nil, 100_001: subscribed.ErrTooLarge} {
		_, err := read(t, archive(t, entry{name: first, content: header + strings.Repeat("c,p,s,r,g,1,0,0,0,USD\n", rows)}), limits)
		assert.ErrorIs(t, err, want)
	}
}

func TestAStoreThatFailsIsNoFaultOfTheArchive(t *testing.T) {
	t.Parallel()
	lost := errors.New("connection lost")
	whole := archive(t, entry{name: first, content: header + many(5000)})
	r := io.MultiReader(bytes.NewReader(whole[:len(whole)/2]), iotest.ErrReader(lost))
	_, err := readFrom(t, r, subscribed.CustomerBill, subscribed.StandardLimits())
	require.ErrorIs(t, err, lost)
	assert.NotErrorIs(t, err, subscribed.ErrMalformed)
}

// FuzzRead looks for an archive that panics, or is accepted and does not add up.
func FuzzRead(f *testing.F) {
	for _, attack := range attacks(f) {
		if len(attack.packed) < 4096 {
			f.Add(attack.packed)
		}
	}
	f.Add(archive(f, entry{name: first, content: header + one}))
	limits := subscribed.Limits{Packed: 1 << 20, Unpacked: 4 << 20, Ratio: 100, Parts: 10, Held: 10}
	f.Fuzz(func(t *testing.T, packed []byte) {
		got, err := read(t, packed, limits)
		if err != nil {
			return
		}
		require.Positive(t, got.Parts)
		require.LessOrEqual(t, len(got.lines), got.Rows)
	})
}

// FuzzPart does the same with what is in the part of a sound archive.
func FuzzPart(f *testing.F) {
	for _, rows := range []string{"", one, one + one, "\ufeff", "c1,p1\n", `"`, strings.Replace(one, "0.12", "1e9", 1)} {
		f.Add(header + rows)
	}
	f.Fuzz(func(t *testing.T, content string) {
		got, err := read(t, archive(t, entry{name: first, content: content}), subscribed.StandardLimits())
		if err != nil {
			return
		}
		require.True(t, strings.HasPrefix(strings.TrimPrefix(content, "\ufeff"), "customer_id") || strings.Contains(content, `"`) || strings.Contains(content, "\n"), content)
		require.LessOrEqual(t, len(got.lines), got.Rows)
	})
}
