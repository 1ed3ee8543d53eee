package bss_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss"
)

func TestTheCatalogueFitsTogether(t *testing.T) {
	t.Parallel()
	c := newWorld(t).client(t, pagesOf(2))
	services, err := bss.Collect(c.ListServiceTypes(t.Context(), bss.ListServiceTypesRequest{}))
	require.NoError(t, err)
	require.NotEmpty(t, services)
	kinds, err := bss.Collect(c.ListResourceTypes(t.Context(), bss.ListResourceTypesRequest{}))
	require.NoError(t, err)
	require.NotEmpty(t, kinds)
	units, err := c.ListMeasureUnits(t.Context())
	require.NoError(t, err)
	for _, kind := range kinds {
		assert.True(t, slices.ContainsFunc(services, func(s bss.ServiceType) bool { return s.ServiceTypeCode == kind.ServiceTypeCode }), kind)
		resources, err := bss.Collect(c.ListServiceResources(t.Context(), bss.ListServiceResourcesRequest{ServiceTypeCode: kind.ServiceTypeCode}))
		require.NoError(t, err)
		assert.Contains(t, resources, bss.ServiceResource{BasicInfo: bss.ServiceResourceBasics{
			ProductOwnerService: kind.ServiceTypeCode, ResourceTypeCode: kind.ResourceTypeCode, Name: kind.ResourceTypeName, Description: kind.ResourceTypeDesc,
		}})
		usages, err := bss.Collect(c.ListUsageTypes(t.Context(), bss.ListUsageTypesRequest{ResourceTypeCode: kind.ResourceTypeCode}))
		require.NoError(t, err)
		for _, u := range usages {
			assert.Equal(t, []string{kind.ServiceTypeCode, kind.ResourceTypeCode}, []string{u.ServiceTypeCode, u.ResourceTypeCode})
		}
	}
	assert.Contains(t, units, bss.MeasureUnit{MeasureID: 10, MeasureName: "GB", Abbreviation: "G", MeasureType: bss.MeasureTraffic})
}

func TestUnitsConvert(t *testing.T) {
	t.Parallel()
	c := newWorld(t).client(t)
	all, err := c.ListConversions(t.Context(), bss.ListConversionsRequest{})
	require.NoError(t, err)
	traffic, err := c.ListConversions(t.Context(), bss.ListConversionsRequest{MeasureType: bss.MeasureTraffic})
	require.NoError(t, err)
	assert.Less(t, len(traffic), len(all))
	assert.Contains(t, traffic, bss.Conversion{MeasureID: 10, RefMeasureID: 11, ConversionRatio: 1024, MeasureType: bss.MeasureTraffic}, "1 GB is 1024 MB")
}

func TestSpecificationsArePagedByAMarker(t *testing.T) {
	t.Parallel()
	c := newWorld(t).client(t)
	whole, err := c.ListResourceSpecs(t.Context(), serverSpecs())
	require.NoError(t, err)
	require.Greater(t, len(whole.Specs), 1)
	assert.Empty(t, whole.PageInfo.NextMarker)
	for _, s := range whole.Specs {
		assert.Equal(t, bss.ChargePeriod, s.ChargeMode)
	}

	request := serverSpecs()
	request.Limit = 1
	var paged []bss.ResourceSpec
	for range len(whole.Specs) {
		page, err := c.ListResourceSpecs(t.Context(), request)
		require.NoError(t, err)
		paged = append(paged, page.Specs...)
		request.Marker = page.PageInfo.NextMarker
	}
	assert.Equal(t, whole.Specs, paged)
	assert.Empty(t, request.Marker)

	request = serverSpecs()
	request.Filters = []bss.SpecFilter{{Key: bss.FilterBySpec, Value: whole.Specs[0].ResourceSpec}}
	one, err := c.ListResourceSpecs(t.Context(), request)
	require.NoError(t, err)
	assert.Equal(t, whole.Specs[0], one.Specs[0])
	request.Marker, request.Limit = "none", 1
	_, err = c.ListResourceSpecs(t.Context(), request)
	require.ErrorIs(t, err, bss.ErrInvalid)
}

func TestPoliciesOfServices(t *testing.T) {
	t.Parallel()
	c := newWorld(t).client(t, pagesOf(3))
	policies, err := bss.Collect(c.ListIncentiveDiscountPolicies(t.Context(), bss.ListIncentiveDiscountPoliciesRequest{Month: "2026-02"}))
	require.NoError(t, err)
	byService := map[string]bss.IncentivePolicy{}
	for _, p := range policies {
		byService[p.ServiceTypeCode] = p
	}
	assert.Equal(t, bss.IncentiveNone, byService["hws.service.type.domains"].IncentivePolicy)
	assert.Equal(t, "NO", byService["hws.service.type.domains"].AllowDiscount)
	assert.Equal(t, bss.IncentivePerformanceOnly, byService["hws.service.type.msgsms"].IncentivePolicy)
	assert.Equal(t, bss.IncentiveGeneral, byService["hws.service.type.ec2"].IncentivePolicy)
	require.ErrorIs(t, drain(c.ListIncentiveDiscountPolicies(t.Context(), bss.ListIncentiveDiscountPoliciesRequest{Month: "February"})), bss.ErrInvalid)
}
