package huawei_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// trade is a market in which something of everything has happened.
func trade(t *testing.T) *market {
	t.Helper()
	return tradeWith(t, huawei.Options{})
}

func tradeWith(t *testing.T, o huawei.Options) *market {
	t.Helper()
	o.QuotaOff = true
	m := &market{site: newSite(t, o)}
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
	m.sendCode(mobile)
	m.sendCode("13800000002")
	m.addBills("2026-02", m.resale, 10)
	_, item := m.pack(huawei.NewResourcePackage{})
	m.deduct(item, "10")
	coupon := m.issue(m.quota(huawei.NewQuota{}), "30", m.resale).Coupons[0].CouponID
	card := m.grant(huawei.NewCoupon{Kind: huawei.CouponStoredCard, Value: yuan("50")})
	order := m.place(huawei.NewOrder{})
	m.place(huawei.NewOrder{Members: []huawei.NewOrder{{OfficialAmount: yuan("1")}, {OfficialAmount: yuan("2")}}})
	cheap := m.place(huawei.NewOrder{OfficialAmount: yuan("10")})
	paid := m.pay(cheap, []benefit{{card, huawei.CouponStoredCard}}, nil)
	require.Equal(t, http.StatusNoContent, paid.status, paid.body)
	paid = m.pay(order, []benefit{{coupon, huawei.CouponVoucher}}, nil)
	require.Equal(t, http.StatusNoContent, paid.status, paid.body)
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

func TestCheckSaysWhatWasSpoiled(t *testing.T) {
	t.Parallel()
	for name, spoiling := range huawei.Contradictions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := trade(t)
			spoiling.Spoil(m.server)
			assert.Contains(t, strings.Join(m.server.Check(), "\n"), spoiling.Finding)
		})
	}
}
