package payorder_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/huawei"
)

func TestTwentyPaymentsAtOnceMoveMoneyOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// Connections that nothing was sent over would hold up the end of the test.
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	w.serve(func(_ *payorder.Config, rt *functions.Runtime) { rt.Transport = transport })
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	body := encode(t, in)
	var group sync.WaitGroup
	statuses := make([]int, 20)
	for i := range statuses {
		group.Go(func() {
			status, _, err := w.Platform.Send(t.Context(), http.MethodPost, path(orderID, "/payments"), body)
			assert.NoError(t, err)
			statuses[i] = status
		})
	}
	group.Wait()
	for _, status := range statuses {
		assert.Contains(t, []int{http.StatusOK, http.StatusAccepted, http.StatusConflict, http.StatusServiceUnavailable}, status)
	}
	assert.Equal(t, 1, w.payments())
	assert.Equal(t, "1000", w.pay(orderID, in).Payable.String())
	assert.Equal(t, 1, w.payments())
	w.requireSound()
}

func TestARepeatedPaymentIsWhatIsRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	first := w.pay(orderID, in)
	before := w.Sim.Journal()

	assert.Equal(t, first, w.pay(orderID, in))
	w.clock.Advance(9 * time.Minute) // the code has expired, the quote has not
	assert.Equal(t, first, w.pay(orderID, in))
	assert.Equal(t, before, w.Sim.Journal())
}

func TestAnotherQuoteForAPaidOrderIsAConflict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	voucher := w.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("300")})
	other := w.payment(orderID, w.quote(orderID, fields{"coupon_ids": []string{voucher}}).Quote)
	w.pay(orderID, w.payment(orderID, w.quote(orderID, nil).Quote))
	before := w.Sim.Journal()

	p := w.notPaid(orderID, other)
	assert.Equal(t, "key_conflict", p.Code)
	var names []string
	for _, field := range p.Fields {
		names = append(names, field.Field)
	}
	assert.Equal(t, []string{"coupons", "payable"}, names)
	assert.Equal(t, before, w.Sim.Journal())
}

func TestALostAnswerIsSettledByLooking(t *testing.T) {
	t.Parallel()
	for _, kind := range []huawei.FaultKind{huawei.FaultReset, huawei.FaultTruncated, huawei.FaultHTML, huawei.FaultInternal, huawei.FaultUnavailable} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			orderID := w.place(huawei.NewOrder{})
			in := w.payment(orderID, w.quote(orderID, nil).Quote)
			w.fail("PayOrders", kind, huawei.AfterEffect, 1)
			if kind != huawei.FaultTruncated { // the answer is empty: there is nothing to cut off
				p := w.notPaid(orderID, in)
				assert.Equal(t, "outcome_unknown", p.Code)
				assert.Equal(t, http.StatusServiceUnavailable, p.Status)
				assert.Equal(t, "found", w.pay(orderID, in).Settled)
			}
			got := w.pay(orderID, in)
			assert.Equal(t, "completed", got.Status)
			assert.Equal(t, 1, w.payments())
			w.requireSound()
		})
	}
}

func TestAPaymentThatNeverHappenedIsMadeLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	w.fail("PayOrders", huawei.FaultReset, huawei.BeforeEffect, 1)
	assert.Equal(t, "outcome_unknown", w.notPaid(orderID, in).Code)
	assert.Equal(t, "outcome_unknown", w.notPaid(orderID, in).Code, "it may still come to light")
	assert.Zero(t, w.payments())

	w.clock.Advance(31 * time.Second)
	assert.Equal(t, "answered", w.pay(orderID, in).Settled)
	assert.Equal(t, 1, w.payments())
	w.requireSound()
}

func TestAnUnknownOutcomeStaysUnknownWhereNobodyCanLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	w.fail("PayOrders", huawei.FaultReset, huawei.AfterEffect, 1)
	assert.Equal(t, "outcome_unknown", w.notPaid(orderID, in).Code)

	w.clock.Advance(time.Minute)
	w.fail("ShowCustomerOrderDetails", huawei.FaultUnavailable, huawei.BeforeEffect, 5)
	p := w.notPaid(orderID, in)
	assert.Equal(t, "outcome_unknown", p.Code, "that looking failed says nothing of the payment")
	assert.Equal(t, http.StatusServiceUnavailable, p.Status)

	assert.Equal(t, "found", w.pay(orderID, in).Settled)
	assert.Equal(t, 1, w.payments())
}

// Money in doubt may have been taken at another price: it is not paid again at one
// that nobody has agreed to.
func TestAnOrderThatChangedInDoubtIsNotPaidAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var changed atomic.Bool
	w.serve(func(_ *payorder.Config, rt *functions.Runtime) {
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			if isDetails(r) && changed.Load() {
				return rewritten(r, `"amount_after_discount":1000`, `"amount_after_discount":1200`)
			}
			return wire.RoundTrip(r)
		})
	})
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	w.fail("PayOrders", huawei.FaultReset, huawei.BeforeEffect, 1)
	assert.Equal(t, "outcome_unknown", w.notPaid(orderID, in).Code)

	changed.Store(true)
	w.clock.Advance(time.Minute)
	assert.Equal(t, "order_changed", w.notPaid(orderID, in).Code)
	assert.Zero(t, w.payments())
}

func TestAnInsufficientBalanceCanBeFilledUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.Sim.SetCash(w.customer, yuan("999.99")))
	require.NoError(t, w.Sim.SetPartnerBalance(yuan("1")))
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	p := w.notPaid(orderID, in)
	assert.Equal(t, "balance_insufficient", p.Code)
	assert.Equal(t, http.StatusConflict, p.Status)
	assert.Zero(t, w.payments())

	w.call(http.MethodPost, "/couponissue/allocations", w.with(fields{"request_id": "r1", "amount": "0.01", "currency": "CNY"}), nil)
	assert.Equal(t, "code_used", w.notPaid(orderID, in).Code, "it is a new attempt")
	in["code"] = w.code(orderID, in["quote"].(string))
	assert.Equal(t, "completed", w.pay(orderID, in).Status, "the same quote works")
	assert.Equal(t, 1, w.payments())
	w.requireSound()
}

func TestWhyAnOrderIsNotPaid(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		order huawei.NewOrder
		code  string
	}{
		"quota short":            {huawei.NewOrder{QuotaShort: true}, "quota_short"},
		"capacity short":         {huawei.NewOrder{Shortage: 2}, "capacity_short"},
		"specification changed":  {huawei.NewOrder{Shortage: 3}, "order_spec_changed"},
		"related resource":       {huawei.NewOrder{Shortage: 4}, "order_spec_changed"},
		"something else changed": {huawei.NewOrder{Shortage: 99}, "order_spec_changed"},
		"project funds":          {huawei.NewOrder{ProjectFundsShort: true}, "project_funds_short"},
		"enterprise's budget":    {huawei.NewOrder{BudgetShort: true}, "enterprise_budget_short"},
		"tax rate":               {huawei.NewOrder{TaxRateUnknown: true}, "tax_rate_unavailable"},
		"a renewal too late":     {huawei.NewOrder{OrderType: 2, EffectiveTime: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}, "order_effective_time_passed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			orderID := w.place(tt.order)
			in := w.payment(orderID, w.quote(orderID, nil).Quote)
			before := w.Sim.Journal()
			p := w.notPaid(orderID, in)
			assert.Equal(t, tt.code, p.Code)
			assert.Equal(t, http.StatusConflict, p.Status)
			assert.Equal(t, before, w.Sim.Journal())
		})
	}
}

func TestAPriceThatChangedAfterTheQuote(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var changed atomic.Bool
	w.serve(func(_ *payorder.Config, rt *functions.Runtime) {
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			if isDetails(r) && changed.Load() {
				return rewritten(r, `"amount_after_discount":1000`, `"amount_after_discount":900`)
			}
			return wire.RoundTrip(r)
		})
	})
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	changed.Store(true)
	p := w.notPaid(orderID, in)
	assert.Equal(t, "order_changed", p.Code)
	assert.Zero(t, w.payments())

	again := w.quote(orderID, nil)
	assert.Equal(t, "900", again.Payable.String())
	w.pay(orderID, w.payment(orderID, again.Quote))
	assert.Equal(t, 1, w.payments())
}

func TestACouponThatWasUsedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := w.place(huawei.NewOrder{}), w.place(huawei.NewOrder{})
	voucher := w.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("300")})
	choice := fields{"coupon_ids": []string{voucher}}
	in := w.payment(second, w.quote(second, choice).Quote)
	w.pay(first, w.payment(first, w.quote(first, choice).Quote))

	p := w.notPaid(second, in)
	assert.Equal(t, "coupon_not_usable", p.Code)
	assert.Equal(t, 1, w.payments())
}

func TestAPaymentNeedsTheCustomersToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	w.Sim.RevokeTokens()
	assert.Equal(t, "completed", w.pay(orderID, in).Status, "another one is issued")
	assert.Equal(t, 1, w.payments())
}
