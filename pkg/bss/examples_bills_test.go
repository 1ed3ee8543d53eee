package bss_test

import (
	"context"
	"testing"

	"github.com/bssfn/bssfn/pkg/bss"
)

func billsExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"ListConsumeSubCustomers": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListConsumeSubCustomers(ctx, bss.ListConsumeSubCustomersRequest{BillCycle: "2026-02"}))
		}),
		"ListSubCustomerBillDetail": func(_ *testing.T, w *world) func(context.Context, *bss.Client) error {
			return func(ctx context.Context, c *bss.Client) error {
				return drain(c.ListSubCustomerBillDetail(ctx, bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: w.resale}))
			}
		},
		"ListSubcustomerMonthlyBills": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListSubcustomerMonthlyBills(ctx, bss.ListSubcustomerMonthlyBillsRequest{Cycle: "2026-02", ChargeMode: bss.ChargePeriod}))
		}),
	}
}
