package bss_test

import (
	"context"
	"testing"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func accountsExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"ListPartnerBalances": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.ListPartnerBalances(ctx, bss.ListPartnerBalancesRequest{})
			return err
		}),
		"ShowCustomerAccountBalances": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.ShowCustomerAccountBalances(ctx, resaleName)
			return err
		}),
		"ListCustomersBalancesDetail": func(_ *testing.T, w *world) func(context.Context, *bss.Client) error {
			return func(ctx context.Context, c *bss.Client) error {
				_, err := c.ListCustomersBalancesDetail(ctx, balancesOf(w.resale))
				return err
			}
		},
		"UpdateCustomerAccountAmount": func(_ *testing.T, w *world) func(context.Context, *bss.Client) error {
			return func(ctx context.Context, c *bss.Client) error {
				_, err := c.UpdateCustomerAccountAmount(ctx, bss.UpdateCustomerAccountAmountRequest{CustomerID: w.resale, Amount: yuan("10")})
				return err
			}
		},
		"ReclaimToPartnerAccount": func(_ *testing.T, w *world) func(context.Context, *bss.Client) error {
			return func(ctx context.Context, c *bss.Client) error {
				_, err := c.ReclaimToPartnerAccount(ctx, bss.ReclaimToPartnerAccountRequest{CustomerID: w.resale, Amount: yuan("10")})
				return err
			}
		},
		"ListPartnerAdjustRecords": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListPartnerAdjustRecords(ctx, bss.ListPartnerAdjustRecordsRequest{}))
		}),
		"ListPartnerAccountChangeRecords": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListPartnerAccountChangeRecords(ctx, bss.ListPartnerAccountChangeRecordsRequest{BalanceType: bss.BalanceDebit}))
		}),
		"ListCustomerAccountChangeRecords": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
			w.account(t, "referral-customer", huawei.AssociationReferral)
			return func(ctx context.Context, c *bss.Client) error {
				return drain(c.ListCustomerAccountChangeRecords(ctx, "referral-customer",
					bss.ListCustomerAccountChangeRecordsRequest{BalanceType: bss.BalanceDebit}))
			}
		},
		"ListStoredValueCards": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListStoredValueCards(ctx, resaleName, bss.ListStoredValueCardsRequest{Status: bss.CardUsable}))
		}),
	}
}
