package bss

import "context"

// FreezeSubCustomers freezes reseller customers and returns those that it did not
// freeze, by customer id. A new reseller customer is frozen until the partner
// unfreezes it. The partner calls it; the mainland site lacks it.
//
// See https://support.huaweicloud.com/intl/en-us/api-bpconsole/mc_00027.html.
func (c *Client) FreezeSubCustomers(ctx context.Context, r FreezeSubCustomersRequest) (refused []ItemError, err error) {
	var out struct {
		Errors []ItemError `json:"error_details"`
	}
	err = c.do(ctx, call{op: freezeSubCustomers, body: r}, &out)
	return out.Errors, err
}

// UnfreezeSubCustomers ends the freeze of reseller customers, of the type that they
// were frozen with, and returns those whose it did not end, by customer id. The
// partner calls it; the mainland site lacks it.
//
// See https://support.huaweicloud.com/intl/en-us/api-bpconsole/mc_00028.html.
func (c *Client) UnfreezeSubCustomers(ctx context.Context, r UnfreezeSubCustomersRequest) (refused []ItemError, err error) {
	var out struct {
		Errors []ItemError `json:"error_details"`
	}
	err = c.do(ctx, call{op: unfreezeSubCustomers, body: r}, &out)
	return out.Errors, err
}
