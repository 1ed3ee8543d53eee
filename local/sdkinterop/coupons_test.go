package sdkinterop_test

import (
	"net/http"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func couponExchanges() map[string]exchange {
	return map[string]exchange{
		"ListQuotaCoupons": noIndirectPartner(listsQuotas, func(c *cloud, indirect *string) error {
			_, err := c.partner().ListQuotaCoupons(&model.ListQuotaCouponsRequest{
				Body: &model.QueryCouponQuotasReqExt{IndirectPartnerId: indirect},
			})
			return err
		}),
		"CreatePartnerCoupons": {
			succeeds: issuesCoupons,
			refused: func(c *cloud) error {
				_, err := c.partner().CreatePartnerCoupons(issue("1", "1", "another"))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99000012", says: "quota",
		},
		"ReclaimPartnerCoupons": {
			succeeds: reclaimsCoupon,
			refused: func(c *cloud) error {
				_, err := c.partner().ReclaimPartnerCoupons(reclaim(c.coupon(huawei.NewCoupon{
					CustomerID: c.account("yongzhi", huawei.AssociationReferral), Kind: huawei.CouponVoucher, Value: yuan("1"),
				})))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99000045", says: "referral",
		},
		"ListIssuedPartnerCoupons": noIndirectPartner(listsIssuedCoupons, func(c *cloud, indirect *string) error {
			_, err := c.partner().ListIssuedPartnerCoupons(&model.ListIssuedPartnerCouponsRequest{IndirectPartnerId: indirect})
			return err
		}),
		"ListPartnerCouponsRecord": noIndirectPartner(listsCouponRecords, func(c *cloud, indirect *string) error {
			_, err := c.partner().ListPartnerCouponsRecord(&model.ListPartnerCouponsRecordRequest{IndirectPartnerId: indirect})
			return err
		}),
		"ListSubCustomerCoupons": {
			succeeds: listsCustomerCoupons,
			refused: func(c *cloud) error {
				c.richAccount("yongzhi")
				_, err := c.customer("yongzhi").ListSubCustomerCoupons(&model.ListSubCustomerCouponsRequest{Offset: new(int32(0))})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "offset",
		},
	}
}

func issue(quotaID, faceValue string, customerIDs ...string) *model.CreatePartnerCouponsRequest {
	return &model.CreatePartnerCouponsRequest{Body: &model.CreatePartnerCouponsReq{
		QuotaId: quotaID, CustomerIds: customerIDs, FaceValue: new(yuan(faceValue)), Memo: new("春节 <1&2>"),
	}}
}

func reclaim(couponID string) *model.ReclaimPartnerCouponsRequest {
	return &model.ReclaimPartnerCouponsRequest{Body: &model.ReclaimPartnerCouponsReq{CouponId: couponID}}
}

// issued is a world in which one resale customer has a coupon of 30.5 CNY out of
// a quota of 100 CNY.
func issued(c *cloud) (quotaID, customerID, couponID string) {
	c.t.Helper()
	quotaID, customerID = c.quota(huawei.NewQuota{QuotaType: huawei.QuotaVoucher, Value: yuan("100")}), c.richAccount("yongzhi")
	answer, err := c.partner().CreatePartnerCoupons(issue(quotaID, "30.5", customerID))
	require.NoError(c.t, err)
	return quotaID, customerID, only(c.t, answer.CouponInfos).CouponId
}

func listsQuotas(c *cloud) {
	c.quota(huawei.NewQuota{QuotaType: huawei.QuotaVoucher, Value: yuan("1")})
	id := c.quota(huawei.NewQuota{
		QuotaType: huawei.QuotaCashCoupon, Value: yuan("5000.55"), Services: []string{"hws.service.type.ec2"},
	})
	answer, err := c.partner().ListQuotaCoupons(&model.ListQuotaCouponsRequest{Body: &model.QueryCouponQuotasReqExt{
		QuotaType: new(int32(1)), QuotaIds: &[]string{id}, QuotaStatusList: &[]int32{0}, Limit: new(int32(10)),
	}})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	quota := only(c.t, answer.Quotas)
	assertFields(c.t, fields{
		"quota_id": id, "quota_type": 1, "quota_status": 0, "quota_value": "5000.55", "balance": "5000.55",
		"measure_id": 1, "currency": c.currency(), "create_time": c.now(), "effective_time": c.now(),
	}, quota)
	assertFields(c.t, fields{"limit_key": "serviceType"}, only(c.t, quota.LimitInfos))
}

func issuesCoupons(c *cloud) {
	quotaID, customerID := c.quota(huawei.NewQuota{QuotaType: huawei.QuotaVoucher, Value: yuan("100")}), c.richAccount("yongzhi")
	answer, err := c.partner().CreatePartnerCoupons(issue(quotaID, "30.5", customerID, "stranger"))
	require.NoError(c.t, err)
	effect := c.lastEffect()
	assert.Equal(c.t, "CreatePartnerCoupons", effect.Operation)
	assert.Equal(c.t, customerID, effect.CustomerID)
	assert.Equal(c.t, "30.5", effect.Amount.String())
	assertFields(c.t, fields{"id": customerID, "coupon_id": effect.Reference}, only(c.t, answer.CouponInfos))
	assertFields(c.t, fields{"id": "stranger", "error_code": "CBC.99000035"}, only(c.t, answer.ErrorDetails))
}

func reclaimsCoupon(c *cloud) {
	quotaID, _, couponID := issued(c)
	_, err := c.partner().ReclaimPartnerCoupons(reclaim(couponID))
	require.NoError(c.t, err)
	assert.Equal(c.t, couponID, c.lastEffect().Reference)
	answer, err := c.partner().ListQuotaCoupons(&model.ListQuotaCouponsRequest{
		Body: &model.QueryCouponQuotasReqExt{QuotaIds: &[]string{quotaID}},
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"balance": "100"}, only(c.t, answer.Quotas))
}

func listsIssuedCoupons(c *cloud) {
	_, customerID, couponID := issued(c)
	answer, err := c.partner().ListIssuedPartnerCoupons(&model.ListIssuedPartnerCouponsRequest{
		CustomerId: &customerID, CouponType: new(int32(1)), Status: new(int32(2)), Offset: new(int32(0)), Limit: new(int32(10)),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{
		"coupon_id": couponID, "customer_id": customerID, "coupon_type": 1, "status": 2,
		"face_value": "30.5", "balance": "30.5", "measure_id": 1, "create_time": c.now(), "effective_time": c.now(),
	}, only(c.t, answer.UserCoupons))
}

func listsCouponRecords(c *cloud) {
	quotaID, customerID, couponID := issued(c)
	answer, err := c.partner().ListPartnerCouponsRecord(&model.ListPartnerCouponsRecordRequest{
		OperationTypes: &[]string{"1", "2"}, CouponIds: &[]string{couponID}, Result: new("0"), QuotaType: new(int32(0)),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{
		"operation_type": "1", "quota_id": quotaID, "quota_type": 0, "coupon_id": couponID, "customer_id": customerID,
		"operation_amount": "30.5", "operation_time": c.now(), "result": "0", "remark": "春节 <1&2>",
	}, only(c.t, answer.Records))
}

func listsCustomerCoupons(c *cloud) {
	customerID := c.richAccount("yongzhi")
	couponID := c.coupon(huawei.NewCoupon{CustomerID: customerID, Kind: huawei.CouponVoucher, Value: yuan("30.5")})
	answer, err := c.customer("yongzhi").ListSubCustomerCoupons(&model.ListSubCustomerCouponsRequest{
		Status: new(int32(2)), Offset: new(int32(0)), Limit: new(int32(10)),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"count": 1}, answer)
	assertFields(c.t, fields{
		"coupon_id": couponID, "customer_id": customerID, "coupon_type": 1, "status": 2, "face_value": 30.5,
		"currency": c.currency(), "valid_time": c.now(),
	}, only(c.t, answer.UserCoupons))
}

// Some refusals come with status 200, and the SDK takes them for successes. The
// error is in a body that it drops.
func TestTheSDKOverlooksRefusalsWithStatus200(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	_, _, couponID := issued(c)
	_, err := c.partner().ReclaimPartnerCoupons(reclaim(couponID))
	require.NoError(t, err)
	before := c.Journal()
	again, err := c.partner().ReclaimPartnerCoupons(reclaim(couponID))
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, again.HttpStatusCode)
	assert.Equal(t, before, c.Journal(), "nothing is reclaimed twice")
}
