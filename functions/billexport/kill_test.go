package billexport_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/sqlite"
	"github.com/bssfn/bssfn/pkg/webhook"
)

// kills is how many processes are killed in TestKilledRunsEndAsUndisturbedOnes.
var kills = flag.Int("kills", 3, "how many processes are killed in the middle of an export")

// childVariable has the orders of a process that this test starts and kills.
const childVariable = "BILLEXPORT_TEST_CHILD"

// orders are what a child is to do: export February, as the process number Round of its
// run, and kill itself at a step, unless that is 0.
type orders struct {
	Endpoint, Ledger, Dir string
	Start                 time.Time
	Round, KillAt         int
}

func TestMain(m *testing.M) {
	if text, ok := os.LookupEnv(childVariable); ok {
		var o orders
		if err := errors.Join(json.Unmarshal([]byte(text), &o), o.export()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// export runs the export in this process, from wherever processes before it left it.
func (o orders) export() error {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, o.Ledger)
	if err != nil {
		return err
	}
	steps := &steps{killAt: int64(o.KillAt)}
	now := clock.NewFrozen(o.Start.Add(time.Duration(o.Round) * 10 * time.Minute)) // leases of those before have ended
	cfg := configOf(o.Endpoint, o.Dir)
	cfg.Formats = []string{"csv", "csv.gz", "xlsx", "parquet", "focus-csv", "statements", "report"}
	cfg.SplitRows = 40
	edge, err := billexport.NewOn(billexport.Platform{Open: steps.open}, cfg, functions.Runtime{
		Clock: now, Store: steppedStore{store, steps}, Logger: slog.New(slog.DiscardHandler),
		Transport: steppedTransport{steps}, Random: func() float64 { return 0 }, Entropy: bytes.NewReader(make([]byte, 8)),
	})
	if err != nil {
		return err
	}
	calls := 0
	call := func(method, path, body string, into *billexport.RunStatus) error {
		calls++
		answer := signed(edge, now.Now(), fmt.Sprintf("child_%d_%d", o.Round, calls), method, path, body)
		if answer.Code >= http.StatusBadRequest {
			return fmt.Errorf("%s %s: %d %s", method, path, answer.Code, answer.Body)
		}
		return json.Unmarshal(answer.Body.Bytes(), into)
	}
	var run billexport.RunStatus
	if err := call(http.MethodPost, "/billexport/runs", runOf(february), &run); err != nil {
		return err
	}
	for seen := false; !seen || !run.State.Ended(); seen = true { // an end is seen when it is cleared up
		if err := call(http.MethodGet, "/billexport/runs/"+run.RunID+"?wait=20", "", &run); err != nil {
			return err
		}
	}
	if run.State != billexport.RunPublished {
		return fmt.Errorf("the run is %s: %+v", run.State, run.Reason)
	}
	return store.Close()
}

func signed(edge *handler.Edge, now time.Time, id, method, path, body string) *httptest.ResponseRecorder {
	secret, err := webhook.ParseSecret(callerSecret)
	if err != nil {
		panic(err) // it is a constant
	}
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	webhook.SetHeaders(r.Header, secret, id, now, []byte(body))
	answer := httptest.NewRecorder()
	edge.ServeHTTP(answer, r)
	return answer
}

// steps counts what this process does to the world, and ends it before one of them.
type steps struct{ done, killAt int64 }

func (s *steps) next() {
	if atomic.AddInt64(&s.done, 1) == s.killAt {
		_ = syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
		select {} // until it arrives
	}
}

type steppedStore struct {
	ledger.Store
	steps *steps
}

func (s steppedStore) Insert(ctx context.Context, row ledger.Row) error {
	s.steps.next()
	defer s.steps.next()
	return s.Store.Insert(ctx, row)
}

func (s steppedStore) Update(ctx context.Context, row ledger.Row) error {
	s.steps.next()
	defer s.steps.next()
	return s.Store.Update(ctx, row)
}

type steppedTransport struct{ steps *steps }

// RoundTrip implements http.RoundTripper.
func (t steppedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.steps.next()
	return wire.RoundTrip(r)
}

func (s *steps) open(address string) (objects.Store, error) {
	folder, err := objects.NewFolder(strings.TrimPrefix(address, "file:"))
	return steppedFolder{folder, s}, err
}

type steppedFolder struct {
	*objects.Folder
	steps *steps
}

func (f steppedFolder) Create(ctx context.Context, name string) (objects.Writer, error) {
	w, err := f.Folder.Create(ctx, name)
	return steppedWriter{w, f.steps}, err
}

func (f steppedFolder) Put(ctx context.Context, name string, content []byte, seen objects.Version) error {
	f.steps.next()
	defer f.steps.next()
	return f.Folder.Put(ctx, name, content, seen)
}

func (f steppedFolder) Delete(ctx context.Context, name string) error {
	f.steps.next()
	return f.Folder.Delete(ctx, name)
}

type steppedWriter struct {
	objects.Writer
	steps *steps
}

func (w steppedWriter) Write(p []byte) (int, error) {
	w.steps.next()
	return w.Writer.Write(p)
}

func (w steppedWriter) Commit() error {
	w.steps.next()
	defer w.steps.next()
	return w.Writer.Commit()
}

// killed is an export whose processes are killed.
type killed struct {
	t     *testing.T
	cloud *huawei.Server
	clock *clock.Simulated
	url   string
	// customers are sorted.
	customers []string

	mu sync.Mutex
	// finished are customers whose bills need not be fetched any more.
	finished map[string]bool
	again    []string
}

// asked is after how many steps a run is surely there.
const asked = 10

// start is when every run is asked for.
var start = time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC)

func newKilled(t *testing.T) *killed {
	t.Helper()
	k := &killed{t: t, clock: clock.NewFrozen(start)}
	var err error
	k.cloud, err = huawei.NewServer(huawei.Options{Clock: k.clock, Seed: 1, QuotaOff: true})
	require.NoError(t, err)
	for i := range 6 {
		id, err := k.cloud.AddAccount(huawei.Account{Name: fmt.Sprintf("customer-%d", i), Association: huawei.AssociationResale})
		require.NoError(t, err)
		require.NoError(t, k.cloud.AddBills(february, id, 10+12*i)) // the last of them are split
		k.customers = append(k.customers, id)
	}
	slices.Sort(k.customers)
	api := k.cloud.API()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/res-fee-records") {
			k.mu.Lock()
			if id := r.URL.Query().Get("customer_id"); k.finished[id] {
				k.again = append(k.again, id)
			}
			k.mu.Unlock()
		}
		api.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	k.url = server.URL
	return k
}

// run exports into a folder of its own, and kills processes at random steps as long as
// there are kills left and the run is not over.
func (k *killed) run(random *rand.Rand, left int) (dir string, killed int) {
	k.t.Helper()
	dir = k.t.TempDir()
	o := orders{Endpoint: k.url, Ledger: filepath.Join(k.t.TempDir(), "ledger.db"), Dir: dir, Start: start}
	for ; ; o.Round++ {
		k.clock.Set(start.Add(time.Duration(o.Round) * 10 * time.Minute))
		k.setFinished(o.Ledger)
		o.KillAt = 0
		if left > killed {
			o.KillAt = 1 + random.IntN(250)
		}
		if o.Round == 0 && o.KillAt > 0 {
			o.KillAt += asked // a run that is not there yet would be asked for later
		}
		if k.child(o) {
			return dir, killed
		}
		killed++
	}
}

// child runs a process, and says whether it came to its end.
func (k *killed) child(o orders) bool {
	k.t.Helper()
	encoded, err := json.Marshal(o)
	require.NoError(k.t, err)
	cmd := exec.CommandContext(k.t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+string(encoded))
	output, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		return false
	}
	require.NoError(k.t, err, "%s", output)
	return true
}

// setFinished looks up which customers' bills are fetched, between two processes.
func (k *killed) setFinished(path string) {
	k.t.Helper()
	store, err := sqlite.Open(k.t.Context(), path)
	require.NoError(k.t, err)
	defer func() { require.NoError(k.t, store.Close()) }()
	finished := map[string]bool{}
	for customer, task := range k.fetchTasks() {
		row, err := store.Get(k.t.Context(), "document/export-task", task)
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		}
		require.NoError(k.t, err)
		var work struct {
			Result *struct{} `json:"result"`
		}
		require.NoError(k.t, json.Unmarshal(row.Body, &work))
		finished[customer] = work.Result != nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.finished = finished
}

// fetchTasks are the keys of the tasks that fetch customers' bills, by customer: they
// are numbered in the order of the ids.
func (k *killed) fetchTasks() map[string]string {
	tasks := map[string]string{}
	for i, id := range k.customers {
		tasks[id] = fmt.Sprintf("run-0000000000000000/fetch/%d/0", i)
	}
	return tasks
}

// A run whose processes are killed at random steps ends with the files of one that
// nobody disturbed, byte for byte, and fetches nothing twice that it had.
func TestKilledRunsEndAsUndisturbedOnes(t *testing.T) {
	t.Parallel()
	k := newKilled(t)
	undisturbed, _ := k.run(nil, 0)
	want := contents(t, undisturbed)
	require.Contains(t, want, "2026-02/manifest.json")
	random := rand.New(rand.NewPCG(1, 2))
	for done := 0; done < *kills; {
		dir, killed := k.run(random, *kills-done)
		done += killed
		require.Equal(t, want, contents(t, dir))
		if killed == 0 {
			break
		}
	}
	assert.Empty(t, k.again, "customers whose bills were there and were fetched again")
}

// contents are the hashes of the files below a folder, by path. What a killed process was
// writing is removed an hour later.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if !strings.HasPrefix(name, ".tmp") {
			all[filepath.ToSlash(name)] = hash(data)
		}
		return err
	}))
	return all
}
