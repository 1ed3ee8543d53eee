package couponissue_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
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

func TestKilledCouponIsFound(t *testing.T) {
	t.Parallel()
	store := &forgetful{Store: memory.New()}
	w := newWorldOn(t, store, nil)
	body := campaign(w.quota(1000), "100", w.customers(2), "")
	store.armed.Store(true)
	report := w.issue(body)
	// One call served both; which of them is recorded first is left open.
	require.ElementsMatch(t, []couponissue.State{couponissue.Unknown, couponissue.Issued}, states(report))
	killed := slices.Index(states(report), couponissue.Unknown)
	report = w.issue(body)
	assert.Equal(t, "still_running", report.Customers[killed].Code)

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
