package payorder_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

func TestTheBestQuoteSaysWhyOthersAreNotUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{OfficialAmount: yuan("100"), Discounts: []huawei.Discount{
		{ID: "small", Type: huawei.DiscountPartner, Amount: yuan("1")}, {ID: "large", Type: huawei.DiscountCommercial, Amount: yuan("20")},
	}})
	voucher := func(value string, limits ...huawei.Limit) string {
		return w.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan(value), Limits: limits})
	}
	best, second := voucher("30"), voucher("10")
	excluded := w.grant(huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("1"), Limits: []huawei.Limit{{Key: "simultaneousUseWithContractDiscount", Value1: "0"}}})
	tooHigh := w.grant(huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("5"), Limits: []huawei.Limit{{Key: "orderAmount", Value1: "80"}}})
	unchecked := w.grant(huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("5"), Limits: []huawei.Limit{{Key: "somethingNew", Value1: "1"}}})

	var q struct {
		quote
		Lines   []payorder.LineQuote
		Refused []payorder.Refused
	}
	w.call(http.MethodPost, path(orderID, "/quotes"), w.with(fields{"best": true}), &q)
	assert.Equal(t, "50", q.Payable.String())
	require.Len(t, q.Deductions, 2)
	assert.Equal(t, "large", q.Deductions[0].ID)
	assert.Nil(t, q.Deductions[0].Left)
	assert.Equal(t, best, q.Deductions[1].ID)
	assert.Equal(t, "0", q.Deductions[1].Left.String())
	assert.ElementsMatch(t, []payorder.Refused{
		{ID: "small", Reason: "not_cheaper"}, {ID: second, Reason: "second_voucher"}, {ID: excluded, Reason: "not_with_discount"},
		{ID: tooHigh, Reason: "below_amount"}, {ID: unchecked, Reason: "limit_unchecked"},
	}, q.Refused)
	require.Len(t, q.Lines, 1)
	assert.Equal(t, "50", q.Lines[0].Payable.String())

	require.NoError(t, w.Sim.SetCash(w.customer, yuan("50")))
	w.pay(orderID, w.payment(orderID, q.Quote))
	w.requireSound()
}

func TestACouponWithAnUnknownLimitIsQuotedWhereItIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	coupon := w.grant(huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("5"), Limits: []huawei.Limit{{Key: "somethingNew", Value1: "1"}}})
	idle := w.grant(huawei.NewCoupon{Kind: huawei.CouponStoredCard, Value: yuan("1")})
	all := w.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("995")})
	var q struct {
		quote
		Refused   []payorder.Refused
		Unchecked []payorder.UncheckedLimits
	}
	w.call(http.MethodPost, path(orderID, "/quotes"), w.with(fields{"coupon_ids": []string{idle, coupon, all}}), &q)
	assert.True(t, q.Payable.IsZero())
	assert.Equal(t, []payorder.UncheckedLimits{{ID: coupon, Limits: []string{"somethingNew"}}}, q.Unchecked)
	assert.Equal(t, []payorder.Refused{{ID: idle, Reason: "takes_nothing"}}, q.Refused)
	assert.Len(t, q.Deductions, 2, "what takes nothing is not used")
}

// reclaimedCoupon is one that the partner issued to the customer and took back.
func (w *world) reclaimedCoupon() string {
	w.t.Helper()
	quota, err := w.Sim.AddQuota(huawei.NewQuota{Value: yuan("5")})
	require.NoError(w.t, err)
	issued, err := w.Sim.Client().CreatePartnerCoupons(w.t.Context(), bss.CreatePartnerCouponsRequest{
		QuotaID: quota, CustomerIDs: []string{w.customer}, FaceValue: yuan("5"),
	})
	require.NoError(w.t, err)
	require.Len(w.t, issued.Coupons, 1)
	id := issued.Coupons[0].CouponID
	require.NoError(w.t, w.Sim.Client().ReclaimPartnerCoupons(w.t.Context(), bss.ReclaimPartnerCouponsRequest{CouponID: id}))
	return id
}

func TestWhyACouponIsNotOffered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := w.clock.Now()
	grant := func(kind int, from, to time.Time) string {
		return w.grant(huawei.NewCoupon{Kind: kind, Value: yuan("5"), ValidTime: from, ExpireTime: to})
	}
	spent := w.place(huawei.NewOrder{})
	used, card := grant(huawei.CouponVoucher, now, now.Add(time.Hour)), grant(huawei.CouponStoredCard, now, now.Add(time.Hour))
	w.pay(spent, w.payment(spent, w.quote(spent, fields{"coupon_ids": []string{used, card}}).Quote))
	expired := grant(huawei.CouponVoucher, now, now.Add(time.Minute))
	w.clock.Advance(2 * time.Minute)
	reclaimed := w.reclaimedCoupon()
	orderID := w.place(huawei.NewOrder{Coupons: []string{}})
	for id, code := range map[string]string{
		used: "coupon_used", card: "coupon_used", expired: "coupon_expired", reclaimed: "coupon_reclaimed", "unheard-of": "coupon_unknown",
		grant(huawei.CouponVoucher, now.Add(time.Hour), now.Add(2*time.Hour)): "coupon_not_effective",
		grant(huawei.CouponCash, now, now.Add(time.Hour)):                     "coupon_not_for_order",
	} {
		before := w.Sim.Journal()
		p := w.refused(http.MethodPost, path(orderID, "/quotes"), w.with(fields{"coupon_ids": []string{id}}))
		assert.Equal(t, code, p.Code)
		assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
		assert.Equal(t, before, w.Sim.Journal())
	}
}

func TestAMemberOfACombinedOrderSaysWhichOneToPay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	combined := w.place(huawei.NewOrder{Members: []huawei.NewOrder{{OfficialAmount: yuan("1")}, {OfficialAmount: yuan("2")}}})
	w.place(huawei.NewOrder{})
	orders, err := w.customerClient().ShowCustomerOrderDetails(t.Context(), bss.ShowCustomerOrderDetailsRequest{OrderID: combined})
	require.NoError(t, err)
	member := orders.Order.SubOrderInfos[0].OrderID
	before := w.Sim.Journal()
	p := w.refused(http.MethodPost, path(member, "/quotes"), w.with(nil))
	assert.Equal(t, "order_combined", p.Code)
	assert.Contains(t, p.Next, combined)
	assert.Equal(t, before, w.Sim.Journal())
	assert.False(t, w.look(member).Payable)
	assert.True(t, w.look(combined).Payable)
}

func TestAnOrderWhoseLinesChangedAfterTheQuote(t *testing.T) {
	t.Parallel()
	for property, change := range map[string][2]string{
		"product":       {`"product_id":"p1"`, `"product_id":"p2"`},
		"specification": {`"product_spec_desc":"small"`, `"product_spec_desc":"large"`},
		"period":        {`"period_num":1`, `"period_num":2`},
		"quantity":      {`"subscription_num":1`, `"subscription_num":2`},
	} {
		t.Run(property, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var changed atomic.Bool
			w.serve(func(_ *payorder.Config, rt *functions.Runtime) {
				rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
					if isDetails(r) && changed.Load() {
						return rewritten(r, change[0], change[1])
					}
					return wire.RoundTrip(r)
				})
			})
			orderID := w.place(huawei.NewOrder{ProductID: "p1", ProductDescription: "small"})
			in := w.payment(orderID, w.quote(orderID, nil).Quote)
			changed.Store(true)
			before := w.Sim.Journal()
			p := w.notPaid(orderID, in)
			assert.Equal(t, "order_changed", p.Code)
			assert.Contains(t, p.Detail, property)
			assert.Equal(t, before, w.Sim.Journal())
		})
	}
}

func TestAFrozenAccountCannotPay(t *testing.T) {
	t.Parallel()
	d := bss.OrderDetails{Order: bss.Order{Status: bss.OrderPendingPayment}}
	require.NoError(t, payorder.PayableFor(bss.SubCustomer{}, d, now))
	for _, frozen := range []bss.Frozen{bss.AccountFrozen, bss.AccountAndResourceFrozen} {
		var p *handler.Problem
		require.ErrorAs(t, payorder.PayableFor(bss.SubCustomer{IsFrozen: frozen}, d, now), &p)
		assert.Equal(t, "account_frozen", p.Code)
		assert.Equal(t, http.StatusConflict, p.Status)
	}
}
