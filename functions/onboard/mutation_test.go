package onboard_test

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/onboard"
)

// said is what a form says, whatever its spelling.
type said struct{ content, algorithm, signature string }

func meaning(body string) (said, bool) {
	values, err := url.ParseQuery(body)
	if err != nil {
		return said{}, false
	}
	strict := base64.StdEncoding.Strict()
	content, err := strict.DecodeString(values.Get("bindRequest"))
	if err != nil || strings.ContainsAny(values.Get("bindRequest"), "\r\n") {
		return said{}, false
	}
	signature, err := strict.DecodeString(values.Get("Signature"))
	return said{string(content), strings.ToLower(values.Get("SigAlg")), string(signature)}, err == nil
}

func mutate(r *rand.Rand, text string) string {
	b := []byte(text)
	for range 1 + r.IntN(3) {
		i := r.IntN(len(b))
		switch r.IntN(4) {
		case 0:
			b[i] ^= 1 << r.IntN(8)
		case 1:
			b[i] = byte(r.IntN(256))
		case 2:
			b = append(b[:i], b[i+1:]...)
		default:
			b = append(b[:i], append([]byte{byte(r.IntN(256))}, b[i:]...)...)
		}
	}
	return string(b)
}

func TestNoMutationOfANotificationIsAccepted(t *testing.T) {
	t.Parallel()
	for kind, mutations := range map[string]int{"base64": 10_000, "encoded": 2_000, "json": 2_000} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWatched(t)
			good := hangzhou(t).signedAs(t, kind, attacked+"  ")
			original, ok := meaning(good)
			require.True(t, ok)
			random := rand.New(rand.NewPCG(1, 2))
			for tried := 0; tried < mutations; {
				body := mutate(random, good)
				if same, ok := meaning(body); ok && same == original {
					continue // another spelling of the same notification
				}
				tried++
				if status := w.post(t.Context(), formType, body); status < 400 || status > 499 {
					t.Fatalf("HTTP %d for %q", status, body)
				}
			}
			assert.Zero(t, w.writes.Load(), "nothing is recorded")
			assert.NotContains(t, w.logs.String(), secretName)
			assert.Equal(t, http.StatusOK, w.post(t.Context(), formType, good))
		})
	}
}

func FuzzMetadata(f *testing.F) {
	s, err := makeHangzhou()
	require.NoError(f, err)
	f.Add([]byte(metadataOf(s.certificate)))
	f.Add([]byte(entity("")))
	f.Add([]byte(`<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>`))
	f.Fuzz(func(t *testing.T, document []byte) {
		keys, err := onboard.ParseMetadata(document)
		assert.Equal(t, err == nil, len(keys) > 0)
		for _, key := range keys {
			assert.GreaterOrEqual(t, key.N.BitLen(), 2048)
		}
	})
}

// FuzzNotification holds the strict reading of a content against a lenient one: where
// the strict one accepts, both say the same.
func FuzzNotification(f *testing.F) {
	for _, content := range []string{bindJSON, unbindJSON, `{"domainId":"d","xUserId":"u","bindAction":"1"}`, `null`, `[]`, ``, `{"bindAction":0,"bindAction":1}`} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		accountID, customerID, unbind, err := onboard.DecodeNotification(base64.StdEncoding.EncodeToString(content))
		if err != nil {
			return
		}
		var lenient map[string]any
		require.NoError(t, json.Unmarshal(content, &lenient))
		text := func(name string) string { s, _ := lenient[name].(string); return s }
		assert.Equal(t, cmp.Or(text("xAccountId"), text("xUserId")), accountID)
		assert.Equal(t, text("domainId"), customerID)
		assert.Equal(t, unbind, fmt.Sprint(lenient["bindAction"]) == "1")
		assert.NotEmpty(t, accountID)
		assert.LessOrEqual(t, len(accountID), 128)
		assert.NotEmpty(t, customerID)
		assert.True(t, utf8.ValidString(accountID+customerID))
	})
}

func FuzzForm(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", []byte("bindRequest=a&SigAlg=b&Signature=c"))
	f.Add("application/x-www-form-urlencoded; charset=utf-8", []byte("bindRequest=&SigAlg=&Signature=%3D"))
	f.Add("application/x-www-form-urlencoded", []byte("x=bindRequest&bind%52equest=%41+%2b&SigAlg=b&Signature=c&bindrequest=d"))
	f.Add("text/plain", []byte("bindRequest=a&bindRequest=b"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		got, err := onboard.Fields(requestOf(contentType, body))
		if err != nil {
			assert.Equal(t, [4]string{}, got)
			return
		}
		values, err := url.ParseQuery(string(body))
		require.NoError(t, err)
		for i, name := range []string{"bindRequest", "SigAlg", "Signature"} {
			assert.Equal(t, []string{got[i]}, values[name])
		}
		assert.LessOrEqual(t, len(body), 64<<10)
		encoded, err := url.QueryUnescape(got[3])
		require.NoError(t, err)
		assert.Equal(t, got[0], encoded, "what may be signed is what is read")
	})
}
