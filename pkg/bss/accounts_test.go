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

func balancesOf(customers ...string) bss.ListCustomersBalancesDetailRequest {
	var r bss.ListCustomersBalancesDetailRequest
	for _, id := range customers {
		r.CustomerInfos = append(r.CustomerInfos, bss.CustomerID{CustomerID: id})
	}
	return r
}
