package bss_test

import (
	"context"

	"github.com/bssfn/bssfn/pkg/bss"
)

func costsExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"ListCosts": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListCosts(ctx, resaleName, costsOf(bss.CostByMonth, "2026-02", "2026-02", bss.CostOriginal)))
		}),
		"ListCustomerBillsMonthlyBreakDown": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListCustomerBillsMonthlyBreakDown(ctx, resaleName, bss.ListCustomerBillsMonthlyBreakDownRequest{SharedMonth: "2026-02"}))
		}),
	}
}

// costsOf asks for what is to be paid, by service.
func costsOf(unit bss.CostUnit, begin, end string, costType bss.CostType) bss.ListCostsRequest {
	return bss.ListCostsRequest{
		TimeCondition: bss.CostSpan{Unit: unit, BeginTime: begin, EndTime: end},
		GroupBy:       []bss.CostGrouping{{Type: bss.GroupDimension, Key: string(bss.DimensionService)}},
		CostType:      costType, AmountType: bss.CostPayable,
	}
}
