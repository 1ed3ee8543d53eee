package billexport_test

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
	"github.com/bssfn/bssfn/pkg/webhook"
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
	edge  *handler.Edge
	calls atomic.Int64

	// before runs before each request to Huawei Cloud, if set.
	before func(r *http.Request)
}

// RoundTrip implements http.RoundTripper.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.before != nil {
		w.before(r)
	}
	return wire.RoundTrip(r)
}

// newWorld is before the simulated Huawei Cloud.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	w.clock = clock.NewFrozen(time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC))
	cloud, err := huawei.NewServer(huawei.Options{Clock: w.clock, Seed: 1})
	require.NoError(t, err)
	w.cloud = cloud
	w.start(cloud.API(), nil)
	return w
}

// newWorldTo publishes in the destination that wrap makes of the folder.
func newWorldTo(t *testing.T, wrap func(*billexport.Folder) billexport.Destination) *world {
	t.Helper()
	w := newWorld(t)
	w.start(w.cloud.API(), wrap)
	return w
}

// newScriptedWorld is before a Huawei Cloud of the test's own.
func newScriptedWorld(t *testing.T, cloud http.Handler) *world {
	t.Helper()
	w := &world{t: t}
	w.clock = clock.NewFrozen(time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC))
	w.start(cloud, nil)
	return w
}

func (w *world) start(cloud http.Handler, wrap func(*billexport.Folder) billexport.Destination) {
	w.t.Helper()
	server := httptest.NewServer(cloud)
	w.t.Cleanup(server.Close)
	w.dir = w.t.TempDir()
	cfg := billexport.Config{ExportURL: "file:" + w.dir, Config: functions.Config{
		Site: "cn", Endpoint: server.URL, IAMEndpoint: server.URL,
		AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"), XAccountType: "SIM_IDP",
		PageSize:      3, // so that lists have several pages
		CallerSecrets: []handler.Secret{handler.NewSecret(callerSecret)},
	}}
	rt := functions.Runtime{
		Clock: w.clock, Store: memory.New(), Logger: slog.New(slog.DiscardHandler),
		Transport: w, Random: func() float64 { return 0 },
	}
	var err error
	if wrap == nil {
		w.edge, err = billexport.New(cfg, rt)
		require.NoError(w.t, err)
		return
	}
	folder, err := billexport.NewFolder(w.dir)
	require.NoError(w.t, err)
	w.edge, err = billexport.NewTo(wrap(folder), cfg, rt)
	require.NoError(w.t, err)
}

// call sends a signed request and returns the answer's status and body.
func (w *world) call(method, path, body string) (int, []byte) {
	w.t.Helper()
	secret, err := webhook.ParseSecret(callerSecret)
	require.NoError(w.t, err)
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	id := fmt.Sprintf("msg_%d", w.calls.Add(1))
	webhook.SetHeaders(r.Header, secret, id, w.clock.Now(), []byte(body))
	answer := httptest.NewRecorder()
	w.edge.ServeHTTP(answer, r)
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

func (w *world) refusedRun(cycle string) handler.Problem {
	w.t.Helper()
	return w.refused(http.MethodPost, "/billexport/runs", runOf(cycle))
}

func runOf(cycle string) string { return fmt.Sprintf(`{"cycle":%q}`, cycle) }

// export runs the export of a cycle and returns its summary.
func (w *world) export(cycle string) billexport.Summary {
	w.t.Helper()
	status, text := w.call(http.MethodPost, "/billexport/runs", runOf(cycle))
	require.Equal(w.t, http.StatusOK, status, "%s", text)
	var summary billexport.Summary
	require.NoError(w.t, json.Unmarshal(text, &summary))
	return summary
}

// published reads what is published of a cycle, and holds the manifest to it.
func (w *world) published(cycle string) (billexport.Manifest, [][]string) {
	w.t.Helper()
	var m billexport.Manifest
	require.NoError(w.t, json.Unmarshal(w.read(cycle, "manifest.json"), &m))
	require.Len(w.t, m.Files, 1)
	file := m.Files[0]
	data := w.read(cycle, file.Name)
	require.Equal(w.t, file.SHA256, hash(data))
	require.Equal(w.t, file.Bytes, int64(len(data)))
	require.Equal(w.t, "bills-"+cycle+"-"+file.SHA256[:12]+".csv", file.Name)
	rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	require.NoError(w.t, err)
	require.Len(w.t, rows, file.Rows+1)
	return m, rows
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
		if err == nil && path != w.dir {
			relative, _ := filepath.Rel(w.dir, path)
			all = append(all, relative)
		}
		return err
	}))
	return all
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
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
