package huawei_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func TestConditionsThroughTheAdministration(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	set := func(status int, path, body string) {
		method := http.MethodPut
		if path == "/_sim/users" || path == "/_sim/resources/mark" {
			method = http.MethodPost
		}
		got := m.administer(method, path, body)
		assert.Equal(t, status, got.status, got.body)
	}
	resource := m.buy(huawei.NewOrder{}).ID
	set(http.StatusOK, "/_sim/resources/mark", text(t, fieldset{"resource_id": resource, "mark": "trial"}))
	assert.Equal(t, "CBC.99003649", m.asCustomer(http.MethodPost, pathUnsubscribe, unsubscription(1, resource)).code(t))
	set(http.StatusOK, "/_sim/conditions", text(t, fieldset{"customer_id": m.resale, "frozen_by_partner": true, "payment_interval": "1h"}))
	assert.Equal(t, "CBC.99007281", m.asCustomer(http.MethodPost, pathRenew, renewal(2, 1, 0, resource)).code(t))
	set(http.StatusOK, "/_sim/partner", `{"restricted":true}`)
	assert.Equal(t, "CBC.50010085", m.asPartner(http.MethodPost, pathCustomers, createU1).code(t))
	set(http.StatusOK, "/_sim/users", `{"account_name":"resale-customer","name":"clerk","password":"x"}`)

	set(http.StatusBadRequest, "/_sim/resources/mark", text(t, fieldset{"resource_id": resource, "mark": "odd"}))
	set(http.StatusBadRequest, "/_sim/resources/mark", `{"resource_id":"x","mark":"trial"}`)
	set(http.StatusBadRequest, "/_sim/conditions", `{"customer_id":"x"}`)
	set(http.StatusBadRequest, "/_sim/conditions", text(t, fieldset{"customer_id": m.resale, "payments_per_day": -1}))
	set(http.StatusBadRequest, "/_sim/partner", `{"odd":true}`)
	set(http.StatusBadRequest, "/_sim/users", `{"account_name":"nobody","name":"clerk","password":"x"}`)
	set(http.StatusBadRequest, "/_sim/users", `{"name":"clerk"}`)
	set(http.StatusBadRequest, "/_sim/users", `{"name":"clerk","password":"x","denied":["Nothing"]}`)
}

func TestPaymentsAreLimited(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	require.NoError(t, m.server.SetConditions(m.resale, huawei.Conditions{PaymentsPerDay: 2, PaymentInterval: huawei.Duration(time.Minute)}))
	pay := func() string {
		got := m.pay(m.place(huawei.NewOrder{OfficialAmount: yuan("1")}), nil, nil)
		if got.status == http.StatusNoContent {
			return ""
		}
		return got.code(t)
	}
	assert.Empty(t, pay())
	assert.Equal(t, "CBC.99008040", pay())
	m.clock.Advance(time.Minute)
	assert.Empty(t, pay())
	m.clock.Advance(time.Minute)
	assert.Equal(t, "CBC.99008056", pay())
	m.later(14 * time.Hour) // 09:02 to 23:02 GMT+8
	assert.Equal(t, "CBC.99008056", pay())
	m.later(time.Hour)
	assert.Empty(t, pay(), "another day in GMT+8")
}

func TestAUserActsForItsAccount(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	customers := m.userToken(huawei.NewUser{AccountName: "resale-customer", Denied: []string{"PayOrders"}})
	assert.Equal(t, http.StatusOK, m.withToken(customers, http.MethodGet, pathBalances, "").status)
	assert.Equal(t, "CBC.0151", m.withToken(customers, http.MethodPost, pathPay, `{}`).code(t))
	assert.Equal(t, "CBC.0151", m.withToken(customers, http.MethodPost, pathQuery, `{}`).code(t), "no partner")
	partners := m.userToken(huawei.NewUser{})
	assert.Equal(t, http.StatusOK, m.withToken(partners, http.MethodPost, pathQuery, `{}`).status)
	assert.Equal(t, http.StatusCreated, m.withToken(partners, http.MethodPost, pathTokens, assumeRequest("resale-customer", "SIM_IDP")).status)
	m.server.RevokeTokens()
	assert.Equal(t, http.StatusUnauthorized, m.withToken(partners, http.MethodPost, pathQuery, `{}`).status)
}
