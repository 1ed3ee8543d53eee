package huawei

import (
	_ "embed"
	"strings"
)

// regionTable are five provinces with their cities and counties of GB/T 2260, a
// line each: code and name. A code is that of the region above it and one part
// more. Huawei Cloud numbers counties in an order of its own, of which only a
// part is published; here they are numbered in the order of the standard.
//
//go:embed regions.csv
var regionTable string

// maxRegionCode is the longest code of a region that may be asked for. The
// documentation gives it for provinces alone.
const maxRegionCode = 40

// administrativeRegion is a province, a city or a county.
type administrativeRegion struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

func regionOperations() map[string]operation {
	return map[string]operation{
		"ListProvinces": listProvinces,
		"ListCities":    listCities,
		"ListCounties":  listCounties,
	}
}

// listProvinces answers in the order of the codes, as the other two do. The
// names are Chinese in both languages of X-Language, as they are documented.
// https://support.huaweicloud.com/api-bpconsole/mpf_02001.html
func listProvinces(_ *Server, c *call) (any, error) {
	return c.regionPage("provinces", regionsBelow("CN")), nil
}

// listCities answers no cities for a province that does not exist: no code is
// documented for it.
// https://support.huaweicloud.com/api-bpconsole/mpf_02002.html
func listCities(_ *Server, c *call) (any, error) {
	province := c.query.Get("province_code")
	if len(province) > maxRegionCode {
		return nil, errParameter("province_code: longer than 40 characters")
	}
	return c.regionPage("cities", regionsOf(province, 2)), nil
}

// listCounties is to cities what listCities is to provinces.
// https://support.huaweicloud.com/api-bpconsole/mpf_02003.html
func listCounties(_ *Server, c *call) (any, error) {
	city := c.query.Get("city_code")
	if len(city) > maxRegionCode {
		return nil, errParameter("city_code: longer than 40 characters")
	}
	return c.regionPage("counties", regionsOf(city, 3)), nil
}

func (c *call) regionPage(name string, all []administrativeRegion) map[string]any {
	return map[string]any{name: window(all, c.page()), "count": len(all)}
}

// regionsOf are the regions below that one, if its code has so many parts.
func regionsOf(code string, parts int) []administrativeRegion {
	if strings.Count(code, "-")+1 != parts {
		return []administrativeRegion{}
	}
	return regionsBelow(code)
}

// regionsBelow are the regions whose code is that one and one part more.
func regionsBelow(code string) []administrativeRegion {
	below := []administrativeRegion{}
	for line := range strings.Lines(regionTable) {
		region, name, _ := strings.Cut(strings.TrimSpace(line), ",")
		if i := strings.LastIndexByte(region, '-'); region[:i] == code {
			below = append(below, administrativeRegion{region, name})
		}
	}
	return below
}
