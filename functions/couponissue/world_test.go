package couponissue_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
	"github.com/bssfn/bssfn/pkg/webhook"
)

// wire is these tests' own: a httptest server that closes, closes the idle
// connections of the default one, also under others' requests.
var wire = http.DefaultTransport.(*http.Transport).Clone()

const callerSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// world is the function before a simulated Huawei Cloud, both by one clock that
// stands still unless somebody waits.
type world struct {
	t     *testing.T
	cloud *huawei.Server
	clock *clock.Simulated
	edge  *handler.Edge
	url   string // of Huawei Cloud
	iam   bool   // whether an IAM user is configured
	// store and transport are what the function runs on.
	store     ledger.Store
	transport http.RoundTripper
	calls     atomic.Int64
}

// intercept sees the answers of Huawei Cloud before the function does.
type intercept func(r *http.Request, next http.RoundTripper) (*http.Response, error)

func (i intercept) RoundTrip(r *http.Request) (*http.Response, error) {
	return i(r, wire)
}

func newWorld(t *testing.T) *world { return newWorldOn(t, memory.New(), nil) }

func newWorldBehind(t *testing.T, transport http.RoundTripper) *world {
	t.Helper()
	return newWorldOn(t, memory.New(), transport)
}

func newWorldOn(t *testing.T, store ledger.Store, transport http.RoundTripper) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFrozen(time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC))}
	cloud, err := huawei.NewServer(huawei.Options{Clock: w.clock, Seed: 1})
	require.NoError(t, err)
	w.cloud = cloud
	server := httptest.NewServer(cloud.API())
	t.Cleanup(server.Close)
	w.url = server.URL
	w.store, w.transport = store, transport
	w.configure(couponissue.Config{})
	return w
}

// configure starts the function anew, in the same world.
func (w *world) configure(cfg couponissue.Config) {
	w.t.Helper()
	w.edge = w.start(cfg, w.store, w.transport)
}

// process is one more process of the function, with its own way to the store and to
// Huawei Cloud.
func (w *world) process(store ledger.Store, transport http.RoundTripper) *handler.Edge {
	w.t.Helper()
	return w.start(couponissue.Config{}, store, transport)
}

func (w *world) start(cfg couponissue.Config, store ledger.Store, transport http.RoundTripper) *handler.Edge {
	w.t.Helper()
	cfg.Config = functions.Config{
		Site: "cn", Endpoint: w.url, IAMEndpoint: w.url,
		AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"), XAccountType: "SIM_IDP",
		PageSize:      2, // so that every list has several pages
		CallerSecrets: []handler.Secret{handler.NewSecret(callerSecret)}, LedgerResolvers: []string{"li.na"},
	}
	if w.iam {
		cfg.IAMDomain, cfg.IAMUser, cfg.IAMPassword = "sim-partner", "sim-operator", handler.NewSecret("Sim-Operator-1")
	}
	edge, err := couponissue.New(cfg, functions.Runtime{
		Clock: w.clock, Store: store, Logger: slog.New(slog.DiscardHandler),
		Transport: transport, Random: func() float64 { return 0 },
	})
	require.NoError(w.t, err)
	return edge
}

// call sends a signed request and reads the answer into out.
func (w *world) call(method, path, body string, out any) int {
	w.t.Helper()
	return w.send(method, path, "application/json", body, out)
}

// upload adds a file of customers to the campaign of the tests.
func (w *world) upload(file string, out any) int {
	w.t.Helper()
	return w.send(http.MethodPost, "/couponissue/campaigns/spring-2026/customers", "text/csv", file, out)
}

func (w *world) send(method, path, mediaType, body string, out any) int {
	w.t.Helper()
	secret, err := webhook.ParseSecret(callerSecret)
	require.NoError(w.t, err)
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", mediaType)
	}
	id := fmt.Sprintf("msg_%d", w.calls.Add(1))
	webhook.SetHeaders(r.Header, secret, id, w.clock.Now(), []byte(body))
	answer := httptest.NewRecorder()
	w.edge.ServeHTTP(answer, r)
	text, err := io.ReadAll(answer.Body)
	require.NoError(w.t, err)
	require.NoError(w.t, json.Unmarshal(text, out), "%s", text)
	return answer.Code
}

// refused sends a request that must be answered with a problem, and returns it.
func (w *world) refused(path, body string) handler.Problem {
	w.t.Helper()
	var p handler.Problem
	status := w.call(http.MethodPost, path, body, &p)
	require.Equal(w.t, p.Status, status)
	require.NotEmpty(w.t, p.Code, "not a problem")
	return p
}

func (w *world) issue(body string) couponissue.Report {
	w.t.Helper()
	var report couponissue.Report
	require.Equal(w.t, http.StatusOK, w.call(http.MethodPost, "/couponissue/campaigns", body, &report))
	return report
}

// customers adds resale customers and returns their ids.
func (w *world) customers(n int) []string {
	w.t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[i] = w.account(fmt.Sprintf("customer-%d", i), huawei.AssociationResale)
	}
	return ids
}

func (w *world) account(name, association string) string {
	w.t.Helper()
	id, err := w.cloud.AddAccount(huawei.Account{Name: name, Association: association})
	require.NoError(w.t, err)
	return id
}

func (w *world) quota(value int64) string {
	w.t.Helper()
	id, err := w.cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(value)})
	require.NoError(w.t, err)
	return id
}

// fail spoils the next call of an operation.
func (w *world) fail(operation string, kind huawei.FaultKind, at huawei.Point) {
	w.t.Helper()
	_, err := w.cloud.AddFault(huawei.Fault{Operation: operation, Kind: kind, Point: at, Next: 1})
	require.NoError(w.t, err)
}

// effects counts how often Huawei Cloud carried an operation out.
func (w *world) effects(operation string) int {
	count := 0
	for _, effect := range w.cloud.Journal() {
		if effect.Operation == operation {
			count++
		}
	}
	return count
}

// requireSound ends a test: no money may have been made or lost.
func (w *world) requireSound() {
	w.t.Helper()
	require.Empty(w.t, w.cloud.Check())
}

// campaign is the body of a campaign; more adds fields, such as `,"x":1`.
func campaign(quotaID, faceValue string, customers []string, more string) string {
	ids, err := json.Marshal(customers)
	if err != nil {
		panic(err) // texts always encode
	}
	return fmt.Sprintf(`{"campaign":"spring-2026","quota_id":%q,"face_value":%s,"customer_ids":%s%s}`, quotaID, faceValue, ids, more)
}

func states(r couponissue.Report) []couponissue.State {
	all := make([]couponissue.State, len(r.Customers))
	for i, outcome := range r.Customers {
		all[i] = outcome.State
	}
	return all
}
