package bss

import (
	"context"
	"iter"
)

// ListInvoices lists the invoices that an account requested. The partner and its
// customers may call it, each for the own account; the mainland site lacks it.
//
// See https://support.huaweicloud.com/intl/en-us/api-bpconsole/miv_01005.html.
func (c *Client) ListInvoices(ctx context.Context, r ListInvoicesRequest) iter.Seq2[Invoice, error] {
	k := call{op: listInvoices, path: map[string]string{"domain_id": r.DomainID}, query: r}
	return list[listInvoicesPage, Invoice](ctx, c, k)
}

// ListPostpaidBillSum returns the partner's bill of a month for its reseller
// customers. It is there before noon of the 5th of the next month, of GMT+8. The
// partner calls it; the mainland site lacks it.
//
// See https://support.huaweicloud.com/intl/en-us/api-bpconsole/mb_00003.html.
func (c *Client) ListPostpaidBillSum(ctx context.Context, r ListPostpaidBillSumRequest) (PostpaidBillSum, error) {
	var out PostpaidBillSum
	err := c.do(ctx, call{op: listPostpaidBillSum, query: r}, &out)
	return out, err
}
