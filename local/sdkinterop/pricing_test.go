package sdkinterop_test

import (
	"net/http"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func pricingExchanges() map[string]exchange {
	return map[string]exchange{
		"ListServiceTypes": badRequest(listsServiceTypes, "limit", func(c *cloud) error {
			_, err := c.partner().ListServiceTypes(&model.ListServiceTypesRequest{Limit: new(int32(1001))})
			return err
		}),
		"ListResourceTypes": badRequest(listsResourceTypes, "limit", func(c *cloud) error {
			_, err := c.partner().ListResourceTypes(&model.ListResourceTypesRequest{Limit: new(int32(1001))})
			return err
		}),
		"ListServiceResources": badRequest(listsServiceResources, "service_type_code", func(c *cloud) error {
			_, err := c.partner().ListServiceResources(&model.ListServiceResourcesRequest{})
			return err
		}),
		"ListUsageTypes": badRequest(listsUsageTypes, "limit", func(c *cloud) error {
			_, err := c.partner().ListUsageTypes(&model.ListUsageTypesRequest{Limit: new(int32(101))})
			return err
		}),
		"ListResourceSpecs": badRequest(listsResourceSpecs, "marker", func(c *cloud) error {
			r := diskSpecs()
			r.Body.Marker = new("SAS")
			_, err := c.partner().ListResourceSpecs(r)
			return err
		}),
		"ListMeasureUnits": {
			succeeds: listsMeasureUnits,
			refused: func(c *cloud) error { // who calls is all that can be wrong with it
				_, err := c.client(partnerCredentials().WithSk("another")).ListMeasureUnits(&model.ListMeasureUnitsRequest{})
				return err
			},
			status: http.StatusUnauthorized, code: "APIG.0301", says: "verify aksk signature fail",
		},
		"ListConversions": badRequest(listsConversions, "measure_type", func(c *cloud) error {
			_, err := c.partner().ListConversions(&model.ListConversionsRequest{MeasureType: new(int32(0))})
			return err
		}),
		"ListOnDemandResourceRatings": {
			succeeds: ratesUsage,
			refused: func(c *cloud) error {
				r := anHour()
				r.Body.ProductInfos[0].UsageFactor = "length"
				_, err := c.partner().ListOnDemandResourceRatings(r)
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99006074", says: "factor",
		},
		"ListRateOnPeriodDetail": {
			succeeds: ratesPeriod,
			refused: func(c *cloud) error {
				r := aYear()
				r.Body.ProductInfos[0].ResourceSpec = "unknown"
				_, err := c.partner().ListRateOnPeriodDetail(r)
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99006006", says: "not found",
		},
	}
}

// badRequest is refused for a parameter that is not of its form.
func badRequest(succeeds func(*cloud), parameter string, call func(c *cloud) error) exchange {
	return exchange{
		succeeds: succeeds, refused: call,
		status: http.StatusBadRequest, code: "CBC.0100", says: parameter,
	}
}

func listsServiceTypes(c *cloud) {
	answer, err := c.partner().ListServiceTypes(&model.ListServiceTypesRequest{
		ServiceTypeName: new("云硬"), Offset: new(int32(0)), Limit: new(int32(10)),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{
		"service_type_name": "云硬盘", "service_type_code": "hws.service.type.ebs", "abbreviation": "EVS",
	}, only(c.t, answer.ServiceTypes))
}

func listsResourceTypes(c *cloud) {
	answer, err := c.partner().ListResourceTypes(&model.ListResourceTypesRequest{Offset: new(int32(0)), Limit: new(int32(1))})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 11}, answer)
	assertFields(c.t, fields{
		"resource_type_code": "hws.resource.type.vm", "resource_type_name": "云主机", "service_type_code": "hws.service.type.ec2",
	}, only(c.t, answer.ResourceTypes))
}

func listsServiceResources(c *cloud) {
	answer, err := c.partner().ListServiceResources(&model.ListServiceResourcesRequest{ServiceTypeCode: "hws.service.type.ebs"})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{
		"resource_type_code": "hws.resource.type.volume", "product_owner_service": "hws.service.type.ebs", "name": "云硬盘",
	}, only(c.t, answer.Infos).BasicInfo)
}

func listsUsageTypes(c *cloud) {
	answer, err := c.partner().ListUsageTypes(&model.ListUsageTypesRequest{ResourceTypeCode: new("hws.resource.type.cdn")})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{
		"code": "upflow", "resource_type_code": "hws.resource.type.cdn", "resource_type_name": "CDN加速",
		"service_type_code": "hws.service.type.cdn", "service_type_name": "内容分发网络",
	}, only(c.t, answer.UsageTypes))
}

func diskSpecs() *model.ListResourceSpecsRequest {
	return &model.ListResourceSpecsRequest{Body: &model.ResourceSpecsQueryReq{
		CloudServiceType: "hws.service.type.ebs", ResourceType: "hws.resource.type.volume", RegionCode: "cn-east-3", ChargeMode: "1",
	}}
}

func listsResourceSpecs(c *cloud) {
	r := diskSpecs()
	r.Body.Marker, r.Body.Limit = new("SAS"), new(int32(1))
	answer, err := c.partner().ListResourceSpecs(r)
	require.NoError(c.t, err)
	assertFields(c.t, fields{"next_marker": "GPSSD"}, answer.PageInfo)
	assertFields(c.t, fields{
		"resource_spec": "GPSSD", "resource_spec_name": "通用型SSD", "region_code": "cn-east-3", "charge_mode": "1",
		"cloud_service_type_name": "云硬盘", "resource_type_name": "云硬盘",
	}, only(c.t, answer.CloudServiceBasics))
}

func listsMeasureUnits(c *cloud) {
	answer, err := c.partner().ListMeasureUnits(&model.ListMeasureUnitsRequest{})
	require.NoError(c.t, err)
	require.NotNil(c.t, answer.MeasureUnits)
	assertFields(c.t, fields{
		"measure_id": 1, "measure_name": "元", "abbreviation": "Y", "measure_type": 1,
	}, (*answer.MeasureUnits)[0])
}

func listsConversions(c *cloud) {
	answer, err := c.partner().ListConversions(&model.ListConversionsRequest{MeasureType: new(int32(3))})
	require.NoError(c.t, err)
	assertFields(c.t, fields{
		"measure_id": 10, "ref_measure_id": 11, "conversion_ratio": 1024, "measure_type": 3,
	}, only(c.t, answer.Conversions))
}

const someProject = "0123456789abcdef0123456789abcdef"

func anHour() *model.ListOnDemandResourceRatingsRequest {
	return &model.ListOnDemandResourceRatingsRequest{Body: &model.RateOnDemandReq{
		ProjectId: someProject, InquiryPrecision: new(int32(1)),
		ProductInfos: []model.DemandProductInfo{{
			Id: "1", CloudServiceType: "hws.service.type.ebs", ResourceType: "hws.resource.type.volume", ResourceSpec: "GPSSD",
			Region: "cn-north-4", ResourceSize: new(int32(100)), SizeMeasureId: new(int32(17)),
			UsageFactor: "Duration", UsageValue: new(yuan("1.5")), UsageMeasureId: 4, SubscriptionNum: 1,
		}},
	}}
}

// discounted adds a customer who gets a discount of a tenth from the partner.
func discounted(c *cloud) (discountID string) {
	c.t.Helper()
	return c.seeded(c.GrantPriceDiscount(huawei.NewPriceDiscount{
		CustomerID: c.richAccount("yongzhi"), Type: huawei.PriceDiscountPartner, Ratio: yuan("0.9"),
	}))
}

func ratesUsage(c *cloud) {
	id := discounted(c)
	answer, err := c.customer("yongzhi").ListOnDemandResourceRatings(anHour())
	require.NoError(c.t, err)
	assertFields(c.t, fields{
		"official_website_amount": "0.145833", "discount_amount": "0.0145833", "amount": "0.1312497", "currency": c.currency(), "measure_id": 1,
	}, answer)
	line := only(c.t, answer.ProductRatingResults)
	assertFields(c.t, fields{"id": "1", "official_website_amount": "0.145833", "amount": "0.1312497"}, line)
	assertFields(c.t, fields{
		"discount_id": id, "discount_type": 607, "amount": "0.0145833", "discount_name": "伙伴设置折扣",
	}, only(c.t, line.DiscountRatingResults))
}

func aYear() *model.ListRateOnPeriodDetailRequest {
	return &model.ListRateOnPeriodDetailRequest{Body: &model.RateOnPeriodReq{
		ProjectId: someProject,
		ProductInfos: []model.PeriodProductInfo{{
			Id: "1", CloudServiceType: "hws.service.type.ec2", ResourceType: "hws.resource.type.vm", ResourceSpec: "c7.xlarge.2.linux",
			Region: "cn-north-4", PeriodType: 3, PeriodNum: 1, SubscriptionNum: 1,
		}},
	}}
}

func ratesPeriod(c *cloud) {
	id := discounted(c)
	answer, err := c.customer("yongzhi").ListRateOnPeriodDetail(aYear())
	require.NoError(c.t, err)
	assertFields(c.t, fields{"official_website_amount": "4205", "measure_id": 1}, answer.OfficialWebsiteRatingResult)
	assertFields(c.t, fields{"id": "1", "official_website_amount": "4205"}, only(c.t, answer.OfficialWebsiteRatingResult.ProductRatingResults))
	offer := only(c.t, answer.OptionalDiscountRatingResults)
	assertFields(c.t, fields{
		"discount_id": id, "discount_type": 607, "best_offer": 1, "amount": "3784.5", "discount_amount": "420.5",
	}, offer)
	assertFields(c.t, fields{"id": "1", "amount": "3784.5"}, only(c.t, offer.ProductRatingResults))
	assert.Equal(c.t, c.currency(), *answer.Currency)
}
