package huawei_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathBreakdown = "/v2/costs/cost-analysed-bills/monthly-breakdown"
	pathCosts     = "/v4/costs/cost-analysed-bills/query"
)

type breakdown struct {
	Total int            `json:"total_count"`
	Rows  []amortizedRow `json:"details"`
}

type amortizedRow struct {
	Month      string          `json:"shared_month"`
	Cycle      string          `json:"bill_cycle"`
	Service    string          `json:"service_type_code"`
	Region     string          `json:"region_code"`
	ResourceID string          `json:"resource_id"`
	OrderID    string          `json:"order_id"`
	Mode       int             `json:"charging_mode"`
	BillType   int             `json:"bill_type"`
	Consume    decimal.Decimal `json:"consume_amount"`
	Past       decimal.Decimal `json:"past_months_amortized_amount"`
	Current    decimal.Decimal `json:"current_month_amortized_amount"`
	Future     decimal.Decimal `json:"future_months_amortized_amount"`
	Cash       decimal.Decimal `json:"amortized_cash_amount"`
	Credit     decimal.Decimal `json:"amortized_credit_amount"`
	Coupon     decimal.Decimal `json:"amortized_coupon_amount"`
	CashCoupon decimal.Decimal `json:"amortized_flexipurchase_coupon_amount"`
	Card       decimal.Decimal `json:"amortized_stored_value_card_amount"`
	Bonus      decimal.Decimal `json:"amortized_bonus_amount"`
}

func currentShare(r amortizedRow) decimal.Decimal { return r.Current }

func (m *market) breakdown(month, query string) breakdown {
	m.t.Helper()
	return own[breakdown](m, pathBreakdown+"?limit=1000&shared_month="+month+query)
}

type costList struct {
	Total int `json:"total_count"`
	Rows  []struct {
		Dimensions []struct{ Key, Value string } `json:"dimensions"`
		Costs      []struct {
			Name     string          `json:"time_dimension_value"`
			Measure  int             `json:"time_measure_id"`
			Amount   decimal.Decimal `json:"amount"`
			Official decimal.Decimal `json:"official_amount"`
		} `json:"costs"`
		Amount   decimal.Decimal `json:"amount_by_costs"`
		Official decimal.Decimal `json:"official_amount_by_costs"`
	} `json:"cost_data"`
}

func (l costList) sum() (sum decimal.Decimal) {
	for _, r := range l.Rows {
		sum = sum.Add(r.Amount)
	}
	return sum
}

// costBody asks for costs by month of 2026 (measure 2) or day (1).
func costBody(measure int, begin, end, group, costType, amountType, more string) string {
	return fmt.Sprintf(`{"time_condition":{"time_measure_id":%d,"begin_time":%q,"end_time":%q},
		"groupby":[%s],"cost_type":%q,"amount_type":%q,"limit":1000%s}`, measure, begin, end, group, costType, amountType, more)
}

const byService = `{"type":"dimension","key":"CLOUD_SERVICE_TYPE"}`

func (m *market) costs(body string) costList {
	m.t.Helper()
	return read[costList](m.t, m.asCustomer(http.MethodPost, pathCosts, body))
}

// TestAmortisedCostsAddUp holds the documented identities, and every view of the
// same costs, against each other.
func TestAmortisedCostsAddUp(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	rapid.Check(t, func(r *rapid.T) {
		m.server.Reset()
		m.resale = m.account("resale-customer", rapid.SampledFrom([]string{
			huawei.AssociationResale, huawei.AssociationReferral,
		}).Draw(r, "association"))
		m.token = m.customerToken("resale-customer")
		m.addBills("2025-12", m.resale, rapid.IntRange(1, 40).Draw(r, "rows"))
		paid := total(own[ownFlow](m, pathOwnFlow+"?bill_cycle=2025-12&limit=1000").Rows, consumed)

		var shared decimal.Decimal
		for _, month := range []string{"2025-12", "2026-01", "2026-02"} {
			rows := m.breakdown(month, "").Rows
			for _, a := range rows {
				same(r, a.Consume, decimal.Sum(a.Past, a.Current, a.Future))
				same(r, a.Current, decimal.Sum(a.Cash, a.Credit, a.Coupon, a.CashCoupon, a.Card, a.Bonus))
				if a.Mode == 3 {
					require.True(r, a.Past.IsZero() && a.Future.IsZero())
				}
			}
			current := total(rows, currentShare)
			shared = shared.Add(current)
			same(r, current, m.costs(costBody(2, month, month, byService, "AMORTIZED_COST", "PAYMENT_AMOUNT", "")).sum())
			net := m.costs(costBody(2, month, month, byService, "AMORTIZED_COST", "NET_AMOUNT", "")).sum()
			same(r, net, current.Sub(total(rows, func(a amortizedRow) decimal.Decimal { return a.Coupon })))
		}
		future := total(m.breakdown("2026-02", "").Rows, func(a amortizedRow) decimal.Decimal { return a.Future })
		same(r, paid, shared.Add(future))
		same(r, paid, m.costs(costBody(2, "2025-12", "2026-02", byService, "ORIGINAL_COST", "PAYMENT_AMOUNT", "")).sum())
		same(r, paid, m.costs(costBody(1, "2025-12-01", "2025-12-31", byService, "ORIGINAL_COST", "PAYMENT_AMOUNT", "")).sum())
		december := total(m.breakdown("2025-12", "").Rows, currentShare)
		same(r, december, m.costs(costBody(1, "2025-12-01", "2025-12-31", byService, "AMORTIZED_COST", "PAYMENT_AMOUNT", "")).sum())
	})
}

func TestTheBreakdownIsFiltered(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-01", m.resale, 100)
	m.addBills("2026-02", m.resale, 100)
	all := m.breakdown("2026-02", "").Rows
	some := all[0]
	require.Equal(t, "2026-01", some.Cycle, "an order of January reaches into February")
	for query, passes := range map[string]func(amortizedRow) bool{
		"":                                   func(amortizedRow) bool { return true },
		"&service_type_code=" + some.Service: func(r amortizedRow) bool { return r.Service == some.Service },
		"&service_type_code=":                func(amortizedRow) bool { return false },
		"&resource_type_code=":               func(amortizedRow) bool { return false },
		"&region_code=" + some.Region:        func(r amortizedRow) bool { return r.Region == some.Region },
		"&charging_mode=3":                   func(r amortizedRow) bool { return r.Mode == 3 },
		"&bill_type=1":                       func(r amortizedRow) bool { return r.BillType == 1 },
		"&resource_id=" + some.ResourceID:    func(r amortizedRow) bool { return r.ResourceID == some.ResourceID },
		"&resource_name=nothing":             func(amortizedRow) bool { return false },
		"&enterprise_project_id=0":           func(amortizedRow) bool { return true },
	} {
		var want []amortizedRow
		for _, r := range all {
			if passes(r) {
				want = append(want, r)
			}
			assert.Equal(t, slices.Contains([]int{1, 2, 3, 4, 8, 20, 24}, r.BillType), r.OrderID != "")
		}
		got := m.breakdown("2026-02", query)
		assert.Equal(t, len(want), got.Total, query)
		assert.ElementsMatch(t, want, got.Rows, query)
	}
	assert.Equal(t, all[5:8], own[breakdown](m, pathBreakdown+"?shared_month=2026-02&offset=5&limit=3").Rows)
	assert.Zero(t, m.breakdown("2026-04", "").Total, "no costs of months to come")
	assert.NotZero(t, m.breakdown("2026-03", "").Total)
}

func TestCostsAreGroupedAndFiltered(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-02", m.resale, 200)
	flow := own[ownFlow](m, pathOwnFlow+"?bill_cycle=2026-02&limit=1000").Rows
	where := func(passes func(ownRow) bool) decimal.Decimal {
		return total(flow, func(r ownRow) decimal.Decimal {
			if passes(r) {
				return r.Consume
			}
			return decimal.Zero
		})
	}
	cost := func(group, more string) costList {
		return m.costs(costBody(2, "2026-02", "2026-03", group, "ORIGINAL_COST", "PAYMENT_AMOUNT", more))
	}
	two := cost(byService+`,{"type":"dimension","key":"CHARGING_MODE"}`, "")
	for _, row := range two.Rows {
		require.Len(t, row.Dimensions, 2)
		require.Len(t, row.Costs, 2)
		assert.Equal(t, "2026-03", row.Costs[1].Name)
		assert.True(t, row.Costs[1].Amount.IsZero())
		same(t, where(func(r ownRow) bool {
			return r.Service == row.Dimensions[0].Value && fmt.Sprint(r.Mode) == row.Dimensions[1].Value
		}), row.Amount)
	}
	for _, key := range []string{
		"CLOUD_SERVICE_TYPE", "RESOURCE_TYPE", "ASSOCIATED_ACCOUNT", "REGION_CODE", "AZ_CODE", "ENTERPRISE_PROJECT_ID",
		"RES_SPEC_CODE", "CHARGING_MODE", "USAGE_TYPE", "BILL_TYPE", "BE_ID", "PAYER_ACCOUNT_ID", "RESOURCE_ID",
	} {
		same(t, where(func(ownRow) bool { return true }), cost(fmt.Sprintf(`{"type":"dimension","key":%q}`, key), "").sum(), key)
	}
	assert.Equal(t, "RESOURCE_TAG", cost(`{"type":"tag","key":"owner"}`, "").Rows[0].Dimensions[0].Key)
	assert.Equal(t, "COST_UNIT", cost(`{"type":"cost_unit","key":"team"}`, "").Rows[0].Dimensions[0].Key)

	filter := func(operator int, key, value string) string {
		return fmt.Sprintf(`,"filters":[{"operator":%d,"filter_factor":{"key":%q,"value":[%q,"other"]}}]`, operator, key, value)
	}
	onDemand := func(r ownRow) bool { return r.Mode == 3 }
	same(t, where(onDemand), cost(byService, filter(0, "CHARGING_MODE", "3")).sum())
	same(t, where(func(r ownRow) bool { return !onDemand(r) }), cost(byService, filter(1, "CHARGING_MODE", "3")).sum())
	same(t, where(func(r ownRow) bool { return slices.Contains([]int{4, 20, 24}, r.BillType) }), cost(byService, filter(0, "BILL_TYPE", "2")).sum())
	assert.Zero(t, cost(byService, filter(0, "RESOURCE_TAG", "x")).Total)

	page := m.costs(`{"time_condition":{"time_measure_id":2,"begin_time":"2026-02","end_time":"2026-02"},"groupby":[` + byService +
		`],"cost_type":"ORIGINAL_COST","amount_type":"PAYMENT_AMOUNT","offset":1,"limit":2}`)
	assert.Equal(t, two.Rows[0].Dimensions[0].Key, page.Rows[0].Dimensions[0].Key)
	assert.Len(t, page.Rows, 2)
	assert.Greater(t, page.Total, 2)
}

func TestDaysThatHaveNotBegunCostNothing(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-02", m.resale, 100)
	row := m.costs(costBody(1, "2026-03-01", "2026-03-04", `{"type":"dimension","key":"AZ_CODE"}`, "AMORTIZED_COST", "NET_AMOUNT", "")).Rows[0]
	require.Len(t, row.Costs, 4)
	assert.Equal(t, "2026-03-02", row.Costs[1].Name)
	assert.False(t, row.Costs[1].Amount.IsZero())
	assert.True(t, row.Costs[2].Amount.IsZero())
	same(t, row.Amount, row.Costs[0].Amount.Add(row.Costs[1].Amount))
	same(t, row.Official, row.Costs[0].Official.Add(row.Costs[1].Official))
}

func TestCostsRefuse(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for _, query := range []string{
		"", "?shared_month=x", "?shared_month=2024-08", "?shared_month=2026-02&method=both", "?shared_month=2026-02&method=sub_customer",
		"?shared_month=2026-02&limit=1001",
	} {
		got := m.asCustomer(http.MethodGet, pathBreakdown+query, "")
		require.Equal(t, http.StatusBadRequest, got.status, query)
		assert.Equal(t, "CBC.0100", got.code(t), query)
	}
	for _, body := range []string{
		costBody(2, "2026-02", "2026-01", byService, "ORIGINAL_COST", "NET_AMOUNT", ""),
		costBody(2, "2026-02-01", "2026-02", byService, "ORIGINAL_COST", "NET_AMOUNT", ""),
		costBody(1, "2026-02-01", "2026-02", byService, "ORIGINAL_COST", "NET_AMOUNT", ""),
		costBody(2, "2024-08", "2026-02", byService, "ORIGINAL_COST", "NET_AMOUNT", ""),
		costBody(2, "2026-02", "2027-04", byService, "ORIGINAL_COST", "NET_AMOUNT", ""),
		costBody(3, "2026-02", "2026-02", byService, "ORIGINAL_COST", "NET_AMOUNT", ""),
		costBody(2, "2026-02", "2026-02", byService, "COST", "NET_AMOUNT", ""),
		costBody(2, "2026-02", "2026-02", byService, "ORIGINAL_COST", "AMOUNT", ""),
		costBody(2, "2026-02", "2026-02", "", "ORIGINAL_COST", "NET_AMOUNT", ""),
		costBody(2, "2026-02", "2026-02", `{"type":"dimension","key":"COLOUR"}`, "ORIGINAL_COST", "NET_AMOUNT", ""),
		costBody(2, "2026-02", "2026-02", `{"type":"colour","key":"red"}`, "ORIGINAL_COST", "NET_AMOUNT", ""),
		costBody(2, "2026-02", "2026-02", byService, "ORIGINAL_COST", "NET_AMOUNT", `,"filters":[{"operator":0,"filter_factor":{"key":"COLOUR","value":["red"]}}]`),
		costBody(2, "2026-02", "2026-02", byService, "ORIGINAL_COST", "NET_AMOUNT", `,"offset":200001`),
	} {
		got := m.asCustomer(http.MethodPost, pathCosts, body)
		require.Equal(t, http.StatusBadRequest, got.status, body)
		assert.Equal(t, "CBC.0100", got.code(t), body)
	}
	assert.Equal(t, "CBC.0151", m.asPartner(http.MethodGet, pathBreakdown+"?shared_month=2026-02", "").code(t))
}
