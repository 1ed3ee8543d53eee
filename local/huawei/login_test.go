package huawei_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/xml"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathLogin = "/authui/saml/login"
	console   = "https://console.huaweicloud.com/iam/"
)

func loginQuery(kind, first, service string) url.Values {
	return url.Values{"xAccountType": {kind}, "isFirstLogin": {first}, "service": {service}}
}

func TestTheLoginPageRefusesAddresses(t *testing.T) {
	t.Parallel()
	s, _ := federation(t, huawei.Options{})
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
		got := s.send(s.request(http.MethodGet, pathLogin+"?"+query.Encode(), ""))
		assert.Equal(t, http.StatusBadRequest, got.status, name)
		assert.Contains(t, got.body, `role="alert"`, name)
		assert.Empty(t, got.header.Get("Location"), name)
		assert.True(t, strings.HasSuffix(got.header.Get("Content-Security-Policy"), "form-action 'self'"), name)
	}
}

func TestWithoutAnIdentityProviderNobodySignsIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	got := s.send(s.request(http.MethodGet, pathLogin+"?"+loginQuery("SIM_IDP", "true", console).Encode(), ""))
	assert.Equal(t, http.StatusServiceUnavailable, got.status)
	assert.Contains(t, got.body, "PUT /_sim/access")
}

func TestTheFirstLoginEscapes(t *testing.T) {
	t.Parallel()
	s, p := federation(t, huawei.Options{})
	of := customerOf("u1")
	of.attributes = append(of.attributes, [2]string{"name", `"><script>alert(1)</script>`})
	b := s.browser()
	page := b.get("/authui/saml/first-login?login=" + b.firstLogin(p, of))
	assert.Equal(t, http.StatusOK, page.status)
	assert.NotContains(t, page.body, "<script")
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
	p := &provider{Server: &httptest.Server{URL: "http://127.0.0.1:1"}, pairs: []pair{firstPair()}}
	server := must(huawei.NewServer(huawei.Options{Clock: clock.NewFrozen(start), IDPMetadata: []byte(p.metadata())}))
	must(server.AddAccount(huawei.Account{Name: "yongzhi"}))
	require.NoError(f, server.Bind(f.Context(), yongzhi))
	api := server.API()
	f.Fuzz(func(t *testing.T, service string) {
		login := direct(t, api, http.MethodGet, pathLogin+"?"+loginQuery("SIM_IDP", "true", service).Encode(), nil)
		if login.Code != http.StatusFound {
			assert.Equal(t, http.StatusBadRequest, login.Code)
			return
		}
		in := askedIn(t, login)
		for _, id := range []string{"u2", "u1"} { // who is not bound sees the page first
			w := direct(t, api, http.MethodPost, pathConsumer, p.answer(in, customerOf(id)), login.Result().Cookies()...)
			require.Equal(t, http.StatusSeeOther, w.Code)
			if id == "u1" {
				assertFriendly(t, w.Header().Get("Location"))
				return
			}
			page := direct(t, api, http.MethodGet, w.Header().Get("Location"), nil, login.Result().Cookies()...)
			require.Equal(t, http.StatusOK, page.Code)
			assert.Equal(t, 3, strings.Count(page.Header().Get("Content-Security-Policy"), ";"))
			assert.LessOrEqual(t, len(strings.Fields(page.Header().Get("Content-Security-Policy"))), 9)
			login = direct(t, api, http.MethodGet, pathLogin+"?"+loginQuery("SIM_IDP", "", service).Encode(), nil)
			in = askedIn(t, login)
		}
	})
}

// direct asks without a network.
func direct(t *testing.T, api http.Handler, method, path string, form url.Values, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://localhost"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w
}

// askedIn is the request in the address that a login leads to.
func askedIn(t *testing.T, login *httptest.ResponseRecorder) (in asked) {
	t.Helper()
	values := must(url.Parse(login.Header().Get("Location"))).Query()
	message := flate.NewReader(bytes.NewReader(must(base64.StdEncoding.DecodeString(values.Get("SAMLRequest")))))
	require.NoError(t, xml.NewDecoder(message).Decode(&in))
	in.relayState = values.Get("RelayState")
	return in
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
