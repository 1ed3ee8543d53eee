package sdkinterop_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/contract"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

// wire is these tests' own: a httptest server that closes, closes the idle
// connections of the default one, also under others' requests.
var wire = http.DefaultTransport.(*http.Transport).Clone()

// An operation of the contract is either called through the SDK here or not
// simulated, and the simulator then says so.
func TestNoSimulatedOperationIsLeftOut(t *testing.T) {
	t.Parallel()
	assertNoneLeftOut(t, bss.SiteCN, contract.CN, 91, exchanges())
	assertNoneLeftOut(t, bss.SiteIntl, contract.Intl, 54, exchangesAbroad())
}

func assertNoneLeftOut(t *testing.T, site bss.Site, published []byte, operations int, called map[string]exchange) {
	t.Helper()
	c := newCloudOf(t, site)
	c.richAccount("yongzhi")
	customerKeys := c.temporaryKeys("yongzhi")
	doc, err := openapi3.NewLoader().LoadFromData(published)
	require.NoError(t, err)
	assert.Len(t, called, operations)
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			if _, ok := called[operation.OperationID]; ok {
				continue
			}
			with := partnerKeys
			switch operation.Extensions["x-caller"] {
			case "customer", "enterprise master":
				with = customerKeys
			}
			target, body := example(t, path, operation)
			status, answer := c.send(method, target, body, with)
			if assert.Equal(t, http.StatusNotImplemented, status, "%s has no case here: %s", operation.OperationID, answer) {
				assert.Contains(t, answer, "SIM.0501", operation.OperationID)
			}
		}
	}
}

// send signs and sends a request, and returns the answer's status and body.
func (c *cloud) send(method, target string, body []byte, with sign.Keys) (int, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+target, bytes.NewReader(body))
	require.NoError(c.t, err)
	require.NoError(c.t, sign.Sign(r, body, with, c.clock.Now()))
	res, err := (&http.Client{Transport: wire}).Do(r)
	require.NoError(c.t, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	require.NoError(c.t, err)
	return res.StatusCode, string(answer)
}

// example is a request with just what the contract requires.
func example(t *testing.T, path string, o *openapi3.Operation) (target string, body []byte) {
	t.Helper()
	query := url.Values{}
	for _, ref := range o.Parameters {
		switch p := ref.Value; {
		case p.In == openapi3.ParameterInPath:
			path = strings.ReplaceAll(path, "{"+p.Name+"}", "1")
		case p.In == openapi3.ParameterInQuery && p.Required:
			query.Set(p.Name, fmt.Sprint(sample(p.Schema.Value)))
		}
	}
	if o.RequestBody != nil {
		var err error
		body, err = json.Marshal(sample(o.RequestBody.Value.Content["application/json"].Schema.Value))
		require.NoError(t, err)
	}
	return path + "?" + query.Encode(), body
}

// sample is a small value that the schema allows; where the schema has a
// pattern, that lists the words it allows.
func sample(s *openapi3.Schema) any {
	switch {
	case s.Type.Is(openapi3.TypeObject):
		fields := map[string]any{}
		for _, name := range s.Required {
			fields[name] = sample(s.Properties[name].Value)
		}
		return fields
	case s.Type.Is(openapi3.TypeArray):
		return []any{sample(s.Items.Value)}
	case s.Type.Is(openapi3.TypeBoolean):
		return true
	case s.Type.Is(openapi3.TypeString):
		word, _, _ := strings.Cut(s.Pattern, "|")
		return word + strings.Repeat("1", max(0, max(1, int(s.MinLength))-len(word)))
	}
	if s.Min != nil {
		return *s.Min
	}
	return 1
}
