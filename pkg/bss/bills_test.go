package bss_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss"
)

const billPath = "/v2/bills/subcustomer-bills/res-fee-records"

func TestBillsAddUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.AddBills("2026-02", w.resale, 50))
	c := w.client(t)

	consumers, err := bss.Collect(c.ListConsumeSubCustomers(t.Context(), bss.ListConsumeSubCustomersRequest{BillCycle: "2026-02"}))
	require.NoError(t, err)
	assert.Equal(t, []bss.ConsumingCustomer{{CustomerID: w.resale}}, consumers)

	records, err := bss.Collect(c.ListSubCustomerBillDetail(t.Context(), bss.ListSubCustomerBillDetailRequest{
		BillCycle: "2026-02", CustomerID: w.resale,
	}))
	require.NoError(t, err)
	require.Len(t, records, 50)
	var detailed decimal.Decimal
	for _, r := range records {
		parts := decimal.Sum(r.CashAmount, r.CreditAmount, r.CouponAmount, r.FlexipurchaseCouponAmount,
			r.StoredValueCardAmount, r.DebtAmount, r.WriteoffAmount)
		assert.True(t, r.PaymentAmount.Equal(parts), "%s is not the sum of its parts, %s", r.PaymentAmount, parts)
		assert.Equal(t, "CNY", r.Currency)
		assert.Equal(t, "2026-02", r.BillCycle)
		assert.Equal(t, w.resale, r.CustomerID)
		assert.Equal(t, bss.Resale, r.AssociationType)
		assert.Equal(t, time.UTC, r.TradeTime.Location())
		assert.Equal(t, "2026-02", r.TradeTime.In(time.FixedZone("GMT+8", 8*3600)).Format("2006-01"))
		detailed = detailed.Add(r.PaymentAmount)
	}

	var summed decimal.Decimal
	for _, mode := range []bss.ChargeMode{bss.ChargePeriod, bss.ChargeOnDemand, bss.ChargeSavingsPlan} {
		sums, err := bss.Collect(c.ListSubcustomerMonthlyBills(t.Context(), bss.ListSubcustomerMonthlyBillsRequest{
			Cycle: "2026-02", ChargeMode: mode, CustomerID: w.resale,
		}))
		require.NoError(t, err)
		for _, s := range sums {
			assert.Equal(t, "CNY", s.Currency)
			assert.Equal(t, mode, s.ChargeMode)
			summed = summed.Add(s.Amount)
		}
	}
	assert.True(t, detailed.IsPositive())
	assert.True(t, detailed.Equal(summed), "records %s, sums %s", detailed, summed)
}

func TestABillRecordKeepsEveryDigit(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, saying(200, jsonType, `{"total_count":1,"currency":"CNY","fee_records":[{
		"id":"r1","trade_time":"2026-02-28T16:30:00Z","charging_mode":3,"bill_detail_type":5,
		"usage_amount":0.123456789012345678,"payment_amount":-12345678901234567.89,"credit_amount":1e-8,"free_resource_usage":null}]}`))
	rows, err := bss.Collect(c.ListSubCustomerBillDetail(t.Context(), bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: "c"}))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	assert.Equal(t, "0.123456789012345678", rows[0].UsageAmount.String())
	assert.Equal(t, "-12345678901234567.89", rows[0].PaymentAmount.String())
	assert.Equal(t, "0.00000001", rows[0].CreditAmount.String())
	assert.True(t, rows[0].FreeResourceUsage.IsZero())
	assert.Equal(t, time.Date(2026, 2, 28, 16, 30, 0, 0, time.UTC), rows[0].TradeTime.Time)
}
