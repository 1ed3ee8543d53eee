package payorder

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// Refused is a coupon or a discount that a quote does not use.
type Refused struct {
	ID     string `json:"id"`
	Reason Reason `json:"reason"`
}

// choose prices what was chosen: a discount, or none, and three coupons at most, all
// of them of the offers. Coupons that take nothing are left out of the combination.
// Those that Huawei Cloud would refuse are returned instead of it.
func (b *basket) choose(discountID string, couponIDs []string) (combination, []Refused) {
	d, refused := b.chooseDiscount(discountID)
	p := b.plan(d)
	var used []candidate
	var together []*coupon
	for _, id := range couponIDs {
		i := slices.IndexFunc(b.coupons, func(c *coupon) bool { return c.CouponID == id })
		c := b.coupons[i]
		together = append(together, c)
		// What is wrong with the coupons as a whole is said before what is wrong with one.
		reason := b.together(together...)
		if reason == "" {
			reason = p.refuses(c)
		}
		if reason != "" {
			refused = append(refused, Refused{id, reason})
		}
		used = append(used, candidate{c, p.mostOf(c)})
	}
	if len(refused) > 0 {
		return combination{}, refused
	}
	return p.combine(used).withoutIdle(), nil
}

func (b *basket) chooseDiscount(id string) (*discount, []Refused) {
	if id == "" && b.mustUseDiscount() {
		i := slices.IndexFunc(b.discounts, func(d *discount) bool { return isAdjusted(d.OrderDiscount) })
		return nil, []Refused{{b.discounts[i].DiscountID, reasonAdjustedPrice}}
	}
	for _, d := range b.discounts {
		if d.DiscountID != id {
			continue
		}
		if d.refused != "" {
			return d, []Refused{{id, d.refused}}
		}
		return d, nil
	}
	return nil, nil
}

// withoutIdle leaves out the coupons that take nothing, which a payment does not touch.
func (c combination) withoutIdle() combination {
	var used []candidate
	for i, coupon := range c.coupons {
		if c.taken[i] > 0 {
			used = append(used, coupon)
		}
	}
	return c.combine(used)
}

// passedOver says of all coupons and discounts that a combination does not use, why.
func (b *basket) passedOver(c combination) []Refused {
	refused := []Refused{}
	var used []*coupon
	for _, one := range c.coupons {
		used = append(used, one.coupon)
	}
	for _, d := range b.discounts {
		if d != c.discount {
			refused = append(refused, Refused{d.DiscountID, orNotCheaper(d.refused)})
		}
	}
	for _, coupon := range b.coupons {
		if !slices.Contains(used, coupon) {
			refused = append(refused, Refused{coupon.CouponID, c.passesOver(coupon, used)})
		}
	}
	return refused
}

func (c combination) passesOver(coupon *coupon, used []*coupon) Reason {
	if reason := c.refuses(coupon); reason != "" {
		return reason
	}
	if len(coupon.unchecked) > 0 {
		return reasonUnchecked
	}
	reason := c.together(append(slices.Clone(used), coupon)...)
	if reason == reasonTooMany {
		reason = reasonNotCheaper
	}
	return orNotCheaper(reason)
}

func orNotCheaper(r Reason) Reason {
	if r == "" {
		return reasonNotCheaper
	}
	return r
}

// deductions are what the combination takes off, in the order in which it does.
func (c combination) deductions() []Deduction {
	deductions := []Deduction{}
	if c.discount != nil {
		off := sumIn(c.discount.off, allLines(len(c.lines)))
		deductions = append(deductions, Deduction{ID: c.discount.DiscountID, Kind: discountKind(c.discount.DiscountType), Amount: off.decimal()})
	}
	for i, coupon := range c.coupons {
		left := holds(coupon.OrderCoupon).Sub(c.taken[i].decimal())
		if coupon.CouponVersion == bss.CouponUsedOnce {
			left = decimal.Zero
		}
		deductions = append(deductions, Deduction{
			ID: coupon.CouponID, Kind: couponKind(coupon.CouponType), Amount: c.taken[i].decimal(), Left: &left,
			countsForRebate: countsForRebate(coupon.OrderCoupon),
		})
	}
	return deductions
}

// lineQuotes split the amounts over the order's lines: each total is their sum.
func (c combination) lineQuotes() []LineQuote {
	quotes := []LineQuote{}
	for i, l := range c.lines {
		off := fen(0)
		if c.discount != nil {
			off = c.discount.off[i]
		}
		quotes = append(quotes, LineQuote{
			LineID: l.OrderLineItemID, Product: l.ProductSpecDesc, ListPrice: l.OfficialAmount, Amount: l.AmountAfterDiscount,
			Discount: off.decimal(), Coupons: (c.prices[i] - c.left[i]).decimal(), Payable: c.left[i].decimal(),
		})
	}
	return quotes
}

// unchecked are the limits of the coupons used that could not be checked.
func (c combination) unchecked() []UncheckedLimits {
	var unchecked []UncheckedLimits
	for _, coupon := range c.coupons {
		if len(coupon.unchecked) > 0 {
			unchecked = append(unchecked, UncheckedLimits{coupon.CouponID, coupon.unchecked})
		}
	}
	return unchecked
}

func (c combination) usedCoupons() []bss.UsedCoupon {
	var used []bss.UsedCoupon
	for _, coupon := range c.coupons {
		used = append(used, bss.UsedCoupon{ID: coupon.CouponID, Type: coupon.CouponType})
	}
	return used
}

func (c combination) usedDiscount() *bss.UsedDiscount {
	if c.discount == nil {
		return nil
	}
	return &bss.UsedDiscount{ID: c.discount.DiscountID, Type: c.discount.DiscountType}
}

// Spending a stored-value card counts as cash; a cash coupon counts unless it says
// otherwise; a voucher never does.
func countsForRebate(c bss.OrderCoupon) bool {
	switch c.CouponType {
	case bss.KindStoredValueCard:
		return true
	case bss.KindCashCoupon:
		return limitOf(c, limitRebate) != "0"
	case bss.KindVoucher, bss.KindDiscountCoupon:
	}
	return false
}

// reasonTexts say the reasons to a person.
var reasonTexts = map[Reason]string{
	reasonNotActivated:             "is not activated",
	reasonNotEffective:             "is not valid yet",
	reasonExpired:                  "has expired",
	reasonLocked:                   "is held by another order",
	reasonUsedUp:                   "holds nothing",
	reasonUnpriced:                 "is a discount coupon, and the API does not say what it takes off: pay with it in Huawei Cloud's console",
	reasonKind:                     "is of a kind that is not known here",
	reasonOrderType:                "is not for orders of this type",
	reasonNoLine:                   "pays no line of this order",
	reasonAdjustedPrice:            "is or hides a price that was adjusted for this order, which must be paid",
	reasonDiscountType:             "is of a type that a payment does not take",
	reasonNotWithDiscount:          "cannot be used together with the discount",
	reasonDiscountTooHigh:          "cannot be used with so large a discount",
	reasonBelowAmount:              "needs a larger amount of what it pays for",
	reasonAboveAmount:              "needs a smaller amount of what it pays for",
	reasonVoucherAndDiscountCoupon: "cannot be used with another: one is a voucher, one a discount coupon",
	reasonMarketplaceAndDedicated:  "cannot be used with another: one is a marketplace coupon, one a dedicated voucher",
	reasonSecondVoucher:            "is a second voucher",
	reasonTooManyOfKind:            "is one more of its kind than the order takes",
	reasonTooMany:                  "is a fourth coupon",
}

// combinationRefused says why Huawei Cloud would refuse what was chosen.
func combinationRefused(in quoteRequest, refused []Refused) error {
	p := &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "combination_refused",
		Detail: "The order cannot be paid with these coupons and discounts.",
		Next:   "Leave out what fields name, or ask for the best combination."}
	for _, r := range refused {
		field := "discount_id"
		if i := slices.Index(in.CouponIDs, r.ID); i >= 0 {
			field = fmt.Sprintf("coupon_ids[%d]", i)
		}
		p.Fields = append(p.Fields, handler.FieldError{Field: field, Reason: fmt.Sprintf("%s: %s %s", r.Reason, r.ID, reasonTexts[r.Reason])})
	}
	return p
}
