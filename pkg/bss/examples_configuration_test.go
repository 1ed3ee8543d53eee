package bss_test

import (
	"context"

	"github.com/bssfn/bssfn/pkg/bss"
)

func configurationExamples() map[string]exampleCall {
	return map[string]exampleCall{
		"ListProvinces": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListProvinces(ctx, bss.ListProvincesRequest{}))
		}),
		"ListCities": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListCities(ctx, bss.ListCitiesRequest{ProvinceCode: "CN-13"}))
		}),
		"ListCounties": plain(func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListCounties(ctx, bss.ListCountiesRequest{CityCode: "CN-13-001"}))
		}),
	}
}
