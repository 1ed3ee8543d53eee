package sdkinterop_test

import (
	"net/http"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// beyondOwnHistory is older than what customers can ask for.
const beyondOwnHistory = 40

func customerBillExchanges() map[string]exchange {
	return map[string]exchange{
		"ShowCustomerMonthlySum": beyondHistoryOf("bill_cycle", sumsOwnBills, func(c *cloud, month string) error {
			_, err := c.customer("yongzhi").ShowCustomerMonthlySum(&model.ShowCustomerMonthlySumRequest{BillCycle: month})
			return err
		}),
		"ListCustomerBillsFeeRecords": beyondHistoryOf("bill_cycle", listsOwnFlow, func(c *cloud, month string) error {
			_, err := c.customer("yongzhi").ListCustomerBillsFeeRecords(&model.ListCustomerBillsFeeRecordsRequest{BillCycle: month})
			return err
		}),
		"ListCustomerselfResourceRecords": beyondHistoryOf("cycle", listsOwnResources, func(c *cloud, month string) error {
			_, err := c.customer("yongzhi").ListCustomerselfResourceRecords(&model.ListCustomerselfResourceRecordsRequest{Cycle: month})
			return err
		}),
		"ListCustomerselfResourceRecordDetails": beyondHistoryOf("cycle", listsOwnDetails, func(c *cloud, month string) error {
			_, err := c.customer("yongzhi").ListCustomerselfResourceRecordDetails(ownDetails(month, 1))
			return err
		}),
		"ListCustomerBillsMonthlyBreakDown": beyondHistoryOf("shared_month", breaksDown, func(c *cloud, month string) error {
			_, err := c.customer("yongzhi").ListCustomerBillsMonthlyBreakDown(&model.ListCustomerBillsMonthlyBreakDownRequest{SharedMonth: month})
			return err
		}),
		"ListCosts": beyondHistoryOf("begin_time", listsCosts, func(c *cloud, month string) error {
			_, err := c.customer("yongzhi").ListCosts(costsOf(month, "ORIGINAL_COST"))
			return err
		}),
		"ListResourceUsageSummary": beyondHistoryOf("bill_cycle", sumsUsage, func(c *cloud, month string) error {
			_, err := c.customer("yongzhi").ListResourceUsageSummary(usageSummaryOf(month))
			return err
		}),
		"ListResourceUsage": beyondHistoryOf("bill_cycle", listsUsage, func(c *cloud, month string) error {
			_, err := c.customer("yongzhi").ListResourceUsage(usageOf(month, "1"))
			return err
		}),
	}
}

// beyondHistoryOf is refused because the month is too long ago.
func beyondHistoryOf(field string, succeeds func(*cloud), call func(c *cloud, month string) error) exchange {
	return exchange{
		succeeds: succeeds,
		refused: func(c *cloud) error {
			c.richAccount("yongzhi")
			return call(c, c.cycle(beyondOwnHistory))
		},
		status: http.StatusBadRequest, code: "CBC.0100", says: field,
	}
}

// partnersTotal is what the partner's records of the month add up to, and abroad
// what the partner is billed for its one customer.
func partnersTotal(c *cloud, cycle, customerID string) decimal.Decimal {
	c.t.Helper()
	if c.abroad() {
		return *c.postpaidBill(cycle).InitialAmountDue
	}
	var sum decimal.Decimal
	for _, r := range records(c, cycle, customerID) {
		sum = sum.Add(*r.PaymentAmount)
	}
	return sum
}

func sumsOwnBills(c *cloud) {
	cycle, customerID := billed(c)
	answer, err := c.customer("yongzhi").ShowCustomerMonthlySum(&model.ShowCustomerMonthlySumRequest{
		BillCycle: cycle, Limit: new(int32(1000)),
	})
	require.NoError(c.t, err)
	want := partnersTotal(c, cycle, customerID)
	assertFields(c.t, fields{
		"total_count": len(*answer.BillSums), "currency": c.currency(), "measure_id": 1, "consume_amount": want,
	}, answer)
	var sum decimal.Decimal
	for _, s := range *answer.BillSums {
		assertFields(c.t, fields{"bill_cycle": cycle, "customer_id": customerID, "account_name": "yongzhi", "measure_id": 1}, s)
		assert.Equal(c.t, s.OfficialAmount.Sub(*s.OfficialDiscountAmount).Sub(*s.TruncatedAmount).String(), s.ConsumeAmount.String())
		parts := decimal.Sum(*s.CashAmount, *s.CreditAmount, *s.CouponAmount, *s.FlexipurchaseCouponAmount,
			*s.StoredValueCardAmount, *s.DebtAmount, *s.WriteoffAmount)
		assert.Equal(c.t, s.ConsumeAmount.String(), parts.String())
		sum = sum.Add(*s.ConsumeAmount)
	}
	assert.Equal(c.t, want.String(), sum.String())
}

func listsOwnFlow(c *cloud) {
	cycle, customerID := billed(c)
	answer, err := c.customer("yongzhi").ListCustomerBillsFeeRecords(&model.ListCustomerBillsFeeRecordsRequest{
		BillCycle: cycle, Limit: new(int32(1000)),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": billRows, "currency": c.currency()}, answer)
	for i, r := range records(c, cycle, customerID) {
		own := (*answer.Records)[i]
		assertFields(c.t, fields{
			"id": r.Id, "customer_id": customerID, "account_name": "yongzhi", "bill_type": r.BillDetailType,
			"charging_mode": r.ChargingMode, "trade_id": r.TradeId, "trade_time": r.TradeTime, "provider_type": 1,
			"consume_amount": r.PaymentAmount, "official_amount": r.OfficialAmount, "enterprise_project_id": "0",
		}, own)
		assert.Equal(c.t, own.OfficialAmount.String(),
			decimal.Sum(*own.OfficialDiscountAmount, *own.EraseAmount, *own.ConsumeAmount).String())
	}
}

// The types of bills that tell a usage.
const (
	usageBill      = 5
	savingsPlanUse = 23
)

func listsOwnResources(c *cloud) {
	cycle, customerID := billed(c)
	for _, statistic := range []int32{1, 3} {
		answer, err := c.customer("yongzhi").ListCustomerselfResourceRecords(&model.ListCustomerselfResourceRecordsRequest{
			Cycle: cycle, StatisticType: &statistic, Limit: new(int32(1000)),
		})
		require.NoError(c.t, err)
		assertFields(c.t, fields{"total_count": len(*answer.FeeRecords), "currency": c.currency()}, answer)
		var sum decimal.Decimal
		for _, r := range *answer.FeeRecords {
			assertFields(c.t, fields{"customer_id": customerID, "measure_id": 1, "enterprise_project_name": "default"}, r)
			assert.Equal(c.t, *r.BillType == usageBill || *r.BillType == savingsPlanUse, r.Usage != nil, "usage of the bill type %d", *r.BillType)
			sum = sum.Add(*r.Amount)
		}
		assert.Equal(c.t, partnersTotal(c, cycle, customerID).String(), sum.String())
	}
}

func ownDetails(cycle string, statistic int32) *model.ListCustomerselfResourceRecordDetailsRequest {
	return &model.ListCustomerselfResourceRecordDetailsRequest{Body: &model.QueryResRecordsDetailReq{
		Cycle: cycle, StatisticType: &statistic, Limit: new(int32(1000)),
	}}
}

func listsOwnDetails(c *cloud) {
	cycle, customerID := billed(c)
	for statistic := range int32(3) {
		answer, err := c.customer("yongzhi").ListCustomerselfResourceRecordDetails(ownDetails(cycle, statistic+1))
		require.NoError(c.t, err)
		assertFields(c.t, fields{"total_count": len(*answer.MonthlyRecords), "currency": c.currency()}, answer)
		var sum decimal.Decimal
		for _, r := range *answer.MonthlyRecords {
			assertFields(c.t, fields{"cycle": cycle, "customer_id": customerID, "payer_account_id": customerID}, r)
			assert.NotEmpty(c.t, *r.ResourceTypeCode)
			sum = sum.Add(*r.ConsumeAmount)
		}
		assert.Equal(c.t, partnersTotal(c, cycle, customerID).String(), sum.String())
	}
}

func breaksDown(c *cloud) {
	cycle, customerID := billed(c)
	answer, err := c.customer("yongzhi").ListCustomerBillsMonthlyBreakDown(&model.ListCustomerBillsMonthlyBreakDownRequest{
		SharedMonth: cycle, Limit: new(int32(1000)),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": billRows, "currency": c.currency()}, answer)
	var sum decimal.Decimal
	for _, d := range *answer.Details {
		assertFields(c.t, fields{"shared_month": cycle, "bill_cycle": cycle, "customer_id": customerID}, d)
		assert.Equal(c.t, d.ConsumeAmount.String(), decimal.Sum(
			*d.PastMonthsAmortizedAmount, *d.CurrentMonthAmortizedAmount, *d.FutureMonthsAmortizedAmount).String())
		assert.Equal(c.t, d.CurrentMonthAmortizedAmount.String(), decimal.Sum(*d.AmortizedCashAmount, *d.AmortizedCreditAmount,
			*d.AmortizedCouponAmount, *d.AmortizedFlexipurchaseCouponAmount, *d.AmortizedStoredValueCardAmount, *d.AmortizedBonusAmount).String())
		sum = sum.Add(*d.ConsumeAmount)
	}
	assert.Equal(c.t, partnersTotal(c, cycle, customerID).String(), sum.String())
}

func costsOf(month, kind string) *model.ListCostsRequest {
	return &model.ListCostsRequest{Body: &model.ListCostsReq{
		TimeCondition: &model.TimeCondition{TimeMeasureId: 2, BeginTime: month, EndTime: month},
		Groupby:       []model.GroupBy{{Type: "dimension", Key: "CHARGING_MODE"}},
		CostType:      kind, AmountType: "PAYMENT_AMOUNT", Limit: new(int32(100)),
	}}
}

func listsCosts(c *cloud) {
	cycle, customerID := billed(c)
	answer, err := c.customer("yongzhi").ListCosts(costsOf(cycle, "ORIGINAL_COST"))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": len(*answer.CostData), "currency": c.currency()}, answer)
	var sum decimal.Decimal
	for _, row := range *answer.CostData {
		assertFields(c.t, fields{"key": "CHARGING_MODE"}, only(c.t, row.Dimensions))
		cell := only(c.t, row.Costs)
		assertFields(c.t, fields{"time_dimension_value": cycle, "time_measure_id": 2, "amount": row.AmountByCosts}, cell)
		sum = sum.Add(yuan(*row.AmountByCosts))
	}
	assert.Equal(c.t, partnersTotal(c, cycle, customerID).String(), sum.String())
}

func usageSummaryOf(month string) *model.ListResourceUsageSummaryRequest {
	return &model.ListResourceUsageSummaryRequest{
		BillCycle: month, ServiceTypeCode: "hws.service.type.vpc",
		ResourceTypeCode: "hws.resource.type.bandwidth", UsageType: "95Peak",
	}
}

func usageOf(month, resourceID string) *model.ListResourceUsageRequest {
	return &model.ListResourceUsageRequest{
		BillCycle: month, ServiceTypeCode: "hws.service.type.vpc",
		ResourceTypeCode: "hws.resource.type.bandwidth", UsageType: "95Peak", ResourceId: resourceID,
	}
}

// measured is a world in which one customer's bandwidth was measured for long.
func measured(c *cloud) (cycle, resourceID string) {
	c.t.Helper()
	id := c.seeded(c.AddBandwidth(huawei.NewBandwidth{CustomerID: c.richAccount("yongzhi"), From: c.clock.Now().AddDate(0, -6, 0)}))
	return c.cycle(settledMonth), id
}

func sumsUsage(c *cloud) {
	cycle, id := measured(c)
	answer, err := c.customer("yongzhi").ListResourceUsageSummary(usageSummaryOf(cycle))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	row := only(c.t, answer.SummaryUsageInfoList)
	details, err := c.customer("yongzhi").ListResourceUsage(usageOf(cycle, id))
	require.NoError(c.t, err)
	assertFields(c.t, fields{
		"resource_id": id, "band_width_measure_id": 15, "band_width": details.BandWidth, "actual_days": details.ActualDays,
	}, row)
}

func listsUsage(c *cloud) {
	cycle, id := measured(c)
	request := usageOf(cycle, id)
	request.Limit = new(int32(288))
	answer, err := c.customer("yongzhi").ListResourceUsage(request)
	require.NoError(c.t, err)
	days := decimal.NewFromInt32(*answer.TotalCount).Div(decimal.NewFromInt(288))
	assertFields(c.t, fields{"actual_days": days, "band_width_measure_id": 15}, answer)
	require.Len(c.t, *answer.UsageInfoList, 288)
	assertFields(c.t, fields{"measure_id": 15}, (*answer.UsageInfoList)[0])
	assert.NotEmpty(c.t, *answer.BandWidth)
}
