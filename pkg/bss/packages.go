package bss

import (
	"context"
	"iter"
)

// ListFreeResourceInfos lists a customer's resource packages with what is left of
// their items, up to 18 months after they expired. Only the customer may call it.
//
// See https://support.huaweicloud.com/api-oce/api_order_00027.html.
func (c *Client) ListFreeResourceInfos(ctx context.Context, customer Customer, r ListFreeResourceInfosRequest) iter.Seq2[ResourcePackage, error] {
	return list[listFreeResourceInfosPage, ResourcePackage](ctx, c, call{op: listFreeResourceInfos, customer: customer, body: r})
}

// ListFreeResourceUsages returns how much is left of up to 100 items of a customer's
// resource packages, and until when. Only the customer may call it; items that it does
// not have are left out.
//
// See https://support.huaweicloud.com/api-oce/api_order_00028.html.
func (c *Client) ListFreeResourceUsages(ctx context.Context, customer Customer, r ListFreeResourceUsagesRequest) ([]PackageItemUsage, error) {
	var out struct {
		Rows []PackageItemUsage `json:"free_resources"`
	}
	err := c.do(ctx, call{op: listFreeResourceUsages, customer: customer, body: r}, &out)
	return out.Rows, err
}

// ListFreeResourcesUsageRecords lists what a customer's resource packages paid for.
// Only the customer may call it. It fails with ErrInvalid for more than 90 days.
//
// See https://support.huaweicloud.com/api-oce/api_order_00029.html.
func (c *Client) ListFreeResourcesUsageRecords(ctx context.Context, customer Customer, r ListFreeResourcesUsageRecordsRequest) iter.Seq2[PackageUse, error] {
	return list[listFreeResourcesUsageRecordsPage, PackageUse](ctx, c, call{op: listFreeResourcesUsageRecords, customer: customer, query: r})
}
