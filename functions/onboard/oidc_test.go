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
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/pkg/handler"
)

// oidcWorld is a function whose customers sign in at an OpenID provider.
type oidcWorld struct {
	*ssoWorld
	provider *harness.OpenID
}

func newOIDCWorld(t *testing.T, change ...func(*onboard.Config, *functions.Runtime)) *oidcWorld {
	t.Helper()
	w := &oidcWorld{}
	w.ssoWorld = newSSOWorld(t, func(cfg *onboard.Config, rt *functions.Runtime) {
		var err error
		w.provider, err = harness.NewOpenID(rt.Clock.Now)
		require.NoError(t, err)
		t.Cleanup(w.provider.Close)
		cfg.SSOLoginPage, cfg.TicketKeys = "", nil
		cfg.OIDCIssuer, cfg.OIDCClientID = w.provider.URL, harness.OpenIDClient
		cfg.OIDCClientSecret = handler.NewSecret(harness.OpenIDClientSecret)
		for _, c := range change {
			c(cfg, rt)
		}
	})
	return w
}

// begin returns what a browser has after it was sent to the provider: the cookie, and
// the address to come back to, on the function's own host.
func (w *oidcWorld) begin() (cookie, back string) {
	w.t.Helper()
	res := w.visit("/onboard/saml/sso?"+w.authnRequest().signed(w.t, hangzhou(w.t)), "")
	require.Equal(w.t, http.StatusSeeOther, res.StatusCode, "%s", w.log.String())
	require.Len(w.t, res.Cookies(), 1)
	c := res.Cookies()[0]
	assert.True(w.t, strings.HasPrefix(c.Name, "__Host-sso-"))
	assert.True(w.t, c.Secure && c.HttpOnly && c.SameSite == http.SameSiteLaxMode && c.Path == "/")
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, res.Header.Get("Location"), nil)
	require.NoError(w.t, err)
	answer := w.browse(req)
	require.Equal(w.t, http.StatusFound, answer.StatusCode, bodyOf(w.t, answer))
	back, found := strings.CutPrefix(answer.Header.Get("Location"), public)
	require.True(w.t, found)
	return c.Name + "=" + c.Value, back
}

func TestACustomerSignsInAtAnOpenIDProvider(t *testing.T) {
	t.Parallel()
	w := newOIDCWorld(t)
	cookie, back := w.begin()
	document, relayState := w.assertion(w.visit(back, cookie))
	assert.Equal(t, oldRelayState, relayState)
	for _, value := range []string{"platform-2001", "fjord-textiles", "it@fjord-textiles.example"} {
		assert.Contains(t, document, ">"+value+"</saml2:AttributeValue>")
	}
	w.refusedWith(w.visit(back, cookie), 409, "sign_on_used")
}

func TestTheAccountIsInAConfiguredClaim(t *testing.T) {
	t.Parallel()
	w := newOIDCWorld(t, func(cfg *onboard.Config, _ *functions.Runtime) { cfg.OIDCAccountClaim = "account" })
	w.provider.Claims = map[string]any{"account": "acct-9", "email_verified": false, "name": strings.Repeat("n", 65)}
	cookie, back := w.begin()
	document, _ := w.assertion(w.visit(back, cookie))
	assert.Contains(t, document, ">acct-9<")
	assert.NotContains(t, document, "it@fjord", "an address that nobody has verified")
	assert.NotContains(t, document, "nnnn", "a name that Huawei Cloud would not take")
	w.provider.Claims = nil
	cookie, back = w.begin()
	w.refusedWith(w.visit(back, cookie), 401, "oidc_refused")
}

func TestIDTokensThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newOIDCWorld(t)
	now := w.clock.Now().Unix()
	for name, claims := range map[string]map[string]any{
		"another iss":   {"iss": "https://attacker.example"},
		"another aud":   {"aud": "another-client"},
		"two auds":      {"aud": []string{harness.OpenIDClient, "another-client"}},
		"another nonce": {"nonce": "another"},
		"no nonce":      {"nonce": nil},
		"expired":       {"exp": now - 1},
		"not yet":       {"nbf": now + 3600},
		"no sub":        {"sub": nil},
		"sub a number":  {"sub": 1},
		"a long sub":    {"sub": strings.Repeat("a", 129)},
	} {
		w.provider.Claims = claims
		cookie, back := w.begin()
		before := w.log.String()
		w.refusedWith(w.visit(back, cookie), 401, "oidc_refused")
		assert.NotContains(t, strings.TrimPrefix(w.log.String(), before), back[len(back)-20:], name)
		w.refusedWith(w.visit(back, cookie), 409, "sign_on_used")
	}
	w.provider.Claims = nil
	for _, sign := range map[string]func(map[string]any) (string, error){
		"unsigned":    func(map[string]any) (string, error) { return part(`{"alg":"none"}`) + "." + part(`{}`) + ".", nil },
		"another key": func(c map[string]any) (string, error) { return mint(t, c), nil },
		"no token":    func(map[string]any) (string, error) { return "", nil },
	} {
		w.provider.Sign = sign
		cookie, back := w.begin()
		w.refusedWith(w.visit(back, cookie), 401, "oidc_refused")
	}
}

func TestAnswersOfAnOpenIDProviderThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newOIDCWorld(t)
	cookie, back := w.begin()
	u, err := url.Parse(back)
	require.NoError(t, err)
	state, code := u.Query().Get("state"), u.Query().Get("code")
	const path = "/onboard/saml/oidc"
	w.refusedWith(w.visit(back, ""), 401, "oidc_other_browser")
	w.refusedWith(w.visit(back, cookie+"x"), 401, "oidc_other_browser")
	other, _ := w.begin()
	before := w.store.count()
	w.refusedWith(w.visit(back, other), 401, "oidc_other_browser")
	w.refusedWith(w.visit(path, cookie), 400, "oidc_malformed")
	w.refusedWith(w.visit(path+"?state="+state, cookie), 400, "oidc_malformed")
	w.refusedWith(w.visit(path+"?state="+state+"&state="+state+"&code="+code, cookie), 400, "oidc_malformed")
	w.refusedWith(w.visit(back+"&error=x", cookie), 400, "oidc_malformed")
	w.refusedWith(w.visit(path+"?code="+code+"&state="+strings.Repeat("A", 27), cookie), 404, "sign_on_unknown")
	assert.Equal(t, before, w.store.count(), "something was recorded")
	w.refusedWith(w.visit(path+"?state="+state+"&error=access_denied", cookie), 401, "oidc_refused")
	w.refusedWith(w.visit(back, cookie), 409, "sign_on_used")

	cookie, back = w.begin()
	u, err = url.Parse(back)
	require.NoError(t, err)
	w.refusedWith(w.visit(path+"?state="+u.Query().Get("state")+"&code="+code+"x", cookie), 401, "oidc_refused")
	assert.NotContains(t, w.log.String(), code)
	assert.NotContains(t, w.log.String(), harness.OpenIDClientSecret)
}

func TestAnOpenIDProviderThatIsGone(t *testing.T) {
	t.Parallel()
	w := newOIDCWorld(t)
	w.provider.Close()
	w.refusedWith(w.visit("/onboard/saml/sso?"+w.authnRequest().signed(t, hangzhou(t)), ""), 503, "oidc_unavailable")
	w.clock.Advance(time.Second)
	assert.Zero(t, w.store.count())
}
