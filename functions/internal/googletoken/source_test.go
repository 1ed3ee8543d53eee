package googletoken_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/internal/googletoken"
	"github.com/bssfn/bssfn/internal/clock"
)

// serviceKey is made once: that takes a moment.
var serviceKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// google gives tokens: token 1, token 2 and so on, each for an hour.
type google struct {
	t      *testing.T
	clock  *clock.Simulated
	key    *rsa.PrivateKey
	server *httptest.Server
	given  int
	answer string // in the place of a token
	status int
}

func newGoogle(t *testing.T) *google {
	t.Helper()
	g := &google{t: t, clock: clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)), status: http.StatusOK}
	var err error
	g.key, err = serviceKey()
	require.NoError(t, err)
	g.server = httptest.NewServer(g)
	t.Cleanup(g.server.Close)
	return g
}

// ServeHTTP implements http.Handler.
func (g *google) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.answer != "" {
		w.WriteHeader(g.status)
		fmt.Fprint(w, g.answer)
		return
	}
	switch {
	case r.URL.Path == "/computeMetadata/v1/instance/service-accounts/default/token" && r.Header.Get("Metadata-Flavor") == "Google":
	case r.URL.Path == "/token" && g.signed(r):
	default:
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	g.given++
	fmt.Fprintf(w, `{"access_token":"token %d","expires_in":3600,"token_type":"Bearer"}`, g.given)
}

// signed checks an assertion with another library than the one that made it.
func (g *google) signed(r *http.Request) bool {
	if r.FormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		return false
	}
	token, err := jwt.ParseSigned(r.FormValue("assertion"), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil || token.Headers[0].KeyID != "key-1" {
		return false
	}
	var claims struct {
		jwt.Claims
		Scope string `json:"scope"`
	}
	if err := token.Claims(&g.key.PublicKey, &claims); err != nil {
		return false
	}
	now := g.clock.Now()
	return claims.Issuer == "exporter@project.iam.example" && claims.Scope == googletoken.CloudPlatform &&
		claims.Audience.Contains(g.server.URL+"/token") && claims.IssuedAt.Time().Equal(now) && claims.Expiry.Time().Equal(now.Add(time.Hour))
}

func (g *google) keyFile(change func(map[string]string)) string {
	g.t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(g.key)
	require.NoError(g.t, err)
	file := map[string]string{
		"type": "service_account", "client_email": "exporter@project.iam.example", "private_key_id": "key-1", "token_uri": g.server.URL + "/token",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	}
	change(file)
	content, err := json.Marshal(file)
	require.NoError(g.t, err)
	name := filepath.Join(g.t.TempDir(), "key.json")
	require.NoError(g.t, os.WriteFile(name, content, 0o600))
	return name
}

func (g *google) metadata() googletoken.Options {
	return googletoken.Options{MetadataHost: strings.TrimPrefix(g.server.URL, "http://"), Scope: googletoken.CloudPlatform, Now: g.clock.Now}
}

func TestATokenIsKeptForAsLongAsItIsGood(t *testing.T) {
	t.Parallel()
	for _, withKey := range []bool{false, true} {
		g := newGoogle(t)
		opts := g.metadata()
		if withKey {
			opts.KeyFile = g.keyFile(func(map[string]string) {})
		}
		source, err := googletoken.New(opts)
		require.NoError(t, err)
		for _, c := range []struct {
			after time.Duration
			want  string
		}{{0, "token 1"}, {57*time.Minute - time.Second, "token 1"}, {time.Second, "token 2"}} {
			g.clock.Advance(c.after)
			got, err := source.Token(t.Context())
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		}
	}
}

func TestWhatIsNoTokenIsRefused(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		status int
		answer string
	}{
		`HTTP 403 "access_denied"`:     {403, `{"error":"access_denied","error_description":"SECRET"}`},
		`"\x1b[2J\n"; check`:           {403, `{"error":"\u001b[2J\n"}`},
		"HTTP 302":                     {302, "SECRET"},
		"no bearer token":              {200, `{"access_token":"SECRET","expires_in":0,"token_type":"Bearer"}`},
		"the answer is no bearer":      {200, `{"access_token":"SECRET","expires_in":60,"token_type":"MAC"}`},
		"answer is no bearer token":    {200, `{"expires_in":60,"token_type":"Bearer"}`},
		"invalid character":            {200, `SECRET`},
		"unexpected end of JSON input": {200, strings.Repeat(" ", 100_000)},
	} {
		g := newGoogle(t)
		g.status, g.answer = c.status, c.answer
		source, err := googletoken.New(g.metadata())
		require.NoError(t, err)
		_, err = source.Token(t.Context())
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "SECRET")
	}
}

func TestKeysThatCannotBe(t *testing.T) {
	t.Parallel()
	g := newGoogle(t)
	for want, change := range map[string]func(map[string]string){
		"not the key of a service account": func(f map[string]string) { f["type"] = "authorized_user" },
		"no PEM":                           func(f map[string]string) { f["private_key"] = "SECRET" },
		"none of PKCS #8": func(f map[string]string) {
			f["private_key"] = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
		},
		"no https address": func(f map[string]string) { f["token_uri"] = "http://tokens.example/token" },
	} {
		opts := g.metadata()
		opts.KeyFile = g.keyFile(change)
		_, err := googletoken.New(opts)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "GOOGLE_APPLICATION_CREDENTIALS")
		assert.NotContains(t, err.Error(), "SECRET")
	}
	opts := g.metadata()
	opts.KeyFile = filepath.Join(t.TempDir(), "missing.json")
	_, err := googletoken.New(opts)
	require.ErrorIs(t, err, os.ErrNotExist)
}
