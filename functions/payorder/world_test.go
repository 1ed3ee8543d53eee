package payorder_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
	"github.com/bssfn/bssfn/pkg/webhook"
)

// wire is these tests' own: a httptest server that closes, closes the idle
// connections of the default one, also under others' requests.
var wire = http.DefaultTransport.(*http.Transport).Clone()

const (
	eventsSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	quoteKey     = "a key of quotes for these tests only"
)

// world is a simulated Huawei Cloud with one customer, the functions before it and
// the sales platform, all by one clock that stands still unless somebody waits.
type world struct {
	*harness.Harness
	t        *testing.T
	clock    *clock.Simulated
	customer string
	inbox    *inbox // of the platform, where serve was called
	edge     *handler.Edge
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC))}
	h, err := harness.Start(t.Context(), harness.Options{
		Addr: "127.0.0.1:0", SimAddr: "127.0.0.1:0", AdminAddr: "127.0.0.1:0",
		Clock: w.clock, Seed: 1, ExportDir: t.TempDir(), PageSize: 2, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, h.Close(context.WithoutCancel(t.Context()))) })
	w.Harness = h
	w.customer = w.account("fjord-textiles", "10000")
	return w
}

// serve puts another payorder function before the same Huawei Cloud and lets the
// platform call that one. What arrange leaves alone is as in the harness.
func (w *world) serve(arrange func(*payorder.Config, *functions.Runtime)) {
	w.t.Helper()
	w.inbox = &inbox{now: w.clock.Now}
	receiver := httptest.NewServer(w.inbox)
	w.t.Cleanup(receiver.Close)
	cfg := payorder.Config{
		Config: functions.Config{
			Site: "cn", Endpoint: w.SimURL, IAMEndpoint: w.SimURL,
			AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"), XAccountType: harness.XAccountType,
			IAMDomain: "sim-partner", IAMUser: "sim-operator", IAMPassword: handler.NewSecret("Sim-Operator-1"),
			CallerSecrets: []handler.Secret{handler.NewSecret(harness.CallerSecret)},
		},
		QuoteKey: handler.NewSecret(quoteKey), EventsConfig: functions.EventsConfig{EventsURL: receiver.URL, EventsSecret: handler.NewSecret(eventsSecret)},
		PayWait: 15 * time.Second,
	}
	rt := functions.Runtime{
		Transport: wire, Clock: w.clock, Store: memory.New(), Logger: slog.New(slog.DiscardHandler), Random: func() float64 { return 0 },
	}
	arrange(&cfg, &rt)
	edge, err := payorder.New(cfg, rt)
	require.NoError(w.t, err)
	w.edge = edge
	server := httptest.NewServer(edge)
	w.t.Cleanup(server.Close)
	var calls atomic.Int64
	w.Platform, err = harness.NewPlatform(server.URL, w.clock.Now, func() string { return fmt.Sprintf("call-%d", calls.Add(1)) })
	require.NoError(w.t, err)
}

// inbox takes the events of a function that serve has made.
type inbox struct {
	now func() time.Time

	mu    sync.Mutex
	codes []string
}

func (i *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	secret, err := webhook.ParseSecret(eventsSecret)
	if err == nil {
		_, err = webhook.Verifier{Secrets: []webhook.Secret{secret}, Now: i.now}.Verify(r.Header, body)
	}
	var e struct{ Data struct{ Code string } }
	if err == nil {
		err = json.Unmarshal(body, &e)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.codes = append(i.codes, e.Data.Code)
}

func (i *inbox) last() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.codes[len(i.codes)-1]
}

type fields map[string]any

// on is the same world in a test inside the test.
func (w *world) on(t *testing.T) *world {
	t.Helper()
	inside := *w
	inside.t = t
	return &inside
}

func yuan(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func (w *world) account(name, cash string) string {
	w.t.Helper()
	id, err := w.Sim.AddAccount(huawei.Account{Name: name, Association: huawei.AssociationResale, Cash: yuan(cash)})
	require.NoError(w.t, err)
	return id
}

// place places an order of the customer; a thousand yuan unless it says otherwise.
func (w *world) place(o huawei.NewOrder) string {
	w.t.Helper()
	if o.CustomerID == "" {
		o.CustomerID = w.customer
	}
	if o.OfficialAmount.IsZero() && o.Members == nil {
		o.OfficialAmount = yuan("1000")
	}
	id, err := w.Sim.PlaceOrder(o)
	require.NoError(w.t, err)
	return id
}

func (w *world) grant(c huawei.NewCoupon) string {
	w.t.Helper()
	if c.CustomerID == "" {
		c.CustomerID = w.customer
	}
	id, err := w.Sim.GrantCoupon(c)
	require.NoError(w.t, err)
	return id
}

func (w *world) call(method, path string, in, out any) {
	w.t.Helper()
	require.NoError(w.t, w.Platform.Call(w.t.Context(), method, path, in, out))
}

// refused makes a call that must be answered with a problem.
func (w *world) refused(method, path string, in any) handler.Problem {
	w.t.Helper()
	err := w.Platform.Call(w.t.Context(), method, path, in, nil)
	refusal, ok := errors.AsType[*harness.Refusal](err)
	require.True(w.t, ok, "want a problem, got %v", err)
	require.Equal(w.t, refusal.Status, refusal.Problem.Status)
	assert.NotEmpty(w.t, refusal.Problem.Detail)
	assert.NotEmpty(w.t, refusal.Problem.Next)
	return refusal.Problem
}

func path(orderID, rest string) string { return "/payorder/orders/" + orderID + rest }

type quote struct {
	OrderID      string               `json:"order_id"`
	Currency     string               `json:"currency"`
	Amount       decimal.Decimal      `json:"amount"`
	Deductions   []payorder.Deduction `json:"deductions"`
	Payable      decimal.Decimal      `json:"payable"`
	Rebate       payorder.Rebate      `json:"rebate"`
	Quote        string               `json:"quote"`
	CodeRequired bool                 `json:"code_required"`
	ExpiresAt    time.Time            `json:"expires_at"`
}

// quote asks for a quote of an order of the customer.
func (w *world) quote(orderID string, in fields) quote {
	w.t.Helper()
	var out quote
	w.call(http.MethodPost, path(orderID, "/quotes"), w.with(in), &out)
	return out
}

// with is a request body of the customer.
func (w *world) with(in fields) fields {
	out := fields{"customer_id": w.customer}
	for name, value := range in {
		out[name] = value
	}
	return out
}

// confirming is who confirms the payment of an order, another person for each,
// because a person gets only so many codes an hour.
func confirming(orderID string) string { return orderID + "@sales.example" }

// code asks for a verification code and reads it as the platform does.
func (w *world) code(orderID, token string) string {
	w.t.Helper()
	w.call(http.MethodPost, path(orderID, "/codes"), w.with(fields{"quote": token, "person": confirming(orderID)}), nil)
	if w.inbox != nil {
		return w.inbox.last()
	}
	events := w.Platform.InboxOf("payorder.code")
	var data struct{ Code string }
	require.NoError(w.t, json.Unmarshal(events[len(events)-1].Data, &data))
	return data.Code
}

// payment is the body that pays an order as quoted.
func (w *world) payment(orderID, token string) fields {
	w.t.Helper()
	return w.with(fields{"quote": token, "code": w.code(orderID, token), "person": confirming(orderID)})
}

type paid struct {
	payorder.Payment
	Status string    `json:"status"`
	PaidAt time.Time `json:"paid_at"`
}

// pay makes a payment that must be taken.
func (w *world) pay(orderID string, in fields) paid {
	w.t.Helper()
	var out paid
	w.call(http.MethodPost, path(orderID, "/payments"), in, &out)
	return out
}

func (w *world) notPaid(orderID string, in fields) handler.Problem {
	w.t.Helper()
	return w.refused(http.MethodPost, path(orderID, "/payments"), in)
}

// payments counts how often Huawei Cloud took a payment.
func (w *world) payments() int {
	count := 0
	for _, effect := range w.Sim.Journal() {
		if effect.Operation == "PayOrders" {
			count++
		}
	}
	return count
}

// fail spoils the next calls of an operation.
func (w *world) fail(operation string, kind huawei.FaultKind, at huawei.Point, next int) {
	w.t.Helper()
	_, err := w.Sim.AddFault(huawei.Fault{Operation: operation, Kind: kind, Point: at, Next: next})
	require.NoError(w.t, err)
}

// requireSound ends a test: no money may have been made or lost.
func (w *world) requireSound() {
	w.t.Helper()
	require.Empty(w.t, w.Sim.Check())
}

// client is a client of the partner's own.
func (w *world) client() *bss.Client {
	w.t.Helper()
	client, err := bss.New(bss.Config{
		Site: bss.SiteCN, Endpoint: w.SimURL, IAMEndpoint: w.SimURL, Clock: w.clock, Agency: harness.XAccountType,
		Keys: sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "SIMPARTNERSK"},
		User: bss.User{Domain: "sim-partner", Name: "sim-operator", Password: "Sim-Operator-1"},
	})
	require.NoError(w.t, err)
	return client
}

// cancel is what the customer does in Huawei Cloud's console.
func (w *world) cancel(orderID string) {
	w.t.Helper()
	require.NoError(w.t, w.client().CancelCustomerOrder(w.t.Context(), "fjord-textiles", bss.CancelCustomerOrderRequest{OrderID: orderID}))
}
