package onboard_test

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
)

// said is what a form says, whatever its spelling: a signature has several in
// Base64, and a form has many.
type said struct{ bindRequest, algorithm, signature string }

func meaning(body string) (said, bool) {
	values, err := url.ParseQuery(body)
	if err != nil {
		return said{}, false
	}
	signature, err := base64.StdEncoding.DecodeString(values.Get("Signature"))
	return said{values.Get("bindRequest"), strings.ToLower(values.Get("SigAlg")), string(signature)}, err == nil
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
	p := newPublisher(t, metadataOf(hangzhou(t).certificate))
	w := newWorld(t)
	edge := w.serve(func(cfg *onboard.Config, _ *functions.Runtime) { cfg.SPMetadata = p.URL })
	post := func(body string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/onboard/bind", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer := httptest.NewRecorder()
		edge.ServeHTTP(answer, r)
		return answer.Code
	}
	good := hangzhou(t).form(bindJSON).Encode()
	original, ok := meaning(good)
	require.True(t, ok)
	random := rand.New(rand.NewPCG(1, 2))
	for tried := 0; tried < 10_000; {
		body := mutate(random, good)
		if same, ok := meaning(body); ok && same == original {
			continue // another spelling of the same notification
		}
		tried++
		if status := post(body); status < 400 || status > 499 {
			t.Fatalf("HTTP %d for %q", status, body)
		}
	}
	_, first := w.loginURL("acct-1")
	assert.True(t, first, "nothing was recorded")
	assert.Equal(t, 1, p.count())
	assert.Equal(t, http.StatusOK, post(good))
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

func FuzzNotification(f *testing.F) {
	for _, content := range []string{bindJSON, unbindJSON, `{"domainId":"d","xUserId":"u","bindAction":"1"}`, `null`, `[]`, ``} {
		f.Add(base64.StdEncoding.EncodeToString([]byte(content)))
	}
	f.Fuzz(func(t *testing.T, bindRequest string) {
		accountID, customerID, _, err := onboard.DecodeNotification(bindRequest)
		if err != nil {
			return
		}
		assert.NotEmpty(t, accountID)
		assert.LessOrEqual(t, len(accountID), 128)
		assert.NotEmpty(t, customerID)
	})
}

func FuzzForm(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", []byte("bindRequest=a&SigAlg=b&Signature=c"))
	f.Add("application/x-www-form-urlencoded; charset=utf-8", []byte("bindRequest=&SigAlg=&Signature=%3D"))
	f.Add("text/plain", []byte("bindRequest=a&bindRequest=b"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		got, err := onboard.Fields(requestOf(contentType, body))
		if err != nil {
			assert.Equal(t, [3]string{}, got)
			return
		}
		values, err := url.ParseQuery(string(body))
		require.NoError(t, err)
		for i, name := range []string{"bindRequest", "SigAlg", "Signature"} {
			assert.Equal(t, []string{got[i]}, values[name])
		}
		assert.LessOrEqual(t, len(bytes.TrimSpace(body)), 64<<10)
	})
}
