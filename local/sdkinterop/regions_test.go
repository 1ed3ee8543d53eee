package sdkinterop_test

import (
	"net/http"
	"strings"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/stretchr/testify/require"
)

func regionExchanges() map[string]exchange {
	long := strings.Repeat("1", 41)
	return map[string]exchange{
		"ListProvinces": {
			succeeds: listsProvinces,
			refused: func(c *cloud) error {
				_, err := c.partner().ListProvinces(&model.ListProvincesRequest{Limit: new(int32(1001))})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "limit",
		},
		"ListCities": {
			succeeds: listsCities,
			refused: func(c *cloud) error {
				_, err := c.partner().ListCities(&model.ListCitiesRequest{ProvinceCode: long})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "province_code",
		},
		"ListCounties": {
			succeeds: listsCounties,
			refused: func(c *cloud) error {
				_, err := c.partner().ListCounties(&model.ListCountiesRequest{CityCode: long})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "city_code",
		},
	}
}

func listsProvinces(c *cloud) {
	answer, err := c.partner().ListProvinces(&model.ListProvincesRequest{
		XLanguage: new("zh_cn"), Offset: new(int32(2)), Limit: new(int32(1)),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"count": 5}, answer)
	assertFields(c.t, fields{"code": "CN-13", "name": "河北省"}, only(c.t, answer.Provinces))
}

func listsCities(c *cloud) {
	answer, err := c.partner().ListCities(&model.ListCitiesRequest{
		ProvinceCode: "CN-13", Offset: new(int32(5)), Limit: new(int32(1)),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"count": 11}, answer)
	assertFields(c.t, fields{"code": "CN-13-006", "name": "保定市"}, only(c.t, answer.Cities))
}

func listsCounties(c *cloud) {
	c.richAccount("yongzhi")
	answer, err := c.customer("yongzhi").ListCounties(&model.ListCountiesRequest{CityCode: "CN-13-001", Limit: new(int32(1))})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"count": 22}, answer)
	assertFields(c.t, fields{"code": "CN-13-001-01", "name": "长安区"}, only(c.t, answer.Counties))
}
