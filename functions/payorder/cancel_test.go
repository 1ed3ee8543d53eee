package payorder_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

type cancelled struct {
	OrderID string `json:"order_id"`
	Status  string `json:"status"`
}

func TestAnUnpaidOrderIsCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.place(huawei.NewOrder{})
	var first, again cancelled
	w.call(http.MethodPost, path(id, "/cancellations"), w.with(nil), &first)
	before := w.Sim.Journal()
	w.call(http.MethodPost, path(id, "/cancellations"), w.with(nil), &again)
	assert.Equal(t, cancelled{id, "cancelled"}, first)
	assert.Equal(t, first, again)
	assert.Equal(t, before, w.Sim.Journal())
	assert.Equal(t, "order_cancelled", w.refused(http.MethodPost, path(id, "/quotes"), w.with(nil)).Code)
	w.requireSound()
}

func TestACancellationWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, at := range []huawei.Point{huawei.BeforeEffect, huawei.AfterEffect} {
		t.Run(string(at), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.place(huawei.NewOrder{})
			w.fail("CancelCustomerOrder", huawei.FaultReset, at, 1)
			var out cancelled
			w.call(http.MethodPost, path(id, "/cancellations"), w.with(nil), &out)
			assert.Equal(t, "cancelled", out.Status)
			assert.Equal(t, 1, w.effects("CancelCustomerOrder"))
		})
	}
	t.Run("again and again", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		id := w.place(huawei.NewOrder{})
		w.fail("CancelCustomerOrder", huawei.FaultReset, huawei.BeforeEffect, 20)
		assert.Equal(t, "outcome_unknown", w.refused(http.MethodPost, path(id, "/cancellations"), w.with(nil)).Code)
		w.Sim.ClearFaults()
		var out cancelled
		w.call(http.MethodPost, path(id, "/cancellations"), w.with(nil), &out)
		assert.Equal(t, "cancelled", out.Status)
	})
}

func TestCancellationsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.place(huawei.NewOrder{})
	body := encode(t, w.with(nil))
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			status, _, err := w.Platform.Send(t.Context(), http.MethodPost, path(id, "/cancellations"), body)
			assert.NoError(t, err)
			assert.Equal(t, http.StatusOK, status)
		})
	}
	group.Wait()
	assert.Equal(t, 1, w.effects("CancelCustomerOrder"))
}

func TestOrdersThatCannotBeCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	paid, _ := w.buy(huawei.NewOrder{}, nil)
	review := w.place(huawei.NewOrder{Status: huawei.OrderPendingReview})
	combined := w.place(huawei.NewOrder{Members: []huawei.NewOrder{{OfficialAmount: yuan("10")}, {OfficialAmount: yuan("20")}}})
	member := w.memberOf(combined)
	others := w.place(huawei.NewOrder{CustomerID: w.account("other-one", "0")})
	before := w.Sim.Journal()
	for name, tt := range map[string]struct{ id, code string }{
		"paid":      {paid, "order_not_cancellable"},
		"in review": {review, "order_not_cancellable"},
		"unknown":   {"CS0000000000AAAAA", "order_unknown"},
		"another's": {others, "order_unknown"},
		"a member":  {member, "order_combined"},
	} {
		p := w.refused(http.MethodPost, path(tt.id, "/cancellations"), w.with(nil))
		assert.Equal(t, tt.code, p.Code, name)
		if name == "a member" {
			assert.Contains(t, p.Next, combined)
		}
	}
	assert.Equal(t, "invalid_fields", w.refused(http.MethodPost, path(paid, "/cancellations"), fields{}).Code)
	assert.Equal(t, before, w.Sim.Journal())

	var out cancelled
	w.call(http.MethodPost, path(combined, "/cancellations"), w.with(nil), &out)
	assert.Equal(t, "cancelled", out.Status)
}

// memberOf is the first member of a combined order.
func (w *world) memberOf(combined string) string {
	w.t.Helper()
	for o, err := range w.Sim.Client().ListCustomerOrders(w.t.Context(), bss.ListCustomerOrdersRequest{CustomerID: w.customer}) {
		require.NoError(w.t, err)
		if o.OrderID == combined {
			return o.SubOrderInfos[0].OrderID
		}
	}
	require.Fail(w.t, "there is no combined order")
	return ""
}

// An order that the customer pays at the same moment is paid, and the answer says so.
func TestAnOrderThatIsPaidWhileItIsCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.place(huawei.NewOrder{})
	require.NoError(t, w.Sim.RefuseNext(huawei.Refusal{Operation: "CancelCustomerOrder", Code: "CBC.99005010"}))
	p := w.refused(http.MethodPost, path(id, "/cancellations"), w.with(nil))
	assert.Equal(t, "order_not_cancellable", p.Code)
	assert.Zero(t, w.effects("CancelCustomerOrder"))
}

type refund struct {
	OrderID  string          `json:"order_id"`
	Returned decimal.Decimal `json:"returned"`
	Kept     decimal.Decimal `json:"kept"`
	Items    []struct {
		BaseOrderID string          `json:"base_order_id"`
		Amount      decimal.Decimal `json:"amount"`
	} `json:"items"`
}

func TestTheRefundOfAnOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bought, id := w.buy(huawei.NewOrder{}, nil)
	w.clock.Advance(10 * 24 * time.Hour)
	ended := w.unsubscribe(w.offer("resources", id))
	require.Len(t, ended.OrderIDs, 1)

	var out refund
	w.call(http.MethodGet, path(ended.OrderIDs[0], "/refund?customer_id="+w.customer), nil, &out)
	assert.Equal(t, ended.OrderIDs[0], out.OrderID)
	assert.Equal(t, "1000", out.Returned.Add(out.Kept).String())
	require.Len(t, out.Items, 3, "returned, consumed, fee")
	assert.Equal(t, bought, out.Items[0].BaseOrderID)
	assert.True(t, out.Items[0].Amount.IsNegative())
	assert.Equal(t, []refund{out}, ended.Refunds)

	assert.Equal(t, "order_without_refund", w.refused(http.MethodGet, path(bought, "/refund?customer_id="+w.customer), nil).Code)
	assert.Equal(t, "order_unknown", w.refused(http.MethodGet, path("none", "/refund?customer_id="+w.customer), nil).Code)
	assert.Equal(t, "invalid_fields", w.refused(http.MethodGet, path(bought, "/refund"), nil).Code)
	w.fail("ShowRefundOrderDetails", huawei.FaultUnavailable, huawei.BeforeEffect, 9)
	assert.Equal(t, "upstream_unavailable", w.refused(http.MethodGet, path(bought, "/refund?customer_id="+w.customer), nil).Code)
}
