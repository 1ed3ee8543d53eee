package bss_test

import (
	"context"

	"github.com/bssfn/bssfn/pkg/bss"
)

func customersExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"CheckUserIdentity": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.CheckUserIdentity(ctx, bss.CheckUserIdentityRequest{SearchType: bss.SearchName, SearchValue: "a-free-name"})
			return err
		}),
		"SendVerificationMessageCode": plain(func(ctx context.Context, c *bss.Client) error {
			return c.SendVerificationMessageCode(ctx, bss.SendVerificationMessageCodeRequest{ReceiverType: bss.ReceiverMobile, MobilePhone: "13800000000"})
		}),
		"CreateSubCustomer": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.CreateSubCustomer(ctx, bss.CreateSubCustomerRequest{XAccountID: "u-1", XAccountType: agency, DomainName: "new-customer"})
			return err
		}),
		"ListSubCustomers": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListSubCustomers(ctx, bss.ListSubCustomersRequest{}))
		}),
		"ListSubCustomerNewTag": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListSubCustomerNewTag(ctx, bss.ListSubCustomerNewTagRequest{}))
		}),
	}
}
