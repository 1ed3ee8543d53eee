package payorder

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// offers are the coupons and discounts that Huawei Cloud offers for an order.
type offers struct {
	coupons   []bss.OrderCoupon
	discounts []bss.OrderDiscount
	// most is how many coupons of a kind and group the order takes.
	most []bss.CouponMaxUseQuantity
}

type offersAnswer struct {
	Coupons   []couponAnswer   `json:"coupons"`
	Discounts []discountAnswer `json:"discounts"`
}

type couponAnswer struct {
	CouponID  string          `json:"coupon_id"`
	Kind      string          `json:"kind"`
	Name      string          `json:"name"`
	Balance   decimal.Decimal `json:"balance"`
	ExpiresAt time.Time       `json:"expires_at,omitzero"`
}

type discountAnswer struct {
	DiscountID string          `json:"discount_id"`
	Kind       string          `json:"kind"`
	Off        decimal.Decimal `json:"off"`
	// Required marks a price that the partner adjusted: no other discount and not
	// the list price can be paid.
	Required bool `json:"required,omitempty"`
}

// listOffers shows what could lower the price of an order.
func (f *function) listOffers(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	orderID, customerID := r.PathValue("order_id"), r.Query.Get("customer_id")
	if _, err := f.order(ctx, orderID, customerID); err != nil {
		return nil, err
	}
	customer, err := f.customer(ctx, customerID)
	if err != nil {
		return nil, err
	}
	o, err := f.offers(ctx, customer, orderID)
	if err != nil {
		return nil, err
	}
	return handler.OK(o.describe(orderID)), nil
}

// offers lists what the customer may use for an order. Abroad there is no list of
// coupons: none can be used.
func (f *function) offers(ctx context.Context, customer bss.Customer, orderID string) (offers, error) {
	coupons, err := f.cloud.ListOrderCouponsByOrderID(ctx, customer, bss.ListOrderCouponsByOrderIDRequest{OrderID: orderID})
	if err != nil && !errors.Is(err, bss.ErrNotOnSite) {
		return offers{}, functions.Problem(err)
	}
	discounts, err := f.cloud.ListOrderDiscounts(ctx, customer, bss.ListOrderDiscountsRequest{OrderID: orderID})
	return offers{coupons: coupons.UserCoupons, discounts: discounts, most: coupons.CouponMaxUseQuantity}, functions.Problem(err)
}

func (o offers) describe(orderID string) offersAnswer {
	out := offersAnswer{Coupons: []couponAnswer{}, Discounts: []discountAnswer{}}
	for _, c := range o.coupons {
		out.Coupons = append(out.Coupons, couponAnswer{c.CouponID, couponKind(c.CouponType), c.PlanName, c.Balance, c.ExpireTime.Time})
	}
	for _, d := range o.discounts {
		out.Discounts = append(out.Discounts, discountAnswer{d.DiscountID, discountKind(d.DiscountType), moneyOff(d, orderID), isAdjusted(d)})
	}
	return out
}

var couponKinds = map[bss.CouponKind]string{
	bss.KindDiscountCoupon: "discount_coupon", bss.KindVoucher: "voucher",
	bss.KindCashCoupon: "cash_coupon", bss.KindStoredValueCard: "stored_value_card",
}

func couponKind(k bss.CouponKind) string {
	if name := couponKinds[k]; name != "" {
		return name
	}
	return "kind_" + strconv.Itoa(int(k))
}

var discountKinds = map[bss.DiscountType]string{
	bss.DiscountPromotion: "promotion", bss.DiscountContract: "contract", bss.DiscountCommercial: "commercial",
	bss.DiscountPartner: "partner", bss.DiscountAdjusted: "adjusted_price",
}

func discountKind(t bss.DiscountType) string {
	if name := discountKinds[t]; name != "" {
		return name
	}
	return "type_" + strconv.Itoa(int(t))
}

// moneyOff is what a discount takes off one order.
func moneyOff(d bss.OrderDiscount, orderID string) decimal.Decimal {
	off := decimal.Zero
	for _, l := range linesOf(d, orderID) {
		off = off.Add(l.DiscountAmount)
	}
	return off
}

// linesOf are the lines of an order that a discount is taken off. Those of a
// combined order come under the ids of its members.
func linesOf(d bss.OrderDiscount, orderID string) []bss.DiscountedLines {
	var own, all []bss.DiscountedLines
	for _, o := range d.Orders {
		all = append(all, o.Lines...)
		if o.OrderID == orderID {
			own = append(own, o.Lines...)
		}
	}
	if len(own) > 0 {
		return own
	}
	return all
}
