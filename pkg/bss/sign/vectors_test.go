package sign_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss/sign"
)

var update = flag.Bool("update", false, "write the results into testdata/vectors.json")

const vectorsFile = "testdata/vectors.json"

// vector is one request, and what it is signed with. CanonicalRequest is what the
// algorithm's page calls so; its lines are joined by line feeds.
type vector struct {
	Name          string              `json:"name"`
	Method        string              `json:"method"`
	URL           string              `json:"url"`
	Headers       map[string][]string `json:"headers"`
	Body          string              `json:"body"`
	AccessKey     string              `json:"access_key"`
	SecretKey     string              `json:"secret_key"`
	SecurityToken string              `json:"security_token,omitempty"`
	Date          string              `json:"date"`

	CanonicalRequest     []string `json:"canonical_request"`
	CanonicalRequestHash string   `json:"canonical_request_hash"`
	Authorization        string   `json:"authorization"`
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	data, err := os.ReadFile(vectorsFile)
	require.NoError(t, err)
	var all []vector
	require.NoError(t, json.Unmarshal(data, &all))
	require.NotEmpty(t, all)
	return all
}

// sign signs the vector's request. The headers are its own and no others.
func (v vector) sign(t *testing.T) *http.Request {
	t.Helper()
	r := newRequest(t, v.Method, v.URL, []byte(v.Body))
	for name, values := range v.Headers {
		for _, value := range values {
			r.Header.Add(name, value)
		}
	}
	at, err := time.Parse("20060102T150405Z", v.Date)
	require.NoError(t, err)
	keys := sign.Keys{AccessKey: v.AccessKey, SecretKey: v.SecretKey, SecurityToken: v.SecurityToken}
	require.NoError(t, sign.Sign(r, []byte(v.Body), keys, at))
	return r
}

// hash is the third line of the text that is signed.
func (v vector) hash() string {
	return sha256Hex(strings.Join(v.CanonicalRequest, "\n"))
}

func sha256Hex(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func hmacHex(key, text string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// The canonical requests in the file were written by hand; what follows from them
// is worked out here with the standard library alone.
func TestVectors(t *testing.T) {
	t.Parallel()
	all := readVectors(t)
	if *update {
		for i, v := range all {
			all[i].CanonicalRequestHash = v.hash()
			all[i].Authorization = v.sign(t).Header.Get("Authorization")
		}
		writeVectors(t, all)
	}
	for _, v := range all {
		assert.Equal(t, v.CanonicalRequestHash, v.hash(), v.Name)
		signature := hmacHex(v.SecretKey, "SDK-HMAC-SHA256\n"+v.Date+"\n"+v.CanonicalRequestHash)
		names := v.CanonicalRequest[len(v.CanonicalRequest)-2]
		assert.Equal(t, v.Authorization, "SDK-HMAC-SHA256 Access="+v.AccessKey+", SignedHeaders="+names+", Signature="+signature, v.Name)

		r := v.sign(t)
		assert.Equal(t, v.Authorization, r.Header.Get("Authorization"), v.Name)
		assert.Equal(t, v.Date, r.Header.Get("X-Sdk-Date"), v.Name)
		assert.Equal(t, v.SecurityToken, r.Header.Get("X-Security-Token"), v.Name)
		at, err := time.Parse("20060102T150405Z", v.Date)
		require.NoError(t, err)
		assert.NoError(t, sign.Verify(received(t, r), []byte(v.Body), v.SecretKey, at), v.Name)
	}
}

func writeVectors(t *testing.T, all []vector) {
	t.Helper()
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(all))
	require.NoError(t, os.WriteFile(vectorsFile, []byte(out.String()), 0o644))
}

// TestOneSignatureByHand goes through the algorithm step by step, without the file.
func TestOneSignatureByHand(t *testing.T) {
	t.Parallel()
	r := newRequest(t, http.MethodGet, "https://bss.example.com/v2/orders/customer-orders?status=6&limit=10", nil)
	require.NoError(t, sign.Sign(r, nil, sign.Keys{AccessKey: "AK", SecretKey: "SK"}, time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)))

	emptyBody := "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	canonical := "GET\n" +
		"/v2/orders/customer-orders/\n" + // with a slash at the end
		"limit=10&status=6\n" + // sorted
		"host:bss.example.com\nx-sdk-date:20260302T010000Z\n\n" +
		"host;x-sdk-date\n" +
		emptyBody
	toSign := "SDK-HMAC-SHA256\n20260302T010000Z\n" + sha256Hex(canonical)
	assert.Equal(t, "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature="+hmacHex("SK", toSign), r.Header.Get("Authorization"))
}
