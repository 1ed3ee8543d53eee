package bss_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss"
)

func TestAPackagePaysForUsageAndIsFilledAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	pack := w.pack(t, c)
	assert.Equal(t, bss.PackageEffective, pack.Status)
	assert.Equal(t, bss.ReuseReset, pack.QuotaReuseMode)
	assert.Equal(t, bss.BundleAtomic, pack.BundleType)
	assert.Equal(t, bss.PackageOrdered, pack.SourceType)
	assert.Equal(t, bss.PackageForAll, pack.EnterpriseProjectScope)
	assert.Equal(t, start, pack.EffectiveTime.Time)
	require.Len(t, pack.Items, 1)
	item := pack.Items[0].FreeResourceID
	require.NoError(t, w.UseResourcePackage(item, "bucket-1", yuan("1.25")))

	usages, err := c.ListFreeResourceUsages(t.Context(), resaleName, bss.ListFreeResourceUsagesRequest{FreeResourceIDs: []string{item, "unknown"}})
	require.NoError(t, err)
	require.Len(t, usages, 1, "what the customer does not have is left out")
	assertAmount(t, yuan("38.75"), usages[0].Amount, "amount")
	assertAmount(t, yuan("40"), usages[0].OriginalAmount, "original_amount")
	assert.Equal(t, bss.ReuseMonthly, usages[0].QuotaReuseCycle)
	assert.Equal(t, bss.ReuseByCalendar, usages[0].QuotaReuseCycleType)

	w.clock.Set(start.Add(48 * time.Hour)) // records are late
	uses, err := bss.Collect(c.ListFreeResourcesUsageRecords(t.Context(), resaleName, bss.ListFreeResourcesUsageRecordsRequest{
		DeductTimeBegin: "2026-03-02", DeductTimeEnd: "2026-03-02", FreeResourceID: item,
	}))
	require.NoError(t, err)
	require.Len(t, uses, 1)
	assert.Equal(t, "bucket-1", uses[0].ResourceID)
	assert.Equal(t, "storage", uses[0].UsageTypeCode)
	assert.Equal(t, start, uses[0].DeductTime.Time)
	assertAmount(t, yuan("40"), uses[0].AvailableAmount, "available_amount")
	assertAmount(t, uses[0].AvailableAmount.Sub(uses[0].UsedAmount), uses[0].RemainingAmount, "remaining_amount")
	assert.Equal(t, pack.Items[0].MeasureID, uses[0].MeasureID)

	w.clock.Set(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	packages, err := bss.Collect(c.ListFreeResourceInfos(t.Context(), resaleName, bss.ListFreeResourceInfosRequest{}))
	require.NoError(t, err)
	assertAmount(t, yuan("40"), packages[0].Items[0].Amount, "in the next cycle")
}

func TestAStatusOf0FiltersAndNoneDoesNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	w.pack(t, c)
	for _, status := range []bss.PackageStatus{bss.PackageNotEffective, bss.PackageEffective} {
		packages, err := bss.Collect(c.ListFreeResourceInfos(t.Context(), resaleName, bss.ListFreeResourceInfosRequest{Status: &status}))
		require.NoError(t, err)
		assert.Equal(t, status == bss.PackageEffective, len(packages) == 1)
	}
	sent := w.wire.to("/v3/payments/free-resources/query")
	require.Len(t, sent, 3)
	assert.JSONEq(t, `{"limit":1000}`, sent[0].body)
	assert.JSONEq(t, `{"status":0,"limit":1000}`, sent[1].body)
}

func TestUsageOfPackagesSpansNinetyDays(t *testing.T) {
	t.Parallel()
	c := newWorld(t).client(t)
	for end, want := range map[string]error{"2026-03-02": nil, "2026-03-03": bss.ErrInvalid} {
		err := drain(c.ListFreeResourcesUsageRecords(t.Context(), resaleName, bss.ListFreeResourcesUsageRecordsRequest{
			DeductTimeBegin: "2025-12-02", DeductTimeEnd: end,
		}))
		require.ErrorIs(t, err, want, end)
	}
}
