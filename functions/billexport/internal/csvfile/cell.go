package csvfile

import (
	"bytes"
	"encoding/binary"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/internal/spreadsheet"
)

// maxExponent is how many zeros a number is written out with; what is beyond stays as it
// came.
const maxExponent = 100

// appendCell appends a value that is not empty. A number is left alone also where it is
// negative; what stands in a column of numbers and is none is as much of a text as any
// other.
func (f *Writer) appendCell(b []byte, kind bill.Kind, value []byte) []byte {
	if kind != bill.KindText && kind != bill.KindInstant {
		if plainNumber(value) {
			return append(b, value...)
		}
		if d, ok := number(value); ok {
			return append(b, d...)
		}
	}
	switch first := firsts[value[0]]; {
	case first == plain && Harmless(value):
		return append(b, value...)
	case first == perhapsFormula && !f.unsafe:
		value = []byte(spreadsheet.Text(string(value)))
	}
	return appendQuoted(b, value)
}

// plainNumber reports whether a value is digits, perhaps with a sign and a point.
func plainNumber(value []byte) bool {
	if value[0] == '-' {
		value = value[1:]
	}
	point := 0
	for i, c := range value {
		if c-'0' <= 9 {
			continue
		}
		if c != '.' || point > 0 || i == 0 {
			return false
		}
		point = i
	}
	return len(value) > point+1 || len(value) == 1 && point == 0
}

// number writes a number that has an exponent without it: a spreadsheet that shows one
// loses digits.
func number(value []byte) (string, bool) {
	exponent := bytes.IndexAny(value, "eE")
	if exponent <= 0 || !plainNumber(value[:exponent]) {
		return "", false
	}
	d, err := decimal.NewFromString(string(value))
	if err != nil {
		return "", false
	}
	if d.Exponent() < -maxExponent || d.Exponent() > maxExponent {
		return string(value), true
	}
	return d.StringFixed(max(-d.Exponent(), 0)), true
}

// What the first byte of a value says about it.
const (
	plain byte = iota
	perhapsQuoted
	// perhapsFormula is what a spreadsheet might take for a formula, which only the whole
	// first character tells.
	perhapsFormula
)

// firsts are the first bytes that say more than plain.
var firsts = func() (all [256]byte) {
	for c := range all {
		// The last is the first byte of no white space.
		if c <= ' ' || c == '\\' || c >= utf8.RuneSelf && c < 0xe4 {
			all[c] = perhapsQuoted
		}
	}
	for _, c := range "=+-@\t\r\n＝＋－＠" {
		all[string(c)[0]] = perhapsFormula
	}
	return all
}()

// appendQuoted appends a value, in quotes where it needs them.
func appendQuoted(b, value []byte) []byte {
	if !needsQuotes(value) {
		return append(b, value...)
	}
	b = append(b, '"')
	for {
		at := bytes.IndexByte(value, '"')
		if at < 0 {
			break
		}
		b = append(append(b, value[:at+1]...), '"')
		value = value[at+1:]
	}
	return append(append(b, value...), '"')
}

// needsQuotes reports whether a value has a comma, a quote or a line break, begins with
// white space, which some programs cut off, or ends a table for PostgreSQL.
func needsQuotes(value []byte) bool {
	if bytes.ContainsAny(value, "\",\r\n") || string(value) == `\.` {
		return true
	}
	first, _ := utf8.DecodeRune(value)
	return unicode.IsSpace(first)
}

// Harmless reports whether a value has surely no comma, quote or line break in it. It
// looks at eight bytes at a time, the last of which it may have seen already.
func Harmless(value []byte) bool {
	if len(value) < 8 {
		for _, c := range value {
			if c == '"' || c == ',' || c < ' ' {
				return false
			}
		}
		return true
	}
	for i := 0; i < len(value)-8; i += 8 {
		if eightPerhaps(binary.LittleEndian.Uint64(value[i:])) {
			return false
		}
	}
	return !eightPerhaps(binary.LittleEndian.Uint64(value[len(value)-8:]))
}

// eightPerhaps reports whether one of eight bytes is a comma, a quote or a control
// character. See eightPlain of pkg/bss/internal/jsonread.
func eightPerhaps(word uint64) bool {
	const ones, highest = 0x0101010101010101, 0x8080808080808080
	quote, comma := word^(ones*'"'), word^(ones*',')
	found := (word-ones*' ')&^word | (quote-ones)&^quote | (comma-ones)&^comma
	return found&highest != 0
}
