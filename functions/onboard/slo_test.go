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
)

func (w *ssoWorld) logout(m message) *http.Response {
	w.t.Helper()
	return w.visit("/onboard/saml/slo?"+m.signed(w.t, hangzhou(w.t)), "")
}

func (w *ssoWorld) logoutClaims() map[string]any {
	return with(w.claims(""), map[string]any{"aud": public + "/onboard/saml/slo", "request": nil})
}

func TestALogoutAtHuaweiCloudIsTold(t *testing.T) {
	t.Parallel()
	w := newSSOWorld(t)
	name := nameID.FindStringSubmatch(w.signOn(map[string]any{"user_id": "user-1"}))[1]
	m := w.logoutRequest(name)
	for range 2 { // told once, answered each time
		res := w.logout(m)
		require.Equal(t, http.StatusSeeOther, res.StatusCode, "%s", w.log.String())
		assert.True(t, strings.HasPrefix(res.Header.Get("Location"), logoutAnswer+"?SAMLResponse="))
	}
	events := w.platformEvents(t, "onboard.sso.logged-out")
	require.Len(t, events, 1)
	assert.JSONEq(t, `{"account_id":"acct-1","user_id":"user-1"}`, events[0])
	assert.NotContains(t, w.log.String(), name)

	assert.Equal(t, http.StatusSeeOther, w.logout(w.logoutRequest("_nobody")).StatusCode, "nobody's session has ended already")
	assert.Len(t, w.platformEvents(t, "onboard.sso.logged-out"), 1)
}

func (w *ssoWorld) platformEvents(t *testing.T, kind string) []string {
	t.Helper()
	var all []string
	for _, e := range w.events.InboxOf(kind) {
		all = append(all, string(e.Data))
	}
	return all
}

func TestThePlatformEndsASession(t *testing.T) {
	t.Parallel()
	w := newSSOWorld(t)
	w.refusedWith(w.submit("/onboard/saml/slo", url.Values{"ticket": {mint(t, w.logoutClaims())}}), 404, "session_unknown")
	w.signOn(nil)
	ticket := mint(t, w.logoutClaims())
	res := w.submit("/onboard/saml/slo", url.Values{"ticket": {ticket}})
	require.Equal(t, http.StatusSeeOther, res.StatusCode)
	assert.True(t, strings.HasPrefix(res.Header.Get("Location"), logoutService+"?SAMLRequest="))
	w.refusedWith(w.submit("/onboard/saml/slo", url.Values{"ticket": {ticket}}), 409, "ticket_used")
	for _, changes := range map[string]map[string]any{
		"for a sign-on":      {"aud": public + "/onboard/saml/sso"},
		"with a request":     {"request": strings.Repeat("A", 27)},
		"of somebody else's": {"iss": "https://attacker.example"},
	} {
		w.refusedWith(w.submit("/onboard/saml/slo", url.Values{"ticket": {mint(t, with(w.logoutClaims(), changes))}}), 401, "ticket_refused")
	}
	w.clock.Advance(24 * time.Hour)
	w.refusedWith(w.submit("/onboard/saml/slo", url.Values{"ticket": {mint(t, w.logoutClaims())}}), 404, "session_unknown")
}

// Whatever the query says, a logout ends at the configured page.
func TestALogoutLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	w := newSSOWorld(t)
	answer := w.logoutRequest("")
	answer.parameter, answer.kind, answer.attributes = "SAMLResponse", "LogoutResponse", `InResponseTo="_ours"`
	answer.content = `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>`
	answer.relayState = "https://attacker.example/"
	res := w.visit("/onboard/saml/slo?"+answer.signed(t, hangzhou(t))+"&next=https://attacker.example/", "")
	assert.Equal(t, http.StatusSeeOther, res.StatusCode)
	assert.Equal(t, logoutPage, res.Header.Get("Location"))
	w.refusedWith(w.visit("/onboard/saml/slo?"+answer.signed(t, guiyang(t)), ""), 401, "saml_signature_wrong")

	without := newSSOWorld(t, func(cfg *onboard.Config, _ *functions.Runtime) { cfg.SSOLogoutPage = "" })
	answer.at = without.clock.Now()
	res = without.visit("/onboard/saml/slo?"+answer.signed(t, hangzhou(t)), "")
	assert.Equal(t, http.StatusOK, res.StatusCode)
	assert.Contains(t, bodyOf(t, res), "Signed out")
}
