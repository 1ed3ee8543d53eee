// Package pdftest reads in tests what documents of package pdf say, as a reader that
// copies their text does.
package pdftest

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// Document is a document that was read.
type Document struct {
	Title, Author, Language string
	Pages                   []Page
	// Font is the font file in it.
	Font    []byte
	objects map[int]object
}

// Page is what stands on a page, in the order in which it was drawn.
type Page []Text

// Text is a text, where it stands, in points from the lower left corner, and its size.
type Text struct{ X, Y, Size, Text string }

// String is the page's texts, one a line.
func (p Page) String() string {
	var b strings.Builder
	for _, t := range p {
		b.WriteString(t.Text + "\n")
	}
	return b.String()
}

// String is all pages' texts.
func (d *Document) String() string {
	var b strings.Builder
	for _, p := range d.Pages {
		b.WriteString(p.String())
	}
	return b.String()
}

type object struct{ head, stream string }

var (
	objects  = regexp.MustCompile(`(?s)\n(\d+) 0 obj\n(.*?)(?:\nstream\n(.*?)\nendstream)?\nendobj`)
	contents = regexp.MustCompile(`/Contents\[(\d+) 0 R (\d+) 0 R\]`)
	pages    = regexp.MustCompile(`/Kids\[([^\]]*)\]`)
	shown    = regexp.MustCompile(`/F (\S+) Tf|BT (\S+) (\S+) Td<([0-9A-F]*)>Tj ET`)
	pairs    = regexp.MustCompile(`<([0-9A-F]{4})><([0-9A-F]+)>\n`)
	entry    = regexp.MustCompile(`(?m)^(\d{10}) 00000 n $`)
)

// Read reads a document. It fails the test where the document's table of objects does
// not say where they are.
func Read(t testing.TB, data []byte) *Document {
	t.Helper()
	d := &Document{objects: map[int]object{}}
	for _, m := range objects.FindAllSubmatchIndex(data, -1) {
		number, err := strconv.Atoi(string(data[m[2]:m[3]]))
		require.NoError(t, err)
		o := object{head: string(data[m[4]:m[5]])}
		if m[6] >= 0 {
			o.stream = unpacked(t, data[m[6]:m[7]])
		}
		d.objects[number] = o
	}
	d.checkPlaces(t, data)
	d.readHead(t, data)
	texts := d.texts(t)
	for _, kid := range strings.Fields(strings.ReplaceAll(d.find(t, pages), " 0 R", "")) {
		number, err := strconv.Atoi(kid)
		require.NoError(t, err)
		var page Page
		m := contents.FindStringSubmatch(d.objects[number].head)
		require.NotNil(t, m, d.objects[number].head)
		for _, stream := range m[1:] {
			number, _ := strconv.Atoi(stream)
			size := ""
			for _, s := range shown.FindAllStringSubmatch(d.objects[number].stream, -1) {
				if s[1] != "" {
					size = s[1]
					continue
				}
				page = append(page, Text{s[2], s[3], size, decoded(t, s[4], texts)})
			}
		}
		d.Pages = append(d.Pages, page)
	}
	return d
}

func unpacked(t testing.TB, stream []byte) string {
	t.Helper()
	r, err := zlib.NewReader(bytes.NewReader(stream))
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(text)
}

func (d *Document) checkPlaces(t testing.TB, data []byte) {
	t.Helper()
	start, err := strconv.Atoi(string(regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(data)[1]))
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(data[start:], []byte("xref\n")))
	places := entry.FindAllSubmatch(data[start:], -1)
	require.Len(t, places, len(d.objects))
	for i, place := range places {
		at, err := strconv.Atoi(string(place[1]))
		require.NoError(t, err)
		require.True(t, bytes.HasPrefix(data[at:], []byte(strconv.Itoa(i+1)+" 0 obj\n")), "object %d", i+1)
	}
}

// find is what an expression finds in an object.
func (d *Document) find(t testing.TB, e *regexp.Regexp) string {
	t.Helper()
	for _, o := range d.objects {
		if m := e.FindStringSubmatch(o.head); m != nil {
			return m[1]
		}
	}
	require.Fail(t, "the document has nothing like "+e.String())
	return ""
}

func (d *Document) readHead(t testing.TB, data []byte) {
	t.Helper()
	require.True(t, bytes.HasPrefix(data, []byte("%PDF-1.7\n")))
	info := func(e string) string { return utf(t, d.find(t, regexp.MustCompile(e+`<FEFF([0-9A-F]*)>`))) }
	d.Title, d.Author, d.Language = info("/Title"), info("/Author"), info("/Lang")
	font, err := strconv.Atoi(d.find(t, regexp.MustCompile(`/FontFile2 (\d+) 0 R`)))
	require.NoError(t, err)
	d.Font = []byte(d.objects[font].stream)
}

// texts is the table by which numbers are texts.
func (d *Document) texts(t testing.TB) map[string]string {
	t.Helper()
	number, err := strconv.Atoi(d.find(t, regexp.MustCompile(`/ToUnicode (\d+) 0 R`)))
	require.NoError(t, err)
	texts := map[string]string{}
	for _, pair := range pairs.FindAllStringSubmatch(d.objects[number].stream, -1) {
		texts[pair[1]] = utf(t, pair[2])
	}
	return texts
}

func decoded(t testing.TB, digits string, texts map[string]string) string {
	t.Helper()
	var b strings.Builder
	for ; digits != ""; digits = digits[4:] {
		text, known := texts[digits[:4]]
		require.True(t, known, "%s has no text", digits[:4])
		b.WriteString(text)
	}
	return b.String()
}

func utf(t testing.TB, digits string) string {
	t.Helper()
	data, err := hex.DecodeString(digits)
	require.NoError(t, err)
	var units []uint16
	for ; len(data) >= 2; data = data[2:] {
		units = append(units, uint16(data[0])<<8|uint16(data[1]))
	}
	return string(utf16.Decode(units))
}
