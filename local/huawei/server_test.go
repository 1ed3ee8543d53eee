package huawei_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

// wire is these tests' own: a httptest server that closes, closes the idle
// connections of the default one, also under others' requests.
var wire = http.DefaultTransport.(*http.Transport).Clone()

var start = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// site is one simulated Huawei Cloud behind two real listeners.
type site struct {
	t      *testing.T
	server *huawei.Server
	clock  *clock.Simulated
	api    string
	admin  string
	keys   sign.Keys
}

func newSite(t *testing.T, o huawei.Options) *site {
	t.Helper()
	simulated := clock.NewFrozen(start)
	if o.Clock == nil {
		o.Clock = simulated
	}
	server, err := huawei.NewServer(o)
	require.NoError(t, err)
	api, admin := httptest.NewServer(server.API()), httptest.NewServer(server.Admin())
	t.Cleanup(api.Close)
	t.Cleanup(admin.Close)
	keys := o.Keys
	if keys == (sign.Keys{}) {
		keys = sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "SIMPARTNERSK"}
	}
	return &site{t: t, server: server, clock: simulated, api: api.URL, admin: admin.URL, keys: keys}
}

// result is an answer that has been read whole.
type result struct {
	status int
	header http.Header
	body   string

	method, path string // that were asked for
}

func (r result) code(t *testing.T) string {
	t.Helper()
	return r.fields(t)["error_code"].(string)
}

func (r result) fields(t *testing.T) map[string]any {
	t.Helper()
	var fields map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.body), &fields), r.body)
	return fields
}

func (s *site) request(method, path, body string) *http.Request {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.api+path, strings.NewReader(body))
	require.NoError(s.t, err)
	r.Header.Set("Content-Type", "application/json")
	return r
}

func (s *site) send(r *http.Request) result {
	s.t.Helper()
	client := &http.Client{Transport: wire, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	require.NoError(s.t, err)
	defer func() { assert.NoError(s.t, response.Body.Close()) }()
	body, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	return result{
		status: response.StatusCode, header: response.Header, body: string(body),
		method: r.Method, path: r.URL.Path,
	}
}

// asPartner signs the request with the partner's access key.
func (s *site) asPartner(method, path, body string) result {
	s.t.Helper()
	return s.send(s.signed(method, path, body))
}

func (s *site) signed(method, path, body string) *http.Request {
	s.t.Helper()
	r := s.request(method, path, body)
	require.NoError(s.t, sign.Sign(r, []byte(body), s.keys, s.clock.Now()))
	return r
}

func (s *site) withToken(token, method, path, body string) result {
	s.t.Helper()
	r := s.request(method, path, body)
	r.Header.Set("X-Auth-Token", token)
	return s.send(r)
}

// call sends a signed request and expects that status.
func (s *site) call(status int, path, body string) map[string]any {
	s.t.Helper()
	got := s.asPartner(http.MethodPost, path, body)
	require.Equal(s.t, status, got.status, got.body)
	if got.body == "" {
		return nil
	}
	return got.fields(s.t)
}

func (s *site) administer(method, path, body string) result {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.admin+path, bytes.NewBufferString(body))
	require.NoError(s.t, err)
	return s.send(r)
}

const (
	pathCustomers = "/v2/partners/sub-customers"
	pathQuery     = "/v2/partners/sub-customers/query"
	pathIdentity  = "/v2/partners/sub-customers/users/check-identity"
	pathCode      = "/v2/bases/verificationcode/send"
	pathTokens    = "/v3/auth/tokens"
	pathBalances  = "/v2/accounts/customer-accounts/balances"
)

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]huawei.Options{
		"no secret key":         {Keys: sign.Keys{AccessKey: "AK"}},
		"relative notification": {NotificationURL: "/bind"},
		"odd notification":      {NotificationURL: "ftp://127.0.0.1/bind"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := huawei.NewServer(o)
			require.Error(t, err)
		})
	}
}

func TestOneSeedAnswersTheSameBytes(t *testing.T) {
	t.Parallel()
	play := func() string {
		s := newSite(t, huawei.Options{Seed: 7})
		var all strings.Builder
		for _, got := range []result{
			s.asPartner(http.MethodPost, pathCustomers, `{"xaccount_id":"u1","xaccount_type":"SIM_IDP"}`),
			s.asPartner(http.MethodPost, pathCode, `{"receiver_type":1,"mobile_phone":"13800000001"}`),
			s.send(s.request(http.MethodPost, pathTokens, passwordRequest)),
			s.asPartner(http.MethodPost, pathQuery, `{}`),
		} {
			all.WriteString(got.header.Get("X-Request-Id") + got.header.Get("X-Subject-Token") + got.body)
		}
		return all.String() + s.server.Outbox()[0].Code
	}
	assert.Equal(t, play(), play())
}

func TestAnotherSeedAnswersOtherIdentifiers(t *testing.T) {
	t.Parallel()
	ids := map[any]bool{}
	for seed := range uint64(3) {
		s := newSite(t, huawei.Options{Seed: seed})
		ids[s.call(http.StatusOK, pathCustomers, `{"xaccount_id":"u1","xaccount_type":"SIM_IDP"}`)["domain_id"]] = true
	}
	assert.Len(t, ids, 3)
}

func TestARefusalDoesNotChangeTheIdentifiersAfterIt(t *testing.T) {
	t.Parallel()
	create := `{"xaccount_id":"u1","xaccount_type":"SIM_IDP"}`
	undisturbed := newSite(t, huawei.Options{}).call(http.StatusOK, pathCustomers, create)
	disturbed := newSite(t, huawei.Options{})
	disturbed.send(disturbed.request(http.MethodPost, pathTokens, passwordRequest))
	disturbed.call(http.StatusBadRequest, pathCustomers, `{}`)
	assert.Equal(t, undisturbed, disturbed.call(http.StatusOK, pathCustomers, create))
}

func TestResetStartsAgainFromTheSeed(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{Seed: 3})
	create := `{"xaccount_id":"u1","xaccount_type":"SIM_IDP"}`
	first := s.call(http.StatusOK, pathCustomers, create)
	require.NotEmpty(t, s.server.Journal())
	s.server.Reset()
	assert.Empty(t, s.server.Journal())
	assert.Equal(t, first, s.call(http.StatusOK, pathCustomers, create))
}

func TestListenersAnswerLoopbackOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	for host, status := range map[string]int{
		"localhost":        http.StatusOK,
		"LOCALHOST:8080":   http.StatusOK,
		"127.8.9.1:1":      http.StatusOK,
		"[::1]:80":         http.StatusOK,
		"[::1]":            http.StatusOK,
		"attacker.example": http.StatusForbidden,
		"localhost.evil":   http.StatusForbidden,
		"192.168.1.7:8080": http.StatusForbidden,
		"0.0.0.0":          http.StatusForbidden,
	} {
		for _, address := range []string{s.api + "/authui/saml/metadata.xml", s.admin + "/_sim/seed"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
			require.NoError(t, err)
			r.Host = host
			assert.Equal(t, status, s.send(r).status, "%s at %s", host, address)
		}
	}
}

func TestPagesElsewhereCannotMakeChanges(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	for _, address := range []string{s.api + "/authui/saml/first-login/new", s.admin + "/_sim/reset"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, nil)
		require.NoError(t, err)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		assert.Equal(t, http.StatusForbidden, s.send(r).status, address)
	}
}

func newTextLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// serveSigned sends a signed request without a network.
func serveSigned(t *testing.T, api http.Handler, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost"+path, strings.NewReader(body))
	keys := sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "SIMPARTNERSK"}
	require.NoError(t, sign.Sign(r, []byte(body), keys, clock.System{}.Now()))
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w
}

func TestConcurrentRegistrationsAreAllKept(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{QuotaOff: true, AssociationDelay: -1})
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			r := s.signed(http.MethodPost, pathCustomers, fmt.Sprintf(`{"xaccount_id":"u%d","xaccount_type":"SIM_IDP"}`, i/2))
			response, err := (&http.Client{Transport: wire}).Do(r)
			if assert.NoError(t, err) {
				assert.NoError(t, response.Body.Close())
			}
		})
	}
	group.Wait()
	// Of two registrations of one platform account, one was refused.
	assert.EqualValues(t, 8, s.call(http.StatusOK, pathQuery, `{}`)["count"])
	assert.Len(t, s.server.Journal(), 8)
}
