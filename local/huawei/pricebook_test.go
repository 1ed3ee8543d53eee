package huawei_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathServiceTypes     = "/v2/products/service-types"
	pathResourceTypes    = "/v2/products/resource-types"
	pathServiceResources = "/v2/products/service-resources"
	pathUsageTypes       = "/v2/products/usage-types"
	pathSpecs            = "/v2/products/resource-specs-query"
	pathMeasures         = "/v2/bases/measurements"
	pathConversions      = "/v2/bases/conversions"
)

func TestTheCatalogueIsListed(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for _, test := range []struct {
		path, query, list string
		total, rows       int
	}{
		{pathServiceTypes, "", "service_types", 12, 10},
		{pathServiceTypes, "?limit=4&offset=9", "service_types", 12, 3},
		{pathServiceTypes, "?service_type_name=rds", "service_types", 1, 1},
		{pathServiceTypes, "?service_type_name=%E5%BC%B9%E6%80%A7", "service_types", 2, 2},
		{pathServiceTypes, "?service_type_name=nothing", "service_types", 0, 0},
		{pathResourceTypes, "?limit=1000", "resource_types", 11, 11},
		{pathResourceTypes, "?offset=10", "resource_types", 11, 1},
		{pathServiceResources, "?service_type_code=hws.service.type.vpc", "infos", 2, 2},
		{pathServiceResources, "?service_type_code=hws.service.type.vpc&limit=1&offset=1", "infos", 2, 1},
		{pathServiceResources, "?service_type_code=unknown", "infos", 0, 0},
		{pathUsageTypes, "", "usage_types", 12, 10},
		{pathUsageTypes, "?resource_type_code=hws.resource.type.obs", "usage_types", 2, 2},
		{pathUsageTypes, "?resource_type_code=", "usage_types", 0, 0},
	} {
		for caller, got := range map[string]result{
			"partner": m.asPartner(http.MethodGet, test.path+test.query, ""), "customer": m.asCustomer(http.MethodGet, test.path+test.query, ""),
		} {
			fields := got.fields(t)
			assert.Equal(t, http.StatusOK, got.status, got.body)
			assert.InDelta(t, test.total, fields["total_count"], 0, "%s%s by the %s", test.path, test.query, caller)
			assert.Len(t, fields[test.list], test.rows, "%s%s by the %s", test.path, test.query, caller)
		}
	}
}

func TestCatalogueQueriesAreRefused(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for _, target := range []string{
		pathServiceTypes + "?limit=1001", pathServiceTypes + "?offset=-1", pathResourceTypes + "?limit=0",
		pathServiceResources, pathServiceResources + "?service_type_code=", pathServiceResources + "?service_type_code=x&limit=101",
		pathUsageTypes + "?limit=101", pathConversions + "?measure_type=0", pathConversions + "?measure_type=x",
	} {
		got := m.asPartner(http.MethodGet, target, "")
		require.Equal(t, http.StatusBadRequest, got.status, target)
		assert.Equal(t, "CBC.0100", got.code(t), target)
	}
}

func TestUnitsAreListedAndConverted(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	units := m.asPartner(http.MethodGet, pathMeasures, "").fields(t)["measure_units"].([]any)
	names := map[float64]any{}
	for _, u := range units {
		names[u.(map[string]any)["measure_id"].(float64)] = u.(map[string]any)["measure_name"]
	}
	assert.Len(t, names, len(units), "no number is given twice")
	assert.Equal(t, "GB", names[10])
	all := m.asPartner(http.MethodGet, pathConversions, "").fields(t)["conversions"].([]any)
	for _, c := range all {
		row := c.(map[string]any)
		assert.Contains(t, names, row["measure_id"])
		assert.Contains(t, names, row["ref_measure_id"])
	}
	traffic := m.asPartner(http.MethodGet, pathConversions+"?measure_type=3", "").fields(t)["conversions"]
	assert.Equal(t, []any{map[string]any{
		"measure_id": 10.0, "ref_measure_id": 11.0, "conversion_ratio": 1024.0, "measure_type": 3.0,
	}}, traffic)
	assert.Empty(t, m.asPartner(http.MethodGet, pathConversions+"?measure_type=9", "").fields(t)["conversions"])
}

type specList struct {
	Page struct {
		Next string `json:"next_marker"`
	} `json:"page_info"`
	Specs []struct {
		Spec     string `json:"resource_spec"`
		Name     string `json:"resource_spec_name"`
		Service  string `json:"cloud_service_type_name"`
		Resource string `json:"resource_type_name"`
		Region   string `json:"region_code"`
		Mode     string `json:"charge_mode"`
	} `json:"cloud_service_basics"`
}

const diskSpecs = `"cloud_service_type":"hws.service.type.ebs","resource_type":"hws.resource.type.volume"`

func (m *market) specs(body string) specList {
	m.t.Helper()
	return read[specList](m.t, m.asPartner(http.MethodPost, pathSpecs, body))
}

func TestSpecificationsArePagedByAMarker(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	body := `{` + diskSpecs + `,"region_code":"cn-north-4","charge_mode":"1"`
	var all []string
	var pages int
	for marker := ""; ; pages++ {
		page := m.specs(fmt.Sprintf(`%s,"limit":3,"marker":%q}`, body, marker))
		for _, s := range page.Specs {
			all = append(all, s.Spec)
		}
		if marker = page.Page.Next; marker == "" {
			break
		}
	}
	assert.Equal(t, []string{"SATA", "SAS", "GPSSD", "SSD"}, all)
	assert.Equal(t, 1, pages)
	whole := m.specs(body + `}`)
	require.Len(t, whole.Specs, 4)
	assert.Empty(t, whole.Page.Next)
	assert.Equal(t, "云硬盘", whole.Specs[0].Resource)
	assert.Equal(t, "1", whole.Specs[0].Mode)
}

func TestSpecificationsAreThoseOfTheModeAndTheRegion(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	const traffic = `"cloud_service_type":"hws.service.type.vpc","resource_type":"hws.resource.type.bandwidth"`
	for body, want := range map[string][]string{
		`{` + traffic + `,"region_code":"cn-north-4","charge_mode":"3"}`:                     {"12_bgp", "19_bgp", "19_share"},
		`{` + traffic + `,"region_code":"cn-east-3","charge_mode":"1"}`:                      {"19_bgp", "19_share"},
		`{` + traffic + `,"region_code":"cn-south-1","charge_mode":"1"}`:                     nil,
		`{` + diskSpecs + `,"region_code":"cn-east-3","charge_mode":"3","limit":1}`:          {"SATA"},
		`{"cloud_service_type":"x","resource_type":"y","region_code":"z","charge_mode":"1"}`: nil,
	} {
		var got []string
		for _, s := range m.specs(body).Specs {
			got = append(got, s.Spec)
		}
		assert.Equal(t, want, got, body)
	}
}

func TestSpecificationQueriesAreRefused(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for name, rest := range map[string]string{
		"unknown mode":         `,"charge_mode":"2"`,
		"no mode":              ``,
		"marker without limit": `,"charge_mode":"1","marker":"SATA"`,
		"unknown marker":       `,"charge_mode":"1","marker":"x","limit":1`,
		"too many at once":     `,"charge_mode":"1","limit":101`,
		"two filters":          `,"charge_mode":"1","filters":[{"key":"RESOURCE_SPEC","value":"a"},{"key":"RESOURCE_SPEC","value":"b"}]`,
		"another filter":       `,"charge_mode":"1","filters":[{"key":"REGION","value":"a"}]`,
	} {
		got := m.asPartner(http.MethodPost, pathSpecs, `{`+diskSpecs+`,"region_code":"cn-north-4"`+rest+`}`)
		require.Equal(t, http.StatusBadRequest, got.status, name)
		assert.Equal(t, "CBC.0100", got.code(t), name)
	}
}

// TestEverySpecificationHasItsPrice holds the lists against the price queries.
func TestEverySpecificationHasItsPrice(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	sizes := map[string]int{"hws.resource.type.volume": 17, "hws.resource.type.bandwidth": 15}
	units := map[string]int{"Duration": 4, "upflow": 10, "storage": 10, "reqNumber": 14}
	rows := m.asPartner(http.MethodGet, pathUsageTypes+"?limit=100", "").fields(t)["usage_types"].([]any)
	rated := map[string]bool{}
	for _, row := range rows {
		u := row.(map[string]any)
		of := fmt.Sprintf(`"cloud_service_type":%q,"resource_type":%q`, u["service_type_code"], u["resource_type_code"])
		for _, s := range m.specs(`{` + of + `,"region_code":"cn-east-3","charge_mode":"3"}`).Specs {
			got := m.rate(pathOnDemand, fmt.Sprintf(`{"id":"1",%s,"resource_spec":%q,"region":"cn-east-3","resource_size":1,"size_measure_id":%d,`+
				`"usage_factor":%q,"usage_value":1,"usage_measure_id":%d,"subscription_num":1}`,
				of, s.Spec, sizes[u["resource_type_code"].(string)], u["code"], units[u["code"].(string)]))
			if got.status == http.StatusOK {
				assert.True(t, read[demandQuote](t, got).Official.GreaterThan(decimal.Zero), s.Spec)
				rated[s.Spec] = true
			} else {
				assert.Equal(t, "CBC.99006074", got.code(t), s.Spec)
			}
		}
	}
	assert.Len(t, rated, 23)
}

func TestSpecificationsAreFilteredByAPartOfTheirName(t *testing.T) {
	t.Parallel()
	body := `{` + diskSpecs + `,"region_code":"cn-north-4","charge_mode":"1","filters":[{"key":%q,"value":"ssd"}]}`
	got, err := huawei.FilteredSpecs(fmt.Sprintf(body, "RESOURCE_SPEC"))
	require.NoError(t, err)
	assert.Equal(t, []string{"GPSSD", "SSD"}, got)
	_, err = huawei.FilteredSpecs(fmt.Sprintf(body, "REGION"))
	assert.ErrorContains(t, err, "CBC.0100")
}
