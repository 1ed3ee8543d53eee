package bss

import (
	"context"
	"iter"
)

// ListCustomerOrders lists orders of one customer or, without CustomerID, of all
// customers of the partner. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00013.html.
func (c *Client) ListCustomerOrders(ctx context.Context, r ListCustomerOrdersRequest) iter.Seq2[Order, error] {
	return list(c, listCustomerOrders, r.Offset, r.Limit, func(w window) ([]Order, count, error) {
		var out struct {
			Count count   `json:"total_count"`
			Rows  []Order `json:"order_infos"`
		}
		r.Offset, r.Limit = w.offset, w.limit
		err := c.do(ctx, call{op: listCustomerOrders, query: r}, &out)
		return out.Rows, out.Count, err
	})
}

// ShowCustomerOrderDetails returns an order with the first 100 of its lines. The
// partner calls it. It fails with ErrNotFound.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00014.html.
func (c *Client) ShowCustomerOrderDetails(ctx context.Context, r ShowCustomerOrderDetailsRequest) (OrderDetails, error) {
	var out OrderDetails
	k := call{op: showCustomerOrderDetails, path: map[string]string{"order_id": r.OrderID}, query: r}
	return out, c.do(ctx, k, &out)
}

// ListOrderCouponsByOrderID lists the customer's coupons that can be used for an
// order. Only the customer may call it.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00015.html.
func (c *Client) ListOrderCouponsByOrderID(ctx context.Context, customer Customer, orderID string) ([]OrderCoupon, error) {
	var out struct {
		Rows []OrderCoupon `json:"user_coupons"`
	}
	err := c.do(ctx, call{op: listOrderCouponsByOrderID, customer: customer, query: orderQuery{orderID}}, &out)
	return out.Rows, err
}

// ListOrderDiscounts lists the discounts that can be used for an order. Only the
// customer may call it.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00025.html.
func (c *Client) ListOrderDiscounts(ctx context.Context, customer Customer, orderID string) ([]OrderDiscount, error) {
	var out struct {
		Rows []OrderDiscount `json:"discounts"`
	}
	err := c.do(ctx, call{op: listOrderDiscounts, customer: customer, query: orderQuery{orderID}}, &out)
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

// CancelCustomerOrder cancels an order that waits for payment. Only the customer
// may call it. It fails with ErrOrderChanged where the order does not wait for
// payment.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00017.html.
func (c *Client) CancelCustomerOrder(ctx context.Context, customer Customer, orderID string) error {
	body := struct {
		OrderID string `json:"order_id"`
	}{orderID}
	return c.do(ctx, call{op: cancelCustomerOrder, customer: customer, body: body}, nil)
}
