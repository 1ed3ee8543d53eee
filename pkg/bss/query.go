package bss

import (
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// encodeQuery writes the fields of a struct that carry a query tag. Zero values that
// are not required are left out, because the API reads an empty value as a filter; a
// pointer leads to a zero value that is meant.
func encodeQuery(v any) string {
	if v == nil {
		return ""
	}
	values := url.Values{}
	rv := reflect.ValueOf(v)
	for i := range rv.NumField() {
		name, required := strings.CutSuffix(rv.Type().Field(i).Tag.Get("query"), ",required")
		field := rv.Field(i)
		if name == "" || field.IsZero() && !required {
			continue
		}
		if field.Kind() == reflect.Slice {
			for j := range field.Len() {
				values.Add(name, queryText(field.Index(j)))
			}
			continue
		}
		values.Set(name, queryText(reflect.Indirect(field)))
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
