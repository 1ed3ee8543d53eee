package sdkinterop_test

import (
	"net/http"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	cashAccount   = "BALANCE_TYPE_DEBIT"
	couponAccount = "BALANCE_TYPE_COUPON"
)

func changeExchanges() map[string]exchange {
	return map[string]exchange{
		"ListPartnerAccountChangeRecords": noIndirectPartner(listsPartnerChanges, func(c *cloud, indirect *string) error {
			_, err := c.partner().ListPartnerAccountChangeRecords(&model.ListPartnerAccountChangeRecordsRequest{
				BalanceType: cashAccount, IndirectPartnerId: indirect,
			})
			return err
		}),
		"ListCustomerAccountChangeRecords": {
			succeeds: listsCustomerChanges,
			refused: func(c *cloud) error {
				c.richAccount("yongzhi")
				_, err := c.customer("yongzhi").ListCustomerAccountChangeRecords(
					&model.ListCustomerAccountChangeRecordsRequest{BalanceType: cashAccount})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99000084", says: "resale",
		},
		"ListCustomerCouponChangeRecords": badRequest(listsCouponChanges, "trade_type", func(c *cloud) error {
			c.richAccount("yongzhi")
			_, err := c.customer("yongzhi").ListCustomerCouponChangeRecords(
				&model.ListCustomerCouponChangeRecordsRequest{BalanceType: couponAccount, TradeType: new("RECHARGE")})
			return err
		}),
		"ListStoredValueCards": badRequest(listsStoredCards, "status", func(c *cloud) error {
			c.richAccount("yongzhi")
			_, err := c.customer("yongzhi").ListStoredValueCards(&model.ListStoredValueCardsRequest{Status: 3})
			return err
		}),
		"ListFreeResourceInfos": badRequest(listsPackages, "status", func(c *cloud) error {
			c.richAccount("yongzhi")
			_, err := c.customer("yongzhi").ListFreeResourceInfos(&model.ListFreeResourceInfosRequest{
				Body: &model.ListFreeResourceInfosReq{Status: new(int32(5))},
			})
			return err
		}),
		"ListFreeResourceUsages": badRequest(listsPackageItems, "free_resource_ids", func(c *cloud) error {
			c.richAccount("yongzhi")
			_, err := c.customer("yongzhi").ListFreeResourceUsages(&model.ListFreeResourceUsagesRequest{
				Body: &model.ListFreeResourceUsagesReq{FreeResourceIds: []string{}},
			})
			return err
		}),
		"ListFreeResourcesUsageRecords": badRequest(listsPackageUses, "deduct_time_end", func(c *cloud) error {
			c.richAccount("yongzhi")
			_, err := c.customer("yongzhi").ListFreeResourcesUsageRecords(&model.ListFreeResourcesUsageRecordsRequest{
				DeductTimeBegin: "2026-01-01", DeductTimeEnd: "2026-05-01",
			})
			return err
		}),
	}
}

// today is the simulated day of GMT+8.
func (c *cloud) today() string {
	return c.clock.Now().In(time.FixedZone("GMT+8", 8*60*60)).Format(time.DateOnly)
}

func listsPartnerChanges(c *cloud) {
	customerID := c.richAccount("yongzhi")
	require.NoError(c.t, c.SetPartnerBalance(yuan("5000")))
	allocated, err := c.partner().UpdateCustomerAccountAmount(&model.UpdateCustomerAccountAmountRequest{
		Body: &model.AdjustAccountReq{CustomerId: customerID, Amount: new(yuan("12.34"))},
	})
	require.NoError(c.t, err)
	answer, err := c.partner().ListPartnerAccountChangeRecords(&model.ListPartnerAccountChangeRecordsRequest{
		BalanceType: cashAccount, TradeType: new("BEADJUST"), TradeTimeBegin: new(c.today()), TradeTimeEnd: new(c.today()),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1, "currency": "CNY"}, answer)
	assertFields(c.t, fields{
		"trade_detail_type": "SOURCE_OPERATION_BEADJUST", "trade_time": c.now(), "trade_id": *allocated.TransferId, "type": "2",
		"change_amount": "12.34", "balance_after_change": "4987.66", "customer_id": customerID, "account_name": "yongzhi",
	}, only(c.t, answer.Records))
}

func listsCustomerChanges(c *cloud) {
	require.NoError(c.t, c.SetCash(c.account("yongzhi", huawei.AssociationReferral), yuan("77.7")))
	answer, err := c.customer("yongzhi").ListCustomerAccountChangeRecords(&model.ListCustomerAccountChangeRecordsRequest{
		BalanceType: cashAccount, RevenueExpenseType: new("REVENUE"), PaymentChannelId: new("1,2"),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1, "currency": "CNY"}, answer)
	assertFields(c.t, fields{
		"trade_detail_type": "SOURCE_OPERAIION_RECHARGE", "trade_time": c.now(), "revenue_expense_type": "REVENUE",
		"change_amount": "77.70", "balance_after_change": "77.70", "account_name": "yongzhi", "payment_channel_id": "2",
	}, only(c.t, answer.Records))
}

func listsCouponChanges(c *cloud) {
	_, _, couponID := issued(c)
	_, err := c.partner().ReclaimPartnerCoupons(reclaim(couponID))
	require.NoError(c.t, err)
	answer, err := c.customer("yongzhi").ListCustomerCouponChangeRecords(&model.ListCustomerCouponChangeRecordsRequest{
		BalanceType: couponAccount, CouponId: &couponID, RevenueExpenseType: new("EXPENSE"), TradeType: new("COUPONCANCEL"),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1, "currency": "CNY"}, answer)
	assertFields(c.t, fields{
		"coupon_id": couponID, "trade_detail_type": "SOURCE_OPERATION_COUPONCANCEL", "trade_time": c.now(),
		"revenue_expense_type": "EXPENSE", "change_amount": "30.50", "balance_after_change": "0.00", "account_name": "yongzhi",
	}, only(c.t, answer.Records))
}

func listsStoredCards(c *cloud) {
	id := c.coupon(huawei.NewCoupon{CustomerID: c.richAccount("yongzhi"), Kind: huawei.CouponStoredCard, Value: yuan("66.6")})
	answer, err := c.customer("yongzhi").ListStoredValueCards(&model.ListStoredValueCardsRequest{Status: 1, CardId: &id})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{
		"card_id": id, "status": 1, "face_value": "66.60", "balance": "66.60", "effective_time": c.now(),
	}, only(c.t, answer.StoredValueCards))
}

// packed adds a customer with a package of 40 GB, of which 1.5 are used.
func packed(c *cloud) (packageID, itemID string) {
	c.t.Helper()
	packageID = c.seeded(c.AddResourcePackage(huawei.NewResourcePackage{
		CustomerID: c.richAccount("yongzhi"), ProductName: "标准存储 40GB", ProductID: "p1", Reset: huawei.ResetMonthly,
		Items: []huawei.NewPackageItem{{UsageType: "storage", Amount: yuan("40")}},
	}))
	answer, err := c.customer("yongzhi").ListFreeResourceInfos(&model.ListFreeResourceInfosRequest{Body: &model.ListFreeResourceInfosReq{}})
	require.NoError(c.t, err)
	itemID = *only(c.t, only(c.t, answer.FreeResourcePackages).FreeResources).FreeResourceId
	require.NoError(c.t, c.UseResourcePackage(itemID, "bucket", yuan("1.5")))
	return packageID, itemID
}

func listsPackages(c *cloud) {
	packageID, itemID := packed(c)
	answer, err := c.customer("yongzhi").ListFreeResourceInfos(&model.ListFreeResourceInfosRequest{Body: &model.ListFreeResourceInfosReq{
		Status: new(int32(1)), ServiceTypeCodeList: &[]string{"hws.service.type.obs"}, Offset: new(int32(0)), Limit: new(int32(10)),
	}})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	row := only(c.t, answer.FreeResourcePackages)
	assertFields(c.t, fields{
		"order_instance_id": packageID, "product_id": "p1", "product_name": "标准存储 40GB", "status": 1, "effective_time": c.now(),
		"quota_reuse_mode": 1, "source_type": 1, "bundle_type": "ATOMIC_PKG", "service_type_code": "hws.service.type.obs",
	}, row)
	assertFields(c.t, fields{
		"free_resource_id": itemID, "amount": "38.5", "original_amount": "40", "measure_id": 10,
	}, only(c.t, row.FreeResources))
}

func listsPackageItems(c *cloud) {
	_, itemID := packed(c)
	answer, err := c.customer("yongzhi").ListFreeResourceUsages(&model.ListFreeResourceUsagesRequest{
		Body: &model.ListFreeResourceUsagesReq{FreeResourceIds: []string{itemID, "unknown"}},
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{
		"free_resource_id": itemID, "amount": "38.5", "original_amount": "40", "measure_id": 10,
		"quota_reuse_cycle": 4, "quota_reuse_cycle_type": 1, "usage_type_name": "存储用量",
	}, only(c.t, answer.FreeResources))
}

func listsPackageUses(c *cloud) {
	_, itemID := packed(c)
	answer, err := c.customer("yongzhi").ListFreeResourcesUsageRecords(&model.ListFreeResourcesUsageRecordsRequest{
		FreeResourceId: &itemID, DeductTimeBegin: c.today(), DeductTimeEnd: c.today(),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{
		"free_resource_id": itemID, "deduct_time": c.now(), "resource_id": "bucket", "product_id": "p1", "usage_type_code": "storage",
		"available_amount": "40", "used_amount": "1.5", "remaining_amount": "38.5", "measure_id": 10,
	}, only(c.t, answer.FreeResourceRecords))
}
