package bss_test

import (
	"context"

	"github.com/bssfn/bssfn/pkg/bss"
)

func freezingExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"FreezeSubCustomers": withResale(func(ctx context.Context, c *bss.Client, customer string) error {
			_, err := c.FreezeSubCustomers(ctx, bss.FreezeSubCustomersRequest{CustomerIDs: []string{customer}, Reason: "arrears"})
			return err
		}),
		"UnfreezeSubCustomers": withResale(func(ctx context.Context, c *bss.Client, customer string) error {
			_, err := c.UnfreezeSubCustomers(ctx, bss.UnfreezeSubCustomersRequest{CustomerIDs: []string{customer}, Reason: "paid"})
			return err
		}),
	}
}
