package onboard_test

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

const (
	public       = "https://functions.example"
	signOnPage   = "https://platform.example/huawei-cloud/sign-on"
	logoutPage   = "https://platform.example/signed-out"
	ticketIssuer = "https://platform.example"

	assertionConsumer = "https://auth.huaweicloud.com/authui/saml/SAMLAssertionConsumer"
	logoutService     = "https://auth.huaweicloud.com/authui/saml/LogoutServiceHTTPRedirect"
	logoutAnswer      = "https://auth.huaweicloud.com/authui/saml/LogoutServiceHTTPRedirectResponse"
	oldRelayState     = "relay state & more"
)

// platformKey signs the platform's tickets.
var platformKey = ed25519.NewKeyFromSeed([]byte(strings.Repeat("p", ed25519.SeedSize)))

// ssoWorld is a function with single sign-on, of which hangzhou is Huawei Cloud's key.
type ssoWorld struct {
	*world
	log   *lockedBuffer
	store *writeCounter
	// events is the platform that is told what happens.
	events *harness.Platform
	ids    int
}

// lockedBuffer takes the log of a function.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// spMetadata is Huawei Cloud's metadata with these certificates.
func spMetadata(certificates ...string) string {
	services := `<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="` + logoutService + `" ResponseLocation="` + logoutAnswer + `"/>` +
		`<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="` + assertionConsumer + `" index="0" isDefault="true"/>`
	return strings.Replace(metadataOf(certificates...), "</md:SPSSODescriptor>", services+"</md:SPSSODescriptor>", 1)
}

func newSSOWorld(t *testing.T, change ...func(*onboard.Config, *functions.Runtime)) *ssoWorld {
	t.Helper()
	file := filepath.Join(t.TempDir(), "metadata.xml")
	require.NoError(t, os.WriteFile(file, []byte(spMetadata(hangzhou(t).certificate)), 0o600))
	w := &ssoWorld{world: newWorld(t), log: &lockedBuffer{}, store: &writeCounter{Store: memory.New()}}
	w.events = w.Platform
	w.serve(func(cfg *onboard.Config, rt *functions.Runtime) {
		cfg.SPMetadata = file
		cfg.SSOConfig = harness.SSOConfig(public, "https://platform.example")
		cfg.TicketKeys = []handler.Secret{handler.NewSecret("ed25519:" + base64.StdEncoding.EncodeToString(platformKey.Public().(ed25519.PublicKey)))}
		cfg.TicketIssuer = ticketIssuer
		cfg.EventsConfig = functions.EventsConfig{EventsURL: w.PlatformURL + "/events", EventsSecret: handler.NewSecret(harnessEventsSecret)}
		rt.Store = w.store
		rt.Logger = slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		for _, c := range change {
			c(cfg, rt)
		}
	})
	return w
}

const harnessEventsSecret = "whsec_aGFybmVzcy1ldmVudHMtc2VjcmV0LW5vdC1zZWNyZXQ="

// inside is the same world in a test inside the test.
func (w *ssoWorld) inside(t *testing.T) *ssoWorld {
	t.Helper()
	in := *w
	in.world = w.on(t)
	return &in
}

// message is a message of Huawei Cloud before it is signed.
type message struct {
	parameter, kind, destination, id, attributes, content, relayState string
	at                                                                time.Time
}

func (w *ssoWorld) nextID() string {
	w.ids++
	return fmt.Sprintf("_request-%d", w.ids)
}

func (w *ssoWorld) authnRequest() message {
	return message{"SAMLRequest", "AuthnRequest", public + "/onboard/saml/sso", w.nextID(), "", "", oldRelayState, w.clock.Now()}
}

func (w *ssoWorld) logoutRequest(nameID string) message {
	content := `<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">` + nameID + `</saml:NameID>`
	return message{"SAMLRequest", "LogoutRequest", public + "/onboard/saml/slo", w.nextID(), "", content, "", w.clock.Now()}
}

// signed is the query of a message that a key signed.
func (m message) signed(t *testing.T, by signer) string {
	t.Helper()
	document := fmt.Sprintf(`<samlp:%s xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" `+
		`ID="%s" Version="2.0" IssueInstant="%s" Destination="%s" %s><saml:Issuer>https://auth.huaweicloud.com/</saml:Issuer>%s</samlp:%s>`,
		m.kind, m.id, m.at.UTC().Format(time.RFC3339), m.destination, m.attributes, m.content, m.kind)
	var deflated bytes.Buffer
	w, err := flate.NewWriter(&deflated, flate.DefaultCompression)
	require.NoError(t, err)
	_, err = io.WriteString(w, document)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	query := m.parameter + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(deflated.Bytes()))
	if m.relayState != "" {
		query += "&RelayState=" + url.QueryEscape(m.relayState)
	}
	query += "&SigAlg=" + url.QueryEscape(rsaSHA256)
	return query + "&Signature=" + url.QueryEscape(by.sign(t, query))
}

// visit is a browser that goes to an address of the function; cookies are a header.
func (w *ssoWorld) visit(path, cookies string) *http.Response {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.FunctionsURL+path, nil)
	require.NoError(w.t, err)
	if cookies != "" {
		req.Header.Set("Cookie", cookies)
	}
	return w.browse(req)
}

// submit is a browser that posts a form.
func (w *ssoWorld) submit(path string, form url.Values) *http.Response {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.FunctionsURL+path, strings.NewReader(form.Encode()))
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.browse(req)
}

// browse makes one request and follows nothing.
func (w *ssoWorld) browse(req *http.Request) *http.Response {
	w.t.Helper()
	browser := &http.Client{Transport: wire, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.Do(req)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func bodyOf(t *testing.T, res *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(body)
}

// refusedWith wants a problem with that code and status.
func (w *ssoWorld) refusedWith(res *http.Response, status int, code string) {
	w.t.Helper()
	body := bodyOf(w.t, res)
	p := problemIn(w.t, []byte(body))
	assert.Equal(w.t, code, p.Code, "%s", body)
	assert.Equal(w.t, status, res.StatusCode)
	assert.NotEmpty(w.t, p.Detail)
	assert.NotEmpty(w.t, p.Next)
}

// handle begins a sign-on and returns the handle that the platform's page is given.
func (w *ssoWorld) handle(m message) string {
	w.t.Helper()
	res := w.visit("/onboard/saml/sso?"+m.signed(w.t, hangzhou(w.t)), "")
	require.Equal(w.t, http.StatusSeeOther, res.StatusCode, "%s", w.log.String())
	page, request, found := strings.Cut(res.Header.Get("Location"), "?request=")
	require.True(w.t, found, res.Header.Get("Location"))
	require.Equal(w.t, signOnPage, page)
	require.Regexp(w.t, `^[A-Za-z0-9_-]{27}$`, request)
	return request
}

// claims are those of a good ticket for a handle.
func (w *ssoWorld) claims(request string) map[string]any {
	now := w.clock.Now().Unix()
	return map[string]any{
		"iss": ticketIssuer, "aud": public + "/onboard/saml/sso", "sub": "acct-1", "jti": w.nextID() + "-ticket",
		"iat": now, "exp": now + 120, "request": request,
	}
}

// with are claims with some changed; nil removes one.
func with(claims, changes map[string]any) map[string]any {
	out := maps.Clone(claims)
	maps.Copy(out, changes)
	maps.DeleteFunc(out, func(_ string, v any) bool { return v == nil })
	return out
}

// mint signs claims as the platform does.
func mint(t *testing.T, claims any) string {
	t.Helper()
	return mintWith(t, jose.SigningKey{Algorithm: jose.EdDSA, Key: platformKey}, (&jose.SignerOptions{}).WithType("JWT"), claims)
}

func mintWith(t *testing.T, key jose.SigningKey, options *jose.SignerOptions, claims any) string {
	t.Helper()
	s, err := jose.NewSigner(key, options)
	require.NoError(t, err)
	token, err := jwt.Signed(s).Claims(claims).Serialize()
	require.NoError(t, err)
	return token
}

func ticketForm(ticket, request string) url.Values {
	return url.Values{"ticket": {ticket}, "request": {request}}
}

var hidden = regexp.MustCompile(`name="([A-Za-z]+)" value="([^"]*)"`)

// assertion reads the page that takes an assertion to Huawei Cloud.
func (w *ssoWorld) assertion(res *http.Response) (document, relayState string) {
	w.t.Helper()
	body := bodyOf(w.t, res)
	require.Equal(w.t, http.StatusOK, res.StatusCode, "%s", body)
	require.Contains(w.t, body, `action="`+assertionConsumer+`"`)
	fields := map[string]string{}
	for _, match := range hidden.FindAllStringSubmatch(body, -1) {
		fields[match[1]] = unescape(match[2])
	}
	data, err := base64.StdEncoding.DecodeString(fields["SAMLResponse"])
	require.NoError(w.t, err)
	return string(data), fields["RelayState"]
}

func unescape(text string) string {
	return strings.NewReplacer("&amp;", "&", "&#43;", "+", "&#34;", `"`, "&lt;", "<").Replace(text)
}

var nameID = regexp.MustCompile(`<saml2:NameID[^>]*>([^<]+)<`)

// signOn signs a customer on and returns the assertion's document.
func (w *ssoWorld) signOn(changes map[string]any) string {
	w.t.Helper()
	request := w.handle(w.authnRequest())
	document, relayState := w.assertion(w.submit("/onboard/saml/sso", ticketForm(mint(w.t, with(w.claims(request), changes)), request)))
	require.Equal(w.t, oldRelayState, relayState)
	return document
}

// writeCounter counts what is written.
type writeCounter struct {
	ledger.Store
	writes atomic.Int64
}

func (s *writeCounter) Insert(ctx context.Context, row ledger.Row) error {
	s.writes.Add(1)
	return s.Store.Insert(ctx, row)
}

func (s *writeCounter) Update(ctx context.Context, row ledger.Row) error {
	s.writes.Add(1)
	return s.Store.Update(ctx, row)
}

func (s *writeCounter) count() int64 { return s.writes.Load() }
