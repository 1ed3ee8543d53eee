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
	return list(c, listQuotaCoupons, r.Offset, r.Limit, func(w window) ([]CouponQuota, count, error) {
		var out struct {
			Count count         `json:"total_count"`
			Rows  []CouponQuota `json:"quotas"`
		}
		r.Offset, r.Limit = w.offset, w.limit
		err := c.do(ctx, call{op: listQuotaCoupons, body: r}, &out)
		return out.Rows, out.Count, err
	})
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
func (c *Client) ReclaimPartnerCoupons(ctx context.Context, couponID string) error {
	body := struct {
		CouponID string `json:"coupon_id"`
	}{couponID}
	return c.do(ctx, call{op: reclaimPartnerCoupons, body: body}, nil)
}

// ListIssuedPartnerCoupons lists the coupons that the partner issued to resale
// customers. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mp_02001.html.
func (c *Client) ListIssuedPartnerCoupons(ctx context.Context, r ListIssuedPartnerCouponsRequest) iter.Seq2[IssuedCoupon, error] {
	return list(c, listIssuedPartnerCoupons, r.Offset, r.Limit, func(w window) ([]IssuedCoupon, count, error) {
		var out struct {
			Count count          `json:"total_count"`
			Rows  []IssuedCoupon `json:"user_coupons"`
		}
		r.Offset, r.Limit = w.offset, w.limit
		err := c.do(ctx, call{op: listIssuedPartnerCoupons, query: r}, &out)
		return out.Rows, out.Count, err
	})
}

// ListPartnerCouponsRecord lists what was done to coupons, failures included. The
// remark of a record is the memo given when issuing. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mp_02005.html.
func (c *Client) ListPartnerCouponsRecord(ctx context.Context, r ListPartnerCouponsRecordRequest) iter.Seq2[CouponRecord, error] {
	return list(c, listPartnerCouponsRecord, r.Offset, r.Limit, func(w window) ([]CouponRecord, count, error) {
		var out struct {
			Count count          `json:"total_count"`
			Rows  []CouponRecord `json:"records"`
		}
		r.Offset, r.Limit = w.offset, w.limit
		err := c.do(ctx, call{op: listPartnerCouponsRecord, query: r}, &out)
		return out.Rows, out.Count, err
	})
}
