package bss_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func TestAServerAndWhatBelongsToIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(t)
	assert.Equal(t, 1, server.IsMainResource)
	assert.Equal(t, bss.ResourceInUse, server.Status)
	assert.Equal(t, bss.ExpiryGrace, server.ExpirePolicy)
	assert.Equal(t, "hws.resource.type.vm", server.ResourceTypeCode)
	assert.Equal(t, "s6.small.1.linux", server.ResourceSpecCode)
	assert.Equal(t, bss.At(w.clock.Now()), server.EffectiveTime)
	assert.Equal(t, bss.At(w.clock.Now().AddDate(0, 1, 0)), server.ExpireTime)
	assert.Equal(t, bss.EnterpriseProject{ID: "0", Name: "default"}, server.EnterpriseProject)

	rows, err := bss.Collect(w.client(t, pagesOf(1)).ListPayPerUseCustomerResources(t.Context(), bss.ListPayPerUseCustomerResourcesRequest{
		CustomerID: w.resale,
	}))
	require.NoError(t, err)
	require.Len(t, rows, 2, "one a page")
	assert.Equal(t, server, rows[0])
	assert.Equal(t, "hws.resource.type.volume", rows[1].ResourceTypeCode)
	assert.Equal(t, server.ResourceID, rows[1].ParentResourceID)
	assert.Zero(t, rows[1].IsMainResource)
}

func TestResourcesAreFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, id := w.client(t), w.server(t).ResourceID
	now := w.clock.Now()
	for name, test := range map[string]struct {
		filter bss.ListPayPerUseCustomerResourcesRequest
		want   int
	}{
		"in use":                 {bss.ListPayPerUseCustomerResourcesRequest{StatusList: []bss.ResourceStatus{bss.ResourceInUse}}, 2},
		"expired or frozen":      {bss.ListPayPerUseCustomerResourcesRequest{StatusList: []bss.ResourceStatus{bss.ResourceExpired, bss.ResourceFrozen}}, 0},
		"by id":                  {bss.ListPayPerUseCustomerResourcesRequest{ResourceIDs: []string{id}}, 2},
		"main ones":              {bss.ListPayPerUseCustomerResourcesRequest{OnlyMainResource: 1}, 1},
		"of another service":     {bss.ListPayPerUseCustomerResourcesRequest{ServiceTypeCode: "hws.service.type.obs"}, 0},
		"expiring within a week": {bss.ListPayPerUseCustomerResourcesRequest{ExpireTimeBegin: bss.At(now), ExpireTimeEnd: bss.At(now.Add(7 * 24 * time.Hour))}, 0},
		"expiring within 40 days": {
			bss.ListPayPerUseCustomerResourcesRequest{ExpireTimeBegin: bss.At(now), ExpireTimeEnd: bss.At(now.Add(40 * 24 * time.Hour))}, 2,
		},
	} {
		test.filter.CustomerID = w.resale
		rows, err := bss.Collect(c.ListPayPerUseCustomerResources(t.Context(), test.filter))
		require.NoError(t, err, name)
		assert.Len(t, rows, test.want, name)
	}
}

func TestThePartnerNamesTheCustomerWhoseResourcesItWants(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := bss.Collect(w.client(t).ListPayPerUseCustomerResources(t.Context(), bss.ListPayPerUseCustomerResourcesRequest{}))
	require.ErrorIs(t, err, bss.ErrInvalid)
	sent := w.wire.to("/v2/orders/suscriptions/resources/query")
	assert.JSONEq(t, `{"limit":500}`, sent[0].body)
}

func TestResourcesOnDemand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	id, err := w.AddOnDemandResource(huawei.NewOnDemandResource{
		CustomerID: w.resale, ServiceTypeCode: "hws.service.type.ebs", Name: "data", Spec: "SAS", ProductDescription: "高IO|40GB", Size: yuan("40"),
	})
	require.NoError(t, err)
	rows, err := bss.Collect(c.ListCustomerOnDemandResources(t.Context(), bss.ListCustomerOnDemandResourcesRequest{CustomerID: w.resale}))
	require.NoError(t, err)
	assert.Equal(t, []bss.OnDemandResource{{
		ResourceID: id, ResourceName: "data", CustomerID: w.resale,
		ServiceTypeCode: "hws.service.type.ebs", ServiceTypeName: "云硬盘",
		ResourceTypeCode: "hws.resource.type.volume", ResourceTypeName: "云硬盘",
		ResourceSpecCode: "SAS", ProductSpecDesc: "高IO|40GB", ResourceInfo: `{"specSize":40}`,
		Status: bss.OnDemandNormal, EffectiveTime: bss.At(start), RegionCode: "cn-north-4", AvailabilityZoneCode: "cn-north-4a",
	}}, rows)

	for name, test := range map[string]struct {
		filter bss.ListCustomerOnDemandResourcesRequest
		want   int
	}{
		"normal":            {bss.ListCustomerOnDemandResourcesRequest{Status: bss.OnDemandNormal, RegionCode: "cn-north-4"}, 1},
		"frozen":            {bss.ListCustomerOnDemandResourcesRequest{Status: bss.OnDemandFrozen}, 0},
		"of another":        {bss.ListCustomerOnDemandResourcesRequest{ResourceIDs: []string{"another"}}, 0},
		"since yesterday":   {bss.ListCustomerOnDemandResourcesRequest{EffectiveTimeBegin: bss.At(start.Add(-24 * time.Hour))}, 1},
		"before yesterday":  {bss.ListCustomerOnDemandResourcesRequest{EffectiveTimeEnd: bss.At(start.Add(-24 * time.Hour))}, 0},
		"of a cloud server": {bss.ListCustomerOnDemandResourcesRequest{ServiceTypeCode: "hws.service.type.ec2"}, 0},
	} {
		test.filter.CustomerID = w.resale
		rows, err := bss.Collect(c.ListCustomerOnDemandResources(t.Context(), test.filter))
		require.NoError(t, err, name)
		assert.Len(t, rows, test.want, name)
	}
}

func TestACustomerLooksAtItsOwnResourcesAndRefunds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.server(t).ResourceID
	c := w.client(t).As(resaleName)
	rows, err := bss.Collect(c.ListPayPerUseCustomerResources(t.Context(), bss.ListPayPerUseCustomerResourcesRequest{OnlyMainResource: 1}))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	assert.Equal(t, id, rows[0].ResourceID)

	ended, err := c.CancelResourcesSubscription(t.Context(), resaleName, endOf(id))
	require.NoError(t, err)
	refunds, err := c.ShowRefundOrderDetails(t.Context(), bss.ShowRefundOrderDetailsRequest{OrderID: ended.OrderIDs[0]})
	require.NoError(t, err)
	require.Len(t, refunds, 1, "a new resource ends for nothing")
	equalAmount(t, "-310", refunds[0].Amount)
}
