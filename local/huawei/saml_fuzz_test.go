package huawei_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
)

// Whatever is posted, nobody is signed in but by the words that the identity
// provider signed, and nothing else happens.
func FuzzSAMLResponse(f *testing.F) {
	p := &provider{Server: &httptest.Server{URL: "http://127.0.0.1:1"}, pairs: []pair{firstPair()}}
	server := must(huawei.NewServer(huawei.Options{Clock: clock.NewFrozen(start), IDPMetadata: []byte(p.metadata())}))
	must(server.AddAccount(huawei.Account{Name: "yongzhi"}))
	require.NoError(f, server.Bind(f.Context(), yongzhi))
	api := server.API()

	login := httptest.NewRecorder()
	api.ServeHTTP(login, httptest.NewRequestWithContext(f.Context(), http.MethodGet,
		"http://localhost"+pathLogin+"?"+loginQuery("SIM_IDP", "", console).Encode(), nil))
	require.Equal(f, http.StatusFound, login.Code)
	u := must(url.Parse(login.Header().Get("Location")))
	relayState, cookie := u.Query().Get("RelayState"), login.Result().Cookies()[0]
	in := asked{Consumer: "http://localhost" + pathConsumer, Instant: start.Format("2006-01-02T15:04:05Z"), relayState: relayState}

	f.Add([]byte(nil))
	f.Add([]byte("<a/>"))
	for _, a := range attacks() {
		text, err := base64.StdEncoding.DecodeString(a.form(p, in).Get("SAMLResponse"))
		if err == nil && len(text) < 20_000 {
			f.Add(text)
		}
	}
	f.Add(must(base64.StdEncoding.DecodeString(p.answer(in, customerOf("u1")).Get("SAMLResponse"))))
	effects := len(server.Journal())
	f.Fuzz(func(t *testing.T, text []byte) {
		form := url.Values{"RelayState": {relayState}, "SAMLResponse": {base64.StdEncoding.EncodeToString(text)}}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost"+pathConsumer, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		// No seed answers the request that was made, so no mutation of one can.
		assert.Contains(t, []int{http.StatusBadRequest, http.StatusForbidden}, w.Code)
		assert.Empty(t, w.Header().Get("Set-Cookie"))
		assert.Len(t, server.Journal(), effects)
	})
}
