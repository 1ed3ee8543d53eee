package httpdoor_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/handler/httpdoor"
)

// wire is these tests' own: a httptest server that closes, closes the idle
// connections of the default one, also under others' requests.
var wire = http.DefaultTransport.(*http.Transport).Clone()

type handle = func(ctx context.Context, r *handler.Request) (*handler.Response, error)

// edge returns an edge with the open route GET /{name}/status.
func edge(t *testing.T, name string, do handle) *handler.Edge {
	t.Helper()
	made, err := handler.New(handler.Function{Name: name, Routes: []handler.Route{
		{Method: http.MethodGet, Pattern: "/" + name + "/status", Access: handler.Open, Handle: do},
	}}, handler.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return made
}

func says(text string) handle {
	return func(context.Context, *handler.Request) (*handler.Response, error) {
		return handler.OK(text), nil
	}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	status, body, err := fetch(t.Context(), url)
	require.NoError(t, err)
	return status, body
}

func fetch(ctx context.Context, url string) (status int, body string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	response, err := (&http.Client{Transport: wire}).Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	raw, err := io.ReadAll(response.Body)
	return response.StatusCode, string(raw), err
}

func TestHandler(t *testing.T) {
	t.Parallel()
	tests := []struct {
		path   string
		status int
		body   string
	}{
		{"/orders/status", 200, `"orders"`},
		{"/bills/status", 200, `"bills"`},
		{"/b%69lls/status", 200, `"bills"`},
		{"/bills/orders/status", 404, "route_not_found"},
		{"/healthz", 200, `{"status":"ok"}`},
		{"/healthz/status", 404, "route_not_found"},
		{"/", 404, "route_not_found"},
	}
	server := httptest.NewServer(httpdoor.Handler(edge(t, "orders", says("orders")), edge(t, "bills", says("bills"))))
	t.Cleanup(server.Close)
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			t.Parallel()
			status, body := get(t, server.URL+test.path)
			assert.Equal(t, test.status, status)
			assert.Contains(t, body, test.body)
		})
	}
}

func TestHandlerWithoutFunctions(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(httpdoor.Handler())
	t.Cleanup(server.Close)
	status, _ := get(t, server.URL+"/orders/status")
	assert.Equal(t, http.StatusNotFound, status)
}

func TestServeFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	begun, release := make(chan struct{}), make(chan struct{})
	slow := edge(t, "orders", func(ctx context.Context, _ *handler.Request) (*handler.Response, error) {
		close(begun)
		<-release
		return handler.OK("finished"), ctx.Err()
	})
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	served := make(chan error, 1)
	go func() { served <- httpdoor.ServeOn(ctx, listener, slow) }()
	answered := make(chan string, 1)
	go func() {
		_, body, err := fetch(t.Context(), "http://"+address+"/orders/status")
		assert.NoError(t, err)
		answered <- body
	}()

	<-begun
	stop()
	assert.EventuallyWithT(t, func(c *assert.CollectT) {
		var dialer net.Dialer
		connection, err := dialer.DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = connection.Close()
		}
		assert.Error(c, err, "it takes no more connections")
	}, 10*time.Second, time.Millisecond)
	close(release)
	assert.Equal(t, "\"finished\"\n", <-answered)
	require.NoError(t, <-served)
}

func TestServeNamesAnAddressInUse(t *testing.T) {
	t.Parallel()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	err = httpdoor.Serve(t.Context(), listener.Addr().String(), edge(t, "orders", says("orders")))
	require.ErrorContains(t, err, listener.Addr().String())
}
