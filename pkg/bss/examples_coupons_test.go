package bss_test

import (
	"context"
	"testing"

	"github.com/bssfn/bssfn/pkg/bss"
)

func couponsExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"ListQuotaCoupons": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListQuotaCoupons(ctx, bss.ListQuotaCouponsRequest{}))
		}),
		"CreatePartnerCoupons": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
			return w.issuing(t)
		},
		"ReclaimPartnerCoupons": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
			coupon := w.coupon(t, "10")
			return func(ctx context.Context, c *bss.Client) error {
				return c.ReclaimPartnerCoupons(ctx, bss.ReclaimPartnerCouponsRequest{CouponID: coupon})
			}
		},
		"ListIssuedPartnerCoupons": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListIssuedPartnerCoupons(ctx, bss.ListIssuedPartnerCouponsRequest{}))
		}),
		"ListPartnerCouponsRecord": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListPartnerCouponsRecord(ctx, bss.ListPartnerCouponsRecordRequest{}))
		}),
		"ListSubCustomerCoupons": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListSubCustomerCoupons(ctx, bss.ListSubCustomerCouponsRequest{}))
		}),
		"ListCustomerCouponChangeRecords": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
			w.coupon(t, "10")
			return func(ctx context.Context, c *bss.Client) error {
				return drain(c.ListCustomerCouponChangeRecords(ctx, resaleName,
					bss.ListCustomerCouponChangeRecordsRequest{BalanceType: bss.BalanceCoupon}))
			}
		},
	}
}
