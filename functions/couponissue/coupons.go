package couponissue

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// issuedCoupons is what the partner calls about coupons that it issued.
type issuedCoupons interface {
	ListIssuedPartnerCoupons(ctx context.Context, r bss.ListIssuedPartnerCouponsRequest) iter.Seq2[bss.IssuedCoupon, error]
	ReclaimPartnerCoupons(ctx context.Context, r bss.ReclaimPartnerCouponsRequest) error
}

// issuedCouponRoutes are those about coupons that were issued.
func (f *function) issuedCouponRoutes() []handler.Route {
	return []handler.Route{
		{Method: http.MethodGet, Pattern: "/couponissue/customers/{customer_id}/coupons", Handle: f.listCoupons},
		{Method: http.MethodGet, Pattern: "/couponissue/customers/{customer_id}/coupon-changes", Handle: f.listCouponChanges},
		{Method: http.MethodPost, Pattern: "/couponissue/coupon-reclamations", Handle: f.postCouponReclamation},
		{Method: http.MethodPost, Pattern: "/couponissue/unused-coupon-reclamations", Handle: f.postUnusedReclamation},
	}
}

var (
	couponStates = map[bss.CouponStatus]string{
		bss.CouponNotActivated: "not_activated", bss.CouponUsable: "usable", bss.CouponUsed: "used",
		bss.CouponExpired: "expired", bss.CouponReclaimed: "reclaimed",
	}
	couponTypes = map[bss.CouponType]string{bss.TypeVoucher: "voucher", bss.TypeCashCoupon: "cash_coupon"}
)

// IssuedCoupon is a coupon that a customer got, its amounts in yuan.
type IssuedCoupon struct {
	CouponID string `json:"coupon_id"`
	// CouponType is voucher or cash_coupon.
	CouponType string `json:"coupon_type"`
	// Status is not_activated, usable, used, expired or reclaimed.
	Status    string          `json:"status"`
	FaceValue decimal.Decimal `json:"face_value"`
	Balance   decimal.Decimal `json:"balance"`
	// Used is what orders took of it; missing once the rest was reclaimed or expired,
	// when the balance no longer tells.
	Used         *decimal.Decimal `json:"used,omitempty"`
	CreateTime   time.Time        `json:"create_time,omitzero"`
	ExpireTime   time.Time        `json:"expire_time,omitzero"`
	LastUsedTime time.Time        `json:"last_used_time,omitzero"`
	// OrderID is that of the order that used it.
	OrderID         string `json:"order_id,omitempty"`
	PromotionPlanID string `json:"promotion_plan_id,omitempty"`
}

// listCoupons answers a page of the coupons that a customer got from the partner.
func (f *function) listCoupons(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	q := newQuery(r.Query, "indirect_partner_id", "offset", "limit")
	in := bss.ListIssuedPartnerCouponsRequest{
		CustomerID: r.PathValue("customer_id"), IndirectPartnerID: q.id("indirect_partner_id"),
		Offset: q.number("offset", 0, 0, maxStatement),
	}
	q.match("customer_id", in.CustomerID, idPattern)
	limit := q.number("limit", maxRows, 1, maxRows)
	if err := q.problem(); err != nil {
		return nil, err
	}
	rows, more, err := page(f.cloud.ListIssuedPartnerCoupons(ctx, in), limit, describeCoupon)
	if err != nil {
		return nil, functions.Problem(err)
	}
	return handler.OK(map[string]any{"coupons": rows, "next": next(in.Offset, len(rows), more)}), nil
}

func describeCoupon(c bss.IssuedCoupon) IssuedCoupon {
	shown := IssuedCoupon{
		CouponID: c.CouponID, CouponType: couponTypes[c.CouponType], Status: couponStates[c.Status],
		FaceValue: c.FaceValue, Balance: c.Balance, CreateTime: c.CreateTime.Time, ExpireTime: c.ExpireTime.Time,
		LastUsedTime: c.LastUsedTime.Time, OrderID: c.OrderID, PromotionPlanID: c.PromotionPlanID,
	}
	if c.Status == bss.CouponUsable || c.Status == bss.CouponUsed || c.Status == bss.CouponNotActivated {
		used := c.FaceValue.Sub(c.Balance)
		shown.Used = &used
	}
	return shown
}

// partlyUsed reports whether an order has taken something of a coupon.
func partlyUsed(c bss.IssuedCoupon) bool {
	return c.Balance.LessThan(c.FaceValue) || !c.LastUsedTime.IsZero()
}
