package huawei_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// orderCodes are those of orders and their payment.
func orderCodes() []provocation {
	const pays = "PayOrders"
	placed := func(n huawei.NewOrder) func(*testing.T) result {
		return in(func(m *market) result { return m.pay(m.place(n), nil, nil) })
	}
	commercial := []huawei.Discount{ratio("c", huawei.DiscountCommercial, "0.8")}
	chosen := []benefit{{"c", huawei.DiscountCommercial}}
	withCoupons := func(discounts []benefit, coupons ...huawei.NewCoupon) func(*testing.T) result {
		return in(func(m *market) result {
			var used []benefit
			for _, c := range coupons {
				used = append(used, benefit{m.grant(c), c.Kind})
			}
			return m.pay(m.place(huawei.NewOrder{Discounts: commercial}), used, discounts)
		})
	}
	discountCoupon := huawei.NewCoupon{Kind: huawei.CouponDiscount, Value: yuan("0.9")}
	limited := func(c huawei.Conditions) func(*testing.T) result {
		return in(func(m *market) result {
			require.NoError(m.t, m.server.SetConditions(m.resale, c))
			m.pay(m.place(huawei.NewOrder{}), nil, nil)
			return m.pay(m.place(huawei.NewOrder{}), nil, nil)
		})
	}
	combined := huawei.NewOrder{Members: []huawei.NewOrder{{OfficialAmount: yuan("1")}, {OfficialAmount: yuan("2")}}}
	cancel := func(m *market, order string) result {
		return m.asCustomer(http.MethodPut, pathCancel, fmt.Sprintf(`{"order_id":%q}`, order))
	}
	return []provocation{
		{"CBC.30000010", 400, "ShowCustomerOrderDetails", in(func(m *market) result {
			return m.asPartner(http.MethodGet, pathOrders+"/details/CS1", "")
		})},
		{"CBC.30000010", 400, pays, in(func(m *market) result { return m.pay("CS1", nil, nil) })},
		{"CBC.99000037", 400, "ListCustomerOrders", in(func(m *market) result {
			return m.asPartner(http.MethodGet, pathOrders+"?indirect_partner_id=x", "")
		})},
		{"CBC.99003106", 400, pays, placed(huawei.NewOrder{Status: huawei.OrderUnconfirmed})},
		{"CBC.99000088", 400, pays, in(func(m *market) result {
			order := m.place(huawei.NewOrder{})
			m.pay(order, nil, nil)
			return m.pay(order, nil, nil)
		})},
		{"CBC.99003110", 400, pays, in(func(m *market) result {
			order := m.place(huawei.NewOrder{})
			m.later(week)
			return m.pay(order, nil, nil)
		})},
		{"CBC.99003162", 400, pays, in(func(m *market) result {
			order := m.place(huawei.NewOrder{EffectiveTime: start.Add(time.Minute)})
			m.later(time.Hour)
			return m.pay(order, nil, nil)
		})},
		{"CBC.99000089", 400, pays, in(func(m *market) result {
			return m.pay(m.details(m.place(combined)).Order.Members[0].ID, nil, nil)
		})},
		{"CBC.99003141", 400, pays, placed(huawei.NewOrder{QuotaShort: true})},
		{"CBC.99003155", 400, pays, placed(huawei.NewOrder{ProjectFundsShort: true})},
		{"CBC.99003198", 400, pays, placed(huawei.NewOrder{BudgetShort: true})},
		{"CBC.99006093", 400, pays, placed(huawei.NewOrder{TaxRateUnknown: true})},
		{"CBC.99005003", 400, pays, placed(huawei.NewOrder{OfficialAmount: yuan("1000.01")})},
		{"CBC.99003108", 400, pays, in(func(m *market) result { return m.pay(m.place(huawei.NewOrder{}), nil, chosen) })},
		{"CBC.99003112", 400, pays, in(func(m *market) result {
			coupon := []benefit{{m.grant(voucher("5")), huawei.CouponVoucher}}
			m.pay(m.place(huawei.NewOrder{}), coupon, nil)
			return m.pay(m.place(huawei.NewOrder{}), coupon, nil)
		})},
		{"CBC.99003116", 400, pays, withCoupons(chosen, discountCoupon)},
		{"CBC.99003117", 400, pays, withCoupons(chosen, voucher("5", huawei.Limit{Key: "minConsumeDiscount", Value1: "0.9"}))},
		{"CBC.99003147", 400, pays, withCoupons(nil, voucher("5"), discountCoupon)},
		{"CBC.99003156", 400, pays, withCoupons(nil,
			huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("5"), Group: 1},
			huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("5"), Group: 2})},
		{"CBC.99008040", 400, pays, limited(huawei.Conditions{PaymentInterval: huawei.Duration(time.Second)})},
		{"CBC.99008056", 400, pays, limited(huawei.Conditions{PaymentsPerDay: 1})},

		{"CBC.99005010", 400, "CancelCustomerOrder", in(func(m *market) result {
			order := m.place(huawei.NewOrder{})
			m.pay(order, nil, nil)
			return cancel(m, order)
		})},
		{"CBC.99000089", 400, "CancelCustomerOrder", in(func(m *market) result {
			return cancel(m, m.details(m.place(combined)).Order.Members[0].ID)
		})},
		{"CBC.99005026", 400, "ShowRefundOrderDetails", in(func(m *market) result {
			return m.asCustomer(http.MethodGet, pathRefund+"?order_id="+m.place(huawei.NewOrder{}), "")
		})},
	}
}
