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
