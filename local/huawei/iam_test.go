package huawei_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const passwordRequest = `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"sim-operator",` +
	`"password":"Sim-Operator-1","domain":{"name":"sim-partner"}}}},"scope":{"domain":{"name":"sim-partner"}}}}`

func assumeRequest(account, agency string) string {
	return fmt.Sprintf(`{"auth":{"identity":{"methods":["assume_role"],"assume_role":{"domain_name":%q,"agency_name":%q}},`+
		`"scope":{"project":{"name":"cn-north-1"}}}}`, account, agency)
}

// partnerToken asks for a token by password.
func (s *site) partnerToken() string {
	s.t.Helper()
	got := s.send(s.request(http.MethodPost, pathTokens, passwordRequest))
	require.Equal(s.t, http.StatusCreated, got.status, got.body)
	return got.header.Get("X-Subject-Token")
}

// customerToken asks for a token in the name of a customer.
func (s *site) customerToken(account string) string {
	s.t.Helper()
	got := s.withToken(s.partnerToken(), http.MethodPost, pathTokens, assumeRequest(account, "SIM_IDP"))
	require.Equal(s.t, http.StatusCreated, got.status, got.body)
	return got.header.Get("X-Subject-Token")
}

func TestATokenByPasswordIsThePartner(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	got := s.send(s.request(http.MethodPost, pathTokens, passwordRequest))
	require.Equal(t, http.StatusCreated, got.status)
	token := got.fields(t)["token"].(map[string]any)
	assert.Equal(t, "2026-03-03T01:00:00.000000Z", token["expires_at"])
	assert.Equal(t, "2026-03-02T01:00:00.000000Z", token["issued_at"])
	assert.Equal(t, "sim-partner", token["domain"].(map[string]any)["name"])
	assert.Contains(t, token, "catalog")
	text := got.header.Get("X-Subject-Token")
	assert.Equal(t, http.StatusOK, s.withToken(text, http.MethodPost, pathQuery, `{}`).status)
	assert.Equal(t, http.StatusForbidden, s.withToken(text, http.MethodGet, pathBalances, "").status)
}

func TestACatalogCanBeLeftOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	got := s.send(s.request(http.MethodPost, pathTokens+"?nocatalog=true", passwordRequest))
	assert.NotContains(t, got.fields(t)["token"], "catalog")
}

func TestAnAssumedRoleIsTheCustomer(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	id, err := s.server.AddAccount(huawei.Account{Name: "yongzhi", Association: huawei.AssociationResale})
	require.NoError(t, err)
	got := s.withToken(s.partnerToken(), http.MethodPost, pathTokens, assumeRequest("yongzhi", "SIM_IDP"))
	require.Equal(t, http.StatusCreated, got.status)
	project := got.fields(t)["token"].(map[string]any)["project"].(map[string]any)
	assert.Equal(t, map[string]any{"id": id, "name": "yongzhi"}, project["domain"])

	text := got.header.Get("X-Subject-Token")
	refused := s.withToken(text, http.MethodPost, pathQuery, `{}`)
	assert.Equal(t, http.StatusForbidden, refused.status)
	assert.Equal(t, "CBC.0151", refused.code(t))
	assert.Equal(t, http.StatusOK, s.withToken(text, http.MethodGet, pathBalances, "").status)

	byID := strings.Replace(assumeRequest(id, "SIM_IDP"), "domain_name", "domain_id", 1)
	assert.Equal(t, http.StatusCreated, s.withToken(s.partnerToken(), http.MethodPost, pathTokens, byID).status)

	domains := s.withToken(text, http.MethodGet, "/v3/auth/domains", "")
	assert.JSONEq(t, `{"domains":[{"id":"`+id+`","name":"yongzhi","enabled":true}]}`, domains.body)
}

func TestIAMRefuses(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	for _, a := range []huawei.Account{
		{Name: "yongzhi", Association: huawei.AssociationResale}, {Name: "stranger"},
	} {
		_, err := s.server.AddAccount(a)
		require.NoError(t, err)
	}
	partner, customer := s.partnerToken(), s.customerToken("yongzhi")
	for name, c := range map[string]struct {
		token, body string
		status      int
		title       string
	}{
		"not JSON":         {"", "grant_type=password", 400, "Bad Request"},
		"no method":        {"", `{"auth":{"identity":{"methods":[]}}}`, 400, "Bad Request"},
		"other method":     {"", `{"auth":{"identity":{"methods":["hw_ak_sk"]}}}`, 400, "Bad Request"},
		"wrong password":   {"", strings.Replace(passwordRequest, "Operator-1", "Operator-2", 1), 401, "Unauthorized"},
		"wrong user":       {"", strings.Replace(passwordRequest, "sim-operator", "other", 1), 401, "Unauthorized"},
		"wrong domain":     {"", strings.Replace(passwordRequest, "sim-partner", "other", 1), 401, "Unauthorized"},
		"wrong scope":      {"", strings.Replace(passwordRequest, `"scope":{"domain":{"name":"sim-partner"`, `"scope":{"domain":{"name":"other"`, 1), 401, "Unauthorized"},
		"no token":         {"", assumeRequest("yongzhi", "SIM_IDP"), 401, "Unauthorized"},
		"customer's token": {customer, assumeRequest("yongzhi", "SIM_IDP"), 401, "Unauthorized"},
		"unknown account":  {partner, assumeRequest("nobody", "SIM_IDP"), 404, "Not Found"},
		"unknown agency":   {partner, assumeRequest("yongzhi", "OTHER"), 404, "Not Found"},
		"not associated":   {partner, assumeRequest("stranger", "SIM_IDP"), 403, "Forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := *s
			s.t = t
			got := s.withToken(c.token, http.MethodPost, pathTokens, c.body)
			assert.Equal(t, c.status, got.status)
			refusal := got.fields(t)["error"].(map[string]any)
			assert.EqualValues(t, c.status, refusal["code"])
			assert.Equal(t, c.title, refusal["title"])
			assert.NotEmpty(t, refusal["message"])
			assert.Empty(t, got.header.Get("X-Subject-Token"))
		})
	}
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	use := func(token string) result { return s.withToken(token, http.MethodPost, pathQuery, `{}`) }

	aged := s.partnerToken()
	s.clock.Advance(24*time.Hour - time.Second)
	assert.Equal(t, http.StatusOK, use(aged).status)
	s.clock.Advance(time.Second)
	assert.Equal(t, http.StatusUnauthorized, use(aged).status)

	revoked := s.partnerToken()
	assert.Equal(t, http.StatusOK, s.administer(http.MethodPost, "/_sim/tokens/revoke", "").status)
	got := use(revoked)
	assert.Equal(t, http.StatusUnauthorized, got.status)
	assert.Contains(t, got.body, "decrypt token fail")
}

func TestDomainsOfThePartner(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	got := s.asPartner(http.MethodGet, "/v3/auth/domains", "")
	domains := got.fields(t)["domains"].([]any)
	require.Len(t, domains, 1)
	assert.Equal(t, "sim-partner", domains[0].(map[string]any)["name"])
	assert.Len(t, domains[0].(map[string]any)["id"], 32)
	assert.Equal(t, http.StatusUnauthorized, s.send(s.request(http.MethodGet, "/v3/auth/domains", "")).status)
}
