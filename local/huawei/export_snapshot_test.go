package huawei

import (
	"fmt"
	"reflect"
	"slices"
)

// UnkeptTypes are the types in the state that a snapshot cannot keep.
func UnkeptTypes() []string { return unkept(reflect.TypeFor[state](), map[reflect.Type]bool{}) }

func unkept(t reflect.Type, seen map[reflect.Type]bool) []string {
	if seen[t] || t == decimalType || t == moneyType || t == timeType {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64, reflect.String:
		return nil
	case reflect.Struct:
		var wrong []string
		for i := range t.NumField() {
			wrong = append(wrong, unkept(t.Field(i).Type, seen)...)
		}
		return wrong
	case reflect.Slice, reflect.Pointer:
		return unkept(t.Elem(), seen)
	case reflect.Map:
		if !slices.Contains([]reflect.Kind{reflect.String, reflect.Int}, t.Key().Kind()) {
			return []string{t.String()}
		}
		return unkept(t.Elem(), seen)
	default:
		return []string{t.String()}
	}
}

// KeepAnything writes a value as a snapshot does.
func KeepAnything[T any](v T) (string, error) {
	data, err := writeValue(reflect.ValueOf(&v).Elem())
	return string(data), err
}

// ReadAnything reads a value as a snapshot does.
func ReadAnything[T any](data string) (v T, err error) {
	err = readValue([]byte(data), &v)
	return v, err
}

// EmptyFields are the fields of the state in which nothing is.
func (s *Server) EmptyFields() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(emptyFields(s.state), append(emptyFields(s.state.subscriptions), emptyFields(s.state.enterprise)...)...)
}

func emptyFields(in any) []string {
	var empty []string
	v := reflect.ValueOf(in)
	for i := range v.NumField() {
		if f := v.Field(i); f.IsZero() || f.Kind() == reflect.Map && f.Len() == 0 {
			empty = append(empty, fmt.Sprintf("%s.%s", v.Type().Name(), v.Type().Field(i).Name))
		}
	}
	return empty
}
