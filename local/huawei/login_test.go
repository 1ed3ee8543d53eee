package huawei_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathLogin = "/authui/saml/login"
	console   = "https://console.huaweicloud.com/iam/"
)

func loginQuery(kind, first, service string) url.Values {
	return url.Values{"xAccountType": {kind}, "isFirstLogin": {first}, "service": {service}}
}

func (s *site) submit(form url.Values) result {
	s.t.Helper()
	r := s.request(http.MethodPost, pathLogin, form.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(r)
}

func TestTheLoginPageRefusesAddresses(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	for name, query := range map[string]url.Values{
		"no platform":      loginQuery("", "true", console),
		"other platform":   loginQuery("OTHER", "true", console),
		"odd first login":  loginQuery("SIM_IDP", "1", console),
		"no service":       loginQuery("SIM_IDP", "true", ""),
		"relative":         loginQuery("SIM_IDP", "true", "/iam/"),
		"no scheme":        loginQuery("SIM_IDP", "true", "//console.huaweicloud.com/"),
		"plain http":       loginQuery("SIM_IDP", "true", "http://console.huaweicloud.com/"),
		"other host":       loginQuery("SIM_IDP", "true", "https://huaweicloud.com.example/"),
		"similar host":     loginQuery("SIM_IDP", "true", "https://nothuaweicloud.com/"),
		"user in address":  loginQuery("SIM_IDP", "true", "https://console.huaweicloud.com@attacker.example/"),
		"user of the host": loginQuery("SIM_IDP", "true", "https://x@console.huaweicloud.com/"),
		"script":           loginQuery("SIM_IDP", "true", "javascript:alert(1)"),
		"policy":           loginQuery("SIM_IDP", "true", "https://a;script-src*.huaweicloud.com/"),
	} {
		for _, got := range []result{
			s.send(s.request(http.MethodGet, pathLogin+"?"+query.Encode(), "")), s.submit(query),
		} {
			assert.Equal(t, http.StatusBadRequest, got.status, name)
			assert.NotContains(t, got.body, "<form", name)
			assert.Empty(t, got.header.Get("Location"), name)
			assert.True(t, strings.HasSuffix(got.header.Get("Content-Security-Policy"), "form-action 'self'"), name)
		}
	}
}

func TestTheLoginPageAsks(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	for _, first := range []string{"true", "false", ""} {
		got := s.send(s.request(http.MethodGet, pathLogin+"?"+loginQuery("SIM_IDP", first, console).Encode(), ""))
		assert.Equal(t, http.StatusOK, got.status)
		assert.Contains(t, got.body, "The SAML exchange with the sales platform is not simulated")
		assert.Contains(t, got.body, `name="account"`)
		assert.Equal(t, first == "true", strings.Contains(got.body, `name="xAccountId"`))
		assert.Equal(t, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; "+
			"form-action 'self' https://console.huaweicloud.com", got.header.Get("Content-Security-Policy"))
	}
}

func TestTheLoginPageEscapes(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	service := console + `?x="><script>alert(1)</script>`
	got := s.send(s.request(http.MethodGet, pathLogin+"?"+loginQuery("SIM_IDP", "true", service).Encode(), ""))
	assert.Equal(t, http.StatusOK, got.status)
	assert.NotContains(t, got.body, "<script")
}

func TestAFirstLoginBindsAndGoesOn(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := newSite(t, huawei.Options{NotificationURL: p.URL})
	_, err := s.server.AddAccount(huawei.Account{Name: "yongzhi"})
	require.NoError(t, err)
	form := loginQuery("SIM_IDP", "true", "http://127.0.0.1:8080/done?order=1")
	form.Set("account", "yongzhi")
	form.Set("xAccountId", "u1")
	form.Set("xUserId", "p1")
	got := s.submit(form)
	assert.Equal(t, http.StatusFound, got.status)
	assert.Equal(t, "http://127.0.0.1:8080/done?order=1", got.header.Get("Location"))
	require.Len(t, p.received(), 1)
	assert.Equal(t, "u1", s.opened(p.received()[0])["xAccountId"])
}

func TestALaterLoginGoesOnWhereTheAccountIsBound(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	created := s.call(http.StatusOK, pathCustomers, `{"xaccount_id":"u1","xaccount_type":"SIM_IDP"}`)
	form := loginQuery("SIM_IDP", "false", console)
	form.Set("account", created["domain_name"].(string))
	got := s.submit(form)
	assert.Equal(t, http.StatusFound, got.status)
	assert.Equal(t, console, got.header.Get("Location"))
}

func TestTheLoginFormIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	for _, name := range []string{"yongzhi", "other"} {
		_, err := s.server.AddAccount(huawei.Account{Name: name})
		require.NoError(t, err)
	}
	require.NoError(t, s.server.Bind(t.Context(), yongzhi))
	for name, c := range map[string]struct {
		first, account, xAccountID, xUserID string
		status                              int
	}{
		"unknown account":     {"true", "nobody", "u2", "p2", http.StatusNotFound},
		"bound elsewhere":     {"true", "yongzhi", "u2", "p2", http.StatusConflict},
		"user bound":          {"true", "other", "u1", "p1", http.StatusConflict},
		"no platform account": {"true", "other", "", "p1", http.StatusBadRequest},
		"later, unknown":      {"false", "nobody", "", "", http.StatusNotFound},
		"later, not bound":    {"false", "other", "", "", http.StatusNotFound},
	} {
		form := loginQuery("SIM_IDP", c.first, console)
		form.Set("account", c.account)
		form.Set("xAccountId", c.xAccountID)
		form.Set("xUserId", c.xUserID)
		got := s.submit(form)
		assert.Equal(t, c.status, got.status, name)
		assert.Contains(t, got.body, `role="alert"`, name)
		assert.Contains(t, got.body, "<form", name)
	}
	assert.Equal(t, http.StatusBadRequest, s.submit(url.Values{"x": {strings.Repeat("a", 64<<10)}}).status)
}

// However the address is written, nothing but Huawei Cloud and this machine is
// ever gone to, and the policy stays one policy.
func FuzzLoginAddress(f *testing.F) {
	for _, service := range []string{
		console, "http://127.0.0.1:8080/", "http://[::1]/", "https://a;b.huaweicloud.com", "https:console.huaweicloud.com",
		`https://attacker.example\\@console.huaweicloud.com`, "https://console.huaweicloud.com\t.example/",
		"http://localhost.example/", "https://HUAWEICLOUD.COM/", "http://[::1%25;]/",
	} {
		f.Add(service)
	}
	server, err := huawei.NewServer(huawei.Options{})
	require.NoError(f, err)
	_, err = server.AddAccount(huawei.Account{Name: "yongzhi"})
	require.NoError(f, err)
	require.NoError(f, server.Bind(f.Context(), yongzhi))
	api := server.API()
	f.Fuzz(func(t *testing.T, service string) {
		form := loginQuery("SIM_IDP", "", service)
		form.Set("account", "yongzhi")
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost"+pathLogin, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		if w.Code == http.StatusFound {
			assertFriendly(t, w.Header().Get("Location"))
		} else {
			assert.Equal(t, http.StatusBadRequest, w.Code)
		}

		page := httptest.NewRecorder()
		api.ServeHTTP(page, httptest.NewRequestWithContext(t.Context(), http.MethodGet,
			"http://localhost"+pathLogin+"?"+loginQuery("SIM_IDP", "true", service).Encode(), nil))
		assert.Equal(t, 3, strings.Count(page.Header().Get("Content-Security-Policy"), ";"))
		assert.LessOrEqual(t, len(strings.Fields(page.Header().Get("Content-Security-Policy"))), 9)
	})
}

func assertFriendly(t *testing.T, address string) {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	host := strings.ToLower(u.Hostname())
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() || host == "localhost" {
		return
	}
	assert.Equal(t, "https", u.Scheme)
	assert.True(t, host == "huaweicloud.com" || strings.HasSuffix(host, ".huaweicloud.com"), address)
}
