package huawei_test

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

const (
	pathResources         = "/v2/orders/suscriptions/resources/query"
	pathRenew             = "/v2/orders/subscriptions/resources/renew"
	pathRenewRate         = "/v2/bills/ratings/period-resources/renew-rate"
	pathUnsubscribe       = "/v2/orders/subscriptions/resources/unsubscribe"
	pathRefund            = "/v2/orders/customer-orders/refund-orders"
	pathAutoRenew         = "/v2/orders/subscriptions/resources/autorenew/"
	pathToOnDemand        = "/v2/orders/subscriptions/resources/to-on-demand"
	pathInstantly         = "/v2/orders/subscriptions/resources/to-on-demand/instantly"
	pathOnDemandResources = "/v2/partners/sub-customers/on-demand-resources/query"
)

const day = 24 * time.Hour

type resourceInfo struct {
	ID       string `json:"resource_id"`
	Instance string `json:"id"`
	Service  string `json:"service_type_code"`
	Type     string `json:"resource_type_code"`
	Spec     string `json:"resource_spec_code"`
	Parent   string `json:"parent_resource_id"`
	Main     int    `json:"is_main_resource"`
	Status   int    `json:"status"`
	Begin    string `json:"effective_time"`
	Expire   string `json:"expire_time"`
	Policy   int    `json:"expire_policy"`
	Updated  string `json:"update_time"`
}

type resourceList struct {
	Total     int            `json:"total_count"`
	Resources []resourceInfo `json:"data"`
}

// resources are those of the resale customer that pass the filters.
func (m *market) resources(body string) resourceList {
	m.t.Helper()
	return read[resourceList](m.t, m.asCustomer(http.MethodPost, pathResources, body))
}

func (m *market) resource(id string) resourceInfo {
	m.t.Helper()
	list := m.resources(fmt.Sprintf(`{"resource_ids":[%q],"only_main_resource":1}`, id))
	require.Len(m.t, list.Resources, 1)
	return list.Resources[0]
}

// buy pays an order and waits for its main resource.
func (m *market) buy(n huawei.NewOrder, coupons ...benefit) resourceInfo {
	m.t.Helper()
	order := m.place(n)
	got := m.pay(order, coupons, nil)
	require.Equal(m.t, http.StatusNoContent, got.status, got.body)
	m.later(5 * time.Second)
	list := m.resources(fmt.Sprintf(`{"order_id":%q,"only_main_resource":1}`, order))
	require.Len(m.t, list.Resources, 1)
	return list.Resources[0]
}

// later lets time pass. Tokens last a day, so there is a new one afterwards.
func (m *market) later(d time.Duration) {
	m.t.Helper()
	m.clock.Advance(d)
	m.token = m.customerToken("resale-customer")
}

// ids writes a list of resource ids as JSON.
func ids(all ...string) string { return `["` + strings.Join(all, `","`) + `"]` }

func TestACompletedPurchaseHasResources(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	order := m.place(huawei.NewOrder{ProductDescription: "通用计算型|s6.small.1|1vCPU", PeriodType: huawei.PeriodYear})
	assert.Zero(t, m.resources("{}").Total, "not paid")
	require.Equal(t, http.StatusNoContent, m.pay(order, nil, nil).status)
	assert.Zero(t, m.resources("{}").Total, "not delivered")
	m.later(5 * time.Second)

	list := m.resources("{}")
	require.Len(t, list.Resources, 2)
	server, disk := list.Resources[0], list.Resources[1]
	assert.Equal(t, resourceInfo{
		ID: server.ID, Instance: server.Instance, Service: "hws.service.type.ec2", Type: "hws.resource.type.vm",
		Spec: "s6.small.1.linux", Main: 1, Status: 2,
		Begin: "2026-03-02T01:00:05Z", Expire: "2027-03-02T01:00:05Z", Updated: "2026-03-02T01:00:05Z",
	}, server)
	assert.Equal(t, resourceInfo{
		ID: disk.ID, Instance: disk.Instance, Service: "hws.service.type.ebs", Type: "hws.resource.type.volume",
		Parent: server.ID, Status: 2,
		Begin: "2026-03-02T01:00:05Z", Expire: "2027-03-02T01:00:05Z", Updated: "2026-03-02T01:00:05Z",
	}, disk)
	assert.Len(t, map[string]bool{server.ID: true, disk.ID: true, server.Instance: true, disk.Instance: true}, 4)
	assert.Equal(t, list, m.resources("{}"), "nothing changes by looking again")
}

func TestOnlyPurchasesForATermHaveResources(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for _, n := range []huawei.NewOrder{
		{OrderType: 2},
		{PeriodType: 5},
		{Members: []huawei.NewOrder{{OfficialAmount: yuan("1"), ServiceTypeCode: "hws.service.type.obs"}, {OfficialAmount: yuan("2"), PeriodType: 5}}},
	} {
		require.Equal(t, http.StatusNoContent, m.pay(m.place(n), nil, nil).status)
	}
	m.later(time.Minute)
	list := m.resources("{}")
	require.Len(t, list.Resources, 1, "that of the one member")
	assert.Equal(t, "hws.resource.type.obs", list.Resources[0].Type)
}

func TestResourcesAreFiltered(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	server := m.buy(huawei.NewOrder{})
	address := m.buy(huawei.NewOrder{ServiceTypeCode: "hws.service.type.vpc", PeriodNum: 2})
	bandwidth := m.resources(fmt.Sprintf(`{"resource_ids":%s}`, ids(address.ID))).Resources[1]
	m.later(33 * day)
	for body, want := range map[string]int{
		`{}`:                       4,
		`{"only_main_resource":1}`: 2,
		`{"resource_ids":[]}`:      4,
		`{"resource_ids":["x"]}`:   0,
		`{"limit":3}`:              3,
		`{"offset":3,"limit":500}`: 1,
		`{"status_list":[5]}`:      2,
		`{"status_list":[2,5]}`:    4,
		`{"status_list":[3,4]}`:    0,
		`{"status_list":[]}`:       4,
		`{"service_type_code":"hws.service.type.vpc"}`:                                          2,
		`{"service_type_code":"hws.service.type.ebs"}`:                                          1,
		`{"expire_time_begin":"2026-04-02T01:00:05Z"}`:                                          2,
		`{"expire_time_begin":"2026-04-02T01:00:04Z","expire_time_end":"2026-04-02T01:00:06Z"}`: 2,
		`{"expire_time_end":"2026-04-02T01:00:05Z"}`:                                            0,
		fmt.Sprintf(`{"resource_ids":%s}`, ids(server.ID)):                                      2,
		fmt.Sprintf(`{"resource_ids":%s,"only_main_resource":1}`, ids(server.ID)):               1,
		fmt.Sprintf(`{"resource_ids":%s,"only_main_resource":1}`, ids(server.ID, bandwidth.ID)): 2,
		fmt.Sprintf(`{"resource_ids":%s}`, ids(bandwidth.ID)):                                   1,
		`{"order_id":"CS0"}`:                          0,
		fmt.Sprintf(`{"customer_id":%q}`, m.referral): 4, // a customer sees its own
	} {
		assert.Len(t, m.resources(body).Resources, want, body)
	}
	assert.Equal(t, 4, m.resources(`{"limit":1}`).Total)
	for _, body := range []string{
		`{"service_type_code":""}`, `{"limit":501}`, `{"limit":0}`, `{"only_main_resource":2}`, `{"expire_time_end":"2026-04-02"}`,
	} {
		assert.Equal(t, "CBC.0100", m.asCustomer(http.MethodPost, pathResources, body).code(t), body)
	}
}

func TestThePartnerSeesTheResourcesOfItsCustomers(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.buy(huawei.NewOrder{})
	list := func(customer string) int {
		got := m.asPartner(http.MethodPost, pathResources, fmt.Sprintf(`{"customer_id":%q}`, customer))
		return read[resourceList](t, got).Total
	}
	assert.Equal(t, 2, list(m.resale))
	assert.Zero(t, list(m.referral))
	assert.Zero(t, list(m.stranger))
	assert.Equal(t, "CBC.0100", m.asPartner(http.MethodPost, pathResources, `{}`).code(t))
}

func TestAResourceExpires(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{}).ID
	for _, step := range []struct {
		wait   time.Duration
		status int
	}{{31*day - time.Second, 2}, {time.Second, 5}, {7*day - time.Second, 5}, {time.Second, 4}, {15*day - time.Second, 4}, {time.Second, 3}} {
		m.later(step.wait)
		assert.Equal(t, step.status, m.resource(id).Status, step.wait)
	}
}

func TestOneSeedMakesTheSameResources(t *testing.T) {
	t.Parallel()
	buy := func(seed uint64) string { return newMarket(t, huawei.Options{Seed: seed}).buy(huawei.NewOrder{}).ID }
	assert.Equal(t, buy(1), buy(1))
	assert.NotEqual(t, buy(1), buy(2))
}

func TestThePartnerCannotOperateResources(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for _, path := range []string{pathRenew, pathRenewRate, pathUnsubscribe, pathAutoRenew + "x", pathToOnDemand, pathInstantly} {
		assert.Equal(t, "CBC.0151", m.asPartner(http.MethodPost, path, `{}`).code(t), path)
	}
	assert.Equal(t, "CBC.0151", m.asPartner(http.MethodDelete, pathAutoRenew+"x", "").code(t))
	assert.Equal(t, "CBC.0151", m.asCustomer(http.MethodPost, pathOnDemandResources, `{}`).code(t))
}
