package huawei_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

type feeRecord struct {
	ID           string           `json:"id"`
	CustomerID   string           `json:"customer_id"`
	Association  string           `json:"association_type"`
	Service      string           `json:"service_type_code"`
	Resource     string           `json:"resource_type_code"`
	ResourceID   string           `json:"resource_id"`
	ResourceName string           `json:"resource_name"`
	Region       string           `json:"region_code"`
	Mode         int              `json:"charging_mode"`
	Type         int              `json:"bill_detail_type"`
	Trade        string           `json:"trade_time"`
	TradeID      string           `json:"trade_id"`
	Tag          string           `json:"resource_tag"`
	Part         string           `json:"sub_resource_id"`
	Period       int              `json:"period_type"`
	Usage        *decimal.Decimal `json:"usage_amount"`
	Free         *decimal.Decimal `json:"free_resource_usage"`
	Reserved     *decimal.Decimal `json:"ri_usage"`
	Official     decimal.Decimal  `json:"official_amount"`
	Discount     decimal.Decimal  `json:"official_discount_amount"`
	Payment      decimal.Decimal  `json:"payment_amount"`
	Cash         decimal.Decimal  `json:"cash_amount"`
	Credit       decimal.Decimal  `json:"credit_amount"`
	Coupon       decimal.Decimal  `json:"coupon_amount"`
	CashCoupon   decimal.Decimal  `json:"flexipurchase_coupon_amount"`
	Card         decimal.Decimal  `json:"stored_value_card_amount"`
	Debt         decimal.Decimal  `json:"debt_amount"`
	Writeoff     decimal.Decimal  `json:"writeoff_amount"`
}

// measured reports whether the record is one of usage.
func (r feeRecord) measured() bool { return r.Type == 5 || r.Type == 23 }

// sumType is the bill type of the monthly sum that contains the record.
func (r feeRecord) sumType() string {
	switch r.Type {
	case 4, 20, 24:
		return "1"
	case 9:
		return "2"
	}
	return "0"
}

type feeRecords struct {
	Total    int         `json:"total_count"`
	Currency string      `json:"currency"`
	Records  []feeRecord `json:"fee_records"`
}

type billSums struct {
	Count int `json:"count"`
	Sums  []struct {
		CustomerID string           `json:"customer_id"`
		Service    string           `json:"cloud_service_type"`
		Resource   string           `json:"resource_type_code"`
		Mode       string           `json:"charge_mode"`
		Type       string           `json:"bill_type"`
		Amount     decimal.Decimal  `json:"amount"`
		Measure    int              `json:"measure_id"`
		Debt       *decimal.Decimal `json:"debt_amount"`
		Adjustment *decimal.Decimal `json:"adjustment_amount"`
		Discount   *decimal.Decimal `json:"discount_amount"`
		Details    []struct {
			Amount decimal.Decimal `json:"amount"`
		} `json:"account_details"`
	} `json:"bill_sums"`
}

func (m *market) bills(cycle, customer, query string) feeRecords {
	m.t.Helper()
	return read[feeRecords](m.t, m.asPartner(http.MethodGet, billDetailOf(cycle, customer)+query, ""))
}

func (m *market) sums(query string) billSums {
	m.t.Helper()
	return read[billSums](m.t, m.asPartner(http.MethodGet, pathBillSums+query, ""))
}

func (m *market) addBills(cycle, customer string, rows int) {
	m.t.Helper()
	require.NoError(m.t, m.server.AddBills(cycle, customer, rows))
}

func TestFeeRecordsAddUp(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-02", m.resale, 1000)
	got := m.bills("2026-02", m.resale, "&limit=1000")
	require.Len(t, got.Records, 1000)
	assert.Equal(t, "CNY", got.Currency)
	modes, types, fen := map[int]int{}, map[int]int{}, decimal.New(1, -2)
	for i, r := range got.Records {
		modes[r.Mode]++
		types[r.Type]++
		parts := decimal.Sum(r.Cash, r.Credit, r.Coupon, r.CashCoupon, r.Card, r.Debt, r.Writeoff)
		assert.True(t, r.Payment.Equal(parts), "record %d: the parts are %s of %s", i, parts, r.Payment)
		cut := r.Official.Sub(r.Discount).Sub(r.Payment)
		assert.False(t, cut.IsNegative() || cut.GreaterThanOrEqual(fen), "record %d: truncated by %s", i, cut)
		assert.True(t, r.Payment.Equal(r.Payment.Truncate(2)), "record %d pays %s", i, r.Payment)
		assert.True(t, r.Credit.IsZero(), "a resale customer has no credit")
		assert.Equal(t, r.measured(), r.Usage != nil)
		assert.Equal(t, slices.Contains([]int{4, 9, 20, 24}, r.Type), r.Payment.IsNegative(), "record %d: %d", i, r.Type)
		assert.Equal(t, r.Type == 23, r.Mode == 11 && r.Type != 1 && r.Payment.IsZero() && r.Official.IsPositive())
	}
	assert.ElementsMatch(t, []int{1, 3, 10, 11}, slices.Collect(maps.Keys(modes)))
	assert.ElementsMatch(t, []int{1, 2, 3, 4, 5, 8, 9, 14, 16, 18, 20, 23, 24, 25, 103}, slices.Collect(maps.Keys(types)))
	for what, some := range map[string]func(feeRecord) bool{
		"tags": func(r feeRecord) bool { return r.Tag != "" }, "no tag": func(r feeRecord) bool { return r.Tag == "" },
		"package": func(r feeRecord) bool { return r.Free != nil }, "reserved": func(r feeRecord) bool { return r.Reserved != nil },
		"part": func(r feeRecord) bool { return r.Part != "" }, "voucher": func(r feeRecord) bool { return r.Coupon.IsPositive() },
		"cash coupon": func(r feeRecord) bool { return r.CashCoupon.IsPositive() }, "card": func(r feeRecord) bool { return r.Card.IsPositive() },
		"debt": func(r feeRecord) bool { return r.Debt.IsPositive() }, "write-off": func(r feeRecord) bool { return r.Writeoff.IsPositive() },
		"once": func(r feeRecord) bool { return r.Period == 5 && r.Mode == 1 }, "year": func(r feeRecord) bool { return r.Period == 19 },
		"month": func(r feeRecord) bool { return r.Period == 20 }, "day": func(r feeRecord) bool { return r.Period == 24 },
		"hour": func(r feeRecord) bool { return r.Period == 25 },
	} {
		assert.True(t, slices.ContainsFunc(got.Records, some), what)
	}
}

func TestConsumersAreAddedByTheHundreds(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	_, err := m.server.AddAccount(huawei.Account{Name: "consumer-00005"})
	require.NoError(t, err)
	ids, err := m.server.AddConsumers("2026-02", 300, 1000)
	require.NoError(t, err)
	more, err := m.server.AddConsumers("2026-02", 2, 1)
	require.NoError(t, err)
	assert.Len(t, ids, 300)
	assert.InDelta(t, 302, m.call(http.StatusOK, pathConsumers, `{"bill_cycle":"2026-02"}`)["total_count"], 0)
	assert.Equal(t, 1000, m.bills("2026-02", ids[299], "").Total)
	assert.Equal(t, 1, m.bills("2026-02", more[1], "").Total)
	assert.Empty(t, m.server.Check())
	for _, wrong := range []struct {
		cycle           string
		customers, rows int
	}{{"2026-04", 1, 1}, {"202602", 1, 1}, {"2026-02", 0, 1}, {"2026-02", 1, 0}, {"2026-02", 20_000, 1}} {
		_, err := m.server.AddConsumers(wrong.cycle, wrong.customers, wrong.rows)
		assert.Error(t, err, "%+v", wrong)
	}
}

func TestFeeRecordsComeInOrder(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-02", m.resale, 60)
	m.addBills("2026-02", m.resale, 15)
	all := m.bills("2026-02", m.resale, "&limit=100").Records
	require.Len(t, all, 75)
	assert.True(t, slices.IsSortedFunc(all, func(a, b feeRecord) int {
		return slices.Compare([]string{a.Trade, a.ID}, []string{b.Trade, b.ID})
	}))
	assert.GreaterOrEqual(t, all[0].Trade, "2026-01-31T16:00:00Z")
	assert.Less(t, all[74].Trade, "2026-02-28T16:00:00Z")

	var paged []feeRecord
	for offset := 0; ; offset += 7 {
		page := m.bills("2026-02", m.resale, fmt.Sprintf("&limit=7&offset=%d", offset))
		assert.Equal(t, 75, page.Total)
		if len(page.Records) == 0 {
			break
		}
		paged = append(paged, page.Records...)
	}
	assert.Equal(t, all, paged)
	assert.Len(t, m.bills("2026-02", m.resale, "").Records, 10)
}

func TestFeeRecordsAreFiltered(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-02", m.resale, 200)
	all := m.bills("2026-02", m.resale, "&limit=1000").Records
	some := all[17]
	for query, passes := range map[string]func(feeRecord) bool{
		"&charging_mode=1":                   func(r feeRecord) bool { return r.Mode == 1 },
		"&bill_detail_type=5":                func(r feeRecord) bool { return r.Type == 5 },
		"&service_type_code=" + some.Service: func(r feeRecord) bool { return r.Service == some.Service },
		"&region_code=" + some.Region:        func(r feeRecord) bool { return r.Region == some.Region },
		"&resource_id=" + some.ResourceID:    func(r feeRecord) bool { return r.ResourceID == some.ResourceID },
		"&resource_name=web-server":          func(r feeRecord) bool { return r.ResourceName == "web-server" },
		"&trade_id=" + some.TradeID:          func(r feeRecord) bool { return r.TradeID == some.TradeID },
		"&association_type=1":                func(feeRecord) bool { return false },
		"&account_manager_id=m":              func(feeRecord) bool { return false },
		"&bill_date_begin=2026-02-03&bill_date_end=2026-02-04": func(r feeRecord) bool {
			return r.Trade >= "2026-02-02T16:00:00Z" && r.Trade < "2026-02-04T16:00:00Z"
		},
	} {
		want := slices.DeleteFunc(slices.Clone(all), func(r feeRecord) bool { return !passes(r) })
		got := m.bills("2026-02", m.resale, query+"&limit=1000")
		assert.Equal(t, len(want), got.Total, query)
		assert.Equal(t, want, got.Records, query)
		if len(want) > 3 {
			assert.Equal(t, want[1:3], m.bills("2026-02", m.resale, query+"&offset=1&limit=2").Records, query)
		}
	}
}

func TestTheMonthlySummaryAgreesWithTheRecords(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	other := m.account("other-resale", huawei.AssociationResale)
	for _, customer := range []string{m.resale, other, m.referral} {
		m.addBills("2026-01", customer, 300)
	}
	want := map[string]decimal.Decimal{}
	for _, customer := range []string{m.resale, other} {
		for _, r := range m.bills("2026-01", customer, "&limit=1000").Records {
			if r.Mode == 10 {
				continue // the sums know no reserved instances
			}
			key := fmt.Sprintf("%s %s %s %d %s", r.CustomerID, r.Service, r.Resource, r.Mode, r.sumType())
			want[key] = want[key].Add(r.Payment)
		}
	}
	got := 0
	for _, mode := range []string{"1", "3", "11"} {
		answer := m.sums("?cycle=2026-01&limit=100&charge_mode=" + mode)
		assert.Len(t, answer.Sums, answer.Count)
		got += answer.Count
		for _, sum := range answer.Sums {
			key := fmt.Sprintf("%s %s %s %s %s", sum.CustomerID, sum.Service, sum.Resource, sum.Mode, sum.Type)
			assert.True(t, want[key].Equal(sum.Amount), "%s: %s, want %s", key, sum.Amount, want[key])
			var paid decimal.Decimal
			for _, d := range sum.Details {
				paid = paid.Add(d.Amount)
			}
			if sum.Type != "0" {
				assert.True(t, sum.Amount.IsNegative())
				assert.Nil(t, sum.Debt)
				assert.Nil(t, sum.Discount)
				continue
			}
			assert.True(t, sum.Amount.Equal(decimal.Sum(paid, *sum.Debt, *sum.Adjustment)))
		}
	}
	assert.Len(t, want, got, "referral customers are left out")
}

func TestASpoiledBillDisagrees(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-02", m.resale, 5)
	before := m.bills("2026-02", m.resale, "").Records
	sums := m.sums("?cycle=2026-02&charge_mode=3")
	require.NoError(t, m.server.SpoilBill("2026-02", m.resale, 3, yuan("0.01")))
	after := m.bills("2026-02", m.resale, "").Records
	assert.Equal(t, before[3].Payment.Add(yuan("0.01")).String(), after[3].Payment.String())
	assert.Equal(t, before[:3], after[:3])
	m.clock.Advance(48 * time.Hour)
	assert.Equal(t, sums, m.sums("?cycle=2026-02&charge_mode=3"))
}

func TestTheSummaryLagsBehind(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.clock.Set(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC))
	m.addBills("2026-03", m.resale, 100)
	count := func() int { return m.sums("?cycle=2026-03&charge_mode=3").Count }
	assert.NotZero(t, count())
	m.clock.Set(time.Date(2026, 3, 2, 7, 59, 59, 0, time.UTC))
	assert.Zero(t, count(), "the first day enters at 16:00 of the second")
	m.clock.Set(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	assert.NotZero(t, count())
}

func TestConsumersAreThoseWithBills(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-02", m.resale, 1)
	m.addBills("2026-02", m.referral, 1)
	m.addBills("2026-01", m.referral, 1)
	got := m.call(http.StatusOK, pathConsumers, `{"bill_cycle":"2026-02","limit":1,"offset":1}`)
	assert.InDelta(t, 2, got["total_count"], 0)
	assert.Equal(t, []any{map[string]any{"customer_id": m.referral}}, got["sub_customers"])
	assert.InDelta(t, 0, m.call(http.StatusOK, pathConsumers, `{"bill_cycle":"2026-04"}`)["total_count"], 0)
}

func TestBillsNeedAMonthWithinTheHistory(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for cycle, status := range map[string]int{
		"2026-03": http.StatusOK, "2026-04": http.StatusOK, "2024-09": http.StatusOK,
		"2024-08": http.StatusBadRequest, "2026-13": http.StatusBadRequest, "202603": http.StatusBadRequest, "2026-3": http.StatusBadRequest,
	} {
		for _, got := range []result{
			m.asPartner(http.MethodGet, billDetailOf(cycle, m.resale), ""),
			m.asPartner(http.MethodGet, pathBillSums+"?charge_mode=1&cycle="+cycle, ""),
			m.asPartner(http.MethodPost, pathConsumers, fmt.Sprintf(`{"bill_cycle":%q}`, cycle)),
		} {
			assert.Equal(t, status, got.status, "%s: %s", cycle, got.body)
		}
	}
}

func TestBillListsRefuse(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	detail := billDetailOf("2026-02", m.resale)
	for path, code := range map[string]string{
		pathBillDetail + "?bill_cycle=2026-02":                              "CBC.0100",
		pathBillDetail + "?customer_id=x":                                   "CBC.0100",
		detail + "&limit=1001":                                              "CBC.0100",
		detail + "&bill_date_begin=2026-02-01":                              "CBC.0100",
		detail + "&bill_date_begin=2026-02-02&bill_date_end=2026-02-01":     "CBC.0100",
		detail + "&bill_date_begin=2026-02-01&bill_date_end=2026-03-01":     "CBC.0100",
		detail + "&indirect_partner_id=p":                                   "CBC.99000037",
		pathBillSums + "?cycle=2026-02":                                     "CBC.0100",
		pathBillSums + "?cycle=2026-02&charge_mode=2":                       "CBC.0100",
		pathBillSums + "?cycle=2026-02&charge_mode=1&bill_type=3":           "CBC.0100",
		pathBillSums + "?cycle=2026-02&charge_mode=1&limit=101":             "CBC.0100",
		pathBillSums + "?cycle=2026-02&charge_mode=1&indirect_partner_id=p": "CBC.99000037",
	} {
		got := m.asPartner(http.MethodGet, path, "")
		require.Equal(t, http.StatusBadRequest, got.status, path)
		assert.Equal(t, code, got.code(t), path)
	}
	assert.Zero(t, m.bills("2026-02", "nobody", "").Total)
	assert.Zero(t, m.sums("?cycle=2026-02&charge_mode=1&bill_type=2").Count)
}

func TestIncentivePolicies(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	list := func(query string) map[string]any {
		got := m.asPartner(http.MethodGet, pathIncentives+query, "")
		require.Equal(t, http.StatusOK, got.status, got.body)
		return got.fields(t)
	}
	all := list("?time=2026-02&limit=100")
	policies := map[string]bool{}
	for _, p := range all["policies"].([]any) {
		policies[p.(map[string]any)["incentive_policy"].(string)] = true
	}
	assert.Equal(t, map[string]bool{"0": true, "1": true, "2": true, "13": true}, policies)
	assert.Len(t, list("?time=2026-02")["policies"], 10)
	assert.Equal(t, all["total_count"], list("?time=2026-02")["total_count"])
	domains := list("?time=2026-02&service_type_code=hws.service.type.domains")["policies"].([]any)
	require.Len(t, domains, 1)
	assert.Equal(t, "NO", domains[0].(map[string]any)["allow_discount"])
	for _, query := range []string{"", "?time=2026", "?time=2026-02-01", "?time=2026-02&limit=101"} {
		assert.Equal(t, "CBC.0100", m.asPartner(http.MethodGet, pathIncentives+query, "").code(t), query)
	}
}
