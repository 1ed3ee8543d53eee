package harness_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/harness"
)

const free = "127.0.0.1:0"

// lines is a log that several goroutines write.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func options(t *testing.T) harness.Options {
	t.Helper()
	return harness.Options{
		Addr: free, SimAddr: free, AdminAddr: free, Seed: 1, ExportDir: t.TempDir(),
		Clock:  clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)),
		Logger: slog.New(slog.DiscardHandler),
	}
}

func start(t *testing.T, o harness.Options) *harness.Harness {
	t.Helper()
	h, err := harness.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, h.Close(context.WithoutCancel(t.Context()))) })
	return h
}

func TestEveryRouteOfTheTemplateIsServed(t *testing.T) {
	t.Parallel()
	h := start(t, options(t))
	for _, d := range h.Deployments {
		for _, route := range d.Routes {
			method, path, _ := bytes.Cut([]byte(route), []byte(" "))
			req, err := http.NewRequestWithContext(t.Context(), string(method), h.FunctionsURL+string(path), nil)
			require.NoError(t, err)
			res, err := http.DefaultClient.Do(req)
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			// Unsigned, so refused; an unknown route would be 404 or 405. Browsers' routes
			// are open.
			open := string(path) == "/onboard/bind" || bytes.HasPrefix(path, []byte("/onboard/saml/"))
			assert.Equal(t, open, res.StatusCode != http.StatusUnauthorized, route)
			assert.NotContains(t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, res.StatusCode, route)
		}
	}
}

func TestWhatTheTemplateDoesNotHaveIsNotServed(t *testing.T) {
	t.Parallel()
	h := start(t, options(t))
	for path, want := range map[string]int{
		"/onboard/nothing":                http.StatusNotFound,
		"/payorder/queues/campaigns":      http.StatusNotFound,
		"/":                               http.StatusNotFound,
		"/billexport/schedules/unplanned": http.StatusNotFound,
	} {
		status, answer, err := h.Platform.Send(t.Context(), http.MethodPost, path, []byte("{}"))
		require.NoError(t, err)
		assert.Equal(t, want, status, path)
		assert.Contains(t, string(answer), `"code":"route_not_found"`, path)
	}
}

func TestOnlyTheLoopbackInterface(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "example.com:80", "nonsense"} {
		o := options(t)
		o.SimAddr = addr
		_, err := harness.Start(t.Context(), o)
		require.Error(t, err, addr)
		assert.Contains(t, err.Error(), addr)
		assert.NotContains(t, err.Error(), "\n")
	}
}

func TestATakenPortIsOneClearLine(t *testing.T) {
	t.Parallel()
	var config net.ListenConfig
	taken, err := config.Listen(t.Context(), "tcp", free)
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	o := options(t)
	o.Addr = taken.Addr().String()
	_, err = harness.Start(t.Context(), o)
	require.ErrorContains(t, err, "cannot listen on "+o.Addr+", choose another address")
}

func TestTheSalesPlatformRefusesUnsignedEvents(t *testing.T) {
	t.Parallel()
	h := start(t, options(t))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.PlatformURL+"/events", bytes.NewReader([]byte(`{"type":"payorder.code"}`)))
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	assert.Equal(t, http.StatusUnauthorized, res.StatusCode)
	assert.Empty(t, h.Platform.Inbox())
}

func TestRequestsAreLoggedOnce(t *testing.T) {
	t.Parallel()
	log := &lines{}
	o := options(t)
	o.Logger = slog.New(slog.NewJSONHandler(log, nil))
	h := start(t, o)
	require.NoError(t, h.Platform.Call(t.Context(), http.MethodPost, "/onboard/checks", map[string]any{"login_name": "some-name"}, nil))
	assert.Equal(t, 1, bytes.Count([]byte(log.String()), []byte(`"/onboard/checks"`)), log.String())
}
