package pdf_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/pdf"
	"github.com/bssfn/bssfn/functions/billexport/internal/pdf/notosans"
	"github.com/bssfn/bssfn/functions/billexport/internal/pdf/pdftest"
	"github.com/bssfn/bssfn/functions/billexport/internal/truetype"
)

var plain = pdf.Style{Size: 10 * pdf.Point, Color: 0x336699}

// document has a page for each text.
func document(t testing.TB, texts ...string) []byte {
	t.Helper()
	font, err := notosans.Font()
	require.NoError(t, err)
	var b bytes.Buffer
	d := pdf.New(&b, font, pdf.Info{
		Title: "账单 <2026> & more", Author: "云帆", Language: "zh-CN", Created: time.Date(2026, 3, 4, 2, 30, 0, 0, time.UTC),
	})
	for _, text := range texts {
		d.Page(pdf.A4Width, pdf.A4Height)
		d.Text(10*pdf.Point, 20*pdf.Point, plain, text)
		d.Fill(0, 0, 50, 50, 0xFFFFFF)
		d.Frame(0, 0, 50, 50, 0)
	}
	require.NoError(t, d.Close(func(page, pages int) {
		d.Right(pdf.A4Width, pdf.A4Height, plain, strings.Repeat("I", page)+"/"+strings.Repeat("I", pages))
	}))
	return b.Bytes()
}

func TestWhatIsWrittenCanBeCopied(t *testing.T) {
	t.Parallel()
	text := `(Ä\)<é> 云服务 ¥12.34 “…” ﹃`
	d := pdftest.Read(t, document(t, text, "二"))
	assert.Equal(t, "账单 <2026> & more", d.Title)
	assert.Equal(t, "云帆", d.Author)
	assert.Equal(t, "zh-CN", d.Language)
	require.Len(t, d.Pages, 2)
	assert.Equal(t, text+"\nI/II\n", d.Pages[0].String())
	assert.Equal(t, "二\nII/II\n", d.Pages[1].String())
	assert.Equal(t, "10", d.Pages[0][0].X)
	assert.Equal(t, "821.89", d.Pages[0][0].Y)
}

func TestTheSameIsTheSameToTheByte(t *testing.T) {
	t.Parallel()
	assert.Equal(t, document(t, "云", "服务"), document(t, "云", "服务"))
	assert.NotEqual(t, document(t, "云", "服务"), document(t, "云", "服 务"))
}

func TestOnlyTheCharactersThatAreUsedAreEmbedded(t *testing.T) {
	t.Parallel()
	few := document(t, "云")
	assert.Less(t, len(few), 6000)
	d := pdftest.Read(t, few)
	assert.Equal(t, "\x00\x01\x00\x00", string(d.Font[:4]))
	assert.Less(t, len(d.Font), 3000)
}

// TestWhatTheFontLacksIsSeen writes a character of another plane, one of a script that
// the font has not, and controls that would turn the text around them.
func TestWhatTheFontLacksIsSeen(t *testing.T) {
	t.Parallel()
	font, err := notosans.Font()
	require.NoError(t, err)
	require.NotZero(t, font.Glyph('□'))
	require.Zero(t, font.Glyph('ب'))
	d := pdftest.Read(t, document(t, "a\U00020BB7ب\u202E\x00b\xFF"))
	assert.Equal(t, "a\U00020BB7ب□□b\uFFFD\n", strings.SplitAfter(d.Pages[0].String(), "\n")[0])

	var b bytes.Buffer
	doc := pdf.New(&b, font, pdf.Info{})
	box := doc.Width(1000, "□")
	require.Positive(t, box)
	for _, c := range []string{"\U00020BB7", "ب", "\u202E", "\x00", "\xFF"} {
		assert.Equal(t, box, doc.Width(1000, c), "%q is as wide as what is seen in its place", c)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	font, err := notosans.Font()
	require.NoError(t, err)
	d := pdf.New(&bytes.Buffer{}, font, pdf.Info{})
	for _, text := range []string{"", "a", "弹性云服务器", "obs-backup-archive", strings.Repeat("W", 500)} {
		for width := pdf.Unit(1000); width < 20000; width += 777 {
			short := d.Cut(width, 750, text)
			if short != text {
				require.True(t, strings.HasSuffix(short, "…") && strings.HasPrefix(text, strings.TrimSuffix(short, "…")), short)
				require.Greater(t, d.Width(750, text), width)
			}
			require.LessOrEqual(t, d.Width(750, short), width, "%q", short)
		}
	}
}

type fullDisk struct{ room int }

var errFull = errors.New("no space left on device")

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestADocumentThatCannotBeWrittenFails(t *testing.T) {
	t.Parallel()
	font, err := notosans.Font()
	require.NoError(t, err)
	for _, room := range []int{0, 100, 4096} {
		d := pdf.New(&fullDisk{room}, font, pdf.Info{})
		for range 100 {
			d.Page(pdf.A4Width, pdf.A4Height)
			d.Text(0, 0, plain, "云")
		}
		require.ErrorIs(t, d.Close(func(int, int) {}), errFull)
	}
}

// TestThePartOfTheFontIsOne reads what documents carry as a font of its own.
func TestThePartOfTheFontIsOne(t *testing.T) {
	t.Parallel()
	font, err := notosans.Font()
	require.NoError(t, err)
	tables := font.Subset([]uint16{0, font.Glyph('Ä'), font.Glyph('云')})
	tables["cmap"] = truetype.Characters(map[rune]uint16{'Ä': 1, '云': 2})
	part, err := truetype.Parse(truetype.Assemble(tables))
	require.NoError(t, err)
	for _, c := range "Ä云" {
		require.NotZero(t, part.Glyph(c))
		assert.Equal(t, font.Width(font.Glyph(c)), part.Width(part.Glyph(c)))
	}
	assert.Zero(t, part.Glyph('服'))
}
