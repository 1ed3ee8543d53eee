package huawei_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathOnDemand = "/v2/bills/ratings/on-demand-resources"
	pathPeriod   = "/v2/bills/ratings/period-resources/subscribe-rate"
	aProject     = "0123456789abcdef0123456789abcdef"
)

type demandQuote struct {
	Amount   decimal.Decimal `json:"amount"`
	Discount decimal.Decimal `json:"discount_amount"`
	Official decimal.Decimal `json:"official_website_amount"`
	Currency string          `json:"currency"`
	Lines    []struct {
		ID        string          `json:"id"`
		ProductID string          `json:"product_id"`
		Amount    decimal.Decimal `json:"amount"`
		Discount  decimal.Decimal `json:"discount_amount"`
		Official  decimal.Decimal `json:"official_website_amount"`
		Discounts []struct {
			ID     string          `json:"discount_id"`
			Type   int             `json:"discount_type"`
			Amount decimal.Decimal `json:"amount"`
		} `json:"discount_rating_results"`
	} `json:"product_rating_results"`
}

type quoteLine struct {
	ID        string          `json:"id"`
	ProductID string          `json:"product_id"`
	Amount    decimal.Decimal `json:"amount"`
	Official  decimal.Decimal `json:"official_website_amount"`
	Discount  decimal.Decimal `json:"discount_amount"`
}

type periodQuote struct {
	Official struct {
		Amount decimal.Decimal `json:"official_website_amount"`
		Lines  []quoteLine     `json:"product_rating_results"`
	} `json:"official_website_rating_result"`
	Optional []struct {
		ID       string          `json:"discount_id"`
		Type     int             `json:"discount_type"`
		Name     string          `json:"discount_name"`
		Best     int             `json:"best_offer"`
		Amount   decimal.Decimal `json:"amount"`
		Discount decimal.Decimal `json:"discount_amount"`
		Lines    []quoteLine     `json:"product_rating_results"`
	} `json:"optional_discount_rating_results"`
}

// rate asks, as the resale customer, for the price of products.
func (m *market) rate(path string, products ...string) result {
	m.t.Helper()
	return m.asCustomer(http.MethodPost, path, rateBody("", products...))
}

func rateBody(more string, products ...string) string {
	return fmt.Sprintf(`{"project_id":%q%s,"product_infos":[%s]}`, aProject, more, strings.Join(products, ","))
}

func vm(id, rest string) string {
	return fmt.Sprintf(`{"id":%q,"cloud_service_type":"hws.service.type.ec2","resource_type":"hws.resource.type.vm",`+
		`"resource_spec":"c7.xlarge.2.linux","region":"cn-north-4","subscription_num":1,%s}`, id, rest)
}

func disk(id, region, rest string) string {
	return fmt.Sprintf(`{"id":%q,"cloud_service_type":"hws.service.type.ebs","resource_type":"hws.resource.type.volume",`+
		`"resource_spec":"GPSSD","region":%q,"resource_size":100,"size_measure_id":17,"subscription_num":2,%s}`, id, region, rest)
}

func domainSMS(id, rest string) string {
	return fmt.Sprintf(`{"id":%q,"cloud_service_type":"hws.service.type.msgsms","resource_type":"hws.resource.type.msgsms",`+
		`"resource_spec":"sms.domestic","region":"cn-north-4","subscription_num":1,%s}`, id, rest)
}

const (
	oneHour  = `"usage_factor":"Duration","usage_value":1,"usage_measure_id":4`
	oneMonth = `"period_type":2,"period_num":1`
	oneYear  = `"period_type":3,"period_num":1`
)

func (m *market) priceDiscount(kind int, ratio string, services ...string) string {
	m.t.Helper()
	id, err := m.server.GrantPriceDiscount(huawei.NewPriceDiscount{
		CustomerID: m.resale, Type: kind, Ratio: yuan(ratio), Services: services,
	})
	require.NoError(m.t, err)
	return id
}

func TestUsageIsPriced(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	got := read[demandQuote](t, m.rate(pathOnDemand,
		vm("a", strings.ReplaceAll(oneHour, "Duration", "DURATION")), disk("b", "cn-north-4", oneHour), disk("c", "cn-east-3", oneHour)))
	require.Len(t, got.Lines, 3)
	assert.Equal(t, "0.876", got.Lines[0].Official.String())
	assert.Equal(t, "0.194444", got.Lines[1].Official.String())
	assert.Equal(t, "0.204166", got.Lines[2].Official.String(), "0.2041662, cut")
	assert.NotEqual(t, got.Lines[1].ProductID, got.Lines[2].ProductID, "a product is another one in another region")
	assert.Equal(t, "1.27461", got.Official.String())
	assert.Equal(t, "1.27461", got.Amount.String())
	assert.Equal(t, "0", got.Discount.String())
	assert.Equal(t, "CNY", got.Currency)
	assert.Empty(t, got.Lines[0].Discounts)
}

func TestPrecisionCutsAndNeverRounds(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.priceDiscount(huawei.PriceDiscountCommercial, "0.777")
	seconds := disk("a", "cn-east-3", `"usage_factor":"Duration","usage_value":0.0027777,"usage_measure_id":4`)
	for mode, want := range map[string][2]string{
		"":                       {"0.000567", "0.00044"},
		`,"inquiry_precision":0`: {"0.000567", "0.00044"},
		`,"inquiry_precision":1`: {"0.0005671124", "0.0004406463"},
	} {
		got := read[demandQuote](t, m.asCustomer(http.MethodPost, pathOnDemand, rateBody(mode, seconds)))
		assert.Equal(t, want[0], got.Official.String(), mode)
		assert.Equal(t, want[1], got.Amount.String(), mode)
		assert.True(t, got.Official.Sub(got.Amount).Equal(got.Discount), mode)
	}
}

func TestUsageInAnotherUnitIsConverted(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	traffic := func(value, unit int) string {
		return fmt.Sprintf(`{"id":"a","cloud_service_type":"hws.service.type.cdn","resource_type":"hws.resource.type.cdn",`+
			`"resource_spec":"cdn.traffic.mainland","region":"cn-north-4","subscription_num":1,`+
			`"usage_factor":"upflow","usage_value":%d,"usage_measure_id":%d}`, value, unit)
	}
	inGB := read[demandQuote](t, m.rate(pathOnDemand, traffic(2, 10)))
	inMB := read[demandQuote](t, m.rate(pathOnDemand, traffic(2048, 11)))
	assert.Equal(t, "0.38", inGB.Official.String())
	assert.Equal(t, inGB, inMB)
}

func TestOnDemandTheCommercialDiscountGoesFirst(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.priceDiscount(huawei.PriceDiscountPartner, "0.5")
	commercial := m.priceDiscount(huawei.PriceDiscountCommercial, "0.9", "hws.service.type.ec2")
	got := read[demandQuote](t, m.rate(pathOnDemand, vm("a", oneHour), disk("b", "cn-north-4", oneHour),
		domainSMS("c", `"usage_factor":"reqNumber","usage_value":10,"usage_measure_id":14`)))
	require.Len(t, got.Lines[0].Discounts, 1)
	assert.Equal(t, commercial, got.Lines[0].Discounts[0].ID)
	assert.Equal(t, 605, got.Lines[0].Discounts[0].Type)
	assert.Equal(t, "0.0876", got.Lines[0].Discounts[0].Amount.String())
	assert.Equal(t, "0.7884", got.Lines[0].Amount.String())
	require.Len(t, got.Lines[1].Discounts, 1)
	assert.Equal(t, 607, got.Lines[1].Discounts[0].Type)
	assert.Empty(t, got.Lines[2].Discounts, "the partner may not grant a discount on it")
	var sum demandQuote
	for _, l := range got.Lines {
		sum.Amount, sum.Discount, sum.Official = sum.Amount.Add(l.Amount), sum.Discount.Add(l.Discount), sum.Official.Add(l.Official)
	}
	assert.True(t, sum.Amount.Equal(got.Amount))
	assert.True(t, sum.Discount.Equal(got.Discount))
	assert.True(t, sum.Official.Equal(got.Official))
	partner := read[demandQuote](t, m.asPartner(http.MethodPost, pathOnDemand, rateBody("", vm("a", oneHour))))
	assert.Equal(t, "0.876", partner.Amount.String(), "the partner himself has no discount")
}

func TestPeriodsHaveTheirOwnDiscounts(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for period, want := range map[string]string{
		oneMonth: "420.5", `"period_type":2,"period_num":11`: "4625.5",
		oneYear: "4205", `"period_type":3,"period_num":2`: "7064.4", `"period_type":3,"period_num":3`: "7569",
		oneYear + `,"fee_installment_mode":"NA"`: "4205", oneYear + `,"available_zone":"CN-North-4A"`: "4205",
	} {
		got := read[periodQuote](t, m.rate(pathPeriod, vm("a", period)))
		assert.Equal(t, want, got.Official.Amount.String(), period)
		assert.Empty(t, got.Optional, period)
	}
	disks := read[periodQuote](t, m.rate(pathPeriod, disk("n", "cn-north-4", oneMonth), disk("e", "cn-east-3", oneMonth)))
	assert.Equal(t, "140", disks.Official.Lines[0].Official.String())
	assert.Equal(t, "148", disks.Official.Lines[1].Official.String(), "0.735 is 0.74 to the fen")
	assert.Equal(t, "288", disks.Official.Amount.String())
}

func TestEachDiscountHasAResultAndOneIsTheBest(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.priceDiscount(huawei.PriceDiscountPartner, "0.85")
	m.priceDiscount(huawei.PriceDiscountDistributor, "0.9", "hws.service.type.ec2")
	m.priceDiscount(huawei.PriceDiscountCommercial, "0.85")
	m.priceDiscount(huawei.PriceDiscountCommercial, "0.1", "hws.service.type.rds")
	got := read[periodQuote](t, m.rate(pathPeriod, vm("a", oneMonth), disk("b", "cn-east-3", oneYear)))
	require.Len(t, got.Optional, 3, "one discount is for neither")
	assert.Equal(t, []int{605, 606, 607}, []int{got.Optional[0].Type, got.Optional[1].Type, got.Optional[2].Type})
	assert.Equal(t, []int{1, 0, 0}, []int{got.Optional[0].Best, got.Optional[1].Best, got.Optional[2].Best}, "of equals the commercial one")
	assert.Equal(t, "商务授权折扣", got.Optional[0].Name)
	assert.Equal(t, "357.43", got.Optional[0].Lines[0].Amount.String(), "357.425, rounded")
	assert.Equal(t, "0", got.Optional[1].Lines[1].Discount.String())
	for _, o := range got.Optional {
		var sum quoteLine
		for _, l := range o.Lines {
			assert.True(t, l.Official.Sub(l.Discount).Equal(l.Amount))
			sum.Amount, sum.Discount = sum.Amount.Add(l.Amount), sum.Discount.Add(l.Discount)
		}
		assert.True(t, sum.Amount.Equal(o.Amount))
		assert.True(t, sum.Discount.Equal(o.Discount))
		assert.True(t, got.Official.Amount.Sub(o.Discount).Equal(o.Amount))
	}
}

func TestPriceQueriesAreRefused(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	change := strings.NewReplacer
	for name, test := range map[string]struct {
		code, path, body string
	}{
		"unknown specification":   {"CBC.99006006", pathOnDemand, change("c7.xlarge.2.linux", "C7.xlarge.2.linux").Replace(rateBody("", vm("a", oneHour)))},
		"unknown service":         {"CBC.99006006", pathPeriod, change("type.ec2", "type.ecs").Replace(rateBody("", vm("a", oneMonth)))},
		"another's resource":      {"CBC.99006006", pathPeriod, change("type.vm", "type.ip").Replace(rateBody("", vm("a", oneMonth)))},
		"unknown region":          {"CBC.99006006", pathPeriod, rateBody("", disk("a", "cn-south-1", oneMonth))},
		"another's zone":          {"CBC.99006006", pathPeriod, rateBody("", vm("a", oneMonth+`,"available_zone":"cn-east-3a"`))},
		"not sold on demand":      {"CBC.99006006", pathOnDemand, change("type.ec2", "type.waf", "type.vm", "type.waf", "c7.xlarge.2.linux", "waf.enterprise").Replace(rateBody("", vm("a", oneHour)))},
		"not sold by period":      {"CBC.99006006", pathPeriod, rateBody("", domainSMS("a", oneMonth))},
		"by the day":              {"CBC.99006006", pathPeriod, rateBody("", vm("a", `"period_type":0,"period_num":1`))},
		"by the hour":             {"CBC.99006006", pathPeriod, rateBody("", vm("a", `"period_type":4,"period_num":1`))},
		"four years":              {"CBC.99006006", pathPeriod, rateBody("", vm("a", `"period_type":3,"period_num":4`))},
		"twelve months":           {"CBC.99006006", pathPeriod, rateBody("", vm("a", `"period_type":2,"period_num":12`))},
		"in instalments":          {"CBC.99006006", pathPeriod, rateBody("", vm("a", oneYear+`,"fee_installment_mode":"HALF_PAY"`))},
		"odd instalments":         {"CBC.0100", pathPeriod, rateBody("", vm("a", oneYear+`,"fee_installment_mode":"SOME_PAY"`))},
		"no period of that type":  {"CBC.0100", pathPeriod, rateBody("", vm("a", `"period_type":1,"period_num":1`))},
		"wrong unit of usage":     {"CBC.99006050", pathOnDemand, rateBody("", vm("a", `"usage_factor":"Duration","usage_value":1,"usage_measure_id":10`))},
		"unknown billing factor":  {"CBC.99006074", pathOnDemand, rateBody("", vm("a", `"usage_factor":"length","usage_value":1,"usage_measure_id":4`))},
		"another billing factor":  {"CBC.99006074", pathOnDemand, rateBody("", disk("a", "cn-north-4", `"usage_factor":"upflow","usage_value":1,"usage_measure_id":10`))},
		"no usage":                {"CBC.0100", pathOnDemand, rateBody("", vm("a", `"usage_factor":"Duration","usage_value":0,"usage_measure_id":4`))},
		"no size":                 {"CBC.0100", pathPeriod, change(`"resource_size":100,`, "").Replace(rateBody("", disk("a", "cn-north-4", oneMonth)))},
		"size in another unit":    {"CBC.0100", pathPeriod, change(`"size_measure_id":17`, `"size_measure_id":15`).Replace(rateBody("", disk("a", "cn-north-4", oneMonth)))},
		"one id twice":            {"CBC.0100", pathPeriod, rateBody("", vm("a", oneMonth), vm("a", oneYear))},
		"one id twice, on demand": {"CBC.0100", pathOnDemand, rateBody("", vm("a", oneHour), vm("a", oneHour))},
		"no products":             {"CBC.0100", pathPeriod, rateBody("")},
		"odd precision":           {"CBC.0100", pathOnDemand, rateBody(`,"inquiry_precision":2`, vm("a", oneHour))},
		"unknown project":         {"CBC.99006073", pathPeriod, change(aProject, "project").Replace(rateBody("", vm("a", oneMonth)))},
		"unknown project, usage":  {"CBC.99006073", pathOnDemand, change(aProject, "project").Replace(rateBody("", vm("a", oneHour)))},
		"too dear":                {"CBC.99006055", pathPeriod, change(`"resource_size":100,`, `"resource_size":214783647,`).Replace(rateBody("", disk("a", "cn-north-4", oneYear)))},
		"too dear, on demand":     {"CBC.99006055", pathOnDemand, rateBody("", vm("a", `"usage_factor":"Duration","usage_value":9999999999,"usage_measure_id":4`))},
	} {
		got := m.asCustomer(http.MethodPost, test.path, test.body)
		require.Equal(t, http.StatusBadRequest, got.status, "%s: %s", name, got.body)
		assert.Equal(t, test.code, got.code(t), name)
	}
}

func TestPriceDiscountsAreRefused(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for name, n := range map[string]huawei.NewPriceDiscount{
		"unknown type":     {CustomerID: m.resale, Type: 604, Ratio: yuan("0.9")},
		"nothing off":      {CustomerID: m.resale, Type: 605, Ratio: yuan("1")},
		"everything off":   {CustomerID: m.resale, Type: 605},
		"unknown customer": {CustomerID: "x", Type: 605, Ratio: yuan("0.9")},
	} {
		_, err := m.server.GrantPriceDiscount(n)
		assert.Error(t, err, name)
	}
	got := m.administer(http.MethodPost, "/_sim/price-discounts", fmt.Sprintf(`{"customer_id":%q,"type":607,"ratio":"0.8","name":"Spring"}`, m.resale))
	require.Equal(t, http.StatusOK, got.status, got.body)
	assert.Equal(t, got.fields(t)["discount_id"], read[periodQuote](t, m.rate(pathPeriod, vm("a", oneMonth))).Optional[0].ID)
}

// FuzzPriceQueries sends whatever comes as the products of price queries: an
// answer or a refusal, never a failure.
func FuzzPriceQueries(f *testing.F) {
	f.Add("c7.xlarge.2.linux", "cn-north-4", "cn-north-4a", int64(1), int64(2), int64(1), "1.5", "Duration")
	f.Add("GPSSD", "cn-east-3", "", int64(214783647), int64(3), int64(3), "99999999999999999999", "upflow")
	f.Add("", "'", "%00", int64(-1), int64(9), int64(0), "-1", "")
	f.Fuzz(func(t *testing.T, spec, region, zone string, size, period, num int64, usage, factor string) {
		m := newMarket(t, huawei.Options{})
		value, err := decimal.NewFromString(usage)
		if err != nil || value.Exponent() > 30 || value.Exponent() < -30 {
			return
		}
		for _, kind := range [][2]string{{"hws.service.type.ec2", "hws.resource.type.vm"}, {"hws.service.type.ebs", "hws.resource.type.volume"}} {
			product := text(t, map[string]any{
				"id": "1", "cloud_service_type": kind[0], "resource_type": kind[1], "resource_spec": spec, "region": region,
				"available_zone": zone, "resource_size": size, "size_measure_id": 17, "subscription_num": num,
				"period_type": period, "period_num": num, "usage_factor": factor, "usage_value": value.String(), "usage_measure_id": 4,
			})
			for _, path := range []string{pathOnDemand, pathPeriod} {
				got := m.rate(path, product)
				assert.Less(t, got.status, http.StatusInternalServerError, got.body)
			}
		}
	})
}
