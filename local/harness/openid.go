package harness

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// The client that an OpenID provider knows; its secret is none.
const (
	OpenIDClient       = "harness-client"
	OpenIDClientSecret = "harness-client-secret-is-no-secret"
)

// OpenID is a small OpenID provider, in the place of the sales platform's own: whoever
// comes is signed in at once. Tests change what its id tokens say.
type OpenID struct {
	// URL is the issuer.
	URL string
	// Claims are those of the next id token, over the proper ones; nil removes one.
	Claims map[string]any
	// Sign signs the claims of an id token; nil is as a provider does.
	Sign func(claims map[string]any) (string, error)

	now    func() time.Time
	key    *ecdsa.PrivateKey
	server *httptest.Server
	mu     sync.Mutex
	codes  map[string]url.Values // the authorization requests by their codes
}

// NewOpenID starts an OpenID provider on the loopback interface. Close ends it.
func NewOpenID(now func() time.Time) (*OpenID, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	p := &OpenID{now: now, key: key, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.describe)
	mux.HandleFunc("GET /keys", p.showKeys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.exchange)
	p.server = httptest.NewServer(mux)
	p.URL = p.server.URL
	return p, nil
}

// Close ends the provider.
func (p *OpenID) Close() { p.server.Close() }

func (p *OpenID) describe(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, http.StatusOK, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"ES256"},
	})
}

func (p *OpenID) showKeys(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
}

// authorize signs the customer in at once and sends the browser back with a code.
func (p *OpenID) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != OpenIDClient || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" {
		http.Error(w, "no authorization request with PKCE of the client", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = q
	p.mu.Unlock()
	back := url.Values{"code": {code}, "state": {q.Get("state")}}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// exchange gives an id token for a code, once, to whoever began.
func (p *OpenID) exchange(w http.ResponseWriter, r *http.Request) {
	client, secret, _ := r.BasicAuth()
	p.mu.Lock()
	began, known := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	p.mu.Unlock()
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || client != OpenIDClient || secret != OpenIDClientSecret ||
		began.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(challenge[:]) || began.Get("redirect_uri") != r.PostFormValue("redirect_uri") {
		answerJSON(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	token, err := p.idToken(began.Get("nonce"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answerJSON(w, http.StatusOK, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 60, "id_token": token})
}

func (p *OpenID) idToken(nonce string) (string, error) {
	now := p.now()
	claims := map[string]any{
		"iss": p.URL, "aud": OpenIDClient, "sub": "platform-2001", "nonce": nonce,
		"iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		"name": "fjord-textiles", "email": "it@fjord-textiles.example", "email_verified": true,
	}
	maps.Copy(claims, p.Claims)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	if p.Sign != nil {
		return p.Sign(claims)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: p.key, KeyID: "1"}}, nil)
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(claims).Serialize()
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
