package huawei_test

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func TestTheIdentityProviderChangesItsKey(t *testing.T) {
	t.Parallel()
	s, p := federation(t, huawei.Options{})
	require.Equal(t, http.StatusOK, s.asPartner(http.MethodPost, pathCustomers, `{"xaccount_id":"u1","xaccount_type":"SIM_IDP"}`).status)
	signIn := func() int {
		b := s.browser()
		return b.post(pathConsumer, p.answer(b.begin("", s.inside()), customerOf("u1"))).status
	}
	assert.Equal(t, http.StatusSeeOther, signIn())
	p.use(secondPair(), firstPair())
	assert.Equal(t, http.StatusSeeOther, signIn(), "the metadata is read again")
	p.use(firstPair(), secondPair())
	assert.Equal(t, http.StatusSeeOther, signIn(), "both are known")
	p.use(secondPair())
	assert.Equal(t, http.StatusSeeOther, signIn())
	assert.Equal(t, 2, p.reads)
}

func TestTheMetadataOfTheIdentityProviderIsChecked(t *testing.T) {
	t.Parallel()
	p := &provider{Server: &httptest.Server{URL: "https://idp.example"}, pairs: []pair{firstPair()}}
	right := p.metadata()
	s := newSite(t, huawei.Options{})
	for _, allowed := range []string{
		right,
		"\uFEFF" + right,
		strings.Replace(right, "<md:IDPSSO", "<!-- by hand --><md:IDPSSO", 1),
		strings.Replace(right, ` use="signing"`, "", 1),
	} {
		require.NoError(t, s.server.SetAccess(huawei.Access{IDPMetadata: allowed}))
	}
	effects := len(s.server.Journal())
	for name, c := range map[string][2]string{
		"no XML":                {right, "metadata"},
		"too large":             {"</md:EntityDescriptor>", strings.Repeat(" ", 2<<20) + "</md:EntityDescriptor>"},
		"document type":         {"<md:EntityDescriptor", "<!DOCTYPE x><md:EntityDescriptor"},
		"another encoding":      {`encoding="UTF-8"`, `encoding="GBK"`},
		"not UTF-8":             {"https://idp.example/metadata", "\xff"},
		"no name":               {"https://idp.example/metadata", ""},
		"another root":          {"EntityDescriptor", "EntitiesDescriptor"},
		"no identity provider":  {"IDPSSODescriptor", "SPSSODescriptor"},
		"another protocol":      {"SAML:2.0:protocol", "SAML:1.1:protocol"},
		"no certificate":        {`use="signing"`, `use="encryption"`},
		"certificate malformed": {firstPair().text(), "AAAA"},
		"no base64":             {firstPair().text(), "?"},
		"no transient names":    {"nameid-format:transient", "nameid-format:persistent"},
		"no redirect":           {"bindings:HTTP-Redirect\" Location=\"https://idp.example/sso", "bindings:HTTP-POST\" Location=\"https://idp.example/sso"},
		"a script":              {"https://idp.example/sso", "javascript:alert(1)"},
		"http elsewhere":        {"https://idp.example/sso", "http://idp.example/sso"},
		"logout by http":        {"https://idp.example/slo", "http://idp.example/slo"},
	} {
		require.Contains(t, right, c[0], name)
		require.Error(t, s.server.SetAccess(huawei.Access{IDPMetadata: strings.ReplaceAll(right, c[0], c[1])}), name)
	}
	for name, a := range map[string]huawei.Access{
		"both":              {IDPMetadata: right, IDPMetadataURL: "https://idp.example/"},
		"relative":          {IDPMetadataURL: "/metadata"},
		"odd notifications": {NotificationURL: "ftp://127.0.0.1/"},
	} {
		require.Error(t, s.server.SetAccess(a), name)
	}
	assert.Len(t, s.server.Journal(), effects)
}

func TestMetadataThatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	answers := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/right", http.StatusFound)
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
		default:
			_, _ = io.WriteString(w, strings.Repeat("a", 3<<20))
		}
	}))
	t.Cleanup(answers.Close)
	for _, address := range []string{answers.URL + "/moved", answers.URL + "/missing", answers.URL + "/endless", "http://127.0.0.1:1/"} {
		s := newSite(t, huawei.Options{IDPMetadataURL: address})
		got := s.browser().get(pathLogin + "?" + loginQuery("SIM_IDP", "", console).Encode())
		assert.Equal(t, http.StatusBadGateway, got.status, address)
		assert.Contains(t, got.body, "the identity provider&#39;s metadata", address)
	}
}

func TestTheAccessConfigurationIsReplaced(t *testing.T) {
	t.Parallel()
	told, p := newPlatform(t), newProvider(t)
	s := newSite(t, huawei.Options{})
	_, err := s.server.AddAccount(huawei.Account{Name: "yongzhi"})
	require.NoError(t, err)
	body := text(t, fieldset{"idp_metadata": p.metadata(), "notification_url": told.URL})
	require.Equal(t, http.StatusOK, s.administer(http.MethodPut, "/_sim/access", body).status)
	b := s.browser()
	b.begin("true", s.inside())
	require.NoError(t, s.server.Bind(t.Context(), yongzhi))
	assert.Len(t, told.received(), 1)
	s.server.Reset()
	assert.Equal(t, http.StatusServiceUnavailable, b.get(pathLogin+"?"+loginQuery("SIM_IDP", "true", console).Encode()).status)
}

func TestHuaweiCloudChangesItsKey(t *testing.T) {
	t.Parallel()
	told := newPlatform(t)
	s := newSite(t, huawei.Options{NotificationURL: told.URL})
	_, err := s.server.AddAccount(huawei.Account{Name: "yongzhi"})
	require.NoError(t, err)
	certificates := func() []string {
		var metadata struct {
			Keys []struct {
				Certificate string `xml:"KeyInfo>X509Data>X509Certificate"`
			} `xml:"SPSSODescriptor>KeyDescriptor"`
		}
		require.NoError(t, xml.Unmarshal([]byte(s.send(s.request(http.MethodGet, pathMetadata, "")).body), &metadata))
		var all []string
		for _, key := range metadata.Keys[:len(metadata.Keys)/2] {
			all = append(all, key.Certificate)
		}
		return all
	}
	old := certificates()
	require.Len(t, old, 1)
	require.Equal(t, http.StatusOK, s.administer(http.MethodPost, "/_sim/key/rotate", "").status)
	both := certificates()
	require.Len(t, both, 2)
	assert.Equal(t, old[0], both[0])
	require.NoError(t, s.server.Bind(t.Context(), yongzhi))
	s.opened(told.received()[0]) // by the first certificate

	require.NoError(t, s.server.RotateKey())
	require.Equal(t, both, certificates())
	require.NoError(t, s.server.Bind(t.Context(), yongzhi))
	require.NoError(t, s.server.RotateKey())
	require.Equal(t, both[1:], certificates())
	s.opened(told.received()[1]) // by the second certificate, which is the only one
	assert.Equal(t, http.StatusBadRequest, s.administer(http.MethodPost, "/_sim/key/rotate", "").status)
}

func TestTheFormsOfAFirstLoginAreRefused(t *testing.T) {
	t.Parallel()
	s, p := federation(t, huawei.Options{})
	for _, name := range []string{"yongzhi", "other"} {
		_, err := s.server.AddAccount(huawei.Account{Name: name, Password: "Password-" + name})
		require.NoError(t, err)
	}
	require.NoError(t, s.server.Bind(t.Context(), yongzhi))
	b := s.browser()
	handle := b.firstLogin(p, customerOf("u2"))
	effects := len(s.server.Journal())
	const existing, opened = "/authui/saml/first-login/existing", "/authui/saml/first-login/new"
	for name, c := range map[string]struct {
		path, account, password string
		status                  int
	}{
		"unknown account":       {existing, "nobody", "Password-other", http.StatusForbidden},
		"wrong password":        {existing, "other", "Password-yongzhi", http.StatusForbidden},
		"no password":           {existing, "other", "", http.StatusForbidden},
		"bound already":         {existing, "yongzhi", "Password-yongzhi", http.StatusConflict},
		"name taken":            {opened, "other", "Password-1", http.StatusBadRequest},
		"name illegal":          {opened, "op_other", "Password-1", http.StatusBadRequest},
		"no name":               {opened, "", "Password-1", http.StatusBadRequest},
		"password illegal":      {opened, "another", "password", http.StatusBadRequest},
		"password is the name":  {opened, "another-1", "another-1", http.StatusBadRequest},
		"password is too short": {opened, "another", "Pass-1", http.StatusBadRequest},
	} {
		form := url.Values{"login": {handle}, "account": {c.account}, "password": {c.password}}
		got := b.post(c.path, form)
		assert.Equal(t, c.status, got.status, name)
		assert.Contains(t, got.body, `role="alert"`, name)
		assert.Contains(t, got.body, `id="bind-existing"`, name)
		assert.Equal(t, http.StatusForbidden, s.browser().post(c.path, form).status, "another browser")
	}
	assert.Equal(t, http.StatusForbidden, s.browser().get("/authui/saml/first-login?login="+handle).status)
	assert.Len(t, s.server.Journal(), effects)
	got := b.post(existing, url.Values{"login": {handle}, "account": {"other"}, "password": {"Password-other"}})
	assert.Equal(t, http.StatusSeeOther, got.status)
}

// An account may become the customer of one of the partner's resellers.
func TestAnAssertionNamesTheReseller(t *testing.T) {
	t.Parallel()
	s, p := federation(t, huawei.Options{})
	reseller, err := s.server.AddReseller(huawei.Reseller{AccountName: "reseller"})
	require.NoError(t, err)
	of := customerOf("u1")
	of.attributes = append(of.attributes, [2]string{"bpId", reseller})
	b := s.browser()
	handle := b.firstLogin(p, of)
	got := b.post("/authui/saml/first-login/new", url.Values{"login": {handle}, "account": {"opened"}})
	require.Equal(t, http.StatusSeeOther, got.status, got.body)
	assert.EqualValues(t, 0, s.call(http.StatusOK, pathQuery, `{}`)["count"])
	assert.EqualValues(t, 1, s.call(http.StatusOK, pathQuery, `{"indirect_partner_id":"`+reseller+`"}`)["count"])
}

// Only assertions come from pages of others.
func TestPagesElsewhereMayBringAssertions(t *testing.T) {
	t.Parallel()
	s, _ := federation(t, huawei.Options{})
	for path, status := range map[string]int{
		pathConsumer: http.StatusBadRequest, "/authui/saml/first-login/new": http.StatusForbidden,
	} {
		r := s.request(http.MethodPost, path, "")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		got := s.send(r)
		assert.Equal(t, status, got.status, path)
		assert.Equal(t, path != pathConsumer, strings.Contains(got.body, "cross-origin"), path)
	}
}
