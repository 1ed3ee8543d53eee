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
	return list(c, listIncentiveDiscountPolicies, r.Offset, r.Limit, func(w window) ([]IncentivePolicy, count, error) {
		var out struct {
			Count count             `json:"total_count"`
			Rows  []IncentivePolicy `json:"policies"`
		}
		r.Offset, r.Limit = w.offset, w.limit
		err := c.do(ctx, call{op: listIncentiveDiscountPolicies, query: r}, &out)
		return out.Rows, out.Count, err
	})
}

// ListIncentiveDiscountPoliciesRequest is the argument of
// ListIncentiveDiscountPolicies.
type ListIncentiveDiscountPoliciesRequest struct {
	// Month is a month of GMT+8, as 2006-01; its policies are those at its end.
	Month           string `query:"time"`
	ServiceTypeCode string `query:"service_type_code"`
	// Offset is the number of rows to skip, Limit the size of a page.
	Offset int `query:"offset"`
	Limit  int `query:"limit"`
}

// Incentive says how the consumption of a service counts for the partner.
type Incentive string

// The incentive policies.
const (
	// IncentiveGeneral: counts, at the general rates.
	IncentiveGeneral Incentive = "0"
	// IncentiveSpecific: counts, at rates of its own.
	IncentiveSpecific Incentive = "1"
	// IncentiveNone: neither performance nor rebate.
	IncentiveNone Incentive = "2"
	// IncentivePerformanceOnly: performance, but no rebate.
	IncentivePerformanceOnly Incentive = "13"
)

// IncentivePolicy is the policy of one service.
type IncentivePolicy struct {
	ServiceTypeCode string    `json:"service_type_code"`
	ServiceTypeName string    `json:"service_type_name"`
	IncentivePolicy Incentive `json:"incentive_policy"`
	// AllowDiscount is YES where the partner may grant discounts.
	AllowDiscount string `json:"allow_discount"`
}
