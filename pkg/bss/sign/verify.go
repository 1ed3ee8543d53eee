package sign

import (
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

var (
	// ErrMalformed reports an Authorization or X-Sdk-Date header that is missing
	// or cannot be read.
	ErrMalformed = errors.New("sign: no readable signature")
	// ErrSkew reports an instant of signing more than MaxSkew away.
	ErrSkew = errors.New("sign: the instant of signing is too far away")
	// ErrMismatch reports a signature that does not belong to the request.
	ErrMismatch = errors.New("sign: the signature does not match")
)

// Authorization is a parsed Authorization header.
type Authorization struct {
	AccessKey     string
	SignedHeaders []string
	Signature     string
}

// Parse reads an Authorization header value. It fails with ErrMalformed.
func Parse(value string) (Authorization, error) {
	rest, ok := strings.CutPrefix(value, Algorithm+" ")
	if !ok {
		return Authorization{}, fmt.Errorf("%w: the Authorization header does not begin with %s", ErrMalformed, Algorithm)
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, v, _ := strings.Cut(strings.TrimSpace(part), "=")
		if _, twice := parts[name]; twice {
			return Authorization{}, fmt.Errorf("%w: the Authorization header has a part twice", ErrMalformed)
		}
		parts[name] = v
	}
	access, headers, signature := parts["Access"], parts["SignedHeaders"], parts["Signature"]
	if access == "" || headers == "" || signature == "" {
		return Authorization{}, fmt.Errorf("%w: Access, SignedHeaders or Signature is missing", ErrMalformed)
	}
	return Authorization{AccessKey: access, SignedHeaders: strings.Split(headers, ";"), Signature: signature}, nil
}

// Verify checks the signature of a received request against the secret key. The
// body must be the bytes as received. The date must be among the signed headers,
// and a content hash in the headers must be the hash of the body. It fails with
// ErrMalformed, ErrSkew or ErrMismatch.
func Verify(r *http.Request, body []byte, secret string, now time.Time) error {
	a, err := Parse(r.Header.Get("Authorization"))
	if err != nil {
		return err
	}
	at, err := time.Parse(dateLayout, r.Header.Get(DateHeader))
	if err != nil {
		return fmt.Errorf("%w: %s is not of the form %s", ErrMalformed, DateHeader, dateLayout)
	}
	if skew := now.Sub(at).Abs(); skew > MaxSkew {
		return fmt.Errorf("%w: signed at %s, received at %s", ErrSkew, at.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	if !slices.Contains(a.SignedHeaders, strings.ToLower(DateHeader)) {
		return fmt.Errorf("%w: %s is not signed", ErrMalformed, DateHeader)
	}
	if given := r.Header.Get(ContentHeader); given != "" && given != hashOf(body) {
		return fmt.Errorf("%w: %s is not the hash of the body", ErrMismatch, ContentHeader)
	}
	got, err := hex.DecodeString(a.Signature)
	if err != nil {
		return fmt.Errorf("%w: the signature is not hexadecimal", ErrMalformed)
	}
	if !hmac.Equal(got, signature(r, body, a.SignedHeaders, secret)) {
		return ErrMismatch
	}
	return nil
}
