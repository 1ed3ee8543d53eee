package payorder

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
)

// Reason says why a quote does not use a coupon or a discount. It never changes once
// published.
type Reason string

// Reasons that lie in the coupon, and in the order that it is for.
const (
	reasonNotActivated Reason = "not_activated"
	reasonNotEffective Reason = "not_effective"
	reasonExpired      Reason = "expired"
	reasonLocked       Reason = "locked"
	reasonUsedUp       Reason = "used_up"
	// reasonUnpriced: the documentation calls the face value of a discount coupon an
	// amount in yuan, and says neither what it stands for nor whether it has a cap.
	// Nobody could be told what it would take off.
	reasonUnpriced  Reason = "discount_coupon_unpriced"
	reasonKind      Reason = "kind_unknown"
	reasonOrderType Reason = "order_type"
	reasonNoLine    Reason = "no_line_fits"
	// reasonUnchecked: it has a limit that cannot be checked here. Only who names the
	// coupon gets it quoted.
	reasonUnchecked Reason = "limit_unchecked"
)

// Reasons that lie in the discount, or in the coupon beside it.
const (
	reasonAdjustedPrice   Reason = "adjusted_price_required"
	reasonDiscountType    Reason = "discount_type_not_payable"
	reasonNotWithDiscount Reason = "not_with_discount"
	reasonDiscountTooHigh Reason = "discount_too_high"
	reasonBelowAmount     Reason = "below_amount"
	reasonAboveAmount     Reason = "above_amount"
)

// Reasons that lie in the coupons together, and in the price.
const (
	reasonVoucherAndDiscountCoupon Reason = "voucher_with_discount_coupon"
	reasonMarketplaceAndDedicated  Reason = "marketplace_with_dedicated"
	reasonSecondVoucher            Reason = "second_voucher"
	reasonTooManyOfKind            Reason = "too_many_of_kind"
	reasonTooMany                  Reason = "too_many_coupons"
	reasonTakesNothing             Reason = "takes_nothing"
	reasonNotCheaper               Reason = "not_cheaper"
)

// basket is an order with all that could lower its price, read once. Pure: what it
// answers depends on nothing else.
type basket struct {
	orderID   string
	orderType bss.OrderType
	lines     []bss.OrderLine
	prices    []fen // of the lines, before the discount that is chosen
	coupons   []*coupon
	discounts []*discount
	// most is how many coupons of a kind and group the order takes.
	most map[kindInGroup]int
}

type kindInGroup struct {
	kind  bss.CouponKind
	group bss.CouponGroup
}

// coupon is a coupon as far as the order is concerned.
type coupon struct {
	bss.OrderCoupon
	holds     fen     // what it can pay at most, of this order
	lines     lineSet // that it pays
	refused   Reason  // whatever else is chosen
	unchecked []string
	// zero: no limit
	above, upTo        decimal.Decimal
	minRatio, maxShare decimal.Decimal
}

// discount is a discount as far as the order is concerned.
type discount struct {
	bss.OrderDiscount
	off     []fen // each line
	refused Reason
}

// newBasket reads an order and its offers; !ok if an amount of the order is no amount
// of money, which the checks of the order refuse before.
func newBasket(d bss.OrderDetails, o offers, now time.Time) (b *basket, ok bool) {
	b = &basket{orderID: d.Order.OrderID, orderType: d.Order.OrderType, lines: d.Lines, most: map[kindInGroup]int{}}
	for _, l := range d.Lines {
		price, ok := fenOf(l.AmountAfterDiscount)
		if !ok {
			return nil, false
		}
		b.prices = append(b.prices, price)
	}
	for _, m := range o.most {
		b.most[kindInGroup{kindOf(m.CouponType), m.CouponGroup}] = m.UseQuantityValue
	}
	for _, c := range o.coupons {
		b.coupons = append(b.coupons, b.coupon(c, now))
	}
	slices.SortFunc(b.coupons, func(p, q *coupon) int { return cmp.Compare(p.CouponID, q.CouponID) })
	adjusted := slices.ContainsFunc(o.discounts, isAdjusted)
	for _, given := range o.discounts {
		b.discounts = append(b.discounts, b.discount(given, adjusted))
	}
	slices.SortFunc(b.discounts, func(p, q *discount) int { return cmp.Compare(p.DiscountID, q.DiscountID) })
	return b, true
}

// kindOf is a coupon's kind by its number in the lists of issued coupons, by which the
// quantities go. Stored-value cards have none.
func kindOf(t bss.CouponType) bss.CouponKind {
	switch t {
	case bss.TypeVoucher:
		return bss.KindVoucher
	case bss.TypeDiscountCoupon:
		return bss.KindDiscountCoupon
	case bss.TypeCashCoupon:
		return bss.KindCashCoupon
	case bss.TypeProductCoupon: // no order takes one
	}
	return 0
}

func (b *basket) coupon(given bss.OrderCoupon, now time.Time) *coupon {
	c := &coupon{OrderCoupon: given, lines: allLines(len(b.lines)), refused: ownRefusal(given, b.orderID, now)}
	c.readLimits(b, given.UseLimits)
	c.holds = fenWithin(holds(given), sumIn(b.prices, allLines(len(b.lines))))
	if c.refused == "" && c.holds == 0 && !holds(given).IsPositive() {
		c.refused = reasonUsedUp
	}
	return c
}

// holds is what a coupon can still pay. One that can be used once has no balance.
func holds(c bss.OrderCoupon) decimal.Decimal {
	if c.CouponVersion != bss.CouponReusable && c.Balance.IsZero() {
		return c.FaceValue
	}
	return c.Balance
}

func ownRefusal(c bss.OrderCoupon, orderID string, now time.Time) Reason {
	switch {
	case couponKinds[c.CouponType] == "":
		return reasonKind
	case c.Status != 0 && c.Status != bss.CouponUsable:
		return reasonNotActivated
	case now.Before(c.EffectiveTime.Time):
		return reasonNotEffective
	case !c.ExpireTime.IsZero() && !now.Before(c.ExpireTime.Time):
		return reasonExpired
	case c.UsedByOrderID != "" && c.UsedByOrderID != orderID:
		return reasonLocked
	case c.CouponType == bss.KindDiscountCoupon:
		return reasonUnpriced
	}
	return ""
}

func isAdjusted(d bss.OrderDiscount) bool { return d.DiscountType == bss.DiscountAdjusted }

// discount works out what a discount takes off each line. Lines that Huawei Cloud has
// merged share it evenly. Which lines are meant by ids that the order does not have is
// anybody's guess: those of the same order, or all.
func (b *basket) discount(given bss.OrderDiscount, adjusted bool) *discount {
	d := &discount{OrderDiscount: given, off: make([]fen, len(b.prices))}
	rooms := slices.Clone(b.prices)
	for _, o := range given.Orders {
		for _, merged := range o.Lines {
			lines := b.linesOf(o.OrderID, merged.OrderLineItemIDs)
			spread(fenWithin(merged.DiscountAmount, sumIn(rooms, lines)), rooms, lines)
		}
	}
	for i, price := range b.prices {
		d.off[i] = price - rooms[i]
	}
	switch {
	case given.DiscountType == bss.DiscountContract: // no number of the payment's
		d.refused = reasonDiscountType
	case adjusted && !isAdjusted(given):
		d.refused = reasonAdjustedPrice
	}
	return d
}

func (b *basket) linesOf(orderID string, lineIDs []string) lineSet {
	var named, ofOrder lineSet
	for i, l := range b.lines {
		if slices.Contains(lineIDs, l.OrderLineItemID) {
			named.add(i)
		}
		if l.OrderID == orderID {
			ofOrder.add(i)
		}
	}
	switch {
	case !named.empty():
		return named
	case !ofOrder.empty():
		return ofOrder
	}
	return allLines(len(b.lines))
}

// mustUseDiscount reports whether the order's price was adjusted: then it can be paid
// with that discount only.
func (b *basket) mustUseDiscount() bool {
	return slices.ContainsFunc(b.discounts, func(d *discount) bool { return isAdjusted(d.OrderDiscount) })
}
