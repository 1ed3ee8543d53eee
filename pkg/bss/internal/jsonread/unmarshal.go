package jsonread

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"

	"github.com/shopspring/decimal"
)

// Types reads Go values by the json tags of their structs, as json.Unmarshal does, in
// one pass over the text. It keeps what it finds out about a type. The zero value is
// ready for use, also by many at once.
//
// It reads structs that embed none, slices, pointers, texts, whole numbers, truth values,
// decimals and what has an UnmarshalJSON; any other type is an error. Numbers may stand
// in quotes. Names of fields are matched as they are written.
type Types struct {
	known sync.Map // *fields by reflect.Type
}

// fields are the indices of a struct's fields by their names in JSON.
type fields map[string]int

// Unmarshal reads one text into what a pointer leads to.
func (t *Types) Unmarshal(data []byte, into any) error {
	r := New(data)
	t.read(r, reflect.ValueOf(into).Elem())
	return r.End()
}

func (t *Types) read(r *Reader, v reflect.Value) {
	if r.err != nil {
		return
	}
	switch own := v.Addr().Interface().(type) {
	case *decimal.Decimal:
		*own = r.Decimal()
		return
	case json.Unmarshaler:
		r.readRaw(own.UnmarshalJSON)
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(r.String())
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(r.Int()))
	case reflect.Bool:
		v.SetBool(r.Bool())
	case reflect.Pointer:
		t.readPointer(r, v)
	case reflect.Slice:
		t.readSlice(r, v)
	case reflect.Struct:
		t.readStruct(r, v)
	default:
		r.fail("no way to read a " + v.Type().String())
	}
}

func (t *Types) readPointer(r *Reader, v reflect.Value) {
	if r.Null() {
		return
	}
	to := reflect.New(v.Type().Elem())
	t.read(r, to.Elem())
	v.Set(to)
}

func (t *Types) readSlice(r *Reader, v reflect.Value) {
	if r.Null() {
		v.SetZero()
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	for r.Array(); r.Element(); {
		n := v.Len()
		v.Grow(1)
		v.SetLen(n + 1)
		t.read(r, v.Index(n))
	}
}

func (t *Types) readStruct(r *Reader, v reflect.Value) {
	named := t.fieldsOf(v.Type())
	for r.Object(); r.Field(); {
		if i, known := named[string(r.Name())]; known {
			t.read(r, v.Field(i))
			continue
		}
		r.Skip()
	}
}

func (t *Types) fieldsOf(of reflect.Type) fields {
	if known, ok := t.known.Load(of); ok {
		return known.(fields)
	}
	found := fields{}
	for i := range of.NumField() {
		field := of.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" {
			name = field.Name
		}
		if field.IsExported() && field.Tag.Get("json") != "-" {
			found[name] = i
		}
	}
	t.known.Store(of, found)
	return found
}

// readRaw hands the text of a value on.
func (r *Reader) readRaw(read func([]byte) error) {
	r.peek()
	start := r.pos
	r.Skip()
	if r.err != nil {
		return
	}
	if err := read(r.data[start:r.pos]); err != nil {
		r.failWith(err)
	}
}

// Bool reads a truth value.
func (r *Reader) Bool() bool {
	switch {
	case r.err != nil || r.Null():
		return false
	case r.peek() == 't':
		return r.literal("true")
	case r.peek() == 'f':
		r.literal("false")
	default:
		r.fail("no truth value")
	}
	return false
}
