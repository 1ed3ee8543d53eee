package bss

import (
	"context"
	"iter"
)

// ListConsumeSubCustomers lists the ids of the customers that consumed in a cycle
// while they were associated with the partner. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mt_000503.html.
func (c *Client) ListConsumeSubCustomers(ctx context.Context, r ListConsumeSubCustomersRequest) iter.Seq2[string, error] {
	return list(c, listConsumeSubCustomers, r.Offset, r.Limit, func(w window) ([]string, count, error) {
		var out struct {
			Count count `json:"total_count"`
			Rows  []struct {
				CustomerID string `json:"customer_id"`
			} `json:"sub_customers"`
		}
		r.Offset, r.Limit = w.offset, w.limit
		err := c.do(ctx, call{op: listConsumeSubCustomers, body: r}, &out)
		ids := make([]string, len(out.Rows))
		for i, row := range out.Rows {
			ids[i] = row.CustomerID
		}
		return ids, out.Count, err
	})
}

// ListSubCustomerBillDetail lists the fee records of one customer in a cycle, up
// to 18 months back. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mt_000502.html.
func (c *Client) ListSubCustomerBillDetail(ctx context.Context, r ListSubCustomerBillDetailRequest) iter.Seq2[FeeRecord, error] {
	return list(c, listSubCustomerBillDetail, r.Offset, r.Limit, func(w window) ([]FeeRecord, count, error) {
		var out feePage
		r.Offset, r.Limit = w.offset, w.limit
		err := c.do(ctx, call{op: listSubCustomerBillDetail, query: r}, &out)
		return out.rows, count(out.total), err
	})
}

// ListSubcustomerMonthlyBills lists the sums of a cycle by resale customer, service,
// resource type, charge mode and bill type. It holds data up to yesterday. The
// partner calls it, once a charge mode.
//
// See https://support.huaweicloud.com/api-bpconsole/cb_020001.html.
func (c *Client) ListSubcustomerMonthlyBills(ctx context.Context, r ListSubcustomerMonthlyBillsRequest) iter.Seq2[BillSum, error] {
	return list(c, listSubcustomerMonthlyBills, r.Offset, r.Limit, func(w window) ([]BillSum, count, error) {
		var out struct {
			Count    count     `json:"count"`
			Currency string    `json:"currency"`
			Rows     []BillSum `json:"bill_sums"`
		}
		r.Offset, r.Limit = w.offset, w.limit
		err := c.do(ctx, call{op: listSubcustomerMonthlyBills, query: r}, &out)
		for i := range out.Rows {
			out.Rows[i].Currency = out.Currency
		}
		return out.Rows, out.Count, err
	})
}
