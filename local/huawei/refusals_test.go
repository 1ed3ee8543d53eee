package huawei_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/contract"
	"github.com/bssfn/bssfn/local/huawei"
)

func TestEveryDocumentedCodeCanBeOrdered(t *testing.T) {
	t.Parallel()
	codes, err := contract.ErrorCodes()
	require.NoError(t, err)
	s := newSite(t, huawei.Options{QuotaOff: true})
	for _, c := range codes {
		require.NoError(t, s.server.RefuseNext(huawei.Refusal{Code: c.Code, Status: c.Status}), c.Code)
		got := s.asPartner(http.MethodPost, pathQuery, `{}`)
		status := c.Status
		if status == 0 {
			status = http.StatusBadRequest
		}
		assert.Equal(t, status, got.status, c.Code)
		assert.Equal(t, c.Code, got.code(t))
		assert.Contains(t, got.body, `"error_m`)
	}
	s.call(http.StatusOK, pathQuery, `{}`)
}

func TestRefusalsAreOrderedThroughTheAdministration(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{QuotaOff: true})
	order := func(status int, body string) {
		got := s.administer(http.MethodPost, "/_sim/refusals", body)
		assert.Equal(t, status, got.status, got.body)
	}
	order(http.StatusOK, `{"operation":"ListSubCustomers","code":"CBC.0250","next":2}`)
	s.call(http.StatusOK, pathIdentity, `{"search_type":"name","search_value":"someone"}`)
	s.call(http.StatusBadRequest, pathQuery, `[]`) // is not good, and has not been refused for that
	for range 2 {
		got := s.asPartner(http.MethodPost, pathQuery, `{}`)
		assert.Equal(t, http.StatusTooManyRequests, got.status)
		assert.Equal(t, "1", got.header.Get("Retry-After"))
	}
	s.call(http.StatusOK, pathQuery, `{}`)

	order(http.StatusOK, `{"code":"APIG.0201","status":504}`)
	assert.Equal(t, http.StatusGatewayTimeout, s.send(s.request(http.MethodPost, pathQuery, `{}`)).status, "before the credentials")

	order(http.StatusOK, `{"code":"CBC.0999"}`)
	assert.Equal(t, http.StatusOK, s.administer(http.MethodDelete, "/_sim/refusals", "").status)
	s.call(http.StatusOK, pathQuery, `{}`)

	for _, wrong := range []string{
		`{"code":"CBC.0000.1"}`, `{"code":"CBC.0100","status":500}`, `{"code":"CBC.0100","next":-1}`,
		`{"code":"CBC.0100","operation":"Nothing"}`, `{}`,
	} {
		order(http.StatusBadRequest, wrong)
	}
}
