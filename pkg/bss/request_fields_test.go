package bss_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss"
)

// fill gives every field of a value something else than its zero value.
func fill(v reflect.Value) {
	switch v.Interface().(type) {
	case decimal.Decimal:
		v.Set(reflect.ValueOf(yuan("1.5")))
		return
	case bss.Time:
		v.Set(reflect.ValueOf(bss.At(start)))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	default:
		v.SetInt(1)
	}
}

// properties adds the names of all fields that a schema has, with the ways to them.
func properties(schema *openapi3.Schema, at string, add map[string]bool) {
	switch {
	case schema.Type.Is(openapi3.TypeArray):
		properties(schema.Items.Value, at, add)
	case len(schema.Properties) > 0:
		for name, p := range schema.Properties {
			properties(p.Value, at+"."+name, add)
		}
	default:
		add[at] = true
	}
}

// sentNames adds the same for what was sent.
func sentNames(value any, at string, add map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			sentNames(inner, at+"."+name, add)
		}
	case []any:
		for _, inner := range v {
			sentNames(inner, at, add)
		}
	default:
		add[at] = true
	}
}

// Whatever the API takes by its contracts can be said to the client.
func TestNoFieldOfARequestIsLost(t *testing.T) {
	t.Parallel()
	cn, intl := loadContract(t)
	published := [2]map[string]*openapi3.Operation{operationsOf(cn), operationsOf(intl)}
	for _, op := range bss.Operations() {
		t.Run(op.Name, func(t *testing.T) {
			t.Parallel()
			want := map[string]bool{}
			for _, site := range published {
				if o := site[op.Name]; o != nil {
					taken(o, want)
				}
			}
			site := bss.SiteCN
			if !op.Sites.Has(site) {
				site = bss.SiteIntl
			}
			s := &speaker{status: http.StatusOK, answer: []byte(`{}`)}
			for _, result := range callWith(t, speaking(t, site, s), op, fill) {
				leaves(result, func(string) {})
			}
			require.NotNil(t, s.last)
			assert.Equal(t, op.Method, s.last.Method)
			got := map[string]bool{}
			for name := range s.last.URL.Query() {
				got["?"+name] = true
			}
			for name := range pathValues(op.Path, s.last.URL.Path) {
				got["/"+name] = true
			}
			if len(s.body) > 0 {
				var body any
				require.NoError(t, json.Unmarshal(s.body, &body))
				sentNames(body, "", got)
			}
			assert.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)))
		})
	}
}

// taken adds the names of what an operation takes.
func taken(o *openapi3.Operation, add map[string]bool) {
	for _, p := range o.Parameters {
		switch p.Value.In {
		case openapi3.ParameterInPath:
			add["/"+p.Value.Name] = true
		case openapi3.ParameterInQuery:
			add["?"+p.Value.Name] = true
		}
	}
	if body := bodyOf(o); body != nil {
		properties(body, "", add)
	}
}

// pathValues are what a path has in the places of its template's parameters.
func pathValues(template, path string) map[string]string {
	values := map[string]string{}
	parts := strings.Split(path, "/")
	for i, part := range strings.Split(template, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			values[strings.TrimSuffix(name, "}")] = parts[i]
		}
	}
	return values
}
