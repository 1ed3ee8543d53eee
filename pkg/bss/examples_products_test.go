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
	}
}
