package bss

import (
	"fmt"
	"net/url"
	"reflect"
	"strconv"
)

// encodeQuery writes the fields of a struct that carry a query tag. Zero values
// are left out, because the API reads an empty value as a filter.
func encodeQuery(v any) string {
	if v == nil {
		return ""
	}
	values := url.Values{}
	rv := reflect.ValueOf(v)
	for i := range rv.NumField() {
		name := rv.Type().Field(i).Tag.Get("query")
		if name == "" || rv.Field(i).IsZero() {
			continue
		}
		if rv.Field(i).Kind() == reflect.Slice {
			for j := range rv.Field(i).Len() {
				values.Add(name, queryText(rv.Field(i).Index(j)))
			}
			continue
		}
		values.Set(name, queryText(rv.Field(i)))
	}
	return values.Encode()
}

func queryText(v reflect.Value) string {
	if s, ok := v.Interface().(fmt.Stringer); ok {
		return s.String()
	}
	switch v.Kind() {
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	default:
		return v.String()
	}
}
