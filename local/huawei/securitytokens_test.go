package huawei_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

const pathKeys = "/v3.0/OS-CREDENTIAL/securitytokens"

func keyRequest(account, more string) string {
	return fmt.Sprintf(`{"auth":{"identity":{"methods":["assume_role"],"assume_role":`+
		`{"domain_name":%q,"agency_name":"SIM_IDP"%s}}}}`, account, more)
}

// customerKeys asks for a temporary access key in the name of a customer.
func (s *site) customerKeys(account, more string) sign.Keys {
	s.t.Helper()
	got := s.asPartner(http.MethodPost, pathKeys, keyRequest(account, more))
	require.Equal(s.t, http.StatusCreated, got.status, got.body)
	var issued struct {
		Credential struct{ Access, Secret, SecurityToken string }
	}
	require.NoError(s.t, json.Unmarshal([]byte(got.body), &issued))
	return sign.Keys{
		AccessKey:     issued.Credential.Access,
		SecretKey:     issued.Credential.Secret,
		SecurityToken: issued.Credential.SecurityToken,
	}
}

func TestATemporaryKeyIsTheCustomer(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	_, err := s.server.AddAccount(huawei.Account{Name: "yongzhi", Association: huawei.AssociationResale})
	require.NoError(t, err)
	partner := s.keys
	balances := func(keys sign.Keys) int {
		s.keys = keys
		defer func() { s.keys = partner }()
		return s.asPartner(http.MethodGet, pathBalances, "").status
	}

	short, long := s.customerKeys("yongzhi", ""), s.customerKeys("yongzhi", `,"duration_seconds":86400`)
	assert.Equal(t, http.StatusOK, balances(short))
	assert.Equal(t, http.StatusForbidden, balances(partner))
	bare := short
	bare.SecurityToken = ""
	assert.Equal(t, http.StatusUnauthorized, balances(bare), "without the security token")
	s.clock.Advance(15 * time.Minute)
	assert.Equal(t, http.StatusUnauthorized, balances(short), "expired")
	assert.Equal(t, http.StatusOK, balances(long))
	s.server.RevokeTokens()
	assert.Equal(t, http.StatusUnauthorized, balances(long), "revoked")
}

func TestTemporaryKeysAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	for _, a := range []huawei.Account{
		{Name: "yongzhi", Association: huawei.AssociationResale}, {Name: "stranger"},
	} {
		_, err := s.server.AddAccount(a)
		require.NoError(t, err)
	}
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"not JSON":        {"x", 400},
		"by password":     {passwordRequest, 400},
		"too short":       {keyRequest("yongzhi", `,"duration_seconds":899`), 400},
		"too long":        {keyRequest("yongzhi", `,"duration_seconds":86401`), 400},
		"unknown account": {keyRequest("nobody", ""), 404},
		"unknown agency":  {keyRequest("yongzhi", `,"agency_name":"OTHER"`), 404},
		"not associated":  {keyRequest("stranger", ""), 403},
	} {
		got := s.asPartner(http.MethodPost, pathKeys, c.body)
		assert.Equal(t, c.status, got.status, name)
		assert.EqualValues(t, c.status, got.fields(t)["error"].(map[string]any)["code"], name)
	}
	body := keyRequest("yongzhi", "")
	assert.Equal(t, http.StatusUnauthorized, s.send(s.request(http.MethodPost, pathKeys, body)).status, "nobody")
	assert.Equal(t, http.StatusUnauthorized, s.withToken(s.customerToken("yongzhi"), http.MethodPost, pathKeys, body).status, "a customer")
}
