package functions_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
)

// wire is these tests' own: a httptest server that closes, closes the idle
// connections of the default one, also under others' requests.
var wire = http.DefaultTransport.(*http.Transport).Clone()

// record is everything that was written, by several goroutines.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// listener records what the platform hears.
type listener struct{ heard *record }

func (l listener) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := wire.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	_ = res.Header.Write(l.heard)
	_, _ = l.heard.Write(body)
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// Secrets of the harness and of the simulator, which are no secrets there.
const (
	secretKey    = "SIMPARTNERSK"
	iamPassword  = "Sim-Operator-1"
	callerSecret = "aGFybmVzcy1zYWxlcy1wbGF0Zm9ybS1zZWNyZXQtMDE="
	eventsKey    = "aGFybmVzcy1ldmVudHMtc2VjcmV0LW5vdC1zZWNyZXQ="
	quoteKey     = "harness-quote-key-that-is-no-secret-at-all"
	tokenBegins  = "MII" // of every token that the simulator issues
)

type partner struct {
	*harness.Harness
	t     *testing.T
	clock *clock.Simulated
	codes []string
}

func (p *partner) call(method, path string, in map[string]any, out any) {
	p.t.Helper()
	require.NoError(p.t, p.Platform.Call(p.t.Context(), method, path, in, out))
}

func (p *partner) refused(path string, in map[string]any) {
	p.t.Helper()
	require.Error(p.t, p.Platform.Call(p.t.Context(), http.MethodPost, path, in, nil))
}

// register registers a customer with a code that was first mistyped, and lets an
// answer be lost on the way.
func (p *partner) register() string {
	p.t.Helper()
	const mobile = "13800138000"
	p.call(http.MethodPost, "/onboard/codes", map[string]any{"mobile": mobile}, nil)
	code := p.Sim.Outbox()[0].Code
	p.codes = append(p.codes, code, "918273")
	in := map[string]any{"account_id": "acct-one", "login_name": "ember-robotics", "mobile": mobile, "code": "918273"}
	p.refused("/onboard/customers", in)
	in["code"] = code
	p.fail("CreateSubCustomer")
	p.refused("/onboard/customers", in)
	p.clock.Advance(4 * time.Second)
	var out struct {
		CustomerID string `json:"customer_id"`
	}
	p.call(http.MethodPost, "/onboard/customers", in, &out)
	return out.CustomerID
}

func (p *partner) fail(operation string) {
	p.t.Helper()
	_, err := p.Sim.AddFault(huawei.Fault{Operation: operation, Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 1})
	require.NoError(p.t, err)
}

// pay pays an order of the customer, with a wrong code, a revoked token and a lost
// answer on the way.
func (p *partner) pay(customer string) {
	p.t.Helper()
	require.NoError(p.t, p.Sim.SetCash(customer, decimal.NewFromInt(100)))
	orderID, err := p.Sim.PlaceOrder(huawei.NewOrder{CustomerID: customer, OfficialAmount: decimal.NewFromInt(99)})
	require.NoError(p.t, err)
	path := "/payorder/orders/" + orderID
	var quote struct{ Quote string }
	p.call(http.MethodPost, path+"/quotes", map[string]any{"customer_id": customer}, &quote)
	in := map[string]any{"customer_id": customer, "quote": quote.Quote, "person": "lin"}
	p.call(http.MethodPost, path+"/codes", in, nil)
	var data struct{ Code string }
	require.NoError(p.t, json.Unmarshal(p.Platform.InboxOf("payorder.code")[0].Data, &data))
	p.codes = append(p.codes, data.Code, "564738")
	in["code"] = "564738"
	p.refused(path+"/payments", in)
	in["code"] = data.Code
	p.Sim.RevokeTokens()
	p.fail("PayOrders")
	p.refused(path+"/payments", in)
	p.call(http.MethodPost, path+"/payments", in, nil)
}

func TestSecretsAreNeitherLoggedNorAnsweredNorSent(t *testing.T) {
	t.Parallel()
	logs, answers := &record{}, &record{}
	p := &partner{t: t, clock: clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC))}
	h, err := harness.Start(t.Context(), harness.Options{
		Addr: "127.0.0.1:0", SimAddr: "127.0.0.1:0", AdminAddr: "127.0.0.1:0", Clock: p.clock, Seed: 1, ExportDir: t.TempDir(),
		Logger: slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, h.Close(context.WithoutCancel(t.Context()))) })
	p.Harness = h
	h.Platform.HTTP.Transport = listener{answers}
	p.pay(p.register())

	require.Contains(t, logs.String(), `"msg":"bss call"`, "everything is logged")
	require.Contains(t, logs.String(), `"level":"DEBUG"`)
	require.Contains(t, answers.String(), `"code":"outcome_unknown"`)
	events := &record{}
	for _, e := range p.Platform.Inbox() {
		if e.Type != "payorder.code" { // which is for the person who reads it
			_, _ = events.Write(e.Data)
		}
	}
	require.Contains(t, events.String(), `"key":"pay/`)
	secrets := append([]string{secretKey, iamPassword, callerSecret, eventsKey, quoteKey, tokenBegins}, p.codes...)
	for _, secret := range secrets {
		for name, text := range map[string]string{"logs": logs.String(), "answers": answers.String(), "events": events.String()} {
			assert.False(t, strings.Contains(text, secret), "%s is in the %s", secret, name)
		}
	}
}
