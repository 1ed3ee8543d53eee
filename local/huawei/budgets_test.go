package huawei_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathBudget        = "/v2/partners/sub-customers/budget"
	pathBudgetQuery   = "/v2/partners/sub-customers/budget/query"
	pathBudgetRecords = "/v2/partners/sub-customers/budget/records"
	pathMyQuota       = "/v2/accounts/customer-accounts/expenditure-quota"
)

type budgetInfo struct {
	CustomerID string           `json:"customer_id"`
	Amount     *decimal.Decimal `json:"budget_amount"`
	Used       *decimal.Decimal `json:"used_amount"`
	Kind       string           `json:"budget_type"`
	Currency   string           `json:"currency"`
	MeasureID  int              `json:"measure_id"`
}

func (a *abroad) setBudget(amount string, changes fieldset) {
	a.t.Helper()
	body := fieldset{"customer_id": a.resale, "budget_amount": decimal.RequireFromString(amount)}
	a.call(http.StatusNoContent, pathBudget, text(a.t, body.with(changes)))
}

func (a *abroad) budget() budgetInfo {
	a.t.Helper()
	return read[budgetInfo](a.t, a.asPartner(http.MethodGet, pathBudget+"?customer_id="+a.resale, ""))
}

// used is what the partner sees as used of the budget.
func (a *abroad) used() string {
	a.t.Helper()
	used := a.budget().Used
	require.NotNil(a.t, used)
	return used.String()
}

// spend lets the reseller customer pay an order of that price.
func (a *abroad) spend(amount string) {
	a.t.Helper()
	got := a.pay(a.place(huawei.NewOrder{OfficialAmount: yuan(amount)}), nil, nil)
	require.Equal(a.t, http.StatusNoContent, got.status, got.body)
}

func TestABudgetFollowsTheConsumption(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	assert.Equal(t, budgetInfo{Currency: "USD", MeasureID: 1}, a.budget(), "no budget yet")
	a.spend("10")
	a.setBudget("100.5", fieldset{"budget_type": nil})
	got := a.budget()
	assert.Equal(t, "100.5", got.Amount.String())
	assert.Equal(t, "MONTHLY", got.Kind)
	assert.Equal(t, "10", a.used(), "of this month, also before the budget")
	reduced := a.place(huawei.NewOrder{OfficialAmount: yuan("20.02"), AmountAfterDiscount: yuan("15")})
	require.Equal(t, http.StatusNoContent, a.pay(reduced, nil, nil).status)
	assert.Equal(t, "30.02", a.used(), "at list prices")

	require.NoError(t, a.server.AddBills("2026-02", a.resale, 50))
	assert.Equal(t, "30.02", a.used(), "another month")
	a.later(time.Hour)
	require.NoError(t, a.server.AddBills("2026-03", a.resale, 50))
	assert.Equal(t, decimal.Max(a.listed("2026-03").Round(2), decimal.Zero).String(), a.used())
	a.later(30 * day)
	assert.Equal(t, "0", a.used(), "a new month")
}

// ownRows are the rows of the reseller customer's own bills.
func (a *abroad) ownRows(target string) []ownRow {
	a.t.Helper()
	return read[struct {
		Rows []ownRow `json:"fee_records"`
	}](a.t, a.asCustomer(http.MethodGet, target, "")).Rows
}

func TestABudgetForOnceOutlastsTheMonth(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	a.spend("10")
	a.setBudget("100", fieldset{"budget_type": "PACKAGE"})
	assert.Equal(t, "0", a.used(), "what was before does not count")
	a.spend("20")
	a.later(60 * day)
	a.spend("5")
	assert.Equal(t, "25", a.used())
	a.setBudget("200", fieldset{"budget_type": "PACKAGE"})
	assert.Equal(t, "25", a.used(), "another amount of the same budget")
	a.setBudget("200", fieldset{"budget_type": "MONTHLY"})
	assert.Equal(t, "5", a.used())
	a.setBudget("200", fieldset{"budget_type": "PACKAGE"})
	assert.Equal(t, "0", a.used())
}

func TestWhatIsGivenBackIsNotUsed(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	a.setBudget("100", nil)
	id := a.buy(huawei.NewOrder{}).ID
	assert.Equal(t, "100", a.used())
	got := a.asCustomer(http.MethodPost, pathUnsubscribe, fmt.Sprintf(`{"resource_ids":[%q],"unsubscribe_type":1}`, id))
	require.Equal(t, http.StatusOK, got.status, got.body)
	assert.Equal(t, "0", a.used())
	a.later(30 * day)
	assert.Equal(t, "0", a.used())
}

func TestAnExceededBudgetFreezes(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	id := a.buy(huawei.NewOrder{OfficialAmount: yuan("10")}).ID
	a.setBudget("50", fieldset{"frozen_operate_type": 1})
	a.spend("40")
	assert.EqualValues(t, 0, a.row(a.resale)["is_frozen"], "used up is not exceeded")
	a.spend("0.01")
	assert.EqualValues(t, 1, a.row(a.resale)["is_frozen"])
	assert.Equal(t, "CBC.8214", a.pay(a.place(huawei.NewOrder{}), nil, nil).code(t))
	assert.Equal(t, "CBC.99007281", a.asCustomer(http.MethodPost, pathRenew, renewal(2, 1, 1, id)).code(t))

	a.setBudget("60", fieldset{"cancel_partner_frozen": "1"})
	assert.EqualValues(t, 0, a.row(a.resale)["is_frozen"])
	a.renew(renewal(2, 1, 1, id))
	assert.EqualValues(t, 1, a.row(a.resale)["is_frozen"], "the type is still automatic: 60.01 of 60")
}

func TestABudgetThatIsExceededAlreadyFreezesAtOnce(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	a.spend("50")
	a.setBudget("49.99", fieldset{"frozen_operate_type": 1, "cancel_partner_frozen": "1"})
	assert.EqualValues(t, 1, a.row(a.resale)["is_frozen"])
}

func TestAManualBudgetFreezesNobody(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string]fieldset{
		"first set without a type": nil, "null": {"frozen_operate_type": nil}, "manual": {"frozen_operate_type": 0},
	} {
		a := newAbroad(t, huawei.Options{})
		a.setBudget("10", changes)
		a.spend("20")
		assert.EqualValues(t, 0, a.row(a.resale)["is_frozen"], name)
		assert.Equal(t, "20", a.used(), name)
	}
}

func TestABudgetUnfreezesIfItIsToldTo(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	for _, kind := range []string{huawei.FreezeAccount, huawei.FreezeResources} {
		a.change(pathFreeze, kind, a.resale)
		for flag, frozen := range map[any]int{nil: 1, "": 1, "0": 1} {
			a.setBudget("10", fieldset{"cancel_partner_frozen": flag})
			assert.EqualValues(t, frozen, a.row(a.resale)["is_frozen"], flag)
		}
		a.setBudget("10", fieldset{"cancel_partner_frozen": "1"})
		assert.EqualValues(t, 0, a.row(a.resale)["is_frozen"], kind)
	}
}

func TestBudgetsAreRefused(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	good := fieldset{"customer_id": a.resale, "budget_amount": 10}
	for name, c := range map[string]struct {
		changes fieldset
		code    string
	}{
		"nothing":                  {fieldset{"budget_amount": 0}, "CBC.0100"},
		"no amount":                {fieldset{"budget_amount": nil}, "CBC.0100"},
		"a third decimal":          {fieldset{"budget_amount": 0.001}, "CBC.0100"},
		"more than may be":         {fieldset{"budget_amount": 2147483647.01}, "CBC.0100"},
		"another flag":             {fieldset{"cancel_partner_frozen": "2"}, "CBC.0100"},
		"another kind":             {fieldset{"budget_type": "YEARLY"}, "CBC.0100"},
		"empty kind":               {fieldset{"budget_type": ""}, "CBC.0100"},
		"another type of freezing": {fieldset{"frozen_operate_type": 2}, "CBC.0100"},
		"referral customer":        {fieldset{"customer_id": a.referral}, "CBC.99005024"},
		"stranger":                 {fieldset{"customer_id": a.stranger}, "CBC.99000035"},
		"the reseller's customer":  {fieldset{"customer_id": a.theirs}, "CBC.99000000"},
		"unknown reseller":         {fieldset{"indirect_partner_id": "x"}, "CBC.99000037"},
	} {
		assert.Equal(t, c.code, a.call(http.StatusBadRequest, pathBudget, text(t, good.with(c.changes)))["error_code"], name)
	}
	for query, code := range map[string]string{
		"":                           "CBC.0100",
		"?customer_id=":              "CBC.0100",
		"?customer_id=" + a.referral: "CBC.99005024",
		"?customer_id=" + a.theirs:   "CBC.99000000",
		"?customer_id=" + a.resale + "&indirect_partner_id=x": "CBC.99000037",
	} {
		got := a.asPartner(http.MethodGet, pathBudget+query, "")
		assert.Equal(t, code, got.code(t), query)
	}
	assert.Equal(t, "CBC.0151", a.asCustomer(http.MethodGet, pathBudget+"?customer_id="+a.resale, "").code(t))
}

func TestSeveralBudgets(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	second := a.account("second-customer", huawei.AssociationReseller)
	a.setBudget("10", nil)
	query := func(f fieldset) []budgetInfo {
		got := a.asPartner(http.MethodPost, pathBudgetQuery, text(t, f))
		answer := read[struct {
			Rows     []budgetInfo `json:"budget_infos"`
			Currency string       `json:"currency"`
		}](t, got)
		assert.Equal(t, "USD", answer.Currency)
		return answer.Rows
	}
	rows := query(fieldset{"customer_ids": []string{a.referral, a.resale, a.stranger, second, a.theirs, "nobody"}})
	require.Len(t, rows, 2, "who is not the partner's is left out")
	assert.Equal(t, a.resale, rows[0].CustomerID)
	assert.Equal(t, "10", rows[0].Amount.String())
	assert.Equal(t, budgetInfo{CustomerID: second}, rows[1], "has no budget")
	theirs := query(fieldset{"customer_ids": []string{a.theirs, a.resale}, "indirect_partner_id": a.reseller})
	require.Len(t, theirs, 1)
	assert.Equal(t, a.theirs, theirs[0].CustomerID)
	for body, code := range map[string]string{
		`{}`:                  "CBC.0100",
		`{"customer_ids":[]}`: "CBC.0100",
		text(t, fieldset{"customer_ids": make([]string, 101)}):                            "CBC.0100",
		text(t, fieldset{"customer_ids": []string{a.resale}, "indirect_partner_id": "x"}): "CBC.99000037",
	} {
		assert.Equal(t, code, a.call(http.StatusBadRequest, pathBudgetQuery, body)["error_code"], body)
	}
}

type budgetRecords struct {
	Total   int `json:"total_count"`
	Records []struct {
		Amount    decimal.Decimal `json:"budget_amount"`
		Operation string          `json:"operation_type"`
		Time      string          `json:"operation_time"`
		Operator  string          `json:"operator"`
		Kind      string          `json:"budget_type"`
		Corp      string          `json:"partner_corp_name"`
		Account   string          `json:"partner_account_name"`
	} `json:"record_list"`
}

func (a *abroad) records(query string) budgetRecords {
	a.t.Helper()
	return read[budgetRecords](a.t, a.asPartner(http.MethodGet, pathBudgetRecords+"?customer_id="+query, ""))
}

func TestBudgetsAreRecorded(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	assert.Zero(t, a.records(a.resale).Total)
	a.setBudget("10", nil)
	a.later(time.Hour)
	a.setBudget("20.5", fieldset{"budget_type": "PACKAGE"})
	a.call(http.StatusNoContent, pathBudget, text(t, fieldset{
		"customer_id": a.theirs, "budget_amount": 7, "indirect_partner_id": a.reseller,
	}))
	got := a.administer(http.MethodPost, "/_sim/disassociations", text(t, fieldset{"customer_id": a.resale}))
	require.Equal(t, http.StatusOK, got.status, got.body)

	all := a.records(a.resale)
	require.Equal(t, 3, all.Total)
	first, last := all.Records[0], all.Records[2]
	assert.Equal(t, "10", first.Amount.String())
	assert.Equal(t, []string{"SETTING", "2026-03-02T01:00:00Z", "sim-operator", "MONTHLY", "sim-partner", "sim-partner"},
		[]string{first.Operation, first.Time, first.Operator, first.Kind, first.Corp, first.Account})
	assert.Equal(t, []string{"DELETE", "system", "PACKAGE"}, []string{last.Operation, last.Operator, last.Kind})
	theirs := a.records(a.theirs + "&indirect_partner_id=" + a.reseller)
	require.Equal(t, 1, theirs.Total)
	assert.Equal(t, []string{"Reseller Ltd", "reseller-one"}, []string{theirs.Records[0].Corp, theirs.Records[0].Account})

	for query, want := range map[string]int{
		"&operation_type=SETTING": 2, "&operation_type=DELETE": 1, "&budget_type=PACKAGE": 2, "&budget_type=MONTHLY": 1,
	} {
		assert.Equal(t, want, a.records(a.resale+query).Total, query)
	}
	assert.Len(t, a.records(a.resale+"&offset=1&limit=1").Records, 1)
	assert.Zero(t, a.records(a.theirs).Total, "without its reseller")
	assert.Zero(t, a.records("nobody").Total)
	for _, query := range []string{
		"", a.resale + "&operation_type=", a.resale + "&operation_type=SET", a.resale + "&budget_type=", a.resale + "&budget_type=YEARLY",
		a.resale + "&limit=0", a.resale + "&limit=101", a.resale + "&offset=-1",
	} {
		got := a.asPartner(http.MethodGet, pathBudgetRecords+"?customer_id="+query, "")
		assert.Equal(t, "CBC.0100", got.code(t), query)
	}
	assert.Equal(t, "CBC.99000037", a.asPartner(http.MethodGet, pathBudgetRecords+"?customer_id=x&indirect_partner_id=x", "").code(t))
}

func TestAnAssociationEnds(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	a.spend("20")
	require.ErrorContains(t, a.server.Disassociate("nobody"), "no customer")
	require.ErrorContains(t, a.server.Disassociate(a.referral), "no reseller customer")
	a.change(pathFreeze, "", a.resale)
	require.ErrorContains(t, a.server.Disassociate(a.resale), "unfreeze it first")
	a.change(pathUnfreeze, "", a.resale)
	a.setBudget("10", fieldset{"frozen_operate_type": 1})
	assert.EqualValues(t, 1, a.row(a.resale)["is_frozen"], "over the budget, which is no obstacle")
	require.NoError(t, a.server.Disassociate(a.resale))
	assert.EqualValues(t, 1, a.call(http.StatusOK, pathQuery, `{}`)["count"])
	assert.Equal(t, "CBC.99000035", a.asPartner(http.MethodGet, pathBudget+"?customer_id="+a.resale, "").code(t))
}
