package payorder_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/huawei"
)

type orderAnswer struct {
	OrderID  string           `json:"order_id"`
	Status   string           `json:"status"`
	Amount   decimal.Decimal  `json:"amount"`
	Currency string           `json:"currency"`
	Payable  bool             `json:"payable"`
	Checks   []payorder.Check `json:"checks"`
	PaidAt   time.Time        `json:"paid_at"`
	Lines    []struct {
		Product string `json:"product"`
		Period  string `json:"period"`
	} `json:"lines"`
}

func (w *world) look(orderID string) orderAnswer {
	w.t.Helper()
	var out orderAnswer
	w.call(http.MethodGet, path(orderID, "?customer_id="+w.customer), nil, &out)
	return out
}

func TestFromTheOrderToItsPayment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{
		OfficialAmount: yuan("9600"), ProductDescription: "c7.2xlarge.4", PeriodType: huawei.PeriodYear,
		Discounts: []huawei.Discount{{ID: "d1", Type: huawei.DiscountCommercial, Ratio: yuan("0.9")}},
	})
	voucher := w.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("300")})

	order := w.look(orderID)
	assert.Equal(t, "pending_payment", order.Status)
	assert.Equal(t, "9600", order.Amount.String())
	assert.True(t, order.Payable)
	assert.Equal(t, "1 year", order.Lines[0].Period)
	for _, check := range order.Checks {
		assert.True(t, check.OK, check.Name)
	}

	var offers struct {
		Coupons []struct {
			ID      string          `json:"coupon_id"`
			Kind    string          `json:"kind"`
			Balance decimal.Decimal `json:"balance"`
		} `json:"coupons"`
		Discounts []struct {
			ID       string          `json:"discount_id"`
			Kind     string          `json:"kind"`
			Off      decimal.Decimal `json:"off"`
			Required bool            `json:"required"`
		} `json:"discounts"`
	}
	w.call(http.MethodGet, path(orderID, "/offers?customer_id="+w.customer), nil, &offers)
	require.Len(t, offers.Coupons, 1)
	require.Len(t, offers.Discounts, 1)
	assert.Equal(t, voucher, offers.Coupons[0].ID)
	assert.Equal(t, "voucher", offers.Coupons[0].Kind)
	assert.Equal(t, "commercial", offers.Discounts[0].Kind)
	assert.Equal(t, "960", offers.Discounts[0].Off.String())
	assert.False(t, offers.Discounts[0].Required)

	q := w.quote(orderID, fields{"discount_id": "d1", "coupon_ids": []string{voucher}})
	assert.Equal(t, "8340", q.Payable.String())
	assert.Equal(t, "CNY", q.Currency)
	assert.WithinDuration(t, w.clock.Now().Add(15*time.Minute), q.ExpiresAt, time.Second)

	code := w.code(orderID, q.Quote)
	events := w.Platform.Inbox() // the platform takes what is signed, and nothing else
	require.Len(t, events, 1)
	assert.Equal(t, "payorder.code", events[0].Type)
	var data map[string]any
	require.NoError(t, json.Unmarshal(events[0].Data, &data))
	assert.Regexp(t, `^2026-03-10T01:05:\d\dZ$`, data["expires_at"])
	delete(data, "expires_at")
	assert.Equal(t, map[string]any{
		"order_id": orderID, "customer_id": w.customer, "person": confirming(orderID), "payable": "8340.00", "currency": "CNY", "code": code,
	}, data)

	status, body, err := w.Platform.Send(t.Context(), http.MethodPost, path(orderID, "/payments"), encode(t, w.with(fields{"quote": q.Quote, "code": code, "person": confirming(orderID)})))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status, "%s", body)
	var got paid
	require.NoError(t, json.Unmarshal(body, &got))
	assert.Equal(t, "completed", got.Status)
	assert.Equal(t, "answered", got.Settled)
	assert.Equal(t, "8340", got.Payable.String())
	assert.False(t, got.PaidAt.IsZero())
	assert.Equal(t, 1, w.payments())
	assert.Equal(t, "completed", w.look(orderID).Status)
	w.requireSound()
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	body, err := json.Marshal(v)
	require.NoError(t, err)
	return body
}

func TestAnOrderThatTakesLongerIsAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(cfg *payorder.Config, _ *functions.Runtime) { cfg.PayWait = time.Second })
	orderID := w.place(huawei.NewOrder{})
	res := w.post(path(orderID, "/payments"), encode(t, w.payment(orderID, w.quote(orderID, nil).Quote)))
	require.Equal(t, http.StatusAccepted, res.StatusCode)
	var got paid
	require.NoError(t, json.NewDecoder(res.Body).Decode(&got))
	assert.Equal(t, "processing", got.Status)

	var order orderAnswer
	w.clock.Advance(5 * time.Second)
	w.call(http.MethodGet, res.Header.Get("Location"), nil, &order)
	assert.Equal(t, "completed", order.Status)
	assert.Equal(t, orderID, order.OrderID)
}

// What is paid is answered as paid, also where the order cannot be looked at.
func TestAPaymentIsAnsweredWhateverLookingSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(_ *payorder.Config, rt *functions.Runtime) {
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			if isDetails(r) && w.payments() > 0 {
				return answered(r, http.StatusServiceUnavailable, `{}`), nil
			}
			return wire.RoundTrip(r)
		})
	})
	orderID := w.place(huawei.NewOrder{})
	got := w.pay(orderID, w.payment(orderID, w.quote(orderID, nil).Quote))
	assert.Equal(t, "processing", got.Status)
	assert.Equal(t, "answered", got.Settled)
	assert.Equal(t, "1000", got.Payable.String())
}
