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
	UsedByOrderID string        `json:"used_by_order_id,omitempty"`
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
		if o.status == OrderPendingPayment && p.status == couponUsable && s.takes(o, p, c.now) && p.allowsAmount(s.payableBy(o, p)) {
			row := p.orderRow()
			row.UsedByOrderID = s.heldBy(p)
			rows = append(rows, row)
		}
	}
	return map[string]any{
		"count":        len(rows),
		"user_coupons": rows,
		"coupon_max_use_quantity": []couponMaximum{
			{CouponType: 1, Quantity: maxVouchers},
			{CouponType: 2, Quantity: maxDiscountCoupons},
			{CouponType: 4, Quantity: o.mostCashCoupons()},
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

// takes reports whether the coupon fits the order, whatever else pays it: of the
// right type, with a line at least that the coupon pays, and not held by another one.
func (s *Server) takes(o *order, p *coupon, now time.Time) bool {
	holder := s.heldBy(p)
	return p.customerID == o.customerID && !now.Before(p.valid) && (holder == "" || holder == o.id) &&
		(o.coupons == nil || slices.Contains(o.coupons, p.id)) && p.allows("subscribeType", o.subscribeType()) &&
		slices.ContainsFunc(o.lines(), func(l *order) bool { return s.fits(l, p) })
}

// heldBy is the order that holds the coupon, as long as it waits for its payment.
func (s *Server) heldBy(p *coupon) string {
	if holder := s.state.order(p.heldBy); holder != nil && holder.status == OrderPendingPayment {
		return holder.id
	}
	return ""
}

// fits reports whether the coupon pays a line. All orders are in the first region.
func (s *Server) fits(l *order, p *coupon) bool {
	annual, _ := p.limit("isForAnnualContracts")
	first, _ := p.limit("firstOrderInService")
	return p.allows("serviceType", l.service.code) && p.allows("productId", l.productID) && !p.lists("productBlackList", l.productID) &&
		p.allows("regionCode", regions[0].code) && p.allowsScene(l.chargeScenes()) &&
		(annual.Value1 != "1" || l.periodType == PeriodYear && l.periodNum == 1) &&
		(first.Value1 != "1" || !s.state.bought(l.customerID, l.service.code))
}

// bought reports whether the customer has ever paid an order of the service.
func (s *state) bought(customerID, service string) bool {
	return slices.ContainsFunc(s.orders, func(o *order) bool {
		return o.customerID == customerID && o.service.code == service && !o.paid.IsZero()
	})
}

// subscribeType is the order's type as coupons name it.
func (o *order) subscribeType() string {
	switch o.kind {
	case orderRenewal:
		return "renew"
	case 3:
		return "change"
	}
	return "new"
}

// chargeScenes are the ways of paying that cover the line: any period or general, by
// year, by month.
func (o *order) chargeScenes() []string {
	if o.periodType == PeriodYear {
		return []string{"0", "6", "1"}
	}
	return []string{"0", "6", "2"}
}

func (p *coupon) allowsScene(scenes []string) bool {
	limit, ok := p.limit("chargeScene")
	return !ok || limit.Value1 == "" || slices.ContainsFunc(splitList(limit.Value1), func(s string) bool { return slices.Contains(scenes, s) })
}

// payableBy is the price, as placed, of the lines that the coupon pays.
func (s *Server) payableBy(o *order, p *coupon) decimal.Decimal {
	return sumOf(o.lines(), func(l *order) decimal.Decimal {
		if s.fits(l, p) {
			return l.placed
		}
		return decimal.Zero
	})
}

// allowsAmount reports whether an amount exceeds the coupon's lower bound and does not
// exceed its upper one. How the limit is called is not published.
func (p *coupon) allowsAmount(amount decimal.Decimal) bool {
	limit, _ := p.limit("orderAmount")
	lower, lowerErr := decimal.NewFromString(limit.Value1)
	upper, upperErr := decimal.NewFromString(limit.Value2)
	return (lowerErr != nil || lower.IsZero() || amount.GreaterThan(lower)) && (upperErr != nil || upper.IsZero() || amount.LessThanOrEqual(upper))
}

// tooManyCashCoupons counts those of the group that the list of the order's coupons
// has a number for.
func (o *order) tooManyCashCoupons(coupons []*coupon) bool {
	n := 0
	for _, p := range coupons {
		if p.kind == CouponCash && p.group == 0 {
			n++
		}
	}
	return n > o.mostCashCoupons()
}

func (o *order) mostCashCoupons() int {
	if o.cashCoupons == 0 {
		return maxCoupons
	}
	return o.cashCoupons
}

// chosenCoupons finds what the customer chose, in the order of deduction:
// discount coupon, voucher, cash coupons, stored-value cards.
func (s *Server) chosenCoupons(c *call, o *order, chosen []benefitChoice) ([]*coupon, error) {
	var coupons []*coupon
	for _, choice := range chosen {
		p := s.state.coupon(choice.ID)
		// No code is documented for a coupon that is not the customer's, is
		// named twice or does not fit the order.
		if p == nil || p.kind != choice.Type || !s.takes(o, p, c.now) || slices.Contains(coupons, p) {
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
func (o *order) checkTogether(coupons []*coupon, d *Discount, lineRatios []decimal.Decimal) error {
	vouchers, discounts := countKind(coupons, CouponVoucher), countKind(coupons, CouponDiscount)
	if vouchers > 0 && discounts > 0 {
		return refuse(http.StatusBadRequest, "CBC.99003147", "a voucher and a discount coupon cannot be used together")
	}
	if hasGroup(coupons, groupMarketplace) && hasGroup(coupons, groupDedicated) {
		return refuse(http.StatusBadRequest, "CBC.99003156", "a marketplace coupon and a dedicated voucher cannot be used together")
	}
	if vouchers > maxVouchers || discounts > maxDiscountCoupons || o.tooManyCashCoupons(coupons) {
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
