package payorder

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
)

// Keys of a coupon's limits. The names of the last two are not published, only what
// they limit: here is the place to correct them once a real coupon shows them. Until
// then such a limit is one that is not known, see coupon.unchecked.
const (
	limitService          = "serviceType"
	limitProduct          = "productId"
	limitRegion           = "regionCode"
	limitOrderType        = "subscribeType"
	limitFirstOrder       = "firstOrderInService"
	limitChargeScene      = "chargeScene"
	limitAnnual           = "isForAnnualContracts"
	limitMinRatio         = "minConsumeDiscount"
	limitMaxShare         = "maxDeductionRatio"
	limitRebate           = "isRebate"
	limitWithPartner      = "simultaneousUseWithEmpowerDiscount"
	limitWithContract     = "simultaneousUseWithContractDiscount"
	limitWithPromotion    = "simultaneousUseWithPromotionDiscount"
	limitAmount           = "orderAmount"
	limitProductBlackList = "productBlackList"
)

// readLimits works out, limit by limit, which lines of the order a coupon pays and
// what it demands of the price. Rows of one key are alternatives.
func (c *coupon) readLimits(b *basket, limits []bss.UseLimit) {
	byKey := map[string][]bss.UseLimit{}
	for _, l := range limits {
		byKey[l.LimitKey] = append(byKey[l.LimitKey], l)
	}
	for key, rows := range byKey {
		if !c.readLimit(b, key, rows) {
			c.unchecked = append(c.unchecked, key)
		}
	}
	slices.Sort(c.unchecked)
	if c.lines.empty() && c.refused == "" {
		c.refused = reasonNoLine
	}
}

// readLimit reports whether the limit was understood.
func (c *coupon) readLimit(b *basket, key string, rows []bss.UseLimit) bool {
	listed := listedIn(rows)
	switch key {
	case limitService:
		c.keepLines(b, func(l bss.OrderLine) bool { return listed(l.ServiceTypeCode) })
	case limitProduct:
		c.keepLines(b, func(l bss.OrderLine) bool { return listed(l.ProductID) })
	case limitProductBlackList:
		c.keepLines(b, func(l bss.OrderLine) bool { return !listed(l.ProductID) })
	case limitAnnual:
		if rows[0].Value1 == "1" {
			c.keepLines(b, func(l bss.OrderLine) bool { return l.PeriodType == bss.PeriodYear && l.PeriodNum == 1 })
		}
	case limitChargeScene:
		if rows[0].Value1 != "" {
			c.keepLines(b, func(l bss.OrderLine) bool { return slices.ContainsFunc(chargeScenes(l), listed) })
		}
	case limitOrderType:
		if !listed(orderTypeName(b.orderType)) {
			c.refused = reasonOrderType
		}
	case limitRegion, limitFirstOrder:
		// Neither is in the order. Huawei Cloud lists the coupon for it, so that at
		// least one line fits: which one is clear only where there is no other.
		return len(b.lines) == 1
	case limitAmount:
		return c.readBounds(rows[0])
	case limitMinRatio:
		return read(&c.minRatio, rows[0].Value1)
	case limitMaxShare:
		return read(&c.maxShare, rows[0].Value1)
	case limitWithPartner, limitWithContract, limitWithPromotion, limitRebate:
		// They are looked up where they count.
	default:
		return false
	}
	return true
}

func (c *coupon) keepLines(b *basket, fits func(bss.OrderLine) bool) {
	var kept lineSet
	for i, l := range b.lines {
		if c.lines.has(i) && fits(l) {
			kept.add(i)
		}
	}
	c.lines = kept
}

// readBounds reads the amount that the order must exceed and the one that it must not
// exceed; an empty or zero one is none.
func (c *coupon) readBounds(l bss.UseLimit) bool {
	lower, upper := l.Value1 == "" || read(&c.above, l.Value1), l.Value2 == "" || read(&c.upTo, l.Value2)
	return lower && upper
}

func read(into *decimal.Decimal, text string) bool {
	value, err := decimal.NewFromString(text)
	if err != nil || value.IsNegative() {
		return false
	}
	*into = value
	return true
}

// listedIn tells whether rows name a value. Codes are compared without regard to
// case, as in the API's own filters.
func listedIn(rows []bss.UseLimit) func(value string) bool {
	var all []string
	for _, l := range rows {
		for part := range strings.SplitSeq(l.Value1, ",") {
			all = append(all, strings.TrimSpace(part))
		}
	}
	return func(value string) bool {
		return value != "" && slices.ContainsFunc(all, func(s string) bool { return strings.EqualFold(s, value) })
	}
}

// orderTypeName is an order's type as coupons name it: whatever begins to be paid for
// is new.
func orderTypeName(t bss.OrderType) string {
	switch t {
	case bss.OrderNew, bss.OrderOnDemandToPeriod, bss.OrderTrialToCommercial:
		return "new"
	case bss.OrderRenewal:
		return "renew"
	case bss.OrderChange:
		return "change"
	case bss.OrderUnsubscribe, bss.OrderPeriodToOnDemand, bss.OrderTrial, bss.OrderFeeAdjustment:
	}
	return ""
}

// chargeScenes are the ways of paying under which coupons count a line: 0 any period,
// 1 by year, 2 by month, 7 once, and 6, which is general.
func chargeScenes(l bss.OrderLine) []string {
	switch l.PeriodType {
	case bss.PeriodYear:
		return []string{"0", "1", "6"}
	case bss.PeriodMonth:
		return []string{"0", "2", "6"}
	case bss.PeriodOnce:
		return []string{"7", "6"}
	case bss.PeriodDay, bss.PeriodWeek, bss.PeriodHour, bss.PeriodOnDemand, bss.PeriodUsageReport:
	}
	return []string{"6"}
}

// exclusions are the limits by which a coupon refuses a kind of discount.
var exclusions = map[bss.DiscountType]string{
	bss.DiscountPartner:    limitWithPartner,
	bss.DiscountContract:   limitWithContract,
	bss.DiscountCommercial: limitWithContract,
	bss.DiscountPromotion:  limitWithPromotion,
}

func limitOf(coupon bss.OrderCoupon, key string) string {
	for _, l := range coupon.UseLimits {
		if l.LimitKey == key {
			return l.Value1
		}
	}
	return ""
}
