package huawei_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// ratio is a discount that leaves a share of the price.
func ratio(id string, kind int, share string) huawei.Discount {
	return huawei.Discount{ID: id, Type: kind, Ratio: yuan(share)}
}

func voucher(value string, limits ...huawei.Limit) huawei.NewCoupon {
	return huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan(value), Limits: limits}
}

func TestPaymentsAreRefused(t *testing.T) {
	t.Parallel()
	commercial := ratio("c", huawei.DiscountCommercial, "0.8")
	chosen := []benefit{{"c", huawei.DiscountCommercial}}
	offered := huawei.NewOrder{Discounts: []huawei.Discount{commercial}}
	withCoupon := func(n huawei.NewOrder, discounts []benefit, coupons ...huawei.NewCoupon) func(*market) result {
		return func(m *market) result {
			var chosen []benefit
			for _, c := range coupons {
				chosen = append(chosen, benefit{m.grant(c), c.Kind})
			}
			return m.pay(m.place(n), chosen, discounts)
		}
	}
	raw := func(body string) func(*market) result {
		return func(m *market) result {
			return m.asCustomer(http.MethodPost, pathPay, fmt.Sprintf(body, m.place(huawei.NewOrder{})))
		}
	}
	for name, test := range map[string]struct {
		code string
		pay  func(m *market) result
	}{
		"no coupons where YES":   {"CBC.0100", raw(`{"order_id":%q,"use_coupon":"YES","use_discount":"NO"}`)},
		"coupons where NO":       {"CBC.0100", raw(`{"order_id":%q,"use_coupon":"NO","use_discount":"NO","coupon_infos":[{"id":"1","type":301}]}`)},
		"no discounts where YES": {"CBC.0100", raw(`{"order_id":%q,"use_coupon":"NO","use_discount":"YES"}`)},
		"discounts where NO":     {"CBC.0100", raw(`{"order_id":%q,"use_coupon":"NO","use_discount":"NO","discount_infos":[{"id":"1","type":2}]}`)},
		"neither YES nor NO":     {"CBC.0100", raw(`{"order_id":%q,"use_coupon":"NO!","use_discount":"NO"}`)},
		"unknown order": {"CBC.30000010", func(m *market) result {
			return m.pay("CS0000000000XXXXX", nil, nil)
		}},
		"another's order": {"CBC.30000010", func(m *market) result {
			return m.pay(m.place(huawei.NewOrder{CustomerID: m.referral}), nil, nil)
		}},
		"order in review": {"CBC.99003106", func(m *market) result {
			return m.pay(m.place(huawei.NewOrder{Status: huawei.OrderPendingReview}), nil, nil)
		}},
		"order unconfirmed": {"CBC.99003106", func(m *market) result {
			return m.pay(m.place(huawei.NewOrder{Status: huawei.OrderUnconfirmed}), nil, nil)
		}},
		"cancelled order": {"CBC.99003106", func(m *market) result {
			id := m.place(huawei.NewOrder{})
			m.asCustomer(http.MethodPut, pathCancel, fmt.Sprintf(`{"order_id":%q}`, id))
			return m.pay(id, nil, nil)
		}},
		"completed order": {"CBC.99003106", func(m *market) result {
			id := m.place(huawei.NewOrder{})
			m.pay(id, nil, nil)
			m.clock.Advance(5 * time.Second)
			return m.pay(id, nil, nil)
		}},
		"paid twice": {"CBC.99000088", func(m *market) result {
			id := m.place(huawei.NewOrder{})
			m.pay(id, nil, nil)
			return m.pay(id, nil, nil)
		}},
		"past the deadline": {"CBC.99003110", func(m *market) result {
			id := m.place(huawei.NewOrder{})
			m.clock.Advance(week)
			m.token = m.customerToken("resale-customer")
			return m.pay(id, nil, nil)
		}},
		"past the effective time": {"CBC.99003162", func(m *market) result {
			id := m.place(huawei.NewOrder{EffectiveTime: start.Add(time.Minute)})
			m.clock.Advance(time.Hour)
			return m.pay(id, nil, nil)
		}},
		"member of a combined order": {"CBC.99000089", func(m *market) result {
			id := m.place(huawei.NewOrder{Members: []huawei.NewOrder{{OfficialAmount: yuan("1")}, {OfficialAmount: yuan("2")}}})
			return m.pay(m.details(id).Order.Members[0].ID, nil, nil)
		}},
		"quota short":   {"CBC.99003141", withCoupon(huawei.NewOrder{QuotaShort: true}, nil)},
		"project short": {"CBC.99003155", withCoupon(huawei.NewOrder{ProjectFundsShort: true}, nil)},
		"balance short": {"CBC.99005003", withCoupon(huawei.NewOrder{OfficialAmount: yuan("1000.01")}, nil)},
		"unknown discount": {"CBC.99003108", func(m *market) result {
			return m.pay(m.place(huawei.NewOrder{}), nil, chosen)
		}},
		"discount under another type": {"CBC.99003108", withCoupon(offered, []benefit{{"c", huawei.DiscountPartner}})},
		"adjusted price left out": {"CBC.99003108", withCoupon(huawei.NewOrder{
			Discounts: []huawei.Discount{commercial, ratio("a", huawei.DiscountAdjustment, "0.5")},
		}, nil)},
		"adjusted price swapped": {"CBC.99003108", withCoupon(huawei.NewOrder{
			Discounts: []huawei.Discount{commercial, ratio("a", huawei.DiscountAdjustment, "0.5")},
		}, chosen)},
		"unknown coupon": {"CBC.0100", func(m *market) result {
			return m.pay(m.place(huawei.NewOrder{}), []benefit{{"1", huawei.CouponVoucher}}, nil)
		}},
		"another's coupon": {"CBC.0100", func(m *market) result {
			coupon := voucher("5")
			coupon.CustomerID = m.referral
			return m.pay(m.place(huawei.NewOrder{}), []benefit{{m.grant(coupon), huawei.CouponVoucher}}, nil)
		}},
		"coupon under another type": {"CBC.0100", func(m *market) result {
			return m.pay(m.place(huawei.NewOrder{}), []benefit{{m.grant(voucher("5")), huawei.CouponCash}}, nil)
		}},
		"coupon named twice": {"CBC.0100", func(m *market) result {
			card := benefit{m.grant(huawei.NewCoupon{Kind: huawei.CouponStoredCard, Value: yuan("5")}), huawei.CouponStoredCard}
			return m.pay(m.place(huawei.NewOrder{}), []benefit{card, card}, nil)
		}},
		"two vouchers":                     {"CBC.0100", withCoupon(huawei.NewOrder{}, nil, voucher("5"), voucher("6"))},
		"coupon for another service":       {"CBC.0100", withCoupon(huawei.NewOrder{}, nil, voucher("5", huawei.Limit{Key: "serviceType", Value1: "hws.service.type.obs"}))},
		"coupon for another product":       {"CBC.0100", withCoupon(huawei.NewOrder{ProductID: "p1"}, nil, voucher("5", huawei.Limit{Key: "productId", Value1: "p2,p3"}))},
		"coupon for another type of order": {"CBC.0100", withCoupon(huawei.NewOrder{}, nil, voucher("5", huawei.Limit{Key: "subscribeType", Value1: "renew"}))},
		"coupon for another region":        {"CBC.0100", withCoupon(huawei.NewOrder{}, nil, voucher("5", huawei.Limit{Key: "regionCode", Value1: "af-south-1"}))},
		"coupon for other products":        {"CBC.0100", withCoupon(huawei.NewOrder{ProductID: "p1"}, nil, voucher("5", huawei.Limit{Key: "productBlackList", Value1: "p2,p1"}))},
		"coupon for years":                 {"CBC.0100", withCoupon(huawei.NewOrder{}, nil, voucher("5", huawei.Limit{Key: "chargeScene", Value1: "1,8"}))},
		"coupon for more than the price":   {"CBC.0100", withCoupon(huawei.NewOrder{OfficialAmount: yuan("100")}, nil, voucher("5", huawei.Limit{Key: "orderAmount", Value1: "100"}))},
		"coupon for less than the price":   {"CBC.0100", withCoupon(huawei.NewOrder{OfficialAmount: yuan("100")}, nil, voucher("5", huawei.Limit{Key: "orderAmount", Value2: "99.99"}))},
		"too many cash coupons": {"CBC.0100", withCoupon(huawei.NewOrder{MaxCashCoupons: 1}, nil,
			huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("1")}, huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("2")})},
		"coupon for the first order": {"CBC.0100", func(m *market) result {
			m.pay(m.place(huawei.NewOrder{}), nil, nil)
			coupon := m.grant(voucher("5", huawei.Limit{Key: "firstOrderInService", Value1: "1"}))
			return m.pay(m.place(huawei.NewOrder{}), []benefit{{coupon, huawei.CouponVoucher}}, nil)
		}},
		"coupon that another order holds": {"CBC.0100", func(m *market) result {
			held := voucher("5")
			held.HeldBy = m.place(huawei.NewOrder{})
			return m.pay(m.place(huawei.NewOrder{}), []benefit{{m.grant(held), huawei.CouponVoucher}}, nil)
		}},
		"coupon for annual contracts":  {"CBC.0100", withCoupon(huawei.NewOrder{}, nil, voucher("5", huawei.Limit{Key: "isForAnnualContracts", Value1: "1"}))},
		"coupon not among the order's": {"CBC.0100", withCoupon(huawei.NewOrder{Coupons: []string{}}, nil, voucher("5"))},
		"coupon not valid yet": {"CBC.0100", withCoupon(huawei.NewOrder{}, nil, huawei.NewCoupon{
			Kind: huawei.CouponVoucher, Value: yuan("5"), ValidTime: start.Add(time.Hour),
		})},
		"used coupon": {"CBC.99003112", func(m *market) result {
			coupon := []benefit{{m.grant(voucher("5")), huawei.CouponVoucher}}
			m.pay(m.place(huawei.NewOrder{}), coupon, nil)
			return m.pay(m.place(huawei.NewOrder{}), coupon, nil)
		}},
		"expired coupon": {"CBC.99003112", func(m *market) result {
			coupon := voucher("5")
			coupon.ExpireTime = start.Add(time.Minute)
			id := m.grant(coupon)
			m.clock.Advance(time.Minute)
			return m.pay(m.place(huawei.NewOrder{}), []benefit{{id, huawei.CouponVoucher}}, nil)
		}},
		"coupon without commercial discounts": {"CBC.99003116", withCoupon(offered, chosen,
			voucher("5", huawei.Limit{Key: "simultaneousUseWithContractDiscount", Value1: "0"}))},
		"coupon without granted discounts": {"CBC.99003116", withCoupon(
			huawei.NewOrder{Discounts: []huawei.Discount{ratio("p", huawei.DiscountPartner, "0.9")}}, []benefit{{"p", huawei.DiscountPartner}},
			voucher("5", huawei.Limit{Key: "simultaneousUseWithEmpowerDiscount", Value1: "0"}))},
		"coupon without promotions": {"CBC.99003116", withCoupon(
			huawei.NewOrder{Discounts: []huawei.Discount{ratio("p", huawei.DiscountPromotion, "0.9")}}, []benefit{{"p", huawei.DiscountPromotion}},
			voucher("5", huawei.Limit{Key: "simultaneousUseWithPromotionDiscount", Value1: "0"}))},
		"discount coupon with a discount": {"CBC.99003116", withCoupon(offered, chosen,
			huawei.NewCoupon{Kind: huawei.CouponDiscount, Value: yuan("0.9")})},
		"discount below the coupon's minimum": {"CBC.99003117", withCoupon(offered, chosen,
			voucher("5", huawei.Limit{Key: "minConsumeDiscount", Value1: "0.9"}))},
		"voucher with discount coupon": {"CBC.99003147", withCoupon(huawei.NewOrder{}, nil,
			voucher("5"), huawei.NewCoupon{Kind: huawei.CouponDiscount, Value: yuan("0.9")})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			got := test.pay(m)
			require.Equal(t, http.StatusBadRequest, got.status, got.body)
			assert.Equal(t, test.code, got.code(t))
		})
	}
}

func TestARefusalForShortQuotaSaysOfWhat(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	short := m.pay(m.place(huawei.NewOrder{QuotaShort: true}), nil, nil).fields(t)
	assert.Equal(t, "hws.service.type.ec2", short["quota_infos"].([]any)[0].(map[string]any)["cloud_service_type"])
	project := m.pay(m.place(huawei.NewOrder{ProjectFundsShort: true}), nil, nil).fields(t)
	assert.Len(t, project["enterprise_project_auth_result"], 1)
}

func TestDiscountAndCouponsPayInTheirOrder(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.place(huawei.NewOrder{
		OfficialAmount: yuan("200"), AmountAfterDiscount: yuan("180"),
		Discounts: []huawei.Discount{ratio("c", huawei.DiscountCommercial, "0.9")},
	})
	card := benefit{m.grant(huawei.NewCoupon{Kind: huawei.CouponStoredCard, Value: yuan("20")}), huawei.CouponStoredCard}
	cashCoupon := benefit{m.grant(huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("30")}), huawei.CouponCash}
	voucher := benefit{m.grant(voucher("50")), huawei.CouponVoucher}

	got := m.pay(id, []benefit{card, cashCoupon, voucher}, []benefit{{"c", huawei.DiscountCommercial}})
	require.Equal(t, http.StatusNoContent, got.status, got.body)
	assert.Empty(t, got.body)

	order := m.details(id).Order
	assert.Equal(t, "162", order.Price.String())
	assert.Equal(t, "50", order.Info.Voucher.String())
	assert.Equal(t, "30", order.Info.CashCoupon.String())
	assert.Equal(t, "20", order.Info.Card.String())
	assert.Equal(t, "938", m.cash(), "1000 less the 62 that stayed open")
	require.Len(t, order.Info.Discounts, 2)
	assert.Equal(t, "900", order.Info.Discounts[0].Type)
	assert.Equal(t, "20", order.Info.Discounts[0].Amount.String())
	assert.Equal(t, "605", order.Info.Discounts[1].Type)
	assert.Equal(t, "18", order.Info.Discounts[1].Amount.String())
}

func TestTheDiscountsTypesInTheAmounts(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for kind, shown := range map[int]string{
		huawei.DiscountPromotion: "200", huawei.DiscountCommercial: "605",
		huawei.DiscountPartner: "607", huawei.DiscountAdjustment: "609",
	} {
		id := m.place(huawei.NewOrder{Discounts: []huawei.Discount{{ID: "d", Type: kind, Amount: yuan("10")}}})
		require.Equal(t, http.StatusNoContent, m.pay(id, nil, []benefit{{"d", kind}}).status)
		order := m.details(id).Order
		assert.Equal(t, "90", order.Price.String())
		assert.Equal(t, shown, order.Info.Discounts[0].Type)
	}
}

func TestAVoucherIsUsedUntilNothingIsLeft(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	coupon := []benefit{{m.grant(voucher("150")), huawei.CouponVoucher}}
	for range 2 {
		require.Equal(t, http.StatusNoContent, m.pay(m.place(huawei.NewOrder{}), coupon, nil).status)
	}
	assert.Equal(t, "950", m.cash())
	mine := read[couponList](t, m.asCustomer(http.MethodGet, pathMyCoupons, "")).Coupons
	require.Len(t, mine, 1)
	assert.Equal(t, 3, mine[0].Status)
	assert.Equal(t, "0", mine[0].Balance.String())
}

func TestADiscountCouponLowersThePriceOnce(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	coupon := m.grant(huawei.NewCoupon{Kind: huawei.CouponDiscount, Value: yuan("0.855")})
	cashCoupon := m.grant(huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("5")})
	id := m.place(huawei.NewOrder{OfficialAmount: yuan("99.99")})
	got := m.pay(id, []benefit{{coupon, huawei.CouponDiscount}, {cashCoupon, huawei.CouponCash}}, nil)
	require.Equal(t, http.StatusNoContent, got.status, got.body)
	order := m.details(id).Order
	assert.Equal(t, "85.49", order.Price.String())
	assert.Equal(t, "300", order.Info.Discounts[0].Type)
	assert.Equal(t, "919.51", m.cash())
	again := m.pay(m.place(huawei.NewOrder{}), []benefit{{coupon, huawei.CouponDiscount}}, nil)
	assert.Equal(t, "CBC.99003112", again.code(t))
}

func TestCouponsPayNoMoreThanThePrice(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	card := benefit{m.grant(huawei.NewCoupon{Kind: huawei.CouponStoredCard, Value: yuan("80")}), huawei.CouponStoredCard}
	cashCoupon := benefit{m.grant(huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("60")}), huawei.CouponCash}
	coupon := benefit{m.grant(voucher("50")), huawei.CouponVoucher}
	id := m.place(huawei.NewOrder{})
	require.Equal(t, http.StatusNoContent, m.pay(id, []benefit{card, cashCoupon, coupon}, nil).status)
	info := m.details(id).Order.Info
	assert.Equal(t, "50", info.Voucher.String())
	assert.Equal(t, "50", info.CashCoupon.String())
	assert.Equal(t, "0", info.Card.String())
	assert.Equal(t, "1000", m.cash())
}

func TestACouponThatPaysNothingIsNotUsed(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	paysAll := benefit{m.grant(voucher("100")), huawei.CouponVoucher}
	paysNothing := benefit{m.grant(huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("60")}), huawei.CouponCash}
	id := m.place(huawei.NewOrder{})
	require.Equal(t, http.StatusNoContent, m.pay(id, []benefit{paysAll, paysNothing}, nil).status)
	used := read[couponList](t, m.asCustomer(http.MethodGet, pathMyCoupons+"?order_id="+id, ""))
	require.Len(t, used.Coupons, 1)
	assert.Equal(t, paysAll.ID, used.Coupons[0].ID)
}

func TestPricesAreRoundedToTheFen(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.place(huawei.NewOrder{
		OfficialAmount: yuan("10.05"), Discounts: []huawei.Discount{ratio("c", huawei.DiscountCommercial, "0.9")},
	})
	require.Equal(t, http.StatusNoContent, m.pay(id, nil, []benefit{{"c", huawei.DiscountCommercial}}).status)
	assert.Equal(t, "9.05", m.details(id).Order.Price.String())
}

func TestACouponPaysNoMoreThanItsShare(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	coupon := m.grant(huawei.NewCoupon{
		Kind: huawei.CouponCash, Value: yuan("80"), Limits: []huawei.Limit{{Key: "maxDeductionRatio", Value1: "0.5"}},
	})
	require.Equal(t, http.StatusNoContent, m.pay(m.place(huawei.NewOrder{}), []benefit{{coupon, huawei.CouponCash}}, nil).status)
	assert.Equal(t, "950", m.cash())
}

func TestACouponPaysTheLinesThatItIsFor(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	coupon := m.grant(voucher("80", huawei.Limit{Key: "productId", Value1: "p1"}, huawei.Limit{Key: "orderAmount", Value1: "49.99"}))
	id := m.place(huawei.NewOrder{Members: []huawei.NewOrder{{OfficialAmount: yuan("50"), ProductID: "p1"}, {OfficialAmount: yuan("40"), ProductID: "p2"}}})
	got := m.pay(id, []benefit{{coupon, huawei.CouponVoucher}}, nil)
	require.Equal(t, http.StatusNoContent, got.status, got.body)
	order := m.details(id).Order
	assert.Equal(t, "50", order.Members[0].Info.Voucher.String())
	assert.Equal(t, "0", order.Members[1].Info.Voucher.String())
	assert.Equal(t, "960", m.cash())
}

func TestACouponThatAnOrderHoldsIsFreeOnceThatIsPaid(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	holder := m.place(huawei.NewOrder{})
	held := voucher("5")
	held.HeldBy = holder
	coupon := []benefit{{m.grant(held), huawei.CouponVoucher}}
	m.pay(holder, nil, nil)
	assert.Equal(t, http.StatusNoContent, m.pay(m.place(huawei.NewOrder{}), coupon, nil).status)
}

func TestACombinedOrderIsPaidAsOne(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.place(huawei.NewOrder{
		Discounts: []huawei.Discount{{ID: "fixed", Type: huawei.DiscountPromotion, Price: yuan("90")}},
		Members: []huawei.NewOrder{
			{OfficialAmount: yuan("50")}, {OfficialAmount: yuan("10")}, {OfficialAmount: yuan("40")},
		},
	})
	coupon := []benefit{{m.grant(voucher("69.31")), huawei.CouponVoucher}}
	require.Equal(t, http.StatusNoContent, m.pay(id, coupon, []benefit{{"fixed", huawei.DiscountPromotion}}).status)

	order := m.details(id).Order
	assert.Equal(t, "90", order.Price.String())
	assert.Equal(t, "69.31", order.Info.Voucher.String())
	assert.Equal(t, "979.31", m.cash())
	require.Len(t, order.Members, 3)
	for i, want := range []struct{ price, voucher string }{{"46.66", "31.32"}, {"6.67", "6.67"}, {"36.67", "31.32"}} {
		member := order.Members[i]
		assert.Equal(t, 3, member.Status)
		assert.NotEmpty(t, member.Paid)
		assert.Equal(t, want.price, member.Price.String(), "the reduction of 10 is shared evenly")
		assert.Equal(t, want.voucher, member.Info.Voucher.String(), "so is the voucher, as far as there is room")
	}
}

func TestCancelling(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	cancel := func(id string) result {
		return m.asCustomer(http.MethodPut, pathCancel, fmt.Sprintf(`{"order_id":%q}`, id))
	}
	combined := m.place(huawei.NewOrder{Members: []huawei.NewOrder{{OfficialAmount: yuan("1")}}})
	member := m.details(combined).Order.Members[0].ID

	assert.Equal(t, "CBC.30000010", cancel("CS1").code(t))
	assert.Equal(t, "CBC.30000010", cancel(m.place(huawei.NewOrder{CustomerID: m.referral})).code(t))
	assert.Equal(t, "CBC.99000089", cancel(member).code(t))
	require.Equal(t, http.StatusNoContent, cancel(combined).status)
	assert.Equal(t, 4, m.details(member).Order.Status)
	assert.Equal(t, "CBC.99005010", cancel(combined).code(t))
	assert.Equal(t, http.StatusForbidden, m.asPartner(http.MethodPut, pathCancel, `{"order_id":"x"}`).status)
}

func TestThePartnerCannotPay(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	got := m.asPartner(http.MethodPost, pathPay, text(t, payment{OrderID: m.place(huawei.NewOrder{}), UseCoupon: "NO", UseDiscount: "NO"}))
	assert.Equal(t, http.StatusForbidden, got.status)
	assert.Equal(t, "CBC.0151", got.code(t))
}

func TestAPaymentIsInTheJournalOnce(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	id := m.place(huawei.NewOrder{})
	for range 3 {
		m.pay(id, nil, nil)
	}
	var paid []huawei.Effect
	for _, e := range m.server.Journal() {
		if e.Operation == "PayOrders" {
			paid = append(paid, e)
		}
	}
	require.Len(t, paid, 1)
	assert.Equal(t, id, paid[0].Reference)
	assert.Equal(t, "100", paid[0].Amount.String())
	assert.Equal(t, m.resale, paid[0].CustomerID)
}
