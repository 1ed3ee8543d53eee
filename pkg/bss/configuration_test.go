package bss_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss"
)

func TestDivisionsAreListedLevelByLevel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	provinces, err := bss.Collect(c.ListProvinces(t.Context(), bss.ListProvincesRequest{}))
	require.NoError(t, err)
	assert.Contains(t, provinces, bss.Province{Code: "CN-13", Name: "河北省"})
	cities, err := bss.Collect(c.ListCities(t.Context(), bss.ListCitiesRequest{ProvinceCode: "CN-13"}))
	require.NoError(t, err)
	assert.Contains(t, cities, bss.City{Code: "CN-13-001", Name: "石家庄市"})
	counties, err := bss.Collect(c.ListCounties(t.Context(), bss.ListCountiesRequest{CityCode: "CN-13-001"}))
	require.NoError(t, err)
	assert.Contains(t, counties, bss.County{Code: "CN-13-001-01", Name: "长安区"})
	none, err := bss.Collect(c.ListCities(t.Context(), bss.ListCitiesRequest{ProvinceCode: "CN-99"}))
	require.NoError(t, err)
	assert.Empty(t, none)
	assert.Equal(t, "1000", w.wire.to("/v2/systems/configs/provinces")[0].query.Get("limit"), "one call is enough for a level")
}

func TestACustomerListsDivisionsToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	provinces, err := bss.Collect(w.client(t).As(resaleName).ListProvinces(t.Context(), bss.ListProvincesRequest{}))
	require.NoError(t, err)
	assert.NotEmpty(t, provinces)
	assert.NotEmpty(t, w.wire.to("/v2/systems/configs/provinces")[0].header.Get("X-Auth-Token"))
}
