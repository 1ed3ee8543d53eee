package huawei_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

type couponList struct {
	Count   int `json:"count"`
	Total   int `json:"total_count"`
	Coupons []struct {
		ID         string          `json:"coupon_id"`
		CustomerID string          `json:"customer_id"`
		Type       int             `json:"coupon_type"`
		Status     int             `json:"status"`
		Face       decimal.Decimal `json:"face_value"`
		Balance    decimal.Decimal `json:"balance"`
		Source     string          `json:"source_id"`
		Expire     string          `json:"expire_time"`
		Limits     []struct {
			Key    string `json:"limit_key"`
			Value1 string `json:"value1"`
		} `json:"use_limits"`
	} `json:"user_coupons"`
}

type recordList struct {
	Total   int `json:"total_count"`
	Records []struct {
		Operation  string          `json:"operation_type"`
		QuotaID    string          `json:"quota_id"`
		CouponID   string          `json:"coupon_id"`
		CustomerID string          `json:"customer_id"`
		Amount     decimal.Decimal `json:"operation_amount"`
		Time       string          `json:"operation_time"`
		Result     string          `json:"result"`
		Remark     string          `json:"remark"`
	} `json:"records"`
}

type issueAnswer struct {
	Coupons []struct {
		CustomerID string `json:"id"`
		CouponID   string `json:"coupon_id"`
	} `json:"coupon_infos"`
	Refusals []struct {
		CustomerID string `json:"id"`
		Code       string `json:"error_code"`
	} `json:"error_details"`
}

func (m *market) issue(quota, face string, customers ...string) issueAnswer {
	m.t.Helper()
	return read[issueAnswer](m.t, m.asPartner(http.MethodPost, pathCoupons, issueBody(quota, face, customers...)))
}

func (m *market) records(query string) recordList {
	m.t.Helper()
	return read[recordList](m.t, m.asPartner(http.MethodGet, pathRecords+query, ""))
}

func (m *market) issued(query string) couponList {
	m.t.Helper()
	return read[couponList](m.t, m.asPartner(http.MethodGet, pathCoupons+query, ""))
}

func (m *market) quotaBalance(id string) string {
	m.t.Helper()
	got := m.call(http.StatusOK, pathQuotas, fmt.Sprintf(`{"quota_ids":[%q]}`, id))
	return fmt.Sprint(got["quotas"].([]any)[0].(map[string]any)["balance"])
}

func TestIssuingIsRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	later, before := start.Add(time.Hour), start.Add(-time.Hour)
	for name, test := range map[string]struct {
		code  string
		quota huawei.NewQuota
		body  string // with the quota's and the customer's id
	}{
		"no face value":           {"CBC.0100", huawei.NewQuota{}, `{"quota_id":%q,"customer_ids":[%q],"face_value":0}`},
		"thirds":                  {"CBC.0100", huawei.NewQuota{}, `{"quota_id":%q,"customer_ids":[%q],"face_value":0.333}`},
		"customer twice":          {"CBC.0100", huawei.NewQuota{}, `{"quota_id":%q,"customer_ids":[%[2]q,%[2]q],"face_value":1}`},
		"odd time":                {"CBC.0100", huawei.NewQuota{}, `{"quota_id":%q,"customer_ids":[%q],"face_value":1,"valid_time":"today"}`},
		"odd expiry":              {"CBC.0100", huawei.NewQuota{}, `{"quota_id":%q,"customer_ids":[%q],"face_value":1,"expire_time":"never"}`},
		"expired before":          {"CBC.0100", huawei.NewQuota{}, `{"quota_id":%q,"customer_ids":[%q],"face_value":1,"expire_time":"2026-03-01T00:00:00Z"}`},
		"unknown quota":           {"CBC.99000012", huawei.NewQuota{}, `{"quota_id":"x%s","customer_ids":[%q],"face_value":1}`},
		"quota being adjusted":    {"CBC.99000012", huawei.NewQuota{Status: 4}, `{"quota_id":%q,"customer_ids":[%q],"face_value":1}`},
		"quota not effective":     {"CBC.99000017", huawei.NewQuota{EffectiveTime: later}, `{"quota_id":%q,"customer_ids":[%q],"face_value":1}`},
		"quota expired":           {"CBC.99000017", huawei.NewQuota{ExpireTime: before}, `{"quota_id":%q,"customer_ids":[%q],"face_value":1}`},
		"below the minimum":       {"CBC.99000018", huawei.NewQuota{MinFaceValue: yuan("10")}, `{"quota_id":%q,"customer_ids":[%q],"face_value":9.99}`},
		"above the maximum":       {"CBC.99000019", huawei.NewQuota{MaxFaceValue: yuan("10")}, `{"quota_id":%q,"customer_ids":[%q],"face_value":10.01}`},
		"outside the services":    {"CBC.99000023", huawei.NewQuota{Services: []string{"hws.service.type.obs"}}, `{"quota_id":%q,"customer_ids":[%q],"face_value":1,"cloud_service_types":["hws.service.type.ec2"]}`},
		"outside the products":    {"CBC.99000023", huawei.NewQuota{Products: []string{"p1"}}, `{"quota_id":%q,"customer_ids":[%q],"face_value":1,"product_ids":["p2"]}`},
		"unknown service":         {"CBC.50000055", huawei.NewQuota{}, `{"quota_id":%q,"customer_ids":[%q],"face_value":1,"cloud_service_types":["hws.service.type.x"]}`},
		"for others only":         {"CBC.50000020", huawei.NewQuota{Customers: []string{"someone"}}, `{"quota_id":%q,"customer_ids":[%q],"face_value":1}`},
		"another's partner":       {"CBC.99000037", huawei.NewQuota{}, `{"quota_id":%q,"customer_ids":[%q],"face_value":1,"indirect_partner_id":"p"}`},
		"more than 100 at once":   {"CBC.0100", huawei.NewQuota{}, `{"quota_id":%q,"customer_ids":[%q` + strings.Repeat(`,"c"`, 100) + `],"face_value":1}`},
		"memo beyond 512 letters": {"CBC.0100", huawei.NewQuota{}, `{"quota_id":%q,"customer_ids":[%q],"face_value":1,"memo":"` + strings.Repeat("m", 513) + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			got := m.asPartner(http.MethodPost, pathCoupons, fmt.Sprintf(test.body, m.quota(test.quota), m.resale))
			require.Equal(t, http.StatusBadRequest, got.status, got.body)
			assert.Equal(t, test.code, got.code(t))
			assert.Zero(t, m.records("").Total, "nothing was tried for any customer")
		})
	}
}

func TestIssuingIsRefusedForSomeCustomers(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	other := m.account("other-resale", huawei.AssociationResale)
	third := m.account("third-resale", huawei.AssociationResale)
	quota := m.quota(huawei.NewQuota{Value: yuan("100")})

	got := m.issue(quota, "50", m.stranger, m.resale, "nobody", m.referral, other, third)
	require.Len(t, got.Coupons, 2)
	assert.Equal(t, m.resale, got.Coupons[0].CustomerID)
	assert.Equal(t, other, got.Coupons[1].CustomerID)
	codes := map[string]string{}
	for _, r := range got.Refusals {
		codes[r.CustomerID] = r.Code
	}
	assert.Equal(t, map[string]string{
		m.stranger: "CBC.99000035", "nobody": "CBC.99000035", m.referral: "CBC.99000014", third: "CBC.99000013",
	}, codes)
	assert.Equal(t, "0", m.quotaBalance(quota))

	failed := m.records("?result=-1")
	assert.Equal(t, 4, failed.Total)
	issued := m.records("?result=0&operation_types=1&quota_id=" + quota)
	require.Equal(t, 2, issued.Total)
	assert.Equal(t, "memo-1", issued.Records[0].Remark)
	assert.Equal(t, got.Coupons[0].CouponID, issued.Records[0].CouponID)
	assert.Equal(t, "50", issued.Records[0].Amount.String())
}

func TestAQuotaLimitsWhatACustomerHolds(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	counted, summed := m.quota(huawei.NewQuota{MaxCount: 1}), m.quota(huawei.NewQuota{MaxTotal: yuan("15")})
	first := m.issue(counted, "10", m.resale).Coupons[0].CouponID
	assert.Equal(t, "CBC.99000020", m.issue(counted, "10", m.resale).Refusals[0].Code)
	require.Len(t, m.issue(summed, "10", m.resale).Coupons, 1)
	assert.Equal(t, "CBC.99000021", m.issue(summed, "10", m.resale).Refusals[0].Code)
	require.Len(t, m.issue(summed, "5", m.resale).Coupons, 1)

	m.call(http.StatusNoContent, pathReclaim, fmt.Sprintf(`{"coupon_id":%q}`, first))
	assert.Len(t, m.issue(counted, "10", m.resale).Coupons, 1, "what was reclaimed is not held")
}

func TestACouponInheritsFromItsQuota(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	quota := m.quota(huawei.NewQuota{
		QuotaType: huawei.QuotaCashCoupon, ExpireTime: start.Add(week),
		Services: []string{"hws.service.type.obs", "hws.service.type.ec2"}, Products: []string{"p1"},
	})
	m.issue(quota, "10.50", m.resale)
	mine := read[couponList](t, m.asCustomer(http.MethodGet, pathMyCoupons, ""))
	require.Equal(t, 1, mine.Count)
	coupon := mine.Coupons[0]
	assert.Equal(t, 4, coupon.Type)
	assert.Equal(t, "10.5", coupon.Face.String())
	assert.Equal(t, "2026-03-09T01:00:00Z", coupon.Expire)
	assert.NotEmpty(t, coupon.Source)
	require.Len(t, coupon.Limits, 2)
	assert.Equal(t, "hws.service.type.obs,hws.service.type.ec2", coupon.Limits[0].Value1)
	assert.Equal(t, 1, m.issued("?coupon_type=4&status=2&customer_id="+m.resale).Total)
	assert.Zero(t, m.issued("?coupon_type=1").Total)
}

func TestACouponMayBeNarrowerThanItsQuota(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	quota := m.quota(huawei.NewQuota{Services: []string{"hws.service.type.obs", "hws.service.type.ec2"}})
	got := m.call(http.StatusOK, pathCoupons, fmt.Sprintf(`{"quota_id":%q,"customer_ids":[%q],"face_value":5,`+
		`"cloud_service_types":["hws.service.type.obs"],"valid_time":"2026-03-03T00:00:00Z"}`, quota, m.resale))
	require.Len(t, got["coupon_infos"], 1)
	limits := m.issued("").Coupons[0].Limits
	require.Len(t, limits, 1)
	assert.Equal(t, "hws.service.type.obs", limits[0].Value1)
}

func TestReclaimingReturnsTheRestToTheQuota(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	quota := m.quota(huawei.NewQuota{})
	id := m.issue(quota, "150", m.resale).Coupons[0].CouponID
	require.Equal(t, http.StatusNoContent, m.pay(m.place(huawei.NewOrder{}), []benefit{{id, huawei.CouponVoucher}}, nil).status)

	body := fmt.Sprintf(`{"coupon_id":%q}`, id)
	assert.Nil(t, m.call(http.StatusNoContent, pathReclaim, body))
	assert.Equal(t, "900", m.quotaBalance(quota))
	assert.Equal(t, 5, m.issued("?coupon_id=" + id).Coupons[0].Status)
	reclaimed := m.records("?operation_types=2&coupon_ids=" + id)
	require.Equal(t, 1, reclaimed.Total)
	assert.Equal(t, "50", reclaimed.Records[0].Amount.String())

	assert.Equal(t, "CBC.99000048", m.call(http.StatusOK, pathReclaim, body)["error_code"])
	assert.Equal(t, "900", m.quotaBalance(quota))
	assert.Equal(t, 1, m.records("?operation_types=2&result=-1").Total)
}

func TestReclaimingIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		code   string
		body   func(m *market) string
	}{
		"unknown coupon": {http.StatusBadRequest, "CBC.0100", func(*market) string { return `{"coupon_id":"1"}` }},
		"coupon of Huawei Cloud": {http.StatusBadRequest, "CBC.0100", func(m *market) string {
			return fmt.Sprintf(`{"coupon_id":%q}`, m.grant(voucher("5")))
		}},
		"another's partner": {http.StatusBadRequest, "CBC.99000037", func(*market) string {
			return `{"coupon_id":"1","indirect_partner_id":"p"}`
		}},
		"coupon of a referral customer": {http.StatusBadRequest, "CBC.99000045", func(m *market) string {
			coupon := voucher("5")
			coupon.CustomerID = m.referral
			return fmt.Sprintf(`{"coupon_id":%q}`, m.grant(coupon))
		}},
		"used up": {http.StatusOK, "CBC.99000048", func(m *market) string {
			id := m.issue(m.quota(huawei.NewQuota{}), "5", m.resale).Coupons[0].CouponID
			m.pay(m.place(huawei.NewOrder{}), []benefit{{id, huawei.CouponVoucher}}, nil)
			return fmt.Sprintf(`{"coupon_id":%q}`, id)
		}},
		"expired": {http.StatusOK, "CBC.99000048", func(m *market) string {
			id := m.issue(m.quota(huawei.NewQuota{ExpireTime: start.Add(time.Hour)}), "5", m.resale).Coupons[0].CouponID
			m.clock.Advance(time.Hour)
			return fmt.Sprintf(`{"coupon_id":%q}`, id)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			assert.Equal(t, test.code, m.call(test.status, pathReclaim, test.body(m))["error_code"])
		})
	}
}

func TestCouponsExpireIntoTheirQuota(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	quota := m.quota(huawei.NewQuota{})
	got := m.asPartner(http.MethodPost, pathCoupons, fmt.Sprintf(
		`{"quota_id":%q,"customer_ids":[%q],"face_value":40,"expire_time":"2026-03-02T02:00:00Z"}`, quota, m.resale))
	require.Equal(t, http.StatusOK, got.status, got.body)
	assert.Equal(t, "960", m.quotaBalance(quota))
	m.clock.Advance(90 * time.Minute)
	assert.Equal(t, "1000", m.quotaBalance(quota))
	expired := m.records("?operation_types=4&operation_types=7")
	require.Equal(t, 1, expired.Total)
	assert.Equal(t, "2026-03-02T02:00:00Z", expired.Records[0].Time)
	assert.Equal(t, 4, m.issued("").Coupons[0].Status)

	m.clock.Advance(366 * 24 * time.Hour)
	m.token = m.customerToken("resale-customer")
	assert.Zero(t, read[couponList](t, m.asCustomer(http.MethodGet, pathMyCoupons, "")).Count, "customers see them for a year")
	assert.Equal(t, 1, m.issued("").Total, "the partner for two")
	m.clock.Advance(366 * 24 * time.Hour)
	assert.Zero(t, m.issued("").Total)
}

func TestQuotasAreListed(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	quota := m.quota(huawei.NewQuota{Services: []string{"hws.service.type.obs"}, ExpireTime: start.Add(time.Hour)})
	m.quota(huawei.NewQuota{QuotaType: huawei.QuotaCashCoupon})
	m.quota(huawei.NewQuota{})
	for body, total := range map[string]float64{
		`{}`:                              2,
		`{"quota_type":1}`:                1,
		`{"limit":1}`:                     2,
		`{"quota_ids":["` + quota + `"]}`: 1,
		`{"quota_status_list":[3,5]}`:     0,
		`{"create_time_begin":"2026-03-02T01:00:00Z"}`:  0, // strictly later
		`{"create_time_begin":"2026-03-02T00:59:59Z"}`:  2,
		`{"effective_time_end":"2026-03-02T01:00:00Z"}`: 0,
		`{"expire_time_begin":"2026-03-02T03:00:00Z"}`:  1,
	} {
		assert.InDelta(t, total, m.call(http.StatusOK, pathQuotas, body)["total_count"], 0, body)
	}
	limits := m.call(http.StatusOK, pathQuotas, `{}`)["quotas"].([]any)[0].(map[string]any)["limit_infos"]
	assert.Equal(t, "serviceType", limits.([]any)[0].(map[string]any)["limit_key"])
	m.clock.Advance(time.Hour)
	assert.InDelta(t, 1, m.call(http.StatusOK, pathQuotas, `{"quota_status_list":[3]}`)["total_count"], 0)
	m.call(http.StatusBadRequest, pathQuotas, `{"limit":101}`)
	m.call(http.StatusBadRequest, pathQuotas, `{"indirect_partner_id":"p"}`)
}

func TestRecordsAppearAfterADelay(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{RecordDelay: time.Minute})
	m.issue(m.quota(huawei.NewQuota{}), "5", m.resale)
	assert.Zero(t, m.records("").Total)
	m.clock.Advance(time.Minute)
	assert.Equal(t, 1, m.records("").Total)
}

func TestRangesCountWholeSeconds(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.clock.Advance(500 * time.Millisecond)
	m.issue(m.quota(huawei.NewQuota{}), "5", m.resale)
	assert.Zero(t, m.records("?operation_time_begin=2026-03-02T01:00:00Z").Total, "shown as the very second")
	assert.Equal(t, 1, m.records("?operation_time_begin=2026-03-02T00:59:59Z&operation_time_end=2026-03-02T01:00:01Z").Total)
}

func TestCouponListsAreFiltered(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	quota := m.quota(huawei.NewQuota{})
	for range 3 {
		m.issue(quota, "5", m.resale)
	}
	at := url.QueryEscape("2026-03-02T01:00:00Z")
	for query, total := range map[string]int{
		"":                         3,
		"?limit=2&offset=1":        3,
		"?create_time_begin=" + at: 0,
		"?create_time_end=" + at:   0,
		"?effective_time_end=2026-03-02T01:00:01Z": 3,
		"?expire_time_begin=" + at:                 3,
		"?customer_id=" + m.referral:               0,
		"?order_id=CS1":                            0,
		"?coupon_id=":                              3, // without a value: no filter
	} {
		assert.Equal(t, total, m.issued(query).Total, query)
	}
	assert.Len(t, m.issued("?limit=2&offset=1").Coupons, 2)
	assert.Len(t, m.issued("?limit=2&offset=2").Coupons, 1)
	for query, total := range map[string]int{
		"?quota_type=0": 3, "?quota_type=1": 0, "?customer_id=x": 0, "?result=7": 3,
		"?operation_time_begin=" + at: 0, "?operation_time_end=2026-03-02T01:00:01Z": 3,
	} {
		assert.Equal(t, total, m.records(query).Total, query)
	}
	for path, query := range map[string]string{
		pathCoupons: "?create_time_begin=yesterday", pathRecords: "?operation_time_end=2026-03-02",
		pathMyCoupons: "?active_start_time=x",
	} {
		assert.Equal(t, "CBC.0100", m.asPartner(http.MethodGet, path+query, "").code(t), path)
	}
	assert.Equal(t, "CBC.0100", m.asCustomer(http.MethodGet, pathMyCoupons+"?offset=1", "").code(t), "offset needs limit")
	assert.Zero(t, read[couponList](t, m.asPartner(http.MethodGet, pathMyCoupons, "")).Count, "the partner has no coupons itself")
}
