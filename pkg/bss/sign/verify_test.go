package sign_test

import (
	"bufio"
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss/sign"
)

const secret = "seeded-secret"

var signedAt = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

func newRequest(t require.TestingT, method, address string, body []byte) *http.Request {
	r, err := http.NewRequest(method, address, bytes.NewReader(body))
	require.NoError(t, err)
	return r
}

// received is the request as it comes out of a connection.
func received(t require.TestingT, r *http.Request) *http.Request {
	var sent bytes.Buffer
	require.NoError(t, r.Write(&sent))
	got, err := http.ReadRequest(bufio.NewReader(&sent))
	require.NoError(t, err)
	return got
}

// signed is a request with everything that a signature covers.
func signed(t *testing.T, body string) *http.Request {
	t.Helper()
	r := newRequest(t, http.MethodPost, "https://bss.example.com/v2/partners/sub-customers?limit=10&offset=0", []byte(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Customer", "one")
	require.NoError(t, sign.Sign(r, []byte(body), sign.Keys{AccessKey: "AK", SecretKey: secret}, signedAt))
	return r
}

func TestWhatMayChangeOnTheWay(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*http.Request){
		"nothing":              func(*http.Request) {},
		"content type":         func(r *http.Request) { r.Header.Set("Content-Type", "application/json; charset=utf-8") },
		"another header":       func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.1") },
		"order of the query":   func(r *http.Request) { r.URL.RawQuery = "offset=0&limit=10" },
		"spelling of escapes":  func(r *http.Request) { r.URL.RawQuery = "%6Cimit=10&offset=0" },
		"slash at the end":     func(r *http.Request) { r.URL.Path += "/" },
		"space around a value": func(r *http.Request) { r.Header.Set("X-Customer", " one ") },
	} {
		r := received(t, signed(t, "body"))
		change(r)
		assert.NoError(t, sign.Verify(r, []byte("body"), secret, signedAt), name)
	}
}

func TestWhatMayNotChange(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*http.Request){
		"method":                func(r *http.Request) { r.Method = http.MethodPut },
		"path":                  func(r *http.Request) { r.URL.Path = "/v2/partners/sub-customers/query" },
		"case of the path":      func(r *http.Request) { r.URL.Path = "/V2/partners/sub-customers" },
		"value in the query":    func(r *http.Request) { r.URL.RawQuery = "limit=11&offset=0" },
		"more in the query":     func(r *http.Request) { r.URL.RawQuery += "&a=b" },
		"less in the query":     func(r *http.Request) { r.URL.RawQuery = "limit=10" },
		"names for values":      func(r *http.Request) { r.URL.RawQuery = "10=limit&offset=0" },
		"host":                  func(r *http.Request) { r.Host = "evil.example.com" },
		"signed header":         func(r *http.Request) { r.Header.Set("X-Customer", "two") },
		"signed header missing": func(r *http.Request) { r.Header.Del("X-Customer") },
		"signed header twice":   func(r *http.Request) { r.Header.Add("X-Customer", "two") },
		"date":                  func(r *http.Request) { r.Header.Set("X-Sdk-Date", "20260302T010001Z") },
		"content hash is wrong": func(r *http.Request) { r.Header.Set("X-Sdk-Content-Sha256", strings.Repeat("0", 64)) },
		"content not hashed":    func(r *http.Request) { r.Header.Set("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD") },
		"fewer signed headers":  authorization(func(a string) string { return strings.Replace(a, "x-customer;", "", 1) }),
		"signed headers turned": authorization(func(a string) string {
			return strings.Replace(a, "host;x-customer;x-sdk-date", "x-customer;host;x-sdk-date", 1)
		}),
		"a part of the signature": authorization(func(a string) string { return a[:len(a)-8] + "00000000" }),
		"end of the signature":    authorization(func(a string) string { return a[:len(a)-2] }),
		"longer signature":        authorization(func(a string) string { return a + "00" }),
	} {
		r := received(t, signed(t, "body"))
		change(r)
		assert.ErrorIs(t, sign.Verify(r, []byte("body"), secret, signedAt), sign.ErrMismatch, name)
	}
	r := received(t, signed(t, "body"))
	require.ErrorIs(t, sign.Verify(r, []byte("Body"), secret, signedAt), sign.ErrMismatch)
	require.ErrorIs(t, sign.Verify(r, nil, secret, signedAt), sign.ErrMismatch)
	require.ErrorIs(t, sign.Verify(r, []byte("body"), "another-secret", signedAt), sign.ErrMismatch)
	require.NoError(t, sign.Verify(r, []byte("body"), secret, signedAt))
}

func authorization(change func(string) string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", change(r.Header.Get("Authorization"))) }
}

func TestWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	replace := func(old, new string) func(*http.Request) {
		return authorization(func(a string) string { return strings.Replace(a, old, new, 1) })
	}
	for name, change := range map[string]func(*http.Request){
		"no authorization":         func(r *http.Request) { r.Header.Del("Authorization") },
		"another scheme":           replace("SDK-HMAC-SHA256", "SDK-HMAC-SM3"),
		"scheme alone":             authorization(func(string) string { return "SDK-HMAC-SHA256" }),
		"no access key":            replace("Access=AK, ", ""),
		"empty access key":         replace("Access=AK", "Access="),
		"two access keys":          replace("Access=AK", "Access=AK, Access=AK"),
		"no signed headers":        replace("SignedHeaders=host;x-customer;x-sdk-date, ", ""),
		"empty signed headers":     replace("host;x-customer;x-sdk-date", ""),
		"signed headers twice":     replace("SignedHeaders=", "SignedHeaders=host;x-sdk-date, SignedHeaders="),
		"no signature":             authorization(func(a string) string { return a[:strings.Index(a, ", Signature")] }),
		"empty signature":          authorization(func(a string) string { return a[:strings.Index(a, "Signature=")+10] }),
		"two signatures":           authorization(func(a string) string { return a + a[strings.Index(a, ", Signature"):] }),
		"signature in base64":      authorization(func(a string) string { return a[:strings.Index(a, "Signature=")+10] + "c2lnbmF0dXJl" }),
		"date not signed":          replace(";x-sdk-date", ""),
		"no date":                  func(r *http.Request) { r.Header.Del("X-Sdk-Date") },
		"date of another form":     func(r *http.Request) { r.Header.Set("X-Sdk-Date", "2026-03-02T01:00:00Z") },
		"day that does not exist":  func(r *http.Request) { r.Header.Set("X-Sdk-Date", "20260230T010000Z") },
		"separated by white space": replace(", ", " "),
	} {
		r := received(t, signed(t, "body"))
		change(r)
		assert.ErrorIs(t, sign.Verify(r, []byte("body"), secret, signedAt), sign.ErrMalformed, name)
	}
}

func TestClocksMayDifferBy15Minutes(t *testing.T) {
	t.Parallel()
	r := received(t, signed(t, "body"))
	for _, skew := range []time.Duration{0, 15 * time.Minute, -15 * time.Minute} {
		assert.NoError(t, sign.Verify(r, []byte("body"), secret, signedAt.Add(skew)), skew)
	}
	for _, skew := range []time.Duration{15*time.Minute + time.Second, -15*time.Minute - time.Second, 1 << 62, -1 << 62} {
		err := sign.Verify(r, []byte("body"), secret, signedAt.Add(skew))
		require.ErrorIs(t, err, sign.ErrSkew, skew)
		assert.ErrorContains(t, err, "signed at 2026-03-02T01:00:00Z")
	}
}

func TestSigningAgainReplacesTheSignature(t *testing.T) {
	t.Parallel()
	r := signed(t, "body")
	later := signedAt.Add(time.Hour)
	require.NoError(t, sign.Sign(r, []byte("body"), sign.Keys{AccessKey: "AK", SecretKey: secret}, later))
	assert.NoError(t, sign.Verify(received(t, r), []byte("body"), secret, later))
}
