package bss_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func assertAmount(t *testing.T, want, got decimal.Decimal, what string) {
	t.Helper()
	assert.True(t, want.Equal(got), "%s: %s is wanted, %s is there", what, want, got)
}

// billed is a world with 120 records of the resale customer in February, a client of
// it, and what the partner's records of them add up to.
func billed(t *testing.T) (*world, *bss.Client, decimal.Decimal) {
	t.Helper()
	w := newWorld(t)
	require.NoError(t, w.AddBills("2026-02", w.resale, 120))
	c := w.client(t)
	records, err := bss.Collect(c.ListSubCustomerBillDetail(t.Context(), bss.ListSubCustomerBillDetailRequest{
		BillCycle: "2026-02", CustomerID: w.resale,
	}))
	require.NoError(t, err)
	var sum decimal.Decimal
	for _, r := range records {
		truncated := r.OfficialAmount.Sub(r.OfficialDiscountAmount).Sub(r.PaymentAmount)
		assert.True(t, truncated.Abs().LessThan(yuan("0.01")), "%s was cut off %s", truncated, r.ID)
		sum = sum.Add(r.PaymentAmount)
	}
	require.False(t, sum.IsZero())
	return w, c, sum
}

func TestDeductionsAddUpAndAreThePartners(t *testing.T) {
	t.Parallel()
	w, c, total := billed(t)
	records, err := bss.Collect(c.ListCustomerBillsFeeRecords(t.Context(), resaleName, bss.ListCustomerBillsFeeRecordsRequest{BillCycle: "2026-02"}))
	require.NoError(t, err)
	require.Len(t, records, 120)
	var sum decimal.Decimal
	for _, r := range records {
		assertAmount(t, r.OfficialAmount, decimal.Sum(r.OfficialDiscountAmount, r.EraseAmount, r.ConsumeAmount), "official_amount")
		assertAmount(t, r.ConsumeAmount, decimal.Sum(r.CashAmount, r.CreditAmount, r.CouponAmount, r.FlexipurchaseCouponAmount,
			r.StoredValueCardAmount, r.BonusAmount, r.DebtAmount, r.WriteoffAmount), "consume_amount")
		assert.Equal(t, r.DebtAmount.IsPositive(), r.Status == bss.DeductionOwed)
		assert.Equal(t, slices.Contains([]bss.BillDetailType{
			bss.DetailUnsubscription, bss.DetailChangeRefund, bss.DetailToOnDemandRefund, bss.DetailCompensation,
		}, r.BillType), r.ConsumeAmount.IsNegative(), r.BillType)
		assert.Equal(t, bss.ProviderHuaweiCloud, r.ProviderType)
		assert.Equal(t, "CNY", r.Currency)
		assert.Equal(t, w.resale, r.CustomerID)
		assert.Equal(t, string(resaleName), r.AccountName)
		assert.Equal(t, time.UTC, r.TradeTime.Location())
		sum = sum.Add(r.ConsumeAmount)
	}
	assertAmount(t, total, sum, "all deductions")
}

func TestTheMonthlySummaryIsPagedAndTotalled(t *testing.T) {
	t.Parallel()
	w, c, total := billed(t)
	request := bss.ShowCustomerMonthlySumRequest{BillCycle: "2026-02", Limit: 2}
	var lines []bss.MonthlySumLine
	for {
		request.Offset = len(lines)
		sum, err := c.ShowCustomerMonthlySum(t.Context(), resaleName, request)
		require.NoError(t, err)
		assertAmount(t, total, sum.ConsumeAmount, "the total beside every window")
		assertAmount(t, sum.ConsumeAmount, decimal.Sum(sum.CashAmount, sum.CreditAmount, sum.CouponAmount,
			sum.FlexipurchaseCouponAmount, sum.StoredValueCardAmount, sum.DebtAmount, sum.WriteoffAmount), "consume_amount")
		assert.Equal(t, "CNY", sum.Currency)
		if lines = append(lines, sum.Lines...); len(sum.Lines) == 0 {
			assert.Len(t, lines, sum.TotalCount)
			break
		}
	}
	var sum decimal.Decimal
	for _, l := range lines {
		assertAmount(t, l.ConsumeAmount, l.OfficialAmount.Sub(l.OfficialDiscountAmount).Sub(l.TruncatedAmount), "consume_amount")
		assertAmount(t, l.ConsumeAmount, decimal.Sum(l.CashAmount, l.CreditAmount, l.CouponAmount, l.FlexipurchaseCouponAmount,
			l.StoredValueCardAmount, l.DebtAmount, l.WriteoffAmount), "consume_amount")
		if l.BillType != bss.SumAdjustment {
			assert.Equal(t, l.BillType == bss.SumRefund, l.ConsumeAmount.IsNegative())
		}
		assert.Equal(t, w.resale, l.CustomerID)
		sum = sum.Add(l.ConsumeAmount)
	}
	assertAmount(t, total, sum, "all lines")
}

func TestResourceRecordsAddUpInEveryGrain(t *testing.T) {
	t.Parallel()
	_, c, total := billed(t)
	for _, statistic := range []bss.StatisticType{0, bss.StatisticByMonth, bss.StatisticByRecord} {
		records, err := bss.Collect(c.ListCustomerselfResourceRecords(t.Context(), resaleName, bss.ListCustomerselfResourceRecordsRequest{
			Cycle: "2026-02", StatisticType: statistic,
		}))
		require.NoError(t, err)
		var sum decimal.Decimal
		for _, r := range records {
			assertAmount(t, r.Amount, decimal.Sum(r.CashAmount, r.CreditAmount, r.CouponAmount, r.FlexipurchaseCouponAmount,
				r.StoredCardAmount, r.BonusAmount, r.DebtAmount, r.AdjustmentAmount), "amount")
			assert.Equal(t, statistic == bss.StatisticByMonth, r.ID == "")
			measured := r.BillType == bss.DetailUsage || r.BillType == bss.DetailSavingsPlanUse
			assert.Equal(t, measured, r.UsageMeasureID != 0)
			if statistic != bss.StatisticByMonth {
				assert.Equal(t, measured, !r.EffectiveTime.IsZero())
			}
			assert.Equal(t, "CNY", r.Currency)
			sum = sum.Add(r.Amount)
		}
		assertAmount(t, total, sum, "all records")
	}
}

func TestResourceBillsAddUpInEveryGrain(t *testing.T) {
	t.Parallel()
	w, c, total := billed(t)
	rows := map[bss.StatisticType]int{}
	for _, statistic := range []bss.StatisticType{bss.StatisticByMonth, bss.StatisticByDay, bss.StatisticByRecord} {
		bills, err := bss.Collect(c.ListCustomerselfResourceRecordDetails(t.Context(), resaleName, bss.ListCustomerselfResourceRecordDetailsRequest{
			Cycle: "2026-02", StatisticType: statistic,
		}))
		require.NoError(t, err)
		var sum decimal.Decimal
		for _, b := range bills {
			assertAmount(t, b.ConsumeAmount, decimal.Sum(b.CashAmount, b.CreditAmount, b.CouponAmount, b.FlexipurchaseCouponAmount,
				b.StoredCardAmount, b.BonusAmount, b.DebtAmount, b.AdjustmentAmount), "consume_amount")
			assert.Equal(t, statistic == bss.StatisticByDay, b.BillDate != "")
			assert.Equal(t, statistic == bss.StatisticByRecord, b.ID != "")
			assert.Equal(t, w.resale, b.PayerAccountID)
			assert.NotEmpty(t, b.ResourceTypeCode)
			assert.Equal(t, "CNY", b.Currency)
			sum = sum.Add(b.ConsumeAmount)
		}
		assertAmount(t, total, sum, "all bills")
		rows[statistic] = len(bills)
	}
	assert.Less(t, rows[bss.StatisticByMonth], rows[bss.StatisticByRecord])
}

func TestABillOfAResourceKeepsWhatIsWithinIt(t *testing.T) {
	t.Parallel()
	c := answeringAll(t, func() []byte {
		return []byte(`{"total_count":1,"currency":"USD","monthly_records":[{"resource_Type_code":"hws.resource.type.vm",
			"consume_amount":12.34567891,"az_code_infos":[{"az_code":"cn-north-4a"},{"az_code":"cn-north-4b"}],
			"extend_params":{"self_resource_id":"disk","relation_infos":[{"relative_resource_id":"server","relative_type":"PARENT"}]}}]}`)
	})
	bills, err := bss.Collect(c.ListCustomerselfResourceRecordDetails(t.Context(), resaleName, bss.ListCustomerselfResourceRecordDetailsRequest{Cycle: "2026-02"}))
	require.NoError(t, err)
	assert.Equal(t, []bss.ResourceBill{{
		ResourceTypeCode: "hws.resource.type.vm", ConsumeAmount: yuan("12.34567891"), Currency: "USD",
		Zones:   []bss.BilledZone{{AZCode: "cn-north-4a"}, {AZCode: "cn-north-4b"}},
		Related: bss.RelatedResources{SelfResourceID: "disk", Above: []bss.RelatedResource{{RelativeResourceID: "server", RelativeType: bss.RelationParent}}},
	}}, bills)
}

func TestAFalseFilterIsSentAndNoFilterIsNot(t *testing.T) {
	t.Parallel()
	w, c, _ := billed(t)
	for _, include := range []*bool{nil, new(true), new(false)} {
		_, err := bss.Collect(c.ListCustomerBillsFeeRecords(t.Context(), resaleName, bss.ListCustomerBillsFeeRecordsRequest{
			BillCycle: "2026-02", IncludeZeroRecord: include, ChargingMode: bss.ChargingOnDemand,
		}))
		require.NoError(t, err)
	}
	sent := w.wire.to("/v2/bills/customer-bills/fee-records")
	require.Len(t, sent, 3)
	assert.False(t, sent[0].query.Has("include_zero_record"))
	assert.Equal(t, "true", sent[1].query.Get("include_zero_record"))
	assert.Equal(t, "false", sent[2].query.Get("include_zero_record"))
	assert.Equal(t, "3", sent[2].query.Get("charging_mode"))
	assert.False(t, sent[0].query.Has("status"))
}

func TestAMasterReadsTheBillsOfItsMember(t *testing.T) {
	t.Parallel()
	w, c, total := billed(t)
	master := w.account(t, "group", huawei.AssociationResale)
	_, err := w.AddEnterprise(huawei.NewEnterprise{MasterID: master, Name: "group"})
	require.NoError(t, err)
	require.NoError(t, w.AddMember(huawei.NewMember{
		MasterID: master, CustomerID: w.resale, Permissions: []string{"READ_CONSUME_BILL"},
	}))
	read := func(scope bss.BillScope, member string) (decimal.Decimal, error) {
		var sum decimal.Decimal
		for r, err := range c.ListCustomerBillsFeeRecords(t.Context(), "group", bss.ListCustomerBillsFeeRecordsRequest{
			BillCycle: "2026-02", Method: scope, SubCustomerID: member,
		}) {
			if err != nil {
				return sum, err
			}
			sum = sum.Add(r.ConsumeAmount)
		}
		return sum, nil
	}
	for _, scope := range []bss.BillScope{"", bss.BillsOfAll, bss.BillsOfMember} {
		sum, err := read(scope, w.resale)
		require.NoError(t, err)
		assertAmount(t, total, sum, string(scope))
	}
	sum, err := read(bss.BillsOfOneself, "")
	require.NoError(t, err)
	assertAmount(t, decimal.Zero, sum, "the master's own")
	_, err = read(bss.BillsOfMember, w.account(t, "stranger", huawei.AssociationResale))
	require.ErrorIs(t, err, bss.ErrAccessDenied)
}

func TestOldCyclesAreRefused(t *testing.T) {
	t.Parallel()
	c := newWorld(t).client(t)
	_, err := c.ShowCustomerMonthlySum(t.Context(), resaleName, bss.ShowCustomerMonthlySumRequest{BillCycle: "2022-12"})
	require.ErrorIs(t, err, bss.ErrInvalid)
	require.ErrorIs(t, drain(c.ListCustomerBillsFeeRecords(t.Context(), resaleName, bss.ListCustomerBillsFeeRecordsRequest{BillCycle: "2022-12"})), bss.ErrInvalid)
	require.ErrorIs(t, drain(c.ListCustomerselfResourceRecords(t.Context(), resaleName, bss.ListCustomerselfResourceRecordsRequest{Cycle: "2022-12"})), bss.ErrInvalid)
	require.ErrorIs(t, drain(c.ListCustomerselfResourceRecordDetails(t.Context(), resaleName, bss.ListCustomerselfResourceRecordDetailsRequest{Cycle: "2018-12"})), bss.ErrInvalid)
	require.ErrorIs(t, drain(c.ListResourceUsageSummary(t.Context(), resaleName, vpcUsage("2022-12"))), bss.ErrInvalid)
}

func TestBandwidthsAreSummedUpAndListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.bandwidth(t, huawei.NewBandwidth{})
	c := w.client(t)
	w.clock.Set(time.Date(2026, 3, 2, 11, 59, 0, 0, time.UTC)) // a minute to 20:00 of GMT+8
	sums, err := bss.Collect(c.ListResourceUsageSummary(t.Context(), resaleName, vpcUsage("2026-02")))
	require.NoError(t, err)
	assert.Equal(t, []bss.UsageSummary{{ResourceID: id}}, sums, "the values are not known yet")

	w.clock.Set(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
	sums, err = bss.Collect(c.ListResourceUsageSummary(t.Context(), resaleName, vpcUsage("2026-02")))
	require.NoError(t, err)
	request := pointsOf(id, "2026-02")
	request.Offset, request.Limit = 287, 2
	usage, err := c.ListResourceUsage(t.Context(), resaleName, request)
	require.NoError(t, err)
	assert.Equal(t, "28", usage.ActualDays)
	assert.Equal(t, 28*288, usage.TotalCount)
	assert.Equal(t, []bss.UsageSummary{{
		ResourceID: id, ActualDays: "28", BandWidth: usage.BandWidth, BandWidthMeasureID: usage.BandWidthMeasureID,
	}}, sums)
	require.Len(t, usage.Points, 2)
	assert.Equal(t, "2026-02-01T15:55:00Z", usage.Points[0].StatTime.String())
	assert.Equal(t, "2026-02-01T16:00:00Z", usage.Points[1].StatTime.String())
	assert.True(t, usage.Points[0].Usage.IsPositive())
	assert.Equal(t, 15, usage.Points[0].MeasureID)
}

func TestAnEnhancedBandwidthHasAGuaranteeAndAPeak(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request := pointsOf(w.bandwidth(t, huawei.NewBandwidth{UsageType: "95peak_plus", Guaranteed: yuan("50")}), "2026-01")
	request.UsageType = "95peak_plus"
	usage, err := w.client(t).ListResourceUsage(t.Context(), resaleName, request)
	require.NoError(t, err)
	assert.Equal(t, "50", usage.MonthlyGuaranteedBandWidth)
	assert.NotEmpty(t, usage.MonthlyPeakBandWidth)
	assert.Equal(t, "50", usage.Points[0].GuaranteedBandWidth)
}

func TestOwnBillsAreReadWithACustomersToken(t *testing.T) {
	t.Parallel()
	w, c, _ := billed(t)
	require.NoError(t, drain(c.ListCustomerselfResourceRecordDetails(t.Context(), resaleName, bss.ListCustomerselfResourceRecordDetailsRequest{Cycle: "2026-02"})))
	sent := w.wire.to("/v2/bills/customer-bills/res-records/query")
	require.NotEmpty(t, sent)
	assert.Equal(t, http.MethodPost, sent[0].method)
	assert.JSONEq(t, `{"cycle":"2026-02","limit":1000}`, sent[0].body)
	assert.NotEmpty(t, sent[0].header.Get("X-Auth-Token"))
}
