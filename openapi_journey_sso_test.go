package bssfn_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// toFunctions lets a contract see what goes to the functions, and nothing else.
type toFunctions struct{ contract, others http.RoundTripper }

func (f toFunctions) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.Path, "/onboard/") {
		return f.others.RoundTrip(r)
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	return f.contract.RoundTrip(r)
}

// person is a browser whose requests to functions are held against the document.
func (j *journey) person() *harness.Person {
	return harness.NewPerson(toFunctions{j.contract, &http.Transport{}})
}

// signOn lets a customer of the platform's web site into Huawei Cloud and out again.
func (j *journey) signOn() {
	p := j.person()
	require.Equal(j.t, http.StatusOK, j.send(http.MethodGet, "/onboard/saml/metadata", "", ""))
	require.Equal(j.t, http.StatusBadRequest, j.send(http.MethodGet, "/onboard/saml/metadata?%zz", "", ""))
	for _, path := range []string{"/onboard/saml/sso", "/onboard/saml/slo"} {
		require.Equal(j.t, http.StatusBadRequest, j.send(http.MethodGet, path, "", ""))
		require.Equal(j.t, http.StatusUnsupportedMediaType, j.send(http.MethodPost, path, "text/plain", "ticket=x"))
	}
	require.Equal(j.t, http.StatusConflict, j.send(http.MethodGet, "/onboard/saml/oidc?state=x&code=y", "", ""))

	require.NoError(j.t, p.SignIn(j.t.Context(), j.PlatformURL, "platform-2002"))
	page, err := p.Enter(j.t.Context(), j.loginURL("platform-2002"))
	require.NoError(j.t, err)
	require.Equal(j.t, "/authui/saml/first-login", page.URL.Path, "the assertion is accepted")

	ticket, err := j.Platform.Ticket("platform-2002", "/onboard/saml/slo", "")
	require.NoError(j.t, err)
	page, err = p.Post(j.t.Context(), j.FunctionsURL+"/onboard/saml/slo", url.Values{"ticket": {ticket}})
	require.NoError(j.t, err)
	require.Equal(j.t, j.PlatformURL+"/signed-out", page.URL.String())
}

func (j *journey) loginURL(accountID string) string {
	j.t.Helper()
	return j.post("/onboard/login-urls", fields{"account_id": accountID, "service": j.SimURL + "/console"})["url"].(string)
}

// signOnByOpenID signs a customer on whom an OpenID provider knows.
func (j *journey) signOnByOpenID() {
	provider, err := harness.NewOpenID(j.clock.Now)
	require.NoError(j.t, err)
	j.t.Cleanup(provider.Close)
	server := httptest.NewUnstartedServer(nil)
	address := "http://" + server.Listener.Addr().String()
	sso := harness.SSOConfig(address, "")
	sso.SSOLoginPage, sso.SSOLogoutPage, sso.TicketKeys = "", "", nil
	sso.OIDCIssuer, sso.OIDCClientID, sso.OIDCClientSecret = provider.URL, harness.OpenIDClient, handler.NewSecret(harness.OpenIDClientSecret)
	edge, err := onboard.New(onboard.Config{
		Config: functions.Config{
			Site: "cn", AccessKey: "key", SecretKey: handler.NewSecret("secret"), XAccountType: harness.XAccountType,
			CallerSecrets: []handler.Secret{handler.NewSecret(harness.CallerSecret)},
		},
		SSOConfig: sso, SPMetadata: j.SimURL + "/authui/saml/metadata.xml",
	}, functions.Runtime{Clock: j.clock, Store: memory.New(), Logger: slog.New(slog.DiscardHandler)})
	require.NoError(j.t, err)
	server.Config.Handler = edge
	server.Start()
	j.t.Cleanup(server.Close)

	require.NoError(j.t, j.Sim.SetAccess(huawei.Access{IDPMetadataURL: address + "/onboard/saml/metadata"}))
	p := j.person()
	page, err := p.Visit(j.t.Context(), j.loginURL("platform-2003"))
	require.NoError(j.t, err)
	page, err = p.Send(j.t.Context(), page, "", nil) // the assertion
	require.NoError(j.t, err)
	require.Equal(j.t, "/authui/saml/first-login", page.URL.Path, "the assertion is accepted")
}
