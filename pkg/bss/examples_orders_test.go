package bss_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

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
		"ShowRefundOrderDetails": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
			ended, err := w.client(t).CancelResourcesSubscription(t.Context(), resaleName, endOf(w.server(t).ResourceID))
			require.NoError(t, err)
			return func(ctx context.Context, c *bss.Client) error {
				_, err := c.ShowRefundOrderDetails(ctx, bss.ShowRefundOrderDetailsRequest{OrderID: ended.OrderIDs[0], CustomerID: w.resale})
				return err
			}
		},
	}
}
