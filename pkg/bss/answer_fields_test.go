package bss_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/bss"
)

// counted are fields that the client uses up: a list's rows are counted, and an
// error_code that says success says nothing more.
var counted = []string{"total_count", "count", "error_code", "error_msg"}

// sampler makes values by a schema, each of them another one.
type sampler struct {
	n      int
	values map[string]string // where each is, by its text
}

func (s *sampler) sample(schema *openapi3.Schema, at string) any {
	name := at[strings.LastIndexByte(at, '.')+1:]
	switch {
	case schema.Type.Is(openapi3.TypeObject):
		fields := map[string]any{}
		for name, p := range schema.Properties {
			fields[name] = s.sample(p.Value, at+"."+name)
		}
		return fields
	case schema.Type.Is(openapi3.TypeArray) && strings.Contains(at, "."+name+"."):
		return []any{} // a tree, which would have no end
	case schema.Type.Is(openapi3.TypeArray):
		return []any{s.sample(schema.Items.Value, at)}
	case schema.Type.Is(openapi3.TypeBoolean):
		return true
	}
	s.n++
	text := strconv.Itoa(100 + s.n)
	stem := strings.TrimSuffix(strings.TrimSuffix(name, "_begin"), "_end")
	switch {
	case schema.Type.Is(openapi3.TypeNumber):
		text += ".25"
	case strings.HasSuffix(stem, "_time"), strings.HasSuffix(stem, "_on"):
		text = start.Add(time.Duration(s.n) * time.Second).Format(time.RFC3339)
	}
	s.values[text] = at
	if schema.Type.Is(openapi3.TypeString) {
		return text
	}
	return json.Number(text)
}

// leaves are the texts of everything in a value.
func leaves(v reflect.Value, add func(string)) {
	switch x := v.Interface().(type) {
	case decimal.Decimal:
		add(x.String())
		return
	case bss.Time:
		add(x.String())
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			leaves(v.Elem(), add)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			leaves(v.Field(i), add)
		}
	case reflect.Slice:
		for i := range v.Len() {
			leaves(v.Index(i), add)
		}
	case reflect.Func: // an iter.Seq2
		yield := reflect.MakeFunc(v.Type().In(0), func(args []reflect.Value) []reflect.Value {
			for _, arg := range args {
				leaves(arg, add)
			}
			return []reflect.Value{reflect.ValueOf(false)} // the first row has it all, and a list without a total no end
		})
		v.Call([]reflect.Value{yield})
	case reflect.Interface:
		if !v.IsNil() {
			add(fmt.Sprint(v.Interface()))
		}
	default:
		add(fmt.Sprint(v.Interface()))
	}
}

// callWith calls the method of an operation with the zero value of every argument,
// but for what a path needs.
func callWith(t *testing.T, c *bss.Client, op bss.Operation, prepare func(request reflect.Value)) []reflect.Value {
	t.Helper()
	m, ok := methodOf(op)
	require.True(t, ok, op.Name)
	args := []reflect.Value{reflect.ValueOf(c), reflect.ValueOf(t.Context())}
	for i := 2; i < m.Type.NumIn(); i++ {
		arg := reflect.New(m.Type.In(i)).Elem()
		if arg.Kind() == reflect.String {
			arg.SetString("somebody")
		} else {
			prepare(arg)
		}
		args = append(args, arg)
	}
	return m.Func.Call(args)
}

// speaker answers every request in the same way, and IAM's with a token. It keeps the
// last request and its body.
type speaker struct {
	status int
	answer []byte
	last   *http.Request
	body   []byte
}

func (s *speaker) RoundTrip(r *http.Request) (*http.Response, error) {
	res := &http.Response{StatusCode: s.status, Header: http.Header{"Content-Type": {jsonType}}, Body: io.NopCloser(bytes.NewReader(s.answer))}
	if r.URL.Path == tokensPath {
		res.StatusCode = http.StatusCreated
		res.Header.Set("X-Subject-Token", "token")
		res.Body = io.NopCloser(strings.NewReader(`{"token":{"expires_at":"2026-03-03T01:00:00.000000Z"}}`))
		return res, nil
	}
	s.last = r
	if r.Body != nil {
		var err error
		if s.body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	return res, nil
}

func speaking(t *testing.T, site bss.Site, by http.RoundTripper) *bss.Client {
	t.Helper()
	c, err := bss.New(bss.Config{
		Site: site, Keys: partnerKeys, User: partnerUser, Agency: agency, Transport: by, Clock: clock.NewFrozen(start),
	})
	require.NoError(t, err)
	return c
}

func namePath(request reflect.Value) {
	for i := range request.NumField() {
		if request.Type().Field(i).Tag.Get("path") != "" {
			request.Field(i).SetString("id-1")
		}
	}
}

// Whatever the API answers by its contract comes out of the client.
func TestNoFieldOfAnAnswerIsLost(t *testing.T) {
	t.Parallel()
	cn, intl := loadContract(t)
	for site, doc := range map[bss.Site]*openapi3.T{bss.SiteCN: cn, bss.SiteIntl: intl} {
		published := operationsOf(doc)
		for _, op := range bss.Operations() {
			schema := answerOfNamed(published, op.Name)
			if schema == nil {
				continue
			}
			t.Run(string(site)+" "+op.Name, func(t *testing.T) {
				t.Parallel()
				s := sampler{values: map[string]string{}}
				fields := s.sample(schema, "").(map[string]any)
				for _, name := range []string{"total_count", "count"} {
					if fields[name] != nil {
						fields[name] = 1
					}
				}
				if fields["error_code"] != nil {
					fields["error_code"] = "CBC.0000"
				}
				body, err := json.Marshal(fields)
				require.NoError(t, err)
				c := speaking(t, site, &speaker{status: http.StatusOK, answer: body})
				var got []string
				for _, result := range callWith(t, c, op, namePath) {
					leaves(result, func(text string) { got = append(got, text) })
				}
				for text, at := range s.values {
					if !slices.Contains(counted, strings.TrimPrefix(at, ".")) {
						assert.Contains(t, got, text, "%s of the answer is lost", at)
					}
				}
			})
		}
	}
}

func answerOfNamed(published map[string]*openapi3.Operation, name string) *openapi3.Schema {
	if published[name] == nil {
		return nil
	}
	schema := answerOf(published[name])
	if schema == nil || len(schema.Properties) == 0 {
		return nil
	}
	return schema
}
