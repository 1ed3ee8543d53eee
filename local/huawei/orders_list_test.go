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

type orderList struct {
	Total  int         `json:"total_count"`
	Orders []orderInfo `json:"order_infos"`
}

func (l orderList) ids() []string {
	var ids []string
	for _, o := range l.Orders {
		ids = append(ids, o.ID)
	}
	return ids
}

func (m *market) orders(query string) orderList {
	m.t.Helper()
	return read[orderList](m.t, m.asPartner(http.MethodGet, pathOrders+query, ""))
}

func TestAnOrderLives(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.place(huawei.NewOrder{PeriodType: huawei.PeriodYear, ProductDescription: "c7.xlarge.2"})
	assert.Regexp(t, `^CS2603020900[0-9A-Z]{5}$`, id, "named after the minute in GMT+8")
	pending := m.details(id)
	assert.Equal(t, 6, pending.Order.Status)
	assert.Equal(t, "2026-03-09T01:00:00Z", pending.Order.Deadline)
	assert.Equal(t, "resale-customer", pending.Order.User)
	assert.Empty(t, pending.Order.Paid)

	m.clock.Advance(time.Minute)
	require.Equal(t, http.StatusNoContent, m.pay(id, nil, nil).status)
	processing := m.details(id)
	assert.Equal(t, 3, processing.Order.Status)
	assert.Equal(t, "2026-03-02T01:01:00Z", processing.Order.Paid)
	assert.Empty(t, processing.Lines[0].Effective)

	m.clock.Advance(4 * time.Second)
	assert.Equal(t, 3, m.details(id).Order.Status)
	m.clock.Advance(time.Second)
	completed := m.details(id)
	assert.Equal(t, 5, completed.Order.Status)
	assert.Equal(t, "2026-03-02T01:01:05Z", completed.Lines[0].Effective)
	assert.Equal(t, "2027-03-02T01:01:05Z", completed.Lines[0].Expire)
	assert.Equal(t, id+"-000001", completed.Lines[0].ID)
}

func TestAnOrderNobodyPaysIsCancelled(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	ordinary := m.place(huawei.NewOrder{})
	hasty := m.place(huawei.NewOrder{Deadline: start.Add(time.Hour), Members: []huawei.NewOrder{{OfficialAmount: yuan("1")}}})
	m.clock.Advance(time.Hour)
	details := m.details(hasty)
	assert.Equal(t, 4, details.Order.Status)
	assert.Equal(t, 4, details.Order.Members[0].Status)
	assert.Equal(t, 6, m.details(ordinary).Order.Status)
	m.clock.Advance(week)
	assert.Equal(t, 4, m.details(ordinary).Order.Status)
}

func TestAnEffectiveTimeIsKept(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.place(huawei.NewOrder{EffectiveTime: start.Add(time.Hour), PeriodNum: 2})
	line := m.details(id).Lines[0]
	assert.Equal(t, "2026-03-02T02:00:00Z", line.Effective)
	assert.Equal(t, "2026-05-02T02:00:00Z", line.Expire)
}

func TestWhoSeesWhichOrders(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	mine := m.place(huawei.NewOrder{})
	referrals := m.place(huawei.NewOrder{CustomerID: m.referral})
	strangers := m.place(huawei.NewOrder{CustomerID: m.stranger})

	assert.ElementsMatch(t, []string{mine, referrals}, m.orders("").ids())
	own := read[orderList](t, m.asCustomer(http.MethodGet, pathOrders, ""))
	assert.Equal(t, []string{mine}, own.ids())
	detail := func(id string) string { return pathOrders + "/details/" + id }
	for _, got := range []result{
		m.asPartner(http.MethodGet, detail(strangers), ""),
		m.asPartner(http.MethodGet, detail("CS1"), ""),
		m.asCustomer(http.MethodGet, detail(referrals), ""),
		m.asCustomer(http.MethodGet, pathOrderOffers+"?order_id="+referrals, ""),
		m.asCustomer(http.MethodGet, pathOrderCoupon+"?order_id="+referrals, ""),
	} {
		assert.Equal(t, http.StatusBadRequest, got.status)
		assert.Equal(t, "CBC.30000010", got.code(t))
	}
	assert.Equal(t, http.StatusForbidden, m.asPartner(http.MethodGet, pathOrderOffers+"?order_id="+mine, "").status)
}

func TestOrderListsAreFilteredAndPaged(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	first := m.place(huawei.NewOrder{})
	m.clock.Advance(time.Second)
	second := m.place(huawei.NewOrder{ServiceTypeCode: "hws.service.type.obs", OrderType: 2})
	m.clock.Advance(time.Second)
	third := m.place(huawei.NewOrder{CustomerID: m.referral, Status: huawei.OrderPendingReview})
	require.Equal(t, http.StatusNoContent, m.pay(first, nil, nil).status)

	for query, ids := range map[string][]string{
		"":                                    {third, second, first},
		"?order_by=createTime":                {first, second, third},
		"?order_by=-CREATETIME":               {third, second, first},
		"?limit=1":                            {third},
		"?limit=2&offset=1":                   {second, first},
		"?offset=3":                           nil,
		"?order_id=" + strings.ToLower(first): {first},
		"?customer_id=" + m.referral:          {third},
		"?service_type_code=HWS.service.type.obs": {second},
		"?status=3":     {first},
		"?status=1":     {third},
		"?order_type=2": {second},
		"?create_time_begin=2026-03-02T01:00:00Z":  {third, second},
		"?create_time_end=2026-03-02T01:00:01Z":    {first},
		"?payment_time_begin=2026-03-02T01:00:00Z": {first},
		"?payment_time_end=2026-03-02T01:00:02Z":   nil,
		"?method=oneself":                          {third, second, first},
		"?method=sub_customer":                     nil,
	} {
		assert.Equal(t, ids, m.orders(query).ids(), query)
	}
	assert.Equal(t, 3, m.orders("?limit=1").Total)
}

func TestOrderListsRefuse(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for query, code := range map[string]string{
		"?limit=101":             "CBC.0100",
		"?limit=0":               "CBC.0100",
		"?offset=-1":             "CBC.0100",
		"?status=12":             "CBC.0100",
		"?order_by=price":        "CBC.0100",
		"?create_time_begin=x":   "CBC.0100",
		"?payment_time_end=x":    "CBC.0100",
		"?indirect_partner_id=p": "CBC.99000037",
		"?create_time_begin=2025-01-01T00:00:00Z&create_time_end=2026-01-01T00:00:01Z": "CBC.0100",
	} {
		got := m.asPartner(http.MethodGet, pathOrders+query, "")
		require.Equal(t, http.StatusBadRequest, got.status, query)
		assert.Equal(t, code, got.code(t), query)
	}
	got := m.asPartner(http.MethodGet, pathOrders+"/details/x?indirect_partner_id=p", "")
	assert.Equal(t, "CBC.99000037", got.code(t))
}

func TestACombinedOrderShowsItsMembers(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	var members []huawei.NewOrder
	for i := range 12 {
		members = append(members, huawei.NewOrder{OfficialAmount: decimal.NewFromInt(int64(i + 1))})
	}
	id := m.place(huawei.NewOrder{Members: members})
	all := m.orders("")
	require.Equal(t, []string{id}, all.ids())
	require.Len(t, all.Orders[0].Members, 12)
	assert.Equal(t, "78", all.Orders[0].Official.String())
	member := all.Orders[0].Members[3].ID
	assert.Equal(t, []string{member}, m.orders("?order_id="+member).ids())

	details := m.details(id)
	assert.Equal(t, 12, details.Total)
	assert.Len(t, details.Lines, 10)
	rest := read[orderDetails](t, m.asPartner(http.MethodGet, pathOrders+"/details/"+id+"?offset=10&limit=100", ""))
	assert.Len(t, rest.Lines, 2)
}

type offers struct {
	Discounts []struct {
		ID     string `json:"discount_id"`
		Value  string `json:"discount_value"`
		Type   int    `json:"discount_type"`
		Orders []struct {
			ID    string `json:"order_id"`
			Lines []struct {
				IDs    []string        `json:"order_line_item_ids"`
				Mode   int             `json:"discount_mode"`
				Amount decimal.Decimal `json:"discount_amount"`
				Ratio  decimal.Decimal `json:"discount_ratio"`
			} `json:"order_line_items"`
		} `json:"orders"`
	} `json:"discounts"`
}

func TestDiscountsAreOffered(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.place(huawei.NewOrder{Discounts: []huawei.Discount{
		ratio("r", huawei.DiscountCommercial, "0.875"),
		{ID: "a", Type: huawei.DiscountPromotion, Amount: yuan("30")},
		{Type: huawei.DiscountPartner, Price: yuan("60")},
	}})
	list := func() offers {
		return read[offers](t, m.asCustomer(http.MethodGet, pathOrderOffers+"?order_id="+id, ""))
	}
	got := list().Discounts
	require.Len(t, got, 3)
	for i, want := range []struct {
		value       string
		kind, mode  int
		off, remain string
	}{
		{"0.875", 2, 0, "12.5", "0.875"},
		{"30", 0, 2, "30", "0.7"},
		{"", 3, 1, "40", "0.6"},
	} {
		line := got[i].Orders[0].Lines[0]
		assert.Equal(t, want.value, got[i].Value)
		assert.Equal(t, want.kind, got[i].Type)
		assert.Equal(t, want.mode, line.Mode)
		assert.Equal(t, want.off, line.Amount.String())
		assert.Equal(t, want.remain, line.Ratio.String())
		assert.Equal(t, []string{id + "-000001"}, line.IDs)
	}
	assert.NotEmpty(t, got[2].ID)
	require.Equal(t, http.StatusNoContent, m.pay(id, nil, []benefit{{got[2].ID, 3}}).status)
	assert.Equal(t, "60", m.details(id).Order.Price.String())
	assert.Empty(t, list().Discounts, "nothing is offered for a paid order")
}

func TestCouponsAreOffered(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	fits := m.grant(voucher("5", huawei.Limit{Key: "serviceType", Value1: "hws.service.type.ec2"}))
	m.grant(voucher("5", huawei.Limit{Key: "serviceType", Value1: "hws.service.type.obs"}))
	card := m.grant(huawei.NewCoupon{Kind: huawei.CouponStoredCard, Value: yuan("5")})
	list := func(order string) (ids []string) {
		got := read[struct {
			Count   int `json:"count"`
			Coupons []struct {
				ID   string `json:"coupon_id"`
				Type int    `json:"coupon_type"`
			} `json:"user_coupons"`
			Maximum []any `json:"coupon_max_use_quantity"`
		}](t, m.asCustomer(http.MethodGet, pathOrderCoupon+"?order_id="+order, ""))
		assert.Len(t, got.Coupons, got.Count)
		assert.NotEmpty(t, got.Maximum)
		for _, c := range got.Coupons {
			ids = append(ids, fmt.Sprint(c.Type, " ", c.ID))
		}
		return ids
	}
	order := m.place(huawei.NewOrder{})
	assert.Equal(t, []string{"301 " + fits, "303 " + card}, list(order))
	assert.Equal(t, []string{"303 " + card}, list(m.place(huawei.NewOrder{Coupons: []string{card}})))
	require.Equal(t, http.StatusNoContent, m.pay(order, []benefit{{card, huawei.CouponStoredCard}}, nil).status)
	assert.Empty(t, list(order))
	assert.Equal(t, []string{"301 " + fits}, list(m.place(huawei.NewOrder{})), "the card is used up")
	assert.Equal(t, 2, read[couponList](t, m.asCustomer(http.MethodGet, pathMyCoupons, "")).Count, "cards are not coupons")
}
