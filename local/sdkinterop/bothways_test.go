package sdkinterop_test

import (
	"iter"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// own is this project's client.
func (c *cloud) own() *bss.Client {
	c.t.Helper()
	client, err := bss.New(bss.Config{
		Site: c.site, Endpoint: c.url, IAMEndpoint: c.url, Keys: partnerKeys,
		User:   partnerUser,
		Agency: platform, Clock: c.clock,
	})
	require.NoError(c.t, err)
	return client
}

// onlyOf returns the one row of a list of this project's client.
func onlyOf[T any](t *testing.T, rows iter.Seq2[T, error]) T {
	t.Helper()
	all, err := bss.Collect(rows)
	require.NoError(t, err)
	return only(t, &all)
}

// eachWriter runs a test with either client as the writer; both read in each.
func eachWriter(t *testing.T, written func(c *cloud, byOwn bool)) {
	t.Helper()
	eachWriterOf(t, bss.SiteCN, written)
}

func eachWriterOf(t *testing.T, site bss.Site, written func(c *cloud, byOwn bool)) {
	t.Helper()
	for name, byOwn := range map[string]bool{"own client writes": true, "SDK writes": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloudOf(t, site)
			written(c, byOwn)
			c.assertConsistent()
		})
	}
}

func TestCustomerWrittenByOneIsReadByBoth(t *testing.T) {
	t.Parallel()
	eachWriter(t, func(c *cloud, byOwn bool) {
		id := c.createCustomer(byOwn)
		c.clock.Advance(3 * time.Second)

		read := onlyOf(c.t, c.own().ListSubCustomers(c.t.Context(), bss.ListSubCustomersRequest{}))
		assert.Equal(c.t, bss.SubCustomer{
			CustomerID: id, AccountName: "yongzhi", AssociatedOn: bss.At(c.clock.Now()), AssociationType: bss.Resale,
			VerifiedStatus: "-1", CustomerType: -1, XAccountID: "platform-yongzhi", XAccountType: platform, CustomerLevel: "V0",
			AccountManagers: []bss.AccountManager{},
		}, read)

		answer, err := c.partner().ListSubCustomers(&model.ListSubCustomersRequest{Body: &model.QuerySubCustomerListReq{}})
		require.NoError(c.t, err)
		assertFields(c.t, fields{
			"customer_id": id, "account_name": "yongzhi", "associated_on": c.now(), "association_type": "2",
			"verified_status": "-1", "customer_type": -1, "xaccount_id": "platform-yongzhi", "xaccount_type": platform,
		}, only(c.t, answer.CustomerInfos))
	})
}

func (c *cloud) createCustomer(byOwn bool) string {
	c.t.Helper()
	if byOwn {
		created, err := c.own().CreateSubCustomer(c.t.Context(), bss.CreateSubCustomerRequest{
			DomainName: "yongzhi", XAccountID: "platform-yongzhi", XAccountType: platform,
		})
		require.NoError(c.t, err)
		return created.DomainID
	}
	created, err := c.partner().CreateSubCustomer(newCustomer("yongzhi"))
	require.NoError(c.t, err)
	return *created.DomainId
}

func TestOrderPaidByOneIsReadByBoth(t *testing.T) {
	t.Parallel()
	eachWriter(t, func(c *cloud, byOwn bool) {
		customerID := c.richAccount("yongzhi")
		couponID := c.coupon(huawei.NewCoupon{CustomerID: customerID, Kind: huawei.CouponCash, Value: yuan("30.3")})
		id := c.order(huawei.NewOrder{
			CustomerID: customerID, OfficialAmount: yuan("200.07"),
			Discounts: []huawei.Discount{{ID: "d1", Type: huawei.DiscountCommercial, Ratio: yuan("0.9")}},
		})
		c.pay(byOwn, id, couponID, "d1")

		read, err := c.own().ShowCustomerOrderDetails(c.t.Context(), bss.ShowCustomerOrderDetailsRequest{OrderID: id})
		require.NoError(c.t, err)
		assert.Equal(c.t, bss.OrderProcessing, read.Order.Status)
		assert.Equal(c.t, bss.At(c.clock.Now()), read.Order.PaymentTime)
		assert.Equal(c.t, "180.06", read.Order.AmountAfterDiscount.String())
		assert.Equal(c.t, "30.3", read.Order.AmountInfo.FlexipurchaseCouponAmount.String())
		assert.Equal(c.t, []bss.DiscountItem{{DiscountType: "605", DiscountAmount: yuan("20.01")}}, read.Order.AmountInfo.Discounts)

		answer, err := c.partner().ShowCustomerOrderDetails(&model.ShowCustomerOrderDetailsRequest{OrderId: id})
		require.NoError(c.t, err)
		assertFields(c.t, fields{
			"status": 3, "payment_time": c.now(), "amount_after_discount": 180.06, "official_amount": 200.07,
		}, answer.OrderInfo)
		assertFields(c.t, fields{"flexipurchase_coupon_amount": 30.3}, answer.OrderInfo.AmountInfo)
		assertFields(c.t, fields{"discount_type": "605", "discount_amount": 20.01}, only(c.t, answer.OrderInfo.AmountInfo.Discounts))
	})
}

func (c *cloud) pay(byOwn bool, orderID, couponID, discountID string) {
	c.t.Helper()
	if byOwn {
		require.NoError(c.t, c.own().PayOrders(c.t.Context(), "yongzhi", bss.PayOrdersRequest{
			OrderID:  orderID,
			Coupons:  []bss.UsedCoupon{{ID: couponID, Type: bss.KindCashCoupon}},
			Discount: &bss.UsedDiscount{ID: discountID, Type: bss.DiscountCommercial},
		}))
		return
	}
	_, err := c.customer("yongzhi").PayOrders(&model.PayOrdersRequest{Body: &model.PayCustomerOrderV3Req{
		OrderId:   orderID,
		UseCoupon: "YES", CouponInfos: &[]model.CouponSimpleInfoOrderPayV3{{Id: couponID, Type: huawei.CouponCash}},
		UseDiscount: "YES", DiscountInfos: &[]model.DiscountSimpleInfoV3{{Id: discountID, Type: huawei.DiscountCommercial}},
	}})
	require.NoError(c.t, err)
}

func TestCouponIssuedByOneIsReadByBoth(t *testing.T) {
	t.Parallel()
	eachWriter(t, func(c *cloud, byOwn bool) {
		quotaID := c.quota(huawei.NewQuota{QuotaType: huawei.QuotaVoucher, Value: yuan("100")})
		customerID := c.richAccount("yongzhi")
		id := c.issue(byOwn, quotaID, customerID)

		coupon := onlyOf(c.t, c.own().ListIssuedPartnerCoupons(c.t.Context(), bss.ListIssuedPartnerCouponsRequest{CouponID: id}))
		assert.Equal(c.t, customerID, coupon.CustomerID)
		assert.Equal(c.t, bss.TypeVoucher, coupon.CouponType)
		assert.Equal(c.t, "30.55", coupon.FaceValue.String())
		assert.Equal(c.t, bss.At(c.clock.Now()), coupon.CreateTime)
		record := onlyOf(c.t, c.own().ListPartnerCouponsRecord(c.t.Context(), bss.ListPartnerCouponsRecordRequest{QuotaID: quotaID}))
		assert.Equal(c.t, id, record.CouponID)
		assert.Equal(c.t, "春节 <1&2>", record.Remark)
		assert.True(c.t, record.Done())

		coupons, err := c.partner().ListIssuedPartnerCoupons(&model.ListIssuedPartnerCouponsRequest{CouponId: &id})
		require.NoError(c.t, err)
		assertFields(c.t, fields{
			"customer_id": customerID, "coupon_type": 1, "face_value": "30.55", "create_time": c.now(),
		}, only(c.t, coupons.UserCoupons))
		records, err := c.partner().ListPartnerCouponsRecord(&model.ListPartnerCouponsRecordRequest{QuotaId: &quotaID})
		require.NoError(c.t, err)
		assertFields(c.t, fields{"coupon_id": id, "remark": "春节 <1&2>", "result": "0"}, only(c.t, records.Records))
	})
}

func (c *cloud) issue(byOwn bool, quotaID, customerID string) (couponID string) {
	c.t.Helper()
	if byOwn {
		issued, err := c.own().CreatePartnerCoupons(c.t.Context(), bss.CreatePartnerCouponsRequest{
			QuotaID: quotaID, CustomerIDs: []string{customerID}, FaceValue: yuan("30.55"), Memo: "春节 <1&2>",
		})
		require.NoError(c.t, err)
		return only(c.t, &issued.Coupons).CouponID
	}
	issued, err := c.partner().CreatePartnerCoupons(issue(quotaID, "30.55", customerID))
	require.NoError(c.t, err)
	return only(c.t, issued.CouponInfos).CouponId
}
