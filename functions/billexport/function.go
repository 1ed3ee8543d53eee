// Package billexport writes a month's bills of all customers to a CSV file,
// compares it with Huawei Cloud's own monthly sums, and publishes both under a
// manifest. A run takes as long as the bills are long, so those of many customers
// are started by the schedule or the queue, which have no time limit of a request.
package billexport

import (
	"cmp"
	"context"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// Config is the configuration of the function.
type Config struct {
	functions.Config
	ExportDir string `envconfig:"EXPORT_DIR" required:"true" desc:"existing folder in which the exports are published, one folder a cycle"`
}

// cloud is what this function calls of the partner API.
type cloud interface {
	ListConsumeSubCustomers(ctx context.Context, r bss.ListConsumeSubCustomersRequest) iter.Seq2[string, error]
	ListSubCustomerBillDetail(ctx context.Context, r bss.ListSubCustomerBillDetailRequest) iter.Seq2[bss.FeeRecord, error]
	ListSubcustomerMonthlyBills(ctx context.Context, r bss.ListSubcustomerMonthlyBillsRequest) iter.Seq2[bss.BillSum, error]
}

type function struct {
	cloud       cloud
	destination Destination
	locks       locks
	now         func() time.Time
	log         *slog.Logger
}

// New makes the function. It fails where the export folder is missing.
func New(cfg Config, rt functions.Runtime) (*handler.Edge, error) {
	folder, err := NewFolder(cfg.ExportDir)
	if err != nil {
		return nil, err
	}
	return newEdge(cfg, rt, folder)
}

func newEdge(cfg Config, rt functions.Runtime, destination Destination) (*handler.Edge, error) {
	client, err := cfg.Client(rt)
	if err != nil {
		return nil, err
	}
	f := &function{
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
		Routes: []handler.Route{
			{Method: http.MethodPost, Pattern: "/billexport/runs", Handle: f.postRun},
			{Method: http.MethodGet, Pattern: "/billexport/runs/{cycle}", Handle: f.showRun},
		},
		Schedules: []handler.Schedule{{Name: "monthly", Handle: f.scheduledRun}},
		Queues:    []handler.Queue{{Name: "exports", Handle: f.queuedRun}},
	}
}
