package bss

import (
	"context"
	"iter"
)

// ShowCustomerMonthlySum returns what a customer consumed in a cycle, in all and by
// service, resource type, charging mode and type: the lines of the window that is
// asked for, and the totals of all lines. It holds data up to yesterday. Only the
// customer may call it. It fails with ErrInvalid for a cycle over three years back,
// and with ErrAccessDenied for a member whose bills are not open to the caller.
//
// See https://support.huaweicloud.com/api-oce/mbc_00008.html.
func (c *Client) ShowCustomerMonthlySum(ctx context.Context, customer Customer, r ShowCustomerMonthlySumRequest) (CustomerMonthlySum, error) {
	var out CustomerMonthlySum
	err := c.do(ctx, call{op: showCustomerMonthlySum, customer: customer, query: r}, &out)
	return out, err
}

// ListCustomerBillsFeeRecords lists a customer's deductions in a cycle, one by one.
// A cycle is final at 10:00 on the third of the next month (GMT+8), for customers who
// pay by month on the fourth. Only the customer may call it. It fails with ErrInvalid
// for a cycle over three years back, and with ErrAccessDenied for a member whose
// bills are not open to the caller.
//
// See https://support.huaweicloud.com/api-oce/mbc_00007.html.
func (c *Client) ListCustomerBillsFeeRecords(ctx context.Context, customer Customer, r ListCustomerBillsFeeRecordsRequest) iter.Seq2[CustomerFeeRecord, error] {
	return list[listCustomerBillsFeeRecordsPage, CustomerFeeRecord](ctx, c, call{op: listCustomerBillsFeeRecords, customer: customer, query: r})
}

// ListCustomerselfResourceRecords lists what a customer's resources cost in a cycle,
// by record or by resource. It is hours late, and final like
// ListCustomerBillsFeeRecords. Only the customer may call it. It fails with
// ErrInvalid for a cycle over three years back, and with ErrAccessDenied for a
// member whose bills are not open to the caller.
//
// See https://support.huaweicloud.com/api-oce/mbc_00004.html.
func (c *Client) ListCustomerselfResourceRecords(ctx context.Context, customer Customer, r ListCustomerselfResourceRecordsRequest) iter.Seq2[ResourceFeeRecord, error] {
	return list[listCustomerselfResourceRecordsPage, ResourceFeeRecord](ctx, c, call{op: listCustomerselfResourceRecords, customer: customer, query: r})
}

// ListCustomerselfResourceRecordDetails lists what a customer's resources cost in a
// cycle, by resource, by resource and day, or by record. It is up to a day late.
// Only the customer may call it. It fails with ErrInvalid for a cycle over three
// years back or before 2019, and with ErrAccessDenied for a member whose bills are
// not open to the caller.
//
// See https://support.huaweicloud.com/api-oce/mbc_00003.html.
func (c *Client) ListCustomerselfResourceRecordDetails(ctx context.Context, customer Customer, r ListCustomerselfResourceRecordDetailsRequest) iter.Seq2[ResourceBill, error] {
	return list[listCustomerselfResourceRecordDetailsPage, ResourceBill](ctx, c, call{op: listCustomerselfResourceRecordDetails, customer: customer, body: r})
}

// ListResourceUsageSummary lists the bandwidths of a customer that are billed by
// their 95th percentile, of CDN, OBS, VPC and IEC. A month's values are there from
// 20:00 on the second of the next one; before there are the ids alone. Only the
// customer may call it.
//
// See https://support.huaweicloud.com/api-oce/zh-cn_topic_0000001144806706.html.
func (c *Client) ListResourceUsageSummary(ctx context.Context, customer Customer, r ListResourceUsageSummaryRequest) iter.Seq2[UsageSummary, error] {
	return list[listResourceUsageSummaryPage, UsageSummary](ctx, c, call{op: listResourceUsageSummary, customer: customer, query: r})
}

// ListResourceUsage returns the measurements of one bandwidth of
// ListResourceUsageSummary, those of the window that is asked for, and the values of
// the month. Only the customer may call it.
//
// See https://support.huaweicloud.com/api-oce/zh-cn_topic_0000001190606757.html.
func (c *Client) ListResourceUsage(ctx context.Context, customer Customer, r ListResourceUsageRequest) (ResourceUsage, error) {
	var out ResourceUsage
	err := c.do(ctx, call{op: listResourceUsage, customer: customer, query: r}, &out)
	return out, err
}
