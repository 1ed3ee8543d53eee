package jsonread

import (
	"encoding/json"
	"unicode/utf8"
)

// maxShared bounds what is kept to be shared: long texts seldom repeat.
const (
	maxShared     = 64
	maxSharedText = 64
)

// String reads a string. Short ones that were read before are shared.
func (r *Reader) String() string {
	if r.err != nil || r.null() {
		return ""
	}
	raw := r.rawString()
	if r.err != nil {
		return ""
	}
	if len(raw) > maxSharedText {
		return r.decoded(raw)
	}
	if text, ok := r.texts[string(raw)]; ok {
		return text
	}
	text := r.decoded(raw)
	if len(r.texts) < maxShared {
		r.texts[string(raw)] = text
	}
	return text
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

// decoded is the text of a string. What has escapes or is not UTF-8 is rare, and left
// to encoding/json.
func (r *Reader) decoded(raw []byte) string {
	plain := utf8.Valid(raw)
	for i := 0; plain && i < len(raw); i++ {
		plain = raw[i] != '\\'
	}
	if plain {
		return string(raw)
	}
	quoted := make([]byte, 0, len(raw)+2)
	quoted = append(append(append(quoted, '"'), raw...), '"')
	var text string
	if err := json.Unmarshal(quoted, &text); err != nil {
		r.failWith(err)
	}
	return text
}
