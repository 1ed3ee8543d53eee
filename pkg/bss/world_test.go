package bss_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

// What must never be seen in a log or an error.
const (
	partnerSecret   = "seeded-secret-key"
	partnerPassword = "Seeded-Password-1"
)

const (
	resaleName = bss.Customer("resale-customer")
	agency     = "TEST_IDP"
	tokensPath = "/v3/auth/tokens"
)

var (
	start       = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	partnerKeys = sign.Keys{AccessKey: "AKTEST", SecretKey: partnerSecret}
	partnerUser = bss.User{Domain: "partner", Name: "operator", Password: partnerPassword}
)

// world is a simulated Huawei Cloud behind a real listener, with a resale customer
// who has 1000 in cash, and a partner who has 5000 to allocate. Away from the mainland
// it is a reseller customer, who has not.
type world struct {
	*huawei.Server
	site   bss.Site
	clock  *clock.Simulated
	url    string
	wire   *wire
	logs   *bytes.Buffer
	resale string // customer id
}

func newWorld(t *testing.T) *world { return newWorldWith(t, huawei.Options{}) }

func newWorldWith(t *testing.T, o huawei.Options) *world {
	t.Helper()
	w := &world{site: cmp.Or(o.Site, bss.SiteCN), clock: clock.NewFrozen(start), logs: &bytes.Buffer{}}
	o.Clock, o.Seed, o.Keys, o.XAccountType = w.clock, 7, partnerKeys, agency
	o.Operator = huawei.Operator{Name: partnerUser.Name, Password: partnerUser.Password, Domain: partnerUser.Domain}
	var err error
	w.Server, err = huawei.NewServer(o)
	require.NoError(t, err)
	listener := httptest.NewServer(w.API())
	t.Cleanup(listener.Close)
	w.url = listener.URL
	w.wire = newWire(w.clock)
	w.populate(t)
	return w
}

func (w *world) populate(t *testing.T) {
	t.Helper()
	if w.site != bss.SiteCN {
		w.resale = w.account(t, string(resaleName), huawei.AssociationReseller)
		return
	}
	w.resale = w.account(t, string(resaleName), huawei.AssociationResale)
	require.NoError(t, w.SetCash(w.resale, yuan("1000")))
	require.NoError(t, w.SetPartnerBalance(yuan("5000")))
}

// siteOf is a site that has the operation.
func siteOf(op bss.Operation) bss.Site {
	if op.Sites.Has(bss.SiteCN) {
		return bss.SiteCN
	}
	return bss.SiteIntl
}

// config is a complete configuration for this world.
func (w *world) config() bss.Config {
	return bss.Config{
		Site: w.site, Endpoint: w.url, IAMEndpoint: w.url,
		Keys: partnerKeys, User: partnerUser, Agency: agency,
		Transport: w.wire, Clock: w.clock, Random: func() float64 { return 0.5 },
		Logger: slog.New(slog.NewJSONHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

func (w *world) client(t *testing.T, changes ...func(*bss.Config)) *bss.Client {
	t.Helper()
	cfg := w.config()
	for _, change := range changes {
		change(&cfg)
	}
	c, err := bss.New(cfg)
	require.NoError(t, err)
	return c
}

func byToken(cfg *bss.Config) { cfg.Keys = sign.Keys{} }

func pagesOf(rows int) func(*bss.Config) {
	return func(cfg *bss.Config) { cfg.PageSize = rows }
}

func (w *world) account(t *testing.T, name, association string) string {
	t.Helper()
	id, err := w.AddAccount(huawei.Account{Name: name, Association: association})
	require.NoError(t, err)
	return id
}

func (w *world) order(t *testing.T, n huawei.NewOrder) string {
	t.Helper()
	n.CustomerID = w.resale
	if n.OfficialAmount.IsZero() {
		n.OfficialAmount = yuan("100")
	}
	id, err := w.PlaceOrder(n)
	require.NoError(t, err)
	return id
}

func (w *world) quota(t *testing.T) string {
	t.Helper()
	id, err := w.AddQuota(huawei.NewQuota{Value: yuan("1000")})
	require.NoError(t, err)
	return id
}

func (w *world) fault(t *testing.T, operation string, kind huawei.FaultKind, point huawei.Point, next int) {
	t.Helper()
	_, err := w.AddFault(huawei.Fault{Operation: operation, Kind: kind, Point: point, Next: next})
	require.NoError(t, err)
}

// effects counts what an operation did.
func (w *world) effects(operation string) int {
	n := 0
	for _, e := range w.Journal() {
		if e.Operation == operation {
			n++
		}
	}
	return n
}

// logged returns the attributes of the log lines with that message.
func (w *world) logged(t *testing.T, message string) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for line := range bytes.Lines(w.logs.Bytes()) {
		var attributes map[string]any
		require.NoError(t, json.Unmarshal(line, &attributes))
		if attributes["msg"] == message {
			lines = append(lines, attributes)
		}
	}
	return lines
}

func yuan(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// answering returns a client, with keys and a user, of a server that answers in
// its own way.
func answering(t *testing.T, handle http.HandlerFunc, changes ...func(*bss.Config)) (*bss.Client, *wire) {
	t.Helper()
	listener := httptest.NewServer(handle)
	t.Cleanup(listener.Close)
	frozen := clock.NewFrozen(start)
	sent := newWire(frozen)
	cfg := bss.Config{
		Site: bss.SiteCN, Endpoint: listener.URL, IAMEndpoint: listener.URL,
		Keys: partnerKeys, User: partnerUser, Agency: agency,
		Transport: sent, Clock: frozen, Random: func() float64 { return 0.5 },
	}
	for _, change := range changes {
		change(&cfg)
	}
	c, err := bss.New(cfg)
	require.NoError(t, err)
	return c, sent
}

// saying answers everything in the same way.
func saying(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

const jsonType = "application/json;charset=UTF-8"
