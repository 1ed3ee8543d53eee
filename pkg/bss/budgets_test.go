package bss_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

const budgetPath = "/v2/partners/sub-customers/budget"

func newWorldAbroad(t *testing.T) *world {
	t.Helper()
	return newWorldWith(t, huawei.Options{Site: bss.SiteIntl})
}

// abroad is a client of the international site, which answers everything but the
// requests for tokens in the same way.
func abroad(t *testing.T, status int, body string) (*bss.Client, *wire) {
	t.Helper()
	return answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == tokensPath {
			w.Header().Set("X-Subject-Token", "token")
			saying(http.StatusCreated, jsonType, `{"token":{"expires_at":"2026-03-03T00:00:00Z"}}`)(w, r)
			return
		}
		saying(status, jsonType, body)(w, r)
	}, onSite(bss.SiteIntl))
}

func onSite(site bss.Site) func(*bss.Config) {
	return func(cfg *bss.Config) { cfg.Site = site }
}

func TestUpdateSubCustomerBudget(t *testing.T) {
	t.Parallel()
	for want, request := range map[string]bss.UpdateSubCustomerBudgetRequest{
		`{"customer_id":"c","budget_amount":100.5}`: {CustomerID: "c", BudgetAmount: yuan("100.50")},
		`{"customer_id":"c","budget_amount":0.01,"budget_type":"PACKAGE","frozen_operate_type":0,
			"cancel_partner_frozen":"1","indirect_partner_id":"r"}`: {
			CustomerID: "c", BudgetAmount: yuan("0.01"), BudgetType: bss.BudgetPackage, FrozenOperateType: new(bss.FreezeManually),
			CancelPartnerFrozen: "1", IndirectPartnerID: "r",
		},
	} {
		c, sent := abroad(t, http.StatusNoContent, "")
		require.NoError(t, c.UpdateSubCustomerBudget(t.Context(), request))
		assert.JSONEq(t, want, sent.to(budgetPath)[0].body)
	}
}

func TestABudgetIsSetAgain(t *testing.T) {
	t.Parallel()
	c, sent := abroad(t, http.StatusServiceUnavailable, "")
	err := c.UpdateSubCustomerBudget(t.Context(), bss.UpdateSubCustomerBudgetRequest{CustomerID: "c", BudgetAmount: yuan("1")})
	require.ErrorIs(t, err, bss.ErrUnavailable)
	assert.Greater(t, len(sent.to(budgetPath)), 1)
}

func TestBudgetsCarryTheirCurrency(t *testing.T) {
	t.Parallel()
	c, sent := abroad(t, http.StatusOK, `{"measure_id":1,"currency":"USD","budget_infos":[
		{"customer_id":"a","budget_amount":100.10,"used_amount":0.1,"budget_type":"MONTHLY"},
		{"customer_id":"b","budget_amount":9007199254740993.01,"budget_type":"PACKAGE"}]}`)
	rows, err := c.ListSubCustomerBudget(t.Context(), bss.ListSubCustomerBudgetRequest{CustomerIDs: []string{"a", "b"}})
	require.NoError(t, err)
	assert.Equal(t, []bss.CustomerBudget{
		{CustomerID: "a", BudgetAmount: yuan("100.10"), UsedAmount: yuan("0.1"), BudgetType: bss.BudgetMonthly, Currency: "USD", MeasureID: 1},
		{CustomerID: "b", BudgetAmount: yuan("9007199254740993.01"), BudgetType: bss.BudgetPackage, Currency: "USD", MeasureID: 1},
	}, rows)
	assert.JSONEq(t, `{"customer_ids":["a","b"]}`, sent.to(budgetPath + "/query")[0].body)
}

func TestShowSubCustomerBudget(t *testing.T) {
	t.Parallel()
	c, sent := abroad(t, http.StatusOK, `{"measure_id":1,"currency":"USD","budget_amount":100.1,"used_amount":0.01,"budget_type":"MONTHLY"}`)
	got, err := c.ShowSubCustomerBudget(t.Context(), bss.ShowSubCustomerBudgetRequest{CustomerID: "a"})
	require.NoError(t, err)
	assert.Equal(t, bss.SubCustomerBudget{
		BudgetAmount: yuan("100.1"), UsedAmount: yuan("0.01"), BudgetType: bss.BudgetMonthly, Currency: "USD", MeasureID: 1,
	}, got)
	assert.Equal(t, "a", sent.to(budgetPath)[0].query.Get("customer_id"))
}

func TestListSubCustomerBudgetRecords(t *testing.T) {
	t.Parallel()
	c, sent := abroad(t, http.StatusOK, `{"total_count":1,"measure_id":1,"currency":"USD","record_list":[{"budget_amount":5,
		"operation_type":"DELETE","operation_time":"2026-03-02T01:00:00Z","operator":"system","budget_type":"PACKAGE",
		"partner_corp_name":"甲","partner_account_name":"partner"}]}`)
	rows, err := bss.Collect(c.ListSubCustomerBudgetRecords(t.Context(), bss.ListSubCustomerBudgetRecordsRequest{
		CustomerID: "a", OperationType: bss.BudgetDelete, BudgetType: bss.BudgetPackage,
	}))
	require.NoError(t, err)
	assert.Equal(t, []bss.BudgetRecord{{
		OperationType: bss.BudgetDelete, OperationTime: bss.At(start), BudgetType: bss.BudgetPackage, BudgetAmount: yuan("5"),
		Currency: "USD", MeasureID: 1, Operator: "system", PartnerAccountName: "partner", PartnerCorpName: "甲",
	}}, rows)
	asked := sent.to(budgetPath + "/records")[0].query
	assert.Equal(t, []string{"a", "DELETE", "PACKAGE"}, []string{asked.Get("customer_id"), asked.Get("operation_type"), asked.Get("budget_type")})
}

func TestQuotasOfThePartnerAndOfACustomer(t *testing.T) {
	t.Parallel()
	c, _ := abroad(t, http.StatusOK, `{"consumption_quota":"10000","amount":"10.18","coupon_amount":"10.03","due_amount":"5.28",
		"unbilled_amount":"0.1","used_consumption_quota":"-14.83","measure_id":1,"currency":"USD"}`)
	partner, err := c.ShowPartnerConsumptionQuota(t.Context())
	require.NoError(t, err)
	assert.Equal(t, bss.ConsumptionQuota{
		ConsumptionQuota: yuan("10000"), UsedConsumptionQuota: yuan("-14.83"), DueAmount: yuan("5.28"), UnbilledAmount: yuan("0.1"),
		Amount: yuan("10.18"), CouponAmount: yuan("10.03"), Currency: "USD", MeasureID: 1,
	}, partner)

	c, sent := abroad(t, http.StatusOK, `{"granting_amount":200.0,"granting_amount_used":122.0,"percentage_granting_amount_used":0.61,
		"measure_id":1,"currency":"USD"}`)
	customer, err := c.ShowCustomerExpenditureQuota(t.Context(), resaleName)
	require.NoError(t, err)
	equalAmount(t, "200", customer.GrantingAmount)
	equalAmount(t, "122", customer.GrantingAmountUsed)
	equalAmount(t, "0.61", customer.PercentageGrantingAmountUsed)
	assert.Equal(t, "USD", customer.Currency)
	assert.Equal(t, "token", sent.to("/v2/accounts/customer-accounts/expenditure-quota")[0].header.Get("X-Auth-Token"))
}

func TestTheMainlandHasNoBudgets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	err := w.client(t).UpdateSubCustomerBudget(t.Context(), bss.UpdateSubCustomerBudgetRequest{CustomerID: w.resale, BudgetAmount: yuan("1")})
	require.ErrorIs(t, err, bss.ErrNotOnSite)
	assert.Empty(t, w.wire.all())
}

func TestABudgetIsUsed(t *testing.T) {
	t.Parallel()
	w := newWorldAbroad(t)
	c := w.client(t)
	require.NoError(t, c.UpdateSubCustomerBudget(t.Context(), bss.UpdateSubCustomerBudgetRequest{
		CustomerID: w.resale, BudgetAmount: yuan("100.50"), CancelPartnerFrozen: "1", FrozenOperateType: new(bss.FreezeAutomatically),
	}))
	require.NoError(t, c.PayOrders(t.Context(), resaleName, bss.PayOrdersRequest{OrderID: w.order(t, huawei.NewOrder{OfficialAmount: yuan("30.01")})}))

	budget, err := c.ShowSubCustomerBudget(t.Context(), bss.ShowSubCustomerBudgetRequest{CustomerID: w.resale})
	require.NoError(t, err)
	equalAmount(t, "100.5", budget.BudgetAmount)
	equalAmount(t, "30.01", budget.UsedAmount)
	assert.Equal(t, bss.BudgetMonthly, budget.BudgetType)
	several, err := c.ListSubCustomerBudget(t.Context(), bss.ListSubCustomerBudgetRequest{CustomerIDs: []string{w.resale, "stranger"}})
	require.NoError(t, err)
	require.Len(t, several, 1, "others are left out")
	assert.Equal(t, []string{w.resale, "USD"}, []string{several[0].CustomerID, several[0].Currency})
	equalAmount(t, "30.01", several[0].UsedAmount)
	records, err := bss.Collect(c.ListSubCustomerBudgetRecords(t.Context(), bss.ListSubCustomerBudgetRecordsRequest{CustomerID: w.resale}))
	require.NoError(t, err)
	require.Len(t, records, 1)
	equalAmount(t, "100.5", records[0].BudgetAmount)
	assert.Equal(t, bss.BudgetSetting, records[0].OperationType)
	assert.Equal(t, "USD", records[0].Currency)
	quota, err := c.ShowPartnerConsumptionQuota(t.Context())
	require.NoError(t, err)
	equalAmount(t, "30.01", quota.UsedConsumptionQuota)
	assert.Empty(t, w.Check())
}

func TestABudgetIsForResellerCustomers(t *testing.T) {
	t.Parallel()
	w := newWorldAbroad(t)
	referral := w.account(t, "referral-customer", huawei.AssociationReferral)
	err := w.client(t).UpdateSubCustomerBudget(t.Context(), bss.UpdateSubCustomerBudgetRequest{CustomerID: referral, BudgetAmount: yuan("1")})
	require.ErrorIs(t, err, bss.ErrAssociationType)
}
