package huawei_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func renewal(periodType, periodNum, pay int, resources ...string) string {
	return fmt.Sprintf(`{"resource_ids":%s,"period_type":%d,"period_num":%d,"is_auto_pay":%d}`, ids(resources...), periodType, periodNum, pay)
}

// renew renews by a month and returns the orders.
func (m *market) renew(body string) []string {
	m.t.Helper()
	return read[struct {
		Orders []string `json:"order_ids"`
	}](m.t, m.asCustomer(http.MethodPost, pathRenew, body)).Orders
}

func TestARenewalIsAnOrder(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{OfficialAmount: yuan("100"), AmountAfterDiscount: yuan("90")}).ID
	m.later(time.Hour)
	orders := m.renew(renewal(2, 3, 0, id))
	require.Len(t, orders, 1)
	placed := m.orders("?order_type=2").Orders
	require.Len(t, placed, 1)
	assert.Equal(t, orders[0], placed[0].ID)
	assert.Equal(t, 6, placed[0].Status)
	assert.Equal(t, "300", placed[0].Official.String())
	assert.Equal(t, "270", placed[0].Price.String())
	assert.Equal(t, "2026-04-02T01:00:05Z", m.resource(id).Expire, "not paid")

	require.Equal(t, http.StatusNoContent, m.pay(orders[0], nil, nil).status)
	assert.Equal(t, "2026-04-02T01:00:05Z", m.resource(id).Expire, "not completed")
	m.later(5 * time.Second)
	assert.Equal(t, "2026-07-02T01:00:05Z", m.resource(id).Expire)
	assert.Equal(t, "640", m.cash())
	line := m.details(orders[0]).Lines[0]
	assert.Equal(t, "2026-04-02T01:00:05Z", line.Effective)
	assert.Equal(t, "2026-07-02T01:00:05Z", line.Expire)
	assert.Equal(t, 2, m.resources(fmt.Sprintf(`{"order_id":%q}`, orders[0])).Total)
}

func TestARenewalIsPricedLikeThePurchase(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		bought, renewedFor [2]int
		amount             string
	}{
		"the same months":       {[2]int{2, 3}, [2]int{2, 3}, "99.99"},
		"one of three months":   {[2]int{2, 3}, [2]int{2, 1}, "33.33"},
		"rounded to the fen":    {[2]int{2, 7}, [2]int{2, 2}, "28.57"},
		"a year after months":   {[2]int{2, 1}, [2]int{3, 1}, "1199.88"},
		"a month after a year":  {[2]int{3, 1}, [2]int{2, 1}, "8.33"},
		"three years after one": {[2]int{3, 1}, [2]int{3, 3}, "299.97"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			id := m.buy(huawei.NewOrder{OfficialAmount: yuan("99.99"), PeriodType: test.bought[0], PeriodNum: test.bought[1]}).ID
			order := m.renew(renewal(test.renewedFor[0], test.renewedFor[1], 0, id))[0]
			assert.Equal(t, test.amount, m.details(order).Order.Price.String())
		})
	}
}

func TestARenewalAfterTheExpiryBeginsAtTheExpiry(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{}).ID
	m.later(45 * day)
	require.Equal(t, 4, m.resource(id).Status)
	m.renew(renewal(2, 1, 1, id))
	m.later(5 * time.Second)
	assert.Equal(t, "2026-05-02T01:00:05Z", m.resource(id).Expire)
	assert.Equal(t, 2, m.resource(id).Status)
}

func TestAnAutomaticPaymentUsesTheBestThereIs(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{Discounts: []huawei.Discount{
		ratio("partner", huawei.DiscountPartner, "0.8"), ratio("commercial", huawei.DiscountCommercial, "0.8"),
		ratio("promotion", huawei.DiscountPromotion, "0.5"), {ID: "off", Type: huawei.DiscountCommercial, Amount: yuan("90")},
	}}).ID
	later := voucher("30")
	later.ExpireTime = start.AddDate(0, 6, 0)
	sooner := voucher("20")
	sooner.ExpireTime = start.AddDate(0, 3, 0)
	excluding := voucher("40", huawei.Limit{Key: "simultaneousUseWithContractDiscount", Value1: "0"})
	excluding.ExpireTime = start.AddDate(0, 1, 0)
	m.grant(later)
	m.grant(sooner)
	m.grant(excluding)
	m.grant(huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("70")})

	order := m.details(m.renew(renewal(2, 1, 1, id))[0]).Order
	assert.Equal(t, "80", order.Price.String())
	assert.Equal(t, "605", order.Info.Discounts[0].Type, "of equal discounts the commercial one")
	assert.Equal(t, "20", order.Info.Voucher.String(), "of those that go with it the one that expires first")
	assert.Equal(t, "0", order.Info.CashCoupon.String())
	assert.Equal(t, "840", m.cash())
}

func TestWhatCannotBePaidAutomaticallyWaits(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	cheap, dear := m.buy(huawei.NewOrder{}).ID, m.buy(huawei.NewOrder{OfficialAmount: yuan("500")}).ID
	got := m.asCustomer(http.MethodPost, pathRenew, renewal(2, 1, 1, dear, cheap))
	assert.Equal(t, "CBC.30050006", got.code(t))
	orders := m.orders("?order_type=2&order_by=createTime").Orders
	require.Len(t, orders, 2)
	status := map[string]int{}
	for _, o := range orders {
		status[o.Price.String()] = o.Status
	}
	assert.Equal(t, map[string]int{"500": 6, "100": 3}, status)
	assert.Equal(t, "300", m.cash())
}

func TestRenewalsAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		code string
		ask  func(m *market, id string) string
	}{
		"no period":  {"CBC.0100", func(_ *market, id string) string { return renewal(2, 0, 0, id) }},
		"four years": {"CBC.30010069", func(_ *market, id string) string { return renewal(3, 4, 0, id) }},
		"unknown":    {"CBC.99003016", func(*market, string) string { return renewal(2, 1, 0, "x") }},
		"another's": {"CBC.99003016", func(m *market, id string) string {
			m.account("another", huawei.AssociationResale)
			m.token = m.customerToken("another")
			return renewal(2, 1, 0, id)
		}},
		"deleted": {"CBC.99003016", func(m *market, id string) string {
			m.later(53 * day)
			return renewal(2, 1, 0, id)
		}},
		"unsubscribed": {"CBC.99003016", func(m *market, id string) string {
			m.unsubscribe(1, id)
			return renewal(2, 1, 0, id)
		}},
		"what belongs to another": {"CBC.30010036", func(m *market, id string) string {
			return renewal(2, 1, 0, m.resources(fmt.Sprintf(`{"resource_ids":[%q]}`, id)).Resources[1].ID)
		}},
		"named twice": {"CBC.30050012", func(_ *market, id string) string { return renewal(2, 1, 0, id, id) }},
		"order unpaid": {"CBC.99003100", func(m *market, id string) string {
			m.renew(renewal(2, 1, 0, id))
			return renewal(2, 1, 0, id)
		}},
		"order in progress": {"CBC.99003144", func(m *market, id string) string {
			m.renew(renewal(2, 1, 1, id))
			return renewal(2, 1, 0, id)
		}},
		"too long": {"CBC.99003154", func(m *market, id string) string {
			require.NoError(m.t, m.server.SetCash(m.resale, yuan("9999")))
			m.renew(renewal(3, 3, 1, id))
			m.later(time.Minute)
			return renewal(3, 2, 0, id)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			body := test.ask(m, m.buy(huawei.NewOrder{}).ID)
			before := m.orders("").Total
			got := m.asCustomer(http.MethodPost, pathRenew, body)
			assert.Equal(t, http.StatusBadRequest, got.status)
			assert.Equal(t, test.code, got.code(t))
			assert.Equal(t, before, m.orders("").Total, "no order is placed")
		})
	}
}

func TestACancelledRenewalMakesRoomForAnother(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{}).ID
	order := m.renew(renewal(2, 1, 0, id))[0]
	require.Equal(t, http.StatusNoContent, m.asCustomer(http.MethodPut, pathCancel, fmt.Sprintf(`{"order_id":%q}`, order)).status)
	m.renew(renewal(2, 2, 1, id))
	m.later(time.Minute)
	assert.Equal(t, "2026-06-02T01:00:05Z", m.resource(id).Expire)
}

func TestDeletingAResourceCancelsItsRenewal(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{}).ID
	m.later(50 * day)
	order := m.renew(renewal(2, 1, 0, id))[0]
	m.later(3 * day)
	assert.Equal(t, 4, m.details(order).Order.Status)
}

type rates struct {
	Results []struct {
		ID     string          `json:"resource_id"`
		Amount decimal.Decimal `json:"amount"`
	} `json:"renew_inquiry_results"`
	Official struct {
		Amount decimal.Decimal `json:"official_website_amount"`
	} `json:"official_website_rating_result"`
	Optional []struct {
		ID       string          `json:"discount_id"`
		Type     int             `json:"discount_type"`
		Amount   decimal.Decimal `json:"amount"`
		Official decimal.Decimal `json:"official_website_amount"`
		Discount decimal.Decimal `json:"discount_amount"`
		Best     int             `json:"best_offer"`
	} `json:"optional_discount_rating_results"`
	Failed []struct {
		ID   string `json:"resource_id"`
		Code string `json:"error_code"`
	} `json:"fail_resource_infos"`
}

func (m *market) rates(body string) rates {
	m.t.Helper()
	got := m.asCustomer(http.MethodPost, pathRenewRate, body)
	for _, amount := range []string{`"amount":`, `"official_website_amount":`, `"discount_amount":`} {
		assert.NotRegexp(m.t, amount+`[0-9-]`, got.body, "amounts are texts")
	}
	return read[rates](m.t, got)
}

func TestARenewalCostsWhatItsRateSays(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	commercial := ratio("c", huawei.DiscountCommercial, "0.9")
	partner := ratio("p", huawei.DiscountPartner, "0.7")
	first := m.buy(huawei.NewOrder{OfficialAmount: yuan("100"), Discounts: []huawei.Discount{commercial, partner}}).ID
	second := m.buy(huawei.NewOrder{OfficialAmount: yuan("50"), AmountAfterDiscount: yuan("40"), Discounts: []huawei.Discount{commercial}}).ID
	body := renewal(2, 2, 0, first, second)
	got := m.rates(body)
	assert.Empty(t, got.Failed)
	assert.Equal(t, "300", got.Official.Amount.String())
	require.Len(t, got.Optional, 2)
	assert.Equal(t, []string{"c", "252", "48"}, []string{got.Optional[0].ID, got.Optional[0].Amount.String(), got.Optional[0].Discount.String()})
	assert.Equal(t, []string{"p", "220", "80"}, []string{got.Optional[1].ID, got.Optional[1].Amount.String(), got.Optional[1].Discount.String()})
	assert.Equal(t, []int{605, 0, 607, 1}, []int{got.Optional[0].Type, got.Optional[0].Best, got.Optional[1].Type, got.Optional[1].Best})
	orders := m.renew(body)
	for i, want := range []string{"200", "80"} {
		assert.Equal(t, want, got.Results[i].Amount.String())
		assert.Equal(t, want, m.details(orders[i]).Order.Price.String())
	}
}

func TestEqualDiscountsAreBestAsCommercialOnes(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.buy(huawei.NewOrder{Discounts: []huawei.Discount{ratio("p", huawei.DiscountPartner, "0.7"), ratio("c", huawei.DiscountCommercial, "0.7")}}).ID
	got := m.rates(renewal(2, 1, 0, id)).Optional
	assert.Equal(t, []int{0, 1}, []int{got[0].Best, got[1].Best})
}

func TestRatesFailForEachResource(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	good, unpaid, paid := m.buy(huawei.NewOrder{}), m.buy(huawei.NewOrder{}), m.buy(huawei.NewOrder{})
	part := m.resources(fmt.Sprintf(`{"resource_ids":[%q]}`, good.ID)).Resources[1].ID
	m.renew(renewal(2, 1, 0, unpaid.ID))
	m.renew(renewal(2, 1, 1, paid.ID))
	got := m.rates(renewal(2, 1, 0, "x", part, unpaid.ID, paid.ID, good.ID))
	require.Len(t, got.Results, 1)
	assert.Equal(t, good.ID, got.Results[0].ID)
	var codes []string
	for _, f := range got.Failed {
		codes = append(codes, f.Code)
	}
	assert.Equal(t, "CBC.30050009 CBC.30050007 CBC.30050010 CBC.30050011", strings.Join(codes, " "))
	assert.Equal(t, "CBC.30050008", m.rates(renewal(3, 4, 0, good.ID)).Failed[0].Code)
	assert.Equal(t, "CBC.30050012", m.asCustomer(http.MethodPost, pathRenewRate, renewal(2, 1, 0, good.ID, good.ID)).code(t))
}
