package bss

import (
	"context"
	"iter"
)

// ListIncentiveDiscountPolicies lists, by service, whether its consumption counts
// for the partner's rebate and whether the partner may grant discounts on it. The
// partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001163166566.html.
func (c *Client) ListIncentiveDiscountPolicies(ctx context.Context, r ListIncentiveDiscountPoliciesRequest) iter.Seq2[IncentivePolicy, error] {
	return list[listIncentiveDiscountPoliciesPage, IncentivePolicy](ctx, c, call{op: listIncentiveDiscountPolicies, query: r})
}

// ListServiceTypes lists the cloud services, without those of the marketplace. The
// partner or a customer calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001256679455.html.
func (c *Client) ListServiceTypes(ctx context.Context, r ListServiceTypesRequest) iter.Seq2[ServiceType, error] {
	return list[listServiceTypesPage, ServiceType](ctx, c, call{op: listServiceTypes, query: r})
}

// ListResourceTypes lists the kinds of resources of all services. The partner or a
// customer calls it.
//
// See https://support.huaweicloud.com/api-oce/zh-cn_topic_0000001256519451.html.
func (c *Client) ListResourceTypes(ctx context.Context, r ListResourceTypesRequest) iter.Seq2[ResourceType, error] {
	return list[listResourceTypesPage, ResourceType](ctx, c, call{op: listResourceTypes, query: r})
}

// ListServiceResources lists the kinds of resources of one service, none for a
// service that is not known. The partner or a customer calls it.
//
// See https://support.huaweicloud.com/api-oce/qct_00003.html.
func (c *Client) ListServiceResources(ctx context.Context, r ListServiceResourcesRequest) iter.Seq2[ServiceResource, error] {
	return list[listServiceResourcesPage, ServiceResource](ctx, c, call{op: listServiceResources, query: r})
}

// ListUsageTypes lists what is measured of resources, of one kind or of all: the
// usage factors of ListOnDemandResourceRatings. The partner or a customer calls it.
//
// See https://support.huaweicloud.com/api-oce/qct_00004.html.
func (c *Client) ListUsageTypes(ctx context.Context, r ListUsageTypesRequest) iter.Seq2[UsageType, error] {
	return list[listUsageTypesPage, UsageType](ctx, c, call{op: listUsageTypes, query: r})
}

// ListMeasureUnits returns the units that amounts, usage and periods are given in.
// The partner or a customer calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/qct_00006.html.
func (c *Client) ListMeasureUnits(ctx context.Context) ([]MeasureUnit, error) {
	var out struct {
		Rows []MeasureUnit `json:"measure_units"`
	}
	err := c.do(ctx, call{op: listMeasureUnits}, &out)
	return out.Rows, err
}

// ListConversions returns how units convert to each other, those of one kind or of
// all. The partner or a customer calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/qct_00007.html.
func (c *Client) ListConversions(ctx context.Context, r ListConversionsRequest) ([]Conversion, error) {
	var out struct {
		Rows []Conversion `json:"conversions"`
	}
	err := c.do(ctx, call{op: listConversions, query: r}, &out)
	return out.Rows, err
}

// ListResourceSpecs returns one page of the specifications that are sold of a kind of
// resource in a region. The next page is asked for with PageInfo.NextMarker for Marker,
// and the same Limit. The partner or a customer calls it. It fails with ErrInvalid for
// a marker that is none.
//
// See https://support.huaweicloud.com/api-bpconsole/qct_00008.html.
func (c *Client) ListResourceSpecs(ctx context.Context, r ListResourceSpecsRequest) (ResourceSpecs, error) {
	var out ResourceSpecs
	err := c.do(ctx, call{op: listResourceSpecs, body: r}, &out)
	return out, err
}
