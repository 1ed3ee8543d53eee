package billexport_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// wire is these tests' own: a httptest server that closes, closes the idle
// connections of the default one, also under others' requests.
var wire = http.DefaultTransport.(*http.Transport).Clone()

const callerSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// world is the function before a Huawei Cloud, with a clock that stands still
// unless somebody waits: on 10 March 2026, when the bills of February are settled.
type world struct {
	t     *testing.T
	cloud *huawei.Server
	clock *clock.Simulated
	dir   string
	cfg   billexport.Config
	store ledger.Store
	rows  *rows         // what store is, unless a test has another one
	edge  *handler.Edge // nil until it is opened
	calls atomic.Int64

	// before runs before each request to Huawei Cloud, if set, and cut breaks it off.
	before func(r *http.Request)
	cut    func(r *http.Request) error
	// alter changes a page of fee records on its way from Huawei Cloud, if set.
	alter func(r *http.Request, page *feePage)
}

// feePage is a page of fee records.
type feePage struct {
	Total    int              `json:"total_count"`
	Currency *string          `json:"currency"`
	Records  []map[string]any `json:"fee_records"`
}

// RoundTrip implements http.RoundTripper.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.before != nil {
		w.before(r)
	}
	if w.cut != nil {
		if err := w.cut(r); err != nil {
			return nil, err
		}
	}
	res, err := wire.RoundTrip(r)
	if err != nil || w.alter == nil || !strings.HasSuffix(r.URL.Path, "/res-fee-records") || res.StatusCode != http.StatusOK {
		return res, err
	}
	var page feePage
	decoder := json.NewDecoder(res.Body)
	decoder.UseNumber()
	if err := errors.Join(decoder.Decode(&page), res.Body.Close()); err != nil {
		return nil, err
	}
	w.alter(r, &page)
	altered, err := json.Marshal(page)
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(altered)), int64(len(altered))
	res.Header.Set("Content-Length", strconv.Itoa(len(altered)))
	return res, err
}

// newWorld is before the simulated Huawei Cloud.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	w.clock = clock.NewFrozen(time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC))
	cloud, err := huawei.NewServer(huawei.Options{Clock: w.clock, Seed: 1, Bucket: "partner-bills"})
	require.NoError(t, err)
	w.cloud = cloud
	w.start(cloud.API())
	return w
}

func (w *world) start(cloud http.Handler) {
	w.t.Helper()
	server := httptest.NewServer(cloud)
	w.t.Cleanup(server.Close)
	w.dir = w.t.TempDir()
	w.cfg = configOf(server.URL, w.dir)
	w.rows = &rows{Store: memory.New()}
	w.store = w.rows
}

// configOf publishes in a folder what the simulated Huawei Cloud at that address has, in
// pages of 3 so that lists have several.
func configOf(endpoint, dir string) billexport.Config {
	return billexport.Config{ExportURL: "file:" + dir, Config: functions.Config{
		Site: "cn", Endpoint: endpoint, IAMEndpoint: endpoint, PageSize: 3,
		AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"), XAccountType: "SIM_IDP",
		CallerSecrets: []handler.Secret{handler.NewSecret(callerSecret)},
	}}
}

// rows are the ledger's, which a test may refuse to write.
type rows struct {
	ledger.Store
	refuse func(row ledger.Row) error // nil takes all
}

func (s *rows) check(row ledger.Row) error {
	if s.refuse == nil {
		return nil
	}
	return s.refuse(row)
}

// Insert implements ledger.Store.
func (s *rows) Insert(ctx context.Context, row ledger.Row) error {
	if err := s.check(row); err != nil {
		return err
	}
	return s.Store.Insert(ctx, row)
}

// Update implements ledger.Store.
func (s *rows) Update(ctx context.Context, row ledger.Row) error {
	if err := s.check(row); err != nil {
		return err
	}
	return s.Store.Update(ctx, row)
}

// open makes the function anew, as a process that starts.
func (w *world) open(p billexport.Platform) {
	w.t.Helper()
	var err error
	w.edge, err = billexport.NewOn(p, w.cfg, functions.Runtime{
		Clock: w.clock, Store: w.store, Logger: slog.New(slog.DiscardHandler),
		Transport: w, Random: func() float64 { return 0 },
	})
	require.NoError(w.t, err)
}

// door is the function, made now if it was not before: one that was made and replaced
// would take up what its successor begins.
func (w *world) door() *handler.Edge {
	w.t.Helper()
	if w.edge == nil {
		w.open(billexport.Platform{})
	}
	return w.edge
}

// call sends a signed request and returns the answer's status and body.
func (w *world) call(method, path, body string) (int, []byte) {
	w.t.Helper()
	answer := signed(w.door(), w.clock.Now(), fmt.Sprintf("msg_%d", w.calls.Add(1)), method, path, body)
	text, err := io.ReadAll(answer.Body)
	require.NoError(w.t, err)
	return answer.Code, text
}

// refused sends a request that must be answered with a problem, and returns it.
func (w *world) refused(method, path, body string) handler.Problem {
	w.t.Helper()
	status, text := w.call(method, path, body)
	var p handler.Problem
	require.NoError(w.t, json.Unmarshal(text, &p), "%s", text)
	require.Equal(w.t, p.Status, status)
	require.NotEmpty(w.t, p.Code, "not a problem")
	return p
}

func runOf(cycle string) string { return fmt.Sprintf(`{"cycle":%q}`, cycle) }

// ask asks for a run, and returns it as it is answered at once.
func (w *world) ask(request string) billexport.RunStatus {
	w.t.Helper()
	status, text := w.call(http.MethodPost, "/billexport/runs", request)
	require.Equal(w.t, http.StatusAccepted, status, "%s", text)
	var begun billexport.RunStatus
	require.NoError(w.t, json.Unmarshal(text, &begun))
	return begun
}

// run asks for a run and waits for its end.
func (w *world) run(request string) billexport.RunStatus {
	w.t.Helper()
	return w.ended(w.ask(request).RunID)
}

// ended waits for the end of a run.
func (w *world) ended(id string) billexport.RunStatus {
	w.t.Helper()
	status, text := w.call(http.MethodGet, "/billexport/runs/"+id+"?wait=20", "")
	require.Equal(w.t, http.StatusOK, status, "%s", text)
	var r billexport.RunStatus
	require.NoError(w.t, json.Unmarshal(text, &r))
	require.True(w.t, r.State.Ended(), "%s", text)
	return r
}

// export runs the export of a cycle, which must be published.
func (w *world) export(cycle string) publication.Manifest {
	w.t.Helper()
	r := w.run(runOf(cycle))
	require.Equal(w.t, billexport.RunPublished, r.State, "%+v", r.Reason)
	return w.published(cycle)
}

// failedRun runs the export of a cycle, which must fail, and returns why.
func (w *world) failedRun(cycle string) billexport.RunReason {
	w.t.Helper()
	r := w.run(runOf(cycle))
	require.Equal(w.t, billexport.RunFailed, r.State)
	require.NotNil(w.t, r.Reason)
	require.NotEmpty(w.t, r.Reason.Next)
	return *r.Reason
}

// published reads what is published of a cycle, and holds the manifest to it.
func (w *world) published(cycle string) publication.Manifest {
	w.t.Helper()
	folder, err := objects.NewFolder(w.dir)
	require.NoError(w.t, err)
	m, err := publication.Verify(w.t.Context(), folder, cycle)
	require.NoError(w.t, err)
	return m
}

// table reads the CSV file of a manifest.
func (w *world) table(m publication.Manifest) [][]string {
	w.t.Helper()
	text := strings.TrimPrefix(string(w.read(file(w.t, m, "csv").Path)), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(w.t, err)
	return rows
}

// file is the file of a format that a manifest names.
func file(t *testing.T, m publication.Manifest, format string) publication.File {
	t.Helper()
	i := slices.IndexFunc(m.Files, func(f publication.File) bool { return f.Format == format })
	require.GreaterOrEqual(t, i, 0, "no %s in %v", format, m.Files)
	return m.Files[i]
}

func (w *world) read(parts ...string) []byte {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(append([]string{w.dir}, parts...)...))
	require.NoError(w.t, err)
	return data
}

// files lists everything in the export folder, by path.
func (w *world) files() []string {
	w.t.Helper()
	var all []string
	require.NoError(w.t, filepath.WalkDir(w.dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !strings.Contains(path, "/.tmp/") {
			relative, _ := filepath.Rel(w.dir, path)
			all = append(all, relative)
		}
		return err
	}))
	return all
}

// contents are the hashes of the files that are published or worked with, by path.
func (w *world) contents() map[string]string { return contents(w.t, w.dir) }

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// nowhere loses all tasks.
type nowhere struct{}

func (nowhere) Send(context.Context, [][]byte) error { return nil }

// sent keeps tasks.
type sent struct{ bodies [][]byte }

func (s *sent) Send(_ context.Context, bodies [][]byte) error {
	s.bodies = append(s.bodies, bodies...)
	return nil
}

// customer adds a customer with a number of fee records in a cycle.
func (w *world) customer(name, association, cycle string, rows int) string {
	w.t.Helper()
	id, err := w.cloud.AddAccount(huawei.Account{Name: name, Association: association})
	require.NoError(w.t, err)
	if rows > 0 {
		require.NoError(w.t, w.cloud.AddBills(cycle, id, rows))
	}
	return id
}

// fail spoils every call of an operation.
func (w *world) fail(operation string, kind huawei.FaultKind) {
	w.t.Helper()
	_, err := w.cloud.AddFault(huawei.Fault{Operation: operation, Kind: kind, Point: huawei.BeforeEffect, Probability: 1})
	require.NoError(w.t, err)
}

// cell is a row's value in the column of that name.
func cell(rows [][]string, row int, column string) string {
	for i, name := range rows[0] {
		if name == column {
			return rows[row][i]
		}
	}
	return "no column " + column
}
