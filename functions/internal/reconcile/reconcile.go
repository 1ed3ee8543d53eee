// Package reconcile is what every function with a ledger has: the schedule that
// settles what is due, the report of what waits for a person, and the person's
// decision.
package reconcile

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// batch is how many entries one run of the schedule looks at.
	batch = 200
	// swept is how many expired rows one run deletes.
	swept = 1000
)

// Settler knows one kind of effect, by the key and the fingerprint of its entries.
type Settler struct {
	// Settle rebuilds the effect and calls ledger.Reconcile. For an entry that is
	// done it does what follows from that, if anything; it may be called again.
	Settle func(ctx context.Context, en ledger.Entry) error
	// Result is what to record when a person says that the effect was made. Record
	// is the id that they found in the partner centre, empty for none; a *Problem is
	// answered where one is needed or cannot be this entry's.
	Result func(ctx context.Context, en ledger.Entry, record string) (any, error)
	// LookAt tells a person where in the partner centre the effect shows.
	LookAt func(en ledger.Entry) string
}

// Reconciler settles the entries of one function.
type Reconciler struct {
	function  string
	book      *ledger.Ledger
	store     ledger.Store // swept of what has expired; nil where it does that by itself
	settlers  map[string]Settler
	resolvers []string
	now       func() time.Time
	log       *slog.Logger

	mu     sync.Mutex
	logged map[string]bool // what was reported as unknown before, by its outcome's id
}

// New makes the reconciler of the function of that name. The settlers are found by
// the first segment of an entry's key.
func New(function string, book *ledger.Ledger, cfg functions.Config, rt functions.Runtime, settlers map[string]Settler) *Reconciler {
	r := &Reconciler{
		function: function, book: book, settlers: settlers, resolvers: cfg.LedgerResolvers,
		now: rt.Clock.Now, log: cmp.Or(rt.Logger, slog.Default()), logged: map[string]bool{},
	}
	if !strings.HasPrefix(cfg.LedgerURL, "dynamodb:") { // whose table has a time to live
		r.store = rt.Store
	}
	return r
}

// Extend gives a function the routes of its ledger, and the schedule that settles
// what is due.
func (r *Reconciler) Extend(f handler.Function) handler.Function {
	root := "/" + r.function + "/ledger"
	f.Routes = append(f.Routes,
		handler.Route{Method: http.MethodGet, Pattern: root, Handle: r.list},
		handler.Route{Method: http.MethodGet, Pattern: root + "/{key}", Handle: r.show},
		handler.Route{Method: http.MethodPost, Pattern: root + "/{key}/resolution", Handle: r.resolve},
	)
	f.Schedules = append(f.Schedules, handler.Schedule{Name: "reconcile", Handle: r.run})
	return f
}

func (r *Reconciler) run(ctx context.Context, _ json.RawMessage) error {
	sum, err := r.book.ReconcileDue(ctx, batch, r.settle)
	if sum.Settled+sum.Announced+len(sum.Unknown) > 0 {
		r.log.LogAttrs(ctx, slog.LevelInfo, "ledger reconciled", slog.String("function", r.function),
			slog.Int("settled", sum.Settled), slog.Int("announced", sum.Announced), slog.Int("unknown", len(sum.Unknown)))
	}
	for _, en := range r.fresh(sum.Unknown) {
		r.log.LogAttrs(ctx, slog.LevelWarn, "outcome unknown: look at it in the partner centre and decide",
			slog.String("function", r.function), slog.String("key", en.Key), slog.Time("since", en.Since),
			slog.Int("attempts", en.Attempts), slog.String("reason", en.Reason), slog.String("resolution", r.path(en.Key)+"/resolution"))
	}
	if err != nil {
		err = fmt.Errorf("reconcile the ledger of %s: %w", r.function, err)
	}
	return errors.Join(err, r.sweep(ctx))
}

// sweep deletes rows that mean nothing any more: used ids, codes, events that were
// delivered long ago.
func (r *Reconciler) sweep(ctx context.Context) error {
	if r.store == nil {
		return nil
	}
	if _, err := r.store.DeleteExpired(ctx, r.now(), swept); err != nil {
		return fmt.Errorf("delete what has expired in the store: %w", err)
	}
	return nil
}

// fresh are the entries that this process has not reported yet.
func (r *Reconciler) fresh(unknown []ledger.Entry) []ledger.Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := map[string]bool{}
	var fresh []ledger.Entry
	for _, en := range unknown {
		now[en.OutcomeID()] = true
		if !r.logged[en.OutcomeID()] {
			fresh = append(fresh, en)
		}
	}
	r.logged = now
	return fresh
}

func (r *Reconciler) settle(ctx context.Context, en ledger.Entry) error {
	settler, ok := r.settler(en.Key)
	if !ok {
		return fmt.Errorf("%s has nobody who can ask about a key such as %q", r.function, en.Key)
	}
	return settler.Settle(ctx, en)
}

func (r *Reconciler) settler(key string) (Settler, bool) {
	kind, _, _ := strings.Cut(key, "/")
	settler, ok := r.settlers[kind]
	return settler, ok
}

// path is where an entry is, with the "/" of its key as ":".
func (r *Reconciler) path(key string) string {
	return "/" + r.function + "/ledger/" + url.PathEscape(strings.ReplaceAll(key, "/", ":"))
}

// entry finds the entry of a path. A ":" is a "/" of the key; where that is no key,
// only the first one is, since ids of the platform may have others of their own.
func (r *Reconciler) entry(ctx context.Context, req *handler.Request) (ledger.Entry, error) {
	written := req.PathValue("key")
	for _, key := range slices.Compact([]string{strings.ReplaceAll(written, ":", "/"), strings.Replace(written, ":", "/", 1)}) {
		en, err := r.book.Entry(ctx, key)
		if !errors.Is(err, ledger.ErrNotFound) {
			return en, err
		}
	}
	return ledger.Entry{}, entryUnknown(written)
}
