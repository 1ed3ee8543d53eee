package jsonread

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// String reads a string. Short ones that were read shortly before are shared.
func (r *Reader) String() string {
	if r.err != nil || r.Null() {
		return ""
	}
	raw := r.rawString()
	if r.err != nil {
		return ""
	}
	if len(raw) == 0 || len(raw) > maxShared || !r.shares() {
		return r.decoded(raw)
	}
	kept := r.repeats.text(raw)
	if *kept != string(raw) {
		text, plain := r.decode(raw)
		if !plain {
			return text
		}
		*kept = text
	}
	return *kept
}

// Bytes reads a string that is looked at only once; it is good until the next call.
func (r *Reader) Bytes() []byte {
	if r.err != nil || r.Null() {
		return nil
	}
	raw := r.rawString()
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	return []byte(r.decoded(raw))
}

// rawString reads a string and returns what is between its quotes, escapes and all.
func (r *Reader) rawString() []byte {
	if !r.expect('"') {
		return nil
	}
	start := r.pos
	for r.passPlain(); r.pos < len(r.data); r.passPlain() {
		switch r.data[r.pos] {
		case '"':
			raw := r.data[start:r.pos]
			r.pos++
			return raw
		case '\\':
			r.escape()
		default:
			r.fail("a control character in a string")
		}
	}
	r.failWith(errEnd)
	return nil
}

// passPlain passes over what needs no thought in a string: most of a text is that.
func (r *Reader) passPlain() {
	data, i := r.data, r.pos
	for i+8 <= len(data) && notPlain(binary.LittleEndian.Uint64(data[i:])) == 0 {
		i += 8
	}
	for i < len(data) && data[i] >= ' ' && data[i] != '"' && data[i] != '\\' {
		i++
	}
	r.pos = i
}

const ones, highest = 0x0101010101010101, 0x8080808080808080

// notPlain sets the highest bit of those of eight bytes that are control characters,
// quotes or backslashes. A byte that is less than another one sets its highest bit in
// the difference; one that is equal does in what is left of it by exclusive or. Only
// what is above the first such byte may have the bit by mistake.
func notPlain(word uint64) uint64 {
	quote, backslash := word^(ones*'"'), word^(ones*'\\')
	found := (word-ones*' ')&^word | (quote-ones)&^quote | (backslash-ones)&^backslash
	return found & highest
}

// escape passes over an escape sequence.
func (r *Reader) escape() {
	length := 2
	if r.pos+1 >= len(r.data) {
		r.failWith(errEnd)
		return
	}
	switch r.data[r.pos+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
	case 'u':
		length = 6
		for i := r.pos + 2; i < r.pos+6; i++ {
			if i >= len(r.data) || !hexadecimal(r.data[i]) {
				r.fail("an escape sequence that is none")
				return
			}
		}
	default:
		r.fail("an escape sequence that is none")
		return
	}
	r.pos += length
}

func hexadecimal(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func (r *Reader) decoded(raw []byte) string {
	text, _ := r.decode(raw)
	return text
}

// decode is the text of a string, and whether it stands so in the JSON.
func (r *Reader) decode(raw []byte) (text string, plain bool) {
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw), true
	}
	return string(appendText(nil, raw)), false
}
