package bss

import (
	"context"
	"iter"
)

// ListPayPerUseCustomerResources lists yearly/monthly resources, whatever its name
// says: those that were delivered, and what belongs to them. The partner calls it
// about a customer, or a customer ([Client.As]) about itself. A disk that was bought
// later and attached to a server does not belong to it: only this list tells what
// does.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00021.html.
func (c *Client) ListPayPerUseCustomerResources(ctx context.Context, r ListPayPerUseCustomerResourcesRequest) iter.Seq2[PeriodResource, error] {
	return list[listPayPerUseCustomerResourcesPage, PeriodResource](ctx, c, call{op: listPayPerUseCustomerResources, body: r})
}

// ListCustomerOnDemandResources lists what a resale customer uses and pays on
// demand. What it tells comes late, by how much depends on the cloud service. The
// partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mqr_01002.html.
func (c *Client) ListCustomerOnDemandResources(ctx context.Context, r ListCustomerOnDemandResourcesRequest) iter.Seq2[OnDemandResource, error] {
	return list[listCustomerOnDemandResourcesPage, OnDemandResource](ctx, c, call{op: listCustomerOnDemandResources, body: r})
}
