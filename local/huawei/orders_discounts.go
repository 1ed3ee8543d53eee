package huawei

import (
	"net/http"
	"slices"

	"github.com/shopspring/decimal"
)

// Types of a discount that a customer may choose when paying.
const (
	DiscountPromotion  = 0
	DiscountCommercial = 2
	DiscountPartner    = 3   // granted by the partner
	DiscountAdjustment = 609 // the order's price was adjusted: must be used
)

// Modes of a discount.
const (
	discountByRatio  = 0
	discountToPrice  = 1
	discountByAmount = 2
)

// Types that amount_info gives to money off.
const (
	takenPromotion      = "200"
	takenDiscountCoupon = "300"
	takenCommercial     = "605"
	takenPartner        = "607"
	takenAdjustment     = "609"
	takenProductsOwn    = "900"
)

// Discount is offered for an order: exactly one of Ratio, Amount and Price says
// how much. It is taken from the order's amount after discount as it was placed.
type Discount struct {
	ID     string          `json:"id"`     // drawn if empty
	Type   int             `json:"type"`   // DiscountPromotion and so on
	Ratio  decimal.Decimal `json:"ratio"`  // the share that remains to be paid, such as 0.9
	Amount decimal.Decimal `json:"amount"` // money off
	Price  decimal.Decimal `json:"price"`  // what remains to be paid
}

func (d Discount) mode() int {
	switch {
	case d.Ratio.IsPositive():
		return discountByRatio
	case d.Amount.IsPositive():
		return discountByAmount
	}
	return discountToPrice
}

func (d Discount) value() string {
	switch d.mode() {
	case discountByRatio:
		return d.Ratio.String()
	case discountByAmount:
		return d.Amount.String()
	}
	return ""
}

func (d Discount) taken() string {
	switch d.Type {
	case DiscountCommercial:
		return takenCommercial
	case DiscountPartner:
		return takenPartner
	case DiscountAdjustment:
		return takenAdjustment
	}
	return takenPromotion
}

// reductions is the money off for each of the prices.
func (d Discount) reductions(prices []decimal.Decimal) []decimal.Decimal {
	if d.mode() == discountByRatio {
		return reduceTo(d.Ratio, prices)
	}
	off := d.Amount
	if d.mode() == discountToPrice {
		off = decimal.Max(decimal.Sum(decimal.Zero, prices...).Sub(d.Price), decimal.Zero)
	}
	return shareEvenly(off, prices)
}

// reduceTo is the money off when a share of each price remains; the new prices
// are rounded half up to the fen.
func reduceTo(ratio decimal.Decimal, prices []decimal.Decimal) []decimal.Decimal {
	off := make([]decimal.Decimal, len(prices))
	for i, p := range prices {
		off[i] = p.Sub(p.Mul(ratio).Round(2))
	}
	return off
}

// shareEvenly splits an amount over rooms of limited size, to the fen, as merged
// payments split a coupon. What exceeds all rooms is left out.
func shareEvenly(amount decimal.Decimal, rooms []decimal.Decimal) []decimal.Decimal {
	shares := make([]decimal.Decimal, len(rooms))
	left := decimal.Min(amount, decimal.Sum(decimal.Zero, rooms...))
	fen := decimal.New(1, -2)
	for left.IsPositive() {
		open := slices.DeleteFunc(indexes(rooms), func(i int) bool { return !rooms[i].GreaterThan(shares[i]) })
		each := decimal.Max(left.Div(decimal.NewFromInt(int64(len(open)))).Truncate(2), fen)
		for _, i := range open {
			share := decimal.Min(each, left, rooms[i].Sub(shares[i]))
			shares[i] = shares[i].Add(share)
			left = left.Sub(share)
		}
	}
	return shares
}

func indexes[T any](rows []T) []int {
	all := make([]int, len(rows))
	for i := range all {
		all[i] = i
	}
	return all
}

func (o *order) placedPrices() []decimal.Decimal {
	var prices []decimal.Decimal
	for _, l := range o.lines() {
		prices = append(prices, l.placed)
	}
	return prices
}

// chosenDiscount finds what the customer chose; nil if that is none.
func (o *order) chosenDiscount(chosen []benefitChoice) (*Discount, error) {
	unusable := refuse(http.StatusBadRequest, "CBC.99003108", "the selected discount cannot be used for the order")
	adjusted := slices.ContainsFunc(o.discounts, func(d Discount) bool { return d.Type == DiscountAdjustment })
	if len(chosen) == 0 {
		if adjusted {
			return nil, unusable
		}
		return nil, nil
	}
	i := slices.IndexFunc(o.discounts, func(d Discount) bool { return d.ID == chosen[0].ID && d.Type == chosen[0].Type })
	if i < 0 || adjusted && o.discounts[i].Type != DiscountAdjustment {
		return nil, unusable
	}
	return &o.discounts[i], nil
}

type discountRow struct {
	ID     string             `json:"discount_id"`
	Value  string             `json:"discount_value"`
	Type   int                `json:"discount_type"`
	Orders []discountOrderRow `json:"orders"`
}

type discountOrderRow struct {
	OrderID string            `json:"order_id"`
	Lines   []discountLineRow `json:"order_line_items"`
}

type discountLineRow struct {
	LineIDs []string `json:"order_line_item_ids"`
	Mode    int      `json:"discount_mode"`
	Amount  money    `json:"discount_amount"`
	Ratio   money    `json:"discount_ratio"`
}

// listOrderDiscounts answers the discounts that can be chosen while the order
// waits for its payment.
// https://support.huaweicloud.com/api-oce/api_order_00025.html
func listOrderDiscounts(s *Server, c *call) (any, error) {
	o, err := s.visibleOrder(c, c.query.Get("order_id"))
	if err != nil {
		return nil, err
	}
	rows := []discountRow{}
	if o.status == OrderPendingPayment {
		for _, d := range o.discounts {
			rows = append(rows, o.discountRow(d))
		}
	}
	return map[string]any{"discounts": rows}, nil
}

func (o *order) discountRow(d Discount) discountRow {
	prices := o.placedPrices()
	off := d.reductions(prices)
	var orders []discountOrderRow
	for i, l := range o.lines() {
		orders = append(orders, discountOrderRow{l.id, []discountLineRow{{
			LineIDs: []string{l.lineID()}, Mode: d.mode(),
			Amount: money(off[i]), Ratio: money(ratio(prices[i].Sub(off[i]), prices[i])),
		}}})
	}
	return discountRow{d.ID, d.value(), d.Type, orders}
}

// ratio is the share of a price that remains to be paid.
func ratio(remaining, price decimal.Decimal) decimal.Decimal {
	if price.IsZero() {
		return decimal.NewFromInt(1)
	}
	return remaining.DivRound(price, 4)
}
