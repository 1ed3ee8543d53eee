package truetype

import (
	"maps"
	"slices"
)

const version = 0x00010000

// Subset are the tables of a font of some glyphs: the first is to be glyph 0, which
// stands for what the font lacks. They keep their order; what they are made of comes
// after them. There are no hints, no names and no table of characters.
func (f *Font) Subset(glyphs []uint16) map[string][]byte {
	glyphs, numbers := f.withParts(glyphs)
	var glyf, loca, hmtx []byte
	for _, glyph := range glyphs {
		loca = be.AppendUint32(loca, size(glyf))
		outline := slices.Clone(f.outline(glyph))
		for _, at := range parts(outline) {
			be.PutUint16(outline[at:], numbers[be.Uint16(outline[at:])])
		}
		glyf = padded(append(glyf, outline...))
		width, bearing := f.metrics(glyph)
		hmtx = be.AppendUint16(be.AppendUint16(hmtx, width), bearing)
	}
	loca = be.AppendUint32(loca, size(glyf))

	head, hhea, maxp := f.Table("head"), f.Table("hhea"), f.Table("maxp")
	be.PutUint32(head[8:], 0)                   // the sum over the file, which Assemble sets
	be.PutUint16(head[50:], 1)                  // long offsets
	be.PutUint16(hhea[34:], count(len(glyphs))) // of widths
	be.PutUint16(maxp[4:], count(len(glyphs)))
	return map[string][]byte{"glyf": glyf, "head": head, "hhea": hhea, "hmtx": hmtx, "loca": loca, "maxp": maxp}
}

// withParts adds the glyphs that glyphs are made of, and tells their new numbers.
func (f *Font) withParts(glyphs []uint16) ([]uint16, map[uint16]uint16) {
	all, numbers := slices.Clone(glyphs), map[uint16]uint16{}
	for i, glyph := range all {
		if _, known := numbers[glyph]; !known {
			numbers[glyph] = count(i)
		}
	}
	for i := 0; i < len(all); i++ {
		outline := f.outline(all[i])
		for _, at := range parts(outline) {
			part := be.Uint16(outline[at:])
			if _, known := numbers[part]; !known {
				numbers[part] = count(len(all))
				all = append(all, part)
			}
		}
	}
	return all, numbers
}

func count(n int) uint16 { return uint16(n) } //nolint:gosec // a font has at most 65,536 glyphs

func size(data []byte) uint32 { return uint32(len(data)) } //nolint:gosec // fonts are far smaller than 4 GB

func padded(data []byte) []byte { return append(data, make([]byte, -len(data)&3)...) }

// Flags of a part of a glyph that is made of others.
const (
	wordArguments  = 1 << 0
	hasScale       = 1 << 3
	moreComponents = 1 << 5
	hasTwoScales   = 1 << 6
	hasMatrix      = 1 << 7
)

// parts are the places in an outline where the numbers of other glyphs stand.
func parts(outline []byte) []int {
	if len(outline) == 0 || outline[0]&0x80 == 0 { // it has contours of its own
		return nil
	}
	var places []int
	for at := 10; ; {
		flags := be.Uint16(outline[at:])
		places = append(places, at+2)
		at += 6
		if flags&wordArguments != 0 {
			at += 2
		}
		switch {
		case flags&hasScale != 0:
			at += 2
		case flags&hasTwoScales != 0:
			at += 4
		case flags&hasMatrix != 0:
			at += 8
		}
		if flags&moreComponents == 0 {
			return places
		}
	}
}

// Assemble writes a font of tables.
func Assemble(tables map[string][]byte) []byte {
	names := slices.Sorted(maps.Keys(tables))
	power, exponent := powerOfTwo(len(names))
	file := be.AppendUint32(nil, version)
	for _, v := range []int{len(names), 16 * power, exponent, 16 * (len(names) - power)} {
		file = be.AppendUint16(file, count(v))
	}
	at, head := uint32(12+16*len(names)), uint32(0) //nolint:gosec // a dozen tables
	for _, name := range names {
		if name == "head" {
			head = at
		}
		file = append(file, name...)
		file = be.AppendUint32(file, checksum(tables[name]))
		file = be.AppendUint32(file, at)
		file = be.AppendUint32(file, size(tables[name]))
		at += (size(tables[name]) + 3) &^ 3
	}
	for _, name := range names {
		file = padded(append(file, tables[name]...))
	}
	be.PutUint32(file[head+8:], 0xB1B0AFBA-checksum(file))
	return file
}

// powerOfTwo is the greatest one that is not above n, with its exponent.
func powerOfTwo(n int) (power, exponent int) {
	power = 1
	for 2*power <= n {
		power, exponent = 2*power, exponent+1
	}
	return power, exponent
}

func checksum(table []byte) uint32 {
	var sum uint32
	for ; len(table) >= 4; table = table[4:] {
		sum += be.Uint32(table)
	}
	var rest [4]byte
	copy(rest[:], table)
	return sum + be.Uint32(rest[:])
}
