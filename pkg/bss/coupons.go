package bss

import (
	"context"
	"iter"
)

// ListQuotaCoupons lists the coupon quotas from which the partner issues, those of
// vouchers or those of cash coupons. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0091566753.html.
func (c *Client) ListQuotaCoupons(ctx context.Context, r ListQuotaCouponsRequest) iter.Seq2[CouponQuota, error] {
	return list[listQuotaCouponsPage, CouponQuota](ctx, c, call{op: listQuotaCoupons, body: r})
}

// CreatePartnerCoupons issues one coupon each to up to 100 resale customers from a
// quota. Success can be partial: look at both lists of the result. The partner
// calls it. It moves money, so it is never repeated when its outcome is unknown:
// look for the memo in ListPartnerCouponsRecord. It fails with ErrQuota where nobody
// gets a coupon.
//
// See https://support.huaweicloud.com/api-bpconsole/mp_02002.html.
func (c *Client) CreatePartnerCoupons(ctx context.Context, r CreatePartnerCouponsRequest) (IssuedCoupons, error) {
	var out IssuedCoupons
	err := c.do(ctx, call{op: createPartnerCoupons, body: r}, &out)
	return out, err
}

// ReclaimPartnerCoupons takes the whole rest of a usable coupon back. The partner
// calls it. It fails with ErrCoupon where the coupon has expired or was reclaimed
// before, so that a repetition changes nothing, and with ErrAssociationType where its
// owner is no resale customer.
//
// See https://support.huaweicloud.com/api-bpconsole/mp_02004.html.
func (c *Client) ReclaimPartnerCoupons(ctx context.Context, r ReclaimPartnerCouponsRequest) error {
	return c.do(ctx, call{op: reclaimPartnerCoupons, body: r}, nil)
}

// ListIssuedPartnerCoupons lists the coupons that the partner issued to resale
// customers, until two years after they expired. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mp_02005.html.
func (c *Client) ListIssuedPartnerCoupons(ctx context.Context, r ListIssuedPartnerCouponsRequest) iter.Seq2[IssuedCoupon, error] {
	return list[listIssuedPartnerCouponsPage, IssuedCoupon](ctx, c, call{op: listIssuedPartnerCoupons, query: r})
}

// ListPartnerCouponsRecord lists what was done to coupons, failures included: a record
// counts only if it is [CouponRecord.Done]. The remark of a record is the memo given
// when issuing. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mp_02006.html.
func (c *Client) ListPartnerCouponsRecord(ctx context.Context, r ListPartnerCouponsRecordRequest) iter.Seq2[CouponRecord, error] {
	return list[listPartnerCouponsRecordPage, CouponRecord](ctx, c, call{op: listPartnerCouponsRecord, query: r})
}

// Done reports whether what the record tells of happened.
func (r CouponRecord) Done() bool { return r.Result == RecordDone }

// ListSubCustomerCoupons lists the coupons of who calls: the partner's own or, asked
// through [Client.As], a customer's. Those that were used or reclaimed or that expired
// stay in it for a year.
//
// See https://support.huaweicloud.com/api-oce/mp_02001.html.
func (c *Client) ListSubCustomerCoupons(ctx context.Context, r ListSubCustomerCouponsRequest) iter.Seq2[Coupon, error] {
	return list[listSubCustomerCouponsPage, Coupon](ctx, c, call{op: listSubCustomerCoupons, query: r})
}

// ListCustomerCouponChangeRecords lists what changed the vouchers of a customer: given,
// used, taken back, expired. It fails with ErrInvalid for a span of more than a year,
// and with ErrAssociationType for a reseller's customer. Only the customer may call it.
//
// See https://support.huaweicloud.com/api-oce/mp_02007.html.
func (c *Client) ListCustomerCouponChangeRecords(ctx context.Context, customer Customer, r ListCustomerCouponChangeRecordsRequest) iter.Seq2[CouponChange, error] {
	return list[listCustomerCouponChangeRecordsPage, CouponChange](ctx, c,
		call{op: listCustomerCouponChangeRecords, customer: customer, query: r})
}
