package bss_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func customerBillsExamples() map[string]exampleCall {
	const february = "2026-02"
	return map[string]exampleCall{
		"ShowCustomerMonthlySum": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.ShowCustomerMonthlySum(ctx, resaleName, bss.ShowCustomerMonthlySumRequest{BillCycle: february})
			return err
		}),
		"ListCustomerBillsFeeRecords": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListCustomerBillsFeeRecords(ctx, resaleName, bss.ListCustomerBillsFeeRecordsRequest{BillCycle: february}))
		}),
		"ListCustomerselfResourceRecords": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListCustomerselfResourceRecords(ctx, resaleName, bss.ListCustomerselfResourceRecordsRequest{Cycle: february}))
		}),
		"ListCustomerselfResourceRecordDetails": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListCustomerselfResourceRecordDetails(ctx, resaleName, bss.ListCustomerselfResourceRecordDetailsRequest{Cycle: february}))
		}),
		"ListResourceUsageSummary": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListResourceUsageSummary(ctx, resaleName, vpcUsage(february)))
		}),
		"ListResourceUsage": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
			request := pointsOf(w.bandwidth(t, huawei.NewBandwidth{}), february)
			return func(ctx context.Context, c *bss.Client) error {
				_, err := c.ListResourceUsage(ctx, resaleName, request)
				return err
			}
		},
	}
}

// bandwidth gives the resale customer a bandwidth that is measured since January, and
// returns its resource id.
func (w *world) bandwidth(t *testing.T, n huawei.NewBandwidth) string {
	t.Helper()
	n.CustomerID, n.From = w.resale, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	id, err := w.AddBandwidth(n)
	require.NoError(t, err)
	return id
}

func vpcUsage(cycle string) bss.ListResourceUsageSummaryRequest {
	return bss.ListResourceUsageSummaryRequest{
		BillCycle: cycle, ServiceTypeCode: "hws.service.type.vpc", ResourceTypeCode: "hws.resource.type.bandwidth", UsageType: "95Peak",
	}
}

func pointsOf(resource, cycle string) bss.ListResourceUsageRequest {
	of := vpcUsage(cycle)
	return bss.ListResourceUsageRequest{
		BillCycle: of.BillCycle, ServiceTypeCode: of.ServiceTypeCode, ResourceTypeCode: of.ResourceTypeCode, UsageType: of.UsageType,
		ResourceID: resource,
	}
}
