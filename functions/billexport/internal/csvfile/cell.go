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

// appendCell appends one value. A number is left alone also where it is negative; what
// stands in a column of numbers and is none is as much of a text as any other.
func (f *Writer) appendCell(b []byte, kind bill.Kind, value []byte) []byte {
	if len(value) == 0 {
		return b
	}
	if kind != bill.KindText && kind != bill.KindInstant {
		if plainNumber(value) {
			return append(b, value...)
		}
		if d, ok := number(value); ok {
			return append(b, d...)
		}
	}
	if !f.unsafe && suspicious[value[0]] {
		value = []byte(spreadsheet.Text(string(value)))
	}
	return appendQuoted(b, value)
}

// plainNumber reports whether a value is digits, perhaps with a sign and a point.
func plainNumber(value []byte) bool {
	at := 0
	if value[0] == '-' {
		at = 1
	}
	digits, points := 0, 0
	for ; at < len(value); at++ {
		switch c := value[at]; {
		case '0' <= c && c <= '9':
			digits++
		case c == '.' && digits > 0:
			points++
		default:
			return false
		}
	}
	return digits > 0 && points <= 1 && value[len(value)-1] != '.'
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

// suspicious are the first bytes of what a spreadsheet might take for a formula; which
// of those it would, only the whole first character tells.
var suspicious = func() (first [256]bool) {
	for _, c := range "=+-@\t\r\n＝＋－＠" {
		first[string(c)[0]] = true
	}
	return first
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
	rest := value
	for len(rest) >= 8 {
		if eightPerhaps(binary.LittleEndian.Uint64(rest)) && bytes.ContainsAny(rest[:8], "\",\r\n") {
			return true
		}
		rest = rest[8:]
	}
	for _, c := range rest {
		if c == '"' || c == ',' || c == '\r' || c == '\n' {
			return true
		}
	}
	if len(value) == 0 || '!' <= value[0] && value[0] < utf8.RuneSelf && value[0] != '\\' {
		return false
	}
	first, _ := utf8.DecodeRune(value)
	return unicode.IsSpace(first) || string(value) == `\.`
}

// eightPerhaps reports whether one of eight bytes is a comma, a quote or a control
// character. See eightPlain of pkg/bss/internal/jsonread.
func eightPerhaps(word uint64) bool {
	const ones, highest = 0x0101010101010101, 0x8080808080808080
	quote, comma := word^(ones*'"'), word^(ones*',')
	found := (word-ones*' ')&^word | (quote-ones)&^quote | (comma-ones)&^comma
	return found&highest != 0
}
