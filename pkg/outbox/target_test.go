package outbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/outbox"
	"github.com/bssfn/bssfn/pkg/webhook"
)

const secretText = "whsec_aGFybmVzcy1ldmVudHMtc2VjcmV0LW5vdC1zZWNyZXQ="

func target(t *testing.T, address string) (*outbox.Target, error) {
	t.Helper()
	secret, err := webhook.ParseSecret(secretText)
	require.NoError(t, err)
	return outbox.NewTarget(outbox.TargetOptions{URL: address, Secret: secret, Now: clock.NewFrozen(start.Add(time.Hour)).Now})
}

var message = outbox.Message{ID: "evt_1", Type: "test.happened", Timestamp: start, Data: json.RawMessage(`{"n":1}`)}

// answering serves every request with handle, and returns what sending to it came
// to.
func answering(t *testing.T, handle http.HandlerFunc) error {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	to, err := target(t, server.URL)
	require.NoError(t, err)
	return to.Send(t.Context(), message)
}

func TestWhatIsSentIsAStandardWebhook(t *testing.T) {
	t.Parallel()
	require.NoError(t, answering(t, func(w http.ResponseWriter, r *http.Request) {
		secret, err := webhook.ParseSecret(secretText)
		assert.NoError(t, err)
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		now := clock.NewFrozen(start.Add(time.Hour)).Now // of the sending
		id, err := webhook.Verifier{Secrets: []webhook.Secret{secret}, Now: now}.Verify(r.Header, body)
		assert.NoError(t, err)
		assert.Equal(t, "evt_1", id)
		assert.Equal(t, http.MethodPost, r.Method)
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
		assert.JSONEq(t, `{"type":"test.happened","timestamp":"2026-03-10T01:00:00Z","data":{"n":1}}`, string(body))
		w.WriteHeader(http.StatusAccepted)
	}))
}

func TestAnswersThatTakeNothing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status     int
		retryAfter string
		want       outbox.NotTaken
	}{
		"an error":             {500, "", outbox.NotTaken{Status: 500}},
		"a refusal":            {401, "", outbox.NotTaken{Status: 401}},
		"gone":                 {410, "", outbox.NotTaken{Status: 410}},
		"a redirect":           {307, "", outbox.NotTaken{Status: 307}},
		"not modified":         {304, "", outbox.NotTaken{Status: 304}},
		"seconds":              {429, "120", outbox.NotTaken{Status: 429, RetryAfter: 2 * time.Minute}},
		"a date":               {503, "Tue, 10 Mar 2026 02:10:00 GMT", outbox.NotTaken{Status: 503, RetryAfter: 10 * time.Minute}},
		"a date that is over":  {503, "Tue, 10 Mar 2026 01:10:00 GMT", outbox.NotTaken{Status: 503}},
		"a year":               {429, "31536000", outbox.NotTaken{Status: 429, RetryAfter: 24 * time.Hour}},
		"a negative number":    {429, "-1", outbox.NotTaken{Status: 429}},
		"nonsense":             {429, "soon", outbox.NotTaken{Status: 429}},
		"of another status":    {400, "120", outbox.NotTaken{Status: 400}},
		"a number without end": {429, strings.Repeat("9", 40), outbox.NotTaken{Status: 429}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var elsewhere atomic.Int64
			err := answering(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/elsewhere" {
					elsewhere.Add(1)
				}
				w.Header().Set("Retry-After", tt.retryAfter)
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tt.status)
			})
			var answer *outbox.NotTaken
			require.ErrorAs(t, err, &answer)
			assert.Equal(t, tt.want, *answer)
			assert.Zero(t, elsewhere.Load(), "redirects are not followed")
		})
	}
}

func TestNoAnswerHidesTheAddress(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(server.Close)
	to, err := target(t, server.URL+"/?token=hunter2")
	require.NoError(t, err)
	err = to.Send(t.Context(), message)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "hunter2")
}

// An answer may be as long as it likes: what is beyond 64 KiB is left unread.
func TestALongAnswerIsNotReadToTheEnd(t *testing.T) {
	t.Parallel()
	assert.NoError(t, answering(t, func(w http.ResponseWriter, _ *http.Request) {
		block := make([]byte, 32<<10)
		for range 10_000 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
		assert.Fail(t, "all of it was read")
	}))
}

// A name that leads to the loopback interface is what rebinding would make of one
// that did not when it was looked at.
func TestANameThatLeadsInsideIsNotDialled(t *testing.T) {
	t.Parallel()
	var reached atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	to, err := target(t, "https://localhost:"+u.Port())
	require.NoError(t, err)
	err = to.Send(t.Context(), message)
	require.ErrorContains(t, err, "a loopback address")
	assert.Zero(t, reached.Load())
}

//nolint:paralleltest // it sets environment variables
func TestNoProxyIsTaken(t *testing.T) {
	var proxied atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { proxied.Add(1) }))
	t.Cleanup(proxy.Close)
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	to, err := target(t, "https://platform.invalid/events")
	require.NoError(t, err)
	require.Error(t, to.Send(t.Context(), message))
	assert.Zero(t, proxied.Load())
}

func TestTargetsThatCannotBe(t *testing.T) {
	t.Parallel()
	for address, refusal := range map[string]string{
		"https://platform.example.com/events": "",
		"https://8.8.8.8/":                    "",
		"https://127.0.0.1/":                  "",
		"http://127.0.0.1:8080/events":        "",
		"http://127.9.9.9/":                   "",
		"http://[::1]:8080/events":            "",
		"":                                    "no address",
		"platform.example.com":                "no address",
		"https:///events":                     "no address",
		"https://:443/":                       "no address",
		"https://%zz":                         "no address",
		"http://platform.example.com/":        "not https",
		"http://127.0.0.1.example.com/":       "not https",
		"http://localhost/":                   "not https", // a name, which may lead anywhere
		"http://8.8.8.8/":                     "not https",
		"http://10.0.0.1/":                    "not https",
		"ftp://127.0.0.1/":                    "not https",
		"https://user:hunter2@example.com/":   "user",
		"https://example.com/#part":           "fragment",
		"https://10.0.0.1/":                   "private",
		"https://169.254.169.254/latest":      "metadata",
		"https://[fe80::1%25eth0]/":           "link-local",
		"https://[::ffff:10.0.0.1]/":          "private",
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			_, err := target(t, address)
			if refusal == "" {
				assert.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, refusal)
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
}
