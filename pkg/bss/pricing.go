package bss

import "context"

// ListOnDemandResourceRatings returns what uses of products cost on demand, each
// product's and their sums. Prices are cut off after 6 decimals, or after 10. Of
// several discounts the commercial one comes first. The partner calls it, or a
// customer ([Client.As]), whose discounts are in the answer then. It fails with
// ErrNotFound for a product that is not sold, and with ErrInvalid for a wrong usage
// factor or unit.
//
// See https://support.huaweicloud.com/api-bpconsole/bcloud_01001.html.
func (c *Client) ListOnDemandResourceRatings(ctx context.Context, r ListOnDemandResourceRatingsRequest) (OnDemandRatings, error) {
	var out OnDemandRatings
	err := c.do(ctx, call{op: listOnDemandResourceRatings, body: r}, &out)
	return out, err
}

// ListRateOnPeriodDetail returns what products cost by the month or year: the list
// price, and the price with each discount that can be chosen. The partner calls it,
// or a customer ([Client.As]), whose discounts are in the answer then. It fails with
// ErrNotFound for a product that is not sold.
//
// See https://support.huaweicloud.com/api-bpconsole/bcloud_01002.html.
func (c *Client) ListRateOnPeriodDetail(ctx context.Context, r ListRateOnPeriodDetailRequest) (PeriodRatings, error) {
	var out PeriodRatings
	err := c.do(ctx, call{op: listRateOnPeriodDetail, body: r}, &out)
	return out, err
}

// ListRenewRateOnPeriod returns what renewing yearly/monthly resources costs: by
// resource, the list price of all, and the price of all with each discount that can
// be chosen. Resources that cannot be renewed are in the answer with their reason,
// and not in the sums. Only the customer may call it. It fails with ErrInvalid for a
// resource that is named twice.
//
// See https://support.huaweicloud.com/api-bpconsole/bcloud_01007.html.
func (c *Client) ListRenewRateOnPeriod(ctx context.Context, customer Customer, r ListRenewRateOnPeriodRequest) (RenewalRatings, error) {
	var out RenewalRatings
	err := c.do(ctx, call{op: listRenewRateOnPeriod, customer: customer, body: r}, &out)
	return out, err
}
