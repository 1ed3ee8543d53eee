package huawei

import (
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// How many coupons of a kind one order takes. A payment names three at most.
const (
	maxVouchers        = 1
	maxDiscountCoupons = 1
	maxCoupons         = 3
)

type orderCouponRow struct {
	CouponID      string        `json:"coupon_id"`
	CouponType    int           `json:"coupon_type"`
	Status        int           `json:"status"`
	MeasureID     int           `json:"measure_id"`
	FaceValue     money         `json:"face_value"`
	Balance       *money        `json:"balance,omitempty"` // absent for a coupon that can be used once
	CouponVersion int           `json:"coupon_version"`
	CouponGroup   int           `json:"coupon_group"`
	EffectiveTime string        `json:"effective_time"`
	ExpireTime    string        `json:"expire_time"`
	CreateTime    string        `json:"create_time"`
	ActiveTime    string        `json:"active_time"`
	LastUsedTime  string        `json:"last_used_time,omitempty"`
	UseLimits     []useLimitRow `json:"use_limits"`
}

type couponMaximum struct {
	CouponType int `json:"coupon_type"`
	Group      int `json:"coupon_group"`
	Quantity   int `json:"use_quantity_value"`
}

// listOrderCoupons answers the coupons that can pay the order while it waits for
// its payment. Coupon types are 300 to 303, as the page and the payment number
// them; the vendor's SDK comments, which are older, say 1 to 4. The maximum
// quantities are numbered 1 to 4 on both.
// https://support.huaweicloud.com/api-oce/api_order_00015.html
func listOrderCoupons(s *Server, c *call) (any, error) {
	o, err := s.visibleOrder(c, c.query.Get("order_id"))
	if err != nil {
		return nil, err
	}
	rows := []orderCouponRow{}
	for _, p := range s.state.coupons {
		if o.status == OrderPendingPayment && p.status == couponUsable && o.takes(p, c.now) {
			rows = append(rows, p.orderRow())
		}
	}
	return map[string]any{
		"count":        len(rows),
		"user_coupons": rows,
		"coupon_max_use_quantity": []couponMaximum{
			{CouponType: 1, Quantity: maxVouchers},
			{CouponType: 2, Quantity: maxDiscountCoupons},
			{CouponType: 4, Quantity: maxCoupons},
		},
	}, nil
}

func (p *coupon) orderRow() orderCouponRow {
	return orderCouponRow{
		CouponID: p.id, CouponType: p.kind, Status: p.status, MeasureID: measureYuan,
		FaceValue: money(p.faceValue), Balance: p.reusableBalance(), CouponVersion: p.version(), CouponGroup: p.group,
		EffectiveTime: instant(p.valid), ExpireTime: instant(p.expires),
		CreateTime: instant(p.created), ActiveTime: instant(p.created), LastUsedTime: instant(p.lastUsed),
		UseLimits: p.limitRows(),
	}
}

// takes reports whether the coupon fits the order, whatever else pays it.
func (o *order) takes(p *coupon, now time.Time) bool {
	return p.customerID == o.customerID && !now.Before(p.valid) &&
		(o.coupons == nil || slices.Contains(o.coupons, p.id)) &&
		!slices.ContainsFunc(o.lines(), func(l *order) bool { return !l.fits(p) })
}

func (o *order) fits(p *coupon) bool {
	annual, limited := p.limit("isForAnnualContracts")
	return p.allows("serviceType", o.service.code) && p.allows("productId", o.productID) &&
		(!limited || annual.Value1 != "1" || o.periodType == PeriodYear && o.periodNum == 1)
}

// chosenCoupons finds what the customer chose, in the order of deduction:
// discount coupon, voucher, cash coupons, stored-value cards.
func (s *Server) chosenCoupons(c *call, o *order, chosen []benefitChoice) ([]*coupon, error) {
	var coupons []*coupon
	for _, choice := range chosen {
		p := s.state.coupon(choice.ID)
		// No code is documented for a coupon that is not the customer's, is
		// named twice or does not fit the order.
		if p == nil || p.kind != choice.Type || !o.takes(p, c.now) || slices.Contains(coupons, p) {
			return nil, errParameter("coupon_infos names a coupon that cannot pay this order")
		}
		if p.status != couponUsable {
			return nil, refuse(http.StatusBadRequest, "CBC.99003112", "the coupon or stored-value card has been used or is no longer valid")
		}
		coupons = append(coupons, p)
	}
	slices.SortStableFunc(coupons, func(a, b *coupon) int { return a.kind - b.kind })
	return coupons, nil
}

// checkTogether decides whether the coupons may be used with each other and with
// the discount.
func checkTogether(coupons []*coupon, d *Discount, lineRatios []decimal.Decimal) error {
	vouchers, discounts := countKind(coupons, CouponVoucher), countKind(coupons, CouponDiscount)
	if vouchers > 0 && discounts > 0 {
		return refuse(http.StatusBadRequest, "CBC.99003147", "a voucher and a discount coupon cannot be used together")
	}
	if hasGroup(coupons, groupMarketplace) && hasGroup(coupons, groupDedicated) {
		return refuse(http.StatusBadRequest, "CBC.99003156", "a marketplace coupon and a dedicated voucher cannot be used together")
	}
	if vouchers > maxVouchers || discounts > maxDiscountCoupons {
		return errParameter("coupon_infos names more coupons of a type than the order takes")
	}
	if d == nil {
		return nil
	}
	for _, p := range coupons {
		if p.excludes(d) {
			return refuse(http.StatusBadRequest, "CBC.99003116", "the coupon cannot be used together with the discount")
		}
		if p.wantsMoreThan(lineRatios) {
			return refuse(http.StatusBadRequest, "CBC.99003117", "the discount is below the coupon's minimum on all lines")
		}
	}
	return nil
}

func hasGroup(coupons []*coupon, group int) bool {
	return slices.ContainsFunc(coupons, func(p *coupon) bool { return p.group == group })
}

func countKind(coupons []*coupon, kind int) int {
	n := 0
	for _, p := range coupons {
		if p.kind == kind {
			n++
		}
	}
	return n
}

// excludes reports whether the coupon refuses the discount. A discount coupon is
// itself a discount, and an order takes one.
func (p *coupon) excludes(d *Discount) bool {
	if p.kind == CouponDiscount {
		return true
	}
	keys := map[int]string{
		DiscountPartner:    "simultaneousUseWithEmpowerDiscount",
		DiscountCommercial: "simultaneousUseWithContractDiscount",
		DiscountPromotion:  "simultaneousUseWithPromotionDiscount",
	}
	limit, ok := p.limit(keys[d.Type])
	return ok && limit.Value1 == "0"
}

func (p *coupon) wantsMoreThan(lineRatios []decimal.Decimal) bool {
	least, ok := p.limitRatio("minConsumeDiscount")
	return ok && !slices.ContainsFunc(lineRatios, least.LessThanOrEqual)
}

func (p *coupon) limitRatio(key string) (decimal.Decimal, bool) {
	limit, ok := p.limit(key)
	if !ok {
		return decimal.Zero, false
	}
	value, err := decimal.NewFromString(limit.Value1)
	return value, err == nil
}
