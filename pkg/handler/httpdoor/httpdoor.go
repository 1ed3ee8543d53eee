// Package httpdoor serves functions over plain HTTP: in a container, on a
// machine, behind any proxy, or as an HTTP function of Huawei Cloud
// FunctionGraph.
package httpdoor

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 30 * time.Second
	// writeTimeout leaves time for a schedule that is started over HTTP.
	writeTimeout    = 15 * time.Minute
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 30 * time.Second
	maxHeaderBytes  = 64 << 10
)

// Handler returns the handler of all edges, each under its function's name, and
// of GET /healthz, which answers 200 as long as the process serves.
func Handler(edges ...*handler.Edge) http.Handler {
	byName := make(map[string]*handler.Edge, len(edges))
	for _, edge := range edges {
		byName[edge.Function().Name] = edge
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		switch edge, found := byName[name]; {
		case found:
			edge.ServeHTTP(w, r)
		case r.URL.Path == "/healthz" && r.Method == http.MethodGet:
			writeHealthy(w)
		case len(edges) > 0:
			// No function: whichever edge answers, it answers and logs 404.
			edges[0].ServeHTTP(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

func writeHealthy(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(`{"status":"ok"}` + "\n"))
}

// Serve listens on addr, "host:port", and serves until ctx ends. Then it takes no
// more connections and gives the requests under way 30 seconds. It returns nil
// after a complete shutdown.
func Serve(ctx context.Context, addr string, edges ...*handler.Edge) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("serve functions: %w", err)
	}
	return ServeOn(ctx, listener, edges...)
}

// ServeOn is Serve on a listener, which it closes.
func ServeOn(ctx context.Context, listener net.Listener, edges ...*handler.Edge) error {
	server := &http.Server{
		Handler:           Handler(edges...),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          errorLog(edges),
		// The end of ctx stops the server, not the requests under way.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()

	select {
	case err := <-failed:
		return fmt.Errorf("serve functions on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
		return shutdown(ctx, server, failed)
	}
}

func shutdown(ctx context.Context, server *http.Server, failed <-chan error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return fmt.Errorf("requests were still under way after %s and were cut off: %w",
			shutdownTimeout, errors.Join(err, server.Close()))
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve functions: %w", err)
	}
	return nil
}

func errorLog(edges []*handler.Edge) *log.Logger {
	if len(edges) == 0 {
		return nil
	}
	return slog.NewLogLogger(edges[0].Logger().Handler(), slog.LevelWarn)
}
