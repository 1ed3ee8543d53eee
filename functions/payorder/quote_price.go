package payorder

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
)

// plan is an order with one discount, or none, and the coupons that may be used
// beside it, in the order in which they pay.
type plan struct {
	*basket
	discount *discount // nil: none
	prices   []fen     // after the discount
	total    fen
	lowest   fen // that the best of the candidates leave, see leastOf
	// candidates can be used and take something, if nothing else does before.
	candidates []candidate
}

// candidate is a coupon beside one discount.
type candidate struct {
	*coupon
	most fen // that it pays then
}

func (b *basket) plan(d *discount) *plan {
	p := &plan{basket: b, discount: d, prices: slices.Clone(b.prices)}
	for i := range p.prices {
		if d != nil {
			p.prices[i] -= d.off[i]
		}
		p.total += p.prices[i]
	}
	for _, c := range b.coupons {
		if most := p.mostOf(c); most > 0 && p.refuses(c) == "" {
			p.candidates = append(p.candidates, candidate{c, most})
		}
	}
	slices.SortFunc(p.candidates, inOrderOfPayment)
	return p
}

// inOrderOfPayment: vouchers come before cash coupons and these before stored-value
// cards. Among coupons of a kind the order is not published, and it is chosen here:
// first what pays fewer lines, which leaves the others to what pays more of them; then
// what pays most. The payment names them in this order.
func inOrderOfPayment(p, q candidate) int {
	return cmp.Or(
		compareClasses(p, q),
		cmp.Compare(q.most, p.most),
		cmp.Compare(p.CouponID, q.CouponID),
	)
}

// compareClasses is 0 for coupons that one another's place can be taken by: they pay
// the same lines and go by the same rules.
func compareClasses(p, q candidate) int {
	return cmp.Or(
		cmp.Compare(p.CouponType, q.CouponType),
		cmp.Compare(p.lines.size(), q.lines.size()),
		slices.Compare(p.lines[:], q.lines[:]),
		cmp.Compare(p.CouponGroup, q.CouponGroup),
	)
}

// mostOf is what a coupon pays where nothing else does.
func (p *plan) mostOf(c *coupon) fen {
	price := sumIn(p.prices, c.lines)
	most := min(c.holds, price)
	if c.maxShare.IsPositive() {
		most = min(most, fenWithin(price.decimal().Mul(c.maxShare), price))
	}
	return most
}

// refuses says why a coupon cannot be used beside the plan's discount.
func (p *plan) refuses(c *coupon) Reason {
	if c.refused != "" {
		return c.refused
	}
	if p.discount != nil {
		key, named := exclusions[p.discount.DiscountType]
		if named && limitOf(c.OrderCoupon, key) == "0" {
			return reasonNotWithDiscount
		}
		if p.discount.takesMoreThan(c.minRatio) {
			return reasonDiscountTooHigh
		}
	}
	price := sumIn(p.prices, c.lines).decimal()
	switch {
	case c.above.IsPositive() && !price.GreaterThan(c.above):
		return reasonBelowAmount
	case c.upTo.IsPositive() && price.GreaterThan(c.upTo):
		return reasonAboveAmount
	}
	return ""
}

// takesMoreThan reports whether the discount leaves less than a share of every line.
func (d *discount) takesMoreThan(least decimal.Decimal) bool {
	if !least.IsPositive() {
		return false
	}
	for _, o := range d.Orders {
		for _, merged := range o.Lines {
			if merged.DiscountRatio.GreaterThanOrEqual(least) {
				return false
			}
		}
	}
	return true
}

// together says why the last of some coupons, which are few, cannot be used with the
// others.
func (b *basket) together(coupons ...*coupon) Reason {
	last := coupons[len(coupons)-1]
	vouchers, alike := 0, 0
	for _, c := range coupons {
		if c.CouponType == bss.KindVoucher {
			vouchers++
		}
		if c.CouponType == last.CouponType && c.CouponGroup == last.CouponGroup {
			alike++
		}
		if are(c.CouponType, last.CouponType, bss.KindVoucher, bss.KindDiscountCoupon) {
			return reasonVoucherAndDiscountCoupon
		}
		if are(c.CouponGroup, last.CouponGroup, bss.GroupMarketplace, bss.GroupDedicated) {
			return reasonMarketplaceAndDedicated
		}
	}
	most, limited := b.most[kindInGroup{last.CouponType, last.CouponGroup}]
	switch {
	case vouchers > 1 && last.CouponType == bss.KindVoucher:
		return reasonSecondVoucher
	case limited && alike > most:
		return reasonTooManyOfKind
	case len(coupons) > maxCoupons:
		return reasonTooMany
	}
	return ""
}

// are reports whether two values are two others, in either order.
func are[T comparable](p, q, one, other T) bool {
	return p == one && q == other || p == other && q == one
}

// pricing is what a set of coupons does to a plan.
type pricing struct {
	payable fen
	taken   []fen // by each coupon
	left    []fen // of each line, to be paid from the balance
}

// price lets the coupons pay in the order in which they are given.
func (p *plan) price(coupons []candidate) pricing {
	out := pricing{payable: p.total, left: slices.Clone(p.prices)}
	for _, c := range coupons {
		take := min(c.most, sumIn(out.left, c.lines))
		spread(take, out.left, c.lines)
		out.taken = append(out.taken, take)
		out.payable -= take
	}
	return out
}
