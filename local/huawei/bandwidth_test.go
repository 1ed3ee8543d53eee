package huawei_test

import (
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathUsageSums = "/v2/bills/customer-bills/resources/usage/summary"
	pathUsage     = "/v2/bills/customer-bills/resources/usage/details"
)

type usageSums struct {
	ResourceID string           `json:"resource_id"`
	Days       decimal.Decimal  `json:"actual_days"`
	Bandwidth  *decimal.Decimal `json:"band_width"`
	Guaranteed string           `json:"monthly_guaranteed_band_width"`
	Peak       *decimal.Decimal `json:"monthly_peak_band_width"`
	Measure    int              `json:"band_width_measure_id"`
}

type usageSummary struct {
	Total int         `json:"total_count"`
	Rows  []usageSums `json:"summary_usage_info_list"`
}

type usagePoints struct {
	usageSums
	Total  int `json:"total_count"`
	Points []struct {
		Time       string          `json:"stat_time"`
		Usage      decimal.Decimal `json:"usage"`
		Guaranteed string          `json:"guaranteed_band_width"`
		Measure    int             `json:"measure_id"`
	} `json:"usage_info_list"`
}

func vpcUsage(cycle, kind string) string {
	return "?service_type_code=hws.service.type.vpc&resource_type_code=hws.resource.type.bandwidth&usage_type=" + kind + "&bill_cycle=" + cycle
}

func (m *market) bandwidth(n huawei.NewBandwidth) string {
	m.t.Helper()
	n.CustomerID = m.resale
	id, err := m.server.AddBandwidth(n)
	require.NoError(m.t, err)
	return id
}

// allPoints pages through the measurements.
func (m *market) allPoints(query string) (usages []decimal.Decimal, last usagePoints) {
	m.t.Helper()
	for {
		last = own[usagePoints](m, pathUsage+query+"&limit=1000&offset="+strconv.Itoa(len(usages)))
		for _, p := range last.Points {
			usages = append(usages, p.Usage)
		}
		if len(last.Points) == 0 {
			return usages, last
		}
	}
}

func TestTheBilledBandwidthIsThe95thPercentile(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.clock.Set(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)) // 20:00 in Beijing
	m.token = m.customerToken("resale-customer")
	id := m.bandwidth(huawei.NewBandwidth{From: time.Date(2026, 2, 10, 4, 2, 0, 0, time.UTC)})
	plus := m.bandwidth(huawei.NewBandwidth{
		UsageType: "95peak_plus", From: time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC), Guaranteed: yuan("50"),
	})

	usages, list := m.allPoints(vpcUsage("2026-02", "95Peak") + "&resource_id=" + id)
	assert.Len(t, usages, list.Total)
	slices.SortFunc(usages, func(a, b decimal.Decimal) int { return b.Compare(a) })
	same(t, usages[len(usages)/20], *list.Bandwidth)
	assert.Nil(t, list.Peak)
	assert.Equal(t, 5328, list.Total, "from 12:00 in Beijing to the end of the month")
	assert.Equal(t, "18.5", list.Days.String())

	sums := own[usageSummary](m, pathUsageSums+vpcUsage("2026-02", "95Peak"))
	require.Equal(t, 1, sums.Total)
	assert.Equal(t, id, sums.Rows[0].ResourceID)
	same(t, *list.Bandwidth, *sums.Rows[0].Bandwidth)

	usages, list = m.allPoints(vpcUsage("2026-02", "95peak_plus") + "&resource_id=" + plus)
	assert.Equal(t, 28*288, list.Total)
	assert.Equal(t, "28", list.Days.String())
	assert.Equal(t, "50", list.Guaranteed)
	same(t, slices.MaxFunc(usages, decimal.Decimal.Compare), *list.Peak)
	first := own[usagePoints](m, pathUsage+vpcUsage("2026-02", "95peak_plus")+"&resource_id="+plus).Points
	require.Len(t, first, 10)
	assert.Equal(t, "2026-01-31T16:00:00Z", first[0].Time)
	assert.Equal(t, "2026-01-31T16:05:00Z", first[1].Time)
	assert.Equal(t, "50", first[0].Guaranteed)
	assert.Equal(t, 15, first[0].Measure)
}

func TestSumsAreKnownLater(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.bandwidth(huawei.NewBandwidth{From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	at := func(now time.Time, cycle string) (usageSums, usagePoints) {
		m.clock.Set(now)
		m.token = m.customerToken("resale-customer")
		sums := own[usageSummary](m, pathUsageSums+vpcUsage(cycle, "95Peak"))
		require.Equal(t, 1, sums.Total)
		return sums.Rows[0], own[usagePoints](m, pathUsage+vpcUsage(cycle, "95Peak")+"&resource_id="+id)
	}
	sums, points := at(time.Date(2026, 3, 2, 11, 59, 59, 0, time.UTC), "2026-02")
	assert.Equal(t, usageSums{ResourceID: id}, sums)
	assert.Nil(t, points.Bandwidth)
	assert.Equal(t, 28*288, points.Total)
	sums, _ = at(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), "2026-02")
	assert.NotNil(t, sums.Bandwidth)
	assert.Equal(t, 15, sums.Measure)
	_, points = at(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), "2026-03")
	assert.Nil(t, points.Bandwidth)
	assert.Equal(t, 288+20*12, points.Total, "as far as the month has passed")
}

func TestBandwidthsAreTheCallersOwn(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	january := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err := m.server.AddBandwidth(huawei.NewBandwidth{CustomerID: m.referral, From: january})
	require.NoError(t, err)
	cdn := m.bandwidth(huawei.NewBandwidth{ServiceType: "hws.service.type.cdn", UsageType: "95peak_1000", From: january})
	second := m.bandwidth(huawei.NewBandwidth{ServiceType: "hws.service.type.cdn", UsageType: "95peak_1000", From: january})
	query := "?service_type_code=hws.service.type.cdn&resource_type_code=hws.resource.type.cdn&usage_type=95peak_1000&bill_cycle=2026-02"
	assert.Equal(t, 2, own[usageSummary](m, pathUsageSums+query).Total)
	assert.Equal(t, second, own[usageSummary](m, pathUsageSums+query+"&offset=1").Rows[0].ResourceID)
	assert.Len(t, own[usageSummary](m, pathUsageSums+query+"&limit=1").Rows, 1)
	assert.Zero(t, own[usageSummary](m, pathUsageSums+vpcUsage("2026-02", "95Peak")).Total)
	assert.Zero(t, own[usagePoints](m, pathUsage+vpcUsage("2026-02", "95Peak")+"&resource_id="+cdn).Total)
	assert.Zero(t, own[usageSummary](m, pathUsageSums+vpcUsage("2025-12", "95Peak")).Total)

	got := m.administer(http.MethodPost, "/_sim/bandwidths", text(t, map[string]string{"customer_id": m.resale}))
	require.Equal(t, http.StatusOK, got.status, got.body)
	assert.Len(t, got.fields(t)["resource_id"], 36)
}

func TestBandwidthsRefuse(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for _, query := range []string{
		"", vpcUsage("2026-13", "95Peak"), vpcUsage("2023-02", "95Peak"), vpcUsage("2026-02", "average"),
		"?service_type_code=hws.service.type.ec2&resource_type_code=hws.resource.type.vm&usage_type=95Peak&bill_cycle=2026-02",
		"?service_type_code=hws.service.type.vpc&resource_type_code=hws.resource.type.cdn&usage_type=95Peak&bill_cycle=2026-02",
		vpcUsage("2026-02", "95Peak") + "&limit=1001",
	} {
		for _, path := range []string{pathUsageSums + query, pathUsage + query + "&resource_id=x"} {
			if query == "" {
				path = pathUsage
			}
			got := m.asCustomer(http.MethodGet, path, "")
			require.Equal(t, http.StatusBadRequest, got.status, path)
			assert.Equal(t, "CBC.0100", got.code(t), path)
		}
	}
	for _, n := range []huawei.NewBandwidth{
		{CustomerID: "nobody"},
		{CustomerID: m.resale, ServiceType: "hws.service.type.ec2"},
		{CustomerID: m.resale, UsageType: "average"},
		{CustomerID: m.resale, Guaranteed: yuan("1")},
		{CustomerID: m.resale, UsageType: "95peak_plus", Guaranteed: yuan("-1")},
	} {
		_, err := m.server.AddBandwidth(n)
		assert.Error(t, err, n)
	}
}
