package bss

import (
	"context"
	"iter"
)

// ListIndirectPartners lists the resellers of the distributor, who alone may call
// it.
//
// See https://support.huaweicloud.com/api-bpconsole/espp_00003.html.
func (c *Client) ListIndirectPartners(ctx context.Context, r ListIndirectPartnersRequest) iter.Seq2[IndirectPartner, error] {
	return list[listIndirectPartnersPage, IndirectPartner](ctx, c, call{op: listIndirectPartners, body: r})
}

// UpdateIndirectPartnerAccount allocates money of the distributor to one of its
// resellers and returns the id of the transfer. The distributor calls it. It moves
// money, so it is never repeated when its outcome is unknown: look at
// ListPartnerAdjustRecords, with the reseller in the place of the customer. It
// fails with ErrInsufficientBalance, and with ErrAccessDenied for somebody else's
// reseller.
//
// See https://support.huaweicloud.com/api-bpconsole/espp_00001.html.
func (c *Client) UpdateIndirectPartnerAccount(ctx context.Context, r UpdateIndirectPartnerAccountRequest) (transferID string, err error) {
	var out struct {
		ID string `json:"transfer_id"`
	}
	err = c.do(ctx, call{op: updateIndirectPartnerAccount, body: r}, &out)
	return out.ID, err
}

// ReclaimIndirectPartnerAccount takes money back from a reseller and returns the id
// of the transfer. The partner calls it, as a distributor. It moves money, so it is
// never repeated when its outcome is unknown: look at ListPartnerAdjustRecords,
// with the reseller in the place of the customer. It fails with
// ErrInsufficientBalance, and with ErrAccessDenied for somebody else's reseller.
//
// See https://support.huaweicloud.com/api-bpconsole/espp_00004.html.
func (c *Client) ReclaimIndirectPartnerAccount(ctx context.Context, r ReclaimIndirectPartnerAccountRequest) (transferID string, err error) {
	var out struct {
		ID string `json:"trans_id"`
	}
	err = c.do(ctx, call{op: reclaimIndirectPartnerAccount, body: r}, &out)
	return out.ID, err
}

// UpdateCouponQuotas gives each of some resellers a coupon quota out of one of the
// distributor's. The partner calls it, as a distributor. It can succeed for some
// and fail for others. What it gives can be issued, so it is never repeated when
// its outcome is unknown: look at ListCouponQuotasRecords. It fails as a whole with
// ErrQuota, and with ErrAccessDenied for somebody else's reseller.
//
// See https://support.huaweicloud.com/api-bpconsole/espp_00002.html.
func (c *Client) UpdateCouponQuotas(ctx context.Context, r UpdateCouponQuotasRequest) (ResellerQuotas, error) {
	var out ResellerQuotas
	err := c.do(ctx, call{op: updateCouponQuotas, body: r}, &out)
	return out, err
}

// ReclaimCouponQuotas takes back what is left of coupon quotas of resellers. The
// distributor calls it. It can succeed for some and fail for others. A quota is
// reclaimed once: one that a lost answer was about is among the errors of the
// repetition, with CBC.99000012, and ListIssuedCouponQuotas shows it as reclaimed.
//
// See https://support.huaweicloud.com/api-bpconsole/espp_00005.html.
func (c *Client) ReclaimCouponQuotas(ctx context.Context, r ReclaimCouponQuotasRequest) (ReclaimedQuotas, error) {
	var out ReclaimedQuotas
	err := c.do(ctx, call{op: reclaimCouponQuotas, body: r}, &out)
	return out, err
}

// ListIssuedCouponQuotas lists the coupon quotas of resellers, reclaimed ones too.
// The partner calls it, as a distributor.
//
// See https://support.huaweicloud.com/api-bpconsole/espp_00006.html.
func (c *Client) ListIssuedCouponQuotas(ctx context.Context, r ListIssuedCouponQuotasRequest) iter.Seq2[IssuedQuota, error] {
	return list[listIssuedCouponQuotasPage, IssuedQuota](ctx, c, call{op: listIssuedCouponQuotas, query: r})
}

// ListCouponQuotasRecords lists what was issued to resellers and reclaimed from
// them, also where that failed. The partner calls it, as a distributor.
//
// See https://support.huaweicloud.com/api-bpconsole/espp_00007.html.
func (c *Client) ListCouponQuotasRecords(ctx context.Context, r ListCouponQuotasRecordsRequest) iter.Seq2[QuotaRecord, error] {
	return list[listCouponQuotasRecordsPage, QuotaRecord](ctx, c, call{op: listCouponQuotasRecords, query: r})
}
