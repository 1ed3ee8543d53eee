// Package billexport exports a month's bills of all customers in the formats that
// finance uses, compares them with Huawei Cloud's own monthly sums, and publishes them
// under a manifest. A run is divided into tasks, which workers do that may be ended at
// any moment: what is done is not done again, and the outcome is the same.
package billexport

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// cloud is what this function calls of the partner API.
type cloud interface {
	ListConsumeSubCustomers(ctx context.Context, r bss.ListConsumeSubCustomersRequest) iter.Seq2[bss.ConsumingCustomer, error]
	ListSubCustomers(ctx context.Context, r bss.ListSubCustomersRequest) iter.Seq2[bss.SubCustomer, error]
	ListSubCustomerBillDetailPages(ctx context.Context, r bss.ListSubCustomerBillDetailRequest) iter.Seq2[*bss.FeePage, error]
	ListSubcustomerMonthlyBills(ctx context.Context, r bss.ListSubcustomerMonthlyBillsRequest) iter.Seq2[bss.BillSum, error]
	ListIndirectPartners(ctx context.Context, r bss.ListIndirectPartnersRequest) iter.Seq2[bss.IndirectPartner, error]
	ListCustomerselfResourceRecords(ctx context.Context, customer bss.Customer, r bss.ListCustomerselfResourceRecordsRequest) iter.Seq2[bss.ResourceFeeRecord, error]
	ListPostpaidBillSum(ctx context.Context, r bss.ListPostpaidBillSumRequest) (bss.PostpaidBillSum, error)
	In(l bss.Language) *bss.Client
}

type function struct {
	cfg   Config
	cloud cloud
	// objects is where exports are published unless a request names another of the
	// destinations, and where runs keep what they work with.
	objects      objects.Store
	destinations map[string]objects.Store
	store        ledger.Store
	runs         *runStore
	works        *ledger.Documents[work]
	lastPlan     planCache
	tasks        Tasks
	// remote says that tasks are done elsewhere.
	remote bool
	// archives is where the subscribed files are; nil where none are read.
	archives objects.Store
	events   *functions.Events
	entropy  io.Reader
	now      func() time.Time
	sleep    func(ctx context.Context, d time.Duration) error
	log      *slog.Logger
}

// Platform is what a deployment brings with it. The zero value is a process of its own:
// it does all tasks itself.
type Platform struct {
	// Open opens the store at an address of the configuration; nil opens folders and
	// what EXPORT_ENDPOINT says.
	Open func(address string) (objects.Store, error)
	// Tasks sends tasks to a queue, whose messages come to the queue exports.
	Tasks Tasks
}

// New makes the function in a process of its own.
func New(cfg Config, rt functions.Runtime) (*handler.Edge, error) {
	return NewOn(Platform{}, cfg, rt)
}

// NewOn makes the function on a platform. It fails where a store cannot be opened, a
// folder that is missing among them.
func NewOn(p Platform, cfg Config, rt functions.Runtime) (*handler.Edge, error) {
	f, err := newFunction(p, cfg, rt)
	if err != nil {
		return nil, err
	}
	edge, err := cfg.Edge(f.events.Extend(f.describe()), rt)
	if err == nil && !f.remote {
		// What was begun before this process is begun again.
		go f.resumeAll()
	}
	return edge, err
}

func newFunction(p Platform, cfg Config, rt functions.Runtime) (*function, error) {
	cfg, err := cfg.checked()
	if err != nil {
		return nil, err
	}
	client, err := cfg.Client(rt)
	if err != nil {
		return nil, err
	}
	events, err := cfg.OpenEvents("billexport", rt)
	if err != nil {
		return nil, err
	}
	f := &function{
		cfg:     cfg,
		cloud:   client,
		store:   rt.Store,
		runs:    newRunStore(rt),
		works:   ledger.NewDocuments[work](rt.Store, "export-task", rt.Clock.Now),
		tasks:   p.Tasks,
		remote:  p.Tasks != nil,
		events:  events,
		entropy: cmp.Or(rt.Entropy, rand.Reader),
		now:     rt.Clock.Now,
		sleep:   rt.Clock.Sleep,
		log:     cmp.Or(rt.Logger, slog.Default()),
	}
	if p.Open == nil {
		p.Open = func(address string) (objects.Store, error) { return objects.Open(address, cfg.StoreOptions(rt)) }
	}
	if err := f.open(p.Open); err != nil {
		return nil, err
	}
	if f.archives, err = cfg.openSubscribed(rt); err != nil {
		return nil, err
	}
	if f.tasks == nil {
		f.tasks = &inProcess{
			do: f.perform, now: f.now, sleep: f.sleep, log: f.log, workers: cfg.Workers,
			waiting: map[task]bool{}, atWork: map[task]bool{}}
	}
	return f, nil
}

// open opens where exports are published.
func (f *function) open(open func(string) (objects.Store, error)) error {
	f.destinations = map[string]objects.Store{}
	var errs []error
	for name, address := range f.cfg.Destinations {
		store, err := open(address)
		if err != nil {
			errs = append(errs, fmt.Errorf("EXPORT_DESTINATIONS, %s: %w", name, err))
		}
		f.destinations[name] = store
	}
	store, err := open(f.cfg.ExportURL)
	if err != nil {
		errs = append(errs, fmt.Errorf("EXPORT_URL: %w", err))
	}
	f.objects, f.destinations[""] = store, store
	return errors.Join(errs...)
}

// resumeAll begins again what is unfinished.
func (f *function) resumeAll() {
	ctx := context.Background()
	if err := f.sweep(ctx, f.now().Add(runTerm)); err != nil {
		f.log.LogAttrs(ctx, slog.LevelWarn, "unfinished exports are left to the sweep", slog.Any("cause", err))
	}
}

func (f *function) describe() handler.Function {
	return handler.Function{
		Name: "billexport",
		Routes: slices.Concat(f.consumptionRoutes(), f.budgetsRoutes(), f.subscribedRoutes(), []handler.Route{
			{Method: http.MethodPost, Pattern: "/billexport/runs", Handle: f.postRun},
			{Method: http.MethodGet, Pattern: "/billexport/runs", Handle: f.listRuns},
			{Method: http.MethodGet, Pattern: "/billexport/runs/{run_id}", Handle: f.showRun},
			{Method: http.MethodPost, Pattern: "/billexport/runs/{run_id}/cancel", Handle: f.cancelRun},
			{Method: http.MethodGet, Pattern: "/billexport/exports/{cycle}", Handle: f.showExport},
		}),
		Schedules: []handler.Schedule{
			{Name: "daily", Handle: f.scheduledDay},
			{Name: "monthly", Handle: f.scheduledMonth},
			{Name: "subscribed", Handle: f.scheduledSubscribed},
			{Name: "sweep", Handle: f.scheduledSweep},
		},
		Queues: []handler.Queue{{Name: "exports", Handle: f.queued}},
	}
}
