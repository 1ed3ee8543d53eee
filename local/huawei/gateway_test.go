package huawei_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

func TestTheGatewayRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		code, message      string
	}{
		"unknown path":       {http.MethodGet, "/v2/unknown", "", 404, "APIGW.0101", "API not exist"},
		"wrong method":       {http.MethodDelete, pathQuery, "", 404, "APIGW.0101", "API not exist"},
		"customer operation": {http.MethodGet, pathBalances, "", 403, "CBC.0151", "for the customer"},
		"enterprise only":    {http.MethodGet, "/v2/enterprises/multi-accounts/sub-customers", "", 403, "CBC.0151", "enterprise master"},
		"not JSON":           {http.MethodPost, pathQuery, "limit=1", 400, "CBC.0100", "not JSON"},
		"no body":            {http.MethodPost, pathQuery, "", 400, "CBC.0100", "not JSON"},
		"two values":         {http.MethodPost, pathQuery, "{}{}", 400, "CBC.0100", "not JSON"},
		"not an object":      {http.MethodPost, pathQuery, "[]", 400, "CBC.0100", "the body itself"},
		"wrong type":         {http.MethodPost, pathQuery, `{"limit":"ten"}`, 400, "CBC.0100", "field limit"},
		"above the maximum":  {http.MethodPost, pathQuery, `{"limit":101}`, 400, "CBC.0100", "field limit"},
		"fraction":           {http.MethodPost, pathQuery, `{"limit":1.5}`, 400, "CBC.0100", "field limit"},
		"too long":           {http.MethodPost, pathQuery, `{"customer_id":"` + strings.Repeat("a", 65) + `"}`, 400, "CBC.0100", "field customer_id"},
		"required":           {http.MethodPost, pathIdentity, `{"search_type":"name"}`, 400, "CBC.0100", "field search_value"},
		"required is null":   {http.MethodPost, pathIdentity, `{"search_type":"name","search_value":null}`, 400, "CBC.0100", "field search_value"},
		"parameter type":     {http.MethodGet, "/v2/orders/customer-orders?limit=ten", "", 400, "CBC.0100", "parameter limit"},
		"parameter maximum":  {http.MethodGet, "/v2/orders/customer-orders?limit=101", "", 400, "CBC.0100", "parameter limit"},
		"parameter empty":    {http.MethodGet, "/v2/orders/customer-orders?limit=", "", 400, "CBC.0100", "parameter limit"},
		"required is blank":  {http.MethodGet, "/v2/customers/realname-auths/result?customer_id=", "", 400, "CBC.0100", "parameter customer_id"},
		"parameter missing":  {http.MethodGet, "/v2/products/incentive-discount-policies", "", 400, "CBC.0100", "parameter time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, huawei.Options{})
			got := s.asPartner(c.method, c.path, c.body)
			assert.Equal(t, c.status, got.status)
			assert.Equal(t, c.code, got.code(t))
			assert.Contains(t, got.fields(t)["error_msg"], c.message)
			assert.Len(t, got.header.Get("X-Request-Id"), 32)
			assert.Empty(t, s.server.Journal())
		})
	}
}

func TestTheGatewayTellsWhatIsNotSimulated(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	s.server.Forget("ListSubCustomers")
	got := s.asPartner(http.MethodPost, pathQuery, `{}`)
	assert.Equal(t, http.StatusNotImplemented, got.status)
	assert.Equal(t, "SIM.0501", got.code(t))
	assert.Contains(t, got.body, "ListSubCustomers is not simulated")
}

func TestTheGatewayGivesTheRequestIDInItsRefusals(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	got := s.send(s.request(http.MethodGet, "/v2/unknown", ""))
	assert.Equal(t, got.header.Get("X-Request-Id"), got.fields(t)["request_id"])
	assert.NotContains(t, s.call(http.StatusBadRequest, pathQuery, "[]"), "request_id")
}

func TestTheGatewayIgnoresWhatHuaweiCloudIgnores(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	s.call(http.StatusOK, pathQuery, `{"unknown":1,"customer_id":null,"limit":null}`)
	s.call(http.StatusOK, pathQuery+"?unknown=1", `{}`)
	assert.Equal(t, http.StatusOK, s.asPartner(http.MethodGet, "/v2/accounts/partner-accounts/balances?indirect_partner_id=", "").status)
	r := s.signed(http.MethodPost, pathQuery, `{}`)
	r.Header.Set("Content-Type", "text/plain")
	assert.Equal(t, http.StatusOK, s.send(r).status)
}

func TestTheGatewayRefusesALargeBody(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	body := append(bytes.Repeat([]byte(" "), 12<<20), "{}"...)
	// Without a length beforehand, so that the limit is met while reading.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.api+pathQuery, io.MultiReader(bytes.NewReader(body)))
	require.NoError(t, err)
	r.Header.Set("Expect", "100-continue")
	require.NoError(t, sign.Sign(r, body, s.keys, s.clock.Now()))
	got := s.send(r)
	assert.Equal(t, http.StatusRequestEntityTooLarge, got.status)
	assert.Equal(t, "APIG.0201", got.code(t))
}

func TestAPanicOfAnOperationIsAnInternalError(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := newSite(t, huawei.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil))})
	s.server.Replace("ListSubCustomers", func() (any, error) { panic("an unforeseen state") })
	got := s.asPartner(http.MethodPost, pathQuery, `{}`)
	assert.Equal(t, http.StatusInternalServerError, got.status)
	assert.Equal(t, "CBC.0999", got.code(t))
	assert.NotContains(t, got.body, "unforeseen")
	assert.Contains(t, log.String(), "an unforeseen state")
	s.call(http.StatusOK, pathIdentity, `{"search_type":"name","search_value":"someone"}`)
}

func TestAnUnforeseenErrorStaysInside(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	s.server.Replace("ListSubCustomers", func() (any, error) { return nil, io.ErrUnexpectedEOF })
	got := s.asPartner(http.MethodPost, pathQuery, `{}`)
	assert.Equal(t, http.StatusInternalServerError, got.status)
	assert.JSONEq(t, `{"error_code":"CBC.0999","error_msg":"other error"}`, got.body)
}
