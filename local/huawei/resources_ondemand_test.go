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

type onDemandInfo struct {
	ID        string `json:"resource_id"`
	Name      string `json:"resource_name"`
	Customer  string `json:"customer_id"`
	Region    string `json:"region_code"`
	Service   string `json:"service_type_code"`
	Type      string `json:"resource_type_code"`
	Spec      string `json:"resource_spec_code"`
	Info      string `json:"resource_info"`
	Effective string `json:"effective_time"`
	Status    int    `json:"status"`
}

type onDemandList struct {
	Total     int            `json:"total_count"`
	Resources []onDemandInfo `json:"resources"`
}

func (m *market) onDemand(filters string) onDemandList {
	m.t.Helper()
	body := fmt.Sprintf(`{"customer_id":%q%s}`, m.resale, filters)
	return read[onDemandList](m.t, m.asPartner(http.MethodPost, pathOnDemandResources, body))
}

func conversion(operation string, resources ...string) string {
	return fmt.Sprintf(`{"operation":%q,"resource_ids":%s}`, operation, ids(resources...))
}

type conversionErrors struct {
	Details []struct {
		ID   string `json:"id"`
		Code string `json:"error_code"`
	} `json:"error_details"`
}

// schedule returns the resources that were refused.
func (m *market) schedule(operation string, resources ...string) conversionErrors {
	m.t.Helper()
	return read[conversionErrors](m.t, m.asCustomer(http.MethodPost, pathToOnDemand, conversion(operation, resources...)))
}

type conversions struct {
	Results []struct {
		ID     string `json:"resource_id"`
		Result string `json:"result"`
		Code   string `json:"error_code"`
		Order  string `json:"order_id"`
	} `json:"to_ondemand_service_results"`
}

func (m *market) convert(resources ...string) conversions {
	m.t.Helper()
	return read[conversions](m.t, m.asCustomer(http.MethodPost, pathInstantly, fmt.Sprintf(`{"resource_ids":%s}`, ids(resources...))))
}

func TestAResourceIsConvertedWhenItExpires(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id, other := m.buy(huawei.NewOrder{}).ID, m.buy(huawei.NewOrder{}).ID
	assert.Empty(t, m.schedule("SET_UP", id, other).Details)
	assert.Empty(t, m.schedule("CANCEL", other, other).Details)
	assert.Equal(t, 1, m.resource(id).Policy)
	assert.Equal(t, 0, m.resource(other).Policy)
	unpaid := m.renew(renewal(2, 1, 0, id))[0]
	m.later(6 * day)
	assert.Equal(t, 2, m.resource(id).Status)
	m.later(26 * day)
	assert.Equal(t, 3, m.resource(id).Status)
	assert.Equal(t, 5, m.resource(other).Status)
	assert.Equal(t, 4, m.details(unpaid).Order.Status)
	list := m.onDemand("")
	require.Len(t, list.Resources, 2, "the server and its disk")
	assert.Equal(t, id, list.Resources[0].ID)
	assert.Equal(t, "2026-04-02T01:00:05Z", list.Resources[0].Effective)
	assert.Equal(t, "hws.resource.type.volume", list.Resources[1].Type)
	assert.Empty(t, m.orders("?order_type=10").Orders, "nothing is left to refund")
}

func TestConvertingAnExpiringResourceCancelsItsRenewal(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{}).ID
	m.schedule("SET_UP", id)
	m.later(30 * day)
	unpaid := m.renew(renewal(2, 1, 0, id))[0]
	m.later(day)
	assert.Equal(t, 4, m.details(unpaid).Order.Status)
	assert.Equal(t, 3, m.resource(id).Status)
}

func TestARenewalPostponesTheConversion(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{}).ID
	m.schedule("SET_UP", id)
	m.later(31*day - 2*time.Second)
	m.renew(renewal(2, 1, 1, id))
	m.later(3 * time.Second)
	assert.Equal(t, 5, m.resource(id).Status, "expired, while the renewal is being processed")
	m.later(3 * time.Second)
	assert.Equal(t, 2, m.resource(id).Status)
	m.later(30 * day)
	assert.Equal(t, 3, m.resource(id).Status)
}

func TestConvertingInstantlyRefundsTheRest(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	r := m.buy(huawei.NewOrder{OfficialAmount: yuan("310"), ProductDescription: "通用型|s6.small.1"})
	m.later(3 * day)
	got := m.convert(r.ID, "x").Results
	require.Len(t, got, 2)
	assert.Equal(t, "SUCCESS", got[0].Result)
	assert.Equal(t, "FAIL", got[1].Result)
	assert.Equal(t, "CBC.99003012", got[1].Code)
	assert.Empty(t, got[1].Order)
	assert.Equal(t, []string{"-249", "30", "31"}, m.amounts(got[0].Order))
	assert.Equal(t, "939", m.cash())
	require.Len(t, m.orders("?order_type=10").Orders, 1)
	assert.Equal(t, 3, m.resource(r.ID).Status)
	assert.Equal(t, onDemandInfo{
		ID: r.ID, Name: "vm-" + r.ID[:4], Customer: m.resale, Region: "cn-north-4", Service: "hws.service.type.ec2",
		Type: "hws.resource.type.vm", Spec: "s6.small.1.linux", Effective: "2026-03-05T01:00:05Z", Status: 1,
	}, m.onDemand("").Resources[0])
}

func TestConversionsAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		code string
		ask  func(m *market, id string) string // the id of the resource
	}{
		"unknown": {"CBC.99003012", func(*market, string) string { return "x" }},
		"another's": {"CBC.99003012", func(m *market, id string) string {
			m.account("another", huawei.AssociationResale)
			m.token = m.customerToken("another")
			return id
		}},
		"unsubscribed": {"CBC.99003012", func(m *market, id string) string {
			m.unsubscribe(1, id)
			return id
		}},
		"what belongs to another": {"CBC.99003609", func(m *market, id string) string {
			return m.resources(fmt.Sprintf(`{"resource_ids":[%q]}`, id)).Resources[1].ID
		}},
		"a domain": {"CBC.99003609", func(m *market, _ string) string {
			return m.buy(huawei.NewOrder{ServiceTypeCode: "hws.service.type.domains", PeriodType: huawei.PeriodYear}).ID
		}},
		"account frozen": {"CBC.99003626", func(m *market, _ string) string {
			theirs, err := m.server.AddAccount(huawei.Account{Name: "frozen", Association: huawei.AssociationResale, Frozen: true, Cash: yuan("500")})
			require.NoError(m.t, err)
			m.token = m.customerToken("frozen")
			require.Equal(m.t, http.StatusNoContent, m.pay(m.place(huawei.NewOrder{CustomerID: theirs}), nil, nil).status)
			m.clock.Advance(time.Minute)
			return m.resources("{}").Resources[0].ID
		}},
		"order unpaid": {"CBC.99003623", func(m *market, id string) string {
			m.renew(renewal(2, 1, 0, id))
			return id
		}},
		"order in progress": {"CBC.99003623", func(m *market, id string) string {
			m.renew(renewal(2, 1, 1, id))
			return id
		}},
		"in the grace period": {"CBC.99003610", func(m *market, id string) string {
			m.later(32 * day)
			return id
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			id := test.ask(m, m.buy(huawei.NewOrder{}).ID)
			scheduled := m.asCustomer(http.MethodPost, pathToOnDemand, conversion("SET_UP", id))
			if test.code == "CBC.99003610" {
				failed := read[conversionErrors](t, scheduled).Details
				require.Len(t, failed, 1)
				assert.Equal(t, []string{id, test.code}, []string{failed[0].ID, failed[0].Code})
			} else {
				assert.Equal(t, http.StatusBadRequest, scheduled.status)
				assert.Equal(t, test.code, scheduled.code(t))
			}
			result := m.convert(id).Results[0]
			assert.Equal(t, []string{"FAIL", test.code}, []string{result.Result, result.Code})
		})
	}
	m := newMarket(t, huawei.Options{})
	assert.Equal(t, "CBC.0100", m.asCustomer(http.MethodPost, pathToOnDemand, conversion("STOP", "x")).code(t))
	assert.Equal(t, "CBC.0100", m.asCustomer(http.MethodPost, pathInstantly, `{"resource_ids":["x","x"]}`).code(t))
}

func (m *market) use(n huawei.NewOnDemandResource) string {
	m.t.Helper()
	if n.CustomerID == "" {
		n.CustomerID = m.resale
	}
	id, err := m.server.AddOnDemandResource(n)
	require.NoError(m.t, err)
	return id
}

func TestResourcesOnDemandAreFiltered(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	server := m.use(huawei.NewOnDemandResource{Name: "web", Spec: "s7.large.2.linux"})
	m.clock.Advance(time.Hour)
	disk := m.use(huawei.NewOnDemandResource{ServiceTypeCode: "hws.service.type.ebs", RegionCode: "cn-east-3", Size: yuan("40")})
	m.use(huawei.NewOnDemandResource{CustomerID: m.referral})
	for filters, want := range map[string][]string{
		``:                           {server, disk},
		`,"limit":1`:                 {server},
		`,"offset":1`:                {disk},
		`,"region_code":"cn-east-3"`: {disk},
		`,"region_code":""`:          {server, disk},
		`,"service_type_code":"hws.service.type.ec2"`:    {server},
		`,"resource_ids":["` + disk + `"]`:               {disk},
		`,"resource_ids":[]`:                             {server, disk},
		`,"status":1`:                                    {server, disk},
		`,"status":3`:                                    nil,
		`,"effective_time_begin":"2026-03-02T01:00:00Z"`: {disk},
		`,"effective_time_end":"2026-03-02T02:00:00Z"`:   {server},
	} {
		var got []string
		for _, r := range m.onDemand(filters).Resources {
			got = append(got, r.ID)
		}
		assert.Equal(t, want, got, filters)
	}
	list := m.onDemand(`,"limit":1`)
	assert.Equal(t, 2, list.Total)
	assert.Equal(t, "web", list.Resources[0].Name)
	assert.Equal(t, `{"specSize":40}`, m.onDemand(`,"offset":1`).Resources[0].Info)
}

func TestResourcesOnDemandFollowTheirCustomer(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	frozen, err := m.server.AddAccount(huawei.Account{Name: "frozen", Association: huawei.AssociationResale, Frozen: true})
	require.NoError(t, err)
	m.use(huawei.NewOnDemandResource{CustomerID: frozen})
	m.use(huawei.NewOnDemandResource{CustomerID: m.stranger})
	list := func(customer string) onDemandList {
		return read[onDemandList](t, m.asPartner(http.MethodPost, pathOnDemandResources, fmt.Sprintf(`{"customer_id":%q}`, customer)))
	}
	assert.Equal(t, 3, list(frozen).Resources[0].Status)
	assert.Zero(t, list(m.stranger).Total)
	for body, code := range map[string]string{
		`{}`: "CBC.0100",
		fmt.Sprintf(`{"customer_id":%q,"indirect_partner_id":"x"}`, m.resale): "CBC.99000037",
		fmt.Sprintf(`{"customer_id":%q,"effective_time_end":"x"}`, m.resale):  "CBC.0100",
		fmt.Sprintf(`{"customer_id":%q,"status":7}`, m.resale):                "CBC.0100",
	} {
		assert.Equal(t, code, m.asPartner(http.MethodPost, pathOnDemandResources, body).code(t), body)
	}
}

func TestResourcesOnDemandAreAdded(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	got := m.administer(http.MethodPost, "/_sim/on-demand-resources", fmt.Sprintf(`{"customer_id":%q}`, m.resale))
	assert.Equal(t, m.onDemand("").Resources[0].ID, got.fields(t)["resource_id"])
	for _, n := range []huawei.NewOnDemandResource{
		{CustomerID: "x"}, {CustomerID: m.resale, ServiceTypeCode: "x"}, {CustomerID: m.resale, Size: yuan("-1")},
	} {
		_, err := m.server.AddOnDemandResource(n)
		require.Error(t, err)
	}
}
