package payorder_test

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/pkg/bss"
)

// This file prices orders a second time, in the plainest way and with nothing of the
// engine's: every set of coupons with every discount, a fen at a time.

// brute is an order and its offers.
type brute struct {
	details bss.OrderDetails
	offers  payorder.Offers
	now     time.Time
}

// outcome is what a combination costs; the smaller of two is the better one.
type outcome struct {
	payable  int64 // in fen
	discount string
	coupons  []string
}

func (o outcome) ids() int {
	if o.discount == "" {
		return len(o.coupons)
	}
	return len(o.coupons) + 1
}

func compareOutcomes(a, b outcome) int {
	return cmp.Or(cmp.Compare(a.payable, b.payable), cmp.Compare(a.ids(), b.ids()), strings.Compare(a.discount, b.discount), slices.Compare(a.coupons, b.coupons))
}

// best tries all there is.
func (b brute) best() outcome {
	var best *outcome
	for _, d := range append([]bss.OrderDiscount{{}}, b.offers.Discounts...) {
		b.eachSet(nil, 0, func(set []bss.OrderCoupon) {
			if !b.allowed(d, set) || slices.ContainsFunc(set, b.unclear) {
				return
			}
			o := outcome{payable: b.payable(d, set), discount: d.DiscountID}
			for _, c := range set {
				o.coupons = append(o.coupons, c.CouponID)
			}
			slices.Sort(o.coupons)
			if best == nil || compareOutcomes(o, *best) < 0 {
				best = &o
			}
		})
	}
	return *best
}

func (b brute) eachSet(set []bss.OrderCoupon, from int, do func([]bss.OrderCoupon)) {
	do(set)
	for i := from; i < len(b.offers.Coupons) && len(set) < 3; i++ {
		b.eachSet(append(slices.Clone(set), b.offers.Coupons[i]), i+1, do)
	}
}

// allowed applies the rules, one after the other.
func (b brute) allowed(d bss.OrderDiscount, set []bss.OrderCoupon) bool {
	adjusted := false
	for _, other := range b.offers.Discounts {
		adjusted = adjusted || other.DiscountType == 609
	}
	if adjusted && d.DiscountType != 609 || d.DiscountType == 1 && d.DiscountID != "" {
		return false
	}
	perKind, groups := map[[2]int]int{}, map[bss.CouponGroup]bool{}
	vouchers := 0
	for _, c := range set {
		if !b.usable(c) || !b.beside(c, d) {
			return false
		}
		if c.CouponType == 301 {
			vouchers++
		}
		groups[c.CouponGroup] = true
		number := map[bss.CouponKind]int{301: 1, 302: 4}[c.CouponType]
		perKind[[2]int{number, int(c.CouponGroup)}]++
	}
	for _, most := range b.offers.Most {
		if perKind[[2]int{int(most.CouponType), int(most.CouponGroup)}] > most.UseQuantityValue {
			return false
		}
	}
	return vouchers < 2 && (!groups[1] || !groups[2])
}

func (b brute) usable(c bss.OrderCoupon) bool {
	if c.CouponType < 301 || c.CouponType > 303 || c.Status != 2 || c.EffectiveTime.After(b.now) {
		return false
	}
	if !c.ExpireTime.After(b.now) || c.UsedByOrderID != "" && c.UsedByOrderID != b.details.Order.OrderID {
		return false
	}
	if worth(c) == 0 {
		return false
	}
	if want, limited := value(c, "subscribeType"); limited {
		name := map[bss.OrderType]string{1: "new", 11: "new", 14: "new", 2: "renew", 3: "change"}[b.details.Order.OrderType]
		if !slices.Contains(strings.Split(want, ","), name) {
			return false
		}
	}
	return slices.Contains(b.pays(c), true)
}

func worth(c bss.OrderCoupon) int64 {
	if c.CouponVersion == 1 {
		return c.FaceValue.Shift(2).IntPart()
	}
	return c.Balance.Shift(2).IntPart()
}

// unclear coupons have limits about which the order does not tell enough.
func (b brute) unclear(c bss.OrderCoupon) bool {
	for _, l := range c.UseLimits {
		if l.LimitKey == "somethingElse" || len(b.details.Lines) > 1 && (l.LimitKey == "regionCode" || l.LimitKey == "firstOrderInService") {
			return true
		}
	}
	return false
}

func value(c bss.OrderCoupon, key string) (string, bool) {
	for _, l := range c.UseLimits {
		if l.LimitKey == key {
			return l.Value1, true
		}
	}
	return "", false
}

// pays tells of each line whether the coupon pays it.
func (b brute) pays(c bss.OrderCoupon) []bool {
	pays := make([]bool, len(b.details.Lines))
	for i, l := range b.details.Lines {
		pays[i] = true
		if v, ok := value(c, "serviceType"); ok && !slices.Contains(strings.Split(v, ","), l.ServiceTypeCode) {
			pays[i] = false
		}
		if v, ok := value(c, "productId"); ok && !slices.Contains(strings.Split(v, ","), l.ProductID) {
			pays[i] = false
		}
		if v, ok := value(c, "productBlackList"); ok && slices.Contains(strings.Split(v, ","), l.ProductID) {
			pays[i] = false
		}
		if v, ok := value(c, "isForAnnualContracts"); ok && v == "1" && (l.PeriodType != 3 || l.PeriodNum != 1) {
			pays[i] = false
		}
		if v, ok := value(c, "chargeScene"); ok && v == "1" && l.PeriodType != 3 || ok && v == "2" && l.PeriodType != 2 {
			pays[i] = false
		}
	}
	return pays
}

// beside applies what depends on the discount and the price that it leaves.
func (b brute) beside(c bss.OrderCoupon, d bss.OrderDiscount) bool {
	if d.DiscountID != "" {
		key := map[bss.DiscountType]string{
			3: "simultaneousUseWithEmpowerDiscount", 2: "simultaneousUseWithContractDiscount", 0: "simultaneousUseWithPromotionDiscount",
		}[d.DiscountType]
		if v, ok := value(c, key); ok && v == "0" {
			return false
		}
		if v, ok := value(c, "minConsumeDiscount"); ok {
			enough := false
			for _, o := range d.Orders {
				for _, l := range o.Lines {
					enough = enough || !l.DiscountRatio.LessThan(yuan(v))
				}
			}
			if !enough {
				return false
			}
		}
	}
	price := b.sumPaid(c, b.prices(d))
	for _, l := range c.UseLimits {
		if l.LimitKey != "orderAmount" {
			continue
		}
		if l.Value1 != "" && price <= fenIn(l.Value1) || l.Value2 != "" && price > fenIn(l.Value2) {
			return false
		}
	}
	return true
}

func fenIn(text string) int64 { return yuan(text).Shift(2).IntPart() }

func (b brute) sumPaid(c bss.OrderCoupon, prices []int64) int64 {
	sum := int64(0)
	for i, pays := range b.pays(c) {
		if pays {
			sum += prices[i]
		}
	}
	return sum
}

// prices are those of the lines after a discount, which names each line by itself.
func (b brute) prices(d bss.OrderDiscount) []int64 {
	prices := make([]int64, len(b.details.Lines))
	for i, l := range b.details.Lines {
		prices[i] = l.AmountAfterDiscount.Shift(2).IntPart()
		for _, o := range d.Orders {
			for _, lines := range o.Lines {
				if slices.Contains(lines.OrderLineItemIDs, l.OrderLineItemID) {
					prices[i] = max(0, prices[i]-lines.DiscountAmount.Shift(2).IntPart())
				}
			}
		}
	}
	return prices
}

// payable lets the coupons of a set pay in their order, each a fen at a time where it
// has paid least so far.
func (b brute) payable(d bss.OrderDiscount, set []bss.OrderCoupon) int64 {
	left := b.prices(d)
	type payer struct {
		pays  []bool
		order []string
		most  int64
	}
	var payers []payer
	for _, c := range set {
		p := payer{pays: b.pays(c)}
		price := b.sumPaid(c, b.prices(d))
		p.most = min(worth(c), price)
		if v, ok := value(c, "maxDeductionRatio"); ok {
			p.most = min(p.most, decimal.NewFromInt(price).Mul(yuan(v)).IntPart())
		}
		lines, count, mask := "", 0, ""
		for i := range p.pays {
			if p.pays[i] {
				count++
				lines = "1" + lines
			} else {
				lines = "0" + lines
			}
		}
		mask = lines
		number := func(n int64) string { return strconv.FormatInt(1_000_000_000+n, 10) }
		p.order = []string{
			number(int64(c.CouponType)), number(int64(count)), mask, number(int64(c.CouponGroup)), number(-p.most), c.CouponID,
		}
		payers = append(payers, p)
	}
	slices.SortFunc(payers, func(p, q payer) int { return slices.Compare(p.order, q.order) })
	for _, p := range payers {
		paid := make([]int64, len(left))
		for ; p.most > 0; p.most-- {
			next := -1
			for i := range left {
				if p.pays[i] && left[i] > 0 && (next < 0 || paid[i] < paid[next]) {
					next = i
				}
			}
			if next < 0 {
				break
			}
			left[next]--
			paid[next]++
		}
	}
	sum := int64(0)
	for _, l := range left {
		sum += l
	}
	return sum
}
