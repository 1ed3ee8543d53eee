package payorder

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	quoteValidity = 15 * time.Minute
	maxCoupons    = 3
)

type quoteRequest struct {
	CustomerID string   `json:"customer_id"`
	CouponIDs  []string `json:"coupon_ids"`
	DiscountID string   `json:"discount_id"`
}

type quoteAnswer struct {
	OrderID  string          `json:"order_id"`
	Currency string          `json:"currency"`
	Amount   decimal.Decimal `json:"amount"`
	// Deductions are in the order in which Huawei Cloud takes them.
	Deductions []Deduction     `json:"deductions"`
	Payable    decimal.Decimal `json:"payable"`
	Rebate     Rebate          `json:"rebate"`
	Quote      string          `json:"quote"`
	// CodeRequired says that the payment needs a verification code.
	CodeRequired bool      `json:"code_required"`
	ExpiresAt    time.Time `json:"expires_at"`
}

// Deduction is what one discount or coupon takes off.
type Deduction struct {
	ID     string          `json:"id"`
	Kind   string          `json:"kind"`
	Amount decimal.Decimal `json:"amount"`

	countsForRebate bool
}

// quote prices a payment: what the chosen discount and coupons take off, what is
// left to pay from the balance, and the rebate to expect. The signed quote is what
// a payment is made with.
func (f *function) quote(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in quoteRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(); err != nil {
		return nil, err
	}
	orderID := r.PathValue("order_id")
	details, err := f.order(ctx, orderID, in.CustomerID)
	if err != nil {
		return nil, err
	}
	if err := mustBePayable(details, f.clock.Now()); err != nil {
		return nil, err
	}
	available, err := f.offers(ctx, in.CustomerID, orderID)
	if err != nil {
		return nil, err
	}
	choice, err := available.choose(in, orderID)
	if err != nil {
		return nil, err
	}
	amount := details.Order.AmountAfterDiscount
	deductions, payable := deduct(amount, choice)
	priced := pricedOrder{details: details, discount: choice.discount, deductions: deductions, payable: payable}
	rebate, err := f.estimateRebate(ctx, priced)
	if err != nil {
		return nil, err
	}
	expires := f.clock.Now().Add(quoteValidity).UTC().Truncate(time.Second)
	q := Quote{
		OrderID: orderID, CustomerID: in.CustomerID, Amount: amount, Payable: payable, Currency: currencyOf(details.Order),
		Coupons: choice.usedCoupons(), Discount: choice.usedDiscount(), ExpiresAt: expires,
	}
	token, err := f.quotes.sign(q)
	if err != nil {
		return nil, err
	}
	f.keepQuoted(ctx, q, priced, rebate)
	return handler.OK(quoteAnswer{
		OrderID: orderID, Currency: q.Currency, Amount: amount, Deductions: deductions, Payable: payable,
		Rebate: rebate, Quote: token, CodeRequired: f.codes.required.of(q), ExpiresAt: expires,
	}), nil
}

func (in quoteRequest) validate() error {
	var wrong []handler.FieldError
	if in.CustomerID == "" {
		wrong = append(wrong, handler.FieldError{Field: "customer_id", Reason: "is missing"})
	}
	sorted := slices.Sorted(slices.Values(in.CouponIDs))
	if len(in.CouponIDs) > maxCoupons || len(slices.Compact(sorted)) != len(in.CouponIDs) {
		wrong = append(wrong, handler.FieldError{Field: "coupon_ids", Reason: "names three different coupons at most"})
	}
	if len(wrong) > 0 {
		return handler.Invalid(wrong...)
	}
	return nil
}

// choice is what a payment uses of the offers. The coupons are in the order in
// which Huawei Cloud takes them.
type choice struct {
	orderID  string
	discount *bss.OrderDiscount
	coupons  []bss.OrderCoupon
}

// choose picks the wanted discount and coupons, and refuses what Huawei Cloud would
// refuse when paying.
func (o offers) choose(in quoteRequest, orderID string) (choice, error) {
	c := choice{orderID: orderID}
	for i := range o.discounts {
		if o.discounts[i].DiscountID == in.DiscountID {
			c.discount = &o.discounts[i]
		}
	}
	if in.DiscountID != "" && c.discount == nil {
		return c, notUsable("discount_id", "is no discount of this order")
	}
	adjusted := slices.IndexFunc(o.discounts, func(d bss.OrderDiscount) bool { return d.DiscountType == bss.DiscountAdjusted })
	if adjusted >= 0 && c.discount != &o.discounts[adjusted] {
		return c, notUsable("discount_id", "must be "+o.discounts[adjusted].DiscountID+": the price was adjusted for this order")
	}
	for _, id := range in.CouponIDs {
		i := slices.IndexFunc(o.coupons, func(c bss.OrderCoupon) bool { return c.CouponID == id })
		if i < 0 {
			return c, notUsable("coupon_ids", id+" is no coupon that this order can use")
		}
		c.coupons = append(c.coupons, o.coupons[i])
	}
	slices.SortStableFunc(c.coupons, func(a, b bss.OrderCoupon) int { return int(a.CouponType - b.CouponType) })
	return c, c.compatible()
}

func (c choice) compatible() error {
	vouchers := 0
	for _, coupon := range c.coupons {
		switch coupon.CouponType {
		case bss.KindVoucher:
			vouchers++
		case bss.KindDiscountCoupon:
			return notUsable("coupon_ids", coupon.CouponID+" is a discount coupon, and the API does not say what it takes off: pay with it in Huawei Cloud's console")
		case bss.KindCashCoupon, bss.KindStoredValueCard:
		}
		if coupon.UsedByOrderID != "" && coupon.UsedByOrderID != c.orderID {
			return notUsable("coupon_ids", coupon.CouponID+" is held by order "+coupon.UsedByOrderID)
		}
		if c.discount != nil && excludes(coupon, *c.discount) {
			return notUsable("coupon_ids", coupon.CouponID+" cannot be used together with the discount")
		}
		if c.discount != nil && belowMinimum(coupon, linesOf(*c.discount, c.orderID)) {
			return notUsable("coupon_ids", coupon.CouponID+" cannot be used with so large a discount")
		}
	}
	if vouchers > 1 {
		return notUsable("coupon_ids", "names more than one voucher")
	}
	return nil
}

// exclusions are the limits by which a coupon refuses a kind of discount.
var exclusions = map[bss.DiscountType]string{
	bss.DiscountPartner:    "simultaneousUseWithEmpowerDiscount",
	bss.DiscountContract:   "simultaneousUseWithContractDiscount",
	bss.DiscountCommercial: "simultaneousUseWithContractDiscount",
	bss.DiscountPromotion:  "simultaneousUseWithPromotionDiscount",
}

func excludes(coupon bss.OrderCoupon, d bss.OrderDiscount) bool {
	key, named := exclusions[d.DiscountType]
	return named && limitOf(coupon, key) == "0"
}

// belowMinimum reports whether a discount leaves less of every line's price than the
// coupon demands.
func belowMinimum(coupon bss.OrderCoupon, lines []bss.DiscountedLines) bool {
	least, limited := ratioOf(coupon, "minConsumeDiscount")
	return limited && !slices.ContainsFunc(lines, func(l bss.DiscountedLines) bool {
		return l.DiscountRatio.GreaterThanOrEqual(least)
	})
}

func ratioOf(coupon bss.OrderCoupon, key string) (decimal.Decimal, bool) {
	ratio, err := decimal.NewFromString(limitOf(coupon, key))
	return ratio, err == nil
}

func limitOf(coupon bss.OrderCoupon, key string) string {
	for _, l := range coupon.UseLimits {
		if l.LimitKey == key {
			return l.Value1
		}
	}
	return ""
}

// deduct takes the discount and then the coupons off an amount, none below zero.
func deduct(amount decimal.Decimal, c choice) ([]Deduction, decimal.Decimal) {
	deductions := []Deduction{}
	left := amount
	take := func(d Deduction) {
		d.Amount = decimal.Min(d.Amount, left)
		left = left.Sub(d.Amount)
		deductions = append(deductions, d)
	}
	if c.discount != nil {
		take(Deduction{ID: c.discount.DiscountID, Kind: discountKind(c.discount.DiscountType), Amount: moneyOff(*c.discount, c.orderID)})
	}
	price := left
	for _, coupon := range c.coupons {
		take(Deduction{ID: coupon.CouponID, Kind: couponKind(coupon.CouponType), Amount: worth(coupon, price), countsForRebate: countsForRebate(coupon)})
	}
	return deductions, left
}

// worth is the most that a coupon pays of a price.
func worth(coupon bss.OrderCoupon, price decimal.Decimal) decimal.Decimal {
	value := coupon.Balance
	if value.IsZero() {
		value = coupon.FaceValue // of a coupon that can be used once, which has no balance
	}
	if share, limited := ratioOf(coupon, "maxDeductionRatio"); limited {
		value = decimal.Min(value, price.Mul(share).Truncate(2))
	}
	return value
}

// Spending a stored-value card counts as cash; a cash coupon counts unless it says
// otherwise; a voucher never does.
func countsForRebate(c bss.OrderCoupon) bool {
	switch c.CouponType {
	case bss.KindStoredValueCard:
		return true
	case bss.KindCashCoupon:
		return limitOf(c, "isRebate") != "0"
	case bss.KindVoucher, bss.KindDiscountCoupon:
	}
	return false
}

func (c choice) usedCoupons() []bss.UsedCoupon {
	var used []bss.UsedCoupon
	for _, coupon := range c.coupons {
		used = append(used, bss.UsedCoupon{ID: coupon.CouponID, Type: coupon.CouponType})
	}
	return used
}

func (c choice) usedDiscount() *bss.UsedDiscount {
	if c.discount == nil {
		return nil
	}
	return &bss.UsedDiscount{ID: c.discount.DiscountID, Type: c.discount.DiscountType}
}

func notUsable(field, reason string) error {
	return handler.Invalid(handler.FieldError{Field: field, Reason: reason})
}
