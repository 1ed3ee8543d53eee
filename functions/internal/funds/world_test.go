package funds_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/funds"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// wire is these tests' own: a httptest server that closes, closes the idle
// connections of the default one, also under others' requests.
var wire = http.DefaultTransport.(*http.Transport).Clone()

// world is a Mover before a simulated Huawei Cloud, both by one clock that stands
// still unless somebody waits.
type world struct {
	t     *testing.T
	cloud *huawei.Server
	clock *clock.Simulated
	book  *ledger.Ledger
	mover *funds.Mover
	space string // of the next process
	// currency is written over that of the adjust records, unless it is empty.
	currency atomic.Pointer[string]

	reseller, theirs, own string // a reseller, its customer, and one of the partner's own
}

// newWorld has 1000 CNY everywhere.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, space: "couponissue", clock: clock.NewFrozen(time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC))}
	cloud, err := huawei.NewServer(huawei.Options{Clock: w.clock, Seed: 1})
	require.NoError(t, err)
	w.cloud = cloud
	w.reseller, err = cloud.AddReseller(huawei.Reseller{AccountName: "reseller", Balance: decimal.NewFromInt(1000)})
	require.NoError(t, err)
	w.own = w.customer("our-customer", "")
	w.theirs = w.customer("their-customer", w.reseller)
	require.NoError(t, cloud.SetPartnerBalance(decimal.NewFromInt(1000)))
	w.book, w.mover = w.process(memory.New())
	return w
}

func (w *world) customer(name, reseller string) string {
	w.t.Helper()
	id, err := w.cloud.AddAccount(huawei.Account{
		Name: name, Association: huawei.AssociationResale, Reseller: reseller, Cash: decimal.NewFromInt(1000),
	})
	require.NoError(w.t, err)
	return id
}

// RoundTrip calls Huawei Cloud.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := wire.RoundTrip(r)
	currency := w.currency.Load()
	if err != nil || currency == nil || !strings.HasSuffix(r.URL.Path, "/adjust-records") {
		return answer, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	body = bytes.ReplaceAll(body, []byte(`"CNY"`), []byte(*currency))
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return answer, nil
}

// process is one more process that moves money, over that store.
func (w *world) process(store ledger.Store) (*ledger.Ledger, *funds.Mover) {
	w.t.Helper()
	server := httptest.NewServer(w.cloud.API())
	w.t.Cleanup(server.Close)
	cfg := functions.Config{
		Site: "cn", Endpoint: server.URL, IAMEndpoint: server.URL,
		AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"), XAccountType: "SIM_IDP",
		PageSize: 2, // so that every list has several pages
	}
	rt := functions.Runtime{
		Clock: w.clock, Store: store, Logger: slog.New(slog.DiscardHandler),
		Transport: w, Random: func() float64 { return 0 },
	}
	client, err := cfg.Client(rt)
	require.NoError(w.t, err)
	book := cfg.Ledger(rt, w.space, nil)
	return book, funds.New(client, book, rt)
}

// way is one kind of movement, for tests that hold for all.
type way struct {
	operation string
	movement  func(w *world, key, amount string) funds.Movement
}

var ways = map[string]way{
	"to a customer": {"UpdateCustomerAccountAmount", func(w *world, key, amount string) funds.Movement {
		return w.movement(funds.Allocate, key, amount, w.own, "")
	}},
	"from a customer": {"ReclaimToPartnerAccount", func(w *world, key, amount string) funds.Movement {
		return w.movement(funds.Reclaim, key, amount, w.own, "")
	}},
	"to a reseller's customer": {"UpdateCustomerAccountAmount", func(w *world, key, amount string) funds.Movement {
		return w.movement(funds.Allocate, key, amount, w.theirs, w.reseller)
	}},
	"from a reseller's customer": {"ReclaimToPartnerAccount", func(w *world, key, amount string) funds.Movement {
		return w.movement(funds.Reclaim, key, amount, w.theirs, w.reseller)
	}},
	"to a reseller": {"UpdateIndirectPartnerAccount", func(w *world, key, amount string) funds.Movement {
		return w.movement(funds.Allocate, key, amount, "", w.reseller)
	}},
	"from a reseller": {"ReclaimIndirectPartnerAccount", func(w *world, key, amount string) funds.Movement {
		return w.movement(funds.Reclaim, key, amount, "", w.reseller)
	}},
}

// everyWay runs a test for every kind of movement.
func everyWay(t *testing.T, test func(t *testing.T, w *world, way way)) {
	t.Helper()
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			test(t, w, way)
			require.Empty(t, w.cloud.Check())
		})
	}
}

func (w *world) movement(d funds.Direction, key, amount, customer, reseller string) funds.Movement {
	return funds.Movement{
		Key: string(d) + "/" + key, Direction: d, CustomerID: customer, IndirectPartnerID: reseller,
		Amount: decimal.RequireFromString(amount), Currency: funds.Currency,
	}
}

func (w *world) move(m funds.Movement) string {
	w.t.Helper()
	done, err := w.mover.Move(w.t.Context(), m)
	require.NoError(w.t, err)
	require.Equal(w.t, m, done.Movement)
	require.NotEmpty(w.t, done.TransferID)
	claimant, err := w.book.Claimant(w.t.Context(), done.TransferID)
	require.NoError(w.t, err)
	require.Equal(w.t, w.book.Space()+"/"+m.Key, claimant)
	return done.TransferID
}

// lose makes a movement whose outcome nobody knows.
func (w *world) lose(m funds.Movement, operation string, at huawei.Point) {
	w.t.Helper()
	w.loseBy(w.mover, m, operation, at)
}

func (w *world) loseBy(mover *funds.Mover, m funds.Movement, operation string, at huawei.Point) {
	w.t.Helper()
	kind := huawei.FaultReset
	if at == huawei.BeforeEffect {
		kind = huawei.FaultUnavailable
	}
	w.fail(operation, kind, at)
	_, err := mover.Move(w.t.Context(), m)
	var unknown *ledger.UnknownError
	require.ErrorAs(w.t, err, &unknown)
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

func (w *world) requireState(key string, want ledger.State) {
	w.t.Helper()
	en, err := w.book.Entry(w.t.Context(), key)
	require.NoError(w.t, err)
	assert.Equal(w.t, want, en.State)
}

func (w *world) unsettled(account string) []string {
	w.t.Helper()
	keys, err := w.mover.Unsettled(context.Background(), account)
	require.NoError(w.t, err)
	return keys
}
