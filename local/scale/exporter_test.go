package scale_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
	"github.com/bssfn/bssfn/pkg/webhook"
)

const callerSecret = "whsec_c2NhbGUtY2FsbGVyLXNlY3JldC1vZi1iZW5jaG1hcmtz"

// order is what the exporter is to do.
type order struct {
	Cloud, Folder, Cycle string
	Formats              []string
	// HeapProfile is where the memory that is in use is described after the run; empty:
	// nowhere.
	HeapProfile string
}

// outcome is what the exporter says of a run.
type outcome struct {
	State   string
	Rows    int
	Seconds float64
	// CPU is what this process took of it, user and system, in seconds: other work of
	// the machine does not count.
	CPU float64
	// PeakMiB is the most memory that was resident.
	PeakMiB float64
}

// impatient is the machine's time for a process that hardly waits: the client would
// spend the quota evenly, which this Huawei Cloud does not have.
type impatient struct{ clock.System }

// Sleep waits a millisecond at the most.
func (c impatient) Sleep(ctx context.Context, d time.Duration) error {
	return c.System.Sleep(ctx, min(d, time.Millisecond))
}

// playExporter exports once, in-process, through the function's own routes.
func playExporter() error {
	var o order
	if err := settings(&o); err != nil {
		return err
	}
	edge, err := billexport.New(billexport.Config{
		ExportURL: "file:" + o.Folder,
		Config: functions.Config{
			Site: "cn", Endpoint: o.Cloud, IAMEndpoint: o.Cloud, AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"),
			XAccountType: "SIM_IDP", PageSize: 1000, CallerSecrets: []handler.Secret{handler.NewSecret(callerSecret)},
		},
	}, functions.Runtime{Clock: impatient{}, Store: memory.New(), Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return err
	}
	began := time.Now()
	body, err := json.Marshal(map[string]any{"cycle": o.Cycle, "formats": o.Formats})
	if err != nil {
		return err
	}
	var run struct {
		RunID   string     `json:"run_id"`
		State   string     `json:"state"`
		Rows    int        `json:"rows"`
		EndedAt *time.Time `json:"ended_at"`
		Reason  any        `json:"reason"`
	}
	if err := call(edge, http.MethodPost, "/billexport/runs", body, &run); err != nil {
		return err
	}
	for run.EndedAt == nil {
		if err := call(edge, http.MethodGet, "/billexport/runs/"+run.RunID+"?wait=20", nil, &run); err != nil {
			return err
		}
	}
	if run.State != "published" {
		return fmt.Errorf("the run is %s: %v", run.State, run.Reason)
	}
	result := outcome{State: run.State, Rows: run.Rows, Seconds: time.Since(began).Seconds()}
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return err
	}
	result.CPU = time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
	if result.PeakMiB, err = peak(); err != nil {
		return err
	}
	if o.HeapProfile != "" {
		if err := describeHeap(o.HeapProfile); err != nil {
			return err
		}
	}
	return answer(result)
}

// call sends a signed request to the function and reads its answer.
func call(edge *handler.Edge, method, path string, body []byte, into any) error {
	secret, err := webhook.ParseSecret(callerSecret)
	if err != nil {
		return err
	}
	r := httptest.NewRequestWithContext(context.Background(), method, path, bytes.NewReader(body))
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	now := time.Now()
	webhook.SetHeaders(r.Header, secret, "msg_"+strconv.FormatInt(now.UnixNano(), 10), now, body)
	w := httptest.NewRecorder()
	edge.ServeHTTP(w, r)
	if w.Code >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: HTTP %d: %s", method, path, w.Code, w.Body)
	}
	return json.Unmarshal(w.Body.Bytes(), into)
}

// peak is the most memory of this process that was resident, in MiB, as Linux counts it.
func peak() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if kib, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kib), "kB")))
			return float64(n) / 1024, err
		}
	}
	return 0, errors.New("/proc/self/status has no VmHWM")
}

func describeHeap(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup("heap").WriteTo(file, 0), file.Close())
}
