// Package sign implements SDK-HMAC-SHA256, the request signature of Huawei
// Cloud's API gateway, for both sides: Sign for a client, Verify for a server.
//
// The signature covers the method, the path, the query, the signed headers and
// a hash of the body; the secret key itself is the HMAC key.
//
// See https://support.huaweicloud.com/devg-apisign/api-sign-algorithm-001.html.
package sign

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
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
	text := make([]byte, 0, 256)
	text = append(text, Algorithm+" Access="...)
	text = append(text, keys.AccessKey...)
	text = append(text, ", SignedHeaders="...)
	text = appendNames(text, names)
	text = append(text, ", Signature="...)
	text = hex.AppendEncode(text, signature(r, body, names, keys.SecretKey))
	r.Header.Set("Authorization", string(text))
	return nil
}

func (k Keys) check() error {
	if k.AccessKey == "" || k.SecretKey == "" {
		return errors.New("sign: the access key or the secret key is empty")
	}
	if strings.TrimSpace(k.AccessKey) != k.AccessKey || strings.TrimSpace(k.SecretKey) != k.SecretKey {
		return errors.New("sign: the access key or the secret key begins or ends with white space")
	}
	if strings.ContainsFunc(k.AccessKey+k.SecurityToken, unicode.IsControl) {
		return errors.New("sign: the access key or the security token has a control character, which no header may have")
	}
	return nil
}

// signedHeaders are the names that a signature covers, in the order of their lower-case
// forms. Content-Type is left out because proxies rewrite it, names with an underscore
// because gateways drop them; the vendor's own clients do the same.
func signedHeaders(r *http.Request) []string {
	names := make([]string, 0, len(r.Header)+1)
	names = append(names, "Host")
	for name := range r.Header {
		if strings.EqualFold(name, "Content-Type") || strings.Contains(name, "_") {
			continue
		}
		names = append(names, name)
	}
	slices.SortFunc(names, compareLower)
	return names
}

func signature(r *http.Request, body []byte, names []string, secret string) []byte {
	// Most requests and the text that is signed fit in; longer ones grow it.
	text := make([]byte, 0, 512)
	digest := sha256.Sum256(appendCanonical(text, r, body, names))
	text = append(text, Algorithm+"\n"...)
	text = append(text, r.Header.Get(DateHeader)...)
	text = append(text, '\n')
	text = hex.AppendEncode(text, digest[:])
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(text)
	return mac.Sum(nil)
}
