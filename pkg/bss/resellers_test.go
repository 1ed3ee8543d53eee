package bss_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// reseller adds one that has 100 to allocate.
func (w *world) reseller(t *testing.T) string {
	t.Helper()
	id, err := w.AddReseller(huawei.Reseller{
		AccountName: "reseller", Name: "甲", Mobile: mobile, Email: "a@example.com",
		ManagerAccount: "manager", ManagerName: "乙", Balance: yuan("100"),
	})
	require.NoError(t, err)
	return id
}

// issuedQuota gives the reseller a quota of 60.5 and returns its id.
func (w *world) issuedQuota(t *testing.T, parent, reseller string) string {
	t.Helper()
	issued, err := w.client(t).UpdateCouponQuotas(t.Context(), bss.UpdateCouponQuotasRequest{
		QuotaID: parent, IndirectPartnerIDs: []string{reseller}, QuotaAmount: yuan("60.50"),
	})
	require.NoError(t, err)
	require.Len(t, issued.Quotas, 1)
	assert.Empty(t, issued.Errors)
	assert.Equal(t, reseller, issued.Quotas[0].IndirectPartnerID)
	return issued.Quotas[0].QuotaID
}

func TestListIndirectPartners(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.reseller(t)
	_, err := w.AddReseller(huawei.Reseller{AccountName: "another"})
	require.NoError(t, err)
	rows, err := bss.Collect(w.client(t).ListIndirectPartners(t.Context(), bss.ListIndirectPartnersRequest{
		AccountName: "resell", AssociatedOnBegin: bss.At(start.Add(-time.Hour)), AssociatedOnEnd: bss.At(start.Add(time.Hour)),
	}))
	require.NoError(t, err)
	assert.Equal(t, []bss.IndirectPartner{{
		IndirectPartnerID: id, AccountName: "reseller", Name: "甲", AssociatedOn: bss.At(start),
		MobilePhone: mobile, Email: "a@example.com", AccountManagerID: "manager", AccountManagerName: "乙",
	}}, rows)
}

func TestMoneyGoesToAResellerAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	id := w.reseller(t)
	out, err := c.UpdateIndirectPartnerAccount(t.Context(), bss.UpdateIndirectPartnerAccountRequest{IndirectPartnerID: id, Amount: yuan("0.30")})
	require.NoError(t, err)
	back, err := c.ReclaimIndirectPartnerAccount(t.Context(), bss.ReclaimIndirectPartnerAccountRequest{IndirectPartnerID: id, Amount: yuan("100.10")})
	require.NoError(t, err)
	assert.JSONEq(t, `{"indirect_partner_id":"`+id+`","amount":0.3}`, w.wire.to("/v2/accounts/partner-accounts/indirect-partner-adjust")[0].body)

	records, err := bss.Collect(c.ListPartnerAdjustRecords(t.Context(), bss.ListPartnerAdjustRecordsRequest{CustomerID: id}))
	require.NoError(t, err)
	require.Len(t, records, 2, "where to look after an unknown outcome")
	assert.Equal(t, []string{out, back}, []string{records[0].TransID, records[1].TransID})
	equalAmount(t, "0.3", records[0].Amount)

	_, err = c.ReclaimIndirectPartnerAccount(t.Context(), bss.ReclaimIndirectPartnerAccountRequest{IndirectPartnerID: id, Amount: yuan("0.21")})
	require.ErrorIs(t, err, bss.ErrInsufficientBalance)
	_, err = c.UpdateIndirectPartnerAccount(t.Context(), bss.UpdateIndirectPartnerAccountRequest{IndirectPartnerID: "nobody", Amount: yuan("1")})
	require.ErrorIs(t, err, bss.ErrAccessDenied)
	assert.Empty(t, w.Check())
}

func TestQuotasGoToAResellerAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	parent, reseller := w.quota(t), w.reseller(t)
	quota := w.issuedQuota(t, parent, reseller)
	issued, err := bss.Collect(c.ListIssuedCouponQuotas(t.Context(), bss.ListIssuedCouponQuotasRequest{IndirectPartnerID: reseller, ParentQuotaID: &parent}))
	require.NoError(t, err)
	require.Len(t, issued, 1)
	got := issued[0]
	assert.Equal(t, []string{quota, parent, reseller, "reseller", "甲", "CNY"},
		[]string{got.QuotaID, got.ParentQuotaID, got.IndirectPartnerID, got.IndirectPartnerAccountName, got.IndirectPartnerName, got.Currency})
	equalAmount(t, "60.5", got.QuotaValue)
	equalAmount(t, "60.5", got.Balance)
	assert.Equal(t, bss.QuotaNormal, got.QuotaStatus)
	assert.Equal(t, bss.At(start), got.CreateTime)

	reclaimed, err := c.ReclaimCouponQuotas(t.Context(), bss.ReclaimCouponQuotasRequest{QuotaIDs: []string{quota, parent}, Remark: "再见"})
	require.NoError(t, err)
	require.Len(t, reclaimed.Quotas, 1)
	assert.Equal(t, quota, reclaimed.Quotas[0].QuotaID)
	equalAmount(t, "0", reclaimed.Quotas[0].QuotaBalance)
	require.Len(t, reclaimed.Errors, 1)
	assert.Equal(t, []string{parent, "CBC.99000012"}, []string{reclaimed.Errors[0].ID, reclaimed.Errors[0].Code})

	records, err := bss.Collect(c.ListCouponQuotasRecords(t.Context(), bss.ListCouponQuotasRecordsRequest{QuotaID: quota, OperationType: bss.QuotaOperationReclaim}))
	require.NoError(t, err)
	require.Len(t, records, 1)
	equalAmount(t, "60.5", records[0].Amount)
	records[0].ID, records[0].Amount = "", yuan("60.5")
	assert.Equal(t, bss.QuotaRecord{
		OperationType: bss.QuotaOperationReclaim, OperationTime: bss.At(start), Result: bss.RecordDone, QuotaID: quota, ParentQuotaID: parent,
		Amount: yuan("60.5"), IndirectPartnerID: reseller, IndirectPartnerAccountName: "reseller", IndirectPartnerName: "甲",
		Operator: partnerUser.Domain, Remark: "再见",
	}, records[0])
	assert.Empty(t, w.Check())
}

func TestAFilterThatIsEmptyIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, drain(w.client(t).ListIssuedCouponQuotas(t.Context(), bss.ListIssuedCouponQuotasRequest{ParentQuotaID: new("")})))
	sent := w.wire.to("/v2/partners/issued-coupon-quotas")[0].query
	assert.True(t, sent.Has("parent_quota_id"))
	assert.False(t, sent.Has("quota_id"))
}

func TestAQuotaThatIsTooSmallRefusesOnlySome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.reseller(t)
	second, err := w.AddReseller(huawei.Reseller{AccountName: "another"})
	require.NoError(t, err)
	got, err := w.client(t).UpdateCouponQuotas(t.Context(), bss.UpdateCouponQuotasRequest{
		QuotaID: w.quota(t), IndirectPartnerIDs: []string{first, second}, QuotaAmount: yuan("600"),
	})
	require.NoError(t, err)
	require.Len(t, got.Quotas, 1)
	require.Len(t, got.Errors, 1)
	assert.Equal(t, []string{first, second, "CBC.99000013"}, []string{got.Quotas[0].IndirectPartnerID, got.Errors[0].ID, got.Errors[0].Code})
	_, err = w.client(t).UpdateCouponQuotas(t.Context(), bss.UpdateCouponQuotasRequest{
		QuotaID: "unknown", IndirectPartnerIDs: []string{first}, QuotaAmount: yuan("1"),
	})
	assert.ErrorIs(t, err, bss.ErrQuota)
}
