package payorder

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
)

// Offers are what the quote engine chooses from.
type Offers struct {
	Coupons   []bss.OrderCoupon
	Discounts []bss.OrderDiscount
	Most      []bss.CouponMaxUseQuantity
}

// Combination is what the quote engine chose.
type Combination struct {
	DiscountID string
	CouponIDs  []string // sorted
	Payable    decimal.Decimal
	Deductions []Deduction
	Lines      []LineQuote
	Refused    []Refused
}

// Best is the cheapest combination for an order.
func Best(d bss.OrderDetails, o Offers, now time.Time) Combination {
	b := basketOf(d, o, now)
	best := b.cheapest()
	return combinationOf(best, b.passedOver(best))
}

// Choose prices a combination; without one where it is refused.
func Choose(d bss.OrderDetails, o Offers, now time.Time, discountID string, couponIDs []string) (Combination, []Refused) {
	chosen, refused := basketOf(d, o, now).choose(discountID, couponIDs)
	if len(refused) > 0 {
		return Combination{}, refused
	}
	return combinationOf(chosen, nil), nil
}

func basketOf(d bss.OrderDetails, o Offers, now time.Time) *basket {
	b, ok := newBasket(d, offers{coupons: o.Coupons, discounts: o.Discounts, most: o.Most}, now)
	if !ok {
		panic("the order's amounts are no amounts of money")
	}
	return b
}

func combinationOf(c combination, refused []Refused) Combination {
	out := Combination{Payable: c.payable.decimal(), Deductions: c.deductions(), Lines: c.lineQuotes(), Refused: refused}
	if c.discount != nil {
		out.DiscountID = c.discount.DiscountID
	}
	for _, one := range c.coupons {
		out.CouponIDs = append(out.CouponIDs, one.CouponID)
	}
	slices.Sort(out.CouponIDs)
	return out
}

// SignQuote signs a quote with a key.
func SignQuote(key string, q Quote) (string, error) {
	quotes, _, _ := newSigners([]byte(key))
	return quotes.sign(q)
}

// OpenQuote opens one.
func OpenQuote(key, token, orderID, customerID string, now time.Time) (Quote, error) {
	quotes, _, _ := newSigners([]byte(key))
	return quotes.open(token, orderID, customerID, now)
}

// PayableFor says why a customer cannot pay an order at an instant.
func PayableFor(customer bss.SubCustomer, d bss.OrderDetails, now time.Time) error {
	return orderLook{OrderDetails: d, customer: customer}.mustBePayable(now)
}
