package payorder_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

func TestOrdersThatCannotBeQuoted(t *testing.T) {
	t.Parallel()
	yesterday := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		arrange func(w *world) (orderID, customerID string)
		status  int
		code    string
	}{
		"unknown order":      {func(w *world) (string, string) { return "CS0000000000AAAAA", w.customer }, 404, "order_unknown"},
		"unknown customer":   {func(w *world) (string, string) { return w.place(huawei.NewOrder{}), "nobody" }, 404, "order_unknown"},
		"no customer":        {func(w *world) (string, string) { return w.place(huawei.NewOrder{}), "" }, 422, "invalid_fields"},
		"another's customer": {func(w *world) (string, string) { return w.place(huawei.NewOrder{}), w.account("other-one", "0") }, 404, "order_unknown"},
		"another's order": {func(w *world) (string, string) {
			return w.place(huawei.NewOrder{CustomerID: w.account("other-one", "0")}), w.customer
		}, 404, "order_unknown"},
		"paid": {func(w *world) (string, string) {
			id := w.place(huawei.NewOrder{})
			w.pay(id, w.payment(id, w.quote(id, nil).Quote))
			return id, w.customer
		}, 409, "order_paid"},
		"past its deadline": {func(w *world) (string, string) {
			id := w.place(huawei.NewOrder{})
			w.clock.Advance(8 * 24 * time.Hour)
			return id, w.customer
		}, 409, "order_past_deadline"},
		"cancelled by the customer": {func(w *world) (string, string) {
			id := w.place(huawei.NewOrder{})
			w.cancel(id)
			return id, w.customer
		}, 409, "order_cancelled"},
		"effective time passed": {func(w *world) (string, string) {
			return w.place(huawei.NewOrder{EffectiveTime: yesterday}), w.customer
		}, 409, "order_effective_time_passed"},
		"waits for approval": {func(w *world) (string, string) {
			return w.place(huawei.NewOrder{Status: huawei.OrderPendingReview}), w.customer
		}, 409, "order_not_payable"},
		"waits for confirmation": {func(w *world) (string, string) {
			return w.place(huawei.NewOrder{Status: huawei.OrderUnconfirmed}), w.customer
		}, 409, "order_not_payable"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			orderID, customerID := tt.arrange(w)
			before := w.Sim.Journal()
			p := w.refused(http.MethodPost, path(orderID, "/quotes"), fields{"customer_id": customerID})
			assert.Equal(t, tt.code, p.Code)
			assert.Equal(t, tt.status, p.Status)
			if tt.status != http.StatusConflict { // others can be looked at
				for _, rest := range []string{"?customer_id=" + customerID, "/offers?customer_id=" + customerID} {
					assert.Equal(t, tt.code, w.refused(http.MethodGet, path(orderID, rest), nil).Code)
				}
			}
			assert.Equal(t, before, w.Sim.Journal())
		})
	}
}

// Some orders the simulator never shows: it cancels an overdue one at once.
func TestChecksOfAnOrder(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)
	good := func() bss.OrderDetails {
		return bss.OrderDetails{
			TotalCount: 2,
			Order: bss.Order{
				Status: bss.OrderPendingPayment, OrderType: bss.OrderNew, AmountAfterDiscount: yuan("30.00"),
				PendingPaymentEndTime: bss.At(now.Add(time.Second)),
			},
			Lines: []bss.OrderLine{
				{AmountAfterDiscount: yuan("10.50"), EffectiveTime: bss.At(now)},
				{AmountAfterDiscount: yuan("19.5")},
			},
		}
	}
	tests := map[string]struct {
		spoil func(*bss.OrderDetails)
		code  string // empty: it can be paid
	}{
		"nothing wrong":       {func(*bss.OrderDetails) {}, ""},
		"no deadline":         {func(d *bss.OrderDetails) { d.Order.PendingPaymentEndTime = bss.Time{} }, ""},
		"the deadline is now": {func(d *bss.OrderDetails) { d.Order.PendingPaymentEndTime = bss.At(now) }, "order_past_deadline"},
		"it was to begin":     {func(d *bss.OrderDetails) { d.Lines[1].EffectiveTime = bss.At(now.Add(-time.Second)) }, "order_effective_time_passed"},
		"a renewal begins when the period ends": {func(d *bss.OrderDetails) {
			d.Order.OrderType = bss.OrderRenewal
			d.Lines[1].EffectiveTime = bss.At(now.Add(-time.Hour))
		}, ""},
		"processing": {func(d *bss.OrderDetails) { d.Order.Status = bss.OrderProcessing }, "order_paid"},
		"completed":  {func(d *bss.OrderDetails) { d.Order.Status = bss.OrderCompleted }, "order_paid"},
		"cancelled after its deadline": {func(d *bss.OrderDetails) {
			d.Order.Status, d.Order.PendingPaymentEndTime = bss.OrderCancelled, bss.At(now.Add(-time.Hour))
		}, "order_past_deadline"},
		"completed long ago": {func(d *bss.OrderDetails) {
			d.Order.Status, d.Order.PendingPaymentEndTime = bss.OrderCompleted, bss.At(now.Add(-time.Hour))
		}, "order_paid"},
		"cancelled":          {func(d *bss.OrderDetails) { d.Order.Status = bss.OrderCancelled }, "order_cancelled"},
		"refunded":           {func(d *bss.OrderDetails) { d.Order.Status = bss.OrderPendingRefund }, "order_not_payable"},
		"an unknown state":   {func(d *bss.OrderDetails) { d.Order.Status = 42 }, "order_not_payable"},
		"lines come to more": {func(d *bss.OrderDetails) { d.Lines[0].AmountAfterDiscount = yuan("10.51") }, "order_amount_inconsistent"},
		"a negative amount": {func(d *bss.OrderDetails) {
			d.Order.AmountAfterDiscount, d.Lines[0].AmountAfterDiscount = yuan("-1"), yuan("-20.5")
		}, "order_amount_inconsistent"},
		"more lines than are shown": {func(d *bss.OrderDetails) { d.TotalCount = 101 }, "order_too_long"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := good()
			tt.spoil(&d)
			err := payorder.MustBePayable(d, now)
			if tt.code == "" {
				assert.NoError(t, err)
				return
			}
			var p *handler.Problem
			require.ErrorAs(t, err, &p)
			assert.Equal(t, tt.code, p.Code)
			assert.Equal(t, http.StatusConflict, p.Status)
		})
	}
}

func TestChoicesThatAreRefused(t *testing.T) {
	t.Parallel()
	never := []huawei.Limit{{Key: "simultaneousUseWithContractDiscount", Value1: "0"}}
	least := []huawei.Limit{{Key: "minConsumeDiscount", Value1: "0.95"}}
	commercial := huawei.Discount{ID: "d1", Type: huawei.DiscountCommercial, Ratio: yuan("0.9")}
	partner := huawei.Discount{ID: "d2", Type: huawei.DiscountPartner, Amount: yuan("10")}
	adjusted := huawei.Discount{ID: "d609", Type: huawei.DiscountAdjustment, Price: yuan("700")}
	coupon := func(w *world, kind int, limits []huawei.Limit) string {
		value := "10"
		if kind == huawei.CouponDiscount {
			value = "0.8"
		}
		return w.grant(huawei.NewCoupon{Kind: kind, Value: yuan(value), Limits: limits})
	}
	tests := map[string]struct {
		discounts []huawei.Discount
		choose    func(w *world) fields
		code      string
		reason    string // of the first field, where there is one
	}{
		"no such coupon": {nil, func(*world) fields { return fields{"coupon_ids": []string{"1"}} }, "coupon_unknown", ""},
		"another's coupon": {nil, func(w *world) fields {
			other := w.account("other-one", "0")
			return fields{"coupon_ids": []string{w.grant(huawei.NewCoupon{CustomerID: other, Kind: huawei.CouponVoucher, Value: yuan("5")})}}
		}, "coupon_unknown", ""},
		"a coupon that is not valid yet": {nil, func(w *world) fields {
			later := w.clock.Now().Add(time.Hour)
			return fields{"coupon_ids": []string{w.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("5"), ValidTime: later})}}
		}, "coupon_not_effective", ""},
		"a coupon of another service": {nil, func(w *world) fields {
			return fields{"coupon_ids": []string{coupon(w, huawei.CouponVoucher, []huawei.Limit{{Key: "serviceType", Value1: "hws.service.type.obs"}})}}
		}, "coupon_not_for_order", ""},
		"two vouchers": {nil, func(w *world) fields {
			return fields{"coupon_ids": []string{coupon(w, huawei.CouponVoucher, nil), coupon(w, huawei.CouponVoucher, nil)}}
		}, "combination_refused", "second_voucher"},
		"four coupons": {nil, func(w *world) fields {
			var ids []string
			for range 4 {
				ids = append(ids, coupon(w, huawei.CouponCash, nil))
			}
			return fields{"coupon_ids": ids}
		}, "coupons_too_many", ""},
		"a coupon twice": {nil, func(w *world) fields {
			id := coupon(w, huawei.CouponCash, nil)
			return fields{"coupon_ids": []string{id, id}}
		}, "coupon_repeated", ""},
		"a discount coupon": {nil, func(w *world) fields {
			return fields{"coupon_ids": []string{coupon(w, huawei.CouponDiscount, nil)}}
		}, "combination_refused", "discount_coupon_unpriced"},
		"a coupon that the discount excludes": {[]huawei.Discount{commercial}, func(w *world) fields {
			return fields{"discount_id": "d1", "coupon_ids": []string{coupon(w, huawei.CouponCash, never)}}
		}, "combination_refused", "not_with_discount"},
		"a discount below the coupon's minimum": {[]huawei.Discount{commercial}, func(w *world) fields {
			return fields{"discount_id": "d1", "coupon_ids": []string{coupon(w, huawei.CouponCash, least)}}
		}, "combination_refused", "discount_too_high"},
		"no such discount":  {[]huawei.Discount{commercial}, func(*world) fields { return fields{"discount_id": "d2"} }, "discount_unknown", ""},
		"no adjusted price": {[]huawei.Discount{adjusted}, func(*world) fields { return nil }, "combination_refused", "adjusted_price_required"},
		"not the adjusted":  {[]huawei.Discount{partner, adjusted}, func(*world) fields { return fields{"discount_id": "d2"} }, "combination_refused", "adjusted_price_required"},
		"no customer":       {nil, func(*world) fields { return fields{"customer_id": ""} }, "invalid_fields", "is missing"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			orderID := w.place(huawei.NewOrder{Discounts: tt.discounts})
			in := w.with(tt.choose(w))
			before := w.Sim.Journal()
			p := w.refused(http.MethodPost, path(orderID, "/quotes"), in)
			assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
			assert.Equal(t, tt.code, p.Code)
			if tt.reason == "" {
				assert.Empty(t, p.Fields)
			} else {
				require.NotEmpty(t, p.Fields)
				assert.True(t, strings.HasPrefix(p.Fields[0].Reason, tt.reason), p.Fields)
			}
			assert.Equal(t, before, w.Sim.Journal())
		})
	}
}

func TestAnAdjustedPriceIsPaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{Discounts: []huawei.Discount{{ID: "d609", Type: huawei.DiscountAdjustment, Price: yuan("700")}}})
	q := w.quote(orderID, fields{"discount_id": "d609"})
	assert.Equal(t, "700", q.Payable.String())
	assert.Equal(t, "adjusted_price", q.Deductions[0].Kind)
	w.pay(orderID, w.payment(orderID, q.Quote))
	w.requireSound()
}

func TestBadBodies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	tests := []struct {
		name, route, body string
		status            int
		code              string
	}{
		{"no JSON", "/quotes", `{`, 400, "malformed_json"},
		{"nothing", "/payments", ``, 400, "malformed_json"},
		{"a field twice", "/payments", `{"quote":"a","Quote":"b"}`, 400, "malformed_json"},
		{"an unknown field", "/quotes", `{"customer_id":"c","amount":1}`, 400, "unknown_field"},
		{"an unknown field of a code", "/codes", `{"code":"1"}`, 400, "unknown_field"},
		{"a wrong type", "/quotes", `{"customer_id":"c","coupon_ids":"x"}`, 400, "wrong_type"},
		{"a number for a code", "/payments", `{"customer_id":"c","quote":"q","code":123456}`, 400, "wrong_type"},
		{"null", "/codes", `null`, 400, "wrong_type"},
		{"no quote", "/codes", `{"customer_id":"c"}`, 422, "quote_invalid"},
		{"no quote to pay", "/payments", `{"customer_id":"c","code":"123456"}`, 422, "quote_invalid"},
		{"too much", "/quotes", `{"customer_id":"` + strings.Repeat("x", 1<<20) + `"}`, 413, "body_too_large"},
		{"an unknown route", "/refunds", `{}`, 404, "route_not_found"},
	}
	before := w.Sim.Journal()
	t.Cleanup(func() { assert.Equal(t, before, w.Sim.Journal()) })
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := w.on(t)
			res := w.post(path(orderID, tt.route), []byte(tt.body))
			assert.Equal(t, tt.status, res.StatusCode)
			assert.Equal(t, tt.code, problemIn(t, res).Code)
		})
	}
}

func TestOnlyThePlatformMayPay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	body := encode(t, w.payment(orderID, w.quote(orderID, nil).Quote))
	tests := map[string]struct {
		spoil  func(r *http.Request)
		status int
	}{
		"signature_missing":  {func(r *http.Request) { r.Header.Del("Webhook-Signature") }, 401},
		"signature_stale":    {func(r *http.Request) { r.Header.Set("Webhook-Timestamp", "1") }, 401},
		"signature_invalid":  {func(r *http.Request) { r.Header.Set("Webhook-Id", "another") }, 401},
		"method_not_allowed": {func(r *http.Request) { r.Method = http.MethodPut }, 405},
	}
	for code, tt := range tests {
		req := w.request(http.MethodPost, path(orderID, "/payments"), body)
		tt.spoil(req)
		res := w.send(req)
		assert.Equal(t, tt.status, res.StatusCode)
		assert.Equal(t, code, problemIn(t, res).Code)
	}
	assert.Zero(t, w.payments())

	req := w.request(http.MethodPost, path(orderID, "/payments"), body)
	assert.Equal(t, http.StatusOK, w.send(req).StatusCode)
	again := w.request(http.MethodPost, path(orderID, "/payments"), body)
	again.Header = req.Header
	res := w.send(again)
	assert.Equal(t, http.StatusConflict, res.StatusCode)
	assert.Equal(t, "request_replayed", problemIn(t, res).Code)
	assert.Equal(t, 1, w.payments())
}
