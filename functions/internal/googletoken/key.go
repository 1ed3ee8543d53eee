package googletoken

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// serviceKey is the key of a service account. It signs assertions, for which Google
// gives tokens.
// See https://developers.google.com/identity/protocols/oauth2/service-account.
type serviceKey struct {
	email, id string
	tokenURL  *url.URL
	private   *rsa.PrivateKey
}

// assertionLife is the longest that Google allows.
const assertionLife = time.Hour

func parseKey(content []byte) (*serviceKey, error) {
	var file struct {
		Type         string `json:"type"`
		PrivateKeyID string `json:"private_key_id"`
		PrivateKey   string `json:"private_key"`
		ClientEmail  string `json:"client_email"`
		TokenURI     string `json:"token_uri"`
	}
	if err := json.Unmarshal(content, &file); err != nil {
		return nil, errors.New("it is no JSON")
	}
	if file.Type != "service_account" || file.ClientEmail == "" {
		return nil, fmt.Errorf("it is of the type %.40q, not the key of a service account", file.Type)
	}
	block, _ := pem.Decode([]byte(file.PrivateKey))
	if block == nil {
		return nil, errors.New("its private_key is no PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("its private_key is none of PKCS #8")
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("its private_key is none of RSA")
	}
	tokenURL, err := url.Parse(file.TokenURI)
	if err != nil || tokenURL.Host == "" || tokenURL.Scheme != "https" && (tokenURL.Scheme != "http" || !loopback(tokenURL.Hostname())) {
		return nil, errors.New("its token_uri is no https address")
	}
	return &serviceKey{file.ClientEmail, file.PrivateKeyID, tokenURL, private}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (k *serviceKey) request(ctx context.Context, scope string, now time.Time) (*http.Request, error) {
	assertion, err := k.assertion(scope, now)
	if err != nil {
		return nil, err
	}
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {assertion}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, k.tokenURL.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("address the token's server: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req, nil
}

// assertion is a signed JSON Web Token that says who we are.
func (k *serviceKey) assertion(scope string, now time.Time) (string, error) {
	header, err := encode(map[string]string{"alg": "RS256", "typ": "JWT", "kid": k.id})
	if err != nil {
		return "", err
	}
	claims, err := encode(map[string]any{
		"iss": k.email, "scope": scope, "aud": k.tokenURL.String(), "iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(header + "." + claims))
	signature, err := rsa.SignPKCS1v15(nil, k.private, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign for a token: %w", err)
	}
	return header + "." + claims + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

func encode(v any) (string, error) {
	content, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("sign for a token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(content), nil
}
