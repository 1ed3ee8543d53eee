package bss_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func TestUsageIsPricedToTheLastDecimal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	r := someHours()
	r.ProductInfos[0].UsageValue = yuan("1.123456789")
	got, err := c.ListOnDemandResourceRatings(t.Context(), r)
	require.NoError(t, err)
	assert.JSONEq(t, `{"project_id":"`+someProject+`","product_infos":[{
		"id":"disk","cloud_service_type":"hws.service.type.ebs","resource_type":"hws.resource.type.volume","resource_spec":"GPSSD",
		"region":"cn-north-4","resource_size":100,"size_measure_id":17,
		"usage_factor":"Duration","usage_value":1.123456789,"usage_measure_id":4,"subscription_num":1}]}`,
		w.wire.to("/v2/bills/ratings/on-demand-resources")[0].body)
	equalAmount(t, "0.109224", got.Amount)
	assert.Equal(t, "CNY", got.Currency)
	assert.Equal(t, 1, got.MeasureID)
	require.Len(t, got.ProductRatingResults, 1)
	assert.Equal(t, "disk", got.ProductRatingResults[0].ID)
	assert.NotEmpty(t, got.ProductRatingResults[0].ProductID)

	r.InquiryPrecision = bss.TenDecimals
	got, err = c.ListOnDemandResourceRatings(t.Context(), r)
	require.NoError(t, err)
	equalAmount(t, "0.1092247159", got.Amount)
	equalAmount(t, "0.1092247159", got.OfficialWebsiteAmount)
	equalAmount(t, "0", got.DiscountAmount)
}

func TestAPurchaseIsPricedByProduct(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := aYear()
	disk := r.ProductInfos[0]
	disk.ID, disk.CloudServiceType, disk.ResourceType, disk.ResourceSpec = "disk", "hws.service.type.ebs", "hws.resource.type.volume", "GPSSD"
	disk.ResourceSize, disk.SizeMeasureID = 100, 17
	disk.PeriodType, disk.PeriodNum, disk.SubscriptionNum, disk.FeeInstallmentMode = bss.PeriodMonth, 3, 2, bss.InstallmentNone
	r.ProductInfos = append(r.ProductInfos, disk)
	got, err := w.client(t).ListRateOnPeriodDetail(t.Context(), r)
	require.NoError(t, err)
	assert.Equal(t, "CNY", got.Currency)
	official := got.OfficialWebsiteRatingResult
	require.Len(t, official.ProductRatingResults, 2)
	assert.Equal(t, "server", official.ProductRatingResults[0].ID)
	equalAmount(t, "4205", official.ProductRatingResults[0].OfficialWebsiteAmount)
	assert.Equal(t, "disk", official.ProductRatingResults[1].ID)
	equalAmount(t, official.OfficialWebsiteAmount.String(),
		official.ProductRatingResults[0].OfficialWebsiteAmount.Add(official.ProductRatingResults[1].OfficialWebsiteAmount))
	assert.Empty(t, got.OptionalDiscountRatingResults, "the partner, who buys nothing, has none")
}

func TestARenewalIsPricedWithEachDiscount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.server(t).ResourceID
	got, err := w.client(t).ListRenewRateOnPeriod(t.Context(), resaleName, twoMonthsMore(id, "nothing"))
	require.NoError(t, err)
	assert.Equal(t, "CNY", got.Currency)
	require.Len(t, got.RenewInquiryResults, 1)
	assert.Equal(t, id, got.RenewInquiryResults[0].ResourceID)
	equalAmount(t, "620", got.RenewInquiryResults[0].Amount)
	equalAmount(t, "620", got.OfficialWebsiteRatingResult.OfficialWebsiteAmount)

	require.Len(t, got.OptionalDiscountRatingResults, 1)
	discount := got.OptionalDiscountRatingResults[0]
	assert.Equal(t, "d1", discount.DiscountID)
	assert.Equal(t, bss.PriceDiscountCommercial, discount.DiscountType)
	assert.Equal(t, 1, discount.BestOffer)
	equalAmount(t, "620", discount.OfficialWebsiteAmount)
	equalAmount(t, "62", discount.DiscountAmount)
	equalAmount(t, "558", discount.Amount)

	require.Len(t, got.FailResourceInfos, 1)
	assert.Equal(t, "nothing", got.FailResourceInfos[0].ResourceID)
	assert.Equal(t, "CBC.30050009", got.FailResourceInfos[0].Code)
	assert.NotEmpty(t, got.FailResourceInfos[0].Message)
}

func TestWhatHasNoPrice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	for name, test := range map[string]struct {
		change func(*bss.OnDemandProduct)
		want   error
	}{
		"unknown flavour":  {func(p *bss.OnDemandProduct) { p.ResourceSpec = "unknown" }, bss.ErrNotFound},
		"no such factor":   {func(p *bss.OnDemandProduct) { p.UsageFactor = "length" }, bss.ErrInvalid},
		"unit of traffic":  {func(p *bss.OnDemandProduct) { p.UsageMeasureID = 10 }, bss.ErrInvalid},
		"nothing is used":  {func(p *bss.OnDemandProduct) { p.UsageValue = yuan("0") }, bss.ErrInvalid},
		"none is ordered":  {func(p *bss.OnDemandProduct) { p.SubscriptionNum = 0 }, bss.ErrInvalid},
		"case is regarded": {func(p *bss.OnDemandProduct) { p.ResourceSpec = "gpssd" }, bss.ErrNotFound},
	} {
		r := someHours()
		test.change(&r.ProductInfos[0])
		_, err := c.ListOnDemandResourceRatings(t.Context(), r)
		require.ErrorIs(t, err, test.want, name)
	}
	r := aYear()
	r.ProjectID = "unknown"
	_, err := c.ListRateOnPeriodDetail(t.Context(), r)
	require.ErrorIs(t, err, bss.ErrInvalid)
	id := w.server(t).ResourceID
	_, err = c.ListRenewRateOnPeriod(t.Context(), resaleName, twoMonthsMore(id, id))
	require.ErrorIs(t, err, bss.ErrInvalid)
}

func TestPricesOfACustomerHaveItsDiscounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t).As(resaleName)
	id, err := w.GrantPriceDiscount(huawei.NewPriceDiscount{CustomerID: w.resale, Type: huawei.PriceDiscountPartner, Ratio: yuan("0.9")})
	require.NoError(t, err)

	use, err := c.ListOnDemandResourceRatings(t.Context(), someHours())
	require.NoError(t, err)
	equalAmount(t, "0.145833", use.OfficialWebsiteAmount)
	equalAmount(t, "0.014584", use.DiscountAmount)
	equalAmount(t, "0.131249", use.Amount)
	require.Len(t, use.ProductRatingResults, 1)
	require.Len(t, use.ProductRatingResults[0].DiscountRatingResults, 1)
	taken := use.ProductRatingResults[0].DiscountRatingResults[0]
	assert.Equal(t, id, taken.DiscountID)
	assert.Equal(t, bss.PriceDiscountPartner, taken.DiscountType)
	equalAmount(t, "0.014584", taken.Amount)

	year, err := c.ListRateOnPeriodDetail(t.Context(), aYear())
	require.NoError(t, err)
	require.Len(t, year.OptionalDiscountRatingResults, 1)
	offer := year.OptionalDiscountRatingResults[0]
	assert.Equal(t, id, offer.DiscountID)
	assert.Equal(t, bss.PriceDiscountPartner, offer.DiscountType)
	assert.Equal(t, 1, offer.BestOffer)
	equalAmount(t, "420.5", offer.DiscountAmount)
	equalAmount(t, "3784.5", offer.Amount)
	require.Len(t, offer.ProductRatingResults, 1)
	equalAmount(t, "3784.5", offer.ProductRatingResults[0].Amount)
}

// The simulator sells nothing in instalments.
func TestPricesInInstalments(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, saying(http.StatusOK, jsonType, `{"official_website_rating_result":{
			"official_website_amount":1200.01,"installment_official_website_amount":"100.0008","installment_period_type":2},
		"optional_discount_rating_results":[{"official_website_amount":1200.01,"discount_amount":120.001,"amount":1080.009,
			"installment_official_website_amount":"100.0008","installment_official_discount_amount":"10.0001",
			"installment_amount":"90.0007","installment_period_type":3}]}`))
	got, err := c.ListRateOnPeriodDetail(t.Context(), aYear())
	require.NoError(t, err)
	equalAmount(t, "100.0008", got.OfficialWebsiteRatingResult.InstallmentOfficialWebsiteAmount)
	assert.Equal(t, bss.PeriodMonth, got.OfficialWebsiteRatingResult.InstallmentPeriodType)
	require.Len(t, got.OptionalDiscountRatingResults, 1)
	offer := got.OptionalDiscountRatingResults[0]
	equalAmount(t, "10.0001", offer.InstallmentOfficialDiscountAmount)
	equalAmount(t, "90.0007", offer.InstallmentAmount)
	assert.Equal(t, bss.PeriodYear, offer.InstallmentPeriodType)
}
