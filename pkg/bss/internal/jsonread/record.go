package jsonread

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strconv"
	"unicode/utf8"
)

// Kind is what the values of a field are.
type Kind int

const (
	// Text is a string.
	Text Kind = iota
	// Number is what Decimal reads, also in quotes.
	Number
	// Whole is what Int reads, also in quotes.
	Whole
)

// Field is a field that the records of a list may have.
type Field struct {
	Name string
	Kind Kind
}

// Record reads the records of a list as slices of the JSON text: it makes no value of a
// field, and no allocation. Records mostly have their fields in the same order, though
// some leave some out: the names that came after another one are looked for there first.
//
// One Record serves one text after the other, but not two at once.
type Record struct {
	fields []place
	named  map[string]int
	texts  []byte // those that do not stand so in the JSON
}

// place is a field, what stands before its value where it is not the first, and the
// field that came after it the last time.
type place struct {
	before string
	kind   Kind
	next   int
}

// NewRecord returns a reader of records with these fields. They may come in any order;
// in the given one they are read fastest from the start.
func NewRecord(fields []Field) *Record {
	c := &Record{named: map[string]int{}}
	for f, field := range fields {
		c.named[field.Name] = f
		c.fields = append(c.fields, place{`,"` + field.Name + `":`, field.Kind, (f + 1) % len(fields)})
	}
	return c
}

// Reset is called before a text: what was read of the one before is no longer good.
func (c *Record) Reset() { c.texts = c.texts[:0] }

// Read reads an object into a slice that has a place for each field: texts without
// quotes and escapes, numbers digit for digit, nil for what is null or not there. What
// it gives is good until Reset, and as long as the JSON does not change.
func (c *Record) Read(r *Reader, into [][]byte) {
	clear(into)
	last := -1
	for r.Object(); r.Field(); last = c.readExpected(r, last, into) {
		f, known := c.named[string(c.name(r))]
		if !known {
			r.Skip()
			continue
		}
		into[f] = c.value(r, c.fields[f].kind)
		if last >= 0 {
			c.fields[last].next = f
		}
		last = f
	}
}

// readExpected reads fields as long as they come in the order of the last time and are
// printed plainly, and returns the last one.
func (c *Record) readExpected(r *Reader, last int, into [][]byte) int {
	if last < 0 || r.err != nil {
		return last
	}
	data, pos := r.data, r.pos
	for {
		f, start := c.expected(data, pos, last)
		if start == 0 {
			break
		}
		var value []byte
		var length int
		if kind := c.fields[f].kind; kind == Text {
			value, length = plainText(data[start:])
		} else {
			value, length = plainNumber(data[start:], kind)
		}
		if length == 0 {
			break
		}
		into[f] = value
		last, pos = f, start+length
	}
	r.pos = pos
	return last
}

// expected is the field whose name stands at a place of the text, and where its value
// begins: the one after the last, or after some that a record may leave out. The place is
// 0 where it is none of these.
func (c *Record) expected(data []byte, pos, last int) (f, start int) {
	const mostLeftOut = 8
	f = last
	for range mostLeftOut {
		f = c.fields[f].next
		before := c.fields[f].before
		start = pos + len(before)
		if start <= len(data) && string(data[pos:start]) == before {
			return f, start
		}
	}
	return 0, 0
}

func (c *Record) name(r *Reader) []byte {
	name := r.Name()
	if bytes.IndexByte(name, '\\') < 0 {
		return name
	}
	return appendText(nil, name)
}

// Text reads a string, nil for null. It is good as long as what Read gives.
func (c *Record) Text(r *Reader) []byte { return c.value(r, Text) }

func (c *Record) value(r *Reader, kind Kind) []byte {
	switch first := r.peek(); {
	case first == '"':
		text := c.text(r)
		if kind != Text {
			r.check(kind, text)
		}
		return text
	case first == 'n':
		r.Null()
		return nil
	case kind == Text:
		r.expect('"')
		return nil
	}
	if value, length := plainNumber(r.data[r.pos:], kind); length > 0 {
		r.pos += length
		return value
	}
	raw := r.number()
	r.check(kind, raw)
	return raw
}

// check holds a number to what Decimal and Int take.
func (r *Reader) check(kind Kind, raw []byte) {
	var err error
	switch {
	case r.err != nil:
		return
	case kind == Number:
		_, err = number(raw)
	case len(raw) > 0:
		_, err = strconv.Atoi(string(raw))
	}
	if err != nil {
		r.failWith(err)
	}
}

// plainText is the string at the front of a text, and how much that takes with its
// quotes: 0 where it needs a closer look.
func plainText(data []byte) (value []byte, length int) {
	if len(data) == 0 || data[0] != '"' {
		return nil, 0
	}
	seen := uint64(0)
	for end := 1; end+8 <= len(data); end += 8 {
		word := binary.LittleEndian.Uint64(data[end:])
		found := notPlain(word)
		if found == 0 {
			seen |= word
			continue
		}
		before := bits.TrailingZeros64(found) &^ 7
		seen |= word & (1<<before - 1)
		end += before / 8
		if data[end] != '"' || seen&highest != 0 && !utf8.Valid(data[1:end]) {
			break
		}
		return data[1:end:end], end + 1
	}
	return nil, 0
}

// plainNumber is the number at the front of a text as amounts are printed, and its
// length: 0 where it is none, has an exponent, or is longer than any amount.
func plainNumber(data []byte, kind Kind) (value []byte, length int) {
	const most = 18
	if len(data) <= most {
		return nil, 0
	}
	i := 0
	if data[0] == '-' {
		i = 1
	}
	first := i
	for i < most && digit(data[i]) {
		i++
	}
	if i == first || data[first] == '0' && i > first+1 {
		return nil, 0
	}
	if data[i] == '.' && kind == Number {
		point := i
		for i++; i < most && digit(data[i]); i++ {
			continue
		}
		if i == point+1 {
			return nil, 0
		}
	}
	if c := data[i]; c != ',' && c != '}' {
		return nil, 0
	}
	return data[:i:i], i
}

func digit(c byte) bool { return c-'0' <= 9 }

// text reads a string, wherever its text is.
func (c *Record) text(r *Reader) []byte {
	raw := r.rawString()
	if r.err != nil {
		return nil
	}
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return raw
	}
	at := len(c.texts)
	c.texts = appendText(c.texts, raw)
	return c.texts[at:len(c.texts):len(c.texts)]
}
