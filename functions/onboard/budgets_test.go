package onboard_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// budgetOf is a good request for the customer that the partner is billed for.
func (a *abroad) budgetOf(requestID, amount string) fields {
	return fields{"request_id": requestID, "customer_id": a.resold, "budget_amount": amount, "currency": "USD"}
}

func (f fields) with(changes fields) fields {
	changed := fields{}
	for _, each := range []fields{f, changes} {
		for name, value := range each {
			if changed[name] = value; value == nil {
				delete(changed, name)
			}
		}
	}
	return changed
}

type shownBudget struct {
	CustomerID string `json:"customer_id"`
	AccountID  string `json:"account_id"`
	Reseller   string `json:"indirect_partner_id"`
	Amount     string `json:"budget_amount"`
	Used       string `json:"used_amount"`
	Type       string `json:"budget_type"`
	Currency   string
}

func TestABudgetIsSetAndRead(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	missing := a.problemFor(http.MethodGet, "/onboard/budget?customer_id="+a.resold, nil)
	assert.Equal(t, "budget_missing", missing.Code)

	var set struct {
		shownBudget
		RequestID string    `json:"request_id"`
		Freezes   *int      `json:"frozen_operate_type"`
		Unfreezes bool      `json:"cancel_partner_frozen"`
		At        time.Time `json:"at"`
	}
	for range 2 {
		a.post("/onboard/budgets", a.budgetOf("b1", "100.5"), &set)
		assert.Equal(t, "b1", set.RequestID)
		assert.WithinDuration(t, a.clock.Now(), set.At, 10*time.Second)
	}
	assert.Equal(t, 1, a.effects("UpdateSubCustomerBudget"))
	a.post("/onboard/budgets", a.budgetOf("b2", "20").with(fields{"budget_type": "PACKAGE", "frozen_operate_type": 1}), &set)
	assert.Equal(t, 1, *set.Freezes)
	a.post("/onboard/budgets", a.budgetOf("b1", "100.50"), &set)

	var got shownBudget
	a.get("/onboard/budget?customer_id="+a.resold, &got)
	assert.Equal(t, shownBudget{CustomerID: a.resold, Amount: "20", Used: "0", Type: "PACKAGE", Currency: "USD"}, got, "the first request again does not undo the second")
	assert.Equal(t, "key_conflict", a.refused("/onboard/budgets", a.budgetOf("b1", "100.51")).Code)
}

func TestABudgetUnfreezesANewCustomer(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	a.freezes("freezes", "f1", nil, a.resold)
	a.post("/onboard/budgets", a.budgetOf("b1", "10"), nil)
	assert.True(t, a.frozen(a.resold, ""))
	in := a.budgetOf("b2", "10").with(fields{"cancel_partner_frozen": true})
	a.post("/onboard/budgets", in, nil)
	assert.False(t, a.frozen(a.resold, ""))
	a.freezes("freezes", "f2", nil, a.resold)
	a.post("/onboard/budgets", in, nil)
	assert.True(t, a.frozen(a.resold, ""), "the same request does not unfreeze who was frozen since")
}

func TestSeveralBudgets(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	second := a.account(huawei.Account{Name: "second-customer", Association: huawei.AssociationReseller})
	a.post("/onboard/budgets", a.budgetOf("b1", "10"), nil)
	a.post("/onboard/budgets", a.budgetOf("b2", "7").with(fields{"customer_id": a.theirs, "indirect_partner_id": a.reseller}), nil)
	type list struct {
		Budgets []shownBudget
		Without []string `json:"without_budget"`
		LeftOut []string `json:"left_out"`
	}
	var out list
	a.get("/onboard/budgets?customer_ids="+strings.Join([]string{a.referral, second, a.resold, a.theirs, "nobody"}, ","), &out)
	require.Len(t, out.Budgets, 1)
	assert.Equal(t, a.resold, out.Budgets[0].CustomerID)
	assert.Equal(t, []string{second}, out.Without)
	assert.Equal(t, []string{a.referral, a.theirs, "nobody"}, out.LeftOut)

	out = list{}
	a.get("/onboard/budgets?customer_ids="+a.theirs+"&indirect_partner_id="+a.reseller, &out)
	assert.Equal(t, []shownBudget{{CustomerID: a.theirs, Reseller: a.reseller, Amount: "7", Used: "0", Type: "MONTHLY", Currency: "USD"}}, out.Budgets)
}

func TestBudgetsAreRecorded(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	for i := range 3 {
		a.post("/onboard/budgets", a.budgetOf(fmt.Sprint("b", i), fmt.Sprint(10+i)), nil)
	}
	a.post("/onboard/budgets", a.budgetOf("b3", "20").with(fields{"budget_type": "PACKAGE"}), nil)
	require.NoError(t, a.Sim.Disassociate(a.resold))
	type records struct {
		Records []struct {
			Operation string    `json:"operation_type"`
			Time      time.Time `json:"operation_time"`
			Amount    string    `json:"budget_amount"`
			Type      string    `json:"budget_type"`
			Currency  string
			Operator  string
		}
		NextOffset int `json:"next_offset"`
	}
	amounts := func(query string) ([]string, int) {
		var out records
		a.get("/onboard/budget-records?customer_id="+a.resold+query, &out)
		all := []string{}
		for _, r := range out.Records {
			assert.Equal(t, "USD", r.Currency)
			assert.WithinDuration(t, a.clock.Now(), r.Time, 10*time.Second)
			assert.NotEmpty(t, r.Operator)
			all = append(all, r.Operation+" "+r.Amount)
		}
		return all, out.NextOffset
	}
	all, next := amounts("")
	assert.Equal(t, []string{"SETTING 10", "SETTING 11", "SETTING 12", "SETTING 20", "DELETE 20"}, all)
	assert.Zero(t, next)
	some, next := amounts("&limit=3")
	assert.Equal(t, all[:3], some)
	assert.Equal(t, 3, next)
	rest, next := amounts("&limit=3&offset=3")
	assert.Equal(t, all[3:], rest)
	assert.Zero(t, next)
	some, _ = amounts("&operation_type=DELETE")
	assert.Equal(t, all[4:], some)
	some, _ = amounts("&budget_type=MONTHLY")
	assert.Equal(t, all[:3], some)
}

func TestABudgetWhoseAnswerWasLostIsFound(t *testing.T) {
	t.Parallel()
	for state, point := range map[string]huawei.Point{"done": huawei.AfterEffect, "failed": huawei.BeforeEffect} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			a := newAbroad(t)
			in := a.budgetOf("b2", "10").with(fields{"cancel_partner_frozen": true, "frozen_operate_type": 0})
			a.post("/onboard/budgets", a.budgetOf("b1", "10"), nil)
			a.clock.Advance(time.Minute)
			a.fail(huawei.Fault{Operation: "UpdateSubCustomerBudget", Kind: huawei.FaultUnavailable, Point: point, Probability: 1})
			assert.Equal(t, "outcome_unknown", a.refused("/onboard/budgets", in).Code)
			a.Sim.ClearFaults()
			a.clock.Advance(10 * time.Minute)
			require.NoError(t, a.RunSchedule(t.Context(), "onboard", "reconcile", nil))
			assert.Equal(t, state, a.entry("budget:b2").State, "the equal budget of a minute before is another one")
			a.post("/onboard/budgets", in, nil)
			assert.Equal(t, "done", a.entry("budget:b2").State)
		})
	}
}

func TestWhatThePartnerMayOwe(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	var out map[string]string
	a.get("/onboard/consumption-quota", &out)
	assert.Equal(t, "100000", out["consumption_quota"])
	assert.Equal(t, "USD", out["currency"])
	assert.Len(t, out, 7)
}

func TestWhoHasNoBudget(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	stranger := a.account(huawei.Account{Name: "a-stranger"})
	for name, test := range map[string]struct {
		changes fields
		code    string
	}{
		"pays itself":                     {fields{"customer_id": a.referral}, "customer_pays_itself"},
		"stranger":                        {fields{"customer_id": stranger}, "customer_unknown"},
		"a reseller's, who is not named":  {fields{"customer_id": a.theirs}, "customer_unknown"},
		"a reseller's that is none":       {fields{"indirect_partner_id": "x"}, "reseller_unknown"},
		"an account that is not recorded": {fields{"customer_id": nil, "account_id": "acct-9"}, "customer_unknown"},
	} {
		in := a.budgetOf("b1", "10").with(test.changes)
		p := a.refused("/onboard/budgets", in)
		assert.Equal(t, test.code, p.Code, name)
		query := ""
		for _, key := range []string{"account_id", "customer_id", "indirect_partner_id"} {
			if in[key] != nil {
				query += fmt.Sprintf("&%s=%v", key, in[key])
			}
		}
		assert.Equal(t, test.code, a.problemFor(http.MethodGet, "/onboard/budget?"+query[1:], nil).Code, name)
	}
	assert.Equal(t, "reseller_unknown", a.problemFor(http.MethodGet, "/onboard/budgets?customer_ids=x&indirect_partner_id=x", nil).Code)
	assert.Equal(t, "reseller_unknown", a.problemFor(http.MethodGet, "/onboard/budget-records?customer_id=x&indirect_partner_id=x", nil).Code)
	assert.Zero(t, a.effects("UpdateSubCustomerBudget"))
}

func TestBadInputAboutBudgetsAndFreezing(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	before := a.Sim.Journal()
	long := strings.Repeat("x", 65)
	freeze := fields{"request_id": "f1", "customer_ids": []string{a.resold}, "reason": "overdue"}
	ids := make([]string, 11)
	for i := range ids {
		ids[i] = fmt.Sprint("c", i)
	}
	for name, test := range map[string]struct {
		path    string
		good    fields
		changes fields
		field   string
	}{
		"no request":           {"budgets", a.budgetOf("b1", "1"), fields{"request_id": nil}, "request_id"},
		"a long request":       {"budgets", a.budgetOf("b1", "1"), fields{"request_id": long}, "request_id"},
		"nobody":               {"budgets", a.budgetOf("b1", "1"), fields{"customer_id": nil}, "customer_id"},
		"two names":            {"budgets", a.budgetOf("b1", "1"), fields{"account_id": "acct-1"}, "customer_id"},
		"a long account":       {"budgets", a.budgetOf("b1", "1"), fields{"customer_id": nil, "account_id": strings.Repeat("x", 129)}, "account_id"},
		"a customer's form":    {"budgets", a.budgetOf("b1", "1"), fields{"customer_id": "a b"}, "customer_id"},
		"a reseller's form":    {"budgets", a.budgetOf("b1", "1"), fields{"indirect_partner_id": long}, "indirect_partner_id"},
		"no amount":            {"budgets", a.budgetOf("b1", "1"), fields{"budget_amount": nil}, "budget_amount"},
		"nothing":              {"budgets", a.budgetOf("b1", "0"), nil, "budget_amount"},
		"less than nothing":    {"budgets", a.budgetOf("b1", "-1"), nil, "budget_amount"},
		"a third decimal":      {"budgets", a.budgetOf("b1", "0.001"), nil, "budget_amount"},
		"too much":             {"budgets", a.budgetOf("b1", "2147483647.01"), nil, "budget_amount"},
		"no currency":          {"budgets", a.budgetOf("b1", "1"), fields{"currency": nil}, "currency"},
		"another currency":     {"budgets", a.budgetOf("b1", "1"), fields{"currency": "CNY"}, "currency"},
		"another type":         {"budgets", a.budgetOf("b1", "1"), fields{"budget_type": "YEARLY"}, "budget_type"},
		"another freezing":     {"budgets", a.budgetOf("b1", "1"), fields{"frozen_operate_type": 2}, "frozen_operate_type"},
		"freeze: no request":   {"freezes", freeze, fields{"request_id": nil}, "request_id"},
		"freeze: nobody":       {"freezes", freeze, fields{"customer_ids": nil}, "customer_ids"},
		"freeze: too many":     {"freezes", freeze, fields{"customer_ids": ids}, "customer_ids"},
		"freeze: with others":  {"freezes", freeze, fields{"customer_ids": ids[:10], "account_ids": []string{"a"}}, "customer_ids"},
		"freeze: a form":       {"freezes", freeze, fields{"customer_ids": []string{"a", "b c"}}, "customer_ids[1]"},
		"freeze: twice":        {"freezes", freeze, fields{"customer_ids": []string{"a", "a"}}, "customer_ids[1]"},
		"freeze: an account":   {"freezes", freeze, fields{"account_ids": []string{""}}, "account_ids[0]"},
		"freeze: a reseller":   {"freezes", freeze, fields{"indirect_partner_id": long}, "indirect_partner_id"},
		"freeze: no reason":    {"freezes", freeze, fields{"reason": nil}, "reason"},
		"freeze: long reason":  {"freezes", freeze, fields{"reason": strings.Repeat("慢", 257)}, "reason"},
		"freeze: type":         {"freezes", freeze, fields{"freeze_type": "ALL"}, "freeze_type"},
		"freeze: not accepted": {"freezes", freeze, fields{"freeze_type": both, "accept_resource_loss": false}, "accept_resource_loss"},
		"unfreeze: no request": {"unfreezes", freeze, fields{"request_id": nil}, "request_id"},
		"unfreeze: nobody":     {"unfreezes", freeze, fields{"customer_ids": []string{}}, "customer_ids"},
		"unfreeze: no reason":  {"unfreezes", freeze, fields{"reason": ""}, "reason"},
		"unfreeze: type":       {"unfreezes", freeze, fields{"unfreeze_type": "account"}, "unfreeze_type"},
	} {
		assert.Equal(t, []string{test.field}, a.wrongFields(http.MethodPost, "/onboard/"+test.path, test.good.with(test.changes)), name)
	}
	many := strings.TrimSuffix(strings.Repeat("c,", 101), ",")
	for path, field := range map[string]string{
		"budget":                                                         "customer_id",
		"budget?customer_id=":                                            "customer_id",
		"budget?customer_id=a&account_id=b":                              "customer_id",
		"budget?customer_id=a&limit=1":                                   "limit",
		"budget?customer_id=a&customer_id=b":                             "customer_id",
		"budgets":                                                        "customer_ids",
		"budgets?customer_ids=":                                          "customer_ids",
		"budgets?customer_ids=" + many:                                   "customer_ids",
		"budgets?customer_ids=a,,b":                                      "customer_ids[1]",
		"budgets?customer_ids=a,a":                                       "customer_ids[1]",
		"budgets?customer_ids=a&indirect_partner_id=":                    "indirect_partner_id",
		"budget-records":                                                 "customer_id",
		"budget-records?customer_id=a&operation_type=":                   "operation_type",
		"budget-records?customer_id=a&operation_type=SET":                "operation_type",
		"budget-records?customer_id=a&budget_type=YEARLY":                "budget_type",
		"budget-records?customer_id=a&offset=-1":                         "offset",
		"budget-records?customer_id=a&limit=0":                           "limit",
		"budget-records?customer_id=a&limit=101":                         "limit",
		"consumption-quota?customer_id=a":                                "customer_id",
		"indirect-partners?account_name=":                                "account_name",
		"indirect-partners?account_name=" + long:                         "account_name",
		"indirect-partners?associated_since=today":                       "associated_since",
		"indirect-partners?associated_until=2026-03-01T00:00:00%2B08:00": "associated_until",
		"indirect-partners?limit=101":                                    "limit",
		"indirect-partners?offset=1.5":                                   "offset",
		"indirect-partners?name=x":                                       "name",
	} {
		assert.Equal(t, []string{field}, a.wrongFields(http.MethodGet, "/onboard/"+path, nil), path)
	}
	assert.Equal(t, before, a.Sim.Journal())
}
