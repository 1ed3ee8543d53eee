package bss_test

import (
	"context"
	"iter"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// exampleCall prepares one call of an operation and returns the call itself.
type exampleCall func(t *testing.T, w *world) func(context.Context, *bss.Client) error

// exampleCalls has one call of every operation, by its name in the contract.
func exampleCalls() map[string]exampleCall {
	all := map[string]exampleCall{}
	for _, area := range []map[string]exampleCall{
		accountsExamples(),
		billsExamples(),
		budgetsExamples(),
		configurationExamples(),
		costsExamples(),
		couponsExamples(),
		customerBillsExamples(),
		customersExamples(),
		enterpriseExamples(),
		freezingExamples(),
		invoicesExamples(),
		ordersExamples(),
		packagesExamples(),
		pricingExamples(),
		productsExamples(),
		realnameExamples(),
		resellersExamples(),
		resourcesExamples(),
		subscriptionsExamples(),
	} {
		maps.Copy(all, area)
	}
	return all
}

func plain(call func(context.Context, *bss.Client) error) exampleCall {
	return func(*testing.T, *world) func(context.Context, *bss.Client) error { return call }
}

func withOrder(call func(context.Context, *bss.Client, string) error) exampleCall {
	return func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
		id := w.order(t, huawei.NewOrder{})
		return func(ctx context.Context, c *bss.Client) error { return call(ctx, c, id) }
	}
}

// withResale is a call about the customer of the world.
func withResale(call func(context.Context, *bss.Client, string) error) exampleCall {
	return func(_ *testing.T, w *world) func(context.Context, *bss.Client) error {
		return func(ctx context.Context, c *bss.Client) error { return call(ctx, c, w.resale) }
	}
}

// issuing is a call that issues one coupon of 10 from a new quota.
func (w *world) issuing(t *testing.T) func(context.Context, *bss.Client) error {
	quota := w.quota(t)
	return func(ctx context.Context, c *bss.Client) error {
		_, err := c.CreatePartnerCoupons(ctx, bss.CreatePartnerCouponsRequest{
			QuotaID: quota, CustomerIDs: []string{w.resale}, FaceValue: yuan("10"), Memo: "memo-1",
		})
		return err
	}
}

// coupon issues a coupon to the resale customer and returns its id.
func (w *world) coupon(t *testing.T, face string) string {
	t.Helper()
	issued, err := w.client(t).CreatePartnerCoupons(t.Context(), bss.CreatePartnerCouponsRequest{
		QuotaID: w.quota(t), CustomerIDs: []string{w.resale}, FaceValue: yuan(face), Memo: "memo-1",
	})
	require.NoError(t, err)
	require.Len(t, issued.Coupons, 1)
	return issued.Coupons[0].CouponID
}

func drain[T any](rows iter.Seq2[T, error]) error {
	for _, err := range rows {
		if err != nil {
			return err
		}
	}
	return nil
}
