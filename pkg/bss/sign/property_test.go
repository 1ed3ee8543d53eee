package sign_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/pkg/bss/sign"
)

// attempt is a signed request as it was received.
type attempt struct {
	request *http.Request
	body    []byte
	keys    sign.Keys
	at      time.Time
}

func drawAttempt(t *rapid.T) attempt {
	a := attempt{
		body: rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "body"),
		keys: sign.Keys{
			AccessKey:     rapid.StringMatching(`[A-Z0-9]{1,20}`).Draw(t, "access key"),
			SecretKey:     rapid.StringMatching(`[!-~]([ -~]{0,38}[!-~])?`).Draw(t, "secret key"),
			SecurityToken: rapid.StringMatching(`([A-Za-z0-9+/=]{1,40})?`).Draw(t, "security token"),
		},
		at: time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "instant"), 0).UTC(),
	}
	address := url.URL{
		Scheme: "https", Host: "bss.example.com",
		Path:     "/" + rapid.StringMatching(`([A-Za-z0-9 ._~%+!;:@&=,'()*$客户-]|/){0,30}`).Draw(t, "path"),
		RawQuery: rapid.StringMatching(`[a-z0-9%+&=;,.~订单-]{0,40}`).Draw(t, "query"),
	}
	r := newRequest(t, rapid.SampledFrom([]string{"GET", "POST", "PUT", "DELETE"}).Draw(t, "method"), "https://bss.example.com/", a.body)
	r.URL = &address
	for range rapid.IntRange(0, 4).Draw(t, "headers") {
		r.Header.Add(
			rapid.StringMatching(`X-[A-Za-z0-9_-]{1,4}`).Draw(t, "name"),
			rapid.StringMatching(`[ -~]{0,20}`).Draw(t, "value"))
	}
	if rapid.Bool().Draw(t, "content hash") {
		sum := sha256.Sum256(a.body)
		r.Header.Set("X-Sdk-Content-Sha256", hex.EncodeToString(sum[:]))
	}
	require.NoError(t, sign.Sign(r, a.body, a.keys, a.at))
	a.request = received(t, r)
	return a
}

func TestVerifyAcceptsWhatSignMakes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := drawAttempt(t)
		require.NoError(t, sign.Verify(a.request, a.body, a.keys.SecretKey, a.at))
		got, err := sign.Parse(a.request.Header.Get("Authorization"))
		require.NoError(t, err)
		require.Equal(t, a.keys.AccessKey, got.AccessKey)
	})
}

// What is around a value is lost on the way, so it must not decide the order.
func TestRepeatedHeadersAreSortedAsTheyArrive(t *testing.T) {
	t.Parallel()
	keys, at := sign.Keys{AccessKey: "AK", SecretKey: "SK"}, time.Unix(0, 0).UTC()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://bss.example.com/", nil)
	require.NoError(t, err)
	r.Header.Add("X-Note", ` "`)
	r.Header.Add("X-Note", "!")
	require.NoError(t, sign.Sign(r, nil, keys, at))
	r.Header["X-Note"] = []string{`"`, "!"}
	require.NoError(t, sign.Verify(r, nil, keys.SecretKey, at))
}

func TestVerifyRefusesWhatWasSignedOtherwise(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := drawAttempt(t)
		err := error(nil)
		switch rapid.SampledFrom([]string{"body", "secret", "path", "query", "method"}).Draw(t, "changed") {
		case "body":
			err = sign.Verify(a.request, append(a.body, 'x'), a.keys.SecretKey, a.at)
		case "secret":
			err = sign.Verify(a.request, a.body, a.keys.SecretKey+"x", a.at)
		case "path":
			a.request.URL.Path = strings.TrimSuffix(a.request.URL.Path, "/") + "x"
			err = sign.Verify(a.request, a.body, a.keys.SecretKey, a.at)
		case "query":
			a.request.URL.RawQuery += "&x"
			err = sign.Verify(a.request, a.body, a.keys.SecretKey, a.at)
		case "method":
			a.request.Method += "X"
			err = sign.Verify(a.request, a.body, a.keys.SecretKey, a.at)
		}
		require.ErrorIs(t, err, sign.ErrMismatch)
	})
}
