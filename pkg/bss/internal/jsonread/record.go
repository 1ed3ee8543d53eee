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
	// Number is what Decimal reads, Whole what Int does; both may be in quotes.
	Number
	Whole
)

// Field is a field that the records of a list may have.
type Field struct {
	Name string
	Kind Kind
}

// Record reads the records of a list as slices of the JSON text: it makes no value of a
// field, and no allocation. Records mostly have their fields in the same order, so the
// name that came after another one the last time is looked for there first.
//
// One Record serves one text after the other, but not two at once.
type Record struct {
	fields  []Field
	named   map[string]int
	follows []string // what stands before the value of a field that is not the first
	next    []int    // the field that came after a field the last time
	texts   []byte   // those that do not stand so in the JSON
}

// NewRecord returns a reader of records with these fields. They may come in any order;
// in the given one they are read fastest from the start.
func NewRecord(fields []Field) *Record {
	c := &Record{fields: fields, named: map[string]int{}}
	for f, field := range fields {
		c.named[field.Name] = f
		c.follows = append(c.follows, `,"`+field.Name+`":`)
		c.next = append(c.next, (f+1)%len(fields))
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
	r.Object()
	for last := -1; ; {
		f, found := c.expected(r, last)
		if !found {
			if !r.Field() {
				return
			}
			if f, found = c.named[string(c.name(r))]; !found {
				r.Skip()
				continue
			}
			if last >= 0 {
				c.next[last] = f
			}
		}
		into[f] = c.value(r, c.fields[f].Kind)
		last = f
	}
}

// expected passes over the name of the field that came after another one the last time.
func (c *Record) expected(r *Reader, last int) (f int, found bool) {
	if last < 0 {
		return 0, false
	}
	f = c.next[last]
	name := c.follows[f]
	if end := r.pos + len(name); end > len(r.data) || string(r.data[r.pos:end]) != name {
		return 0, false
	}
	r.pos += len(name)
	return f, true
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
	if digits, whole := plainNumber(r.data[r.pos:]); digits > 0 && (whole || kind == Number) {
		r.pos += digits
		return r.data[r.pos-digits : r.pos : r.pos]
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

// plainNumber is how long the number is at the front of a text, and whether it is a
// whole one: 0 for what is longer than any amount, has an exponent or is none.
func plainNumber(text []byte) (length int, whole bool) {
	const most = 18 // characters that need no thought of what they amount to
	i, limit := 0, min(len(text), most+1)
	if limit > 0 && text[0] == '-' {
		i = 1
	}
	first := i
	for i < limit && digit(text[i]) {
		i++
	}
	if i == first || i == limit || text[first] == '0' && i > first+1 {
		return 0, false
	}
	whole = text[i] != '.'
	if !whole {
		point := i
		for i++; i < limit && digit(text[i]); i++ {
			continue
		}
		if i == point+1 || i == limit {
			return 0, false
		}
	}
	if text[i]|0x20 == 'e' {
		return 0, false
	}
	return i, whole
}

func digit(c byte) bool { return c-'0' <= 9 }

// text reads a string that begins here.
func (c *Record) text(r *Reader) []byte {
	data, start := r.data, r.pos+1
	i, seen := start, uint64(0)
	for i+8 <= len(data) {
		word := binary.LittleEndian.Uint64(data[i:])
		if found := notPlain(word); found != 0 {
			before := bits.TrailingZeros64(found) &^ 7
			seen |= word & (1<<before - 1)
			i += before / 8
			break
		}
		seen |= word
		i += 8
	}
	for i < len(data) && data[i] >= ' ' && data[i] != '"' && data[i] != '\\' {
		seen |= uint64(data[i])
		i++
	}
	if i < len(data) && data[i] == '"' && (seen&highest == 0 || utf8.Valid(data[start:i])) {
		r.pos = i + 1
		return data[start:i:i]
	}
	raw := r.rawString()
	if r.err != nil {
		return nil
	}
	at := len(c.texts)
	c.texts = appendText(c.texts, raw)
	return c.texts[at:len(c.texts):len(c.texts)]
}
