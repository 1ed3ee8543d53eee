package huawei_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func unsubscription(kind int, resources ...string) string {
	return fmt.Sprintf(`{"resource_ids":%s,"unsubscribe_type":%d,"unsubscribe_reason_type":5}`, ids(resources...), kind)
}

// unsubscribe returns the first order.
func (m *market) unsubscribe(kind int, resources ...string) string {
	m.t.Helper()
	answer := read[struct {
		Orders []string `json:"order_ids"`
	}](m.t, m.asCustomer(http.MethodPost, pathUnsubscribe, unsubscription(kind, resources...)))
	require.Len(m.t, answer.Orders, len(resources))
	return answer.Orders[0]
}

type refundInfo struct {
	ID       string          `json:"id"`
	Amount   decimal.Decimal `json:"amount"`
	Measure  string          `json:"measure_id"`
	Customer string          `json:"customer_id"`
	Type     string          `json:"resource_type_code"`
	Base     string          `json:"base_order_id"`
}

func (m *market) refund(order string) []refundInfo {
	m.t.Helper()
	return read[struct {
		Infos []refundInfo `json:"refund_infos"`
	}](m.t, m.asCustomer(http.MethodGet, pathRefund+"?order_id="+order, "")).Infos
}

// amounts are those of a refund's rows, in their order.
func (m *market) amounts(order string) []string {
	m.t.Helper()
	var all []string
	for _, info := range m.refund(order) {
		all = append(all, info.Amount.String())
	}
	return all
}

func TestANewResourceIsUnsubscribedForNothing(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	coupon := benefit{m.grant(voucher("30")), huawei.CouponVoucher}
	r := m.buy(huawei.NewOrder{OfficialAmount: yuan("100")}, coupon)
	require.Equal(t, "930", m.cash())
	m.later(5*day - time.Second)
	order := m.unsubscribe(1, r.ID)
	assert.Equal(t, "1000", m.cash())
	assert.Equal(t, 3, m.resource(r.ID).Status)
	assert.Equal(t, []string{"-100"}, m.amounts(order))

	details := m.details(order)
	assert.Equal(t, 5, details.Order.Status)
	assert.Equal(t, "-100", details.Order.Price.String())
	assert.Equal(t, details.Order.Official, details.Order.Price)
	assert.Equal(t, "-30", details.Order.Info.Voucher.String())
	list := m.orders("?order_type=4").Orders
	require.Len(t, list, 1)
	assert.Equal(t, order, list[0].ID)
	mine := read[couponList](t, m.asCustomer(http.MethodGet, pathMyCoupons, "")).Coupons
	require.Len(t, mine, 1)
	assert.Equal(t, 2, mine[0].Status)
	assert.Equal(t, "30", mine[0].Balance.String())
}

func TestUnsubscribingForNothingEndsAfterTenTimes(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for range 10 {
		assert.Equal(t, []string{"-10"}, m.amounts(m.unsubscribe(1, m.buy(huawei.NewOrder{OfficialAmount: yuan("10")}).ID)))
	}
	assert.Equal(t, []string{"-9", "1"}, m.amounts(m.unsubscribe(1, m.buy(huawei.NewOrder{OfficialAmount: yuan("10")}).ID)))
}

func TestWhatIsInUseCostsWhatWasConsumedAndAFee(t *testing.T) {
	t.Parallel()
	month, year := huawei.PeriodMonth, huawei.PeriodYear
	for name, test := range map[string]struct {
		periodType, periodNum int
		wait                  time.Duration
		amounts               []string // of a price of 1000
	}{
		"five days of a month":        {month, 1, 5 * day, []string{"-738.71", "161.29", "100"}},
		"hours are floored":           {month, 1, 5*day + 59*time.Minute, []string{"-738.71", "161.29", "100"}},
		"an hour more":                {month, 1, 5*day + time.Hour, []string{"-737.37", "162.63", "100"}},
		"nearly all":                  {month, 1, 30 * day, []string{"967.74", "32.26"}},
		"in the grace period":         {month, 1, 32 * day, nil},
		"half of a year":              {year, 1, 182 * day, []string{"-401.37", "498.63", "100"}},
		"first of two years":          {year, 2, 100 * day, []string{"-713.2", "136.8", "150"}},
		"second of two years":         {year, 2, 400 * day, []string{"-352.8", "547.2", "100"}},
		"first of three years":        {year, 3, 100 * day, []string{"-758.76", "91.24", "150"}},
		"second of three years":       {year, 3, 400 * day, []string{"-535.04", "364.96", "100"}},
		"third of three years":        {year, 3, 800 * day, []string{"-220.07", "729.93", "50"}},
		"more months are like one":    {month, 11, 100 * day, []string{"-603.26", "296.74", "100"}},
		"the day a new year has come": {year, 2, 365 * day, []string{"-400.68", "499.32", "100"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			r := m.buy(huawei.NewOrder{OfficialAmount: yuan("1000"), PeriodType: test.periodType, PeriodNum: test.periodNum})
			m.later(test.wait)
			order := m.unsubscribe(1, r.ID)
			assert.Equal(t, test.amounts, m.amounts(order))
			assert.Equal(t, m.cash(), m.details(order).Order.Price.Neg().String(), "all of it came back as cash")
		})
	}
}

func TestVouchersOfWhatIsInUseAreLost(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	r := m.buy(huawei.NewOrder{OfficialAmount: yuan("400")},
		benefit{m.grant(voucher("90")), huawei.CouponVoucher},
		benefit{m.grant(huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("60")}), huawei.CouponCash},
		benefit{m.grant(huawei.NewCoupon{Kind: huawei.CouponStoredCard, Value: yuan("100")}), huawei.CouponStoredCard},
	)
	m.later(6 * day) // 60 of 310 consumed, 31 as the fee
	order := m.unsubscribe(1, r.ID)
	assert.Equal(t, []string{"-219", "60", "31"}, m.amounts(order))
	info := m.details(order).Order.Info
	assert.Equal(t, "0", info.Voucher.String())
	assert.Equal(t, "0", info.CashCoupon.String(), "what was paid first is consumed first")
	assert.Equal(t, "-69", info.Card.String())
	assert.Equal(t, "1000", m.cash())
}

func TestWhatExpiredDoesNotComeBack(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	coupon := voucher("30")
	coupon.ExpireTime = start.Add(day)
	r := m.buy(huawei.NewOrder{}, benefit{m.grant(coupon), huawei.CouponVoucher})
	m.later(2 * day)
	assert.Equal(t, []string{"-70"}, m.amounts(m.unsubscribe(1, r.ID)))
	assert.Equal(t, "1000", m.cash())
}

func TestMembersOfACombinedOrderAreRefundedAlone(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	combined := m.place(huawei.NewOrder{Members: []huawei.NewOrder{
		{OfficialAmount: yuan("50"), ServiceTypeCode: "hws.service.type.ebs"}, {OfficialAmount: yuan("100")},
	}})
	require.Equal(t, http.StatusNoContent, m.pay(combined, []benefit{{m.grant(voucher("60")), huawei.CouponVoucher}}, nil).status)
	m.later(time.Minute)
	disk := m.resources(`{"only_main_resource":1}`).Resources[0]
	order := m.unsubscribe(1, disk.ID)
	assert.Equal(t, []string{"-50"}, m.amounts(order))
	assert.Equal(t, "-30", m.details(order).Order.Info.Voucher.String())
	assert.Equal(t, m.details(combined).Order.Members[0].ID, m.refund(order)[0].Base)
}

func TestRenewalsThatHaveNotBegunComeBackWhole(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind    int
		amounts []string
		expire  string
		status  int
	}{
		"alone":             {2, []string{"-200", "-100"}, "2026-04-02T01:00:05Z", 2},
		"with the resource": {1, []string{"-58.01", "31.99", "10", "-200", "-100"}, "2026-07-02T01:00:05Z", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			id := m.buy(huawei.NewOrder{}).ID
			m.renew(renewal(2, 2, 1, id))
			m.later(time.Minute)
			m.grant(voucher("40"))
			m.renew(renewal(2, 1, 1, id))
			m.later(9*day + 22*time.Hour)
			order := m.unsubscribe(test.kind, id)
			assert.Equal(t, test.amounts, m.amounts(order))
			assert.Equal(t, "-40", m.details(order).Order.Info.Voucher.String())
			assert.Equal(t, test.expire, m.resource(id).Expire)
			assert.Equal(t, test.status, m.resource(id).Status)
		})
	}
}

func TestUnsubscriptionsAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		code string
		ask  func(m *market, id string) string
	}{
		"no such type": {"CBC.0100", func(_ *market, id string) string { return unsubscription(3, id) }},
		"named twice":  {"CBC.0100", func(_ *market, id string) string { return unsubscription(1, id, id) }},
		"unknown":      {"CBC.99003012", func(_ *market, id string) string { return unsubscription(1, id, "x") }},
		"another's": {"CBC.99003012", func(m *market, id string) string {
			m.account("another", huawei.AssociationResale)
			m.token = m.customerToken("another")
			return unsubscription(1, id)
		}},
		"unsubscribed": {"CBC.30000067", func(m *market, id string) string {
			m.unsubscribe(1, id)
			return unsubscription(1, id)
		}},
		"what belongs to another": {"CBC.99003185", func(m *market, id string) string {
			return unsubscription(1, m.resources(fmt.Sprintf(`{"resource_ids":[%q]}`, id)).Resources[1].ID)
		}},
		"order unpaid": {"CBC.99003100", func(m *market, id string) string {
			m.renew(renewal(2, 1, 0, id))
			return unsubscription(1, id)
		}},
		"order in progress": {"CBC.99003651", func(m *market, id string) string {
			m.renew(renewal(2, 1, 1, id))
			return unsubscription(1, id)
		}},
		"frozen": {"CBC.99003656", func(m *market, id string) string {
			m.later(40 * day)
			return unsubscription(1, id)
		}},
		"not renewed": {"CBC.99003128", func(_ *market, id string) string { return unsubscription(2, id) }},
		"renewal has begun": {"CBC.99003128", func(m *market, id string) string {
			m.renew(renewal(2, 1, 1, id))
			m.later(32 * day)
			return unsubscription(2, id)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			body := test.ask(m, m.buy(huawei.NewOrder{}).ID)
			before := m.orders("?order_type=4").Total
			got := m.asCustomer(http.MethodPost, pathUnsubscribe, body)
			assert.Equal(t, http.StatusBadRequest, got.status)
			assert.Equal(t, test.code, got.code(t))
			assert.Equal(t, before, m.orders("?order_type=4").Total, "nothing is refunded")
		})
	}
}

func TestARefundIsShown(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	bought := m.place(huawei.NewOrder{})
	require.Equal(t, http.StatusNoContent, m.pay(bought, nil, nil).status)
	m.later(time.Minute)
	order := m.unsubscribe(1, m.resources(`{"only_main_resource":1}`).Resources[0].ID)
	want := []refundInfo{{order + "-1", yuan("-100"), "1", m.resale, "hws.resource.type.vm", bought}}
	assert.Equal(t, want, m.refund(order))

	ask := func(customer, order string) result {
		return m.asPartner(http.MethodGet, pathRefund+"?order_id="+order+"&customer_id="+customer, "")
	}
	assert.Equal(t, http.StatusOK, ask(m.resale, order).status)
	assert.Equal(t, "CBC.0100", ask("", order).code(t))
	assert.Equal(t, "CBC.30000010", ask(m.referral, order).code(t))
	assert.Equal(t, "CBC.30000010", ask(m.resale, "CS1").code(t))
	assert.Equal(t, "CBC.99005026", ask(m.resale, bought).code(t))
	assert.Equal(t, "CBC.99000037", ask(m.resale, order+"&indirect_partner_id=x").code(t))
}
