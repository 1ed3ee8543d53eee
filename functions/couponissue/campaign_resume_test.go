package couponissue_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

var campaignSeeds = flag.Int("campaign.seeds", 4, "stormy campaigns to play")

var errKilled = errors.New("killed")

// process is what a process needs of the outside: a store, and the way to Huawei
// Cloud. Once it is killed it reaches neither, so that the function in it is as good
// as gone, wherever it is.
type process struct {
	ledger.Store
	// left is how many more times it reaches out; it is killed after them.
	left atomic.Int64
	// reads is how many rows were read.
	reads atomic.Int64
}

func newProcess(store ledger.Store, left int64) *process {
	p := &process{Store: store}
	p.left.Store(left)
	return p
}

func (p *process) dead() bool { return p.left.Add(-1) < 0 }

func (p *process) Insert(ctx context.Context, row ledger.Row) error {
	if p.dead() {
		return errKilled
	}
	return p.Store.Insert(ctx, row)
}

func (p *process) Update(ctx context.Context, row ledger.Row) error {
	if p.dead() {
		return errKilled
	}
	return p.Store.Update(ctx, row)
}

func (p *process) Get(ctx context.Context, kind, key string) (ledger.Row, error) {
	p.reads.Add(1)
	if p.left.Load() <= 0 {
		return ledger.Row{}, errKilled
	}
	return p.Store.Get(ctx, kind, key)
}

// RoundTrip can be killed before a request is sent, and before its answer is read.
func (p *process) RoundTrip(r *http.Request) (*http.Response, error) {
	if p.dead() {
		return nil, errKilled
	}
	answer, err := wire.RoundTrip(r)
	if p.dead() && err == nil {
		return nil, errors.Join(errKilled, answer.Body.Close())
	}
	return answer, err
}

const unlimited = 1 << 40

// deliver brings the campaign until it is finished, each time by a new process.
func (w *world) deliver(store ledger.Store, body string) {
	w.t.Helper()
	var err error
	for range 8 {
		p := newProcess(store, unlimited)
		err = w.process(p, p).Message(w.t.Context(), "campaigns", handler.Message{ID: "1", Body: []byte(body)})
		if err == nil {
			return
		}
		w.clock.Advance(10 * time.Minute)
	}
	require.NoError(w.t, err)
}

// requireOneEach holds the journal against what everybody should have got, and the
// quota against the journal.
func (w *world) requireOneEach(quota string, before int64, want map[string]decimal.Decimal) {
	w.t.Helper()
	got := map[string]decimal.Decimal{}
	left := decimal.NewFromInt(before)
	for _, e := range w.cloud.Journal() {
		if e.Operation != issueOperation {
			continue
		}
		_, twice := got[e.CustomerID]
		require.False(w.t, twice, "customer %s has two coupons", e.CustomerID)
		got[e.CustomerID] = e.Amount
		left = left.Sub(e.Amount)
	}
	require.Len(w.t, got, len(want))
	for customer, amount := range want {
		require.Equal(w.t, amount.String(), got[customer].String(), customer)
	}
	var out struct{ Quotas []couponissue.Quota }
	require.Equal(w.t, http.StatusOK, w.call(http.MethodGet, "/couponissue/quotas", "", &out))
	for _, q := range out.Quotas {
		if q.QuotaID == quota {
			require.Equal(w.t, left.String(), q.Balance.String())
		}
	}
	w.requireSound()
}

// A process is killed before each of its writes and on both ways of each of its
// calls; whoever delivers the campaign after that brings it to its end.
func TestCampaignIsInterruptedEverywhere(t *testing.T) {
	t.Parallel()
	for at := int64(1); ; at++ {
		store := memory.New()
		w := newWorldOn(t, store, nil)
		customers, quota := w.customers(4), w.quota(100)
		var added couponissue.Addition
		require.Equal(t, http.StatusOK, w.upload(fmt.Sprintf("customer_id,face_value\n%s,10\n%s,\n%s,\n", customers[0], customers[1], customers[2]), &added))
		body := campaign(quota, "20", customers[2:], "")

		p := newProcess(store, at)
		err := w.process(p, p).Message(t.Context(), "campaigns", handler.Message{ID: "1", Body: []byte(body)})
		w.clock.Advance(10 * time.Minute)
		w.deliver(store, body)

		w.requireOneEach(quota, 100, map[string]decimal.Decimal{
			customers[0]: decimal.NewFromInt(10), customers[1]: decimal.NewFromInt(20),
			customers[2]: decimal.NewFromInt(20), customers[3]: decimal.NewFromInt(20),
		})
		if err == nil && p.left.Load() > 0 {
			require.Greater(t, at, int64(12), "it was never killed")
			return
		}
	}
}

// What is finished is not read again: a delivery goes on where the one before it
// stopped.
func TestCampaignGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	store := memory.New()
	w := newWorldOn(t, store, nil)
	const customers = 5000
	var file strings.Builder
	file.WriteString("customer_id\n")
	for i := range customers {
		fmt.Fprintf(&file, "unknown-%04d\n", i) // each of them is refused
	}
	var added couponissue.Addition
	require.Equal(t, http.StatusOK, w.upload(file.String(), &added))
	body := terms(w.quota(customers), "1", "")

	first := newProcess(store, 8500) // each takes two writes
	require.Error(t, w.process(first, first).Message(t.Context(), "campaigns", handler.Message{ID: "1", Body: []byte(body)}))
	w.clock.Advance(10 * time.Minute)
	second := newProcess(store, unlimited)
	require.NoError(t, w.process(second, second).Message(t.Context(), "campaigns", handler.Message{ID: "1", Body: []byte(body)}))

	assert.Less(t, second.reads.Load(), int64(6000), "twice those of two parts at most, and not of all five")
	var report couponissue.Report
	require.Equal(t, http.StatusOK, w.call(http.MethodGet, "/couponissue/campaigns/spring-2026", "", &report))
	assert.Equal(t, customers, report.Refused)
}

// Whatever fails, however often and by how many processes at once the campaign is
// delivered: each customer has one coupon in the end, and the quota has what is left.
func TestCampaignUnderFaultsGivesOneCouponEach(t *testing.T) {
	t.Parallel()
	for seed := range *campaignSeeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			stormyCampaign(t, uint64(seed))
		})
	}
}

func stormyCampaign(t *testing.T, seed uint64) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // meant to be predictable
	store := memory.New()
	w := newWorldOn(t, store, nil)
	const count, before = 130, 1000
	customers, quota := w.customers(count), w.quota(before)
	want := map[string]decimal.Decimal{}
	file := "customer_id,face_value\n"
	for _, c := range customers {
		want[c] = decimal.NewFromInt(int64(1 + random.IntN(2)))
		file += fmt.Sprintf("%s,%s\n", c, want[c])
	}
	var added couponissue.Addition
	require.Equal(t, http.StatusOK, w.upload(file, &added))
	body := terms(quota, "5", "")

	kinds := []huawei.FaultKind{huawei.FaultReset, huawei.FaultTruncated, huawei.FaultInternal, huawei.FaultThrottled, huawei.FaultHTML}
	points := []huawei.Point{huawei.BeforeValidation, huawei.BeforeEffect, huawei.AfterEffect}
	operations := []string{issueOperation, issueOperation, "ListPartnerCouponsRecord", "ListQuotaCoupons"}
	for range 6 {
		for range random.IntN(3) {
			kind, at := kinds[random.IntN(len(kinds))], points[random.IntN(len(points))]
			if kind == huawei.FaultThrottled {
				at = huawei.BeforeValidation // the gateway refuses what it has not let through
			}
			w.fail(operations[random.IntN(len(operations))], kind, at)
		}
		var together sync.WaitGroup
		for i := range 1 + random.IntN(3) {
			left := int64(unlimited)
			if random.IntN(2) == 0 {
				left = int64(random.IntN(3 * count))
			}
			p := newProcess(store, left)
			edge := w.process(p, p)
			together.Go(func() {
				// If it fails it is delivered again.
				_ = edge.Message(t.Context(), "campaigns", handler.Message{ID: fmt.Sprint(i), Body: []byte(body)})
			})
		}
		together.Wait()
		w.clock.Advance(time.Duration(random.IntN(200)) * time.Second)
	}
	w.cloud.ClearFaults()
	w.clock.Advance(10 * time.Minute)
	w.deliver(store, body)
	w.requireOneEach(quota, before, want)
}
