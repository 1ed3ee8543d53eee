package bss

import (
	"context"
	"iter"

	"github.com/shopspring/decimal"
)

// ListMultiAccountTransferCoupons lists the coupons that the master can give on to its
// members: vouchers from Huawei Cloud itself, none from a partner. Only the master may
// call it.
//
// See https://support.huaweicloud.com/api-oce/ep_00024.html.
func (c *Client) ListMultiAccountTransferCoupons(ctx context.Context, master Customer, r ListMultiAccountTransferCouponsRequest) iter.Seq2[TransferableCoupon, error] {
	return list[listMultiAccountTransferCouponsPage, TransferableCoupon](ctx, c,
		call{op: listMultiAccountTransferCoupons, customer: master, query: r})
}

// ListMultiAccountRetrieveCoupons lists the coupons that the master can take back from a
// member. Only the master may call it.
//
// See https://support.huaweicloud.com/api-oce/ep_00025.html.
func (c *Client) ListMultiAccountRetrieveCoupons(ctx context.Context, master Customer, r ListMultiAccountRetrieveCouponsRequest) iter.Seq2[RetrievableCoupon, error] {
	return list[listMultiAccountRetrieveCouponsPage, RetrievableCoupon](ctx, c,
		call{op: listMultiAccountRetrieveCoupons, customer: master, query: r})
}

// ClaimEnterpriseMultiAccountCoupon gives a member a coupon out of one of the master's,
// with its limits and its end, and returns the new coupon's id. Only the master may call
// it. It fails with ErrInsufficientBalance where the coupon has too little left.
//
// It is never repeated by the client when its outcome is unknown: the new coupon would
// be in ListMultiAccountRetrieveCoupons. The caller may repeat it where it gave a
// TransID: that works once, and ErrDuplicate then says that the first request had been
// taken.
//
// See https://support.huaweicloud.com/api-oce/ep_00026.html.
func (c *Client) ClaimEnterpriseMultiAccountCoupon(ctx context.Context, master Customer, r ClaimEnterpriseMultiAccountCouponRequest) (subCouponID string, err error) {
	var out struct {
		ID string `json:"sub_coupon_id"`
	}
	err = c.do(ctx, call{op: claimEnterpriseMultiAccountCoupon, customer: master, body: r}, &out)
	return out.ID, err
}

// ReclaimEnterpriseMultiAccountCoupon takes back what is left of a coupon that the
// master gave to a member, and returns how much that was, in yuan. Only the master may
// call it. The coupon is taken back whole, so a repetition finds nothing to take and
// fails with ErrNotSupported.
//
// See https://support.huaweicloud.com/api-oce/ep_00027.html.
func (c *Client) ReclaimEnterpriseMultiAccountCoupon(ctx context.Context, master Customer, r ReclaimEnterpriseMultiAccountCouponRequest) (retrieved decimal.Decimal, err error) {
	var out struct {
		Amount decimal.Decimal `json:"real_retrieve_amout"` // the spelling is the API's
	}
	err = c.do(ctx, call{op: reclaimEnterpriseMultiAccountCoupon, customer: master, body: r}, &out)
	return out.Amount, err
}
