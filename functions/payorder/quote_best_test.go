package payorder_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/pkg/bss"
)

var quoteCases = flag.Int("quote.cases", defaultQuoteCases, "orders for which the best combination is compared with brute force")

// now is when random orders are quoted.
var now = time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func fen(n int64) decimal.Decimal { return decimal.New(n, -2) }

// randomBrute makes an order whose amounts are so small that ties, leftover fen and
// coupons that suffice for everything are the rule.
func randomBrute(r *rand.Rand) brute {
	b := brute{now: now, details: bss.OrderDetails{Order: bss.Order{
		OrderID: "CS1", OrderType: pick[bss.OrderType](r, 1, 1, 2, 3, 11), Status: bss.OrderPendingPayment,
	}}}
	total := decimal.Zero
	for i := range 1 + r.IntN(4) {
		price := fen(r.Int64N(90))
		b.details.Lines = append(b.details.Lines, bss.OrderLine{
			OrderLineItemID: fmt.Sprintf("line-%d", i), OrderID: "CS1", ProductID: pick(r, "p1", "p2", "p3"),
			ServiceTypeCode: pick(r, "ec2", "ebs"), PeriodType: pick(r, bss.PeriodMonth, bss.PeriodYear), PeriodNum: 1 + r.IntN(2),
			OfficialAmount: price, AmountAfterDiscount: price,
		})
		total = total.Add(price)
	}
	b.details.Order.AmountAfterDiscount, b.details.TotalCount = total, len(b.details.Lines)
	for i := range r.IntN(7) {
		b.offers.Coupons = append(b.offers.Coupons, randomCoupon(r, fmt.Sprintf("c%d", (i*5)%7)))
	}
	for i := range r.IntN(4) {
		b.offers.Discounts = append(b.offers.Discounts, randomDiscount(r, b.details, fmt.Sprintf("d%d", 3-i)))
	}
	b.offers.Most = []bss.CouponMaxUseQuantity{
		{CouponType: bss.TypeVoucher, UseQuantityValue: 1}, {CouponType: bss.TypeCashCoupon, UseQuantityValue: 1 + r.IntN(3)},
	}
	return b
}

func randomCoupon(r *rand.Rand, id string) bss.OrderCoupon {
	c := bss.OrderCoupon{
		CouponID: id, CouponType: pick[bss.CouponKind](r, 301, 301, 302, 302, 302, 303, 300), Status: bss.CouponUsable,
		CouponGroup: pick[bss.CouponGroup](r, 0, 0, 0, 0, 1, 2), CouponVersion: bss.CouponReusable, Balance: fen(r.Int64N(60)),
		EffectiveTime: bss.At(now.Add(-time.Hour)), ExpireTime: bss.At(now.Add(time.Hour)),
	}
	switch r.IntN(30) {
	case 0:
		c.Status = bss.CouponNotActivated
	case 1:
		c.EffectiveTime = bss.At(now.Add(time.Second))
	case 2:
		c.ExpireTime = bss.At(now)
	case 3:
		c.UsedByOrderID = pick(r, "CS1", "CS2")
	case 4:
		c.CouponVersion, c.FaceValue, c.Balance = bss.CouponUsedOnce, c.Balance, decimal.Zero
	}
	limits := []bss.UseLimit{
		{LimitKey: "serviceType", Value1: pick(r, "ec2", "ebs", "ec2,ebs")},
		{LimitKey: "productId", Value1: pick(r, "p1", "p2,p3")},
		{LimitKey: "productBlackList", Value1: pick(r, "p1", "p2,p3", "")},
		{LimitKey: "isForAnnualContracts", Value1: pick(r, "0", "1")},
		{LimitKey: "chargeScene", Value1: pick(r, "", "0", "1", "2")},
		{LimitKey: "subscribeType", Value1: pick(r, "new", "renew", "change", "new,renew")},
		{LimitKey: "orderAmount", Value1: pick(r, "", "0.30", "0.80"), Value2: pick(r, "", "", "1.20")},
		{LimitKey: "minConsumeDiscount", Value1: pick(r, "0.5", "0.9")},
		{LimitKey: "maxDeductionRatio", Value1: pick(r, "0.333", "0.5", "1")},
		{LimitKey: "simultaneousUseWithEmpowerDiscount", Value1: pick(r, "0", "1")},
		{LimitKey: "simultaneousUseWithContractDiscount", Value1: "0"},
		{LimitKey: "simultaneousUseWithPromotionDiscount", Value1: "0"},
		{LimitKey: "isRebate", Value1: "0"},
		{LimitKey: pick(r, "regionCode", "firstOrderInService", "somethingElse"), Value1: "1"},
	}
	for range r.IntN(3) {
		l := pick(r, limits...)
		if !slices.ContainsFunc(c.UseLimits, func(other bss.UseLimit) bool { return other.LimitKey == l.LimitKey }) {
			c.UseLimits = append(c.UseLimits, l)
		}
	}
	return c
}

func randomDiscount(r *rand.Rand, d bss.OrderDetails, id string) bss.OrderDiscount {
	out := bss.OrderDiscount{DiscountID: id, DiscountType: pick[bss.DiscountType](r, 0, 1, 2, 3, 2, 3, 0, 2, 3, 609)}
	order := bss.DiscountedOrder{OrderID: "CS1"}
	for _, l := range d.Lines {
		if r.IntN(4) == 0 {
			continue // it does not lower every line
		}
		off := fen(r.Int64N(40))
		order.Lines = append(order.Lines, bss.DiscountedLines{
			OrderLineItemIDs: []string{l.OrderLineItemID}, DiscountAmount: off, DiscountRatio: fen(r.Int64N(101)),
		})
	}
	out.Orders = []bss.DiscountedOrder{order}
	return out
}

func TestTheBestCombinationIsTheOneThatBruteForceFinds(t *testing.T) {
	t.Parallel()
	for seed := range *quoteCases {
		b := randomBrute(rand.New(rand.NewPCG(uint64(seed), 609)))
		want, got := b.best(), payorder.Best(b.details, b.offers, b.now)
		if !got.Payable.Equal(fen(want.payable)) || got.DiscountID != want.discount || !slices.Equal(got.CouponIDs, want.coupons) {
			t.Fatalf("case %d: brute force finds %+v, the engine %s with %q and %q", seed, want, got.Payable, got.DiscountID, got.CouponIDs)
		}
		requireSums(t, b.details, got)
		require.Len(t, got.Refused, len(b.offers.Coupons)+len(b.offers.Discounts)-want.ids(), "case %d: each is used or refused", seed)
	}
}

// requireSums: every total is the sum of its lines, and nothing is negative.
func requireSums(t *testing.T, d bss.OrderDetails, got payorder.Combination) {
	t.Helper()
	var off, coupons, payable, amount decimal.Decimal
	for i, l := range got.Lines {
		require.True(t, l.Amount.Equal(d.Lines[i].AmountAfterDiscount))
		require.True(t, l.Amount.Equal(decimal.Sum(l.Discount, l.Coupons, l.Payable)), "%+v", l)
		for _, part := range []decimal.Decimal{l.Discount, l.Coupons, l.Payable} {
			require.False(t, part.IsNegative())
			require.True(t, part.Equal(part.Truncate(2)))
		}
		off, coupons, payable, amount = off.Add(l.Discount), coupons.Add(l.Coupons), payable.Add(l.Payable), amount.Add(l.Amount)
	}
	require.True(t, payable.Equal(got.Payable))
	require.True(t, amount.Equal(d.Order.AmountAfterDiscount))
	for _, deduction := range got.Deductions {
		if deduction.Left == nil {
			off = off.Sub(deduction.Amount)
			continue
		}
		require.True(t, deduction.Amount.IsPositive(), "a coupon that takes nothing is used")
		require.False(t, deduction.Left.IsNegative())
		coupons = coupons.Sub(deduction.Amount)
	}
	require.True(t, off.IsZero())
	require.True(t, coupons.IsZero())
}

// Whatever is chosen by hand is priced as brute force prices it, or refused by both.
func TestAChosenCombinationCostsWhatBruteForceSays(t *testing.T) {
	t.Parallel()
	for seed := range *quoteCases / 10 {
		r := rand.New(rand.NewPCG(uint64(seed), 2))
		b := randomBrute(r)
		for _, d := range append([]bss.OrderDiscount{{}}, b.offers.Discounts...) {
			b.eachSet(nil, 0, func(set []bss.OrderCoupon) {
				var ids []string
				for _, i := range r.Perm(len(set)) {
					ids = append(ids, set[i].CouponID)
				}
				got, refused := payorder.Choose(b.details, b.offers, b.now, d.DiscountID, ids)
				require.Equal(t, b.allowed(d, set), len(refused) == 0, "case %d: %q with %q: %v", seed, ids, d.DiscountID, refused)
				if len(refused) == 0 {
					require.True(t, got.Payable.Equal(fen(b.payable(d, set))), "case %d: %q with %q", seed, ids, d.DiscountID)
					requireSums(t, b.details, got)
				}
			})
		}
	}
}

// The worst that may come: 200 coupons of every kind that differ in the lines they
// pay, all worth about the same, and discounts besides.
func manyCoupons(coupons, lines int) brute {
	r := rand.New(rand.NewPCG(1, 200))
	b := brute{now: now, details: bss.OrderDetails{TotalCount: lines, Order: bss.Order{OrderID: "CS1", OrderType: bss.OrderNew}}}
	for i := range lines {
		price := fen(10_000 + r.Int64N(100_000))
		b.details.Order.AmountAfterDiscount = b.details.Order.AmountAfterDiscount.Add(price)
		b.details.Lines = append(b.details.Lines, bss.OrderLine{
			OrderLineItemID: fmt.Sprintf("line-%d", i), OrderID: "CS1", ProductID: fmt.Sprintf("p%d", i), AmountAfterDiscount: price,
		})
	}
	for i := range coupons {
		products := ""
		for range 1 + r.IntN(lines) {
			products += fmt.Sprintf("p%d,", r.IntN(lines))
		}
		b.offers.Coupons = append(b.offers.Coupons, bss.OrderCoupon{
			CouponID: fmt.Sprintf("c%03d", r.IntN(1000)*1000+i), CouponType: pick[bss.CouponKind](r, 301, 302, 303), Status: bss.CouponUsable,
			CouponVersion: bss.CouponReusable, Balance: fen(30_000 + r.Int64N(10)), ExpireTime: bss.At(now.Add(time.Hour)),
			UseLimits: []bss.UseLimit{{LimitKey: "productId", Value1: products}},
		})
	}
	for i := range 5 {
		d := randomDiscount(r, b.details, fmt.Sprintf("d%d", i))
		d.DiscountType = pick[bss.DiscountType](r, 0, 2, 3)
		b.offers.Discounts = append(b.offers.Discounts, d)
	}
	return b
}

func TestManyCouponsAreQuotedExactly(t *testing.T) {
	t.Parallel()
	b := manyCoupons(40, 4)
	for i := range b.details.Lines { // brute force counts fen
		b.details.Lines[i].AmountAfterDiscount = fen(100 + int64(i))
	}
	for i := range b.offers.Coupons {
		b.offers.Coupons[i].Balance = fen(30 + int64(i%7))
	}
	b.offers.Discounts = b.offers.Discounts[:1]
	want, got := b.best(), payorder.Best(b.details, b.offers, b.now)
	assert.Equal(t, fen(want.payable).String(), got.Payable.String())
	assert.Equal(t, want.coupons, got.CouponIDs)
}

func BenchmarkBestOf200Coupons(b *testing.B) {
	for _, lines := range []int{1, 10, 100} {
		many := manyCoupons(200, lines)
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			for b.Loop() {
				payorder.Best(many.details, many.offers, many.now)
			}
		})
	}
	// Each coupon could pay nearly all of a cheap order, and each pays other lines.
	many := manyCoupons(200, 10)
	for i := range many.details.Lines {
		many.details.Lines[i].AmountAfterDiscount = fen(2_000 + int64(i)*199)
	}
	b.Run("scarce lines", func(b *testing.B) {
		for b.Loop() {
			payorder.Best(many.details, many.offers, many.now)
		}
	})
}
