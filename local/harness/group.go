package harness

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Site is a handler and the loopback address where it is to be.
type Site struct {
	Addr    string
	Handler http.Handler
}

// Group is a number of servers that live and end together.
type Group struct {
	// URLs are where the servers are, in the order in which they were given.
	URLs []string

	servers []*http.Server
	failed  chan error
}

// Serve starts servers, all of them or none. Close ends them.
func Serve(ctx context.Context, sites ...Site) (*Group, error) {
	var addrs []string
	var handlers []http.Handler
	for _, s := range sites {
		addrs, handlers = append(addrs, s.Addr), append(handlers, s.Handler)
	}
	listeners, err := listen(ctx, addrs...)
	if err != nil {
		return nil, err
	}
	return serveOn(listeners, handlers), nil
}

func serveOn(listeners []net.Listener, handlers []http.Handler) *Group {
	g := &Group{failed: make(chan error, len(listeners))}
	for i, l := range listeners {
		s := &http.Server{Handler: handlers[i], ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
		g.servers, g.URLs = append(g.servers, s), append(g.URLs, address(l))
		go func() {
			if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				g.failed <- err
			}
		}()
	}
	return g
}

// Failed gives the error of a server that stopped by itself.
func (g *Group) Failed() <-chan error { return g.failed }

// Close ends the servers, giving requests under way until the context ends.
func (g *Group) Close(ctx context.Context) error {
	var errs []error
	for _, s := range g.servers {
		errs = append(errs, s.Shutdown(ctx))
	}
	return errors.Join(errs...)
}

// listen opens loopback listeners, all of them or none.
func listen(ctx context.Context, addrs ...string) ([]net.Listener, error) {
	var config net.ListenConfig
	var all []net.Listener
	for _, addr := range addrs {
		if err := checkLoopback(addr); err != nil {
			closeAll(all)
			return nil, err
		}
		l, err := config.Listen(ctx, "tcp", addr)
		if err != nil {
			closeAll(all)
			return nil, fmt.Errorf("cannot listen on %s, choose another address: %w", addr, err)
		}
		all = append(all, l)
	}
	return all, nil
}

// checkLoopback refuses every address that others than this machine can reach.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("%q is not of the form 127.0.0.1:8080", addr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%s is not on the loopback interface: the simulator is for this machine only", addr)
	}
	return nil
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		_ = l.Close()
	}
}

func address(l net.Listener) string { return "http://" + l.Addr().String() }
