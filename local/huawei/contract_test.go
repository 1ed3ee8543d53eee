package huawei_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/contract"
	"github.com/bssfn/bssfn/local/huawei"
)

func readContract(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(contract.CN)
	require.NoError(t, err)
	return doc
}

func TestEveryOperationOfTheContractIsServed(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	operations := 0
	for path, item := range readContract(t).Paths.Map() {
		for method := range item.Operations() {
			operations++
			path := strings.NewReplacer("{order_id}", "x", "{resource_id}", "x").Replace(path)
			require.NotContains(t, path, "{")
			got := s.send(s.request(method, path, ""))
			assert.Equal(t, http.StatusUnauthorized, got.status, "%s %s", method, path)
		}
	}
	assert.Equal(t, 91, operations)
}

func TestAHandlerOutsideTheContractIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	require.NoError(t, s.server.CheckOperations())
	s.server.Replace("NoSuchOperation", func() (any, error) { return nil, nil })
	require.ErrorContains(t, s.server.CheckOperations(), "NoSuchOperation")
}

// The answers must be what the contract says, and no more than it says.
func TestAnswersFollowTheContract(t *testing.T) {
	t.Parallel()
	s, _, _ := threeCustomers(t)
	doc := readContract(t)
	for path, body := range map[string]string{
		pathIdentity:  `{"search_type":"mobile","search_value":"0086-13800000001"}`,
		pathCustomers: createU1,
		pathQuery:     `{}`,
	} {
		operation := doc.Paths.Value(path).Post
		schema := operation.Responses.Value("200").Value.Content["application/json"].Schema.Value
		answer := s.call(http.StatusOK, path, body)
		require.NoError(t, schema.VisitJSON(answer), path)
		assertKnown(t, schema, answer, operation.OperationID)
	}
}

// The vendor's SDK sends decimals, and only those, as texts.
func TestADecimalMayBeSentAsText(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.call(http.StatusOK, pathAllocate, transfer(m.resale, `"250.5"`))
	assert.Equal(t, "1250.5", m.cash())
	for _, amount := range []string{`""`, `"x"`, `"NaN"`, `"-1"`, `"1e400"`, `"1e-400"`, `["1"]`} {
		assert.Equal(t, "CBC.0100", m.asPartner(http.MethodPost, pathAllocate, transfer(m.resale, amount)).code(t), amount)
	}
	assert.Equal(t, "CBC.0100", m.asPartner(http.MethodPost, pathQuery, `{"limit":"10"}`).code(t))
	assert.Equal(t, "1250.5", m.cash())
}

// assertKnown finds fields that the schema does not name.
func assertKnown(t *testing.T, schema *openapi3.Schema, value any, at string) {
	t.Helper()
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			property := schema.Properties[name]
			if assert.NotNil(t, property, "%s.%s", at, name) {
				assertKnown(t, property.Value, inner, at+"."+name)
			}
		}
	case []any:
		for _, inner := range v {
			assertKnown(t, schema.Items.Value, inner, at+"[]")
		}
	}
}

// Whatever the body is, the answer is a refusal in JSON or a success.
func FuzzBodies(f *testing.F) {
	for _, body := range []string{
		``, `{}`, `[]`, `null`, `{"limit":1e400}`, `{"limit":-0}`, `{"label":{}}`, createU1,
		`{"xaccount_id":"u1","xaccount_type":"SIM_IDP","password":"\u0000aB345678"}`,
		passwordRequest, keyRequest("yongzhi", ""), assumeRequest("yongzhi", "SIM_IDP"),
		`{"search_type":"mobile","search_value":"0086-"}`, `{"receiver_type":1,"mobile_phone":"13800000001"}`,
	} {
		f.Add(body)
	}
	server, err := huawei.NewServer(huawei.Options{QuotaOff: true})
	require.NoError(f, err)
	api := server.API()
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{pathCustomers, pathQuery, pathIdentity, pathCode, pathTokens, pathKeys} {
			got := serveSigned(t, api, path, body)
			assert.Less(t, got.Code, http.StatusInternalServerError, path)
			if got.Code != http.StatusNoContent {
				assert.True(t, json.Valid(got.Body.Bytes()), path)
			}
		}
	})
}
