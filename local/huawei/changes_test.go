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

const (
	pathPartnerChanges  = "/v2/accounts/partner-accounts/account-change-records"
	pathCustomerChanges = "/v2/accounts/customer-accounts/account-change-records"
	pathCouponChanges   = "/v2/promotions/benefits/account-change-records"
	pathCards           = "/v2/promotions/benefits/stored-value-cards"
	ofCash              = "?balance_type=BALANCE_TYPE_DEBIT"
	ofCoupons           = "?balance_type=BALANCE_TYPE_COUPON"
)

type changeList struct {
	Total    int    `json:"total_count"`
	Currency string `json:"currency"`
	Records  []struct {
		ID        string          `json:"account_change_id"`
		CouponID  string          `json:"coupon_id"`
		Detail    string          `json:"trade_detail_type"`
		Time      string          `json:"trade_time"`
		TradeID   string          `json:"trade_id"`
		Amount    decimal.Decimal `json:"change_amount"`
		After     decimal.Decimal `json:"balance_after_change"`
		Type      string          `json:"type"`
		Direction string          `json:"revenue_expense_type"`
		Customer  string          `json:"customer_id"`
		Account   string          `json:"account_name"`
		Cycle     string          `json:"bill_cycle"`
		Channel   string          `json:"payment_channel_id"`
		ChannelNo string          `json:"payment_channel_no"`
		Service   string          `json:"cloud_service_type_name"`
	} `json:"records"`
}

// details are the detailed types of the records.
func (l changeList) details() []string {
	var all []string
	for _, r := range l.Records {
		all = append(all, r.Detail)
	}
	return all
}

func (m *market) partnerChanges(query string) changeList {
	m.t.Helper()
	return read[changeList](m.t, m.asPartner(http.MethodGet, pathPartnerChanges+query, ""))
}

// asReferral reads a list with the referral customer's token.
func (m *market) asReferral(target string) result {
	m.t.Helper()
	return m.withToken(m.customerToken("referral-customer"), http.MethodGet, target, "")
}

func TestThePartnersBalanceIsExplained(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	allocated := m.call(http.StatusOK, pathAllocate, transfer(m.resale, "250.5"))["transfer_id"].(string)
	reclaimed := m.call(http.StatusOK, pathTakeBack, transfer(m.resale, "50"))["trans_id"].(string)
	require.NoError(t, m.server.SetPartnerBalance(yuan("1000")))
	require.NoError(t, m.server.SetPartnerBalance(yuan("1000")), "changes nothing")

	all := m.partnerChanges(ofCash)
	assert.Equal(t, []string{
		"SOURCE_OPERAIION_RECHARGE", "SOURCE_OPERATION_BEADJUST", "SOURCE_OPERATION_BERETRIEVE", "SOURCE_OPERAIION_ADJUST",
	}, all.details())
	assert.Equal(t, "CNY", all.Currency)
	balance, ids := decimal.Zero, map[string]bool{}
	for _, r := range all.Records {
		if r.Type == "1" {
			balance = balance.Add(r.Amount)
		} else {
			balance = balance.Sub(r.Amount)
		}
		assert.True(t, balance.Equal(r.After), r.Detail)
		ids[r.ID] = true
	}
	assert.Len(t, ids, 4)
	assert.Equal(t, "1000", balance.String())
	assert.Equal(t, allocated, all.Records[1].TradeID)
	assert.Equal(t, m.resale, all.Records[1].Customer)
	assert.Equal(t, "resale-customer", all.Records[1].Account)
	assert.Equal(t, "250.5", all.Records[1].Amount.String())
	assert.Equal(t, reclaimed, all.Records[2].TradeID)
	assert.Empty(t, all.Records[0].Customer)
	for query, total := range map[string]int{
		"&trade_type=BEADJUST": 1, "&trade_type=REFUND": 0, "&trade_type=": 4, "&limit=1&offset=3": 4,
		"&trade_time_begin=2026-03-02": 4, "&trade_time_begin=2026-03-01&trade_time_end=2026-03-01": 0,
	} {
		assert.Equal(t, total, m.partnerChanges(ofCash+query).Total, query)
	}
	assert.Zero(t, m.partnerChanges("?balance_type=BALANCE_TYPE_CREDIT").Total)
}

func TestAResellersBalanceIsExplained(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	reseller, err := m.server.AddReseller(huawei.Reseller{AccountName: "a-reseller", Balance: yuan("70")})
	require.NoError(t, err)
	got := m.partnerChanges(ofCash + "&indirect_partner_id=" + reseller)
	require.Equal(t, 1, got.Total)
	assert.Equal(t, "70", got.Records[0].After.String())
	assert.Equal(t, 1, m.partnerChanges(ofCash).Total, "the partner's own")
}

func TestChangesAreOfWholeDaysOfTheEast(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.clock.Advance(15*time.Hour - time.Second) // 23:59:59 in GMT+8
	m.call(http.StatusOK, pathAllocate, transfer(m.resale, "1"))
	m.clock.Advance(time.Second)
	m.call(http.StatusOK, pathAllocate, transfer(m.resale, "2"))
	for query, total := range map[string]int{
		"":                             3,
		"&trade_time_begin=2026-03-03": 1,
		"&trade_time_end=2026-03-02":   2,
		"&trade_time_begin=2025-03-03&trade_time_end=2026-03-03": 3,
	} {
		assert.Equal(t, total, m.partnerChanges(ofCash+query).Total, query)
	}
	m.clock.Advance(367 * 24 * time.Hour)
	assert.Zero(t, m.partnerChanges(ofCash).Total, "a year back")
}

func TestACustomersCashIsExplained(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	require.NoError(t, m.server.SetCash(m.referral, yuan("300")))
	order := m.place(huawei.NewOrder{CustomerID: m.referral, OfficialAmount: yuan("120")})
	paid := m.withToken(m.customerToken("referral-customer"), http.MethodPost, pathPay, text(t, payment{OrderID: order, UseCoupon: "NO", UseDiscount: "NO"}))
	require.Equal(t, http.StatusNoContent, paid.status, paid.body)

	all := read[changeList](t, m.asReferral(pathCustomerChanges+ofCash))
	require.Equal(t, 2, all.Total)
	in, out := all.Records[0], all.Records[1]
	assert.Equal(t, []string{"SOURCE_OPERAIION_RECHARGE", "SOURCE_OPERAIION_DEDEUCT"}, all.details())
	assert.Equal(t, []string{"REVENUE", "EXPENSE"}, []string{in.Direction, out.Direction})
	assert.Equal(t, "2", in.Channel)
	assert.Empty(t, out.Channel)
	assert.Equal(t, order, out.TradeID)
	assert.Equal(t, "120", out.Amount.String())
	assert.Equal(t, "180", out.After.String())
	assert.Equal(t, "2026-03", out.Cycle)
	assert.Equal(t, "弹性云服务器", out.Service)
	assert.Equal(t, "referral-customer", out.Account)
	for query, total := range map[string]int{
		"&revenue_expense_type=REVENUE": 1, "&trade_type=DEDEUCT": 1, "&trade_id=" + order: 1, "&trade_id=x": 0,
		"&payment_channel_id=1,2": 1, "&payment_channel_id=1": 0, "&payment_channel_no=" + in.ChannelNo: 1,
	} {
		assert.Equal(t, total, read[changeList](t, m.asReferral(pathCustomerChanges+ofCash+query)).Total, query)
	}
	assert.Zero(t, read[changeList](t, m.asReferral(pathCustomerChanges+"?balance_type=BALANCE_TYPE_CREDIT")).Total)
}

func TestACouponsBalanceIsExplained(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	quota := m.quota(huawei.NewQuota{})
	used := m.issue(quota, "150", m.resale).Coupons[0].CouponID
	short := voucher("7")
	short.ExpireTime = start.Add(time.Hour)
	expired := m.grant(short)
	m.grant(huawei.NewCoupon{Kind: huawei.CouponDiscount, Value: yuan("0.8")})
	m.grant(huawei.NewCoupon{Kind: huawei.CouponStoredCard, Value: yuan("8")})
	m.clock.Advance(time.Minute)
	order := m.place(huawei.NewOrder{})
	require.Equal(t, http.StatusNoContent, m.pay(order, []benefit{{used, huawei.CouponVoucher}}, nil).status)
	m.clock.Advance(time.Minute)
	m.call(http.StatusNoContent, pathReclaim, fmt.Sprintf(`{"coupon_id":%q}`, used))
	m.clock.Advance(time.Hour)

	get := func(query string) changeList {
		return read[changeList](t, m.asCustomer(http.MethodGet, pathCouponChanges+ofCoupons+query, ""))
	}
	all := get("")
	assert.Equal(t, []string{
		"SOURCE_OPERAIION_PRIZE", "SOURCE_OPERAIION_PRIZE", "SOURCE_OPERAIION_DEDEUCT",
		"SOURCE_OPERATION_COUPONCANCEL", "SOURCE_OPERAIION_EXPIRECLEAR",
	}, all.details())
	of := get("&coupon_id=" + used)
	require.Equal(t, 3, of.Total)
	assert.Equal(t, []string{"150", "50", "0"}, []string{of.Records[0].After.String(), of.Records[1].After.String(), of.Records[2].After.String()})
	assert.Equal(t, order, of.Records[1].TradeID)
	assert.Equal(t, "弹性云服务器", of.Records[1].Service)
	assert.Equal(t, "2026-03-02T01:01:00Z", of.Records[1].Time)
	for query, total := range map[string]int{
		"&trade_type=EXPIRED&coupon_id=" + expired: 1, "&trade_type=COUPONCANCEL": 1, "&trade_type=REFUND": 0, "&revenue_expense_type=REVENUE": 2,
		"&trade_id=" + order: 1, "&trade_id=": 5, "&limit=2&offset=4": 5, "&trade_time_end=2026-03-01": 0,
	} {
		assert.Equal(t, total, get(query).Total, query)
	}
	assert.Zero(t, read[changeList](t, m.asReferral(pathCouponChanges+ofCoupons)).Total, "others' are not shown")
}

func TestChangeQueriesAreRefused(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for _, path := range []string{pathPartnerChanges + ofCash, pathCustomerChanges + ofCash, pathCouponChanges + ofCoupons} {
		for query, code := range map[string]string{
			"&trade_time_begin=2026-3-2":    "CBC.0100",
			"&trade_time_end=tomorrow":      "CBC.0100",
			"&trade_time_begin=2026-03-03":  "CBC.0100", // begins after today
			"&trade_time_begin=2025-03-01":  "CBC.80021021",
			"&limit=101":                    "CBC.0100",
			"&revenue_expense_type=NEITHER": "CBC.0100",
			"&offset=-1":                    "CBC.0100",
		} {
			got := m.asPartner(http.MethodGet, path+query, "")
			if path != pathPartnerChanges+ofCash {
				got = m.asReferral(path + query)
			}
			require.Equal(t, http.StatusBadRequest, got.status, path+query)
			assert.Equal(t, code, got.code(t), path+query)
		}
	}
	for target, code := range map[string]string{
		pathCustomerChanges + "?balance_type=XBALANCE_TYPE_DEBIT":        "CBC.0100",
		pathCouponChanges + "?balance_type=BALANCE_TYPE_COUPONS":         "CBC.0100",
		pathCouponChanges + ofCoupons + "&trade_type=ADJUSTED":           "CBC.0100",
		pathCouponChanges + ofCoupons + "&trade_type=":                   "CBC.0100",
		pathCouponChanges + ofCoupons + "&revenue_expense_type=":         "CBC.0100",
		pathCouponChanges + ofCoupons + "&trade_time_begin=":             "CBC.0100",
		pathCouponChanges + ofCoupons + "&revenue_expense_type=XREVENUE": "CBC.0100",
	} {
		assert.Equal(t, code, m.asReferral(target).code(t), target)
	}
	assert.Equal(t, "CBC.0100", m.asPartner(http.MethodGet, pathPartnerChanges, "").code(t))
	assert.Equal(t, "CBC.0100", m.asPartner(http.MethodGet, pathPartnerChanges+"?balance_type=CASH", "").code(t))
	assert.Equal(t, "CBC.99000037", m.asPartner(http.MethodGet, pathPartnerChanges+ofCash+"&indirect_partner_id=p", "").code(t))
	assert.Equal(t, "CBC.99000084", m.asCustomer(http.MethodGet, pathCustomerChanges+ofCash, "").code(t), "resale customer")
}

func TestChangesAppearAfterADelay(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{RecordDelay: time.Minute})
	m.grant(voucher("5"))
	mine := func() int {
		return read[changeList](t, m.asCustomer(http.MethodGet, pathCouponChanges+ofCoupons, "")).Total
	}
	assert.Zero(t, m.partnerChanges(ofCash).Total)
	assert.Zero(t, mine())
	m.clock.Advance(time.Minute)
	assert.Equal(t, 1, m.partnerChanges(ofCash).Total)
	assert.Equal(t, 1, mine())
}

func TestStoredValueCardsAreListed(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	card := func(value string) string {
		return m.grant(huawei.NewCoupon{Kind: huawei.CouponStoredCard, Value: yuan(value), ExpireTime: start.Add(time.Hour)})
	}
	spent, partly := card("40"), card("90")
	m.grant(voucher("5"))
	require.Equal(t, http.StatusNoContent, m.pay(m.place(huawei.NewOrder{}), []benefit{{spent, huawei.CouponStoredCard}, {partly, huawei.CouponStoredCard}}, nil).status)
	get := func(query string) map[string]any {
		return m.asCustomer(http.MethodGet, pathCards+query, "").fields(t)
	}
	usable := get("?status=1")
	require.InDelta(t, 1, usable["total_count"], 0)
	assert.Equal(t, map[string]any{
		"card_id": partly, "card_name": "储值卡", "status": 1.0, "face_value": "90.00", "balance": "30.00",
		"effective_time": "2026-03-02T01:00:00Z", "expire_time": "2026-03-02T02:00:00Z",
	}, usable["stored_value_cards"].([]any)[0])
	assert.InDelta(t, 1, get("?status=2")["total_count"], 0)
	assert.InDelta(t, 0, get("?status=2&card_id=" + partly)["total_count"], 0)
	assert.Empty(t, get("?status=1&offset=1")["stored_value_cards"])
	for _, query := range []string{"", "?status=3", "?status=1&limit=101"} {
		assert.Equal(t, "CBC.0100", get(query)["error_code"], query)
	}
	m.clock.Advance(time.Hour)
	assert.InDelta(t, 0, get("?status=1")["total_count"], 0, "expired")
}

func TestACustomersOwnCouponsAreFiltered(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	issued := m.issue(m.quota(huawei.NewQuota{ExpireTime: start.AddDate(3, 0, 0)}), "100", m.resale).Coupons[0].CouponID
	granted := voucher("5")
	granted.ExpireTime = start.AddDate(3, 0, 0)
	m.grant(granted)
	order := m.place(huawei.NewOrder{})
	require.Equal(t, http.StatusNoContent, m.pay(order, []benefit{{issued, huawei.CouponVoucher}}, nil).status)
	get := func(query string) couponList {
		return read[couponList](t, m.asCustomer(http.MethodGet, pathMyCoupons+query, ""))
	}
	source := get("?coupon_id=" + issued).Coupons[0].Source
	for query, count := range map[string]int{
		"": 2, "?coupon_id=": 0, "?order_id=": 1, "?order_id=" + order: 1, "?source_id=": 1, "?source_id=" + source: 1,
		"?promotion_plan_id=": 2, "?promotion_plan_id=x": 0, "?status=3": 1, "?coupon_type=4": 0,
	} {
		assert.Equal(t, count, get(query).Count, query)
	}
	for _, query := range []string{"?active_start_time=", "?active_end_time=", "?coupon_type="} {
		assert.Equal(t, "CBC.0100", m.asCustomer(http.MethodGet, pathMyCoupons+query, "").code(t), query)
	}
	m.clock.Advance(366 * 24 * time.Hour)
	m.signInAgain()
	assert.Zero(t, get("?status=3").Count, "used more than a year ago")
	assert.Equal(t, 1, get("").Count)
}

func TestTransfersWithinAnEnterpriseAreExplained(t *testing.T) {
	t.Parallel()
	g := &group{market: newMarket(t, huawei.Options{})}
	g.resale, g.token = g.referral, g.customerToken("referral-customer") // resale customers may not ask
	g.member, g.custody = g.account("member-one", huawei.AssociationReferral), g.account("member-two", huawei.AssociationReferral)
	require.NoError(t, g.server.SetCash(g.referral, yuan("500")))
	g.found()
	require.Equal(t, http.StatusNoContent, g.move(pathTransfer, "100", "t1").status)
	require.Equal(t, http.StatusNoContent, g.move(pathRetrieve, "40", "t2").status)
	masters := read[changeList](t, g.asCustomer(http.MethodGet, pathCustomerChanges+ofCash+"&trade_type=TRANS", ""))
	assert.Equal(t, []string{"SOURCE_OPERATION_TRANSFER", "SOURCE_OPERATION_RETRIEVE"}, masters.details())
	members := read[changeList](t, g.withToken(g.customerToken("member-one"), http.MethodGet, pathCustomerChanges+ofCash, ""))
	assert.Equal(t, masters.details(), members.details())
	assert.Equal(t, []string{"EXPENSE", "REVENUE"}, []string{masters.Records[0].Direction, members.Records[0].Direction})
}
