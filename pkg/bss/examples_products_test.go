package bss_test

import (
	"context"

	"github.com/bssfn/bssfn/pkg/bss"
)

func productsExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"ListIncentiveDiscountPolicies": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListIncentiveDiscountPolicies(ctx, bss.ListIncentiveDiscountPoliciesRequest{Month: "2026-02"}))
		}),
		"ListServiceTypes": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListServiceTypes(ctx, bss.ListServiceTypesRequest{}))
		}),
		"ListResourceTypes": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListResourceTypes(ctx, bss.ListResourceTypesRequest{}))
		}),
		"ListServiceResources": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListServiceResources(ctx, bss.ListServiceResourcesRequest{ServiceTypeCode: "hws.service.type.obs"}))
		}),
		"ListUsageTypes": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListUsageTypes(ctx, bss.ListUsageTypesRequest{}))
		}),
		"ListMeasureUnits": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.ListMeasureUnits(ctx)
			return err
		}),
		"ListConversions": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.ListConversions(ctx, bss.ListConversionsRequest{})
			return err
		}),
		"ListResourceSpecs": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.ListResourceSpecs(ctx, serverSpecs())
			return err
		}),
	}
}

// serverSpecs asks for the yearly or monthly servers of a region.
func serverSpecs() bss.ListResourceSpecsRequest {
	return bss.ListResourceSpecsRequest{
		CloudServiceType: "hws.service.type.ec2", ResourceType: "hws.resource.type.vm",
		RegionCode: "cn-north-4", ChargeMode: bss.ChargePeriod,
	}
}
