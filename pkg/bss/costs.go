package bss

import (
	"context"
	"iter"
)

// ListCosts lists what a customer's consumption cost, by up to three dimensions, each
// by day or month and in all. Original costs are about an hour late, amortized ones up
// to two days; a month is final at 12:00 on the fourth of the next one (GMT+8). At most
// 200,000 lines are skipped: a longer list ends with ErrInvalid, so ask for fewer
// dimensions or a shorter time. Only the customer may call it.
//
// See https://support.huaweicloud.com/api-oce/costm_00014.html.
func (c *Client) ListCosts(ctx context.Context, customer Customer, r ListCostsRequest) iter.Seq2[CostLine, error] {
	return list[listCostsPage, CostLine](ctx, c, call{op: listCosts, customer: customer, body: r})
}

// ListCustomerBillsMonthlyBreakDown lists what a customer's resources cost in a month
// when prepaid ones are spread over their periods. It is up to two days late. Only the
// customer may call it, once it has opened the cost centre. It fails with ErrInvalid
// for a month over 18 months back, and with ErrAccessDenied for a member whose bills
// are not open to the caller.
//
// See https://support.huaweicloud.com/api-oce/mbc_00010.html.
func (c *Client) ListCustomerBillsMonthlyBreakDown(ctx context.Context, customer Customer, r ListCustomerBillsMonthlyBreakDownRequest) iter.Seq2[AmortizedCost, error] {
	return list[listCustomerBillsMonthlyBreakDownPage, AmortizedCost](ctx, c, call{op: listCustomerBillsMonthlyBreakDown, customer: customer, query: r})
}
