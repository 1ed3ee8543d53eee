// Package sign implements SDK-HMAC-SHA256, the request signature of Huawei
// Cloud's API gateway, for both sides: Sign for a client, Verify for a server.
//
// The signature covers the method, the path, the query, the signed headers and
// a hash of the body; the secret key itself is the HMAC key.
//
// See https://support.huaweicloud.com/devg-apisign/api-sign-algorithm-001.html.
package sign

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// Algorithm is the name of the signature scheme in the Authorization header.
	Algorithm = "SDK-HMAC-SHA256"
	// DateHeader carries the instant of signing, in UTC, as 20060102T150405Z.
	DateHeader = "X-Sdk-Date"
	// ContentHeader is optional; where it is present, it stands for the hash of the body.
	ContentHeader = "X-Sdk-Content-Sha256"
	// TokenHeader accompanies temporary keys.
	TokenHeader = "X-Security-Token"
	// MaxSkew is the largest difference between the instant of signing and the
	// instant of receipt that the gateway accepts.
	MaxSkew = 15 * time.Minute

	dateLayout = "20060102T150405Z"
)

// Keys is an access key and its secret. SecurityToken is set for temporary keys
// only.
type Keys struct {
	AccessKey     string
	SecretKey     string
	SecurityToken string
}

// String names the access key and hides the secret.
func (k Keys) String() string { return "AK " + k.AccessKey }

// GoString hides the secret, like String.
func (k Keys) GoString() string { return k.String() }

// MarshalText hides the secret in JSON and in logs.
func (k Keys) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Sign adds X-Sdk-Date, X-Security-Token for temporary keys, and Authorization
// to the request. The body must be the bytes that will be sent. The host is
// signed, and every header that the request has by then except Content-Type and
// names with an underscore.
func Sign(r *http.Request, body []byte, keys Keys, now time.Time) error {
	if err := keys.check(); err != nil {
		return err
	}
	r.Header.Del("Authorization")
	r.Header.Set(DateHeader, now.UTC().Format(dateLayout))
	if keys.SecurityToken != "" {
		r.Header.Set(TokenHeader, keys.SecurityToken)
	}
	names := signedHeaders(r)
	signature := signature(r, body, names, keys.SecretKey)
	r.Header.Set("Authorization", fmt.Sprintf("%s Access=%s, SignedHeaders=%s, Signature=%s",
		Algorithm, keys.AccessKey, strings.Join(names, ";"), signature))
	return nil
}

func (k Keys) check() error {
	if k.AccessKey == "" || k.SecretKey == "" {
		return errors.New("sign: the access key or the secret key is empty")
	}
	if strings.TrimSpace(k.AccessKey) != k.AccessKey || strings.TrimSpace(k.SecretKey) != k.SecretKey {
		return errors.New("sign: the access key or the secret key begins or ends with white space")
	}
	return nil
}

// Content-Type is left out because proxies rewrite it, names with an underscore
// because gateways drop them; the vendor's own clients do the same.
func signedHeaders(r *http.Request) []string {
	names := []string{"host"}
	for name := range r.Header {
		name = strings.ToLower(name)
		if name == "content-type" || strings.Contains(name, "_") {
			continue
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func signature(r *http.Request, body []byte, names []string, secret string) string {
	digest := sha256.Sum256([]byte(canonicalRequest(r, body, names)))
	text := Algorithm + "\n" + r.Header.Get(DateHeader) + "\n" + hex.EncodeToString(digest[:])
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

func canonicalRequest(r *http.Request, body []byte, names []string) string {
	return strings.Join([]string{
		r.Method,
		canonicalPath(r.URL),
		canonicalQuery(r.URL.RawQuery),
		canonicalHeaders(r, names),
		strings.Join(names, ";"),
		bodyHash(r, body),
	}, "\n")
}

func bodyHash(r *http.Request, body []byte) string {
	if given := r.Header.Get(ContentHeader); given != "" {
		return given
	}
	return hexSHA256(body)
}

func hexSHA256(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// The signed path ends with a slash whether or not the sent one does.
func canonicalPath(u *url.URL) string {
	segments := strings.Split(u.Path, "/")
	for i, s := range segments {
		segments[i] = escape(s)
	}
	path := strings.Join(segments, "/")
	if !strings.HasSuffix(path, "/") {
		path += "/"
	}
	return path
}

func canonicalQuery(raw string) string {
	type pair struct{ name, value string }
	var pairs []pair
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, pair{unescape(name), unescape(value)})
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.value, b.value))
	})
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = escape(p.name) + "=" + escape(p.value)
	}
	return strings.Join(parts, "&")
}

func canonicalHeaders(r *http.Request, names []string) string {
	var b strings.Builder
	for _, name := range names {
		values := slices.Clone(r.Header.Values(name))
		if name == "host" {
			values = []string{cmp.Or(r.Host, r.URL.Host)}
		}
		// Trimmed before they are sorted: they arrive trimmed.
		for i, v := range values {
			values[i] = strings.TrimSpace(v)
		}
		slices.Sort(values)
		for _, v := range values {
			b.WriteString(name + ":" + v + "\n")
		}
	}
	return b.String()
}

// An undecodable escape is kept as it is: the other side reads the same bytes.
func unescape(s string) string {
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return s
}

// RFC 3986: everything but the unreserved characters, in upper-case hexadecimal.
func escape(s string) string {
	const hexDigits = "0123456789ABCDEF"
	if allUnreserved(s) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if unreserved(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
	return b.String()
}

func allUnreserved(s string) bool {
	for i := range len(s) {
		if !unreserved(s[i]) {
			return false
		}
	}
	return true
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '_' || c == '.' || c == '~'
}
