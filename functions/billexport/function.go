// Package billexport writes a month's bills of all customers to a CSV file,
// compares it with Huawei Cloud's own monthly sums, and publishes both under a
// manifest. A run takes as long as the bills are long, so those of many customers
// are started by the schedule or the queue, which have no time limit of a request.
package billexport

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"strings"
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
	ListSubCustomerBillDetail(ctx context.Context, r bss.ListSubCustomerBillDetailRequest) iter.Seq2[bss.FeeRecord, error]
	ListSubcustomerMonthlyBills(ctx context.Context, r bss.ListSubcustomerMonthlyBillsRequest) iter.Seq2[bss.BillSum, error]
}

type function struct {
	cfg         Config
	cloud       cloud
	destination Destination
	// objects is where exports and what runs work with are; store keeps documents.
	objects objects.Store
	store   ledger.Store
	events  *functions.Events
	locks   locks
	now     func() time.Time
	log     *slog.Logger
}

// New makes the function, which publishes in a folder. It fails where the folder is
// missing.
func New(cfg Config, rt functions.Runtime) (*handler.Edge, error) {
	dir, ok := strings.CutPrefix(cfg.ExportURL, "file:")
	if !ok {
		return nil, fmt.Errorf("EXPORT_URL %q is not of the form file:FOLDER, which is what this deployment can publish in", cfg.ExportURL)
	}
	folder, err := NewFolder(dir)
	if err != nil {
		return nil, err
	}
	return NewTo(folder, cfg, rt)
}

// NewTo makes the function with a destination of its own.
func NewTo(destination Destination, cfg Config, rt functions.Runtime) (*handler.Edge, error) {
	client, err := cfg.Client(rt)
	if err != nil {
		return nil, err
	}
	events, err := cfg.OpenEvents("billexport", rt)
	if err != nil {
		return nil, err
	}
	f := &function{
		cfg:         cfg,
		store:       rt.Store,
		events:      events,
		cloud:       client,
		destination: destination,
		locks:       newLocks(rt),
		now:         rt.Clock.Now,
		log:         cmp.Or(rt.Logger, slog.Default()),
	}
	return cfg.Edge(f.describe(), rt)
}

func (f *function) describe() handler.Function {
	return handler.Function{
		Name: "billexport",
		Routes: slices.Concat(f.consumptionRoutes(), f.budgetsRoutes(), f.subscribedRoutes(), []handler.Route{
			{Method: http.MethodPost, Pattern: "/billexport/runs", Handle: f.postRun},
			{Method: http.MethodGet, Pattern: "/billexport/runs/{cycle}", Handle: f.showRun},
		}),
		Schedules: []handler.Schedule{{Name: "monthly", Handle: f.scheduledRun}},
		Queues:    []handler.Queue{{Name: "exports", Handle: f.queuedRun}},
	}
}
