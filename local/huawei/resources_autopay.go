package huawei

import (
	"net/http"
	"slices"
	"time"
)

// payThemselves pays the orders of a request. What cannot be paid waits for the
// customer's payment, like any order.
func (s *Server) payThemselves(orders []*order, c *call) error {
	var failed error
	for _, o := range orders {
		p, err := s.automaticPlan(o, c.now)
		if err != nil || !s.state.customer(o.customerID).affords(p.cash()) {
			failed = refuse(http.StatusBadRequest, "CBC.30050006", "the automatic payment failed: the orders wait for their payment")
			continue
		}
		s.payItself(o, p, c.now, c.effect(o.customerID, o.id))
	}
	return failed
}

func (s *Server) payItself(o *order, p *paymentPlan, now time.Time, e Effect) {
	s.carryOut(p, o, now)
	e.Amount, e.Currency = o.amountAfterDiscount(), s.currency()
	s.record(e)
}

// automaticPlan uses what an automatic payment uses: the best discount, one
// voucher and the balance.
// https://support.huaweicloud.com/intl/zh-cn/usermanual-billing/isautopay_topic_1000001.html
func (s *Server) automaticPlan(o *order, now time.Time) (*paymentPlan, error) {
	request, c := payRequest{}, &call{now: now}
	if best, ok := bestDiscount(o.discounts); ok {
		request.Discounts = []benefitChoice{{best.ID, best.Type}}
	}
	for _, p := range s.usableVouchers(o, now) {
		request.Coupons = []benefitChoice{{p.id, p.kind}}
		if plan, err := s.plan(c, o, request); err == nil {
			return plan, nil
		}
	}
	request.Coupons = nil
	return s.plan(c, o, request)
}

// bestDiscount takes off most; of equals, the commercial one is better.
func bestDiscount(discounts []Discount) (Discount, bool) {
	if len(discounts) == 0 {
		return Discount{}, false
	}
	return slices.MinFunc(discounts, func(a, b Discount) int {
		if c := a.Ratio.Cmp(b.Ratio); c != 0 {
			return c
		}
		return a.Type - b.Type
	}), true
}

// usableVouchers are those that fit the order, the one that expires first first.
func (s *Server) usableVouchers(o *order, now time.Time) []*coupon {
	var fitting []*coupon
	for _, p := range s.state.coupons {
		if p.kind == CouponVoucher && p.status == couponUsable && now.Before(p.expires) && s.takes(o, p, now) {
			fitting = append(fitting, p)
		}
	}
	slices.SortStableFunc(fitting, func(a, b *coupon) int { return a.expires.Compare(b.expires) })
	return fitting
}
