package bss_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func subscriptionsExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"RenewalResources": withServer(func(ctx context.Context, c *bss.Client, id string) error {
			_, err := c.RenewalResources(ctx, resaleName, renewalOf(id))
			return err
		}),
		"CancelResourcesSubscription": withServer(func(ctx context.Context, c *bss.Client, id string) error {
			_, err := c.CancelResourcesSubscription(ctx, resaleName, endOf(id))
			return err
		}),
		"AutoRenewalResources": withServer(func(ctx context.Context, c *bss.Client, id string) error {
			return c.AutoRenewalResources(ctx, resaleName, bss.AutoRenewalResourcesRequest{ResourceID: id})
		}),
		"CancelAutoRenewalResources": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
			id := w.server(t).ResourceID
			require.NoError(t, w.client(t).AutoRenewalResources(t.Context(), resaleName, bss.AutoRenewalResourcesRequest{ResourceID: id}))
			return func(ctx context.Context, c *bss.Client) error {
				return c.CancelAutoRenewalResources(ctx, resaleName, bss.CancelAutoRenewalResourcesRequest{ResourceID: id})
			}
		},
		"SetResourcesRenewConfig": plain(func(ctx context.Context, c *bss.Client) error {
			return c.SetResourcesRenewConfig(ctx, resaleName, bss.SetResourcesRenewConfigRequest{ConfigName: bss.RenewDeductionDate, ConfigValue: "3"})
		}),
		"UpdatePeriodToOnDemand": withServer(func(ctx context.Context, c *bss.Client, id string) error {
			_, err := c.UpdatePeriodToOnDemand(ctx, resaleName, bss.UpdatePeriodToOnDemandRequest{ResourceIDs: []string{id}, Operation: bss.OnDemandSetUp})
			return err
		}),
		"UpdatePeriodToOnDemandInstantly": withServer(func(ctx context.Context, c *bss.Client, id string) error {
			_, err := c.UpdatePeriodToOnDemandInstantly(ctx, resaleName, bss.UpdatePeriodToOnDemandInstantlyRequest{ResourceIDs: []string{id}})
			return err
		}),
	}
}

func withServer(call func(context.Context, *bss.Client, string) error) exampleCall {
	return func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
		id := w.server(t).ResourceID
		return func(ctx context.Context, c *bss.Client) error { return call(ctx, c, id) }
	}
}

// renewalOf renews a resource for a month. The order waits for its payment.
func renewalOf(id string) bss.RenewalResourcesRequest {
	return bss.RenewalResourcesRequest{ResourceIDs: []string{id}, PeriodType: bss.PeriodMonth, PeriodNum: 1}
}

// endOf ends a resource.
func endOf(id string) bss.CancelResourcesSubscriptionRequest {
	return bss.CancelResourcesSubscriptionRequest{ResourceIDs: []string{id}, UnsubscribeType: bss.UnsubscribeResources}
}

// server is a server that the resale customer has bought for a month at 310.
func (w *world) server(t *testing.T) bss.PeriodResource {
	t.Helper()
	order := w.order(t, huawei.NewOrder{
		OfficialAmount: yuan("310"), ProductDescription: "通用计算型|s6.small.1",
		Discounts: []huawei.Discount{{ID: "d1", Type: huawei.DiscountCommercial, Ratio: yuan("0.9")}},
	})
	c := w.client(t)
	require.NoError(t, c.PayOrders(t.Context(), resaleName, bss.PayOrdersRequest{OrderID: order}))
	w.clock.Advance(5 * time.Second)
	rows, err := bss.Collect(c.ListPayPerUseCustomerResources(t.Context(), bss.ListPayPerUseCustomerResourcesRequest{
		CustomerID: w.resale, OrderID: order, OnlyMainResource: 1,
	}))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	return rows[0]
}
