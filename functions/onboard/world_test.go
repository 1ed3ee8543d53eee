package onboard_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// wire is these tests' own: a httptest server that closes, closes the idle
// connections of the default one, also under others' requests.
var wire = http.DefaultTransport.(*http.Transport).Clone()

const (
	console = "https://console.huaweicloud.com/iam/"
	mobile  = "13800138000"
)

// world is a simulated Huawei Cloud, the functions before it and the sales platform
// that calls them, all by one clock that stands still unless somebody waits.
type world struct {
	*harness.Harness
	t     *testing.T
	clock *clock.Simulated
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOf(t, bss.SiteCN)
}

func newWorldOf(t *testing.T, site bss.Site) *world {
	t.Helper()
	return startWorld(t, harness.Options{Site: site})
}

// startWorld makes a world of which o says what is not as always.
func startWorld(t *testing.T, o harness.Options) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC))}
	o.Addr, o.SimAddr, o.AdminAddr = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
	o.Clock, o.Seed, o.ExportDir, o.PageSize = w.clock, 1, t.TempDir(), 2
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	h, err := harness.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, h.Close(context.WithoutCancel(t.Context()))) })
	w.Harness = h
	return w
}

// serve puts another onboard function before the same Huawei Cloud and lets the
// platform call that one. What arrange leaves alone is as in the harness.
func (w *world) serve(arrange func(*onboard.Config, *functions.Runtime)) *handler.Edge {
	w.t.Helper()
	cfg := onboard.Config{
		Config: functions.Config{
			Site: "cn", Endpoint: w.SimURL, IAMEndpoint: w.SimURL,
			AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"), XAccountType: harness.XAccountType,
			CallerSecrets: []handler.Secret{handler.NewSecret(harness.CallerSecret)},
		},
		SPMetadata:   w.SimURL + "/authui/saml/metadata.xml",
		LoginURL:     w.SimURL + "/authui/saml/login",
		ServiceHosts: []string{"huaweicloud.com"},
	}
	rt := functions.Runtime{
		Transport: wire, Clock: w.clock, Store: memory.New(), Logger: slog.New(slog.DiscardHandler), Random: func() float64 { return 0 },
	}
	arrange(&cfg, &rt)
	edge, err := onboard.New(cfg, rt)
	require.NoError(w.t, err)
	server := httptest.NewServer(edge)
	w.t.Cleanup(server.Close)
	w.FunctionsURL = server.URL
	var calls atomic.Int64
	w.Platform, err = harness.NewPlatform(server.URL, w.clock.Now, func() string { return fmt.Sprintf("call-%d", calls.Add(1)) })
	require.NoError(w.t, err)
	return edge
}

// on is the same world in a test inside the test.
func (w *world) on(t *testing.T) *world {
	t.Helper()
	inside := *w
	inside.t = t
	return &inside
}

// customer is the answer of the routes that tell where a customer stands.
type customer struct {
	AccountID       string    `json:"account_id"`
	CustomerID      string    `json:"customer_id"`
	LoginName       string    `json:"login_name"`
	Association     string    `json:"association"`
	AssociationType string    `json:"association_type"`
	AssociatedOn    time.Time `json:"associated_on"`
	Overdue         bool      `json:"overdue"`
}

type fields map[string]any

func (w *world) post(path string, in, out any) {
	w.t.Helper()
	require.NoError(w.t, w.Platform.Call(w.t.Context(), http.MethodPost, path, in, out))
}

func (w *world) register(in fields) customer {
	w.t.Helper()
	var out customer
	w.post("/onboard/customers", in, &out)
	return out
}

func (w *world) show(accountID string) customer {
	w.t.Helper()
	var out customer
	require.NoError(w.t, w.Platform.Call(w.t.Context(), http.MethodGet, "/onboard/customers/"+accountID, nil, &out))
	return out
}

// refused makes a call that must be answered with a problem.
func (w *world) refused(path string, in any) handler.Problem {
	w.t.Helper()
	err := w.Platform.Call(w.t.Context(), http.MethodPost, path, in, nil)
	refusal, ok := errors.AsType[*harness.Refusal](err)
	require.True(w.t, ok, "want a problem, got %v", err)
	require.Equal(w.t, refusal.Status, refusal.Problem.Status)
	assert.NotEmpty(w.t, refusal.Problem.Detail)
	assert.NotEmpty(w.t, refusal.Problem.Next)
	return refusal.Problem
}

// loginURL asks for a login URL and tells whether it is that of a first login.
func (w *world) loginURL(accountID string) (address string, first bool) {
	w.t.Helper()
	var out struct {
		URL   string `json:"url"`
		First bool   `json:"is_first_login"`
	}
	w.post("/onboard/login-urls", fields{"account_id": accountID, "service": console}, &out)
	return out.URL, out.First
}

// code asks for a verification code and reads it as the person would.
func (w *world) code(mobile string) string {
	w.t.Helper()
	w.post("/onboard/codes", fields{"mobile": mobile}, nil)
	outbox := w.Sim.Outbox()
	last := outbox[len(outbox)-1]
	require.Equal(w.t, huawei.MessageCode, last.Kind)
	require.Equal(w.t, mobile, last.Receiver)
	return last.Code
}

// account adds a Huawei Cloud account that somebody has opened.
func (w *world) account(a huawei.Account) string {
	w.t.Helper()
	id, err := w.Sim.AddAccount(a)
	require.NoError(w.t, err)
	return id
}

// bound adds a Huawei Cloud account that the customer list shows bound to acct-1.
func (w *world) bound(name string) string {
	w.t.Helper()
	id := w.account(huawei.Account{Name: name})
	require.NoError(w.t, w.Sim.Bind(w.t.Context(), huawei.Binding{AccountName: name, XAccountID: "acct-1", XUserID: "user-1"}))
	return id
}

func (w *world) fail(f huawei.Fault) {
	w.t.Helper()
	_, err := w.Sim.AddFault(f)
	require.NoError(w.t, err)
}

// effects counts how often Huawei Cloud carried an operation out.
func (w *world) effects(operation string) int {
	count := 0
	for _, effect := range w.Sim.Journal() {
		if effect.Operation == operation {
			count++
		}
	}
	return count
}

// intercept sees the calls of Huawei Cloud before they are sent.
type intercept func(r *http.Request) (*http.Response, error)

func (i intercept) RoundTrip(r *http.Request) (*http.Response, error) { return i(r) }

// answered is an answer of Huawei Cloud that the simulator would not give.
func answered(r *http.Request, status int, body any) *http.Response {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // texts always encode
	}
	return &http.Response{
		StatusCode: status, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(string(text))),
	}
}

func isRegistration(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == "/v2/partners/sub-customers"
}

// unknown asks for a customer that is not there.
func (w *world) unknown(accountID string) handler.Problem {
	w.t.Helper()
	err := w.Platform.Call(w.t.Context(), http.MethodGet, "/onboard/customers/"+accountID, nil, nil)
	refusal, ok := errors.AsType[*harness.Refusal](err)
	require.True(w.t, ok, "want a problem, got %v", err)
	return refusal.Problem
}
