package huawei_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func (m *market) autoRenew(id, body string) {
	m.t.Helper()
	got := m.asCustomer(http.MethodPost, pathAutoRenew+id, body)
	require.Equal(m.t, http.StatusNoContent, got.status, got.body)
}

func (m *market) configure(name, value string) result {
	m.t.Helper()
	return m.asCustomer(http.MethodPost, "/v2/orders/subscriptions/resources/renew/config",
		`{"config_name":"`+name+`","config_value":"`+value+`"}`)
}

func TestAResourceIsRenewedByItself(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{PeriodNum: 2}).ID // until 2026-05-02T01:00:05Z
	m.autoRenew(id, `{}`)
	assert.Equal(t, 3, m.resource(id).Policy)
	m.clock.Set(time.Date(2026, 4, 24, 18, 59, 59, 0, time.UTC)) // 02:59:59 of the 25th in GMT+8
	m.later(0)
	assert.Equal(t, "900", m.cash())
	m.later(time.Second)
	assert.Equal(t, "850", m.cash(), "one month, not two")
	orders := m.orders("?order_type=2").Orders
	require.Len(t, orders, 1)
	assert.Equal(t, "2026-04-24T19:00:00Z", orders[0].Paid)
	m.later(time.Minute)
	assert.Equal(t, "2026-06-02T01:00:05Z", m.resource(id).Expire)

	m.later(100 * day)
	assert.Equal(t, "700", m.cash(), "and again each month, even if nobody looks")
	assert.Equal(t, "2026-09-02T01:00:05Z", m.resource(id).Expire)
	assert.Equal(t, 4, m.orders("?order_type=2&status=5").Total)
}

func TestAutomaticRenewalsAreCounted(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{}).ID
	m.autoRenew(id, `{"auto_renew_times":5}`)
	m.autoRenew(id, `{}`) // without a number nothing is set anew
	m.autoRenew(id, `{"auto_renew_times":2}`)
	m.later(300 * day)
	assert.Equal(t, "2026-06-02T01:00:05Z", m.resource(id).Expire)
	assert.Equal(t, 3, m.resource(id).Status)
	assert.Equal(t, 0, m.resource(id).Policy)
	assert.Equal(t, "700", m.cash())
}

func TestAnAutomaticRenewalIsForAYearWhereYearsWereBought(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{PeriodType: huawei.PeriodYear, PeriodNum: 2, OfficialAmount: yuan("20")}).ID
	m.autoRenew(id, `{"auto_renew_times":0}`)
	m.later(800 * day)
	assert.Equal(t, "2029-03-02T01:00:05Z", m.resource(id).Expire)
	assert.Equal(t, "970", m.cash())
}

func TestAnAutomaticRenewalIsTriedUntilItSucceeds(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{}).ID
	m.autoRenew(id, `{}`)
	require.NoError(t, m.server.SetCash(m.resale, yuan("99.99")))
	m.later(40 * day)
	assert.Equal(t, 4, m.resource(id).Status)
	assert.Zero(t, m.orders("?order_type=2").Total, "a try that fails leaves no order")
	require.NoError(t, m.server.SetCash(m.resale, yuan("100")))
	assert.Equal(t, "100", m.cash())
	m.later(day)
	assert.Equal(t, "0", m.cash())
	assert.Equal(t, 2, m.resource(id).Status)
	assert.Equal(t, "2026-05-02T01:00:05Z", m.resource(id).Expire)
}

// What is due only because of what happened just now is paid at the next time of
// deduction, and not at one that has passed.
func TestAnAutomaticRenewalIsNeverInThePast(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 30, 1, 0, 0, 0, time.UTC)
	for name, happen := range map[string]func(m *market, id string){
		"a renewal is unsubscribed": func(m *market, id string) {
			m.renew(renewal(2, 1, 1, id))
			m.clock.Set(now)
			m.later(0)
			m.unsubscribe(2, id)
		},
		"an open renewal is cancelled": func(m *market, id string) {
			m.clock.Set(now.Add(-6 * day))
			m.later(0)
			order := m.renew(renewal(2, 1, 0, id))[0]
			m.clock.Set(now)
			m.later(0)
			m.cancel(order)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			id := m.buy(huawei.NewOrder{}).ID // until 2026-04-02T01:00:05Z
			m.autoRenew(id, `{}`)
			happen(m, id)
			before := m.orders("?order_type=2").Total
			m.later(17 * time.Hour)
			assert.Equal(t, before, m.orders("?order_type=2").Total)
			m.later(2 * time.Hour)
			renewed := m.orders("?order_type=2").Orders
			require.Len(t, renewed, before+1)
			assert.Equal(t, "2026-03-30T19:00:00Z", renewed[0].Paid) // 03:00 of the 31st in GMT+8
		})
	}
}

func (m *market) cancel(order string) {
	m.t.Helper()
	got := m.asCustomer(http.MethodPut, pathCancel, fmt.Sprintf(`{"order_id":%q}`, order))
	require.Equal(m.t, http.StatusNoContent, got.status, got.body)
}

func TestAutomaticRenewalsEnd(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(m *market, id string){
		"cancelled": func(m *market, id string) {
			require.Equal(m.t, http.StatusNoContent, m.asCustomer(http.MethodDelete, pathAutoRenew+id, "").status)
			assert.Equal(m.t, "CBC.99003605", m.asCustomer(http.MethodDelete, pathAutoRenew+id, "").code(m.t))
		},
		"unsubscribed":        func(m *market, id string) { m.unsubscribe(1, id) },
		"scheduled on demand": func(m *market, id string) { m.schedule("SET_UP", id) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			id := m.buy(huawei.NewOrder{}).ID
			m.autoRenew(id, `{}`)
			end(m, id)
			m.later(60 * day)
			assert.Zero(t, m.orders("?order_type=2").Total)
		})
	}
}

func TestAutomaticRenewalsAreRefused(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{}).ID
	disk := m.resources(fmt.Sprintf(`{"resource_ids":[%q]}`, id)).Resources[1].ID
	start := func(id, body string) string { return m.asCustomer(http.MethodPost, pathAutoRenew+id, body).code(t) }
	end := func(id string) string { return m.asCustomer(http.MethodDelete, pathAutoRenew+id, "").code(t) }
	assert.Equal(t, "CBC.0100", start(id, `{"period_type":"WEEK"}`))
	assert.Equal(t, "CBC.0100", start(id, `{"auto_renew_times":100}`))
	assert.Equal(t, "CBC.99003012", start("x", `{}`))
	assert.Equal(t, "CBC.99003012", end("x"))
	assert.Equal(t, "CBC.99003605", end(id))
	m.autoRenew(disk, `{}`)
	assert.Equal(t, 3, m.resource(id).Policy, "what belongs to it stands for the main resource")

	frozen, err := m.server.AddAccount(huawei.Account{Name: "frozen", Association: huawei.AssociationResale, Frozen: true, Cash: yuan("500")})
	require.NoError(t, err)
	m.token = m.customerToken("frozen")
	theirs := m.place(huawei.NewOrder{CustomerID: frozen})
	require.Equal(t, http.StatusNoContent, m.pay(theirs, nil, nil).status)
	m.clock.Advance(time.Minute)
	assert.Equal(t, "CBC.99003602", start(m.resources("{}").Resources[0].ID, `{}`))

	expired := m.buyFor("resale-customer", huawei.NewOrder{})
	m.later(31 * day)
	assert.Equal(t, "CBC.99003602", start(expired.ID, `{}`))
}

// buyFor goes on as another customer.
func (m *market) buyFor(account string, n huawei.NewOrder) resourceInfo {
	m.t.Helper()
	m.token = m.customerToken(account)
	return m.buy(n)
}

func TestTheDayOfDeductionIsSet(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{}).ID // until 2026-04-02T01:00:05Z
	m.autoRenew(id, `{}`)
	require.Equal(t, http.StatusOK, m.configure("DEDUCTION_DATE", "2").status)
	m.clock.Set(time.Date(2026, 3, 30, 18, 59, 59, 0, time.UTC))
	m.later(0)
	assert.Equal(t, "900", m.cash())
	m.later(time.Second)
	assert.Equal(t, "800", m.cash())
}

func TestTheDayOfExpiryIsSet(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]struct{ expire, amount string }{
		"2":  {"2026-05-02T01:00:05Z", "300"},
		"7":  {"2026-05-07T01:00:05Z", "350"},
		"1":  {"2026-06-01T01:00:05Z", "600"},
		"-1": {"2026-05-31T01:00:05Z", "590"},
	} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			id := m.buy(huawei.NewOrder{OfficialAmount: yuan("300")}).ID
			require.Equal(t, http.StatusOK, m.configure("EXPIRE_DATE", value).status)
			assert.Equal(t, want.amount, m.rates(renewal(2, 1, 0, id)).Results[0].Amount.String())
			order := m.renew(renewal(2, 1, 1, id))[0]
			m.later(time.Minute)
			assert.Equal(t, want.expire, m.resource(id).Expire)
			assert.Equal(t, want.amount, m.details(order).Order.Price.String())
		})
	}
}

func TestTheConfigurationIsChecked(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for _, wrong := range [][2]string{
		{"DEDUCTION_DATE", "1"}, {"DEDUCTION_DATE", "8"}, {"DEDUCTION_DATE", "two"}, {"DEDUCTION_DATE", "+2"},
		{"EXPIRE_DATE", "0"}, {"EXPIRE_DATE", "29"}, {"EXPIRE_DATE", "-2"}, {"EXPIRE_DATE", "07"},
		{"OTHER", "2"}, {"EXPIRE_DATE", ""},
	} {
		got := m.configure(wrong[0], wrong[1])
		assert.Equal(t, http.StatusBadRequest, got.status, wrong)
		assert.Equal(t, "CBC.0100", got.code(t), wrong)
	}
}
