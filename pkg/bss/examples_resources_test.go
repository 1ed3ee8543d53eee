package bss_test

import (
	"context"
	"testing"

	"github.com/bssfn/bssfn/pkg/bss"
)

func resourcesExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"ListPayPerUseCustomerResources": func(_ *testing.T, w *world) func(context.Context, *bss.Client) error {
			return func(ctx context.Context, c *bss.Client) error {
				return drain(c.ListPayPerUseCustomerResources(ctx, bss.ListPayPerUseCustomerResourcesRequest{CustomerID: w.resale}))
			}
		},
		"ListCustomerOnDemandResources": func(_ *testing.T, w *world) func(context.Context, *bss.Client) error {
			return func(ctx context.Context, c *bss.Client) error {
				return drain(c.ListCustomerOnDemandResources(ctx, bss.ListCustomerOnDemandResourcesRequest{CustomerID: w.resale}))
			}
		},
	}
}
