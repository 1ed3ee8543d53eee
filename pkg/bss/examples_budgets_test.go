package bss_test

import (
	"context"

	"github.com/bssfn/bssfn/pkg/bss"
)

func budgetsExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"UpdateSubCustomerBudget": withResale(func(ctx context.Context, c *bss.Client, customer string) error {
			return c.UpdateSubCustomerBudget(ctx, bss.UpdateSubCustomerBudgetRequest{CustomerID: customer, BudgetAmount: yuan("100")})
		}),
		"ShowSubCustomerBudget": withResale(func(ctx context.Context, c *bss.Client, customer string) error {
			_, err := c.ShowSubCustomerBudget(ctx, bss.ShowSubCustomerBudgetRequest{CustomerID: customer})
			return err
		}),
		"ListSubCustomerBudget": withResale(func(ctx context.Context, c *bss.Client, customer string) error {
			_, err := c.ListSubCustomerBudget(ctx, bss.ListSubCustomerBudgetRequest{CustomerIDs: []string{customer}})
			return err
		}),
		"ListSubCustomerBudgetRecords": withResale(func(ctx context.Context, c *bss.Client, customer string) error {
			return drain(c.ListSubCustomerBudgetRecords(ctx, bss.ListSubCustomerBudgetRecordsRequest{CustomerID: customer}))
		}),
		"ShowPartnerConsumptionQuota": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.ShowPartnerConsumptionQuota(ctx)
			return err
		}),
		"ShowCustomerExpenditureQuota": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.ShowCustomerExpenditureQuota(ctx, resaleName)
			return err
		}),
	}
}
