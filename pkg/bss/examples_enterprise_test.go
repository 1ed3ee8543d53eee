package bss_test

import (
	"context"
	"testing"

	"github.com/bssfn/bssfn/pkg/bss"
)

func enterpriseExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"ListEnterpriseSubCustomers": withEnterprise(func(ctx context.Context, c *bss.Client, _ enterprise) error {
			return drain(c.ListEnterpriseSubCustomers(ctx, masterName, bss.ListEnterpriseSubCustomersRequest{}))
		}),
		"ListEnterpriseOrganizations": withEnterprise(func(ctx context.Context, c *bss.Client, _ enterprise) error {
			_, err := c.ListEnterpriseOrganizations(ctx, masterName, bss.ListEnterpriseOrganizationsRequest{})
			return err
		}),
		"CreateSubEnterpriseAccount": withEnterprise(func(ctx context.Context, c *bss.Client, e enterprise) error {
			return c.CreateSubEnterpriseAccount(ctx, masterName, newMember(e.unit))
		}),
		"SendSmsVerificationCode": withEnterprise(func(ctx context.Context, c *bss.Client, _ enterprise) error {
			return c.SendSmsVerificationCode(ctx, masterName, memberCode)
		}),
		"UpdateSubEnterpriseAmount": withEnterprise(func(ctx context.Context, c *bss.Client, e enterprise) error {
			return c.UpdateSubEnterpriseAmount(ctx, masterName, bss.UpdateSubEnterpriseAmountRequest{CustomerID: e.member, Amount: yuan("10")})
		}),
		"ReclaimSubEnterpriseAmount": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
			e := w.enterprise(t)
			w.transfer(t, e, "10")
			return func(ctx context.Context, c *bss.Client) error {
				return c.ReclaimSubEnterpriseAmount(ctx, masterName, bss.ReclaimSubEnterpriseAmountRequest{CustomerID: e.member, Amount: yuan("10")})
			}
		},
		"ShowMultiAccountTransferAmount": withEnterprise(func(ctx context.Context, c *bss.Client, _ enterprise) error {
			return drain(c.ShowMultiAccountTransferAmount(ctx, masterName, bss.ShowMultiAccountTransferAmountRequest{BalanceType: bss.BalanceDebit}))
		}),
		"ListEnterpriseMultiAccount": withEnterprise(func(ctx context.Context, c *bss.Client, e enterprise) error {
			return drain(c.ListEnterpriseMultiAccount(ctx, masterName,
				bss.ListEnterpriseMultiAccountRequest{SubCustomerID: e.member, BalanceType: bss.BalanceDebit}))
		}),
		"ListMultiAccountTransferCoupons": withEnterprise(func(ctx context.Context, c *bss.Client, _ enterprise) error {
			return drain(c.ListMultiAccountTransferCoupons(ctx, masterName, bss.ListMultiAccountTransferCouponsRequest{}))
		}),
		"ListMultiAccountRetrieveCoupons": withEnterprise(func(ctx context.Context, c *bss.Client, e enterprise) error {
			return drain(c.ListMultiAccountRetrieveCoupons(ctx, masterName, bss.ListMultiAccountRetrieveCouponsRequest{SubCustomerID: e.member}))
		}),
		"ClaimEnterpriseMultiAccountCoupon": withEnterprise(func(ctx context.Context, c *bss.Client, e enterprise) error {
			_, err := c.ClaimEnterpriseMultiAccountCoupon(ctx, masterName, bss.ClaimEnterpriseMultiAccountCouponRequest{
				CustomerID: e.member, CouponID: e.coupon, Amount: yuan("10"),
			})
			return err
		}),
		"ReclaimEnterpriseMultiAccountCoupon": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
			e := w.enterprise(t)
			given := w.give(t, e, "10")
			return func(ctx context.Context, c *bss.Client) error {
				_, err := c.ReclaimEnterpriseMultiAccountCoupon(ctx, masterName, bss.ReclaimEnterpriseMultiAccountCouponRequest{
					CustomerID: e.member, CouponID: e.coupon, SubCouponID: given,
				})
				return err
			}
		},
		"CreateEnterpriseProjectAuth": plain(func(ctx context.Context, c *bss.Client) error {
			return c.CreateEnterpriseProjectAuth(ctx, resaleName)
		}),
	}
}

func withEnterprise(call func(context.Context, *bss.Client, enterprise) error) exampleCall {
	return func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
		e := w.enterprise(t)
		return func(ctx context.Context, c *bss.Client) error { return call(ctx, c, e) }
	}
}
