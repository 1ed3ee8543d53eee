package huawei_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
)

func TestTheAdministrationListsItself(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	var got struct{ Routes []string }
	require.NoError(t, json.Unmarshal([]byte(s.administer(http.MethodGet, "/_sim/", "").body), &got))
	assert.IsIncreasing(t, got.Routes)
	for _, route := range []string{"GET /_sim/clock", "POST /_sim/faults", "POST /_sim/orders", "POST /_sim/tokens/revoke"} {
		assert.Contains(t, got.Routes, route)
	}
	assert.Equal(t, http.StatusNotFound, s.administer(http.MethodGet, "/_sim/unknown", "").status)
	assert.Equal(t, http.StatusNotFound, s.send(s.request(http.MethodGet, "/_sim/seed", "")).status, "not on the API's listener")
}

func TestTheREADMENamesEveryRoute(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	s := newSite(t, huawei.Options{})
	for _, route := range s.administer(http.MethodGet, "/_sim/", "").fields(t)["routes"].([]any) {
		_, path, _ := strings.Cut(route.(string), " ")
		assert.Contains(t, string(readme), path+"`")
	}
}

func TestTheClockMoves(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	assert.JSONEq(t, `{"now":"2026-03-02T01:00:00Z","settable":true}`, s.administer(http.MethodGet, "/_sim/clock", "").body)
	s.administer(http.MethodPut, "/_sim/clock", `{"advance":"1h30m"}`)
	assert.Equal(t, start.Add(90*time.Minute), s.clock.Now())
	got := s.administer(http.MethodPut, "/_sim/clock", `{"now":"2027-01-01T08:00:00+08:00"}`)
	assert.JSONEq(t, `{"now":"2027-01-01T00:00:00Z","settable":true}`, got.body)
}

func TestTheSystemClockStays(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{Clock: clock.System{}})
	assert.Contains(t, s.administer(http.MethodGet, "/_sim/clock", "").body, `"settable":false`)
	got := s.administer(http.MethodPut, "/_sim/clock", `{"advance":"1s"}`)
	assert.Equal(t, http.StatusBadRequest, got.status)
	assert.Contains(t, got.body, "cannot be set")
}

func TestTheSeedIsShown(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{Seed: 18446744073709551615})
	assert.Equal(t, `{"seed":18446744073709551615}`, s.administer(http.MethodGet, "/_sim/seed", "").body)
}

func TestASeedThatIsSetStartsAgain(t *testing.T) {
	t.Parallel()
	wanted := newSite(t, huawei.Options{Seed: 7}).call(http.StatusOK, pathCustomers, createU1)
	s := newSite(t, huawei.Options{Seed: 3})
	assert.NotEqual(t, wanted, s.call(http.StatusOK, pathCustomers, createU1))
	s.addFault(huawei.Fault{Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 3})
	s.clock.Advance(time.Hour)

	assert.JSONEq(t, `{"seed":7}`, s.administer(http.MethodPut, "/_sim/seed", `{"seed":7}`).body)
	assert.JSONEq(t, `{"seed":7}`, s.administer(http.MethodGet, "/_sim/seed", "").body)
	assert.Empty(t, s.server.Journal())
	assert.Empty(t, s.server.Faults())
	assert.Equal(t, start.Add(time.Hour), s.clock.Now(), "the clock stays")
	assert.Equal(t, wanted, s.call(http.StatusOK, pathCustomers, createU1))
	s.server.Reset()
	assert.Equal(t, wanted, s.call(http.StatusOK, pathCustomers, createU1), "a reset keeps the seed that was set")
}

func TestAccountsAndBindingsThroughTheAdministration(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := newSite(t, huawei.Options{NotificationURL: p.URL})
	ok := func(path, body string) result {
		got := s.administer(http.MethodPost, path, body)
		require.Equal(t, http.StatusOK, got.status, got.body)
		return got
	}
	id := ok("/_sim/accounts", `{"account_name":"yongzhi","customer":"永志","mobile":"13800000001","cash":"12.34"}`).fields(t)["customer_id"]
	ok("/_sim/bindings", `{"account_name":"yongzhi","xaccount_id":"u1","xuser_id":"p1"}`)
	ok("/_sim/notifications/replay", `{"number":1}`)
	ok("/_sim/bindings/remove", `{"account_name":"yongzhi"}`)
	assert.Len(t, p.received(), 3)

	journal := s.administer(http.MethodGet, "/_sim/journal", "").fields(t)["effects"].([]any)
	require.Len(t, journal, 3)
	assert.Equal(t, map[string]any{
		"time": "2026-03-02T01:00:00Z", "operation": "AddAccount", "customer_id": id, "amount": "12.34", "currency": "CNY",
	}, journal[0])
	outbox := s.administer(http.MethodGet, "/_sim/outbox", "").fields(t)["messages"].([]any)
	require.Len(t, outbox, 3)
	assert.EqualValues(t, 3, outbox[2].(map[string]any)["number"])

	ok("/_sim/reset", "")
	assert.JSONEq(t, `{"effects":[]}`, s.administer(http.MethodGet, "/_sim/journal", "").body)
	assert.JSONEq(t, `{"messages":[]}`, s.administer(http.MethodGet, "/_sim/outbox", "").body)
}

func TestTheAdministrationRefuses(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	for _, c := range []struct{ method, path, body, message string }{
		{http.MethodPut, "/_sim/clock", ``, "cannot be read"},
		{http.MethodPut, "/_sim/clock", `{}`, "either"},
		{http.MethodPut, "/_sim/clock", `{"now":"2027-01-01T00:00:00Z","advance":"1s"}`, "either"},
		{http.MethodPut, "/_sim/clock", `{"advance":"1s"} {}`, "more than one"},
		{http.MethodPut, "/_sim/clock", `{"forward":"1s"}`, "unknown field"},
		{http.MethodPut, "/_sim/clock", `{"advance":"` + strings.Repeat("1", 4<<20) + `"}`, "too large"},
		{http.MethodPut, "/_sim/seed", `{}`, "seed"},
		{http.MethodPut, "/_sim/seed", `{"seed":-1}`, "cannot be read"},
		{http.MethodPost, "/_sim/accounts", `{"account_name":"x"}`, "account name"},
		{http.MethodPost, "/_sim/accounts", `{"account_name":"yongzhi","cash":"-1"}`, "negative"},
		{http.MethodPost, "/_sim/accounts", `{"account_name":"yongzhi","cash":"0.001"}`, "2 decimals"},
		{http.MethodPost, "/_sim/bindings", `{"account_name":"yongzhi"}`, "needs"},
		{http.MethodPost, "/_sim/bindings/remove", `{"account_name":"yongzhi"}`, "no such"},
		{http.MethodPost, "/_sim/notifications/replay", `{"number":1}`, "outbox"},
	} {
		got := s.administer(c.method, c.path, c.body)
		assert.Equal(t, http.StatusBadRequest, got.status, c.body)
		assert.Contains(t, got.fields(t)["error"], c.message)
	}
}

func TestCodesAndPasswordsStayOutOfLogsAndAnswers(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	s := newSite(t, huawei.Options{Logger: newTextLogger(&log)})
	code := s.sendCode(mobile)
	wrong := s.register(http.StatusBadRequest, "u1", mobile, otherCode(code))
	assert.NotContains(t, wrong["error_msg"], code)
	s.send(s.request(http.MethodPost, pathTokens, passwordRequest))
	for _, secret := range []string{code, "Sim-Operator-1", "SIMPARTNERSK"} {
		assert.NotContains(t, log.String(), secret)
	}
}
