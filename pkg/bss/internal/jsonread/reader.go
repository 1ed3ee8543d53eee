// Package jsonread reads JSON in one pass, without building it up in memory first. The
// rows of long lists, which have dozens of amounts, read themselves with a Reader; every
// other answer is read by the types of its structs, with Types. Either takes less than
// half of encoding/json's time. Records that only go into files are not made values of at
// all: a Record finds where they stand in the text.
//
// It accepts what encoding/json accepts, but for numbers that nobody means (number.go).
// null is the zero value everywhere; of a field that is there twice the last one counts;
// what is not UTF-8 in a text becomes U+FFFD.
package jsonread

import (
	"bytes"
	"errors"
	"fmt"
)

// maxDepth bounds nesting, as encoding/json does.
const maxDepth = 10_000

var (
	errEnd   = errors.New("the JSON ends too early")
	errDepth = errors.New("the JSON is nested too deeply")
)

// Reader reads one JSON text. The first error ends everything: later calls return
// zero values, so that callers check Err once.
//
//	r := jsonread.New(data)
//	for r.Object(); r.Field(); {
//		switch string(r.Name()) {
//		case "id":
//			row.ID = r.String()
//		default:
//			r.Skip()
//		}
//	}
type Reader struct {
	data  []byte
	pos   int
	err   error
	name  []byte // of the current field, as it stands in the text
	fresh bool   // an object or array was begun and nothing was read of it
	depth int
	// repeats are values that were read before: the rows of a list repeat most. A short
	// text has none, nor one of which no such values are read.
	repeats *repeats
}

// New returns a reader of data, which must not change while it is read.
func New(data []byte) *Reader {
	return &Reader{data: data}
}

// Left is the number of bytes that are still to be read.
func (r *Reader) Left() int { return len(r.data) - r.pos }

// Err is the first error, with its place in the text.
func (r *Reader) Err() error { return r.err }

// End checks that nothing but white space is left, and returns the first error.
func (r *Reader) End() error {
	if r.err != nil {
		return r.err
	}
	if r.peek(); r.pos < len(r.data) {
		r.fail("something follows the JSON value")
	}
	return r.err
}

func (r *Reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s at byte %d", what, r.pos)
	}
	r.pos = len(r.data)
}

// Fail ends the reading with an error of the caller.
func (r *Reader) Fail(err error) { r.failWith(err) }

func (r *Reader) failWith(err error) {
	if r.err == nil {
		r.err = fmt.Errorf("%w at byte %d", err, r.pos)
	}
	r.pos = len(r.data)
}

// peek passes over white space and returns the next byte, 0 at the end.
func (r *Reader) peek() byte {
	for r.pos < len(r.data) {
		switch c := r.data[r.pos]; c {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return c
		}
	}
	return 0
}

func (r *Reader) expect(c byte) bool {
	if r.err != nil {
		return false
	}
	if got := r.peek(); got != c {
		r.unexpected(got, c)
		return false
	}
	r.pos++
	return true
}

func (r *Reader) unexpected(got, want byte) {
	if got == 0 && r.pos >= len(r.data) {
		r.failWith(errEnd)
		return
	}
	r.fail(fmt.Sprintf("%q instead of %q", got, want))
}

// Null passes over a null and reports whether there was one.
func (r *Reader) Null() bool { return r.peek() == 'n' && r.literal("null") }

func (r *Reader) literal(text string) bool {
	if !bytes.HasPrefix(r.data[r.pos:], []byte(text)) {
		r.fail("no " + text)
		return false
	}
	r.pos += len(text)
	return true
}

// Object begins an object. Of a null, Field finds nothing.
func (r *Reader) Object() { r.begin('{') }

// Array begins an array. Of a null, Element finds nothing.
func (r *Reader) Array() { r.begin('[') }

func (r *Reader) begin(open byte) {
	if r.err != nil {
		return
	}
	if r.Null() {
		// An empty one, as it were: its end is not in the text.
		r.fresh = true
		r.depth = -r.depth - 1
		return
	}
	if r.expect(open) {
		r.fresh = true
		r.enter()
	}
}

func (r *Reader) enter() {
	if r.depth++; r.depth > maxDepth {
		r.failWith(errDepth)
	}
}

// Field goes on to the next field of the object. It returns false after the last one,
// which ends the object.
func (r *Reader) Field() bool {
	if !r.next('}') {
		return false
	}
	r.name = r.rawString()
	return r.expect(':')
}

// Name is the name of the current field. It is good until the next one.
func (r *Reader) Name() []byte { return r.name }

// Element goes on to the next element of the array. It returns false after the last
// one, which ends the array.
func (r *Reader) Element() bool { return r.next(']') }

// next goes on to the next member, or ends at the closing byte.
func (r *Reader) next(end byte) bool {
	if r.err != nil {
		return false
	}
	if r.depth < 0 { // a null
		r.depth, r.fresh = -r.depth-1, false
		return false
	}
	first := r.fresh
	r.fresh = false
	c := r.peek()
	if c == end {
		r.pos++
		r.depth--
		return false
	}
	if first {
		return true
	}
	if !r.expect(',') {
		return false
	}
	r.peek()
	return true
}

// Skip passes over a value of any kind.
func (r *Reader) Skip() {
	if r.err != nil {
		return
	}
	switch r.peek() {
	case '{':
		for r.Object(); r.Field(); {
			r.Skip()
		}
	case '[':
		for r.Array(); r.Element(); {
			r.Skip()
		}
	case '"':
		r.rawString()
	case 't':
		r.literal("true")
	case 'f':
		r.literal("false")
	case 'n':
		r.literal("null")
	default:
		r.number()
	}
}
