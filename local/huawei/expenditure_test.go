package huawei_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

type expenditure struct {
	Granted  decimal.Decimal `json:"granting_amount"`
	Used     decimal.Decimal `json:"granting_amount_used"`
	Share    decimal.Decimal `json:"percentage_granting_amount_used"`
	Currency string          `json:"currency"`
}

func TestACustomerSeesWhatItMaySpend(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	token := a.customerToken("referral-customer")
	quota := func() expenditure { return read[expenditure](t, a.withToken(token, http.MethodGet, pathMyQuota, "")) }
	assert.Equal(t, "0 0 USD", quota().Granted.String()+" "+quota().Share.String()+" "+quota().Currency)
	a.clock.Advance(time.Hour)
	require.NoError(t, a.server.AddBills("2026-03", a.referral, 20))
	set := a.administer(http.MethodPut, "/_sim/expenditure-quota", text(t, fieldset{"customer_id": a.referral, "amount": "2000"}))
	require.Equal(t, http.StatusOK, set.status, set.body)
	var paid decimal.Decimal
	for _, row := range own[struct {
		Rows []ownRow `json:"fee_records"`
	}](&market{site: a.site, token: token}, pathOwnResources+"?cycle=2026-03&limit=1000").Rows {
		paid = paid.Add(row.Amount)
	}
	got := quota()
	assert.Equal(t, "2000", got.Granted.String())
	assert.Equal(t, paid.String(), got.Used.String())
	assert.Equal(t, paid.DivRound(yuan("2000"), 2).String(), got.Share.String())
	assert.False(t, got.Share.IsZero())
}

func TestWhoHasNoExpenditureQuota(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	a.setBudget("30", nil)
	assert.Equal(t, "{}", a.asCustomer(http.MethodGet, pathMyQuota, "").body)
	assert.Equal(t, "CBC.0151", a.asPartner(http.MethodGet, pathMyQuota, "").code(t))
	require.ErrorContains(t, a.server.SetExpenditureQuota(a.resale, yuan("1")), "which has none")
	require.ErrorContains(t, a.server.SetExpenditureQuota("nobody", yuan("1")), "no customer")
	require.ErrorContains(t, a.server.SetExpenditureQuota(a.referral, yuan("-1")), "is negative")
}
