package bss

import (
	"context"
	"iter"
)

// ListCustomerOrders lists orders of one customer or, without CustomerID, of all
// customers of the partner. The partner calls it, or a customer ([Client.As]) about
// its own orders.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00013.html.
func (c *Client) ListCustomerOrders(ctx context.Context, r ListCustomerOrdersRequest) iter.Seq2[Order, error] {
	return list[listCustomerOrdersPage, Order](ctx, c, call{op: listCustomerOrders, query: r})
}

// ShowCustomerOrderDetails returns an order with a page of its lines: the first 10
// unless the request says otherwise, 100 at most. The partner calls it, or the
// customer ([Client.As]). It fails with ErrNotFound.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00014.html.
func (c *Client) ShowCustomerOrderDetails(ctx context.Context, r ShowCustomerOrderDetailsRequest) (OrderDetails, error) {
	var out OrderDetails
	k := call{op: showCustomerOrderDetails, path: map[string]string{"order_id": r.OrderID}, query: r}
	err := c.do(ctx, k, &out)
	return out, err
}

// ListOrderCouponsByOrderID lists the customer's coupons that can be used for an
// order that waits for payment, and how many of each kind it takes. Only the
// customer may call it. It fails with ErrNotFound.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00015.html.
func (c *Client) ListOrderCouponsByOrderID(ctx context.Context, customer Customer, r ListOrderCouponsByOrderIDRequest) (OrderCoupons, error) {
	var out OrderCoupons
	err := c.do(ctx, call{op: listOrderCouponsByOrderID, customer: customer, query: r}, &out)
	return out, err
}

// ListOrderDiscounts lists the discounts that can be used for an order that waits
// for payment; one of them can be. Only the customer may call it. It fails with
// ErrNotFound.
//
// See https://support.huaweicloud.com/api-oce/api_order_00025.html.
func (c *Client) ListOrderDiscounts(ctx context.Context, customer Customer, r ListOrderDiscountsRequest) ([]OrderDiscount, error) {
	var out struct {
		Rows []OrderDiscount `json:"discounts"`
	}
	err := c.do(ctx, call{op: listOrderDiscounts, customer: customer, query: r}, &out)
	return out.Rows, err
}

// ShowRefundOrderDetails returns what an order gave back and what was kept of each
// payment before it. The partner calls it, or the customer ([Client.As]). It fails
// with ErrNotFound, and with ErrNotSupported for one that refunds nothing.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00020.html.
func (c *Client) ShowRefundOrderDetails(ctx context.Context, r ShowRefundOrderDetailsRequest) ([]OrderRefund, error) {
	var out struct {
		Rows []OrderRefund `json:"refund_infos"`
	}
	err := c.do(ctx, call{op: showRefundOrderDetails, query: r}, &out)
	return out.Rows, err
}

// PayOrders pays one order that waits for payment from the customer's balance,
// after the coupons and the discount that the request names. It returns as soon as
// the payment is taken; the order is then processed. Only the customer may call
// it. It moves money, so it is never repeated when its outcome is unknown: look at
// the order. It fails with ErrInsufficientBalance, ErrOrderChanged,
// ErrOrderExpired, ErrCoupon, ErrCapacity, ErrPaymentInProgress and ErrNotFound.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00030.html.
func (c *Client) PayOrders(ctx context.Context, customer Customer, r PayOrdersRequest) error {
	return c.do(ctx, call{op: payOrders, customer: customer, body: r.body()}, nil)
}

// CancelCustomerOrder cancels an order that waits for payment, with all members of
// a combined one. Only the customer may call it. It fails with ErrOrderChanged
// where the order does not wait for payment or is a member of a combined one.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00017.html.
func (c *Client) CancelCustomerOrder(ctx context.Context, customer Customer, r CancelCustomerOrderRequest) error {
	return c.do(ctx, call{op: cancelCustomerOrder, customer: customer, body: r}, nil)
}

// PayOrdersRequest is the argument of PayOrders.
type PayOrdersRequest struct {
	OrderID string
	// Coupons are three at most. How many of a kind an order takes is in its
	// OrderCoupons.
	Coupons []UsedCoupon
	// Discount is the one discount to use, if any.
	Discount *UsedDiscount
}

type payBody struct {
	OrderID     string         `json:"order_id"`
	UseCoupon   string         `json:"use_coupon"`
	Coupons     []UsedCoupon   `json:"coupon_infos,omitempty"`
	UseDiscount string         `json:"use_discount"`
	Discounts   []UsedDiscount `json:"discount_infos,omitempty"`
}

// The documentation is of two minds about lists beside a NO: none is sent.
func (r PayOrdersRequest) body() payBody {
	b := payBody{OrderID: r.OrderID, UseCoupon: "NO", UseDiscount: "NO"}
	if len(r.Coupons) > 0 {
		b.UseCoupon, b.Coupons = "YES", r.Coupons
	}
	if r.Discount != nil {
		b.UseDiscount, b.Discounts = "YES", []UsedDiscount{*r.Discount}
	}
	return b
}
