package huawei_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathFreeze   = "/v2/partners/sub-customers/freeze"
	pathUnfreeze = "/v2/partners/sub-customers/unfreeze"
)

type freezeAnswer struct {
	Errors []struct {
		Code    string `json:"error_code"`
		Message string `json:"error_msg"`
		ID      string `json:"id"`
	} `json:"error_details"`
}

// change freezes or unfreezes customers of the partner; by no kind, by default.
func (a *abroad) change(path, kind string, customers ...string) freezeAnswer {
	a.t.Helper()
	body := fieldset{"customer_ids": customers, "reason": "overdue"}
	if kind != "" {
		body["freeze_type"], body["unfreeze_type"] = kind, kind
	}
	return read[freezeAnswer](a.t, a.asPartner(http.MethodPost, path, text(a.t, body)))
}

func TestFreezingAndUnfreezing(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"", huawei.FreezeAccount, huawei.FreezeResources} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			a := newAbroad(t, huawei.Options{})
			for range 2 { // again changes nothing
				assert.Empty(t, a.change(pathFreeze, kind, a.resale).Errors)
				assert.EqualValues(t, 1, a.row(a.resale)["is_frozen"])
			}
			for range 2 {
				assert.Empty(t, a.change(pathUnfreeze, kind, a.resale).Errors)
				assert.EqualValues(t, 0, a.row(a.resale)["is_frozen"])
			}
			assert.Equal(t, []string{"FreezeSubCustomers", "UnfreezeSubCustomers"}, a.effectsOf(a.resale))
		})
	}
}

// effectsOf are the operations that changed a customer after it was added.
func (a *abroad) effectsOf(customer string) []string {
	var all []string
	for _, e := range a.server.Journal() {
		if e.CustomerID == customer && e.Operation != "AddAccount" {
			all = append(all, e.Operation)
		}
	}
	return all
}

func TestWhoCannotBeFrozenIsNamed(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	for _, path := range []string{pathFreeze, pathUnfreeze} {
		got := a.change(path, "", a.referral, a.resale, a.stranger, "nobody", a.theirs)
		require.Len(t, got.Errors, 4)
		for i, want := range []struct{ id, code string }{
			{a.referral, "CBC.99005024"}, {a.stranger, "CBC.99000035"}, {"nobody", "CBC.99000035"}, {a.theirs, "CBC.99000000"},
		} {
			assert.Equal(t, want.id, got.Errors[i].ID)
			assert.Equal(t, want.code, got.Errors[i].Code)
			assert.NotEmpty(t, got.Errors[i].Message)
		}
	}
	theirs := text(t, fieldset{"customer_ids": []string{a.theirs}, "reason": "r", "indirect_partner_id": a.reseller})
	assert.Empty(t, read[freezeAnswer](t, a.asPartner(http.MethodPost, pathFreeze, theirs)).Errors)
	assert.Equal(t, []string{"FreezeSubCustomers"}, a.effectsOf(a.theirs))
}

func TestTheTypesOfAFreezeMustAgree(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	a.change(pathFreeze, huawei.FreezeResources, a.resale)
	for _, path := range []string{pathFreeze, pathUnfreeze} {
		refused := a.call(http.StatusBadRequest, path, text(t, fieldset{"customer_ids": []string{a.resale}, "reason": "r"}))
		assert.Equal(t, "CBC.0100", refused["error_code"])
		assert.Contains(t, refused["error_msg"], huawei.FreezeResources)
	}
	assert.EqualValues(t, 1, a.row(a.resale)["is_frozen"])
}

func TestFreezingIsRefused(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	good := fieldset{"customer_ids": []string{a.resale}, "reason": "overdue"}
	for name, c := range map[string]struct {
		changes fieldset
		code    string
	}{
		"no customers":     {fieldset{"customer_ids": []string{}}, "CBC.0100"},
		"eleven customers": {fieldset{"customer_ids": make([]string, 11)}, "CBC.0100"},
		"no reason":        {fieldset{"reason": nil}, "CBC.0100"},
		"a long reason":    {fieldset{"reason": strings.Repeat("r", 257)}, "CBC.0100"},
		"another type":     {fieldset{"freeze_type": "ALL", "unfreeze_type": "ALL"}, "CBC.0100"},
		"empty type":       {fieldset{"freeze_type": "", "unfreeze_type": ""}, "CBC.0100"},
		"unknown reseller": {fieldset{"indirect_partner_id": "x"}, "CBC.99000037"},
	} {
		for _, path := range []string{pathFreeze, pathUnfreeze} {
			assert.Equal(t, c.code, a.call(http.StatusBadRequest, path, text(t, good.with(c.changes)))["error_code"], name)
		}
	}
	for _, path := range []string{pathFreeze, pathUnfreeze} {
		assert.Equal(t, "CBC.0151", a.asCustomer(http.MethodPost, path, text(t, good)).code(t))
	}
}

func TestAFrozenCustomerCannotSpend(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	bought := a.buy(huawei.NewOrder{})
	order := a.place(huawei.NewOrder{})
	a.change(pathFreeze, "", a.resale)
	for name, c := range map[string]struct{ method, path, body, code string }{
		"pay":       {http.MethodPost, pathPay, text(t, payment{OrderID: order, UseCoupon: "NO", UseDiscount: "NO"}), "CBC.8214"},
		"renew":     {http.MethodPost, pathRenew, renewal(2, 1, 1, bought.ID), "CBC.8214"},
		"autorenew": {http.MethodPost, pathAutoRenew + bought.ID, `{}`, "CBC.99003602"},
		"on demand": {http.MethodPost, pathToOnDemand, `{"operation":"SET_UP","resource_ids":["` + bought.ID + `"]}`, "CBC.99003626"},
		"projects":  {http.MethodPost, pathProjects, `{}`, "CBC.99007004"},
	} {
		got := a.asCustomer(c.method, c.path, c.body)
		assert.Equal(t, http.StatusBadRequest, got.status, name)
		assert.Equal(t, c.code, got.code(t), name)
	}
	a.change(pathUnfreeze, "", a.resale)
	assert.Equal(t, http.StatusNoContent, a.pay(order, nil, nil).status)
}

func TestAutomaticRenewalsOfAFrozenCustomerFail(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	id := a.buy(huawei.NewOrder{}).ID
	a.autoRenew(id, `{}`)
	a.change(pathFreeze, "", a.resale)
	a.later(29 * day) // the deductions begin 7 days before the end
	assert.Equal(t, 1, a.orders("").Total)
	a.change(pathUnfreeze, "", a.resale)
	a.later(day)
	assert.Equal(t, 2, a.orders("").Total, "the next one succeeds")
}

func TestResourcesThatAreFrozenForLongAreDeleted(t *testing.T) {
	t.Parallel()
	for kind, status := range map[string]int{huawei.FreezeAccount: 2, huawei.FreezeResources: 3} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			a := newAbroad(t, huawei.Options{})
			id := a.buy(huawei.NewOrder{}).ID
			_, err := a.server.AddOnDemandResource(huawei.NewOnDemandResource{CustomerID: a.resale})
			require.NoError(t, err)
			onDemand := func() any {
				return a.call(http.StatusOK, pathOnDemandResources, text(t, fieldset{"customer_id": a.resale}))["total_count"]
			}
			a.change(pathFreeze, kind, a.resale)
			a.later(15*day - time.Second)
			assert.Equal(t, 2, a.resource(id).Status)
			assert.EqualValues(t, 1, onDemand())
			a.later(time.Second)
			assert.Equal(t, status, a.resource(id).Status)
			assert.EqualValues(t, 3-status, onDemand())
		})
	}
}

func TestANewCustomerCannotSpendUntilItIsUnfrozen(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	a.call(http.StatusOK, pathCustomers, `{`+newcomer+`,"domain_name":"newcomer"}`)
	a.clock.Advance(3 * time.Second)
	id := a.call(http.StatusOK, pathQuery, `{"account_name":"newcomer"}`)["customer_infos"].([]any)[0].(map[string]any)["customer_id"].(string)
	order := a.place(huawei.NewOrder{CustomerID: id})
	pay := func() result {
		return a.withToken(a.customerToken("newcomer"), http.MethodPost, pathPay, text(t, payment{OrderID: order, UseCoupon: "NO", UseDiscount: "NO"}))
	}
	assert.Equal(t, "CBC.8214", pay().code(t))
	assert.Empty(t, a.change(pathUnfreeze, huawei.FreezeAccount, id).Errors)
	assert.Equal(t, http.StatusNoContent, pay().status)
}

// A referral customer pays for itself, frozen or not.
func TestAFreezeByHuaweiCloudIsNotThePartners(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	_, err := a.server.AddAccount(huawei.Account{Name: "frozen-one", Association: huawei.AssociationReferral, Frozen: true})
	require.NoError(t, err)
	rows := a.call(http.StatusOK, pathQuery, `{"account_name":"frozen-one"}`)["customer_infos"].([]any)
	row := rows[0].(map[string]any)
	assert.EqualValues(t, 1, row["is_frozen"])
	unfreeze := text(t, fieldset{"customer_ids": []any{row["customer_id"]}, "reason": "r"})
	assert.Equal(t, "CBC.99005024", a.call(http.StatusBadRequest, pathUnfreeze, unfreeze)["error_code"])
}
