package huawei_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// inside is where the console's page is, to which the login leads.
func (s *site) inside() string { return s.api + pathConsole }

var loginField = regexp.MustCompile(`name="login" value="([0-9a-f]{32})"`)

// firstLogin signs in for the first time and returns the handle of its forms.
func (b *browser) firstLogin(p *provider, s statement) string {
	b.t.Helper()
	in := b.begin("true", b.inside())
	got := b.post(pathConsumer, p.answer(in, s))
	require.Equal(b.t, http.StatusSeeOther, got.status, got.body)
	page := b.get(got.header.Get("Location"))
	require.Equal(b.t, http.StatusOK, page.status, page.body)
	for _, part := range []string{`<form id="bind-existing"`, `<form id="open-new"`, `name="account"`, `name="password"`, `type="submit"`} {
		require.Contains(b.t, page.body, part)
	}
	assert.Equal(b.t, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' "+b.api,
		page.header.Get("Content-Security-Policy"))
	return loginField.FindStringSubmatch(page.body)[1]
}

func TestALoginAsksTheIdentityProvider(t *testing.T) {
	t.Parallel()
	for _, of := range []bss.Site{bss.SiteCN, bss.SiteIntl, bss.SiteEU} {
		s, p := federation(t, huawei.Options{Site: of})
		b := s.browser()
		got := b.get(pathLogin + "?" + loginQuery("SIM_IDP", "true", console).Encode())
		require.Equal(t, http.StatusFound, got.status)
		u, err := url.Parse(got.header.Get("Location"))
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(u.String(), p.URL+"/sso?SAMLRequest="))
		assert.Equal(t, "HTTP://WWW.W3.ORG/2001/04/XMLDSIG-MORE#RSA-SHA256", u.Query().Get("SigAlg"))
		set := got.header.Get("Set-Cookie")
		assert.Regexp(t, `^simulated_huawei_cloud_login=[0-9a-f]{32}; Path=/; HttpOnly; SameSite=Lax$`, set)

		in := b.begin("false", console)
		assert.Equal(t, p.URL+"/sso", in.Destination)
		assert.Equal(t, s.api+pathConsumer, in.Consumer)
		assert.Equal(t, spEntity, in.Issuer)
		assert.Equal(t, start.Format(time.RFC3339), in.Instant)
		assert.Equal(t, "urn:oasis:names:tc:SAML:2.0:nameid-format:transient", in.Policy.Format)
		assert.Regexp(t, `^[0-9a-f]{32}$`, in.relayState)
		assert.NotEqual(t, in.relayState, strings.TrimPrefix(in.ID, "_"))
		assert.Equal(t, 1, p.reads, "the metadata is read once")
	}
}

func TestTheAlgorithmIsWrittenPlainlyOnRequest(t *testing.T) {
	t.Parallel()
	s, _ := federation(t, huawei.Options{PlainSigAlg: true})
	got := s.browser().get(pathLogin + "?" + loginQuery("SIM_IDP", "true", console).Encode())
	assert.Contains(t, got.header.Get("Location"), "&SigAlg="+url.QueryEscape(rsaSHA256)+"&")
}

func TestAFirstLoginBindsAnExistingAccount(t *testing.T) {
	t.Parallel()
	told := newPlatform(t)
	s, p := federation(t, huawei.Options{NotificationURL: told.URL})
	id, err := s.server.AddAccount(huawei.Account{Name: "yongzhi"})
	require.NoError(t, err)
	b := s.browser()
	handle := b.firstLogin(p, customerOf("u1"))
	form := url.Values{"login": {handle}, "account": {"yongzhi"}, "password": {huawei.AccountPassword}}
	got := b.post("/authui/saml/first-login/existing", form)
	require.Equal(t, http.StatusSeeOther, got.status, got.body)
	assert.Equal(t, s.inside(), got.header.Get("Location"))

	require.Len(t, told.received(), 1)
	assert.Equal(t, map[string]any{
		"domainName": "yongzhi", "domainId": id, "xUserId": "user-u1", "xAccountId": "u1", "bindAction": 0.0,
	}, s.opened(told.received()[0]))
	row := s.call(http.StatusOK, pathQuery, `{}`)["customer_infos"].([]any)[0].(map[string]any)
	assert.Equal(t, huawei.AssociationResale, row["association_type"])
	page := b.get(pathConsole)
	assert.Equal(t, http.StatusOK, page.status)
	assert.Contains(t, page.body, `<h1 id="console">`)
	assert.Contains(t, page.body, `<strong id="account">yongzhi</strong>`)
	assert.Equal(t, http.StatusForbidden, b.post("/authui/saml/first-login/existing", form).status, "the form counts once")
	assert.Empty(t, s.server.Check())
}

func TestAFirstLoginOpensAnAccount(t *testing.T) {
	t.Parallel()
	told := newPlatform(t)
	s, p := federation(t, huawei.Options{NotificationURL: told.URL})
	of := customerOf("u1")
	of.attributes = append(of.attributes, [2]string{"name", "new-account"}, [2]string{"mobile", "0086-" + mobile}, [2]string{"email", "someone@example.com"})
	b := s.browser()
	handle := b.firstLogin(p, of)
	got := b.post("/authui/saml/first-login/new", url.Values{"login": {handle}, "account": {"new-account"}, "password": {"Password-1"}})
	require.Equal(t, http.StatusSeeOther, got.status, got.body)
	require.Len(t, told.received(), 1)
	assert.Equal(t, "new-account", s.opened(told.received()[0])["domainName"])
	row := s.call(http.StatusOK, pathQuery, `{}`)["customer_infos"].([]any)[0].(map[string]any)
	assert.Equal(t, "u1", row["xaccount_id"])
	assert.Equal(t, "138****0001", row["telephone"])

	again := s.browser()
	later := again.post(pathConsumer, p.answer(again.begin("false", s.inside()), customerOf("u1")))
	assert.Equal(t, http.StatusSeeOther, later.status)
	assert.Equal(t, s.inside(), later.header.Get("Location"), "the second visit goes straight in")
	assert.Contains(t, again.get(pathConsole).body, "new-account")
}

func TestARegisteredCustomerGoesStraightIn(t *testing.T) {
	t.Parallel()
	s, p := federation(t, huawei.Options{})
	created := s.call(http.StatusOK, pathCustomers, `{"xaccount_id":"u1","xaccount_type":"SIM_IDP"}`)
	for _, first := range []string{"false", "", "true"} {
		b := s.browser()
		got := b.post(pathConsumer, p.answer(b.begin(first, s.inside()), customerOf("u1")))
		require.Equal(t, http.StatusSeeOther, got.status, got.body)
		assert.Equal(t, s.inside(), got.header.Get("Location"))
		assert.Contains(t, b.get(pathConsole).body, created["domain_name"])
	}
}

func TestWhoIsNotBoundNeedsAFirstLogin(t *testing.T) {
	t.Parallel()
	s, p := federation(t, huawei.Options{})
	b := s.browser()
	got := b.post(pathConsumer, p.answer(b.begin("false", s.inside()), customerOf("u1")))
	assert.Equal(t, http.StatusForbidden, got.status)
	assert.Contains(t, got.body, "isFirstLogin=true")
	assert.Equal(t, http.StatusSeeOther, b.get(pathConsole).status)
}

func TestTheConsoleExplainsItselfToStrangers(t *testing.T) {
	t.Parallel()
	s, _ := federation(t, huawei.Options{})
	b := s.browser()
	got := b.get(pathConsole)
	assert.Equal(t, http.StatusSeeOther, got.status)
	page := b.get(got.header.Get("Location"))
	assert.Contains(t, page.body, "Begin again at your sales platform")
}
