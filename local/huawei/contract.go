package huawei

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/internal/contract"
)

// unknownQuota is assumed where the documentation names no quota.
const unknownQuota = 10

// endpoint is one operation of the contract.
type endpoint struct {
	id      string // operationId
	method  string
	path    string // template; also a pattern of http.ServeMux
	callers string // x-caller
	quota   int    // calls a second
	success int    // status
	body    *openapi3.Schema
	route   *routers.Route
}

// The contracts are read once for all servers, which only read them.
var (
	mainlandEndpoints = sync.OnceValues(func() ([]*endpoint, error) { return readEndpoints(contract.CN) })
	abroadEndpoints   = sync.OnceValues(func() ([]*endpoint, error) { return readEndpoints(contract.Intl) })
)

func readEndpoints(published []byte) ([]*endpoint, error) {
	doc, err := openapi3.NewLoader().LoadFromData(published)
	if err != nil {
		return nil, err
	}
	var all []*endpoint
	for _, path := range doc.Paths.InMatchingOrder() {
		item := doc.Paths.Value(path)
		for method, op := range item.Operations() {
			e, err := newEndpoint(&routers.Route{
				Spec: doc, Path: path, PathItem: item, Method: method, Operation: op,
			})
			if err != nil {
				return nil, fmt.Errorf("%s: %w", op.OperationID, err)
			}
			all = append(all, e)
		}
	}
	return all, nil
}

func newEndpoint(route *routers.Route) (*endpoint, error) {
	op := route.Operation
	e := &endpoint{id: op.OperationID, method: route.Method, path: route.Path, quota: unknownQuota, route: route}
	var ok bool
	if e.callers, ok = op.Extensions["x-caller"].(string); !ok {
		return nil, errors.New("x-caller is missing")
	}
	if quota, ok := op.Extensions["x-quota-per-second"].(float64); ok {
		e.quota = int(quota)
	}
	for status := range op.Responses.Map() {
		n, err := strconv.Atoi(status)
		if err != nil {
			return nil, fmt.Errorf("response status %q: %w", status, err)
		}
		e.success = n
	}
	if op.RequestBody != nil {
		e.body = op.RequestBody.Value.Content["application/json"].Schema.Value
	}
	return e, nil
}

// check compares a request with the contract. Parameters and fields that the
// contract does not know are ignored, as Huawei Cloud ignores them.
func (e *endpoint) check(r *http.Request, c *call) error {
	if err := e.checkParameters(r, c); err != nil {
		return err
	}
	if e.body == nil {
		return nil
	}
	return e.checkBody(c.body)
}

func (e *endpoint) checkParameters(r *http.Request, c *call) error {
	input := &openapi3filter.RequestValidationInput{
		Request:     r,
		PathParams:  c.path,
		QueryParams: withoutBlanks(r.URL.Query(), e.route.Operation.Parameters),
		Route:       e.route,
		Options:     &openapi3filter.Options{SkipSettingDefaults: true},
	}
	for _, ref := range e.route.Operation.Parameters {
		err := openapi3filter.ValidateParameter(context.WithoutCancel(r.Context()), input, ref.Value)
		if err != nil {
			return errParameter("parameter " + ref.Value.Name + ": " + parameterReason(err))
		}
	}
	return nil
}

func parameterReason(err error) string {
	var schema *openapi3.SchemaError
	if errors.As(err, &schema) {
		return schema.Reason
	}
	var parse *openapi3filter.ParseError
	if errors.As(err, &parse) {
		return "the value has the wrong type"
	}
	var request *openapi3filter.RequestError
	if errors.As(err, &request) && request.Reason != "" {
		return request.Reason
	}
	return "the value is not valid"
}

// A text parameter without a value counts as not carried: the documentation
// says so of nearly every filter.
func withoutBlanks(query url.Values, parameters openapi3.Parameters) url.Values {
	for _, ref := range parameters {
		p := ref.Value
		text := p.Schema != nil && p.Schema.Value.Type.Is(openapi3.TypeString)
		if text && query.Has(p.Name) && query.Get(p.Name) == "" {
			query.Del(p.Name)
		}
	}
	return query
}

func (e *endpoint) pathValues(r *http.Request) map[string]string {
	values := map[string]string{}
	for _, ref := range e.route.Operation.Parameters {
		if ref.Value.In == openapi3.ParameterInPath {
			values[ref.Value.Name] = r.PathValue(ref.Value.Name)
		}
	}
	return values
}

func (e *endpoint) checkBody(body []byte) error {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return errParameter("the body is not JSON")
	}
	err := e.body.VisitJSON(withoutQuotes(withoutNulls(value), e.body))
	if err == nil {
		return nil
	}
	var schema *openapi3.SchemaError
	if !errors.As(err, &schema) {
		return errParameter("the body does not follow the contract")
	}
	return errParameter("field " + fieldName(schema.JSONPointer()) + ": " + schema.Reason)
}

// null in a field counts as not carried: the documentation says so of nearly
// every optional field, and a required one is then missing.
func withoutNulls(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if inner == nil {
				delete(v, name)
				continue
			}
			v[name] = withoutNulls(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = withoutNulls(inner)
		}
	}
	return value
}

// A text counts as the decimal that it spells where the contract wants one: the
// vendor's SDK sends amounts in quotes. Other numbers it sends bare.
func withoutQuotes(value any, schema *openapi3.Schema) any {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if property := schema.Properties[name]; property != nil {
				v[name] = withoutQuotes(inner, property.Value)
			}
		}
	case []any:
		if schema.Items == nil {
			return v
		}
		for i, inner := range v {
			v[i] = withoutQuotes(inner, schema.Items.Value)
		}
	case string:
		if _, err := decimal.NewFromString(v); err == nil && schema.Type.Is(openapi3.TypeNumber) && schema.Format == "decimal" {
			return json.Number(v)
		}
	}
	return value
}

func fieldName(pointer []string) string {
	if len(pointer) == 0 {
		return "(the body itself)"
	}
	return strings.Join(pointer, ".")
}
