package bss_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func TestCouponsFromIssueToReclaim(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	quota, err := w.AddQuota(huawei.NewQuota{QuotaType: huawei.QuotaCashCoupon, Value: yuan("1000.50")})
	require.NoError(t, err)
	expires := start.Add(30 * 24 * time.Hour)
	issued, err := c.CreatePartnerCoupons(t.Context(), bss.CreatePartnerCouponsRequest{
		QuotaID: quota, CustomerIDs: []string{w.resale, "nobody"}, FaceValue: yuan("100.10"),
		ExpireTime: bss.At(expires), CloudServiceTypes: []string{"hws.service.type.ec2"}, Memo: "campaign-1 永志",
	})
	require.NoError(t, err)
	require.Len(t, issued.Coupons, 1)
	assert.Equal(t, w.resale, issued.Coupons[0].CustomerID)
	require.Len(t, issued.Errors, 1)
	assert.Equal(t, "nobody", issued.Errors[0].ID)
	assert.Equal(t, "CBC.99000035", issued.Errors[0].Code)
	assert.NotEmpty(t, issued.Errors[0].Message)
	assert.Contains(t, w.wire.to("/v2/promotions/benefits/partner-coupons")[0].body, `"face_value":100.1`)

	coupons, err := bss.Collect(c.ListIssuedPartnerCoupons(t.Context(), bss.ListIssuedPartnerCouponsRequest{
		CustomerID: w.resale, CouponType: bss.TypeCashCoupon, Status: bss.CouponUsable, CreateTimeBegin: bss.At(start.Add(-time.Second)),
	}))
	require.NoError(t, err)
	require.Len(t, coupons, 1)
	assert.Equal(t, issued.Coupons[0].CouponID, coupons[0].CouponID)
	equalAmount(t, "100.1", coupons[0].FaceValue)
	equalAmount(t, "100.1", coupons[0].Balance)
	assert.Equal(t, bss.At(expires), coupons[0].ExpireTime)
	require.Len(t, coupons[0].UseLimits, 1)
	assert.Equal(t, "serviceType", coupons[0].UseLimits[0].LimitKey)
	assert.Equal(t, "hws.service.type.ec2", coupons[0].UseLimits[0].Value1)

	quotas, err := bss.Collect(c.ListQuotaCoupons(t.Context(), bss.ListQuotaCouponsRequest{
		QuotaIDs: []string{quota}, QuotaType: bss.CashCouponQuota, QuotaStatusList: []bss.QuotaStatus{bss.QuotaNormal},
	}))
	require.NoError(t, err)
	require.Len(t, quotas, 1)
	equalAmount(t, "1000.5", quotas[0].QuotaValue)
	equalAmount(t, "900.4", quotas[0].Balance)
	assert.Equal(t, bss.QuotaNormal, quotas[0].QuotaStatus)
	assert.Equal(t, "CNY", quotas[0].Currency)
	assert.Equal(t, bss.At(start), quotas[0].CreateTime)

	require.NoError(t, c.ReclaimPartnerCoupons(t.Context(), bss.ReclaimPartnerCouponsRequest{CouponID: issued.Coupons[0].CouponID}))
	again := c.ReclaimPartnerCoupons(t.Context(), bss.ReclaimPartnerCouponsRequest{CouponID: issued.Coupons[0].CouponID})
	require.ErrorIs(t, again, bss.ErrCoupon, "a refusal that comes with HTTP 200")
	assert.NotErrorIs(t, again, bss.ErrOutcomeUnknown)
	assert.Equal(t, 1, w.effects("ReclaimPartnerCoupons"))
	assert.Empty(t, w.Check())
}

func TestCouponRecordsCarryTheMemo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	coupon := w.coupon(t, "10.50")
	rows, err := bss.Collect(w.client(t).ListPartnerCouponsRecord(t.Context(), bss.ListPartnerCouponsRecordRequest{
		OperationTypes: []bss.CouponOperation{bss.RecordIssue, bss.RecordReclaim}, CouponIDs: []string{coupon}, CustomerID: w.resale, Result: bss.RecordDone,
		OperationTimeBegin: bss.At(start.Add(-time.Minute)), OperationTimeEnd: bss.At(start.Add(time.Minute)),
	}))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	got := rows[0]
	assert.True(t, got.Done())
	assert.Equal(t, bss.RecordIssue, got.OperationType)
	assert.Equal(t, coupon, got.CouponID)
	assert.Equal(t, w.resale, got.CustomerID)
	assert.Equal(t, "memo-1", got.Remark)
	assert.Equal(t, bss.At(start), got.OperationTime)
	equalAmount(t, "10.5", got.OperationAmount)
	query := w.wire.to("/v2/promotions/benefits/partner-coupons/records/query")[0].query
	assert.Equal(t, []string{"1", "2"}, query["operation_types"])

	failed := bss.CouponRecord{Result: bss.RecordFailed}
	assert.False(t, failed.Done())
}

func TestIssuingFromAQuotaThatIsNotUsable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.client(t).CreatePartnerCoupons(t.Context(), bss.CreatePartnerCouponsRequest{
		QuotaID: "none", CustomerIDs: []string{w.resale}, FaceValue: yuan("1"),
	})
	require.ErrorIs(t, err, bss.ErrQuota)
	assert.NotErrorIs(t, err, bss.ErrOutcomeUnknown)
}

// A quota's kind 0 is a filter where records are listed, and none where quotas are.
func TestAKindOfQuotaIsAFilterWhereItIsGiven(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	w.coupon(t, "10")
	records := "/v2/promotions/benefits/partner-coupons/records/query"
	for _, test := range []struct {
		kind  *bss.QuotaType
		sent  []string
		found int
	}{
		{nil, nil, 1},
		{new(bss.VoucherQuota), []string{"0"}, 1},
		{new(bss.CashCouponQuota), []string{"1"}, 0},
	} {
		rows, err := bss.Collect(c.ListPartnerCouponsRecord(t.Context(), bss.ListPartnerCouponsRecordRequest{QuotaType: test.kind}))
		require.NoError(t, err)
		assert.Len(t, rows, test.found)
		sent := w.wire.to(records)
		assert.Equal(t, test.sent, sent[len(sent)-1].query["quota_type"])
	}
}

func TestTheCouponsOfACustomerAreListedInItsName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	coupon := w.coupon(t, "30.50")
	own, err := bss.Collect(c.ListSubCustomerCoupons(t.Context(), bss.ListSubCustomerCouponsRequest{}))
	require.NoError(t, err)
	assert.Empty(t, own, "the partner has none")
	rows, err := bss.Collect(c.As(resaleName).ListSubCustomerCoupons(t.Context(), bss.ListSubCustomerCouponsRequest{
		CouponType: bss.TypeVoucher, Status: bss.CouponUsable, ActiveStartTime: bss.At(start.Add(-time.Minute)),
	}))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	assert.Equal(t, coupon, rows[0].CouponID)
	assert.Equal(t, w.resale, rows[0].CustomerID)
	assert.Equal(t, "30.5", rows[0].FaceValue.String())
	assert.Equal(t, "CNY", rows[0].Currency)
	assert.Equal(t, 2, rows[0].CouponVersion)
	assert.NotEmpty(t, rows[0].SourceID, "the partner's id")
}

func TestACustomersCouponsTellWhatIsLeftIfTheyCan(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, saying(200, jsonType, `{"count":2,"user_coupons":[
		{"coupon_id":"1","coupon_type":1,"status":2,"face_value":30.5,"balance":0.0,"currency":"CNY","coupon_version":2,
		 "valid_time":"2026-03-02T01:00:00Z","use_limits":[{"use_limiti_info_id":"l","limit_key":"serviceType","value1":"s"}]},
		{"coupon_id":"2","coupon_type":2,"status":3,"face_value":0.8,"coupon_version":1}]}`))
	rows, err := bss.Collect(c.ListSubCustomerCoupons(t.Context(), bss.ListSubCustomerCouponsRequest{Status: bss.CouponUsable}))
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.NotNil(t, rows[0].Balance)
	assert.True(t, rows[0].Balance.IsZero())
	assert.Equal(t, "30.5", rows[0].FaceValue.String())
	assert.Equal(t, bss.TypeVoucher, rows[0].CouponType)
	assert.Equal(t, bss.CouponUsable, rows[0].Status)
	assert.Equal(t, bss.At(start), rows[0].ValidTime)
	assert.Equal(t, []bss.UseLimit{{UseLimitInfoID: "l", LimitKey: "serviceType", Value1: "s"}}, rows[0].UseLimits)
	assert.Nil(t, rows[1].Balance)
	assert.Equal(t, bss.TypeDiscountCoupon, rows[1].CouponType)
}

func TestChangesOfACustomersCoupons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t, pagesOf(1))
	coupon := w.coupon(t, "30.50")
	require.NoError(t, c.ReclaimPartnerCoupons(t.Context(), bss.ReclaimPartnerCouponsRequest{CouponID: coupon}))
	rows, err := bss.Collect(c.ListCustomerCouponChangeRecords(t.Context(), resaleName, bss.ListCustomerCouponChangeRecordsRequest{
		BalanceType: bss.BalanceCoupon, CouponID: coupon, TradeTimeBegin: "2026-03-02",
	}))
	require.NoError(t, err)
	require.Len(t, rows, 2)
	assert.Equal(t, bss.DetailGift, rows[0].TradeDetailType)
	assert.Equal(t, bss.Revenue, rows[0].RevenueExpenseType)
	assert.Equal(t, "30.5", rows[0].BalanceAfterChange.String())
	taken := rows[1]
	assert.Equal(t, coupon, taken.CouponID)
	assert.Equal(t, bss.DetailCouponReclaim, taken.TradeDetailType)
	assert.Equal(t, bss.Expense, taken.RevenueExpenseType)
	assert.Equal(t, "30.5", taken.ChangeAmount.String())
	assert.True(t, taken.BalanceAfterChange.IsZero())
	assert.Equal(t, "CNY", taken.Currency)
	assert.Equal(t, "2026-03", taken.BillCycle)
	assert.Equal(t, bss.At(start), taken.TradeTime)

	only, err := bss.Collect(c.ListCustomerCouponChangeRecords(t.Context(), resaleName, bss.ListCustomerCouponChangeRecordsRequest{
		BalanceType: bss.BalanceCoupon, TradeType: bss.TradeCouponReclaim, RevenueExpenseType: bss.Expense,
	}))
	require.NoError(t, err)
	assert.Equal(t, rows[1:], only)
}
