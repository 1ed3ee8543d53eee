package onboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/internal/quick"
	"github.com/bssfn/bssfn/pkg/handler"
)

func TestACustomerSignsOn(t *testing.T) {
	t.Parallel()
	w := newSSOWorld(t, func(cfg *onboard.Config, _ *functions.Runtime) { cfg.PartnerID = "partner-1" })
	request := w.handle(w.authnRequest())
	res := w.submit("/onboard/saml/sso", ticketForm(mint(t, with(w.claims(request), map[string]any{
		"user_id": "user-1", "name": "Fjord", "email": "it@fjord.example", "mobile": "0086-13800138000",
	})), request))
	policy := res.Header.Get("Content-Security-Policy")
	assert.Contains(t, policy, "form-action https://auth.huaweicloud.com https://huaweicloud.com https://*.huaweicloud.com")
	assert.Equal(t, "no-store", res.Header.Get("Cache-Control"))
	assert.Equal(t, "no-referrer", res.Header.Get("Referrer-Policy"))
	document, relayState := w.assertion(res)
	assert.Equal(t, oldRelayState, relayState)
	for _, value := range []string{"acct-1", "user-1", "partner-1", "Fjord", "it@fjord.example", "0086-13800138000"} {
		assert.Contains(t, document, ">"+value+"</saml2:AttributeValue>")
	}
	reseller := w.signOn(map[string]any{"partner_id": "reseller-7"})
	assert.Contains(t, reseller, ">reseller-7<", "the ticket's partner comes before the configured one")
	assert.NotContains(t, reseller, ">partner-1<")
}

func TestTheMetadataMayBeKept(t *testing.T) {
	t.Parallel()
	w := newSSOWorld(t)
	res := w.visit("/onboard/saml/metadata", "")
	assert.Equal(t, "application/samlmetadata+xml", res.Header.Get("Content-Type"))
	assert.Equal(t, "public, max-age=3600", res.Header.Get("Cache-Control"))
	assert.Contains(t, bodyOf(t, res), `entityID="`+public+`/onboard/saml/metadata"`)
}

// A page that is loaded again is not punished, and yet there is one assertion.
func TestARequestIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	w := newSSOWorld(t)
	m := w.authnRequest()
	first, second := w.handle(m), w.handle(m)
	assert.NotEqual(t, first, second)
	w.assertion(w.submit("/onboard/saml/sso", ticketForm(mint(t, w.claims(second)), second)))
	w.refusedWith(w.submit("/onboard/saml/sso", ticketForm(mint(t, w.claims(first)), first)), 409, "saml_request_replayed")
	third := w.handle(m)
	w.refusedWith(w.submit("/onboard/saml/sso", ticketForm(mint(t, w.claims(third)), third)), 409, "saml_request_replayed")
}

func TestAHandleIsUsedOnceAndEnds(t *testing.T) {
	t.Parallel()
	w := newSSOWorld(t)
	request := w.handle(w.authnRequest())
	w.assertion(w.submit("/onboard/saml/sso", ticketForm(mint(t, w.claims(request)), request)))
	w.refusedWith(w.submit("/onboard/saml/sso", ticketForm(mint(t, w.claims(request)), request)), 409, "sign_on_used")

	late := w.handle(w.authnRequest())
	w.clock.Advance(10*time.Minute - time.Second)
	w.assertion(w.submit("/onboard/saml/sso", ticketForm(mint(t, w.claims(late)), late)))
	later := w.handle(w.authnRequest())
	w.clock.Advance(10 * time.Minute)
	w.refusedWith(w.submit("/onboard/saml/sso", ticketForm(mint(t, w.claims(later)), later)), 404, "sign_on_unknown")
	nobodys := strings.Repeat("A", 27)
	w.refusedWith(w.submit("/onboard/saml/sso", ticketForm(mint(t, w.claims(nobodys)), nobodys)), 404, "sign_on_unknown")
}

func TestATicketIsUsedOnce(t *testing.T) {
	t.Parallel()
	w := newSSOWorld(t)
	one, two := w.handle(w.authnRequest()), w.handle(w.authnRequest())
	w.assertion(w.submit("/onboard/saml/sso", ticketForm(mint(t, with(w.claims(one), map[string]any{"jti": "one-and-the-same"})), one)))
	w.refusedWith(w.submit("/onboard/saml/sso", ticketForm(mint(t, with(w.claims(two), map[string]any{"jti": "one-and-the-same"})), two)), 409, "ticket_used")
}

//nolint:paralleltest // its cases share a world, and what they record is counted
func TestRequestsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newSSOWorld(t)
	good := w.authnRequest().signed(t, hangzhou(t))
	future, old, elsewhere, passive := w.authnRequest(), w.authnRequest(), w.authnRequest(), w.authnRequest()
	future.at, old.at = future.at.Add(time.Hour), old.at.Add(-time.Hour)
	elsewhere.destination, passive.attributes = "https://elsewhere.example/sso", `IsPassive="true"`
	for name, tt := range map[string]struct {
		query  string
		status int
		code   string
	}{
		"nothing":                 {"", 400, "saml_request_malformed"},
		"unsigned":                {good[:strings.Index(good, "&SigAlg")], 401, "saml_signature_wrong"},
		"another key":             {w.authnRequest().signed(t, guiyang(t)), 401, "saml_signature_wrong"},
		"SHA-1":                   {strings.Replace(good, "rsa-sha256", "rsa-sha1", 1), 401, "saml_algorithm_refused"},
		"altered RelayState":      {strings.Replace(good, "RelayState=relay", "RelayState=other", 1), 401, "saml_signature_wrong"},
		"a second RelayState":     {good + "&RelayState=other", 400, "saml_request_malformed"},
		"a second request":        {good + "&SAMLRequest=other", 400, "saml_request_malformed"},
		"from the future":         {future.signed(t, hangzhou(t)), 400, "saml_request_from_future"},
		"from the past":           {old.signed(t, hangzhou(t)), 400, "saml_request_expired"},
		"for somebody else":       {elsewhere.signed(t, hangzhou(t)), 400, "saml_wrong_destination"},
		"without showing a page":  {passive.signed(t, hangzhou(t)), 400, "saml_request_refused"},
		"a logout, taken for one": {w.logoutRequest("_name").signed(t, hangzhou(t)), 400, "saml_wrong_destination"},
	} {
		t.Run(name, func(t *testing.T) {
			in := w.inside(t)
			before := w.store.count()
			took := quick.Least(func() { in.refusedWith(in.visit("/onboard/saml/sso?"+tt.query, ""), tt.status, tt.code) })
			assert.Less(t, took, quick.Limit)
			assert.Equal(t, before, w.store.count(), "something was recorded")
		})
	}
	for _, part := range strings.Split(good, "&") {
		_, value, _ := strings.Cut(part, "=")
		if len(value) > 60 {
			assert.NotContains(t, w.log.String(), value[:60], "the log has a part of the message")
		}
	}
}

//nolint:paralleltest // its cases share a world, and what they record is counted
func TestFormsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newSSOWorld(t)
	request := w.handle(w.authnRequest())
	ticket := mint(t, w.claims(request))
	before := w.store.count()
	good := ticketForm(ticket, request)
	for name, tt := range map[string]struct {
		contentType, body string
		status            int
		code              string
	}{
		"JSON":             {"application/json", `{}`, 415, "unsupported_media_type"},
		"several parts":    {"multipart/form-data; boundary=x", "--x--", 415, "unsupported_media_type"},
		"no type":          {"", good.Encode(), 415, "unsupported_media_type"},
		"no ticket":        {formType, url.Values{"request": {request}}.Encode(), 400, "malformed_form"},
		"no request":       {formType, url.Values{"ticket": {ticket}}.Encode(), 400, "malformed_form"},
		"two tickets":      {formType, good.Encode() + "&ticket=x", 400, "malformed_form"},
		"two requests":     {formType, good.Encode() + "&request=x", 400, "malformed_form"},
		"a broken escape":  {formType, "ticket=%zz&request=" + request, 400, "malformed_form"},
		"an empty ticket":  {formType, "ticket=&request=" + request, 401, "ticket_refused"},
		"too large":        {formType, good.Encode() + "&x=" + strings.Repeat("x", 8<<10), 413, "body_too_large"},
		"another request":  {formType, ticketForm(ticket, strings.Repeat("B", 27)).Encode(), 401, "ticket_refused"},
		"a SAML POST form": {formType, "SAMLRequest=PHNhbWw%2B&RelayState=x", 400, "malformed_form"},
	} {
		t.Run(name, func(t *testing.T) {
			in := w.inside(t)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.FunctionsURL+"/onboard/saml/sso", strings.NewReader(tt.body))
			require.NoError(t, err)
			req.Header.Set("Content-Type", tt.contentType)
			in.refusedWith(in.browse(req), tt.status, tt.code)
		})
	}
	assert.Equal(t, before, w.store.count(), "something was recorded")
	assert.NotContains(t, w.log.String(), ticket[:40])
	w.assertion(w.submit("/onboard/saml/sso", good))
}

func TestABrowserIsShownAPage(t *testing.T) {
	t.Parallel()
	w := newSSOWorld(t)
	ask := func(language string) (*http.Response, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.FunctionsURL+"/onboard/saml/sso?SAMLRequest=<script>", nil)
		require.NoError(t, err)
		req.Header.Set("Accept", "text/html,application/xhtml+xml")
		req.Header.Set("Accept-Language", language)
		res := w.browse(req)
		return res, bodyOf(t, res)
	}
	for language, want := range map[string]string{
		"zh-CN,zh;q=0.9,en;q=0.8": "登录未完成", "en-US,zh;q=0.5": "The sign-on was not completed", "": "The sign-on was not completed", "de, zh-TW": "登录未完成",
	} {
		res, page := ask(language)
		assert.Equal(t, http.StatusUnauthorized, res.StatusCode)
		assert.Contains(t, page, want, language)
		assert.Contains(t, page, "saml_signature_wrong")
		assert.NotContains(t, page, "script")
		assert.Equal(t, "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", res.Header.Get("Content-Security-Policy"))
		assert.Equal(t, "no-store", res.Header.Get("Cache-Control"))
		assert.Equal(t, "no-referrer", res.Header.Get("Referrer-Policy"))
	}
}

func TestWithoutAPageTheCustomerIsToldWhereToSignIn(t *testing.T) {
	t.Parallel()
	w := newSSOWorld(t, func(cfg *onboard.Config, _ *functions.Runtime) { cfg.SSOLoginPage = "" })
	res := w.visit("/onboard/saml/sso?"+w.authnRequest().signed(t, hangzhou(t)), "")
	assert.Equal(t, http.StatusOK, res.StatusCode)
	assert.Contains(t, bodyOf(t, res), "Sign in at the sales platform first")
	assert.Zero(t, w.store.count(), "nothing waits that nobody could answer")
}

func TestWithoutAKeyThereIsNoSingleSignOn(t *testing.T) {
	t.Parallel()
	w := newSSOWorld(t, func(cfg *onboard.Config, _ *functions.Runtime) { cfg.SSOConfig = onboard.SSOConfig{} })
	for _, path := range []string{"metadata", "sso", "slo", "oidc"} {
		w.refusedWith(w.visit("/onboard/saml/"+path, ""), 409, "sso_off")
	}
}

func TestKeysThatWereRotatedAreFound(t *testing.T) {
	t.Parallel()
	published := newPublisher(t, spMetadata(hangzhou(t).certificate))
	w := newSSOWorld(t, func(cfg *onboard.Config, _ *functions.Runtime) { cfg.SPMetadata = published.URL })
	w.handle(w.authnRequest())
	published.publish(http.StatusOK, spMetadata(hangzhou(t).certificate, guiyang(t).certificate))
	w.clock.Advance(time.Minute)
	res := w.visit("/onboard/saml/sso?"+w.authnRequest().signed(t, guiyang(t)), "")
	assert.Equal(t, http.StatusSeeOther, res.StatusCode)
	assert.Equal(t, 2, published.count())

	published.publish(http.StatusServiceUnavailable, "")
	w.clock.Advance(25 * time.Hour)
	w.refusedWith(w.visit("/onboard/saml/sso?"+w.authnRequest().signed(t, hangzhou(t)), ""), 503, "metadata_unavailable")
}

func TestSSOConfigurationThatIsRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		spoil func(c *onboard.SSOConfig)
		says  string
	}{
		"no address":           {func(c *onboard.SSOConfig) { c.PublicURL = "" }, "PUBLIC_URL"},
		"plain http":           {func(c *onboard.SSOConfig) { c.PublicURL = "http://functions.example" }, "not https"},
		"a slash at the end":   {func(c *onboard.SSOConfig) { c.PublicURL += "/" }, "PUBLIC_URL"},
		"a page over http":     {func(c *onboard.SSOConfig) { c.SSOLoginPage = "http://platform.example" }, "SSO_LOGIN_PAGE"},
		"a script as page":     {func(c *onboard.SSOConfig) { c.SSOLogoutPage = "javascript:alert(1)" }, "SSO_LOGOUT_PAGE"},
		"no certificate":       {func(c *onboard.SSOConfig) { c.SAMLCertificates = "" }, "SAML_CERTIFICATES"},
		"no PEM":               {func(c *onboard.SSOConfig) { c.SAMLKey = handler.NewSecret("half-of-a-key") }, "SAML_KEY"},
		"a certificate as key": {func(c *onboard.SSOConfig) { c.SAMLKey = handler.NewSecret(c.SAMLCertificates) }, "SAML_KEY"},
		"another's certificate": {func(c *onboard.SSOConfig) {
			c.SAMLCertificates = "-----BEGIN CERTIFICATE-----\n" + guiyang(t).certificate + "\n-----END CERTIFICATE-----\n"
		}, "does not belong to the key"},
		"no ticket keys":       {func(c *onboard.SSOConfig) { c.TicketKeys = nil }, "TICKET_KEYS"},
		"no ticket issuer":     {func(c *onboard.SSOConfig) { c.TicketIssuer = "" }, "TICKET_ISSUER"},
		"a short key":          {func(c *onboard.SSOConfig) { c.TicketKeys = []handler.Secret{handler.NewSecret("hs256:c2hvcnQ=")} }, "TICKET_KEYS, number 1"},
		"a key of no kind":     {func(c *onboard.SSOConfig) { c.TicketKeys = []handler.Secret{handler.NewSecret("none:")} }, `neither with "ed25519:"`},
		"both ways":            {func(c *onboard.SSOConfig) { c.OIDCIssuer = "https://login.example" }, "only one of them"},
		"a page without a key": {func(c *onboard.SSOConfig) { c.SAMLKey = handler.Secret{} }, "SAML_KEY is not"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := ssoConfiguration()
			tt.spoil(&cfg.SSOConfig)
			_, err := onboard.New(cfg, newRuntime())
			require.ErrorContains(t, err, tt.says)
			assert.NotContains(t, err.Error(), "half-of-a-key")
		})
	}
	_, err := onboard.New(ssoConfiguration(), newRuntime())
	assert.NoError(t, err)
}
