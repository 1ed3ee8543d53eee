package bss_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

const payPath = "/v3/orders/customer-orders/pay"

func equalAmount(t *testing.T, want string, got decimal.Decimal) {
	t.Helper()
	assert.True(t, yuan(want).Equal(got), "want %s, got %s", want, got)
}

func TestPayingAnOrderWithADiscountAndACoupon(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	voucher, err := w.GrantCoupon(huawei.NewCoupon{CustomerID: w.resale, Kind: huawei.CouponVoucher, Value: yuan("5.55")})
	require.NoError(t, err)
	id := w.order(t, huawei.NewOrder{
		OfficialAmount: yuan("100.10"),
		Discounts:      []huawei.Discount{{ID: "d1", Type: huawei.DiscountCommercial, Ratio: yuan("0.9")}},
	})
	c := w.client(t)

	discounts, err := c.ListOrderDiscounts(t.Context(), resaleName, bss.ListOrderDiscountsRequest{OrderID: id})
	require.NoError(t, err)
	require.Len(t, discounts, 1)
	assert.Equal(t, bss.DiscountCommercial, discounts[0].DiscountType)
	assert.Equal(t, "0.9", discounts[0].DiscountValue)
	require.Len(t, discounts[0].Orders, 1)
	assert.Equal(t, id, discounts[0].Orders[0].OrderID)
	assert.Equal(t, bss.DiscountByRatio, discounts[0].Orders[0].Lines[0].DiscountMode)
	equalAmount(t, "0.9", discounts[0].Orders[0].Lines[0].DiscountRatio)

	coupons, err := c.ListOrderCouponsByOrderID(t.Context(), resaleName, bss.ListOrderCouponsByOrderIDRequest{OrderID: id})
	require.NoError(t, err)
	require.Len(t, coupons.UserCoupons, 1)
	assert.Equal(t, voucher, coupons.UserCoupons[0].CouponID)
	assert.Equal(t, bss.KindVoucher, coupons.UserCoupons[0].CouponType)
	equalAmount(t, "5.55", coupons.UserCoupons[0].FaceValue)
	equalAmount(t, "5.55", coupons.UserCoupons[0].Balance)
	assert.Equal(t, bss.CouponReusable, coupons.UserCoupons[0].CouponVersion)
	assert.Equal(t, bss.GroupCloudServices, coupons.UserCoupons[0].CouponGroup)
	assert.Equal(t, bss.CouponUsable, coupons.UserCoupons[0].Status)
	assert.Contains(t, coupons.CouponMaxUseQuantity, bss.CouponMaxUseQuantity{CouponType: bss.TypeVoucher, UseQuantityValue: 1})
	assert.Equal(t, bss.At(start), coupons.UserCoupons[0].EffectiveTime)

	require.NoError(t, c.PayOrders(t.Context(), resaleName, bss.PayOrdersRequest{
		OrderID:  id,
		Coupons:  []bss.UsedCoupon{{ID: voucher, Type: bss.KindVoucher}},
		Discount: &bss.UsedDiscount{ID: "d1", Type: bss.DiscountCommercial},
	}))
	assert.JSONEq(t, `{"order_id":"`+id+`","use_coupon":"YES","coupon_infos":[{"id":"`+voucher+`","type":301}],
		"use_discount":"YES","discount_infos":[{"id":"d1","type":2}]}`, w.wire.to(payPath)[0].body)
	assert.Empty(t, w.Check())

	paid := onlyOrder(t, c, bss.ListCustomerOrdersRequest{OrderID: id})
	assert.Equal(t, bss.OrderProcessing, paid.Status)
	assert.Equal(t, bss.At(w.clock.Now()), paid.PaymentTime)
	equalAmount(t, "100.1", paid.OfficialAmount)
	equalAmount(t, "90.09", paid.AmountAfterDiscount)
	equalAmount(t, "5.55", paid.AmountInfo.CouponAmount)
	require.Len(t, paid.AmountInfo.Discounts, 1)
	assert.Equal(t, bss.ItemCommercialContract, paid.AmountInfo.Discounts[0].DiscountType)
	equalAmount(t, "10.01", paid.AmountInfo.Discounts[0].DiscountAmount)
	assert.Equal(t, bss.OrderedByCustomer, paid.SourceType)

	balance, err := c.ShowCustomerAccountBalances(t.Context(), resaleName)
	require.NoError(t, err)
	equalAmount(t, "915.46", balance.Accounts[0].Amount)
}

func TestPayingWithNothingElseSendsNoLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.order(t, huawei.NewOrder{})
	require.NoError(t, w.client(t).PayOrders(t.Context(), resaleName, bss.PayOrdersRequest{OrderID: id}))
	assert.JSONEq(t, `{"order_id":"`+id+`","use_coupon":"NO","use_discount":"NO"}`, w.wire.to(payPath)[0].body)
}

func onlyOrder(t *testing.T, c *bss.Client, r bss.ListCustomerOrdersRequest) bss.Order {
	t.Helper()
	rows, err := bss.Collect(c.ListCustomerOrders(t.Context(), r))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	return rows[0]
}

func TestOrderDetails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	deadline := start.Add(48 * time.Hour)
	id := w.order(t, huawei.NewOrder{
		OrderType: int(bss.OrderRenewal), PeriodType: huawei.PeriodYear, PeriodNum: 2, Deadline: deadline,
		OfficialAmount: yuan("100.10"), AmountAfterDiscount: yuan("80.00"), ProductDescription: "2vCPUs 4GiB",
		EffectiveTime: start.Add(24 * time.Hour),
	})
	got, err := w.client(t).ShowCustomerOrderDetails(t.Context(), bss.ShowCustomerOrderDetailsRequest{OrderID: id, Limit: 100})
	require.NoError(t, err)
	assert.Equal(t, 1, got.TotalCount)
	assert.Equal(t, id, got.Order.OrderID)
	assert.Equal(t, w.resale, got.Order.CustomerID)
	assert.Equal(t, bss.OrderPendingPayment, got.Order.Status)
	assert.Equal(t, bss.OrderRenewal, got.Order.OrderType)
	assert.Equal(t, "CNY", got.Order.Currency)
	assert.Equal(t, bss.At(start), got.Order.CreateTime)
	assert.Equal(t, bss.At(deadline), got.Order.PendingPaymentEndTime)
	assert.True(t, got.Order.PaymentTime.IsZero())

	require.Len(t, got.Lines, 1)
	line := got.Lines[0]
	assert.Equal(t, bss.PeriodYear, line.PeriodType)
	assert.Equal(t, 2, line.PeriodNum)
	assert.Equal(t, 1, line.SubscriptionNum)
	assert.Equal(t, "2vCPUs 4GiB", line.ProductSpecDesc)
	assert.Equal(t, bss.At(start.Add(24*time.Hour)), line.EffectiveTime)
	assert.Equal(t, bss.At(start.Add(24*time.Hour).AddDate(2, 0, 0)), line.ExpireTime)
	equalAmount(t, "100.1", line.OfficialAmount)
	equalAmount(t, "80", line.AmountAfterDiscount)
}

func TestAnOrderIsNamedBeforeItIsAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.client(t).ShowCustomerOrderDetails(t.Context(), bss.ShowCustomerOrderDetailsRequest{})
	require.ErrorContains(t, err, "order_id is empty")
	_, err = w.client(t).ShowCustomerOrderDetails(t.Context(), bss.ShowCustomerOrderDetailsRequest{OrderID: ".."})
	require.ErrorContains(t, err, "is another path")
	_, err = w.client(t).ShowCustomerOrderDetails(t.Context(), bss.ShowCustomerOrderDetailsRequest{OrderID: "../CS 1?a=b"})
	require.ErrorIs(t, err, bss.ErrNotFound)
	assert.Len(t, w.wire.to("/v2/orders/customer-orders/details/../CS 1?a=b"), 1, "one segment of the path, whatever it holds")
}

func TestACombinedOrderShowsItsMembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.order(t, huawei.NewOrder{Members: []huawei.NewOrder{{OfficialAmount: yuan("1.10")}, {OfficialAmount: yuan("2.20")}}})
	got := onlyOrder(t, w.client(t), bss.ListCustomerOrdersRequest{CustomerID: w.resale})
	require.Len(t, got.SubOrderInfos, 2)
	equalAmount(t, "3.3", got.OfficialAmount)
	equalAmount(t, "1.1", got.SubOrderInfos[0].OfficialAmount)
}

func TestListCustomerOrdersSendsItsFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	rows, err := bss.Collect(c.ListCustomerOrders(t.Context(), bss.ListCustomerOrdersRequest{
		CustomerID: w.resale, ServiceTypeCode: "云 硬盘&a=b", Status: bss.OrderPendingPayment, OrderType: bss.OrderNew,
		CreateTimeBegin: bss.At(start), CreateTimeEnd: bss.At(start.Add(time.Hour)), OrderBy: "-createTime",
	}))
	require.NoError(t, err)
	assert.Empty(t, rows)
	query := w.wire.to("/v2/orders/customer-orders")[0].query
	assert.Equal(t, map[string][]string{
		"customer_id": {w.resale}, "service_type_code": {"云 硬盘&a=b"}, "status": {"6"}, "order_type": {"1"},
		"create_time_begin": {"2026-03-02T01:00:00Z"}, "create_time_end": {"2026-03-02T02:00:00Z"},
		"order_by": {"-createTime"}, "limit": {"100"},
	}, map[string][]string(query))
}

func TestCancellingAnOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	id := w.order(t, huawei.NewOrder{})
	require.NoError(t, c.CancelCustomerOrder(t.Context(), resaleName, bss.CancelCustomerOrderRequest{OrderID: id}))
	assert.Equal(t, bss.OrderCancelled, onlyOrder(t, c, bss.ListCustomerOrdersRequest{OrderID: id}).Status)
	assert.ErrorIs(t, c.CancelCustomerOrder(t.Context(), resaleName, bss.CancelCustomerOrderRequest{OrderID: id}), bss.ErrOrderChanged)
}

func TestWhyAnOrderIsNotPaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	paid := w.order(t, huawei.NewOrder{})
	require.NoError(t, c.PayOrders(t.Context(), resaleName, bss.PayOrdersRequest{OrderID: paid}))
	for name, test := range map[string]struct {
		request bss.PayOrdersRequest
		want    error
	}{
		"unknown":     {bss.PayOrdersRequest{OrderID: "CS0000000000AAAAA"}, bss.ErrNotFound},
		"too dear":    {bss.PayOrdersRequest{OrderID: w.order(t, huawei.NewOrder{OfficialAmount: yuan("9999")})}, bss.ErrInsufficientBalance},
		"in progress": {bss.PayOrdersRequest{OrderID: paid}, bss.ErrPaymentInProgress},
		"unconfirmed": {bss.PayOrdersRequest{OrderID: w.order(t, huawei.NewOrder{Status: huawei.OrderUnconfirmed})}, bss.ErrOrderChanged},
		"too late":    {bss.PayOrdersRequest{OrderID: w.order(t, huawei.NewOrder{EffectiveTime: start.Add(-time.Hour)})}, bss.ErrOrderExpired},
		"no capacity": {bss.PayOrdersRequest{OrderID: w.order(t, huawei.NewOrder{QuotaShort: true})}, bss.ErrCapacity},
		"no discount": {bss.PayOrdersRequest{
			OrderID: w.order(t, huawei.NewOrder{}), Discount: &bss.UsedDiscount{ID: "none", Type: bss.DiscountPartner},
		}, bss.ErrCoupon},
	} {
		err := c.PayOrders(t.Context(), resaleName, test.request)
		require.ErrorIs(t, err, test.want, name)
		assert.NotErrorIs(t, err, bss.ErrOutcomeUnknown, name)
	}
	assert.Equal(t, 1, w.effects("PayOrders"))
}

func TestARefundAccountsForWhatWasPaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, server := w.client(t), w.server(t)
	bought := onlyOrder(t, c, bss.ListCustomerOrdersRequest{CustomerID: w.resale, OrderType: bss.OrderNew})
	w.clock.Advance(10 * 24 * time.Hour)
	ended, err := c.CancelResourcesSubscription(t.Context(), resaleName, endOf(server.ResourceID))
	require.NoError(t, err)
	r := bss.ShowRefundOrderDetailsRequest{OrderID: ended.OrderIDs[0], CustomerID: w.resale}
	refunds, err := c.ShowRefundOrderDetails(t.Context(), r)
	require.NoError(t, err)
	require.Len(t, refunds, 3, "what came back, what was consumed, the fee")
	returned, consumed, fee := refunds[0], refunds[1], refunds[2]
	equalAmount(t, "-179", returned.Amount)
	equalAmount(t, "100", consumed.Amount)
	equalAmount(t, "31", fee.Amount)
	for _, refund := range refunds {
		assert.Equal(t, bought.OrderID, refund.BaseOrderID)
		assert.Equal(t, w.resale, refund.CustomerID)
		assert.Equal(t, "hws.resource.type.vm", refund.ResourceTypeCode)
		assert.Equal(t, "cn-north-4", refund.RegionCode)
		assert.Equal(t, "1", refund.MeasureID)
	}
	assert.Equal(t, map[string][]string{"order_id": {r.OrderID}, "customer_id": {w.resale}},
		map[string][]string(w.wire.to("/v2/orders/customer-orders/refund-orders")[0].query))

	r.OrderID = bought.OrderID
	_, err = c.ShowRefundOrderDetails(t.Context(), r)
	require.ErrorIs(t, err, bss.ErrNotSupported)
	r.OrderID = "CS0000000000AAAAA"
	_, err = c.ShowRefundOrderDetails(t.Context(), r)
	require.ErrorIs(t, err, bss.ErrNotFound)
}

func TestAMemberOfACombinedOrderIsNotCancelledAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	id := w.order(t, huawei.NewOrder{Members: []huawei.NewOrder{{OfficialAmount: yuan("1")}, {OfficialAmount: yuan("2")}}})
	members := onlyOrder(t, c, bss.ListCustomerOrdersRequest{OrderID: id}).SubOrderInfos
	require.Len(t, members, 2)
	require.ErrorIs(t, c.CancelCustomerOrder(t.Context(), resaleName, bss.CancelCustomerOrderRequest{OrderID: members[0].OrderID}), bss.ErrOrderChanged)
	require.NoError(t, c.CancelCustomerOrder(t.Context(), resaleName, bss.CancelCustomerOrderRequest{OrderID: id}))
}
