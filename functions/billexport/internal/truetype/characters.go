package truetype

import (
	"maps"
	"slices"
)

// Characters is a table of the characters of a font, by the numbers of their glyphs.
// It has them in format 12 and, of the first plane, in format 4, which every reader
// understands.
func Characters(glyphs map[rune]uint16) []byte {
	groups := groupsOf(glyphs)
	short := segments(groups)
	table := []byte{0, 0, 0, 2}
	table = append(table, 0, 3, 0, 1)
	table = be.AppendUint32(table, 20)
	table = append(table, 0, 3, 0, 10)
	table = be.AppendUint32(table, 20+size(short))
	table = append(table, short...)
	table = append(table, 0, 12, 0, 0)
	for _, v := range []int{16 + 12*len(groups), 0, len(groups)} {
		table = be.AppendUint32(table, uint32(v)) //nolint:gosec // at most 65,536 groups
	}
	for _, g := range groups {
		for _, v := range []int{int(g.first), int(g.last), int(g.glyph)} {
			table = be.AppendUint32(table, uint32(v)) //nolint:gosec // characters and glyphs
		}
	}
	return table
}

// group is a range of characters whose glyphs follow each other.
type group struct {
	first, last rune
	glyph       uint16
}

func groupsOf(glyphs map[rune]uint16) []group {
	var groups []group
	for _, c := range slices.Sorted(maps.Keys(glyphs)) {
		if last := len(groups) - 1; last >= 0 && groups[last].last == c-1 && rune(groups[last].glyph)+c-groups[last].first == rune(glyphs[c]) {
			groups[last].last = c
			continue
		}
		groups = append(groups, group{c, c, glyphs[c]})
	}
	return groups
}

// segments is the table of format 4 of the groups in the first plane.
func segments(groups []group) []byte {
	groups = slices.DeleteFunc(slices.Clone(groups), func(g group) bool { return g.last >= 0xFFFF })
	groups = append(groups, group{0xFFFF, 0xFFFF, 0})
	n := len(groups)
	power, exponent := powerOfTwo(n)
	table := []byte{0, 4}
	for _, v := range []int{16 + 8*n, 0, 2 * n, 2 * power, exponent, 2 * (n - power)} {
		table = be.AppendUint16(table, count(v))
	}
	for _, g := range groups {
		table = be.AppendUint16(table, count(int(g.last)))
	}
	table = be.AppendUint16(table, 0)
	for _, g := range groups {
		table = be.AppendUint16(table, count(int(g.first)))
	}
	for _, g := range groups {
		table = be.AppendUint16(table, count(int(g.glyph)-int(g.first)))
	}
	return append(table, make([]byte, 2*n)...) // no indirect glyphs
}
