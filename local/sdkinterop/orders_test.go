package sdkinterop_test

import (
	"net/http"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func orderExchanges() map[string]exchange {
	return map[string]exchange{
		"ListCustomerOrders": noIndirectPartner(listsOrders, func(c *cloud, indirect *string) error {
			_, err := c.partner().ListCustomerOrders(&model.ListCustomerOrdersRequest{IndirectPartnerId: indirect})
			return err
		}),
		"ShowCustomerOrderDetails": noOrder(showsOrder, func(c *cloud, id string) error {
			_, err := c.customer("yongzhi").ShowCustomerOrderDetails(&model.ShowCustomerOrderDetailsRequest{OrderId: id})
			return err
		}),
		"ListOrderCouponsByOrderId": noOrder(listsOrderCoupons, func(c *cloud, id string) error {
			_, err := c.customer("yongzhi").ListOrderCouponsByOrderId(&model.ListOrderCouponsByOrderIdRequest{OrderId: id})
			return err
		}),
		"ListOrderDiscounts": noOrder(listsOrderDiscounts, func(c *cloud, id string) error {
			_, err := c.customer("yongzhi").ListOrderDiscounts(&model.ListOrderDiscountsRequest{OrderId: id})
			return err
		}),
		"PayOrders": {
			succeeds: paysOrder,
			refused: func(c *cloud) error {
				id := c.order(huawei.NewOrder{CustomerID: c.richAccount("yongzhi"), OfficialAmount: yuan("1000.01")})
				_, err := c.customer("yongzhi").PayOrders(payment(id))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99005003", says: "insufficient",
		},
		"CancelCustomerOrder": {
			succeeds: cancelsOrder,
			refused: func(c *cloud) error {
				id := c.order(huawei.NewOrder{CustomerID: c.richAccount("yongzhi"), OfficialAmount: yuan("1")})
				customer := c.customer("yongzhi")
				_, err := customer.PayOrders(payment(id))
				require.NoError(c.t, err)
				_, err = customer.CancelCustomerOrder(cancellation(id))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99005010", says: "cancel",
		},
	}
}

// noOrder is refused because the order is another customer's: to the caller it
// does not exist.
func noOrder(succeeds func(*cloud), call func(c *cloud, id string) error) exchange {
	return exchange{
		succeeds: succeeds,
		refused: func(c *cloud) error {
			c.richAccount("yongzhi")
			return call(c, c.order(huawei.NewOrder{CustomerID: c.richAccount("another"), OfficialAmount: yuan("1")}))
		},
		status: http.StatusBadRequest, code: "CBC.30000010", says: "does not exist",
	}
}

// payment pays with cash alone.
func payment(orderID string) *model.PayOrdersRequest {
	return &model.PayOrdersRequest{Body: &model.PayCustomerOrderV3Req{OrderId: orderID, UseCoupon: "NO", UseDiscount: "NO"}}
}

func cancellation(orderID string) *model.CancelCustomerOrderRequest {
	return &model.CancelCustomerOrderRequest{Body: &model.CancelCustomerOrderReq{OrderId: orderID}}
}

func listsOrders(c *cloud) {
	customerID := c.richAccount("yongzhi")
	c.order(huawei.NewOrder{CustomerID: customerID, OfficialAmount: yuan("5"), ServiceTypeCode: "hws.service.type.ebs"})
	id := c.order(huawei.NewOrder{
		CustomerID: customerID, OfficialAmount: yuan("120.5"), AmountAfterDiscount: yuan("100.45"),
	})
	request := &model.ListCustomerOrdersRequest{
		ServiceTypeCode: new("hws.service.type.ec2"), Status: new(int32(6)), OrderBy: new("-createTime"), Limit: new(int32(10)),
	}
	byPartner, err := c.partner().ListCustomerOrders(request)
	require.NoError(c.t, err)
	assertFields(c.t, fields{
		"order_id": id, "customer_id": customerID, "service_type_code": "hws.service.type.ec2",
		"service_type_name": "弹性云服务器", "source_type": 1, "status": 6, "order_type": 1,
		"official_amount": 120.5, "amount_after_discount": 100.45, "measure_id": 1, "currency": c.currency(),
		"create_time": c.now(),
	}, only(c.t, byPartner.OrderInfos))

	byCustomer, err := c.customer("yongzhi").ListCustomerOrders(request)
	require.NoError(c.t, err)
	assert.Equal(c.t, byPartner.OrderInfos, byCustomer.OrderInfos)
}

func showsOrder(c *cloud) {
	customerID := c.richAccount("yongzhi")
	id := c.order(huawei.NewOrder{
		CustomerID: customerID, OfficialAmount: yuan("99.9"), ProductDescription: "通用计算型|s6.small.1",
		ProductID: "00301-1", PeriodType: huawei.PeriodYear, PeriodNum: 2, Deadline: c.clock.Now().Add(time.Hour),
	})
	answer, err := c.partner().ShowCustomerOrderDetails(&model.ShowCustomerOrderDetailsRequest{
		OrderId: id, XLanguage: new("zh_CN"), Limit: new(int32(5)), Offset: new(int32(0)),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{
		"order_id": id, "customer_id": customerID, "status": 6, "official_amount": 99.9, "user_name": "yongzhi",
		"pending_payment_end_time": c.clock.Now().Add(time.Hour).Format("2006-01-02T15:04:05Z"),
	}, answer.OrderInfo)
	assertFields(c.t, fields{
		"order_id": id, "product_id": "00301-1", "product_spec_desc": "通用计算型|s6.small.1",
		"period_type": 3, "period_num": 2, "subscription_num": 1, "amount_after_discount": 99.9, "currency": c.currency(),
	}, only(c.t, answer.OrderLineItems))
}

func listsOrderCoupons(c *cloud) {
	customerID := c.richAccount("yongzhi")
	couponID := c.coupon(huawei.NewCoupon{
		CustomerID: customerID, Kind: huawei.CouponCash, Value: yuan("50.5"),
		Limits: []huawei.Limit{{Key: "serviceType", Value1: "hws.service.type.ec2"}},
	})
	id := c.order(huawei.NewOrder{CustomerID: customerID, OfficialAmount: yuan("200")})
	answer, err := c.customer("yongzhi").ListOrderCouponsByOrderId(&model.ListOrderCouponsByOrderIdRequest{OrderId: id})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"count": 1}, answer)
	coupon := only(c.t, answer.UserCoupons)
	assertFields(c.t, fields{
		"coupon_id": couponID, "coupon_type": 302, "status": 2, "face_value": 50.5, "balance": 50.5,
		"effective_time": c.now(),
	}, coupon)
	assertFields(c.t, fields{"limit_key": "serviceType", "value1": "hws.service.type.ec2"}, only(c.t, coupon.UseLimits))
}

func listsOrderDiscounts(c *cloud) {
	id := c.order(huawei.NewOrder{
		CustomerID: c.richAccount("yongzhi"), OfficialAmount: yuan("200"),
		Discounts: []huawei.Discount{{ID: "d1", Type: huawei.DiscountPartner, Ratio: yuan("0.9")}},
	})
	answer, err := c.customer("yongzhi").ListOrderDiscounts(&model.ListOrderDiscountsRequest{OrderId: id})
	require.NoError(c.t, err)
	discount := only(c.t, answer.Discounts)
	assertFields(c.t, fields{"discount_id": "d1", "discount_value": "0.9", "discount_type": 3}, discount)
	order := only(c.t, &discount.Orders)
	assertFields(c.t, fields{"order_id": id}, order)
	assertFields(c.t, fields{"discount_mode": 0, "discount_amount": "20", "discount_ratio": "0.9"}, only(c.t, &order.OrderLineItems))
}

func paysOrder(c *cloud) {
	customerID := c.richAccount("yongzhi")
	couponID := c.coupon(huawei.NewCoupon{CustomerID: customerID, Kind: huawei.CouponVoucher, Value: yuan("30")})
	id := c.order(huawei.NewOrder{
		CustomerID: customerID, OfficialAmount: yuan("200"),
		Discounts: []huawei.Discount{{ID: "d1", Type: huawei.DiscountPartner, Amount: yuan("20.5")}},
	})
	answer, err := c.customer("yongzhi").PayOrders(&model.PayOrdersRequest{Body: &model.PayCustomerOrderV3Req{
		OrderId:   id,
		UseCoupon: "YES", CouponInfos: &[]model.CouponSimpleInfoOrderPayV3{{Id: couponID, Type: huawei.CouponVoucher}},
		UseDiscount: "YES", DiscountInfos: &[]model.DiscountSimpleInfoV3{{Id: "d1", Type: huawei.DiscountPartner}},
	}})
	require.NoError(c.t, err)
	assert.Equal(c.t, http.StatusNoContent, answer.HttpStatusCode)
	paid := c.lastEffect()
	assert.Equal(c.t, "PayOrders", paid.Operation)
	assert.Equal(c.t, id, paid.Reference)
	assert.Equal(c.t, "179.5", paid.Amount.String())

	c.clock.Advance(5 * time.Second)
	order, err := c.partner().ShowCustomerOrderDetails(&model.ShowCustomerOrderDetailsRequest{OrderId: id})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"status": 5, "amount_after_discount": 179.5}, order.OrderInfo)
	assertFields(c.t, fields{"coupon_amount": 30}, order.OrderInfo.AmountInfo)
	assertFields(c.t, fields{"discount_type": "607", "discount_amount": 20.5}, only(c.t, order.OrderInfo.AmountInfo.Discounts))
}

func cancelsOrder(c *cloud) {
	id := c.order(huawei.NewOrder{CustomerID: c.richAccount("yongzhi"), OfficialAmount: yuan("1")})
	_, err := c.customer("yongzhi").CancelCustomerOrder(cancellation(id))
	require.NoError(c.t, err)
	assert.Equal(c.t, id, c.lastEffect().Reference)
	order, err := c.partner().ShowCustomerOrderDetails(&model.ShowCustomerOrderDetailsRequest{OrderId: id})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"status": 4}, order.OrderInfo)
}
