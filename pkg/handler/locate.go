package handler

import (
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// locate finds the innermost value of a well-formed body that its type does not
// take, and says what it takes. encoding/json names it only for its own types,
// not for those that decode themselves, such as decimal.Decimal, and never an
// element of an array. It runs only after decoding failed.
func locate(raw json.RawMessage, t reflect.Type, path string) (field, wanted string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !decodesItself(t) {
		for _, child := range children(raw, t, path) {
			if json.Unmarshal(child.raw, reflect.New(child.t).Interface()) != nil {
				return locate(child.raw, child.t, child.path)
			}
		}
	}
	return path, describe(t)
}

// locateUnknown finds where a body has a name that its type does not have, which
// encoding/json tells without its place.
func locateUnknown(raw json.RawMessage, t reflect.Type, path, name string) (field string, found bool) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if decodesItself(t) {
		return "", false
	}
	var values map[string]json.RawMessage
	if t.Kind() == reflect.Struct && json.Unmarshal(raw, &values) == nil {
		if _, sent := values[name]; sent && !hasField(t, name) {
			return join(path, clip(name)), true
		}
	}
	for _, child := range children(raw, t, path) {
		if field, found := locateUnknown(child.raw, child.t, child.path, name); found {
			return field, true
		}
	}
	return "", false
}

func hasField(t reflect.Type, name string) bool {
	return slices.ContainsFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool {
		return jsonName(f) != "" && strings.EqualFold(jsonName(f), name)
	})
}

// child is one value inside another one, with the type it is decoded into.
type child struct {
	raw  json.RawMessage
	t    reflect.Type
	path string
}

func children(raw json.RawMessage, t reflect.Type, path string) []child {
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return members(raw, t, path)
	case reflect.Slice, reflect.Array:
		var elements []json.RawMessage
		if json.Unmarshal(raw, &elements) != nil {
			return nil
		}
		found := make([]child, 0, len(elements))
		for i, element := range elements {
			found = append(found, child{element, t.Elem(), fmt.Sprintf("%s[%d]", path, i)})
		}
		return found
	default:
		return nil
	}
}

func members(raw json.RawMessage, t reflect.Type, path string) []child {
	var values map[string]json.RawMessage
	if json.Unmarshal(raw, &values) != nil {
		return nil
	}
	var found []child
	if t.Kind() == reflect.Map {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			found = append(found, child{values[name], t.Elem(), join(path, clip(name))})
		}
		return found
	}
	for _, field := range reflect.VisibleFields(t) {
		name := jsonName(field)
		if name == "" {
			continue
		}
		for sent, value := range values {
			if strings.EqualFold(sent, name) {
				found = append(found, child{value, field.Type, join(path, name)})
			}
		}
	}
	return found
}

// jsonName returns the name of a field in JSON, and "" for one that has none.
func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	embedded := field.Anonymous && name == ""
	switch {
	case name == "-", embedded, !field.IsExported():
		return ""
	case name == "":
		return field.Name
	default:
		return name
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func decodesItself(t reflect.Type) bool {
	pointer := reflect.PointerTo(t)
	return pointer.Implements(reflect.TypeFor[json.Unmarshaler]()) ||
		pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// describe says in the words of JSON what a type takes.
func describe(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[decimal.Decimal](), reflect.TypeFor[decimal.NullDecimal]():
		return "a decimal number, such as 12.50"
	case reflect.TypeFor[time.Time]():
		return "an instant, such as 2026-01-31T16:00:00Z"
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return fmt.Sprintf("a whole number that fits %d bits", t.Bits())
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	default:
		return "another type"
	}
}
