package bss_test

import (
	"context"
	"testing"

	"github.com/bssfn/bssfn/pkg/bss"
)

func resellersExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"ListIndirectPartners": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListIndirectPartners(ctx, bss.ListIndirectPartnersRequest{}))
		}),
		"UpdateIndirectPartnerAccount": withReseller(func(ctx context.Context, c *bss.Client, reseller string) error {
			_, err := c.UpdateIndirectPartnerAccount(ctx, bss.UpdateIndirectPartnerAccountRequest{IndirectPartnerID: reseller, Amount: yuan("10")})
			return err
		}),
		"ReclaimIndirectPartnerAccount": withReseller(func(ctx context.Context, c *bss.Client, reseller string) error {
			_, err := c.ReclaimIndirectPartnerAccount(ctx, bss.ReclaimIndirectPartnerAccountRequest{IndirectPartnerID: reseller, Amount: yuan("10")})
			return err
		}),
		"UpdateCouponQuotas": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
			r := bss.UpdateCouponQuotasRequest{QuotaID: w.quota(t), IndirectPartnerIDs: []string{w.reseller(t)}, QuotaAmount: yuan("10")}
			return func(ctx context.Context, c *bss.Client) error {
				_, err := c.UpdateCouponQuotas(ctx, r)
				return err
			}
		},
		"ReclaimCouponQuotas": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
			quota := w.issuedQuota(t, w.quota(t), w.reseller(t))
			return func(ctx context.Context, c *bss.Client) error {
				_, err := c.ReclaimCouponQuotas(ctx, bss.ReclaimCouponQuotasRequest{QuotaIDs: []string{quota}})
				return err
			}
		},
		"ListIssuedCouponQuotas": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListIssuedCouponQuotas(ctx, bss.ListIssuedCouponQuotasRequest{}))
		}),
		"ListCouponQuotasRecords": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListCouponQuotasRecords(ctx, bss.ListCouponQuotasRecordsRequest{}))
		}),
	}
}

func withReseller(call func(context.Context, *bss.Client, string) error) exampleCall {
	return func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
		id := w.reseller(t)
		return func(ctx context.Context, c *bss.Client) error { return call(ctx, c, id) }
	}
}
