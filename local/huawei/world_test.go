package huawei_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathOrders      = "/v2/orders/customer-orders"
	pathPay         = "/v3/orders/customer-orders/pay"
	pathCancel      = "/v2/orders/customer-orders/cancel"
	pathCoupons     = "/v2/promotions/benefits/partner-coupons"
	pathReclaim     = "/v2/promotions/benefits/partner-coupons/reclaim"
	pathRecords     = "/v2/promotions/benefits/partner-coupons/records/query"
	pathMyCoupons   = "/v2/promotions/benefits/coupons"
	pathQuotas      = "/v2/partners/coupon-quotas/query"
	pathAllocate    = "/v2/accounts/partner-accounts/adjust-amount"
	pathTakeBack    = "/v2/accounts/partner-accounts/reclaim"
	pathPartner     = "/v2/accounts/partner-accounts/balances"
	pathAdjusts     = "/v3/accounts/partner-accounts/adjust-records"
	pathBatch       = "/v2/accounts/customer-accounts/balances/batch-query"
	pathBillDetail  = "/v2/bills/subcustomer-bills/res-fee-records"
	pathConsumers   = "/v2/bills/subcustomer-bills/res-fee-records/sub-customers/query"
	pathBillSums    = "/v2/bills/partner-bills/subcustomer-bills/monthly-sum"
	pathIncentives  = "/v2/products/incentive-discount-policies"
	pathOrderOffers = "/v2/orders/customer-orders/order-discounts"
	pathOrderCoupon = "/v2/orders/customer-orders/order-coupons"
)

// market is a site with a resale customer, who has 1000 in cash, a referral
// customer, and a stranger who is not the partner's.
type market struct {
	*site
	resale, referral, stranger string // customer ids
	token                      string // of the resale customer
}

func newMarket(t *testing.T, o huawei.Options) *market {
	t.Helper()
	o.QuotaOff = true
	m := &market{site: newSite(t, o)}
	m.resale = m.account("resale-customer", huawei.AssociationResale)
	m.referral = m.account("referral-customer", huawei.AssociationReferral)
	m.stranger = m.account("a-stranger", "")
	require.NoError(t, m.server.SetCash(m.resale, yuan("1000")))
	require.NoError(t, m.server.SetPartnerBalance(yuan("5000")))
	m.token = m.customerToken("resale-customer")
	t.Cleanup(func() { assert.Empty(t, m.server.Check()) })
	return m
}

func (m *market) account(name, association string) string {
	m.t.Helper()
	id, err := m.server.AddAccount(huawei.Account{Name: name, Association: association})
	require.NoError(m.t, err)
	return id
}

func yuan(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func (m *market) place(n huawei.NewOrder) string {
	m.t.Helper()
	if n.CustomerID == "" {
		n.CustomerID = m.resale
	}
	if n.OfficialAmount.IsZero() && len(n.Members) == 0 {
		n.OfficialAmount = yuan("100")
	}
	id, err := m.server.PlaceOrder(n)
	require.NoError(m.t, err)
	return id
}

func (m *market) quota(n huawei.NewQuota) string {
	m.t.Helper()
	if n.Value.IsZero() {
		n.Value = yuan("1000")
	}
	id, err := m.server.AddQuota(n)
	require.NoError(m.t, err)
	return id
}

func (m *market) grant(n huawei.NewCoupon) string {
	m.t.Helper()
	if n.CustomerID == "" {
		n.CustomerID = m.resale
	}
	id, err := m.server.GrantCoupon(n)
	require.NoError(m.t, err)
	return id
}

// asCustomer sends a request with the resale customer's token.
func (m *market) asCustomer(method, path, body string) result {
	m.t.Helper()
	return m.withToken(m.token, method, path, body)
}

type benefit struct {
	ID   string `json:"id"`
	Type int    `json:"type"`
}

type payment struct {
	OrderID     string    `json:"order_id"`
	UseCoupon   string    `json:"use_coupon"`
	UseDiscount string    `json:"use_discount"`
	Coupons     []benefit `json:"coupon_infos,omitempty"`
	Discounts   []benefit `json:"discount_infos,omitempty"`
}

func (m *market) pay(orderID string, coupons, discounts []benefit) result {
	m.t.Helper()
	flag := func(given []benefit) string {
		if len(given) > 0 {
			return "YES"
		}
		return "NO"
	}
	return m.asCustomer(http.MethodPost, pathPay, text(m.t, payment{orderID, flag(coupons), flag(discounts), coupons, discounts}))
}

func text(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

// read decodes an answer of status 200.
func read[T any](t *testing.T, r result) T {
	t.Helper()
	require.Equal(t, http.StatusOK, r.status, r.body)
	var v T
	require.NoError(t, json.Unmarshal([]byte(r.body), &v), r.body)
	return v
}

type amountInfo struct {
	Discounts []struct {
		Type   string          `json:"discount_type"`
		Amount decimal.Decimal `json:"discount_amount"`
	} `json:"discounts"`
	Voucher    decimal.Decimal `json:"coupon_amount"`
	CashCoupon decimal.Decimal `json:"flexipurchase_coupon_amount"`
	Card       decimal.Decimal `json:"stored_card_amount"`
}

type orderInfo struct {
	ID         string          `json:"order_id"`
	CustomerID string          `json:"customer_id"`
	Status     int             `json:"status"`
	Official   decimal.Decimal `json:"official_amount"`
	Price      decimal.Decimal `json:"amount_after_discount"`
	Info       amountInfo      `json:"amount_info"`
	Paid       string          `json:"payment_time"`
	Deadline   string          `json:"pending_payment_end_time"`
	User       string          `json:"user_name"`
	Members    []orderInfo     `json:"sub_order_infos"`
}

type orderDetails struct {
	Total int       `json:"total_count"`
	Order orderInfo `json:"order_info"`
	Lines []struct {
		ID        string `json:"order_line_item_id"`
		OrderID   string `json:"order_id"`
		Effective string `json:"effective_time"`
		Expire    string `json:"expire_time"`
	} `json:"order_line_items"`
}

func (m *market) details(orderID string) orderDetails {
	m.t.Helper()
	return read[orderDetails](m.t, m.asPartner(http.MethodGet, pathOrders+"/details/"+orderID, ""))
}

// cash is what a customer has, as the customer sees it.
func (m *market) cash() string {
	m.t.Helper()
	return read[struct {
		Accounts []struct {
			Amount decimal.Decimal `json:"amount"`
		} `json:"account_balances"`
	}](m.t, m.asCustomer(http.MethodGet, pathBalances, "")).Accounts[0].Amount.String()
}

func TestTheWorldRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	order := func(n huawei.NewOrder) func() error {
		return func() error { _, err := m.server.PlaceOrder(n); return err }
	}
	quota := func(n huawei.NewQuota) func() error {
		return func() error { _, err := m.server.AddQuota(n); return err }
	}
	coupon := func(n huawei.NewCoupon) func() error {
		return func() error { _, err := m.server.GrantCoupon(n); return err }
	}
	discount := func(d huawei.Discount) func() error {
		return order(huawei.NewOrder{CustomerID: m.resale, OfficialAmount: yuan("1"), Discounts: []huawei.Discount{d}})
	}
	for name, do := range map[string]func() error{
		"order of nobody":          order(huawei.NewOrder{CustomerID: "x", OfficialAmount: yuan("1")}),
		"free order":               order(huawei.NewOrder{CustomerID: m.resale}),
		"order with thirds":        order(huawei.NewOrder{CustomerID: m.resale, OfficialAmount: yuan("0.333")}),
		"dearer after discount":    order(huawei.NewOrder{CustomerID: m.resale, OfficialAmount: yuan("1"), AmountAfterDiscount: yuan("2")}),
		"order that is done":       order(huawei.NewOrder{CustomerID: m.resale, OfficialAmount: yuan("1"), Status: huawei.OrderCompleted}),
		"members of members":       order(huawei.NewOrder{CustomerID: m.resale, Members: []huawei.NewOrder{{Members: []huawei.NewOrder{{}}}}}),
		"free member":              order(huawei.NewOrder{CustomerID: m.resale, Members: []huawei.NewOrder{{}}}),
		"discount of no amount":    discount(huawei.Discount{}),
		"discount of two amounts":  discount(huawei.Discount{Ratio: yuan("0.9"), Amount: yuan("1")}),
		"discount above the price": discount(huawei.Discount{Ratio: yuan("1.1")}),
		"negative discount":        discount(huawei.Discount{Amount: yuan("-1")}),
		"discount of odd type":     discount(huawei.Discount{Type: 5, Ratio: yuan("0.9")}),
		"discount with thirds":     discount(huawei.Discount{Amount: yuan("0.333")}),
		"quota of odd type":        quota(huawei.NewQuota{QuotaType: 2, Value: yuan("1")}),
		"quota of nothing":         quota(huawei.NewQuota{}),
		"quota with thirds":        quota(huawei.NewQuota{Value: yuan("0.333")}),
		"coupon of nobody":         coupon(huawei.NewCoupon{CustomerID: "x", Kind: huawei.CouponVoucher, Value: yuan("1")}),
		"coupon of odd kind":       coupon(huawei.NewCoupon{CustomerID: m.resale, Kind: 1, Value: yuan("1")}),
		"coupon of nothing":        coupon(huawei.NewCoupon{CustomerID: m.resale, Kind: huawei.CouponVoucher}),
		"discount coupon of 2":     coupon(huawei.NewCoupon{CustomerID: m.resale, Kind: huawei.CouponDiscount, Value: yuan("2")}),
		"negative cash":            func() error { return m.server.SetCash(m.resale, yuan("-1")) },
		"cash of nobody":           func() error { return m.server.SetCash("x", yuan("1")) },
		"negative balance":         func() error { return m.server.SetPartnerBalance(yuan("-1")) },
		"bills of nobody":          func() error { return m.server.AddBills("2026-02", "x", 1) },
		"bills of a stranger":      func() error { return m.server.AddBills("2026-02", m.stranger, 1) },
		"bills of no month":        func() error { return m.server.AddBills("2026-13", m.resale, 1) },
		"bills of a month to come": func() error { return m.server.AddBills("2026-04", m.resale, 1) },
		"no bills":                 func() error { return m.server.AddBills("2026-02", m.resale, 0) },
		"spoiling what is not":     func() error { return m.server.SpoilBill("2026-02", m.resale, 0, yuan("1")) },
	} {
		assert.Error(t, do(), name)
	}
}

func TestTheAdministrationFillsTheWorld(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	add := func(method, path, body string) map[string]any {
		got := m.administer(method, path, body)
		require.Equal(t, http.StatusOK, got.status, got.body)
		return got.fields(t)
	}
	order := add(http.MethodPost, "/_sim/orders", fmt.Sprintf(
		`{"customer_id":%q,"official_amount":"80.50","deadline":"2026-03-03T00:00:00Z","discounts":[{"id":"d1","type":2,"ratio":0.9}]}`, m.resale))
	quota := add(http.MethodPost, "/_sim/quotas", `{"quota_type":1,"value":300}`)
	coupon := add(http.MethodPost, "/_sim/coupons", fmt.Sprintf(`{"customer_id":%q,"kind":301,"value":5}`, m.resale))
	add(http.MethodPost, "/_sim/bills", fmt.Sprintf(`{"customer_id":%q,"cycle":"2026-02","rows":3}`, m.resale))
	add(http.MethodPost, "/_sim/bills/spoil", fmt.Sprintf(`{"customer_id":%q,"cycle":"2026-02","row":1,"delta":"0.01"}`, m.resale))
	add(http.MethodPut, "/_sim/balance", fmt.Sprintf(`{"customer_id":%q,"amount":7}`, m.resale))
	add(http.MethodPut, "/_sim/balance", `{"amount":9}`)

	assert.Equal(t, "2026-03-03T00:00:00Z", m.details(order["order_id"].(string)).Order.Deadline)
	assert.Contains(t, m.call(http.StatusOK, pathQuotas, `{"quota_type":1}`)["quotas"].([]any)[0], "quota_id", quota)
	assert.NotEmpty(t, coupon["coupon_id"])
	assert.Equal(t, "7", m.cash())
	assert.Equal(t, map[string]any{"contradictions": []any{}}, add(http.MethodGet, "/_sim/check", ""))
	assert.Equal(t, http.StatusBadRequest, m.administer(http.MethodPost, "/_sim/orders", `{"customer_id":"x","official_amount":1}`).status)
	assert.Equal(t, http.StatusBadRequest, m.administer(http.MethodPost, "/_sim/orders", `{"surprise":1}`).status)
}

func TestOneSeedBuildsTheSameWorld(t *testing.T) {
	t.Parallel()
	play := func() string {
		m := newMarket(t, huawei.Options{Seed: 11})
		m.place(huawei.NewOrder{Discounts: []huawei.Discount{{Type: huawei.DiscountCommercial, Ratio: yuan("0.9")}}})
		quota := m.quota(huawei.NewQuota{})
		require.NoError(t, m.server.AddBills("2026-02", m.resale, 20))
		return m.asPartner(http.MethodGet, pathOrders, "").body +
			text(t, m.call(http.StatusOK, pathCoupons, issueBody(quota, "10", m.resale))) +
			m.asPartner(http.MethodGet, billDetailOf("2026-02", m.resale), "").body
	}
	assert.Equal(t, play(), play())
}

func issueBody(quota, face string, customers ...string) string {
	ids, _ := json.Marshal(customers)
	return fmt.Sprintf(`{"quota_id":%q,"customer_ids":%s,"face_value":%s,"memo":"memo-1"}`, quota, ids, face)
}

func billDetailOf(cycle, customer string) string {
	return pathBillDetail + "?bill_cycle=" + cycle + "&customer_id=" + customer
}

const week = 7 * 24 * time.Hour
