package sign_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss/sign"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "SDK-HMAC-SHA256 ", "SDK-HMAC-SHA256 Access=a, SignedHeaders=host;x-sdk-date, Signature=00",
		"SDK-HMAC-SHA256 Signature=00,Access=a,SignedHeaders=;", "SDK-HMAC-SHA256 Access=a=b, Access=c, SignedHeaders=h, Signature=0",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		a, err := sign.Parse(value)
		if err != nil {
			require.ErrorIs(t, err, sign.ErrMalformed)
			assert.Zero(t, a)
			return
		}
		again, err := sign.Parse("SDK-HMAC-SHA256 Access=" + a.AccessKey +
			", SignedHeaders=" + strings.Join(a.SignedHeaders, ";") + ", Signature=" + a.Signature)
		require.NoError(t, err)
		assert.Equal(t, a, again)
	})
}

// FuzzVerify forges: nothing that was not signed with the secret is accepted.
func FuzzVerify(f *testing.F) {
	f.Add("GET", "/v2/orders", "a=b", "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=00", "20260302T010000Z", "", []byte("body"))
	f.Add("", "", "%", "SDK-HMAC-SHA256 Access=AK, SignedHeaders=x-sdk-date, Signature=", "20260302T011501Z", "00", []byte(nil))
	f.Fuzz(func(t *testing.T, method, path, query, authorization, date, contentHash string, body []byte) {
		r := newRequest(t, http.MethodGet, "https://bss.example.com/", body)
		r.Method, r.URL.Path, r.URL.RawQuery = method, path, query
		r.Header.Set("Authorization", authorization)
		r.Header.Set(sign.DateHeader, date)
		r.Header.Set(sign.ContentHeader, contentHash)
		assert.Error(t, sign.Verify(r, body, secret, signedAt))
	})
}
