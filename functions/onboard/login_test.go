package onboard_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
)

func TestLoginURL(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(cfg *onboard.Config, _ *functions.Runtime) {
		cfg.LoginURL, cfg.XAccountType = "https://auth.huaweicloud.com/authui/saml/login", "A&B_IDP"
	})
	var out struct {
		URL string `json:"url"`
	}
	w.post("/onboard/login-urls", fields{"account_id": "acct-1", "service": console + "?a=1&b=%20#/x"}, &out)
	assert.Equal(t, "https://auth.huaweicloud.com/authui/saml/login?xAccountType=A%26B_IDP&isFirstLogin=true"+
		"&service=https%3A%2F%2Fconsole.huaweicloud.com%2Fiam%2F%3Fa%3D1%26b%3D%2520%23%2Fx", out.URL)
}

func TestTheBindingDecidesWhetherALoginIsTheFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account(huawei.Account{Name: "fjord-textiles"})
	binding := huawei.Binding{AccountName: "fjord-textiles", XAccountID: "acct-1", XUserID: "user-1"}
	isFirst := func() bool {
		address, first := w.loginURL("acct-1")
		assert.Equal(t, first, strings.Contains(address, "isFirstLogin=true"))
		assert.Equal(t, !first, strings.Contains(address, "isFirstLogin=false"))
		return first
	}
	assert.True(t, isFirst(), "nobody is bound")
	require.NoError(t, w.Sim.Bind(t.Context(), binding))
	assert.False(t, isFirst())
	require.NoError(t, w.Sim.Unbind(t.Context(), "fjord-textiles"))
	assert.True(t, isFirst(), "unbound")
	require.NoError(t, w.Sim.Bind(t.Context(), binding))
	assert.False(t, isFirst(), "bound again")
}

func TestARegisteredCustomerNeedsNoFirstLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(fields{"account_id": "acct-1", "login_name": "ember-robotics"})
	_, first := w.loginURL("acct-1")
	assert.False(t, first)
}

func TestTheLoginPageBinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.account(huawei.Account{Name: "fjord-textiles"})
	address, _ := w.loginURL("acct-1")
	customer := harness.NewPerson(nil)
	require.NoError(t, customer.SignIn(t.Context(), w.PlatformURL, "acct-1"))
	forms, err := customer.Enter(t.Context(), address)
	require.NoError(t, err)
	landed, err := customer.Send(t.Context(), forms, `id="bind-existing"`, url.Values{
		"account": {"fjord-textiles"}, "password": {huawei.AccountPassword},
	})
	require.NoError(t, err)
	assert.Equal(t, console, landed.URL.String(), "the service survives its encoding")

	got := w.show("acct-1")
	assert.Equal(t, id, got.CustomerID)
	assert.Equal(t, "fjord-textiles", got.LoginName)
	assert.Equal(t, "associated", got.Association)
}

func TestServicesThatALoginLeadsTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(cfg *onboard.Config, _ *functions.Runtime) {
		cfg.ServiceHosts = []string{"huaweicloud.com", "example.cn", "", "127.0.0.1"}
	})
	for service, allowed := range map[string]bool{
		"https://huaweicloud.com":                        true,
		"https://huaweicloud.com/":                       true,
		"https://console.huaweicloud.com/iam/?a=b#c":     true,
		"https://a.b.c.huaweicloud.com/%2e%2e/x":         true,
		"https://example.cn/":                            true,
		"http://127.0.0.1:8080/":                         true, // a machine of one's own
		"https://127.0.0.1:8443/":                        true,
		"":                                               false,
		"/iam/":                                          false,
		"//huaweicloud.com/":                             false,
		"huaweicloud.com":                                false,
		"https:huaweicloud.com":                          false,
		"https:/huaweicloud.com":                         false,
		"https:///huaweicloud.com":                       false,
		"http://huaweicloud.com/":                        false,
		"ftp://huaweicloud.com/":                         false,
		"javascript:alert(1)//huaweicloud.com":           false,
		"javascript://huaweicloud.com/%0aalert(1)":       false,
		"data:text/html,https://huaweicloud.com":         false,
		"https://evil.com/":                              false,
		"https://evilhuaweicloud.com/":                   false,
		"https://huaweicloud.com.evil.com/":              false,
		"https://evil.com/huaweicloud.com":               false,
		"https://evil.com?.huaweicloud.com":              false,
		"https://evil.com#.huaweicloud.com":              false,
		"https://evil.com;.huaweicloud.com":              false,
		"https://evil.com／.huaweicloud.com":              false,
		"https://evil.com。huaweicloud.com":               false,
		"https://evil.com%2f.huaweicloud.com":            false,
		"https://evil.com\\.huaweicloud.com":             false,
		"https:\\\\huaweicloud.com":                      false,
		"https://huaweicloud.com\\@evil.com":             false,
		"https://huaweicloud.com@evil.com/":              false,
		"https://user@huaweicloud.com/":                  false,
		"https://user:password@console.huaweicloud.com/": false,
		"https://@huaweicloud.com/":                      false,
		"https://huaweicloud.com:8443/":                  false,
		"https://huaweicloud.com:443/":                   false,
		"https://huaweicloud.com:/":                      false,
		"https://huaweicloud.com:80@evil.com/":           false,
		"https://huaweicloud.com./":                      false,
		"https://.huaweicloud.com/":                      false,
		"https://a..huaweicloud.com/":                    false,
		"https://*.huaweicloud.com/":                     false,
		"https://[::1]/":                                 false,
		"https://xn--huaweicloud-x.com/":                 false,
		"https://console.xn--80ak6aa92e.com/":            false,
		"https://ｈuaweicloud.com/":                       false,
		"https://huaweicloud.com%00.evil.com/":           false,
		"https://huaweicloud.com%252f@evil.com/":         false,
		"https%3a%2f%2fhuaweicloud.com":                  false,
		"https://evil.com%23.huaweicloud.com":            false,
		"///huaweicloud.com/":                            false,
		"\\\\huaweicloud.com":                            false,
		"https://evil.com:443#@huaweicloud.com/":         false,
		"HTTPS://HUAWEICLOUD.COM.evil.com/":              false,
		"https://0x7f000001/":                            false,
		"vbscript:msgbox(1)":                             false,
		"https://huaweicloud.com\x00/":                   false,
		"https://console.huaweicloud.com/\r\nX: y":       false,
		"https://console.huaweicloud.com/\t":             false,
		" https://console.huaweicloud.com/":              false,
		"https://console.huaweicloud.com/ ":              false,
		"http://127.0.0.1.evil.com/":                     false,
		"http://console.127.0.0.1/":                      false,
		"http://user@127.0.0.1:8080/":                    false,
	} {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			w := w.on(t)
			in := fields{"account_id": "acct-1", "service": service}
			if allowed {
				w.post("/onboard/login-urls", in, nil)
				return
			}
			p := w.refused("/onboard/login-urls", in)
			assert.Equal(t, "invalid_fields", p.Code)
			require.Len(t, p.Fields, 1)
			assert.Equal(t, "service", p.Fields[0].Field)
		})
	}
}

// Sites share no consoles: each login leads to its own site unless hosts are named.
func TestALoginLeadsToItsSite(t *testing.T) {
	t.Parallel()
	for site, want := range map[string]struct{ login, console, elsewhere string }{
		"cn":   {"https://auth.huaweicloud.com/authui/saml/login?", "https://console.huaweicloud.com/iam/", "https://console.eu.huaweicloud.example/"},
		"intl": {"https://auth-intl.huaweicloud.com/authui/saml/login?", "https://console-intl.huaweicloud.com/iam/", "https://console-intl.huaweicloud.com.example/"},
		"eu":   {"https://auth.eu.huaweicloud.com/authui/saml/login?", "https://console.eu.huaweicloud.com/iam/", "https://console.huaweicloud.com/iam/"},
	} {
		t.Run(site, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.serve(func(cfg *onboard.Config, _ *functions.Runtime) {
				cfg.Site, cfg.LoginURL, cfg.ServiceHosts = site, "", nil
			})
			var out struct {
				URL string `json:"url"`
			}
			w.post("/onboard/login-urls", fields{"account_id": "acct-1", "service": want.console}, &out)
			assert.True(t, strings.HasPrefix(out.URL, want.login), out.URL)
			assert.Equal(t, "invalid_fields", w.refused("/onboard/login-urls", fields{"account_id": "acct-1", "service": want.elsewhere}).Code)
		})
	}
}
