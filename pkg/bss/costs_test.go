package bss_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss"
)

func TestAmortizedCostsAddUp(t *testing.T) {
	t.Parallel()
	w, c, total := billed(t)
	costs, err := bss.Collect(c.ListCustomerBillsMonthlyBreakDown(t.Context(), resaleName, bss.ListCustomerBillsMonthlyBreakDownRequest{SharedMonth: "2026-02"}))
	require.NoError(t, err)
	require.NotEmpty(t, costs)
	var sum decimal.Decimal
	for _, a := range costs {
		assertAmount(t, a.ConsumeAmount, decimal.Sum(a.PastMonthsAmortizedAmount, a.CurrentMonthAmortizedAmount, a.FutureMonthsAmortizedAmount), "consume_amount")
		assertAmount(t, a.CurrentMonthAmortizedAmount, decimal.Sum(a.AmortizedCashAmount, a.AmortizedCreditAmount, a.AmortizedCouponAmount,
			a.AmortizedFlexipurchaseCouponAmount, a.AmortizedStoredValueCardAmount, a.AmortizedBonusAmount), "current_month_amortized_amount")
		if a.ChargingMode == bss.ChargingOnDemand {
			assertAmount(t, a.ConsumeAmount, a.CurrentMonthAmortizedAmount, "on demand")
		}
		assert.Equal(t, "2026-02", a.SharedMonth)
		assert.Equal(t, w.resale, a.CustomerID)
		assert.Equal(t, "CNY", a.Currency)
		sum = sum.Add(a.ConsumeAmount)
	}
	assertAmount(t, total, sum, "what was charged in the month")
}

func TestCostsAddUpByDayAndByMonth(t *testing.T) {
	t.Parallel()
	_, c, total := billed(t)
	for _, request := range []bss.ListCostsRequest{
		costsOf(bss.CostByMonth, "2026-01", "2026-02", bss.CostOriginal),
		costsOf(bss.CostByDay, "2026-02-01", "2026-02-28", bss.CostOriginal),
	} {
		lines, err := bss.Collect(c.ListCosts(t.Context(), resaleName, request))
		require.NoError(t, err)
		var all decimal.Decimal
		for _, l := range lines {
			require.Len(t, l.Dimensions, 1)
			assert.Equal(t, bss.DimensionService, l.Dimensions[0].Key)
			assert.NotEmpty(t, l.Dimensions[0].Value)
			assert.Equal(t, "CNY", l.Currency)
			var sum, official decimal.Decimal
			for _, cost := range l.Costs {
				assert.Equal(t, request.TimeCondition.Unit, cost.Unit)
				sum, official = sum.Add(cost.Amount), official.Add(cost.OfficialAmount)
			}
			assert.Equal(t, request.TimeCondition.BeginTime, l.Costs[0].TimeDimensionValue)
			assertAmount(t, l.AmountByCosts, sum, "amount_by_costs")
			assertAmount(t, l.OfficialAmountByCosts, official, "official_amount_by_costs")
			all = all.Add(l.AmountByCosts)
		}
		assertAmount(t, total, all, "all costs")
	}
}

func TestCostsAreFilteredBothWays(t *testing.T) {
	t.Parallel()
	w, c, total := billed(t)
	sumOf := func(operator bss.CostOperator) decimal.Decimal {
		request := costsOf(bss.CostByMonth, "2026-02", "2026-02", bss.CostOriginal)
		request.Filters = []bss.CostFilter{{Operator: operator, Factor: bss.CostFactor{Key: bss.DimensionChargingMode, Values: []string{"3"}}}}
		var sum decimal.Decimal
		for l, err := range c.ListCosts(t.Context(), resaleName, request) {
			require.NoError(t, err)
			sum = sum.Add(l.AmountByCosts)
		}
		return sum
	}
	onDemand, others := sumOf(bss.CostInclude), sumOf(bss.CostExclude)
	assert.False(t, onDemand.IsZero() || others.IsZero())
	assertAmount(t, total, onDemand.Add(others), "all costs")
	sent := w.wire.to("/v4/costs/cost-analysed-bills/query")
	require.NotEmpty(t, sent)
	assert.JSONEq(t, `{"time_condition":{"time_measure_id":2,"begin_time":"2026-02","end_time":"2026-02"},
		"groupby":[{"type":"dimension","key":"CLOUD_SERVICE_TYPE"}],"cost_type":"ORIGINAL_COST","amount_type":"PAYMENT_AMOUNT",
		"filters":[{"operator":0,"filter_factor":{"key":"CHARGING_MODE","value":["3"]}}],"limit":1000}`, sent[0].body)
}

func TestOldCostsAreRefused(t *testing.T) {
	t.Parallel()
	c := newWorld(t).client(t)
	require.ErrorIs(t, drain(c.ListCustomerBillsMonthlyBreakDown(t.Context(), resaleName,
		bss.ListCustomerBillsMonthlyBreakDownRequest{SharedMonth: "2024-08"})), bss.ErrInvalid)
	require.ErrorIs(t, drain(c.ListCosts(t.Context(), resaleName, costsOf(bss.CostByMonth, "2024-08", "2024-08", bss.CostOriginal))), bss.ErrInvalid)
}
