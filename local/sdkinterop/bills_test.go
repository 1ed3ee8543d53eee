package sdkinterop_test

import (
	"net/http"
	"strconv"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const billRows = 60

// settledMonth is a month that the monthly summary contains whole; beyondHistory
// is older than the bills that are kept.
const (
	settledMonth  = 2
	beyondHistory = 20
)

func billExchanges() map[string]exchange {
	return map[string]exchange{
		"ListConsumeSubCustomers": {
			succeeds: listsConsumers,
			refused: func(c *cloud) error {
				_, err := c.partner().ListConsumeSubCustomers(consumers(c.cycle(beyondHistory)))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "bill_cycle",
		},
		"ListSubCustomerBillDetail": {
			succeeds: listsBillDetail,
			refused: func(c *cloud) error {
				_, err := c.partner().ListSubCustomerBillDetail(&model.ListSubCustomerBillDetailRequest{
					BillCycle: c.cycle(beyondHistory), CustomerId: "1",
				})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "bill_cycle",
		},
		"ListSubcustomerMonthlyBills": {
			succeeds: sumsBills,
			refused: func(c *cloud) error {
				_, err := c.partner().ListSubcustomerMonthlyBills(&model.ListSubcustomerMonthlyBillsRequest{
					Cycle: c.cycle(settledMonth), ChargeMode: "9",
				})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "charge_mode",
		},
	}
}

func consumers(cycle string) *model.ListConsumeSubCustomersRequest {
	return &model.ListConsumeSubCustomersRequest{Body: &model.ListConsumeSubCustomersReq{BillCycle: cycle}}
}

// billed is a world in which one customer has fee records in the cycle.
func billed(c *cloud) (cycle, customerID string) {
	c.t.Helper()
	cycle, customerID = c.cycle(settledMonth), c.account("yongzhi", c.sold())
	require.NoError(c.t, c.AddBills(cycle, customerID, billRows))
	return cycle, customerID
}

func listsConsumers(c *cloud) {
	c.richAccount("nobill")
	cycle, customerID := billed(c)
	answer, err := c.partner().ListConsumeSubCustomers(consumers(cycle))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{"customer_id": customerID}, only(c.t, answer.SubCustomers))
}

func records(c *cloud, cycle, customerID string) []model.SubCustomerMonthlyBillDetail {
	c.t.Helper()
	answer, err := c.partner().ListSubCustomerBillDetail(&model.ListSubCustomerBillDetailRequest{
		BillCycle: cycle, CustomerId: customerID, Limit: new(int32(100)), XLanguage: new("zh_CN"),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": billRows, "currency": "CNY"}, answer)
	require.Len(c.t, *answer.FeeRecords, billRows)
	return *answer.FeeRecords
}

// listsBillDetail checks that every part of an amount arrives: the parts make up
// the payment only together.
func listsBillDetail(c *cloud) {
	cycle, customerID := billed(c)
	for _, r := range records(c, cycle, customerID) {
		assertFields(c.t, fields{"bill_cycle": cycle, "customer_id": customerID, "association_type": "2"}, r)
		assert.NotEmpty(c.t, *r.ServiceTypeName)
		assert.NotEmpty(c.t, *r.TradeTime)
		parts := decimal.Sum(*r.CashAmount, *r.CreditAmount, *r.CouponAmount, *r.FlexipurchaseCouponAmount,
			*r.StoredValueCardAmount, *r.DebtAmount, *r.WriteoffAmount)
		assert.Equal(c.t, r.PaymentAmount.String(), parts.String())
		truncated := r.OfficialAmount.Sub(*r.OfficialDiscountAmount).Sub(*r.PaymentAmount)
		assert.False(c.t, truncated.IsNegative(), truncated)
		assert.True(c.t, truncated.LessThan(yuan("0.01")), truncated)
	}
}

// sumsBills compares the monthly summary with the records that it sums up.
func sumsBills(c *cloud) {
	cycle, customerID := billed(c)
	paid := map[string]decimal.Decimal{}
	for _, r := range records(c, cycle, customerID) {
		mode := strconv.Itoa(int(*r.ChargingMode))
		paid[mode] = paid[mode].Add(*r.PaymentAmount)
	}
	require.Contains(c.t, paid, "1")
	require.Contains(c.t, paid, "3")
	for mode, want := range paid {
		answer, err := c.partner().ListSubcustomerMonthlyBills(&model.ListSubcustomerMonthlyBillsRequest{
			Cycle: cycle, ChargeMode: mode, CustomerId: &customerID, Limit: new(int32(100)),
		})
		require.NoError(c.t, err)
		assertFields(c.t, fields{"count": len(*answer.BillSums), "currency": "CNY"}, answer)
		var sum decimal.Decimal
		for _, s := range *answer.BillSums {
			assertFields(c.t, fields{"customer_id": customerID, "charge_mode": mode, "measure_id": 1}, s)
			sum = sum.Add(*s.Amount)
		}
		assert.Equal(c.t, want.String(), sum.String(), "charge mode %s", mode)
	}
}
