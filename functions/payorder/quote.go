package payorder

import (
	"context"
	"net/http"
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
	// Best lets the cheapest combination be found instead.
	Best bool `json:"best"`
}

type quoteAnswer struct {
	OrderID  string          `json:"order_id"`
	Currency string          `json:"currency"`
	Amount   decimal.Decimal `json:"amount"`
	// Deductions are in the order in which Huawei Cloud takes them.
	Deductions []Deduction     `json:"deductions"`
	Payable    decimal.Decimal `json:"payable"`
	Lines      []LineQuote     `json:"lines"`
	// Refused are the coupons and discounts that are not used: all others where the
	// best was asked for, otherwise those chosen that take nothing.
	Refused   []Refused         `json:"refused"`
	Unchecked []UncheckedLimits `json:"unchecked,omitempty"`
	Rebate    Rebate            `json:"rebate"`
	Quote     string            `json:"quote"`
	// CodeRequired says that the payment needs a verification code.
	CodeRequired bool      `json:"code_required"`
	ExpiresAt    time.Time `json:"expires_at"`
}

// Deduction is what one discount or coupon takes off.
type Deduction struct {
	ID     string          `json:"id"`
	Kind   string          `json:"kind"`
	Amount decimal.Decimal `json:"amount"`
	// Left is what a coupon holds afterwards; a discount holds nothing.
	Left *decimal.Decimal `json:"left,omitempty"`

	countsForRebate bool
}

// LineQuote is the part of one line: Amount is Discount, Coupons and Payable.
type LineQuote struct {
	LineID    string          `json:"line_id"`
	Product   string          `json:"product"`
	ListPrice decimal.Decimal `json:"list_price"`
	Amount    decimal.Decimal `json:"amount"`
	Discount  decimal.Decimal `json:"discount"`
	Coupons   decimal.Decimal `json:"coupons"`
	Payable   decimal.Decimal `json:"payable"`
}

// UncheckedLimits are the limits of a coupon that nothing is known of here. The quote
// takes for granted that they let it pay all that it could without them.
type UncheckedLimits struct {
	ID     string   `json:"id"`
	Limits []string `json:"limits"`
}

// quote prices a payment: what the chosen discount and coupons take off, or the best
// ones, what is left to pay from the balance, and the rebate to expect. The signed
// quote is what a payment is made with.
func (f *function) quote(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in quoteRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(); err != nil {
		return nil, err
	}
	order, err := f.lookAt(ctx, r.PathValue("order_id"), in.CustomerID)
	if err != nil {
		return nil, err
	}
	if err := order.mustBePayable(f.clock.Now()); err != nil {
		return nil, err
	}
	chosen, refused, err := f.combine(ctx, order, in)
	if err != nil {
		return nil, err
	}
	deductions, payable := chosen.deductions(), chosen.payable.decimal()
	priced := pricedOrder{details: order.OrderDetails, deductions: deductions, payable: payable, cashByLine: chosen.cashByLine()}
	rebate, err := f.estimateRebate(ctx, priced)
	if err != nil {
		return nil, err
	}
	expires := f.clock.Now().Add(quoteValidity).UTC().Truncate(time.Second)
	q := Quote{
		OrderID: order.Order.OrderID, CustomerID: in.CustomerID, Amount: order.Order.AmountAfterDiscount, Payable: payable,
		Currency: currencyOf(order.Order), Lines: digestsOf(order.Lines),
		Coupons: chosen.usedCoupons(), Discount: chosen.usedDiscount(), ExpiresAt: expires,
	}
	token, err := f.quotes.sign(q)
	if err != nil {
		return nil, err
	}
	f.keepQuoted(ctx, q, priced, rebate)
	return handler.OK(quoteAnswer{
		OrderID: q.OrderID, Currency: q.Currency, Amount: q.Amount, Deductions: deductions, Payable: payable,
		Lines: chosen.lineQuotes(), Refused: refused, Unchecked: chosen.unchecked(),
		Rebate: rebate, Quote: token, CodeRequired: f.codes.required.of(q), ExpiresAt: expires,
	}), nil
}

func (in quoteRequest) validate() error {
	switch {
	case in.CustomerID == "":
		return handler.Invalid(handler.FieldError{Field: "customer_id", Reason: "is missing"})
	case in.Best && (len(in.CouponIDs) > 0 || in.DiscountID != ""):
		return handler.Invalid(handler.FieldError{Field: "best", Reason: "chooses by itself: leave out coupon_ids and discount_id, or best"})
	case len(in.CouponIDs) > maxCoupons:
		return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "coupons_too_many",
			Detail: "An order takes three coupons at most.", Next: "Name three of them, or ask for the best combination."}
	}
	for i, id := range in.CouponIDs {
		if slices.Contains(in.CouponIDs[:i], id) {
			return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "coupon_repeated",
				Detail: "Coupon " + id + " is named twice.", Next: "Name each coupon once."}
		}
	}
	return nil
}

// combine finds what is chosen among the offers of an order, or the best of them, and
// says what is not used.
func (f *function) combine(ctx context.Context, order orderLook, in quoteRequest) (combination, []Refused, error) {
	available, err := f.offers(ctx, bss.Customer(order.customer.AccountName), order.Order.OrderID)
	if err != nil {
		return combination{}, nil, err
	}
	b, ok := newBasket(order.OrderDetails, available, f.clock.Now())
	if !ok {
		return combination{}, nil, notToTheFen().problem()
	}
	if in.Best {
		best := b.cheapest()
		return best, b.passedOver(best), nil
	}
	if err := f.mustBeOffered(ctx, order, available, in); err != nil {
		return combination{}, nil, err
	}
	chosen, refused := b.choose(in.DiscountID, in.CouponIDs)
	if len(refused) > 0 {
		return combination{}, nil, combinationRefused(in, refused)
	}
	return chosen, chosen.idle(in.CouponIDs), nil
}

// idle are the coupons chosen that take nothing.
func (c combination) idle(chosen []string) []Refused {
	idle := []Refused{}
	for _, id := range chosen {
		if !slices.ContainsFunc(c.coupons, func(one candidate) bool { return one.CouponID == id }) {
			idle = append(idle, Refused{id, reasonTakesNothing})
		}
	}
	return idle
}
