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

const (
	pathPackages     = "/v3/payments/free-resources/query"
	pathPackageItems = "/v2/payments/free-resources/usages/details/query"
	pathPackageUses  = "/v2/bills/customer-bills/free-resources-usage-records"
)

type packageList struct {
	Total    int `json:"total_count"`
	Packages []struct {
		ID      string `json:"order_instance_id"`
		OrderID string `json:"order_id"`
		Status  int    `json:"status"`
		Expire  string `json:"expire_time"`
		Source  int    `json:"source_type"`
		Bundle  string `json:"bundle_type"`
		Mode    int    `json:"quota_reuse_mode"`
		Scope   int    `json:"enterprise_project_scope"`
		Items   []struct {
			ID       string `json:"free_resource_id"`
			Amount   string `json:"amount"`
			Original string `json:"original_amount"`
			Measure  int    `json:"measure_id"`
		} `json:"free_resources"`
	} `json:"free_resource_packages"`
}

func (m *market) packages(body string) packageList {
	m.t.Helper()
	return read[packageList](m.t, m.asCustomer(http.MethodPost, pathPackages, body))
}

// pack gives the resale customer a package of 40 GB of storage, and returns its
// id and that of its item.
func (m *market) pack(n huawei.NewResourcePackage) (id, item string) {
	m.t.Helper()
	n.CustomerID, n.ProductName = m.resale, "40GB"
	if n.Items == nil {
		n.Items = []huawei.NewPackageItem{{UsageType: "storage", Amount: yuan("40")}}
	}
	id, err := m.server.AddResourcePackage(n)
	require.NoError(m.t, err)
	for _, p := range m.packages(`{"limit":1000}`).Packages {
		if p.ID == id {
			item = p.Items[0].ID
		}
	}
	return id, item
}

func (m *market) deduct(item, amount string) {
	m.t.Helper()
	require.NoError(m.t, m.server.UseResourcePackage(item, "bucket-1", yuan(amount)))
}

// signInAgain gets a new token after time has gone by.
func (m *market) signInAgain() { m.token = m.customerToken("resale-customer") }

func (m *market) item(id string) map[string]any {
	m.t.Helper()
	rows := m.asCustomer(http.MethodPost, pathPackageItems, fmt.Sprintf(`{"free_resource_ids":[%q]}`, id)).fields(m.t)["free_resources"].([]any)
	require.Len(m.t, rows, 1)
	return rows[0].(map[string]any)
}

func TestAPackageIsUsedUpAndExpires(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	order := m.place(huawei.NewOrder{})
	id, item := m.pack(huawei.NewResourcePackage{OrderID: order, Months: 1, EffectiveTime: start.Add(time.Hour)})
	status := func() int { return m.packages(`{}`).Packages[0].Status }
	assert.Zero(t, status(), "not in effect")
	require.Error(t, m.server.UseResourcePackage(item, "bucket-1", yuan("1")))

	m.clock.Advance(time.Hour)
	m.deduct(item, "15.5")
	got := m.packages(`{}`).Packages[0]
	assert.Equal(t, id, got.ID)
	assert.Equal(t, order, got.OrderID)
	assert.Equal(t, []any{1, 0, "ATOMIC_PKG", 2, 0}, []any{got.Status, got.Source, got.Bundle, got.Mode, got.Scope})
	assert.Equal(t, "2026-04-02T02:00:00Z", got.Expire)
	assert.Equal(t, []any{"24.5", "40", 10}, []any{got.Items[0].Amount, got.Items[0].Original, got.Items[0].Measure})
	require.Error(t, m.server.UseResourcePackage(item, "bucket-1", yuan("24.51")), "more than is left")
	require.Error(t, m.server.UseResourcePackage(item, "bucket-1", yuan("0")))
	require.Error(t, m.server.UseResourcePackage("x", "bucket-1", yuan("1")))
	m.deduct(item, "24.5")
	assert.Equal(t, 2, status(), "used up")
	assert.NotContains(t, m.item(item), "quota_reuse_cycle")

	m.clock.Advance(31 * 24 * time.Hour)
	m.signInAgain()
	assert.Equal(t, 3, status(), "expired")
	require.Error(t, m.server.UseResourcePackage(item, "bucket-1", yuan("1")))
}

func TestAPackageIsFilledAgainInEachCycle(t *testing.T) {
	t.Parallel()
	lastOfJanuary := time.Date(2026, 1, 31, 2, 0, 0, 0, time.UTC)
	for reset, test := range map[string]struct {
		kind                   float64
		from, until, next, end string
	}{
		huawei.ResetMonthly: {1, "2026-02-28T16:00:00Z", "2026-03-31T16:00:00Z", "2026-03-31T16:00:00Z", "2026-04-30T16:00:00Z"},
		huawei.ResetByOrder: {2, "2026-02-28T02:00:00Z", "2026-03-31T02:00:00Z", "2026-03-31T02:00:00Z", "2026-04-30T02:00:00Z"},
	} {
		t.Run(reset, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			_, item := m.pack(huawei.NewResourcePackage{EffectiveTime: lastOfJanuary, Months: 6, Reset: reset})
			assert.Equal(t, 1, m.packages(`{}`).Packages[0].Mode)
			m.deduct(item, "40")
			got := m.item(item)
			assert.Equal(t, []any{4.0, test.kind, test.from, test.until}, []any{got["quota_reuse_cycle"], got["quota_reuse_cycle_type"], got["start_time"], got["end_time"]})
			assert.InDelta(t, 0, got["amount"], 0)
			assert.Equal(t, 2, m.packages(`{}`).Packages[0].Status)

			next, err := time.Parse(time.RFC3339, test.next)
			require.NoError(t, err)
			m.clock.Advance(next.Sub(start))
			m.signInAgain()
			got = m.item(item)
			assert.Equal(t, []any{test.next, test.end}, []any{got["start_time"], got["end_time"]})
			assert.InDelta(t, 40, got["amount"], 0)
			assert.Equal(t, 1, m.packages(`{}`).Packages[0].Status)
		})
	}
}

func TestPackagesAreFiltered(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.pack(huawei.NewResourcePackage{EnterpriseProjectID: "ep-1", ProductID: "p1"})
	m.pack(huawei.NewResourcePackage{
		ResourceTypeCode: "hws.resource.type.cdn", RegionCode: "cn-east-3", EffectiveTime: start.Add(time.Hour),
		Items: []huawei.NewPackageItem{{UsageType: "upflow", Amount: yuan("1")}, {UsageType: "upflow", Amount: yuan("2")}},
	})
	for body, total := range map[string]int{
		`{}`:                               2,
		`{"status":0}`:                     1,
		`{"status":4}`:                     0,
		`{"region_code":"cn-east-3"}`:      1,
		`{"product_id":"p1"}`:              1,
		`{"product_name":"40GB"}`:          2,
		`{"product_name":"40"}`:            0,
		`{"order_id":"x"}`:                 0,
		`{"enterprise_project_id":"ep-1"}`: 1,
		`{"service_type_code_list":["HWS.service.type.CDN"]}`: 1,
		`{"service_type_code_list":[]}`:                       2,
		`{"region_code":"","status":null}`:                    2,
		`{"limit":1,"offset":1}`:                              2,
	} {
		assert.Equal(t, total, m.packages(body).Total, body)
	}
	bundle := m.packages(`{"status":0}`).Packages[0]
	assert.Equal(t, []any{"BUNDLE_PKG", 1, 0}, []any{bundle.Bundle, bundle.Source, bundle.Scope})
	assert.Len(t, m.packages(`{"limit":1}`).Packages, 1)
	others := read[packageList](t, m.withToken(m.customerToken("referral-customer"), http.MethodPost, pathPackages, `{}`))
	assert.Zero(t, others.Total)
}

func TestWhatPackagesPaidForIsListed(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{RecordDelay: time.Minute})
	_, first := m.pack(huawei.NewResourcePackage{ProductID: "p1"})
	_, second := m.pack(huawei.NewResourcePackage{})
	m.deduct(second, "7")
	m.clock.Advance(90 * time.Second)
	m.deduct(first, "15.5")
	get := func(query string) map[string]any {
		return m.asCustomer(http.MethodGet, pathPackageUses+query, "").fields(t)
	}
	const today = "?deduct_time_begin=2026-03-02&deduct_time_end=2026-03-02"
	assert.InDelta(t, 1, get(today)["total_count"], 0, "the later one is not visible yet")
	m.clock.Advance(time.Minute)
	rows := get(today)["free_resource_records"].([]any)
	require.Len(t, rows, 2)
	assert.Equal(t, second, rows[0].(map[string]any)["free_resource_id"], "oldest first")
	row := rows[1].(map[string]any)
	for field, want := range map[string]any{
		"available_amount": "40", "used_amount": "15.5", "remaining_amount": "24.5", "measure_id": 10.0, "usage_type_code": "storage",
		"deduct_time": "2026-03-02T01:01:30Z", "effective_time": "2026-03-02T00:00:00Z", "expire_time": "2026-03-02T01:00:00Z",
		"resource_id": "bucket-1", "resource_type_code": "hws.resource.type.obs", "product_id": "p1", "product_name": "40GB",
	} {
		assert.Equal(t, want, row[field], field)
	}
	for query, total := range map[string]int{
		today + "&free_resource_id=" + first: 1, today + "&product_id=p1": 1, today + "&resource_type_code=hws.resource.type.cdn": 0,
		today + "&free_resource_id=": 2, today + "&limit=1&offset=1": 2,
		"?deduct_time_begin=2026-03-03&deduct_time_end=2026-06-01": 0,
	} {
		assert.InDelta(t, total, get(query)["total_count"], 0, query)
	}
}

func TestPackageQueriesAreRefused(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for _, test := range []struct{ method, path, body string }{
		{http.MethodPost, pathPackages, `{"status":5}`},
		{http.MethodPost, pathPackages, `{"limit":1001}`},
		{http.MethodPost, pathPackageItems, `{"free_resource_ids":[]}`},
		{http.MethodPost, pathPackageItems, `{"free_resource_ids":["12345678901234567890123456789012345678901234567890123456789012345"]}`},
		{http.MethodGet, pathPackageUses + "?deduct_time_begin=2026-03-02", ""},
		{http.MethodGet, pathPackageUses + "?deduct_time_begin=&deduct_time_end=2026-03-02", ""},
		{http.MethodGet, pathPackageUses + "?deduct_time_begin=2026-3-2&deduct_time_end=2026-03-02", ""},
		{http.MethodGet, pathPackageUses + "?deduct_time_begin=2026-03-02&deduct_time_end=later", ""},
		{http.MethodGet, pathPackageUses + "?deduct_time_begin=2026-03-02&deduct_time_end=2026-03-01", ""},
		{http.MethodGet, pathPackageUses + "?deduct_time_begin=2026-03-02&deduct_time_end=2026-06-01", ""},
	} {
		got := m.asCustomer(test.method, test.path, test.body)
		require.Equal(t, http.StatusBadRequest, got.status, test.path+test.body)
		assert.Equal(t, "CBC.0100", got.code(t), test.path+test.body)
	}
	_, item := m.pack(huawei.NewResourcePackage{})
	others := m.withToken(m.customerToken("referral-customer"), http.MethodPost, pathPackageItems, fmt.Sprintf(`{"free_resource_ids":[%q]}`, item))
	assert.Empty(t, others.fields(t)["free_resources"], "another customer's")
}

func TestPackagesThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	storage := []huawei.NewPackageItem{{UsageType: "storage", Amount: yuan("1")}}
	for name, n := range map[string]huawei.NewResourcePackage{
		"unknown customer":       {CustomerID: "x", ProductName: "p", Items: storage},
		"unknown order":          {CustomerID: m.resale, ProductName: "p", Items: storage, OrderID: "x"},
		"unknown resource type":  {CustomerID: m.resale, ProductName: "p", Items: storage, ResourceTypeCode: "x"},
		"another's usage type":   {CustomerID: m.resale, ProductName: "p", Items: storage, ResourceTypeCode: "hws.resource.type.vm"},
		"no name":                {CustomerID: m.resale, Items: storage},
		"nothing in it":          {CustomerID: m.resale, ProductName: "p"},
		"nothing of a usage":     {CustomerID: m.resale, ProductName: "p", Items: []huawei.NewPackageItem{{UsageType: "storage"}}},
		"an unknown cycle":       {CustomerID: m.resale, ProductName: "p", Items: storage, Reset: "day"},
		"over before it started": {CustomerID: m.resale, ProductName: "p", Items: storage, Months: -1},
	} {
		_, err := m.server.AddResourcePackage(n)
		assert.Error(t, err, name)
	}
	added := m.administer(http.MethodPost, "/_sim/packages", fmt.Sprintf(
		`{"customer_id":%q,"product_name":"p","items":[{"usage_type":"storage","amount":"5"}]}`, m.resale))
	require.Equal(t, http.StatusOK, added.status, added.body)
	item := m.packages(`{}`).Packages[0].Items[0].ID
	used := m.administer(http.MethodPost, "/_sim/packages/use", fmt.Sprintf(`{"free_resource_id":%q,"resource_id":"b","amount":"2"}`, item))
	require.Less(t, used.status, 300, used.body)
	assert.Equal(t, "3", m.packages(`{}`).Packages[0].Items[0].Amount)
}
