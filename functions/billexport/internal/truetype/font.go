// Package truetype takes glyphs out of fonts with TrueType outlines. It is for fonts
// that are part of the program: what it is given is believed.
//
// See https://learn.microsoft.com/en-us/typography/opentype/spec/.
package truetype

import (
	"encoding/binary"
	"errors"
)

var be = binary.BigEndian

// Font is a font, which several may read at once.
type Font struct {
	tables  map[string][]byte
	glyphs  [1 << 16]uint16
	loca    []byte
	advance []byte
	// long says that loca has offsets of 4 bytes, wide how many glyphs have a width of
	// their own.
	long bool
	wide int
}

// Parse reads a font of the first plane's characters. The font keeps the file.
func Parse(file []byte) (*Font, error) {
	if len(file) < 12 || be.Uint32(file) != version {
		return nil, errors.New("not a font with TrueType outlines")
	}
	f := &Font{tables: map[string][]byte{}}
	for i := range int(be.Uint16(file[4:])) {
		entry := file[12+16*i:]
		at, size := be.Uint32(entry[8:]), be.Uint32(entry[12:])
		f.tables[string(entry[:4])] = file[at : at+size]
	}
	f.loca, f.long = f.tables["loca"], be.Uint16(f.tables["head"][50:]) == 1
	f.advance, f.wide = f.tables["hmtx"], int(be.Uint16(f.tables["hhea"][34:]))
	return f, f.readCharacters()
}

// readCharacters reads the table of characters of format 12.
func (f *Font) readCharacters() error {
	cmap := f.tables["cmap"]
	for i := range int(be.Uint16(cmap[2:])) {
		table := cmap[be.Uint32(cmap[4+8*i+4:]):]
		if be.Uint16(table) != 12 {
			continue
		}
		for g := range int(be.Uint32(table[12:])) {
			group := table[16+12*g:]
			start, end, glyph := be.Uint32(group), be.Uint32(group[4:]), be.Uint32(group[8:])
			for c := start; c <= min(end, 0xFFFF); c++ {
				f.glyphs[c] = uint16(glyph + c - start) //nolint:gosec // a font has at most 65,536 glyphs
			}
		}
		return nil
	}
	return errors.New("the font has no table of characters of format 12")
}

// Glyph is the number of a character's glyph, 0 where the font has none.
func (f *Font) Glyph(c rune) uint16 {
	if c < 0 || int(c) >= len(f.glyphs) {
		return 0
	}
	return f.glyphs[c]
}

// Width is how far a glyph advances, in thousandths of the size of the type.
func (f *Font) Width(glyph uint16) int {
	width, _ := f.metrics(glyph)
	return int(width) * 1000 / f.unitsPerEm()
}

func (f *Font) unitsPerEm() int { return int(be.Uint16(f.tables["head"][18:])) }

// Table is a copy of a table of the font, nil where it has none.
func (f *Font) Table(name string) []byte { return append([]byte(nil), f.tables[name]...) }

// Box is the box that all glyphs fit into, and Ascent and Descent how far lines reach
// above and below where text stands, all in thousandths of the size of the type.
func (f *Font) Box() (left, bottom, right, top int) {
	head := f.tables["head"]
	return f.signed(head, 36), f.signed(head, 38), f.signed(head, 40), f.signed(head, 42)
}

// Ascent is how far a line reaches above where text stands, as Box measures.
func (f *Font) Ascent() int { return f.signed(f.tables["hhea"], 4) }

// Descent is how far a line reaches below where text stands, less than 0.
func (f *Font) Descent() int { return f.signed(f.tables["hhea"], 6) }

func (f *Font) signed(table []byte, at int) int {
	return int(int16(be.Uint16(table[at:]))) * 1000 / f.unitsPerEm() //nolint:gosec // the two's complement
}

// metrics is how wide a glyph is, and how far its outline lies from where it begins.
func (f *Font) metrics(glyph uint16) (width, bearing uint16) {
	if at := int(glyph); at < f.wide {
		return be.Uint16(f.advance[4*at:]), be.Uint16(f.advance[4*at+2:])
	}
	last := 4 * f.wide
	return be.Uint16(f.advance[last-4:]), be.Uint16(f.advance[last+2*(int(glyph)-f.wide):])
}

func (f *Font) outline(glyph uint16) []byte {
	return f.tables["glyf"][f.offset(int(glyph)):f.offset(int(glyph)+1)]
}

func (f *Font) offset(glyph int) uint32 {
	if f.long {
		return be.Uint32(f.loca[4*glyph:])
	}
	return 2 * uint32(be.Uint16(f.loca[2*glyph:]))
}
