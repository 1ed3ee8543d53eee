package huawei_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// trade is a market in which something of everything has happened.
func trade(t *testing.T) *market {
	t.Helper()
	m := &market{site: newSite(t, huawei.Options{QuotaOff: true})}
	m.resale = m.account("resale-customer", huawei.AssociationResale)
	m.token = m.customerToken("resale-customer")
	require.NoError(t, m.server.SetPartnerBalance(yuan("5000")))
	m.call(http.StatusOK, pathAllocate, transfer(m.resale, "500"))
	reseller, err := m.server.AddReseller(huawei.Reseller{AccountName: "reseller"})
	require.NoError(t, err)
	m.call(http.StatusOK, pathResellerAdjust, resellerTransfer(reseller, "100"))
	m.call(http.StatusOK, pathQuotaIssue, text(t, fieldset{
		"quota_id": m.quota(huawei.NewQuota{}), "indirect_partner_ids": []string{reseller}, "quota_amount": 10,
	}))
	coupon := m.issue(m.quota(huawei.NewQuota{}), "30", m.resale).Coupons[0].CouponID
	require.Equal(t, http.StatusNoContent, m.pay(m.place(huawei.NewOrder{}), []benefit{{coupon, huawei.CouponVoucher}}, nil).status)
	return m
}

func TestCheckFindsNothingInGoodBooks(t *testing.T) {
	t.Parallel()
	assert.Empty(t, trade(t).server.Check())
}

func TestCheckFindsWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	for name, tamper := range huawei.Tamper {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := trade(t)
			tamper(m.server)
			assert.NotEmpty(t, m.server.Check())
		})
	}
}
