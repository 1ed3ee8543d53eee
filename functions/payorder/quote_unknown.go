package payorder

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// mustBeOffered refuses what Huawei Cloud does not offer for the order, and says why
// it does not.
func (f *function) mustBeOffered(ctx context.Context, order orderLook, o offers, in quoteRequest) error {
	if in.DiscountID != "" && !slices.ContainsFunc(o.discounts, func(d bss.OrderDiscount) bool { return d.DiscountID == in.DiscountID }) {
		return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "discount_unknown",
			Detail: "The order is offered no discount " + in.DiscountID + ".", Next: "Choose a discount of the order's offers."}
	}
	for _, id := range in.CouponIDs {
		if slices.ContainsFunc(o.coupons, func(c bss.OrderCoupon) bool { return c.CouponID == id }) {
			continue
		}
		return f.notOffered(ctx, bss.Customer(order.customer.AccountName), id)
	}
	return nil
}

// notOffered is the problem of a coupon that is not among the offers of an order. The
// list of the customer's coupons tells why; stored-value cards are in another one.
func (f *function) notOffered(ctx context.Context, customer bss.Customer, id string) error {
	for c, err := range f.couponsOf(customer).ListSubCustomerCoupons(ctx, bss.ListSubCustomerCouponsRequest{CouponID: id}) {
		if err != nil {
			return functions.Problem(err)
		}
		if c.CouponID == id {
			return f.couponRefused(id, c.Status, c.ValidTime)
		}
	}
	for card, status := range map[bss.CardStatus]bss.CouponStatus{bss.CardUsable: bss.CouponUsable, bss.CardUsedUp: bss.CouponUsed} {
		for c, err := range f.cloud.ListStoredValueCards(ctx, customer, bss.ListStoredValueCardsRequest{CardID: id, Status: card}) {
			if errors.Is(err, bss.ErrNotOnSite) {
				break
			}
			if err != nil {
				return functions.Problem(err)
			}
			if c.CardID == id {
				return f.couponRefused(id, status, c.EffectiveTime)
			}
		}
	}
	return couponProblem("coupon_unknown", "The customer has no coupon "+id+".")
}

func (f *function) couponRefused(id string, status bss.CouponStatus, from bss.Time) error {
	switch {
	case status == bss.CouponUsed:
		return couponProblem("coupon_used", "Coupon "+id+" is used up.")
	case status == bss.CouponExpired:
		return couponProblem("coupon_expired", "Coupon "+id+" has expired.")
	case status == bss.CouponReclaimed:
		return couponProblem("coupon_reclaimed", "Coupon "+id+" was taken back.")
	case f.clock.Now().Before(from.Time):
		return couponProblem("coupon_not_effective", "Coupon "+id+" is not valid before "+from.String()+".")
	}
	return couponProblem("coupon_not_for_order", "Huawei Cloud does not offer coupon "+id+" for this order.")
}

func couponProblem(code, detail string) error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: code, Detail: detail,
		Next: "Choose among the coupons of the order's offers, or ask for the best combination."}
}
