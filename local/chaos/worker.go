package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// WorkerCommand is the first argument of a process that is a worker. Whatever
// program calls Run must begin with
//
//	if len(os.Args) > 1 && os.Args[1] == chaos.WorkerCommand {
//		err := chaos.Worker(ctx, os.Args[2:])
//
// because the workers are that program once more.
const WorkerCommand = "chaos-worker"

// The secrets of the driver are none: they are the same on every machine.
const (
	callerSecret = "whsec_Y2hhb3Mtc2FsZXMtcGxhdGZvcm0tbm90LXNlY3JldA=="
	eventsSecret = "whsec_Y2hhb3MtZXZlbnRzLXNlY3JldC1ub3Qtc2VjcmV0ISE="
	quoteKey     = "chaos-quote-key-that-is-no-secret-at-all"
)

// worker is a process that serves the functions and stops at every point.
type worker struct {
	id    int
	clock *workerClock
	wire  *http.Transport

	sending sync.Mutex
	out     *json.Encoder

	nudges  chan struct{}
	outside atomic.Int64 // goroutines that wait for the outside
	events  atomic.Int64 // releases, and ways to the outside

	mu       sync.Mutex
	delivery *delivery // the one that it is at
	moving   bool      // since the conductor let it go on
	arrived  []stand   // where it has stopped since
	tickets  int
	waiting  map[int]chan release // by ticket

	functions  http.Handler
	storeURL   string
	store      ledger.Store
	closeStore func()
}

// Worker serves until the conductor goes away. Its arguments are the conductor's
// address and the worker's number. Nothing else may run in its process, not even a
// handler of signals: it waits until no goroutine does.
func Worker(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("a worker is started by the fault driver alone")
	}
	id, err := strconv.Atoi(args[1])
	if err != nil {
		return fmt.Errorf("the number of the worker: %w", err)
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", args[0])
	if err != nil {
		return fmt.Errorf("call the conductor: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("serve the functions: %w", err)
	}
	w := &worker{
		id: id, clock: &workerClock{}, wire: http.DefaultTransport.(*http.Transport).Clone(),
		out: json.NewEncoder(conn), nudges: make(chan struct{}, 1), waiting: map[int]chan release{},
	}
	if err := w.send(report{Worker: id, URL: "http://" + listener.Addr().String()}); err != nil {
		return err
	}
	go w.watch(ctx)
	go w.receive(conn)
	return (&http.Server{Handler: w, ReadHeaderTimeout: 10 * time.Second}).Serve(listener)
}

func (w *worker) send(r report) error {
	w.sending.Lock()
	defer w.sending.Unlock()
	return w.out.Encode(r)
}

// receive hands the conductor's releases to the deliveries that wait for them.
func (w *worker) receive(conn io.Reader) {
	in := json.NewDecoder(conn)
	for {
		var r release
		if in.Decode(&r) != nil {
			os.Exit(0) // without a conductor there is nothing to do
		}
		w.mu.Lock()
		w.events.Add(1)
		w.moving = true
		waiting := w.waiting[r.Ticket]
		delete(w.waiting, r.Ticket)
		w.mu.Unlock()
		waiting <- r
		w.nudge()
	}
}

// ServeHTTP prepares a run, or takes a delivery.
func (w *worker) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	if r.URL.Path == setupPath {
		if err := w.prepare(r); err != nil {
			http.Error(out, err.Error(), http.StatusInternalServerError)
		}
		return
	}
	w.mu.Lock()
	serve := w.functions
	w.mu.Unlock()
	id, err := strconv.Atoi(r.Header.Get(deliveryHeader))
	if err != nil {
		serve.ServeHTTP(out, r) // the driver's own preparations
		return
	}
	body, err := io.ReadAll(r.Body) // it may still be on its way
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	ctx, d := w.begin(r.Context(), id, r.URL.Path)
	defer w.end(d)
	if d.stop(ctx, point{What: atBegin}, 0) != nil {
		http.Error(out, `{"code":"gone"}`, http.StatusServiceUnavailable)
		return
	}
	serve.ServeHTTP(out, r.WithContext(ctx))
}

// prepare builds the functions anew, so that nothing of an earlier run is in the
// process.
func (w *worker) prepare(r *http.Request) error {
	var s setup
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		return fmt.Errorf("read the setup: %w", err)
	}
	w.clock.set(s.Now)
	if err := w.open(r.Context(), s.StoreURL); err != nil {
		return err
	}
	store, err := breakStore(s.Broken, scoped{w.store, s.Scope}, w.clock.Now)
	if err != nil {
		return err
	}
	functions, err := w.build(s, stoppingStore{w, store})
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.functions = functions
	return nil
}

func (w *worker) open(ctx context.Context, address string) error {
	if w.storeURL == address {
		return nil
	}
	if w.closeStore != nil {
		w.closeStore()
	}
	var err error
	w.store, w.closeStore, err = openStore(context.WithoutCancel(ctx), address)
	if err != nil {
		return err
	}
	w.storeURL = address
	return nil
}

func (w *worker) build(s setup, store ledger.Store) (http.Handler, error) {
	rt := functions.Runtime{
		Clock: w.clock, Store: store, Logger: slog.New(slog.DiscardHandler),
		Transport:    stoppingTransport{w, w.wire, atCall},
		AroundEvents: func(wire http.RoundTripper) http.RoundTripper { return stoppingTransport{w, wire, atEvent} },
		Random:       func() float64 { return 0.5 },
	}
	shared := functions.Config{
		Site: "cn", Endpoint: s.SimURL, IAMEndpoint: s.SimURL, XAccountType: "SIM_IDP",
		AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"),
		IAMDomain: "sim-partner", IAMUser: "sim-operator", IAMPassword: handler.NewSecret("Sim-Operator-1"),
		CallerSecrets: []handler.Secret{handler.NewSecret(callerSecret)},
	}
	events := functions.EventsConfig{EventsURL: s.PlatformURL, EventsSecret: handler.NewSecret(eventsSecret), EventsParallel: 4}
	pay, err := payorder.New(payorder.Config{
		Config: shared, QuoteKey: handler.NewSecret(quoteKey),
		EventsConfig: events,
		RebateRates:  map[string]decimal.Decimal{}, PayWait: 5 * time.Second,
		VerifyPayments: "above:" + confirmedAbove.String(), FundPayments: decimal.NewFromInt(10000),
	}, rt)
	if err != nil {
		return nil, err
	}
	issue, err := couponissue.New(couponissue.Config{Config: shared, EventsConfig: events}, rt)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/payorder/", pay)
	mux.Handle("/couponissue/", issue)
	return mux, nil
}
