package bss_test

import (
	"context"

	"github.com/bssfn/bssfn/pkg/bss"
)

func ordersExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"ListCustomerOrders": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListCustomerOrders(ctx, bss.ListCustomerOrdersRequest{}))
		}),
		"ShowCustomerOrderDetails": withOrder(func(ctx context.Context, c *bss.Client, id string) error {
			_, err := c.ShowCustomerOrderDetails(ctx, bss.ShowCustomerOrderDetailsRequest{OrderID: id})
			return err
		}),
		"ListOrderCouponsByOrderId": withOrder(func(ctx context.Context, c *bss.Client, id string) error {
			_, err := c.ListOrderCouponsByOrderID(ctx, resaleName, bss.ListOrderCouponsByOrderIDRequest{OrderID: id})
			return err
		}),
		"ListOrderDiscounts": withOrder(func(ctx context.Context, c *bss.Client, id string) error {
			_, err := c.ListOrderDiscounts(ctx, resaleName, bss.ListOrderDiscountsRequest{OrderID: id})
			return err
		}),
		"PayOrders": withOrder(func(ctx context.Context, c *bss.Client, id string) error {
			return c.PayOrders(ctx, resaleName, bss.PayOrdersRequest{OrderID: id})
		}),
		"CancelCustomerOrder": withOrder(func(ctx context.Context, c *bss.Client, id string) error {
			return c.CancelCustomerOrder(ctx, resaleName, bss.CancelCustomerOrderRequest{OrderID: id})
		}),
	}
}
