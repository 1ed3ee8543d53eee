package bss_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func packagesExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"ListFreeResourceInfos": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListFreeResourceInfos(ctx, resaleName, bss.ListFreeResourceInfosRequest{}))
		}),
		"ListFreeResourceUsages": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.ListFreeResourceUsages(ctx, resaleName, bss.ListFreeResourceUsagesRequest{FreeResourceIDs: []string{"1"}})
			return err
		}),
		"ListFreeResourcesUsageRecords": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListFreeResourcesUsageRecords(ctx, resaleName, bss.ListFreeResourcesUsageRecordsRequest{
				DeductTimeBegin: "2026-03-01", DeductTimeEnd: "2026-03-02",
			}))
		}),
	}
}

// pack gives the resale customer 40 GB of storage, in a package that is filled again
// monthly, and returns the package as the customer sees it.
func (w *world) pack(t *testing.T, c *bss.Client) bss.ResourcePackage {
	t.Helper()
	id, err := w.AddResourcePackage(huawei.NewResourcePackage{
		CustomerID: w.resale, ProductName: "OBS 40GB", OrderID: w.order(t, huawei.NewOrder{}), Reset: huawei.ResetMonthly,
		Items: []huawei.NewPackageItem{{UsageType: "storage", Amount: yuan("40")}},
	})
	require.NoError(t, err)
	packages, err := bss.Collect(c.ListFreeResourceInfos(t.Context(), resaleName, bss.ListFreeResourceInfosRequest{}))
	require.NoError(t, err)
	require.Len(t, packages, 1)
	require.Equal(t, id, packages[0].OrderInstanceID)
	return packages[0]
}
