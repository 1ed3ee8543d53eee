package bss

import (
	"context"
	"iter"
)

// ListConsumeSubCustomers lists the customers that consumed in a cycle
// while they were associated with the partner, also those that no longer are. The
// partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mt_000503.html.
func (c *Client) ListConsumeSubCustomers(ctx context.Context, r ListConsumeSubCustomersRequest) iter.Seq2[ConsumingCustomer, error] {
	return list[listConsumeSubCustomersPage, ConsumingCustomer](ctx, c, call{op: listConsumeSubCustomers, body: r})
}

// ListSubCustomerBillDetail lists the fee records of one customer in a cycle, up
// to 18 months back. The partner calls it. It fails with ErrInvalid for a cycle
// further back.
//
// See https://support.huaweicloud.com/api-bpconsole/mt_000502.html.
func (c *Client) ListSubCustomerBillDetail(ctx context.Context, r ListSubCustomerBillDetailRequest) iter.Seq2[FeeRecord, error] {
	return list[listSubCustomerBillDetailPage, FeeRecord](ctx, c, call{op: listSubCustomerBillDetail, query: r})
}

// ListSubcustomerMonthlyBills lists the sums of a cycle by resale customer, service,
// resource type, charge mode and bill type. It holds data up to yesterday, which
// are there between 16:00 and 24:00 of GMT+8. The partner calls it, once a charge
// mode. The sums are no bill of the partner's own.
//
// See https://support.huaweicloud.com/api-bpconsole/cb_020001.html.
func (c *Client) ListSubcustomerMonthlyBills(ctx context.Context, r ListSubcustomerMonthlyBillsRequest) iter.Seq2[BillSum, error] {
	return list[listSubcustomerMonthlyBillsPage, BillSum](ctx, c, call{op: listSubcustomerMonthlyBills, query: r})
}
