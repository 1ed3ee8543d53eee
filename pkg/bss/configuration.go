package bss

import (
	"context"
	"iter"
)

// ListProvinces lists the provinces of mainland China. The partner and its
// customers may call it; the international site lacks it.
//
// See https://support.huaweicloud.com/api-bpconsole/mpf_02001.html.
func (c *Client) ListProvinces(ctx context.Context, r ListProvincesRequest) iter.Seq2[Province, error] {
	return list[listProvincesPage, Province](ctx, c, call{op: listProvinces, query: r})
}

// ListCities lists the cities of a province. The partner and its customers may
// call it; the international site lacks it.
//
// See https://support.huaweicloud.com/api-bpconsole/mpf_02002.html.
func (c *Client) ListCities(ctx context.Context, r ListCitiesRequest) iter.Seq2[City, error] {
	return list[listCitiesPage, City](ctx, c, call{op: listCities, query: r})
}

// ListCounties lists the counties of a city. The partner and its customers may
// call it; the international site lacks it.
//
// See https://support.huaweicloud.com/api-bpconsole/mpf_02003.html.
func (c *Client) ListCounties(ctx context.Context, r ListCountiesRequest) iter.Seq2[County, error] {
	return list[listCountiesPage, County](ctx, c, call{op: listCounties, query: r})
}
