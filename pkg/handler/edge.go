package handler

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/webhook"
)

const (
	defaultMaxBody = 1 << 20
	defaultTimeout = 25 * time.Second
)

// Options says how an Edge serves a function.
type Options struct {
	// Secrets holds the one accepted webhook secret, or two while it is being
	// changed. Required unless every route is Open and nothing else is there.
	Secrets []webhook.Secret
	// Replays remembers the requests that were here. Required with Secrets.
	Replays Replays
	// Now tells the present instant; nil is the machine's clock.
	Now func() time.Time
	// Logger gets one line a call; nil is slog's default.
	Logger *slog.Logger
	// MaxBody is the largest accepted body in bytes; zero is 1 MiB.
	MaxBody int64
	// Timeout bounds a request to one of the function's routes; zero is 25
	// seconds, under the 30 that Amazon API Gateway waits. Handlers see it as the
	// deadline of their context. Schedules and queues have the platform's limit
	// only.
	Timeout time.Duration
	// NewID makes the id of a request for which the platform has none; nil makes
	// random ones.
	NewID func() string
}

// Edge serves one function. It is an http.Handler, and safe for concurrent use.
type Edge struct {
	function Function
	routes   *http.ServeMux
	verifier webhook.Verifier
	replays  Replays
	now      func() time.Time
	logger   *slog.Logger
	maxBody  int64
	timeout  time.Duration
	newID    func() string
}

// New checks a function's description and returns its edge. The error names
// everything that is wrong with it.
func New(f Function, opts Options) (*Edge, error) {
	opts = opts.withDefaults()
	routes, routesErr := newRoutes(f)
	if err := errors.Join(f.check(), routesErr, opts.check(f)); err != nil {
		return nil, fmt.Errorf("function %q: %w", f.Name, err)
	}
	return &Edge{
		function: f,
		routes:   routes,
		verifier: webhook.Verifier{Secrets: opts.Secrets, Now: opts.Now},
		replays:  opts.Replays,
		now:      opts.Now,
		logger:   opts.Logger,
		maxBody:  opts.MaxBody,
		timeout:  opts.Timeout,
		newID:    opts.NewID,
	}, nil
}

// Function returns the description that the edge serves.
func (e *Edge) Function() Function { return e.function }

// Logger returns the logger of the edge, for the door it is served through.
func (e *Edge) Logger() *slog.Logger { return e.logger }

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = clock.System{}.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.MaxBody == 0 {
		o.MaxBody = defaultMaxBody
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.NewID == nil {
		o.NewID = rand.Text
	}
	return o
}

func (o Options) check(f Function) error {
	if !f.hasSigned() {
		return nil
	}
	var errs []error
	if len(o.Secrets) < 1 || len(o.Secrets) > 2 {
		errs = append(errs, fmt.Errorf("it has %d webhook secrets, want one, or two while it is being changed", len(o.Secrets)))
	}
	for i, secret := range o.Secrets {
		if secret.IsZero() {
			errs = append(errs, fmt.Errorf("webhook secret %d is empty", i+1))
		}
	}
	if o.Replays == nil {
		errs = append(errs, errors.New("it has no Replays to remember signed requests"))
	}
	return errors.Join(errs...)
}
