package bss_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func TestFundsGoToTheCustomerAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	out, err := c.UpdateCustomerAccountAmount(t.Context(), bss.UpdateCustomerAccountAmountRequest{CustomerID: w.resale, Amount: yuan("0.30")})
	require.NoError(t, err)
	back, err := c.ReclaimToPartnerAccount(t.Context(), bss.ReclaimToPartnerAccountRequest{CustomerID: w.resale, Amount: yuan("100.10")})
	require.NoError(t, err)
	assert.JSONEq(t, `{"customer_id":"`+w.resale+`","amount":100.1}`, w.wire.to("/v2/accounts/partner-accounts/reclaim")[0].body)

	records, err := bss.Collect(c.ListPartnerAdjustRecords(t.Context(), bss.ListPartnerAdjustRecordsRequest{
		CustomerID: w.resale, OperationTimeBegin: bss.At(start.Add(-time.Minute)), OperationTimeEnd: bss.At(start.Add(time.Minute)),
	}))
	require.NoError(t, err)
	require.Len(t, records, 2)
	assert.Equal(t, out, records[0].TransID)
	assert.Equal(t, bss.AdjustAllocate, records[0].OperationType)
	equalAmount(t, "0.3", records[0].Amount)
	assert.Equal(t, "CNY", records[0].Currency)
	assert.Equal(t, bss.At(start), records[0].OperationTime)
	assert.Equal(t, string(resaleName), records[0].CustomerName)
	assert.Equal(t, back, records[1].TransID)
	assert.Equal(t, bss.AdjustReclaim, records[1].OperationType)
	equalAmount(t, "100.1", records[1].Amount)
	assert.Empty(t, w.Check())
}

func TestBalances(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.SetPartnerBalance(yuan("12345678901234.56")))
	require.NoError(t, w.SetCash(w.resale, yuan("0.10")))
	referral := w.account(t, "referral-customer", huawei.AssociationReferral)
	c := w.client(t)

	own, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.NoError(t, err)
	require.Len(t, own, 2)
	assert.Equal(t, bss.AccountBalanceType, own[0].AccountType)
	assert.Equal(t, "12345678901234.56", own[0].Amount.String())
	assert.Equal(t, "CNY", own[0].Currency)
	assert.True(t, own[0].DesignatedAmount.IsZero())
	assert.Equal(t, bss.AccountCreditType, own[1].AccountType)

	theirs, err := c.ShowCustomerAccountBalances(t.Context(), resaleName)
	require.NoError(t, err)
	require.Len(t, theirs.Accounts, 1)
	assert.Equal(t, "0.1", theirs.Accounts[0].Amount.String())
	assert.Equal(t, "CNY", theirs.Currency)
	assert.True(t, theirs.DebtAmount.IsZero())

	several, err := c.ListCustomersBalancesDetail(t.Context(), balancesOf(w.resale, referral))
	require.NoError(t, err)
	require.Len(t, several, 1, "others than resale customers are left out")
	assert.Equal(t, w.resale, several[0].CustomerID)
	equalAmount(t, "0.1", several[0].Amount)
}

func TestMovingMoreThanThereIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	_, err := c.UpdateCustomerAccountAmount(t.Context(), bss.UpdateCustomerAccountAmountRequest{CustomerID: w.resale, Amount: yuan("5000.01")})
	require.ErrorIs(t, err, bss.ErrInsufficientBalance)
	_, err = c.ReclaimToPartnerAccount(t.Context(), bss.ReclaimToPartnerAccountRequest{CustomerID: w.resale, Amount: yuan("1000.01")})
	require.ErrorIs(t, err, bss.ErrInsufficientBalance)
	_, err = c.UpdateCustomerAccountAmount(t.Context(), bss.UpdateCustomerAccountAmountRequest{CustomerID: "nobody", Amount: yuan("1")})
	require.ErrorIs(t, err, bss.ErrNotFound)
}

func TestChangesOfThePartnersAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	allocated, err := c.UpdateCustomerAccountAmount(t.Context(), bss.UpdateCustomerAccountAmountRequest{CustomerID: w.resale, Amount: yuan("12.34")})
	require.NoError(t, err)
	rows, err := bss.Collect(c.ListPartnerAccountChangeRecords(t.Context(), bss.ListPartnerAccountChangeRecordsRequest{
		BalanceType: bss.BalanceDebit, TradeType: bss.TradeAllocate, TradeTimeBegin: "2026-03-02", TradeTimeEnd: "2026-03-02",
	}))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	got := rows[0]
	assert.NotEmpty(t, got.AccountChangeID)
	assert.Equal(t, bss.DetailAllocate, got.TradeDetailType)
	assert.Equal(t, bss.At(start), got.TradeTime)
	assert.Equal(t, allocated, got.TradeID)
	assert.Equal(t, bss.PartnerExpense, got.Type)
	assert.Equal(t, "12.34", got.ChangeAmount.String())
	assert.Equal(t, "4987.66", got.BalanceAfterChange.String())
	assert.Equal(t, "CNY", got.Currency, "from the answer around the rows")
	assert.Equal(t, w.resale, got.CustomerID)
	assert.Equal(t, string(resaleName), got.AccountName)
}

func TestChangesOfACustomersAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.SetCash(w.account(t, "referral-customer", huawei.AssociationReferral), yuan("77.7")))
	c := w.client(t)
	asked := bss.ListCustomerAccountChangeRecordsRequest{
		BalanceType: bss.BalanceDebit, RevenueExpenseType: bss.Revenue, TradeType: bss.TradeRecharge, PaymentChannelID: "1,2",
	}
	rows, err := bss.Collect(c.ListCustomerAccountChangeRecords(t.Context(), "referral-customer", asked))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	got := rows[0]
	assert.Equal(t, bss.DetailRecharge, got.TradeDetailType)
	assert.Equal(t, bss.Revenue, got.RevenueExpenseType)
	assert.Equal(t, "77.7", got.ChangeAmount.String())
	assert.Equal(t, "77.7", got.BalanceAfterChange.String())
	assert.Equal(t, "CNY", got.Currency)
	assert.Equal(t, "2026-03", got.BillCycle)
	assert.Equal(t, "2", got.PaymentChannelID)
	assert.Equal(t, "referral-customer", got.AccountName)

	_, err = bss.Collect(c.ListCustomerAccountChangeRecords(t.Context(), resaleName, asked))
	require.ErrorIs(t, err, bss.ErrAssociationType, "a resale customer spends the partner's money")
	_, err = bss.Collect(c.ListPartnerAccountChangeRecords(t.Context(), bss.ListPartnerAccountChangeRecordsRequest{
		BalanceType: bss.BalanceDebit, TradeTimeBegin: "2025-01-01", TradeTimeEnd: "2026-03-01",
	}))
	require.ErrorIs(t, err, bss.ErrInvalid, "more than a year")
}

func TestStoredValueCards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, err := w.GrantCoupon(huawei.NewCoupon{CustomerID: w.resale, Kind: huawei.CouponStoredCard, Value: yuan("66.6")})
	require.NoError(t, err)
	c := w.client(t)
	rows, err := bss.Collect(c.ListStoredValueCards(t.Context(), resaleName, bss.ListStoredValueCardsRequest{Status: bss.CardUsable, CardID: id}))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	got := rows[0]
	assert.Equal(t, id, got.CardID)
	assert.NotEmpty(t, got.CardName)
	assert.Equal(t, bss.CardUsable, got.Status)
	assert.Equal(t, "66.6", got.FaceValue.String())
	assert.Equal(t, "66.6", got.Balance.String())
	assert.Equal(t, bss.At(start), got.EffectiveTime)
	assert.Equal(t, bss.At(start.Add(365*24*time.Hour)), got.ExpireTime)

	used, err := bss.Collect(c.ListStoredValueCards(t.Context(), resaleName, bss.ListStoredValueCardsRequest{Status: bss.CardUsedUp}))
	require.NoError(t, err)
	assert.Empty(t, used)
}

func balancesOf(customers ...string) bss.ListCustomersBalancesDetailRequest {
	var r bss.ListCustomersBalancesDetailRequest
	for _, id := range customers {
		r.CustomerInfos = append(r.CustomerInfos, bss.CustomerID{CustomerID: id})
	}
	return r
}
