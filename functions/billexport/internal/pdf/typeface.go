package pdf

import (
	"crypto/sha256"
	"fmt"
	"unicode"
	"unicode/utf16"

	"github.com/bssfn/bssfn/functions/billexport/internal/truetype"
)

// replacement is what is seen in the place of a character that the font lacks.
const replacement = '□'

// typeface is the font as one document uses it: a character gets a number when it is
// first written, and those alone are put into the document.
type typeface struct {
	font *truetype.Font
	// numbers are those of the characters; the glyph and the text of number n are the
	// n-th.
	numbers map[rune]uint16
	glyphs  []uint16
	texts   []rune
}

func newTypeface(f *truetype.Font) *typeface {
	return &typeface{font: f, numbers: map[rune]uint16{}, glyphs: []uint16{0}, texts: []rune{replacement}}
}

// number is that of a character. One that the font lacks is seen as the replacement and
// still copied as what it is; what would disturb the text around it is not.
func (t *typeface) number(c rune) uint16 {
	if number, known := t.numbers[c]; known {
		return number
	}
	text := c
	if !unicode.IsGraphic(c) {
		text = replacement
	}
	number := uint16(len(t.glyphs)) //nolint:gosec // a document has fewer than 65,536 different characters
	if len(t.glyphs) == 1<<16-1 {
		number = 0
	} else {
		t.glyphs, t.texts = append(t.glyphs, t.glyph(c)), append(t.texts, text)
	}
	t.numbers[c] = number
	return number
}

func (t *typeface) glyph(c rune) uint16 {
	if glyph := t.font.Glyph(c); glyph != 0 {
		return glyph
	}
	return t.font.Glyph(replacement)
}

// Width is how wide a line of text is at a size.
func (d *Document) Width(size Unit, line string) Unit {
	thousandths := 0
	for _, c := range line {
		thousandths += d.font.font.Width(d.font.glyph(c))
	}
	return Unit(thousandths) * size / 1000
}

// Cut is a line of text as it is, or cut to a width, with an ellipsis at its end.
func (d *Document) Cut(width, size Unit, line string) string {
	const ellipsis = "…"
	room := int(width * 1000 / size)
	full, kept := 0, 0
	short := room - d.font.font.Width(d.font.glyph('…'))
	for i, c := range line {
		full += d.font.font.Width(d.font.glyph(c))
		if full <= short {
			kept = i + len(string(c))
		}
		if full > room {
			return line[:kept] + ellipsis
		}
	}
	return line
}

// writeFont puts the characters that were written into the document.
func (d *Document) writeFont() {
	t, f := d.font, d.font.font
	name := t.name()
	file := truetype.Assemble(f.Subset(t.glyphs))
	embedded := d.stream(fmt.Sprintf("/Length1 %d", len(file)), file)
	left, bottom, right, top := f.Box()
	descriptor := d.object("<</Type/FontDescriptor/FontName%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight 733/StemV 80/FontFile2 %d 0 R>>",
		name, left, bottom, right, top, f.Ascent(), f.Descent(), embedded)
	widths := []byte("[0[")
	for _, glyph := range t.glyphs {
		widths = fmt.Appendf(widths, "%d ", f.Width(glyph))
	}
	descendant := d.object("<</Type/Font/Subtype/CIDFontType2/BaseFont%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 1000/W %s]]>>",
		name, descriptor, widths)
	unicodes := d.stream("", t.unicodes())
	d.begin(fontObject)
	d.print("<</Type/Font/Subtype/Type0/BaseFont%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>\nendobj\n", name, descendant, unicodes)
}

// name is that of the part of the font that the document has. By the letters before it
// programs that join documents tell parts that differ.
func (t *typeface) name() string {
	sum := sha256.Sum256([]byte(string(t.texts)))
	tag := sum[:6]
	for i := range tag {
		tag[i] = 'A' + tag[i]%26
	}
	return "/" + string(tag) + "+NotoSansSC-Regular"
}

// unicodes is the table that gives the text of each number, for those who copy or
// search it.
func (t *typeface) unicodes() []byte {
	const atOnce = 100 // the most that a block may have
	table := []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	for first := 0; first < len(t.texts); first += atOnce {
		block := t.texts[first:min(first+atOnce, len(t.texts))]
		table = fmt.Appendf(table, "%d beginbfchar\n", len(block))
		for i, c := range block {
			table = append4(append(table, '<'), uint16(first+i)) //nolint:gosec // fewer than 65,536
			table = append(table, "><"...)
			for _, unit := range utf16.Encode([]rune{c}) {
				table = append4(table, unit)
			}
			table = append(table, ">\n"...)
		}
		table = append(table, "endbfchar\n"...)
	}
	return append(table, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"...)
}
