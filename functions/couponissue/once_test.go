package couponissue_test

import (
	"context"
	"errors"
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

// forgetful loses the next outcome that is to be recorded, as a process does that
// is killed between an effect and its record.
type forgetful struct {
	*memory.Store
	armed atomic.Bool
}

func (s *forgetful) Update(ctx context.Context, row ledger.Row) error {
	if row.State == string(ledger.StateDone) && s.armed.CompareAndSwap(true, false) {
		return errors.New("killed")
	}
	return s.Store.Update(ctx, row)
}

// A request that was killed after it had taken its transfer must come back to that
// one: had it taken the record of an equal request that is in doubt, that one would
// find none and move the money again.
func TestKilledTransferComesBackToItsOwn(t *testing.T) {
	t.Parallel()
	store := &forgetful{Store: memory.New()}
	w := newWorldOn(t, store, nil)
	customer := w.customers(1)[0]
	require.NoError(t, w.cloud.SetPartnerBalance(decimal.NewFromInt(1000)))
	doubtful, killed := transfer("doubtful", customer, "10"), transfer("killed", customer, "10")
	w.fail(allocateOperation, huawei.FaultReset, huawei.AfterEffect)
	require.Equal(t, "outcome_unknown", w.refused("/couponissue/allocations", doubtful).Code)
	store.armed.Store(true)
	require.Equal(t, "outcome_unknown", w.refused("/couponissue/allocations", killed).Code)
	require.Equal(t, "still_running", w.refused("/couponissue/allocations", killed).Code)

	w.clock.Advance(10 * time.Minute)
	first := w.transfer("/couponissue/allocations", killed)
	second := w.transfer("/couponissue/allocations", doubtful)

	assert.NotEqual(t, first.TransferID, second.TransferID)
	assert.Equal(t, 2, w.effects(allocateOperation))
	w.requireSound()
}

// A request in doubt takes the record of an equal one before that has its answer:
// the equal one must not count on it too.
func TestTransferWhoseRecordWasTakenLooksForAnother(t *testing.T) {
	t.Parallel()
	var w *world
	var meanwhile func()
	w = newWorldBehind(t, intercept(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		answer, err := next.RoundTrip(r)
		if meanwhile != nil && strings.HasSuffix(r.URL.Path, "/adjust-amount") {
			then := meanwhile
			meanwhile = nil
			then()
		}
		return answer, err
	}))
	customer := w.customers(1)[0]
	require.NoError(t, w.cloud.SetPartnerBalance(decimal.NewFromInt(1000)))
	path, doubtful, robbed := "/couponissue/allocations", transfer("doubtful", customer, "10"), transfer("robbed", customer, "10")
	w.fail(allocateOperation, huawei.FaultReset, huawei.BeforeEffect)
	require.Equal(t, "outcome_unknown", w.refused(path, doubtful).Code)

	var first couponissue.Transfer
	meanwhile = func() { first = w.transfer(path, doubtful) }
	require.Equal(t, "outcome_unknown", w.refused(path, robbed).Code)
	require.Equal(t, 1, w.effects(allocateOperation))

	w.clock.Advance(10 * time.Minute)
	second := w.transfer(path, robbed)
	assert.NotEqual(t, first.TransferID, second.TransferID)
	assert.Equal(t, 2, w.effects(allocateOperation), "one movement for each request")
	w.requireSound()
}

func TestKilledCouponIsFound(t *testing.T) {
	t.Parallel()
	store := &forgetful{Store: memory.New()}
	w := newWorldOn(t, store, nil)
	body := campaign(w.quota(1000), "100", w.customers(2), "")
	store.armed.Store(true)
	report := w.issue(body)
	assert.Equal(t, []couponissue.State{couponissue.Unknown, couponissue.Issued}, states(report))
	report = w.issue(body)
	assert.Equal(t, "still_running", report.Customers[0].Code)

	w.clock.Advance(10 * time.Minute)
	assert.Equal(t, 2, w.issue(body).Issued)
	assert.Equal(t, 2, w.effects(issueOperation))
	w.requireSound()
}

// Whatever fails and however often everything is sent, each request moves its
// amount once in the end.
func TestEqualTransfersUnderFaultsHappenOnceEach(t *testing.T) {
	t.Parallel()
	const requests = 12
	store := &forgetful{Store: memory.New()}
	w := newWorldOn(t, store, nil)
	customer := w.customers(1)[0]
	require.NoError(t, w.cloud.SetPartnerBalance(decimal.NewFromInt(1000)))
	random := rand.New(rand.NewPCG(1, 2))
	kinds := []huawei.FaultKind{huawei.FaultReset, huawei.FaultTruncated, huawei.FaultInternal, huawei.FaultThrottled}
	points := []huawei.Point{huawei.BeforeValidation, huawei.BeforeEffect, huawei.AfterEffect}
	for range 10 * requests {
		switch random.IntN(4) {
		case 0:
			w.fail(allocateOperation, kinds[random.IntN(3)], points[random.IntN(3)])
		case 1:
			w.fail("ListPartnerAdjustRecords", kinds[random.IntN(4)], points[random.IntN(3)])
		case 2:
			store.armed.Store(true)
		}
		var answer any
		w.call(http.MethodPost, "/couponissue/allocations", transfer(fmt.Sprint("req-", random.IntN(requests)), customer, "10"), &answer)
		w.clock.Advance(time.Duration(random.IntN(90)) * time.Second)
	}
	w.cloud.ClearFaults()
	store.armed.Store(false)

	ids := map[string]bool{}
	for i := range requests {
		body, path := transfer(fmt.Sprint("req-", i), customer, "10"), "/couponissue/allocations"
		w.clock.Advance(10 * time.Minute)
		ids[w.transfer(path, body).TransferID] = true
	}
	assert.Len(t, ids, requests)
	assert.Equal(t, requests, w.effects(allocateOperation))
	w.requireSound()
}

func TestConcurrentDeliveriesIssueOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customers := w.customers(5)
	body := []byte(campaign(w.quota(1000), "100", customers, ""))
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			err := w.edge.Message(t.Context(), "campaigns", handler.Message{ID: fmt.Sprint(i), Body: body})
			if p, ok := errors.AsType[*handler.Problem](err); ok {
				assert.Equal(t, "campaign_unfinished", p.Code)
			} else {
				assert.NoError(t, err)
			}
		})
	}
	group.Wait()

	require.NoError(t, w.edge.Message(t.Context(), "campaigns", handler.Message{ID: "last", Body: body}))
	assert.Equal(t, len(customers), w.effects(issueOperation))
	w.requireSound()
}
