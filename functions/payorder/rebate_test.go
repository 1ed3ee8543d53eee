package payorder_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

const (
	servers   = "hws.service.type.ec2"
	disks     = "hws.service.type.ebs"
	firewalls = "hws.service.type.waf"
	domains   = "hws.service.type.domains"
	support   = "hws.service.type.support"
	messages  = "hws.service.type.msgsms"
)

var policies = map[string]bss.Incentive{
	servers: bss.IncentiveGeneral, disks: bss.IncentiveGeneral, firewalls: bss.IncentiveSpecific,
	domains: bss.IncentiveNone, messages: bss.IncentivePerformanceOnly,
}

func line(id, service, amount string) bss.OrderLine {
	return bss.OrderLine{OrderLineItemID: id, ServiceTypeCode: service, AmountAfterDiscount: yuan(amount)}
}

type wanted struct{ basis, rate, amount, reason string }

func TestEveryLineShowsItsRebate(t *testing.T) {
	t.Parallel()
	flat := map[string]any{"name": "flat", "service": "*", "association": "*", "from": "2026-01", "rate": "0.05"}
	dear := map[string]any{"name": "dear", "service": firewalls, "association": "referral", "from": "2026-01", "to": "2026-03", "rate": "0.1"}
	over := map[string]any{"name": "over", "service": disks, "association": "*", "from": "2025-01", "to": "2026-02", "rate": "0.9"}
	all := rules(flat, dear, over)
	marginal := rule(map[string]any{"rate": nil, "tier_method": "marginal", "tiers": tiers([2]any{0, 0.01}, [2]any{1000, 0.1})})
	whole := rule(map[string]any{"rate": nil, "tier_method": "whole", "tiers": tiers([2]any{0, 0.01}, [2]any{1000, 0.1})})
	cards := []byte(`{"currency":"CNY","card_services":["cards"],"rules":[{"name":"a","service":"*","association":"*","from":"2026-01","rate":1}]}`)
	tests := map[string]struct {
		c    payorder.Case
		want []wanted
	}{
		"by service and policy": {
			payorder.Case{Rules: all, Association: "resale", Payable: yuan("500"), Lines: []bss.OrderLine{
				line("1", servers, "100"), line("2", firewalls, "100"), line("3", domains, "100"), line("4", messages, "100"), line("5", "unheard", "100"),
			}},
			[]wanted{{"100", "0.05", "5", "rule_rate"}, {"100", "0.05", "5", "rule_rate"}, {"100", "0", "0", "no_incentive"}, {"100", "0", "0", "performance_only"}, {"100", "0", "0", "no_policy"}},
		},
		"by association":            {payorder.Case{Rules: all, Association: "referral", Payable: yuan("100"), Lines: []bss.OrderLine{line("1", firewalls, "100")}}, []wanted{{"100", "0.1", "10", "rule_rate"}}},
		"a rule that has ended":     {payorder.Case{Rules: all, Payable: yuan("100"), Lines: []bss.OrderLine{line("1", disks, "100")}}, []wanted{{"100", "0.05", "5", "rule_rate"}}},
		"a service without a rule":  {payorder.Case{Rules: rules(dear), Payable: yuan("9"), Lines: []bss.OrderLine{line("1", servers, "9")}}, []wanted{{"9", "0", "0", "no_rule"}}},
		"a card is no consumption":  {payorder.Case{Rules: cards, Payable: yuan("30"), Lines: []bss.OrderLine{line("1", "cards", "20"), line("2", servers, "10")}}, []wanted{{"0", "0", "0", "card_purchase"}, {"10", "1", "10", "rule_rate"}}},
		"coupons are split":         {payorder.Case{Rules: all, Payable: yuan("100"), Counting: yuan("0.01"), Vouchers: yuan("199.99"), Lines: []bss.OrderLine{line("1", servers, "100"), line("2", servers, "100"), line("3", servers, "100")}}, []wanted{{"33.33", "0.05", "1.66", "rule_rate"}, {"33.34", "0.05", "1.66", "rule_rate"}, {"33.34", "0.05", "1.66", "rule_rate"}}},
		"tiers go on line by line":  {payorder.Case{Rules: marginal, Performance: yuan("900"), Payable: yuan("300"), Lines: []bss.OrderLine{line("1", servers, "150"), line("2", domains, "50"), line("3", servers, "100")}}, []wanted{{"150", "0.04", "6", "rule_tier_marginal"}, {"50", "0", "0", "no_incentive"}, {"100", "0.1", "10", "rule_tier_marginal"}}},
		"a whole tier":              {payorder.Case{Rules: whole, Performance: yuan("900"), Payable: yuan("150"), Lines: []bss.OrderLine{line("1", servers, "50"), line("2", servers, "100")}}, []wanted{{"50", "0.01", "0.5", "rule_tier_whole"}, {"100", "0.1", "10", "rule_tier_whole"}}},
		"capped for the order":      {payorder.Case{Rules: rule(map[string]any{"max_per_order": 7}), Payable: yuan("200"), Lines: []bss.OrderLine{line("1", servers, "100"), line("2", servers, "100")}}, []wanted{{"100", "0.05", "5", "rule_rate"}, {"100", "0.02", "2", "rule_capped"}}},
		"capped for the month":      {payorder.Case{Rules: rule(map[string]any{"max_per_order": 7, "max_per_month": 50}), Given: map[string]decimal.Decimal{"a": yuan("49")}, Payable: yuan("100"), Lines: []bss.OrderLine{line("1", servers, "100")}}, []wanted{{"100", "0.01", "1", "rule_capped"}}},
		"more than the month gives": {payorder.Case{Rules: rule(map[string]any{"max_per_month": 50}), Given: map[string]decimal.Decimal{"a": yuan("60")}, Payable: yuan("100"), Lines: []bss.OrderLine{line("1", servers, "100")}}, []wanted{{"100", "0", "0", "rule_capped"}}},
		"nothing to pay":            {payorder.Case{Rules: all, Vouchers: yuan("100"), Lines: []bss.OrderLine{line("1", servers, "100")}}, []wanted{{"0", "0.05", "0", "rule_rate"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.c.Policies = policies
			got := payorder.EstimateCase(tt.c)
			var lines []wanted
			for _, l := range got.Lines {
				lines = append(lines, wanted{l.Basis.String(), l.Rate.String(), l.Amount.String(), l.ReasonCode})
				assert.NotEmpty(t, l.Reason)
			}
			assert.Equal(t, tt.want, lines)
			assert.True(t, got.Estimate)
			assert.Contains(t, got.Reason, "an estimate")
		})
	}
}

// Whatever an order is made of, the lines add up to the sums, and no basis is
// negative or above what the balance and counting coupons pay.
func TestRebatesAddUp(t *testing.T) {
	t.Parallel()
	services := []string{servers, disks, firewalls, domains, messages, "unheard", "cards"}
	all := []byte(`{"currency":"CNY","card_services":["cards"],"rules":[
		{"name":"tiers","service":"*","association":"*","from":"2026-01","tiers":[{"from":100,"rate":0.01},{"from":5000,"rate":0.3}],"tier_method":"marginal","max_per_month":400},
		{"name":"flat","service":"hws.service.type.waf","association":"*","from":"2026-01","rate":0.123,"max_per_order":50}]}`)
	rapid.Check(t, func(t *rapid.T) {
		fen := func(label string, most int64) decimal.Decimal {
			return decimal.New(rapid.Int64Range(0, most).Draw(t, label), -2)
		}
		c := payorder.Case{Rules: all, Policies: policies, Performance: fen("performance", 1_000_000)}
		price := decimal.Zero
		for i := range rapid.IntRange(1, 8).Draw(t, "lines") {
			amount := fen("amount", 300_000)
			price = price.Add(amount)
			c.Lines = append(c.Lines, line(string(rune('a'+i)), rapid.SampledFrom(services).Draw(t, "service"), amount.String()))
		}
		c.Vouchers = decimal.Min(fen("vouchers", 200_000), price)
		c.Counting = decimal.Min(fen("counting", 200_000), price.Sub(c.Vouchers))
		c.Payable = price.Sub(c.Vouchers).Sub(c.Counting)
		got := payorder.EstimateCase(c)

		basis, amount := decimal.Zero, decimal.Zero
		given := map[string]decimal.Decimal{}
		for i, l := range got.Lines {
			require.False(t, l.Basis.IsNegative())
			require.False(t, l.Basis.GreaterThan(c.Lines[i].AmountAfterDiscount), "more than the line costs")
			require.False(t, l.Amount.IsNegative())
			require.False(t, l.Amount.GreaterThan(l.Basis))
			require.True(t, l.Amount.Equal(l.Amount.Truncate(2)) && l.Basis.Equal(l.Basis.Truncate(2)), "to the fen")
			basis, amount = basis.Add(l.Basis), amount.Add(l.Amount)
			given[l.Rule] = given[l.Rule].Add(l.Amount)
		}
		require.True(t, got.Basis.Equal(basis) && got.Amount.Equal(amount))
		require.False(t, got.Basis.GreaterThan(c.Payable.Add(c.Counting)))
		require.False(t, given["flat"].GreaterThan(yuan("50")))
		require.False(t, given["tiers"].GreaterThan(yuan("400")))
	})
}

func TestSharesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		weights := []decimal.Decimal{decimal.New(1, -2)}
		total := weights[0]
		for range rapid.IntRange(0, 9).Draw(t, "weights") {
			weights = append(weights, decimal.New(rapid.Int64Range(0, 1_000_000).Draw(t, "weight"), -2))
			total = total.Add(weights[len(weights)-1])
		}
		amount := decimal.New(rapid.Int64Range(0, total.Shift(2).IntPart()).Draw(t, "amount"), -2)
		shares := payorder.ShareOut(amount, weights)
		require.True(t, amount.Equal(decimal.Sum(decimal.Zero, shares...)))
		for i, share := range shares {
			require.False(t, share.IsNegative())
			require.False(t, share.GreaterThan(weights[i]))
		}
	})
	assert.Equal(t, []decimal.Decimal{{}, {}}, payorder.ShareOut(yuan("1"), make([]decimal.Decimal, 2)), "there is nothing to share by")
}

// tiered lets the function estimate by tiers: 1 %, and 10 % from 1000 yuan on.
func tiered(cfg *payorder.Config, _ *functions.Runtime) {
	cfg.RebateRules = string(rule(map[string]any{"rate": nil, "tier_method": "whole", "tiers": tiers([2]any{0, 0.01}, [2]any{1000, 0.1})}))
}

func codesOf(caveats []payorder.Caveat) []string {
	var codes []string
	for _, c := range caveats {
		codes = append(codes, c.Code)
	}
	return codes
}

func TestThePerformanceIsWhatWasPaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(tiered)
	first := w.place(huawei.NewOrder{OfficialAmount: yuan("600")})
	q := w.quote(first, nil)
	assert.Equal(t, "0.01", q.Rebate.Rate.String())
	assert.Equal(t, "0", q.Rebate.Performance.Amount.String())
	in := w.payment(first, q.Quote)
	w.pay(first, in)
	w.pay(first, in) // it counts once

	second := w.quote(w.place(huawei.NewOrder{OfficialAmount: yuan("400")}), nil).Rebate
	assert.Equal(t, "600", second.Performance.Amount.String())
	assert.Equal(t, "payments", second.Performance.Source)
	assert.Equal(t, w.clock.Now().UTC(), second.Performance.AsOf)
	assert.Equal(t, "40", second.Amount.String())
	assert.Equal(t, []string{"settled_monthly", "coupons_used", "unsubscribed", "policy_changed", "performance_moves", "performance_partial"}, codesOf(second.MayChange))

	w.clock.Advance(22 * 24 * time.Hour) // April
	next := w.quote(w.place(huawei.NewOrder{OfficialAmount: yuan("400")}), nil).Rebate
	assert.Equal(t, "2026-04", next.Performance.Month)
	assert.Equal(t, "0", next.Performance.Amount.String())
}

func TestThePerformanceIsThatOfTheBills(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(tiered)
	require.NoError(t, w.Sim.AddBills("2026-03", w.customer, 200))
	paid := w.place(huawei.NewOrder{OfficialAmount: yuan("77")})
	w.pay(paid, w.payment(paid, w.quote(paid, nil).Quote))
	w.call(http.MethodPost, "/payorder/schedules/performance", nil, nil)
	want := w.billed("2026-03")
	require.True(t, want.IsPositive())

	got := w.quote(w.place(huawei.NewOrder{OfficialAmount: yuan("400")}), nil).Rebate
	assert.Equal(t, "bills", got.Performance.Source)
	assert.Equal(t, "2026-03-08T16:00:00Z", got.Performance.AsOf.Format("2006-01-02T15:04:05Z"), "the end of the day before yesterday, GMT+8")
	assert.Equal(t, want.Add(yuan("77")).String(), got.Performance.Amount.String(), "what was paid since is added")
	assert.Contains(t, codesOf(got.MayChange), "performance_delayed")

	w.call(http.MethodPost, "/payorder/schedules/performance", nil, nil)
	again := w.quote(w.place(huawei.NewOrder{OfficialAmount: yuan("400")}), nil).Rebate
	assert.Equal(t, got.Performance, again.Performance, "read again, it is the same")

	w.fail("ListSubcustomerMonthlyBills", huawei.FaultUnavailable, huawei.BeforeEffect, 9)
	assert.Equal(t, "upstream_unavailable", w.refused(http.MethodPost, "/payorder/schedules/performance", nil).Code)
}

// billed is the performance that a month's sums show, worked out here once more.
func (w *world) billed(month string) decimal.Decimal {
	w.t.Helper()
	client := w.client()
	sum := decimal.Zero
	for _, mode := range []bss.ChargeMode{bss.ChargePeriod, bss.ChargeOnDemand, bss.ChargeSavingsPlan} {
		for b, err := range client.ListSubcustomerMonthlyBills(w.t.Context(), bss.ListSubcustomerMonthlyBillsRequest{Cycle: month, ChargeMode: mode}) {
			require.NoError(w.t, err)
			if b.CloudServiceType == domains || b.CloudServiceType == support { // neither counts
				continue
			}
			for _, a := range b.AccountDetails {
				if a.BalanceType != bss.BalanceCoupon && a.BalanceType != bss.BalanceCashCoupon {
					sum = sum.Add(a.Amount)
				}
			}
		}
	}
	return sum
}

func TestAnAdjustedPriceReducesTheBasis(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(cfg *payorder.Config, _ *functions.Runtime) { cfg.RebateRules = string(rule(nil)) })
	orderID := w.place(huawei.NewOrder{
		OfficialAmount: yuan("1000"),
		Discounts:      []huawei.Discount{{ID: "adjusted", Type: huawei.DiscountAdjustment, Amount: yuan("250")}},
	})
	got := w.quote(orderID, fields{"discount_id": "adjusted"}).Rebate
	assert.Equal(t, "750", got.Basis.String())
	assert.Equal(t, "37.5", got.Amount.String())
	assert.Contains(t, codesOf(got.MayChange), "price_adjusted")
}

func TestARuleForReferralCustomers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(cfg *payorder.Config, _ *functions.Runtime) {
		cfg.RebateRules = string(rules(
			map[string]any{"name": "r", "service": "*", "association": "referral", "from": "2026-01", "rate": 0.1},
			map[string]any{"name": "s", "service": "*", "association": "resale", "from": "2026-01", "rate": 0.2}))
	})
	assert.Equal(t, "0.2", w.quote(w.place(huawei.NewOrder{}), nil).Rebate.Rate.String())
	referral, err := w.Sim.AddAccount(huawei.Account{Name: "delta-consulting", Association: huawei.AssociationReferral, Cash: yuan("1000")})
	require.NoError(t, err)
	w.customer = referral
	got := w.quote(w.place(huawei.NewOrder{}), nil).Rebate
	assert.Equal(t, "0.1", got.Rate.String())
	assert.Equal(t, "r", got.Lines[0].Rule)
}

// A voucher pays the lines evenly and takes their basis; a card takes none.
func TestTheBasisOfALineIsWhatItsCouponsLeave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(cfg *payorder.Config, _ *functions.Runtime) { cfg.RebateRules = string(rule(nil)) })
	orderID := w.place(huawei.NewOrder{Members: []huawei.NewOrder{
		{OfficialAmount: yuan("400")}, {OfficialAmount: yuan("100"), ServiceTypeCode: disks},
	}})
	voucher := w.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("60")})
	card := w.grant(huawei.NewCoupon{Kind: huawei.CouponStoredCard, Value: yuan("101")})
	q := w.quote(orderID, fields{"coupon_ids": []string{voucher, card}})
	require.Len(t, q.Rebate.Lines, 2)
	bases := map[string]string{}
	for _, l := range q.Rebate.Lines {
		bases[l.Service] = l.Basis.String()
	}
	assert.Equal(t, map[string]string{servers: "370", disks: "70"}, bases)
	assert.Equal(t, "22", q.Rebate.Amount.String())
	assert.Contains(t, codesOf(q.Rebate.MayChange), "split_estimated")
	w.pay(orderID, w.payment(orderID, q.Quote))
	r := w.report("2026-03")
	assert.Empty(t, r.List[0].Reasons)
	assert.Equal(t, "440", r.Total.Basis.String())
}
