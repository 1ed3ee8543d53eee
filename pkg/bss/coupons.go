package bss

import (
	"context"
	"iter"
)

// ListQuotaCoupons lists the coupon quotas from which the partner issues. The
// partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mp_02006.html.
func (c *Client) ListQuotaCoupons(ctx context.Context, r ListQuotaCouponsRequest) iter.Seq2[CouponQuota, error] {
	return list[listQuotaCouponsPage, CouponQuota](ctx, c, call{op: listQuotaCoupons, body: r})
}

// CreatePartnerCoupons issues one coupon each to up to 100 resale customers from a
// quota. Success can be partial: look at both lists of the result. The partner
// calls it. It moves money, so it is never repeated when its outcome is unknown:
// look for the memo in ListPartnerCouponsRecord. It fails with ErrQuota.
//
// See https://support.huaweicloud.com/api-bpconsole/mp_02002.html.
func (c *Client) CreatePartnerCoupons(ctx context.Context, r CreatePartnerCouponsRequest) (IssuedCoupons, error) {
	var out IssuedCoupons
	return out, c.do(ctx, call{op: createPartnerCoupons, body: r}, &out)
}

// ReclaimPartnerCoupons takes the whole rest of a usable coupon back. The partner
// calls it. It fails with ErrCoupon where the coupon has expired or was reclaimed
// before, so that a repetition changes nothing.
//
// See https://support.huaweicloud.com/api-bpconsole/mp_02004.html.
func (c *Client) ReclaimPartnerCoupons(ctx context.Context, r ReclaimPartnerCouponsRequest) error {
	return c.do(ctx, call{op: reclaimPartnerCoupons, body: r}, nil)
}

// ListIssuedPartnerCoupons lists the coupons that the partner issued to resale
// customers. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mp_02001.html.
func (c *Client) ListIssuedPartnerCoupons(ctx context.Context, r ListIssuedPartnerCouponsRequest) iter.Seq2[IssuedCoupon, error] {
	return list[listIssuedPartnerCouponsPage, IssuedCoupon](ctx, c, call{op: listIssuedPartnerCoupons, query: r})
}

// ListPartnerCouponsRecord lists what was done to coupons, failures included. The
// remark of a record is the memo given when issuing. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mp_02005.html.
func (c *Client) ListPartnerCouponsRecord(ctx context.Context, r ListPartnerCouponsRecordRequest) iter.Seq2[CouponRecord, error] {
	return list[listPartnerCouponsRecordPage, CouponRecord](ctx, c, call{op: listPartnerCouponsRecord, query: r})
}

// RecordIssue is the operation type of a record about issuing a coupon.
const RecordIssue = "1"

// Done reports whether what the record tells of happened.
func (r CouponRecord) Done() bool { return r.Result == "0" }
