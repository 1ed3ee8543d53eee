package couponissue

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// quotaTypes are the types of quota and their names. The API lists one type at a
// time.
var quotaTypes = [...]string{bss.VoucherQuota: "voucher", bss.CashCouponQuota: "cash_coupon"}

// Quota is an amount that coupons can be issued out of, in Currency.
type Quota struct {
	QuotaID string `json:"quota_id"`
	// QuotaType is voucher or cash_coupon.
	QuotaType  string          `json:"quota_type"`
	QuotaValue decimal.Decimal `json:"quota_value"`
	Balance    decimal.Decimal `json:"balance"`
	Currency   string          `json:"currency"`
	// Usable says whether coupons can be issued now, as far as state and time go.
	Usable bool `json:"usable"`
	// QuotaStatus is 0 normal, 3 invalid, 4 being adjusted, 5 frozen.
	QuotaStatus bss.QuotaStatus `json:"quota_status"`
	// EffectiveTime and ExpireTime are zero where Huawei Cloud gives none.
	EffectiveTime time.Time `json:"effective_time,omitzero"`
	ExpireTime    time.Time `json:"expire_time,omitzero"`
	// ExpiresInDays are whole days; missing where Huawei Cloud gives no time.
	ExpiresInDays *int `json:"expires_in_days,omitempty"`
	// Warnings are expiring, within 30 days with something left, and nearly_used_up,
	// with less than a tenth left.
	Warnings []string `json:"warnings"`
	// Limits restrict what its coupons pay for.
	Limits []bss.QuotaLimit `json:"limit_infos"`
}

func (f *function) listQuotas(ctx context.Context, _ *handler.Request) (*handler.Response, error) {
	quotas, err := f.quotas(ctx)
	if err != nil {
		return nil, functions.Problem(err)
	}
	now, listed := f.now(), make([]Quota, 0, len(quotas))
	for _, q := range quotas {
		listed = append(listed, describeQuota(q, now))
	}
	return handler.OK(map[string]any{"quotas": listed}), nil
}

func describeQuota(q bss.CouponQuota, now time.Time) Quota {
	described := Quota{
		QuotaID:       q.QuotaID,
		QuotaType:     quotaTypes[q.QuotaType],
		QuotaValue:    q.QuotaValue,
		Balance:       q.Balance,
		Currency:      q.Currency,
		Usable:        usable(q, now),
		QuotaStatus:   q.QuotaStatus,
		EffectiveTime: q.EffectiveTime.Time,
		ExpireTime:    q.ExpireTime.Time,
		Limits:        append([]bss.QuotaLimit{}, q.LimitInfos...),
	}
	described.ExpiresInDays = expiresInDays(described, now)
	described.Warnings = warnings(described)
	return described
}

// usable reports whether coupons can be issued out of the quota at now.
func usable(q bss.CouponQuota, now time.Time) bool {
	expired := !q.ExpireTime.IsZero() && !now.Before(q.ExpireTime.Time)
	return q.QuotaStatus == bss.QuotaNormal && !now.Before(q.EffectiveTime.Time) && !expired
}

// quota finds one quota by its id.
func (f *function) quota(ctx context.Context, id string) (bss.CouponQuota, error) {
	quotas, err := f.quotas(ctx, id)
	if err != nil {
		return bss.CouponQuota{}, err
	}
	for _, q := range quotas {
		if q.QuotaID == id {
			return q, nil
		}
	}
	return bss.CouponQuota{}, quotaUnknown(id)
}

// quotas lists the quotas of those ids, or all.
func (f *function) quotas(ctx context.Context, ids ...string) ([]bss.CouponQuota, error) {
	var all []bss.CouponQuota
	for _, quotaType := range []bss.QuotaType{bss.VoucherQuota, bss.CashCouponQuota} {
		some, err := bss.Collect(f.cloud.ListQuotaCoupons(ctx, bss.ListQuotaCouponsRequest{QuotaIDs: ids, QuotaType: quotaType}))
		if err != nil {
			return nil, err
		}
		for i := range some {
			some[i].QuotaType = quotaType
		}
		all = append(all, some...)
	}
	return all, nil
}
