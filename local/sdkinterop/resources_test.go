package sdkinterop_test

import (
	"net/http"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func resourceExchanges() map[string]exchange {
	return map[string]exchange{
		"ListPayPerUseCustomerResources": {
			succeeds: listsResources,
			refused: func(c *cloud) error {
				_, err := c.partner().ListPayPerUseCustomerResources(resourceQuery(&model.QueryResourcesReq{}))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "customer_id",
		},
		"RenewalResources":            noResource(renewsResource, "CBC.99003016", renewalOf),
		"ListRenewRateOnPeriod":       {succeeds: ratesRenewal, refused: ratesOneTwice, status: http.StatusBadRequest, code: "CBC.30050012", says: "twice"},
		"CancelResourcesSubscription": noResource(unsubscribesResource, "CBC.99003012", unsubscriptionOf),
		"AutoRenewalResources":        noResource(startsAutoRenewal, "CBC.99003012", autoRenewalOf),
		"CancelAutoRenewalResources":  noResource(endsAutoRenewal, "CBC.99003012", autoRenewalEndOf),
		"SetResourcesRenewConfig": {
			succeeds: setsRenewConfig,
			refused: func(c *cloud) error {
				c.richAccount("yongzhi")
				return c.renewConfig("8")
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "DEDUCTION_DATE",
		},
		"UpdatePeriodToOnDemand":          noResource(schedulesOnDemand, "CBC.99003012", onDemandScheduleOf),
		"UpdatePeriodToOnDemandInstantly": {succeeds: convertsInstantly, refused: convertsOneTwice, status: http.StatusBadRequest, code: "CBC.0100", says: "twice"},
		"ShowRefundOrderDetails": {
			succeeds: showsRefund,
			refused: func(c *cloud) error {
				id := c.order(huawei.NewOrder{CustomerID: c.richAccount("yongzhi"), OfficialAmount: yuan("1")})
				_, err := c.customer("yongzhi").ShowRefundOrderDetails(&model.ShowRefundOrderDetailsRequest{OrderId: id})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99005026", says: "unsubscription",
		},
		"ListCustomerOnDemandResources": noIndirectPartner(listsOnDemandResources, func(c *cloud, indirect *string) error {
			_, err := c.partner().ListCustomerOnDemandResources(&model.ListCustomerOnDemandResourcesRequest{
				Body: &model.QueryCustomerOnDemandResourcesReq{CustomerId: c.richAccount("yongzhi"), IndirectPartnerId: indirect},
			})
			return err
		}),
	}
}

// noResource is refused because the customer has no resource of that id.
func noResource(succeeds func(*cloud), code string, call func(c *cloud, resourceID string) error) exchange {
	return exchange{
		succeeds: succeeds,
		refused: func(c *cloud) error {
			c.richAccount("yongzhi")
			return call(c, "nothing")
		},
		status: http.StatusBadRequest, code: code, says: "does not exist",
	}
}

func resourceQuery(body *model.QueryResourcesReq) *model.ListPayPerUseCustomerResourcesRequest {
	return &model.ListPayPerUseCustomerResourcesRequest{Body: body}
}

// server is a server that the customer yongzhi has bought for a month at 310.
func (c *cloud) server() model.OrderInstanceV2 {
	c.t.Helper()
	id := c.order(huawei.NewOrder{
		CustomerID: c.richAccount("yongzhi"), OfficialAmount: yuan("310"),
		ProductID: "00301-1", ProductDescription: "通用计算型|s6.small.1",
		Discounts: []huawei.Discount{{ID: "d1", Type: huawei.DiscountCommercial, Ratio: yuan("0.9")}},
	})
	customer := c.customer("yongzhi")
	_, err := customer.PayOrders(payment(id))
	require.NoError(c.t, err)
	c.clock.Advance(5 * time.Second)
	answer, err := customer.ListPayPerUseCustomerResources(resourceQuery(&model.QueryResourcesReq{
		OrderId: &id, OnlyMainResource: new(int32(1)), StatusList: &[]int32{2}, Limit: new(int32(10)), Offset: new(int32(0)),
	}))
	require.NoError(c.t, err)
	return only(c.t, answer.Data)
}

// expiry is the resource's, read again.
func (c *cloud) expiry(resourceID string) string {
	c.t.Helper()
	answer, err := c.customer("yongzhi").ListPayPerUseCustomerResources(resourceQuery(&model.QueryResourcesReq{
		ResourceIds: &[]string{resourceID}, OnlyMainResource: new(int32(1)),
	}))
	require.NoError(c.t, err)
	return *only(c.t, answer.Data).ExpireTime
}

func listsResources(c *cloud) {
	server := c.server()
	delivered := c.clock.Now().UTC().Truncate(time.Second)
	assertFields(c.t, fields{
		"region_code": "cn-north-4", "service_type_code": "hws.service.type.ec2", "service_type_name": "弹性云服务器",
		"resource_type_code": "hws.resource.type.vm", "resource_type_name": "云主机", "resource_spec_code": "s6.small.1.linux",
		"product_id": "00301-1", "product_spec_desc": "通用计算型|s6.small.1", "is_main_resource": 1, "status": 2, "expire_policy": 0,
		"effective_time": c.now(), "expire_time": delivered.AddDate(0, 1, 0).Format("2006-01-02T15:04:05Z"), "update_time": c.now(),
	}, server)
	customerID := c.lastEffect().CustomerID
	byPartner, err := c.partner().ListPayPerUseCustomerResources(resourceQuery(&model.QueryResourcesReq{CustomerId: &customerID}))
	require.NoError(c.t, err)
	require.Len(c.t, *byPartner.Data, 2)
	assertFields(c.t, fields{"total_count": 2}, byPartner)
	assertFields(c.t, fields{
		"resource_type_code": "hws.resource.type.volume", "parent_resource_id": *server.ResourceId, "is_main_resource": 0,
	}, (*byPartner.Data)[1])
}

func (c *cloud) renew(resourceID string, pay int32) (*model.RenewalResourcesResponse, error) {
	return c.customer("yongzhi").RenewalResources(&model.RenewalResourcesRequest{Body: &model.RenewalResourcesReq{
		ResourceIds: []string{resourceID}, PeriodType: 3, PeriodNum: 1, IsAutoPay: &pay,
	}})
}

func renewalOf(c *cloud, resourceID string) error {
	_, err := c.renew(resourceID, 0)
	return err
}

func renewsResource(c *cloud) {
	server := c.server()
	answer, err := c.renew(*server.ResourceId, 0)
	require.NoError(c.t, err)
	order, err := c.partner().ShowCustomerOrderDetails(&model.ShowCustomerOrderDetailsRequest{OrderId: only(c.t, answer.OrderIds)})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"order_type": 2, "status": 6, "official_amount": 3720, "amount_after_discount": 3720}, order.OrderInfo)
	assert.Empty(c.t, *answer.FailResourceInfos)
	assert.Equal(c.t, *server.ExpireTime, c.expiry(*server.ResourceId))
}

func rateOf(c *cloud, resources ...string) (*model.ListRenewRateOnPeriodResponse, error) {
	return c.customer("yongzhi").ListRenewRateOnPeriod(&model.ListRenewRateOnPeriodRequest{Body: &model.ListRenewRateOnPeriodReq{
		ResourceIds: resources, PeriodType: 2, PeriodNum: 2, IncludeRelativeResources: new(true),
	}})
}

func ratesRenewal(c *cloud) {
	id := *c.server().ResourceId
	answer, err := rateOf(c, id, "nothing")
	require.NoError(c.t, err)
	assertFields(c.t, fields{"currency": c.currency()}, answer)
	assertFields(c.t, fields{"resource_id": id, "amount": "620"}, only(c.t, answer.RenewInquiryResults))
	assertFields(c.t, fields{"official_website_amount": "620"}, answer.OfficialWebsiteRatingResult)
	assertFields(c.t, fields{
		"discount_id": "d1", "discount_type": 605, "amount": "558", "official_website_amount": "620", "discount_amount": "62", "best_offer": 1,
	}, only(c.t, answer.OptionalDiscountRatingResults))
	assertFields(c.t, fields{"resource_id": "nothing", "error_code": "CBC.30050009"}, only(c.t, answer.FailResourceInfos))
}

func ratesOneTwice(c *cloud) error {
	c.richAccount("yongzhi")
	_, err := rateOf(c, "nothing", "nothing")
	return err
}

func (c *cloud) unsubscribe(resourceID string) (*model.CancelResourcesSubscriptionResponse, error) {
	return c.customer("yongzhi").CancelResourcesSubscription(&model.CancelResourcesSubscriptionRequest{Body: &model.UnsubscribeResourcesReq{
		ResourceIds: []string{resourceID}, UnsubscribeType: 1,
		UnsubscribeReasonType: new(int32(5)), UnsubscribeReason: new("moved"),
	}})
}

func unsubscriptionOf(c *cloud, resourceID string) error {
	_, err := c.unsubscribe(resourceID)
	return err
}

func unsubscribesResource(c *cloud) {
	answer, err := c.unsubscribe(*c.server().ResourceId)
	require.NoError(c.t, err)
	refunded := c.lastEffect()
	assert.Equal(c.t, only(c.t, answer.OrderIds), refunded.Reference)
	assert.Equal(c.t, "310", refunded.Amount.String())
	orders, err := c.customer("yongzhi").ListCustomerOrders(&model.ListCustomerOrdersRequest{OrderType: new("4")})
	require.NoError(c.t, err)
	assertFields(c.t, fields{
		"order_id": refunded.Reference, "order_type": 4, "status": 5, "official_amount": -310, "amount_after_discount": -310,
	}, only(c.t, orders.OrderInfos))
}

func showsRefund(c *cloud) {
	server := c.server()
	answer, err := c.unsubscribe(*server.ResourceId)
	require.NoError(c.t, err)
	refunded := c.lastEffect()
	refund, err := c.partner().ShowRefundOrderDetails(&model.ShowRefundOrderDetailsRequest{
		OrderId: only(c.t, answer.OrderIds), CustomerId: &refunded.CustomerID,
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, refund)
	assertFields(c.t, fields{
		"amount": "-310", "measure_id": "1", "customer_id": refunded.CustomerID, "region_code": "cn-north-4",
		"resource_type_code": "hws.resource.type.vm", "service_type_code": "hws.service.type.ec2",
	}, only(c.t, refund.RefundInfos))
}

func autoRenewalOf(c *cloud, resourceID string) error {
	_, err := c.customer("yongzhi").AutoRenewalResources(&model.AutoRenewalResourcesRequest{
		ResourceId: resourceID, Body: &model.AutoRenewalResourcesReq{AutoRenewTimes: new(int32(1))},
	})
	return err
}

func autoRenewalEndOf(c *cloud, resourceID string) error {
	_, err := c.customer("yongzhi").CancelAutoRenewalResources(&model.CancelAutoRenewalResourcesRequest{ResourceId: resourceID})
	return err
}

// policy is what becomes of the resource when it expires.
func (c *cloud) policy(resourceID string) int32 {
	c.t.Helper()
	answer, err := c.customer("yongzhi").ListPayPerUseCustomerResources(resourceQuery(&model.QueryResourcesReq{
		ResourceIds: &[]string{resourceID}, OnlyMainResource: new(int32(1)),
	}))
	require.NoError(c.t, err)
	return *only(c.t, answer.Data).ExpirePolicy
}

func startsAutoRenewal(c *cloud) {
	id := *c.server().ResourceId
	require.NoError(c.t, autoRenewalOf(c, id))
	assert.EqualValues(c.t, 3, c.policy(id))
}

func endsAutoRenewal(c *cloud) {
	id := *c.server().ResourceId
	require.NoError(c.t, autoRenewalOf(c, id))
	require.NoError(c.t, autoRenewalEndOf(c, id))
	assert.EqualValues(c.t, 0, c.policy(id))
}

func onDemandScheduleOf(c *cloud, resourceID string) error {
	answer, err := c.customer("yongzhi").UpdatePeriodToOnDemand(&model.UpdatePeriodToOnDemandRequest{
		Body: &model.PeriodToOnDemandReq{Operation: "SET_UP", ResourceIds: []string{resourceID}},
	})
	if err == nil {
		assert.Empty(c.t, *answer.ErrorDetails)
	}
	return err
}

func schedulesOnDemand(c *cloud) {
	id := *c.server().ResourceId
	require.NoError(c.t, onDemandScheduleOf(c, id))
	assert.EqualValues(c.t, 1, c.policy(id))
}

func conversionOf(c *cloud, resources ...string) (*model.UpdatePeriodToOnDemandInstantlyResponse, error) {
	return c.customer("yongzhi").UpdatePeriodToOnDemandInstantly(&model.UpdatePeriodToOnDemandInstantlyRequest{
		Body: &model.PeriodToOnDemandInstantlyReq{ResourceIds: resources},
	})
}

func convertsInstantly(c *cloud) {
	id := *c.server().ResourceId
	answer, err := conversionOf(c, id)
	require.NoError(c.t, err)
	assertFields(c.t, fields{
		"resource_id": id, "result": "SUCCESS", "order_id": c.lastEffect().Reference,
	}, only(c.t, answer.ToOndemandServiceResults))
	assert.Equal(c.t, "279", c.lastEffect().Amount.String(), "all but the fee")
}

func convertsOneTwice(c *cloud) error {
	c.richAccount("yongzhi")
	_, err := conversionOf(c, "nothing", "nothing")
	return err
}

func listsOnDemandResources(c *cloud) {
	customerID := c.richAccount("yongzhi")
	id := c.seeded(c.AddOnDemandResource(huawei.NewOnDemandResource{
		CustomerID: customerID, ServiceTypeCode: "hws.service.type.ebs", Name: "data", Spec: "SAS", ProductDescription: "高IO|40GB", Size: yuan("40"),
	}))
	answer, err := c.partner().ListCustomerOnDemandResources(&model.ListCustomerOnDemandResourcesRequest{
		Body: &model.QueryCustomerOnDemandResourcesReq{
			CustomerId: customerID, RegionCode: new("cn-north-4"), ServiceTypeCode: new("hws.service.type.ebs"),
			ResourceIds: &[]string{id}, Status: new(int32(1)), Limit: new(int32(5)), Offset: new(int32(0)),
		},
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{
		"customer_id": customerID, "region_code": "cn-north-4", "availability_zone_code": "cn-north-4a",
		"service_type_code": "hws.service.type.ebs", "service_type_name": "云硬盘", "resource_type_code": "hws.resource.type.volume",
		"resource_id": id, "resource_name": "data", "effective_time": c.now(), "status": 1,
		"resource_spec_code": "SAS", "resource_info": `{"specSize":40}`, "product_spec_desc": "高IO|40GB",
	}, only(c.t, answer.Resources))
}

func (c *cloud) renewConfig(days string) error {
	_, err := c.customer("yongzhi").SetResourcesRenewConfig(&model.SetResourcesRenewConfigRequest{Body: &model.RenewResourceConfigReq{
		ConfigName: model.GetRenewResourceConfigReqConfigNameEnum().DEDUCTION_DATE, ConfigValue: days,
	}})
	return err
}

func setsRenewConfig(c *cloud) {
	c.richAccount("yongzhi")
	require.NoError(c.t, c.renewConfig("3"))
	last := c.Journal()[len(c.Journal())-1]
	assert.Equal(c.t, "SetResourcesRenewConfig DEDUCTION_DATE=3", last.Operation+" "+last.Reference)
}
