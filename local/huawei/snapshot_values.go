package huawei

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/shopspring/decimal"
)

// This file writes a value as JSON and reads it back, with all its fields, also
// those that are not exported, so that nobody has to remember a new one. Two
// pointers to one thing are written as one thing and a reference to it: the first
// as {"id":1,"is":…}, the others as {"ref":1}. Maps are lists of pairs in the
// order of their keys, so that one state is always written alike. A kind that is
// not known here, such as a function, is an error.

var (
	decimalType = reflect.TypeFor[decimal.Decimal]()
	moneyType   = reflect.TypeFor[money]()
	timeType    = reflect.TypeFor[time.Time]()
)

// valueWriter writes values.
type valueWriter struct {
	bytes.Buffer
	ids map[pointee]int
}

// pointee tells a struct from its first field, which has the same address.
type pointee struct {
	address unsafe.Pointer
	kind    reflect.Type
}

func writeValue(v reflect.Value) ([]byte, error) {
	w := &valueWriter{ids: map[pointee]int{}}
	if err := w.value(v); err != nil {
		return nil, err
	}
	return w.Bytes(), nil
}

func (w *valueWriter) value(v reflect.Value) error {
	switch v.Type() {
	case decimalType, moneyType:
		w.text(decimalText(accessible(v).Convert(decimalType).Interface().(decimal.Decimal)))
		return nil
	case timeType:
		w.text(accessible(v).Interface().(time.Time).Format(time.RFC3339Nano))
		return nil
	}
	switch v.Kind() {
	case reflect.Bool:
		w.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int64:
		w.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint64:
		w.WriteString(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float64:
		w.WriteString(strconv.FormatFloat(v.Float(), 'g', -1, 64))
	case reflect.String:
		w.text(v.String())
	case reflect.Struct:
		return w.fields(v)
	case reflect.Slice:
		return w.elements(v)
	case reflect.Map:
		return w.pairs(v)
	case reflect.Pointer:
		return w.pointer(v)
	default:
		return fmt.Errorf("a value of type %s cannot be kept", v.Type())
	}
	return nil
}

// text writes what is no UTF-8, which JSON cannot hold, as base64.
func (w *valueWriter) text(s string) {
	if !utf8.ValidString(s) {
		fmt.Fprintf(w, `{"base64":%q}`, base64.StdEncoding.EncodeToString([]byte(s)))
		return
	}
	quoted, _ := json.Marshal(s) // a text always can
	w.Write(quoted)
}

func (w *valueWriter) fields(v reflect.Value) error {
	w.WriteByte('{')
	for i := range v.NumField() {
		if i > 0 {
			w.WriteByte(',')
		}
		name := v.Type().Field(i).Name
		w.text(name)
		w.WriteByte(':')
		if err := w.value(v.Field(i)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	w.WriteByte('}')
	return nil
}

func (w *valueWriter) elements(v reflect.Value) error {
	if v.IsNil() {
		w.WriteString("null")
		return nil
	}
	w.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			w.WriteByte(',')
		}
		if err := w.value(v.Index(i)); err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
	}
	w.WriteByte(']')
	return nil
}

func (w *valueWriter) pairs(v reflect.Value) error {
	if kind := v.Type().Key().Kind(); kind != reflect.String && kind != reflect.Int {
		return fmt.Errorf("the keys of a %s cannot be kept", v.Type())
	}
	if v.IsNil() {
		w.WriteString("null")
		return nil
	}
	v = accessible(v)
	keys := v.MapKeys()
	slices.SortFunc(keys, compareKeys)
	w.WriteByte('[')
	for i, key := range keys {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteByte('[')
		if err := w.value(key); err != nil {
			return err
		}
		w.WriteByte(',')
		value := reflect.New(v.Type().Elem()).Elem()
		value.Set(v.MapIndex(key))
		if err := w.value(value); err != nil {
			return fmt.Errorf("[%v]: %w", key, err)
		}
		w.WriteByte(']')
	}
	w.WriteByte(']')
	return nil
}

func compareKeys(a, b reflect.Value) int {
	if a.Kind() == reflect.Int {
		return cmp.Compare(a.Int(), b.Int())
	}
	return cmp.Compare(a.String(), b.String())
}

func (w *valueWriter) pointer(v reflect.Value) error {
	if v.IsNil() {
		w.WriteString("null")
		return nil
	}
	to := pointee{v.UnsafePointer(), v.Type()}
	if id := w.ids[to]; id > 0 {
		fmt.Fprintf(w, `{"ref":%d}`, id)
		return nil
	}
	w.ids[to] = len(w.ids) + 1
	fmt.Fprintf(w, `{"id":%d,"is":`, w.ids[to])
	if err := w.value(v.Elem()); err != nil {
		return err
	}
	w.WriteByte('}')
	return nil
}

// decimalText keeps the number of decimals, which an answer may show.
func decimalText(d decimal.Decimal) string {
	if d == (decimal.Decimal{}) {
		return ""
	}
	return d.Coefficient().String() + "e" + strconv.Itoa(int(d.Exponent()))
}

// accessible lets a field that is not exported be read and set.
func accessible(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem()
}

// valueReader reads what a valueWriter wrote.
type valueReader struct{ known map[int64]reflect.Value }

// readValue sets what v points to. Whatever differs from its type, such as a
// field that is missing, is an error.
func readValue(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var raw any
	if err := d.Decode(&raw); err != nil {
		return err
	}
	return (&valueReader{known: map[int64]reflect.Value{}}).value(raw, reflect.ValueOf(v).Elem())
}

func (r *valueReader) value(raw any, v reflect.Value) error {
	v = accessible(v)
	switch v.Type() {
	case decimalType, moneyType:
		return readText(raw, func(s string) error { return readDecimal(s, v) })
	case timeType:
		return readText(raw, func(s string) error { return readTime(s, v) })
	}
	switch v.Kind() {
	case reflect.Bool:
		b, ok := raw.(bool)
		v.SetBool(b)
		return expectKind(ok, v, raw)
	case reflect.Int, reflect.Int64:
		return readNumber(raw, func(s string) error {
			n, err := strconv.ParseInt(s, 10, 64)
			v.SetInt(n)
			return err
		})
	case reflect.Uint64:
		return readNumber(raw, func(s string) error {
			n, err := strconv.ParseUint(s, 10, 64)
			v.SetUint(n)
			return err
		})
	case reflect.Float64:
		return readNumber(raw, func(s string) error {
			n, err := strconv.ParseFloat(s, 64)
			v.SetFloat(n)
			return err
		})
	case reflect.String:
		return readText(raw, func(s string) error {
			v.SetString(s)
			return nil
		})
	case reflect.Struct:
		return r.fields(raw, v)
	case reflect.Slice:
		return r.elements(raw, v)
	case reflect.Map:
		return r.pairs(raw, v)
	case reflect.Pointer:
		return r.pointer(raw, v)
	default:
		return fmt.Errorf("a value of type %s cannot be kept", v.Type())
	}
}

func expectKind(ok bool, v reflect.Value, raw any) error {
	if ok {
		return nil
	}
	return fmt.Errorf("%.50v is no %s", raw, v.Type())
}

func readNumber(raw any, read func(string) error) error {
	n, ok := raw.(json.Number)
	if !ok {
		return fmt.Errorf("%.50v is no number", raw)
	}
	return read(n.String())
}

func readText(raw any, read func(string) error) error {
	if coded, ok := raw.(map[string]any); ok && len(coded) == 1 {
		text, _ := coded["base64"].(string)
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return err
		}
		return read(string(data))
	}
	text, ok := raw.(string)
	if !ok {
		return fmt.Errorf("%.50v is no text", raw)
	}
	return read(text)
}

func readDecimal(s string, v reflect.Value) error {
	if s == "" {
		v.SetZero()
		return nil
	}
	const longest = 100 // a longer one is not ours, and might take all memory
	d, err := decimal.NewFromString(s)
	if err != nil || len(s) > longest || d.Exponent() > longest || d.Exponent() < -longest {
		return fmt.Errorf("%.50q is no amount", s)
	}
	v.Set(reflect.ValueOf(d).Convert(v.Type()))
	return nil
}

// readTime keeps the zone, in which months are counted.
func readTime(s string, v reflect.Value) error {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return err
	}
	if _, offset := t.Zone(); offset == 0 {
		t = t.UTC()
	} else {
		t = t.In(time.FixedZone("", offset))
	}
	v.Set(reflect.ValueOf(t))
	return nil
}

func (r *valueReader) fields(raw any, v reflect.Value) error {
	object, ok := raw.(map[string]any)
	if !ok || len(object) != v.NumField() {
		return fmt.Errorf("%.50v has not the fields of a %s", raw, v.Type())
	}
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		field, ok := object[name]
		if !ok {
			return fmt.Errorf("the field %s of a %s is missing", name, v.Type())
		}
		if err := r.value(field, v.Field(i)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (r *valueReader) elements(raw any, v reflect.Value) error {
	if raw == nil {
		v.SetZero()
		return nil
	}
	list, ok := raw.([]any)
	if !ok {
		return expectKind(false, v, raw)
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
	for i, element := range list {
		if err := r.element(element, v.Index(i)); err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
	}
	return nil
}

// element is a value in a list or a map, where there are no nil pointers.
func (r *valueReader) element(raw any, v reflect.Value) error {
	if raw == nil && v.Kind() == reflect.Pointer {
		return errors.New("nothing is there")
	}
	return r.value(raw, v)
}

func (r *valueReader) pairs(raw any, v reflect.Value) error {
	if raw == nil {
		v.SetZero()
		return nil
	}
	list, ok := raw.([]any)
	if !ok {
		return expectKind(false, v, raw)
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(list)))
	for i, element := range list {
		pair, ok := element.([]any)
		if !ok || len(pair) != 2 {
			return fmt.Errorf("[%d]: %.50v is no pair", i, element)
		}
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if err := errors.Join(r.value(pair[0], key), r.element(pair[1], value)); err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
		v.SetMapIndex(key, value)
	}
	return nil
}

func (r *valueReader) pointer(raw any, v reflect.Value) error {
	if raw == nil {
		v.SetZero()
		return nil
	}
	object, _ := raw.(map[string]any)
	if ref, ok := object["ref"].(json.Number); ok {
		return r.reference(ref, v)
	}
	id, err := strconv.ParseInt(fmt.Sprint(object["id"]), 10, 64)
	inner, ok := object["is"]
	if err != nil || !ok || r.known[id].IsValid() {
		return fmt.Errorf("%.50v is no new thing", raw)
	}
	made := reflect.New(v.Type().Elem())
	r.known[id] = made
	v.Set(made)
	return r.value(inner, made.Elem())
}

func (r *valueReader) reference(ref json.Number, v reflect.Value) error {
	id, err := strconv.ParseInt(ref.String(), 10, 64)
	known := r.known[id]
	if err != nil || !known.IsValid() || known.Type() != v.Type() {
		return fmt.Errorf("the reference %s leads to no %s", ref, v.Type())
	}
	v.Set(known)
	return nil
}
