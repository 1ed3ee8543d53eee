package huawei_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathProvinces = "/v2/systems/configs/provinces"
	pathCities    = "/v2/systems/configs/cities?province_code="
	pathCounties  = "/v2/systems/configs/counties?city_code="
)

type regionList struct {
	Count     int      `json:"count"`
	Provinces []region `json:"provinces"`
	Cities    []region `json:"cities"`
	Counties  []region `json:"counties"`
}

type region struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

func (m *market) regions(path string) regionList {
	m.t.Helper()
	return read[regionList](m.t, m.asPartner(http.MethodGet, path, ""))
}

func TestRegionsAreListedLevelByLevel(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	provinces := m.regions(pathProvinces)
	assert.Equal(t, 5, provinces.Count)
	assert.Equal(t, []region{
		{"CN-11", "北京市"}, {"CN-12", "天津市"}, {"CN-13", "河北省"}, {"CN-31", "上海市"}, {"CN-32", "江苏省"},
	}, provinces.Provinces)

	for _, province := range provinces.Provinces {
		cities := m.regions(pathCities + province.Code + "&limit=1000")
		assert.Len(t, cities.Cities, cities.Count)
		assert.NotEmpty(t, cities.Cities, province.Name)
		for _, city := range cities.Cities {
			assert.True(t, strings.HasPrefix(city.Code, province.Code+"-"), city.Code)
			assert.NotEmpty(t, m.regions(pathCounties+city.Code).Counties, city.Name)
		}
	}
}

func TestRegionsAreThoseOfTheDocumentation(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	cities := m.regions(pathCities + "CN-13&offset=5&limit=1")
	assert.Equal(t, 11, cities.Count)
	assert.Equal(t, []region{{"CN-13-006", "保定市"}}, cities.Cities)
	counties := m.regions(pathCounties + "CN-13-001")
	assert.Equal(t, 22, counties.Count)
	assert.Len(t, counties.Counties, 10, "the default limit")
	assert.Equal(t, region{"CN-13-001-01", "长安区"}, counties.Counties[0])

	byCustomer := read[regionList](t, m.asCustomer(http.MethodGet, pathCounties+"CN-13-001", ""))
	assert.Equal(t, counties, byCustomer)
}

func TestUnknownRegionsHaveNothingBelow(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for _, path := range []string{pathCities + "CN-99", pathCities + "CN", pathCities + "CN-13-001", pathCounties + "CN-13", pathCounties + "CN-13-001-01"} {
		list := m.regions(path)
		assert.Zero(t, list.Count, path)
		assert.Empty(t, append(list.Cities, list.Counties...), path)
	}
}

func TestListsOfRegionsRefuse(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("1", 41)
	for name, c := range map[string]struct{ path, says string }{
		"limit of nothing": {pathProvinces + "?limit=0", "limit"},
		"limit":            {pathProvinces + "?limit=1001", "limit"},
		"empty limit":      {pathProvinces + "?limit=", "limit"},
		"offset":           {pathProvinces + "?offset=1001", "offset"},
		"no province":      {pathCities, "province_code"},
		"long province":    {pathCities + long, "province_code"},
		"no city":          {pathCounties, "city_code"},
		"long city":        {pathCounties + long, "city_code"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			got := m.asPartner(http.MethodGet, c.path, "")
			assert.Equal(t, http.StatusBadRequest, got.status)
			assert.Equal(t, "CBC.0100", got.code(t))
			assert.Contains(t, got.body, c.says)
		})
	}
}
