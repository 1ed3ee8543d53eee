package functions_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/webhook"
)

const eventsSecret = "whsec_aGFybmVzcy1ldmVudHMtc2VjcmV0LW5vdC1zZWNyZXQ="

func newEvents(t *testing.T, address string) *functions.Events {
	t.Helper()
	rt := runtime()
	rt.Clock = clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 5e8, time.UTC))
	events, err := functions.NewEvents(address, handler.NewSecret(eventsSecret), rt)
	require.NoError(t, err)
	return events
}

func TestAnEventIsAStandardWebhook(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)
	var body []byte
	var id string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secret, err := webhook.ParseSecret(eventsSecret)
		assert.NoError(t, err)
		body, err = io.ReadAll(r.Body)
		assert.NoError(t, err)
		id, err = webhook.Verifier{Secrets: []webhook.Secret{secret}, Now: func() time.Time { return now }}.Verify(r.Header, body)
		assert.NoError(t, err)
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(server.Close)
	require.NoError(t, newEvents(t, server.URL).Send(t.Context(), "id-1", "test.happened", map[string]int{"n": 1}))
	assert.Equal(t, "id-1", id)
	assert.JSONEq(t, `{"type":"test.happened","timestamp":"2026-03-10T01:00:00Z","data":{"n":1}}`, string(body))
}

func TestEventsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(other.Close)
	for name, answer := range map[string]http.Handler{
		"an error":   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }),
		"a refusal":  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }),
		"a redirect": http.RedirectHandler(other.URL, http.StatusTemporaryRedirect),
		"silence":    http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(answer)
			t.Cleanup(server.Close)
			requireUndelivered(t, newEvents(t, server.URL).Send(t.Context(), "id", "test.happened", nil))
		})
	}
	t.Run("nobody", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(http.NotFoundHandler())
		server.Close()
		requireUndelivered(t, newEvents(t, server.URL).Send(t.Context(), "id", "test.happened", nil))
	})
	t.Cleanup(func() { assert.Zero(t, elsewhere.Load(), "redirects are not followed") })
}

func requireUndelivered(t *testing.T, err error) {
	t.Helper()
	p, ok := errors.AsType[*handler.Problem](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, "event_undelivered", p.Code)
	assert.Equal(t, http.StatusBadGateway, p.Status)
	assert.Error(t, p.Cause)
	assert.NotContains(t, p.Detail, "127.0.0.1")
}

func TestWhereEventsMayGo(t *testing.T) {
	t.Parallel()
	for address, allowed := range map[string]bool{
		"https://platform.example.com/events": true,
		"http://127.0.0.1:8080/events":        true,
		"http://[::1]:8080/events":            true,
		"":                                    false,
		"platform.example.com":                false,
		"https:///events":                     false,
		"http://platform.example.com/":        false,
		"http://127.0.0.1.example.com/":       false,
		"http://localhost/":                   false, // a name, which may lead anywhere
		"ftp://127.0.0.1/":                    false,
		"https://%zz":                         false,
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			_, err := functions.NewEvents(address, handler.NewSecret(eventsSecret), runtime())
			if allowed {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, "EVENTS_URL")
		})
	}
	_, err := functions.NewEvents("https://platform.example.com", handler.NewSecret("whsec_not-good"), runtime())
	require.ErrorContains(t, err, "EVENTS_SECRET")
	assert.NotContains(t, err.Error(), "not-good")
}

func TestWhatIsNoJSONIsNotSent(t *testing.T) {
	t.Parallel()
	err := newEvents(t, "https://platform.example.com").Send(t.Context(), "id", "test.happened", func() {})
	var unsupported *json.UnsupportedTypeError
	assert.ErrorAs(t, err, &unsupported)
}
