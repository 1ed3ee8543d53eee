package jsonread

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

const (
	// maxShared bounds the texts that are shared, in bytes: long ones seldom repeat.
	maxShared = 64
	// minSharing is the size of a JSON text from which on sharing pays.
	minSharing = 4 << 10
)

// slot is where a text is kept to be shared. Texts that meet in a slot replace each
// other: looking is cheaper than a map's, and most texts of a list are the last ones
// again.
func slot(raw []byte) uint8 {
	n := len(raw)
	return uint8(n)*31 + raw[0]*7 + raw[n/2]*13 + raw[n-1]*17 //nolint:gosec // n is at most maxShared
}

// String reads a string. Short ones that were read shortly before are shared.
func (r *Reader) String() string {
	if r.err != nil || r.Null() {
		return ""
	}
	raw := r.rawString()
	if r.err != nil {
		return ""
	}
	if r.texts == nil || len(raw) == 0 || len(raw) > maxShared {
		return r.decoded(raw)
	}
	kept := &r.texts[slot(raw)]
	if *kept != string(raw) {
		text, plain := r.decode(raw)
		if !plain {
			return text
		}
		*kept = text
	}
	return *kept
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
	for i < len(data) && data[i] >= ' ' && data[i] != '"' && data[i] != '\\' {
		i++
	}
	r.pos = i
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

// decode is the text of a string, and whether it stands so in the JSON. What has
// escapes or is not UTF-8 is rare, and left to encoding/json.
func (r *Reader) decode(raw []byte) (text string, plain bool) {
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw), true
	}
	quoted := make([]byte, 0, len(raw)+2)
	quoted = append(append(append(quoted, '"'), raw...), '"')
	if err := json.Unmarshal(quoted, &text); err != nil {
		r.failWith(err)
	}
	return text, false
}
