package payorder_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// Somebody pays in the console an order whose payment by us is in doubt and was never
// made: with a coupon that tells them from us, and without one, when nothing does.
func TestAnOrderThatSomebodyElsePaid(t *testing.T) {
	t.Parallel()
	t.Run("in another way", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		voucher := w.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("300")})
		id := w.place(huawei.NewOrder{})
		in := w.payment(id, w.quote(id, nil).Quote)
		w.fail("PayOrders", huawei.FaultReset, huawei.BeforeEffect, 1)
		assert.Equal(t, "outcome_unknown", w.notPaid(id, in).Code)
		w.payInConsole(id, bss.UsedCoupon{ID: voucher, Type: bss.KindVoucher})
		w.clock.Advance(time.Hour)
		assert.Equal(t, "outcome_unknown", w.notPaid(id, in).Code)
		require.NoError(t, w.RunSchedule(t.Context(), "payorder", "reconcile", nil))
		doubt := w.recorded(id)
		assert.Equal(t, "unknown", doubt.State)
		assert.Contains(t, doubt.Reason, "700.00 from the balance, which is not the 1000.00")
	})
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		id := w.place(huawei.NewOrder{})
		in := w.payment(id, w.quote(id, nil).Quote)
		require.NoError(t, w.Sim.RefuseNext(huawei.Refusal{Operation: "PayOrders", Code: "CBC.99003106"}))
		assert.Equal(t, "order_changed", w.notPaid(id, in).Code)
		w.payInConsole(id)
		assert.Equal(t, "order_paid", w.notPaid(id, in).Code, "not by us")
		assert.Equal(t, "failed", w.recorded(id).State)
	})
	t.Run("in just the same way", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		id := w.place(huawei.NewOrder{})
		in := w.payment(id, w.quote(id, nil).Quote)
		w.fail("PayOrders", huawei.FaultReset, huawei.BeforeEffect, 1)
		assert.Equal(t, "outcome_unknown", w.notPaid(id, in).Code)
		w.payInConsole(id)
		assert.Equal(t, "found", w.pay(id, in).Settled, "which is all that can be said")
		assert.Equal(t, 1, w.payments())
	})
}

// payInConsole pays an order as the customer does by itself.
func (w *world) payInConsole(orderID string, coupons ...bss.UsedCoupon) {
	w.t.Helper()
	require.NoError(w.t, w.Sim.Client().PayOrders(w.t.Context(), "fjord-textiles", bss.PayOrdersRequest{OrderID: orderID, Coupons: coupons}))
}

func TestWhatAnOrderTellsOfAPayment(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)
	q := payorder.Quote{OrderID: "CS1", Amount: yuan("1000"), Payable: yuan("650.5")}
	paid := func(at time.Time) bss.Order {
		return bss.Order{
			Status: bss.OrderCompleted, PaymentTime: bss.At(at), AmountAfterDiscount: yuan("900"),
			AmountInfo: bss.AmountInfo{CouponAmount: yuan("200"), FlexipurchaseCouponAmount: yuan("49"), StoredCardAmount: yuan("0.5")},
		}
	}
	other := paid(since)
	other.AmountInfo.CouponAmount = yuan("200.01")
	undated := paid(since)
	undated.PaymentTime = bss.Time{}
	for name, tt := range map[string]struct {
		order bss.Order
		want  ledger.Finding
	}{
		"as quoted":              {paid(since.Add(time.Minute)), ledger.Found},
		"by a clock that lags":   {paid(since.Add(-14 * time.Minute)), ledger.Found},
		"without a time":         {undated, ledger.Found},
		"before it was begun":    {paid(since.Add(-16 * time.Minute)), ledger.Absent},
		"another amount":         {other, ledger.Unclear},
		"it waits":               {bss.Order{Status: bss.OrderPendingPayment}, ledger.Absent},
		"it was cancelled":       {bss.Order{Status: bss.OrderCancelled}, ledger.Absent},
		"it waits for its money": {bss.Order{Status: bss.OrderPendingRefund}, ledger.Unclear},
	} {
		finding, err := payorder.FindPayment(tt.order, q, since)
		assert.Equal(t, tt.want, finding, name)
		assert.Equal(t, name == "another amount", err != nil, name)
	}
}
