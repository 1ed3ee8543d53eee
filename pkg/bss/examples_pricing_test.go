package bss_test

import (
	"context"

	"github.com/bssfn/bssfn/pkg/bss"
)

const someProject = "0123456789abcdef0123456789abcdef"

func pricingExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"ListOnDemandResourceRatings": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.ListOnDemandResourceRatings(ctx, someHours())
			return err
		}),
		"ListRateOnPeriodDetail": plain(func(ctx context.Context, c *bss.Client) error {
			_, err := c.ListRateOnPeriodDetail(ctx, aYear())
			return err
		}),
		"ListRenewRateOnPeriod": withServer(func(ctx context.Context, c *bss.Client, id string) error {
			_, err := c.ListRenewRateOnPeriod(ctx, resaleName, twoMonthsMore(id))
			return err
		}),
	}
}

// someHours is an hour and a half of a disk of 100 GB.
func someHours() bss.ListOnDemandResourceRatingsRequest {
	return bss.ListOnDemandResourceRatingsRequest{
		ProjectID: someProject,
		ProductInfos: []bss.OnDemandProduct{{
			ID: "disk", CloudServiceType: "hws.service.type.ebs", ResourceType: "hws.resource.type.volume", ResourceSpec: "GPSSD",
			Region: "cn-north-4", ResourceSize: 100, SizeMeasureID: 17,
			UsageFactor: "Duration", UsageValue: yuan("1.5"), UsageMeasureID: 4, SubscriptionNum: 1,
		}},
	}
}

// aYear is a year of a server.
func aYear() bss.ListRateOnPeriodDetailRequest {
	return bss.ListRateOnPeriodDetailRequest{
		ProjectID: someProject,
		ProductInfos: []bss.PeriodProduct{{
			ID: "server", CloudServiceType: "hws.service.type.ec2", ResourceType: "hws.resource.type.vm", ResourceSpec: "c7.xlarge.2.linux",
			Region: "cn-north-4", PeriodType: bss.PeriodYear, PeriodNum: 1, SubscriptionNum: 1,
		}},
	}
}

func twoMonthsMore(resources ...string) bss.ListRenewRateOnPeriodRequest {
	return bss.ListRenewRateOnPeriodRequest{ResourceIDs: resources, PeriodType: bss.PeriodMonth, PeriodNum: 2}
}
