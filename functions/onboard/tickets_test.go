package onboard_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/internal/quick"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/pkg/handler"
)

func ssoConfiguration() onboard.Config {
	return onboard.Config{
		Config: functions.Config{
			Site: "cn", AccessKey: "AK", SecretKey: handler.NewSecret("SK"),
			CallerSecrets: []handler.Secret{handler.NewSecret(harness.CallerSecret)},
		},
		SSOConfig: harness.SSOConfig(public, "https://platform.example"),
	}
}

func part(v string) string { return base64.RawURLEncoding.EncodeToString([]byte(v)) }

// raw is a token of a header and claims as they are written, signed by the platform's
// key whatever the header says.
func raw(header, claims string) string {
	text := part(header) + "." + part(claims)
	return text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(platformKey, []byte(text)))
}

func hmacToken(header, claims string, key []byte) string {
	text := part(header) + "." + part(claims)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// ticketAttacks are tokens that no platform issues, by what they try.
func ticketAttacks(t *testing.T, w *ssoWorld, request string) map[string]string {
	t.Helper()
	good := w.claims(request)
	encoded, err := json.Marshal(good)
	require.NoError(t, err)
	claims := string(encoded)
	const header = `{"alg":"EdDSA","typ":"JWT"}`
	publicKey := platformKey.Public().(ed25519.PublicKey)
	_, strangers, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	token := mint(t, good)
	parts := strings.Split(token, ".")
	changed := func(changes map[string]any) string { return mint(t, with(good, changes)) }
	now := w.clock.Now().Unix()
	all := map[string]string{
		"alg none":                    part(`{"alg":"none"}`) + "." + part(claims) + ".",
		"alg none with a signature":   raw(`{"alg":"none"}`, claims),
		"alg None":                    raw(`{"alg":"None"}`, claims),
		"alg of another spelling":     raw(`{"alg":"eddsa"}`, claims),
		"no alg":                      raw(`{}`, claims),
		"HMAC with the public key":    hmacToken(`{"alg":"HS256"}`, claims, publicKey),
		"HMAC with the key as Base64": hmacToken(`{"alg":"HS256"}`, claims, []byte(base64.StdEncoding.EncodeToString(publicKey))),
		"HMAC with nothing":           hmacToken(`{"alg":"HS256"}`, claims, nil),
		"RS256":                       mintWith(t, jose.SigningKey{Algorithm: jose.RS256, Key: guiyang(t).key}, nil, good),
		"ES256":                       mintWith(t, jose.SigningKey{Algorithm: jose.ES256, Key: curve}, nil, good),
		"another key":                 mintWith(t, jose.SigningKey{Algorithm: jose.EdDSA, Key: strangers}, nil, good),
		"another key under a kid":     mintWith(t, jose.SigningKey{Algorithm: jose.EdDSA, Key: strangers}, (&jose.SignerOptions{}).WithHeader("kid", "../../dev/null"), good),
		"a key of its own":            mintWith(t, jose.SigningKey{Algorithm: jose.EdDSA, Key: strangers}, &jose.SignerOptions{EmbedJWK: true}, good),
		"an empty signature":          parts[0] + "." + parts[1] + ".",
		"a signature of zeros":        parts[0] + "." + parts[1] + "." + strings.Repeat("A", 86),
		"a cut signature":             token[:len(token)-8],
		"other claims":                parts[0] + "." + part(strings.Replace(claims, "acct-1", "acct-2", 1)) + "." + parts[2],
		"two parts":                   parts[0] + "." + parts[1],
		"four parts":                  token + "." + parts[2],
		"five parts, encrypted":       token + "." + parts[1] + "." + parts[2],
		"JSON serialization":          `{"protected":"` + parts[0] + `","payload":"` + parts[1] + `","signature":"` + parts[2] + `"}`,
		"two signatures":              `{"payload":"` + parts[1] + `","signatures":[{"protected":"` + parts[0] + `","signature":"` + parts[2] + `"},{"protected":"` + parts[0] + `","signature":"AAAA"}]}`,
		"white space within":          parts[0] + ".\n" + parts[1] + "." + parts[2],
		"padding":                     parts[0] + "=." + parts[1] + "." + parts[2],
		"jku":                         raw(`{"alg":"EdDSA","jku":"https://attacker.example/keys"}`, claims),
		"x5u":                         raw(`{"alg":"EdDSA","x5u":"https://attacker.example/x"}`, claims),
		"jwk":                         raw(`{"alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519","x":"AAAA"}}`, claims),
		"x5c":                         raw(`{"alg":"EdDSA","x5c":["AAAA"]}`, claims),
		"crit":                        raw(`{"alg":"EdDSA","crit":["exp"],"exp":1}`, claims),
		"b64":                         raw(`{"alg":"EdDSA","crit":["b64"],"b64":false}`, claims),
		"zip":                         raw(`{"alg":"EdDSA","zip":"DEF"}`, claims),
		"nested":                      raw(`{"alg":"EdDSA","cty":"JWT"}`, token),
		"another type":                raw(`{"alg":"EdDSA","typ":"at+jwt"}`, claims),
		"alg twice":                   raw(`{"alg":"none","alg":"EdDSA"}`, claims),
		"a header that is no object":  raw(`["EdDSA"]`, claims),
		"another iss":                 changed(map[string]any{"iss": "https://attacker.example"}),
		"no iss":                      changed(map[string]any{"iss": nil}),
		"another aud":                 changed(map[string]any{"aud": public + "/onboard/saml/slo"}),
		"two auds":                    changed(map[string]any{"aud": []string{public + "/onboard/saml/sso", "https://elsewhere.example"}}),
		"aud that is a number":        changed(map[string]any{"aud": 1}),
		"no aud":                      changed(map[string]any{"aud": nil}),
		"another request":             changed(map[string]any{"request": strings.Repeat("C", 27)}),
		"no request":                  changed(map[string]any{"request": nil}),
		"no sub":                      changed(map[string]any{"sub": nil}),
		"an empty sub":                changed(map[string]any{"sub": ""}),
		"sub that is a number":        changed(map[string]any{"sub": 1}),
		"sub that is an array":        changed(map[string]any{"sub": []string{"acct-1"}}),
		"sub with a line break":       changed(map[string]any{"sub": "acct-1\n"}),
		"a long sub":                  changed(map[string]any{"sub": strings.Repeat("a", 129)}),
		"no jti":                      changed(map[string]any{"jti": nil}),
		"a short jti":                 changed(map[string]any{"jti": "1"}),
		"from the future":             changed(map[string]any{"iat": now + 31, "exp": now + 60}),
		"not yet":                     changed(map[string]any{"nbf": now + 31}),
		"valid for long":              changed(map[string]any{"exp": now + 301}),
		"ends before it begins":       changed(map[string]any{"exp": now - 1}),
		"no exp":                      changed(map[string]any{"exp": nil}),
		"no iat":                      changed(map[string]any{"iat": nil}),
		"exp as text":                 changed(map[string]any{"exp": "9999999999"}),
		"a huge exp":                  raw(header, strings.Replace(claims, `"exp":`, `"exp":1e400,"x":`, 1)),
		"times that overflow":         changed(map[string]any{"iat": -1 << 62, "exp": 1 << 62}),
		"an unknown claim":            changed(map[string]any{"admin": true}),
		"sub twice":                   raw(header, strings.Replace(claims, "{", `{"sub":"acct-2",`, 1)),
		"sub twice, in another case":  raw(header, strings.Replace(claims, "{", `{"SUB":"acct-2",`, 1)),
		"claims that are no object":   raw(header, `[]`),
		"claims that are null":        raw(header, `null`),
		"two objects":                 raw(header, claims+claims),
		"claims that are not UTF-8":   raw(header, strings.Replace(claims, "acct-1", "acct-\xff", 1)),
		"huge":                        raw(header, strings.Replace(claims, "{", `{"name":"`+strings.Repeat("x", 5000)+`",`, 1)),
		"deep":                        raw(header, strings.Repeat("[", 2000)),
	}
	return all
}

//nolint:paralleltest // its cases share a world, and what they record is counted
func TestTicketsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newSSOWorld(t)
	request := w.handle(w.authnRequest())
	before := w.store.count()
	for name, token := range ticketAttacks(t, w, request) {
		t.Run(name, func(t *testing.T) {
			in := w.inside(t)
			took := quick.Least(func() {
				in.refusedWith(in.submit("/onboard/saml/sso", ticketForm(token, request)), 401, "ticket_refused")
			})
			assert.Less(t, took, quick.Limit)
			for _, secret := range strings.Split(token, ".") {
				if len(secret) > 40 {
					assert.NotContains(t, w.log.String(), secret[:40], "the log has a part of the ticket")
				}
			}
		})
	}
	assert.Equal(t, before, w.store.count(), "something was recorded")

	good := w.claims(request)
	expired := mint(t, with(good, map[string]any{"iat": good["iat"].(int64) - 200, "exp": good["iat"].(int64) - 30}))
	w.refusedWith(w.submit("/onboard/saml/sso", ticketForm(expired, request)), 401, "ticket_expired")
	for claim, value := range map[string]string{"email": "no address", "mobile": "1", "name": strings.Repeat("n", 65), "user_id": "\u0000", "partner_id": strings.Repeat("p", 129)} {
		w.refusedWith(w.submit("/onboard/saml/sso", ticketForm(mint(t, with(good, map[string]any{claim: value})), request)), 422, "saml_subject_refused")
	}
	assert.Equal(t, before, w.store.count(), "something was recorded")
	// What was refused has used nothing up.
	w.assertion(w.submit("/onboard/saml/sso", ticketForm(mint(t, good), request)))
}

//nolint:paralleltest // its cases share a world, and what they record is counted
func TestTicketsThatAreTaken(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("k", 32)
	w := newSSOWorld(t, func(cfg *onboard.Config, _ *functions.Runtime) {
		cfg.TicketKeys = append(cfg.TicketKeys, handler.NewSecret("hs256:"+base64.StdEncoding.EncodeToString([]byte(secret))))
	})
	for name, sign := range map[string]func(map[string]any) string{
		"EdDSA": func(c map[string]any) string { return mint(t, c) },
		"HS256": func(c map[string]any) string {
			return mintWith(t, jose.SigningKey{Algorithm: jose.HS256, Key: []byte(secret)}, nil, c)
		},
		"a kid": func(c map[string]any) string {
			return mintWith(t, jose.SigningKey{Algorithm: jose.EdDSA, Key: platformKey}, (&jose.SignerOptions{}).WithHeader("kid", "1"), c)
		},
		"aud as array": func(c map[string]any) string { return mint(t, with(c, map[string]any{"aud": []any{c["aud"]}})) },
		"clocks ahead": func(c map[string]any) string {
			return mint(t, with(c, map[string]any{"iat": c["iat"].(int64) + 30, "exp": c["iat"].(int64) + 60}))
		},
		"clocks behind": func(c map[string]any) string {
			return mint(t, with(c, map[string]any{"iat": c["iat"].(int64) - 100, "exp": c["iat"].(int64) - 29}))
		},
		"five minutes":    func(c map[string]any) string { return mint(t, with(c, map[string]any{"exp": c["iat"].(int64) + 300})) },
		"nbf in the past": func(c map[string]any) string { return mint(t, with(c, map[string]any{"nbf": c["iat"].(int64) - 5})) },
	} {
		t.Run(name, func(t *testing.T) {
			in := w.inside(t)
			in.ids = w.ids + 1000
			w.ids += 10
			request := in.handle(in.authnRequest())
			document, _ := in.assertion(in.submit("/onboard/saml/sso", ticketForm(sign(in.claims(request)), request)))
			assert.Contains(t, document, ">acct-1<")
		})
	}
}

// No ticket but a signed one is read, whatever it looks like.
func FuzzTicket(f *testing.F) {
	now := time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)
	const good = `{"iss":"https://platform.example","aud":"a","sub":"acct-1","jti":"12345678","iat":1773104400,"exp":1773104460,"request":"r"}`
	f.Add(raw(`{"alg":"EdDSA"}`, good), "r")
	f.Add(raw(`{"alg":"none"}`, good), "r")
	f.Add("..", "")
	f.Add(`{"payload":"","signatures":[]}`, "")
	read := onboard.TicketReader(platformKey.Public().(ed25519.PublicKey), ticketIssuer, now)
	f.Fuzz(func(t *testing.T, token, request string) {
		account, err := read(token, "a", request)
		if err != nil {
			assert.Empty(t, account)
			return
		}
		text, signature, found := cutLast(token, ".")
		require.True(t, found)
		data, err := base64.RawURLEncoding.DecodeString(signature)
		require.NoError(t, err)
		assert.True(t, ed25519.Verify(platformKey.Public().(ed25519.PublicKey), []byte(text), data))
		assert.NotEmpty(t, account)
		assert.LessOrEqual(t, len(account), 128)
	})
}

func cutLast(text, by string) (before, after string, found bool) {
	i := strings.LastIndex(text, by)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(by):], true
}

func FuzzSSOForm(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", []byte("ticket=a&request=b"))
	f.Add("application/x-www-form-urlencoded;charset=utf-8", []byte("ticket=a&ticket=b&request=%3D"))
	f.Add("text/plain", []byte("ticket=a"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		fields, err := onboard.SSOFields(requestOf(contentType, body))
		if err != nil {
			assert.Empty(t, fields)
			return
		}
		assert.Len(t, fields, 2)
		assert.LessOrEqual(t, len(body), 8<<10)
		assert.Contains(t, strings.ToLower(contentType), "application/x-www-form-urlencoded")
	})
}
