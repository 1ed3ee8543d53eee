package bss

import (
	"context"
	"iter"

	"github.com/bssfn/bssfn/pkg/bss/internal/jsonread"
)

// ListConsumeSubCustomers lists the customers that consumed in a cycle
// while they were associated with the partner. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mt_000503.html.
func (c *Client) ListConsumeSubCustomers(ctx context.Context, r ListConsumeSubCustomersRequest) iter.Seq2[ConsumingCustomer, error] {
	return list[listConsumeSubCustomersPage, ConsumingCustomer](ctx, c, call{op: listConsumeSubCustomers, body: r})
}

// ListSubCustomerBillDetail lists the fee records of one customer in a cycle, up
// to 18 months back. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mt_000502.html.
func (c *Client) ListSubCustomerBillDetail(ctx context.Context, r ListSubCustomerBillDetailRequest) iter.Seq2[FeeRecord, error] {
	return list[listSubCustomerBillDetailPage, FeeRecord](ctx, c, call{op: listSubCustomerBillDetail, query: r})
}

// ListSubcustomerMonthlyBills lists the sums of a cycle by resale customer, service,
// resource type, charge mode and bill type. It holds data up to yesterday. The
// partner calls it, once a charge mode.
//
// See https://support.huaweicloud.com/api-bpconsole/cb_020001.html.
func (c *Client) ListSubcustomerMonthlyBills(ctx context.Context, r ListSubcustomerMonthlyBillsRequest) iter.Seq2[BillSum, error] {
	return list[listSubcustomerMonthlyBillsPage, BillSum](ctx, c, call{op: listSubcustomerMonthlyBills, query: r})
}

// bytesPerRow is about what a bill record takes in an answer.
const bytesPerRow = 1000

// readRows reads the rows of a page that reads itself, because a month has a million
// of them and encoding/json would take most of an export's time.
func readRows[T any](r *jsonread.Reader, read func(*T)) []T {
	rows := make([]T, 0, r.Left()/bytesPerRow+1)
	for r.Array(); r.Element(); {
		rows = append(rows, *new(T))
		read(&rows[len(rows)-1])
	}
	return rows
}

func readTime(r *jsonread.Reader) Time {
	t, err := parseTime(r.String())
	if err != nil {
		r.Fail(err)
	}
	return t
}
