package huawei_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

const authFailed = "Incorrect IAM authentication information: "

func TestAuthenticationRefuses(t *testing.T) {
	t.Parallel()
	signWith := func(keys sign.Keys, late time.Duration) func(*testing.T, *http.Request) {
		return func(t *testing.T, r *http.Request) {
			t.Helper()
			require.NoError(t, sign.Sign(r, []byte("{}"), keys, start.Add(late)))
		}
	}
	good := sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "SIMPARTNERSK"}
	for name, c := range map[string]struct {
		prepare func(*testing.T, *http.Request)
		message string
	}{
		"nothing":        {func(*testing.T, *http.Request) {}, "x-auth-token not found"},
		"unknown token":  {func(_ *testing.T, r *http.Request) { r.Header.Set("X-Auth-Token", "MIIunknown") }, "decrypt token fail"},
		"other scheme":   {func(_ *testing.T, r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, "verify aksk signature fail"},
		"unknown key":    {signWith(sign.Keys{AccessKey: "OTHER", SecretKey: "SIMPARTNERSK"}, 0), "verify aksk signature fail"},
		"wrong secret":   {signWith(sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "OTHER"}, 0), "verify aksk signature fail"},
		"too late":       {signWith(good, 15*time.Minute+time.Second), "the signature is expired"},
		"too early":      {signWith(good, -15*time.Minute-time.Second), "the signature is expired"},
		"security token": {signWith(sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "SIMPARTNERSK", SecurityToken: "x"}, 0), "the security token is wrong"},
		"changed query": {func(t *testing.T, r *http.Request) {
			signWith(good, 0)(t, r)
			r.URL.RawQuery = "limit=1"
		}, "verify aksk signature fail"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, huawei.Options{})
			r := s.request(http.MethodPost, pathQuery, "{}")
			c.prepare(t, r)
			got := s.send(r)
			assert.Equal(t, http.StatusUnauthorized, got.status)
			assert.Equal(t, "APIG.0301", got.code(t))
			assert.Contains(t, got.fields(t)["error_msg"], authFailed)
			assert.Contains(t, got.fields(t)["error_msg"], c.message)
		})
	}
}

func TestTheSkewMayBeFifteenMinutes(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	r := s.request(http.MethodPost, pathQuery, "{}")
	require.NoError(t, sign.Sign(r, []byte("{}"), s.keys, start.Add(15*time.Minute)))
	assert.Equal(t, http.StatusOK, s.send(r).status)
}

func TestTemporaryKeysNeedTheirSecurityToken(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{Keys: sign.Keys{AccessKey: "AK", SecretKey: "SK", SecurityToken: "ST"}})
	s.call(http.StatusOK, pathQuery, `{}`)
	s.keys.SecurityToken = ""
	s.call(http.StatusUnauthorized, pathQuery, `{}`)
}

func TestSignatureFailuresLockTheAccessKey(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{QuotaOff: true})
	right, wrong := s.keys, sign.Keys{AccessKey: s.keys.AccessKey, SecretKey: "OTHER"}
	fail := func(times int) {
		s.keys = wrong
		for range times {
			s.call(http.StatusUnauthorized, pathQuery, `{}`)
		}
		s.keys = right
	}

	fail(5)
	s.call(http.StatusOK, pathQuery, `{}`) // ends the row of failures
	fail(5)
	s.call(http.StatusOK, pathQuery, `{}`)
	fail(6)
	refused := s.call(http.StatusUnauthorized, pathQuery, `{}`)
	assert.Contains(t, refused["error_msg"], "failed to reach the limit")
	s.clock.Advance(5*time.Minute - time.Second)
	s.call(http.StatusUnauthorized, pathQuery, `{}`)
	s.clock.Advance(time.Second)
	s.call(http.StatusOK, pathQuery, `{}`)
}

func TestOperationsAreForTheirCallers(t *testing.T) {
	t.Parallel()
	const pathResellers, pathMembers = "/v2/partners/indirect-partners/query", "/v2/enterprises/multi-accounts/sub-customers"
	for name, c := range map[string]struct {
		options            huawei.Options
		asCustomer         bool
		method, path, body string
		refused            bool
	}{
		"partner's by the partner":           {huawei.Options{}, false, http.MethodPost, pathQuery, "{}", false},
		"partner's by a customer":            {huawei.Options{}, true, http.MethodPost, pathQuery, "{}", true},
		"customer's by the partner":          {huawei.Options{}, false, http.MethodGet, pathBalances, "", true},
		"customer's by a customer":           {huawei.Options{}, true, http.MethodGet, pathBalances, "", false},
		"distributor's by a distributor":     {huawei.Options{}, false, http.MethodPost, pathResellers, "{}", false},
		"distributor's by another partner":   {huawei.Options{NoDistributor: true}, false, http.MethodPost, pathResellers, "{}", true},
		"distributor's by a customer":        {huawei.Options{}, true, http.MethodPost, pathResellers, "{}", true},
		"enterprise master's by the partner": {huawei.Options{}, false, http.MethodGet, pathMembers, "", true},
		"enterprise master's by a customer":  {huawei.Options{}, true, http.MethodGet, pathMembers, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, c.options)
			got := m.asPartner(c.method, c.path, c.body)
			if c.asCustomer {
				got = m.asCustomer(c.method, c.path, c.body)
			}
			denied := got.status == http.StatusForbidden && got.fields(t)["error_code"] == "CBC.0151"
			assert.Equal(t, c.refused, denied, got.body)
		})
	}
}
