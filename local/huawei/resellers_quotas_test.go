package huawei_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathQuotaIssue   = "/v2/partners/coupon-quotas/indirect-partner-adjust"
	pathQuotaReclaim = "/v2/partners/coupon-quotas/indirect-partner-reclaim"
	pathQuotaRecords = "/v2/partners/coupon-quotas/records?limit=100"
	pathIssuedQuotas = "/v2/partners/issued-coupon-quotas?limit=100"
	pathTags         = "/v2/partners/sub-customers/new-customers-tags/batch-query"
)

type quotaAnswer struct {
	Quotas []struct {
		ID      string          `json:"id"`
		QuotaID string          `json:"quota_id"`
		Balance decimal.Decimal `json:"quota_balance"`
	} `json:"simple_quota_infos"`
	Refused []struct {
		ID   string `json:"id"`
		Code string `json:"error_code"`
	} `json:"error_details"`
}

func (ch *channel) issueQuotas(quota, amount string, resellers ...string) quotaAnswer {
	ch.t.Helper()
	return read[quotaAnswer](ch.t, ch.asPartner(http.MethodPost, pathQuotaIssue, text(ch.t, fieldset{
		"quota_id": quota, "indirect_partner_ids": resellers, "quota_amount": yuan(amount),
	})))
}

func (ch *channel) reclaimQuotas(quotas ...string) quotaAnswer {
	ch.t.Helper()
	return read[quotaAnswer](ch.t, ch.asPartner(http.MethodPost, pathQuotaReclaim, text(ch.t, fieldset{
		"quota_ids": quotas, "remark": "再见",
	})))
}

type quotaList struct {
	Total  int `json:"total_count"`
	Quotas []struct {
		ID       string          `json:"quota_id"`
		Status   int             `json:"quota_status"`
		Value    decimal.Decimal `json:"quota_value"`
		Balance  decimal.Decimal `json:"balance"`
		Parent   string          `json:"parent_quota_id"`
		Reseller string          `json:"indirect_partner_id"`
		Account  string          `json:"indirect_partner_account_name"`
	} `json:"quotas"`
}

func (ch *channel) quotas(reseller string) quotaList {
	ch.t.Helper()
	return read[quotaList](ch.t, ch.asPartner(http.MethodPost, pathQuotas, ch.on(reseller, fieldset{})))
}

func (ch *channel) issued(filter string) quotaList {
	ch.t.Helper()
	return read[quotaList](ch.t, ch.asPartner(http.MethodGet, pathIssuedQuotas+filter, ""))
}

type quotaRecordList struct {
	Total   int `json:"total_count"`
	Records []struct {
		Operation string          `json:"operation_type"`
		Quota     string          `json:"quota_id"`
		Parent    string          `json:"parent_quota_id"`
		Reseller  string          `json:"indirect_partner_id"`
		Amount    decimal.Decimal `json:"amount"`
		Result    string          `json:"result"`
		Remark    string          `json:"remark"`
	} `json:"records"`
}

func (ch *channel) quotaRecords(filter string) quotaRecordList {
	ch.t.Helper()
	return read[quotaRecordList](ch.t, ch.asPartner(http.MethodGet, pathQuotaRecords+filter, ""))
}

func TestQuotasGoToResellersAndComeBack(t *testing.T) {
	t.Parallel()
	ch := newChannel(t, huawei.Options{})
	parent := ch.quota(huawei.NewQuota{Value: yuan("150")})
	got := ch.issueQuotas(parent, "100", ch.first, ch.second)
	require.Len(t, got.Quotas, 1)
	assert.Equal(t, ch.first, got.Quotas[0].ID)
	require.Len(t, got.Refused, 1)
	assert.Equal(t, ch.second, got.Refused[0].ID)
	assert.Equal(t, "CBC.99000013", got.Refused[0].Code)
	child := got.Quotas[0].QuotaID

	require.Equal(t, 1, ch.quotas("").Total, "the distributor's own")
	assert.Equal(t, "50", ch.quotas("").Quotas[0].Balance.String())
	require.Equal(t, 1, ch.quotas(ch.first).Total)
	assert.Equal(t, child, ch.quotas(ch.first).Quotas[0].ID)
	require.Equal(t, 1, ch.issued("").Total)
	assert.Equal(t, parent, ch.issued("").Quotas[0].Parent)
	assert.Equal(t, "reseller-one", ch.issued("").Quotas[0].Account)

	back := ch.reclaimQuotas(child, parent, "unknown")
	require.Len(t, back.Quotas, 1)
	assert.Equal(t, child, back.Quotas[0].QuotaID)
	assert.True(t, back.Quotas[0].Balance.IsZero())
	require.Len(t, back.Refused, 2)
	assert.Equal(t, "CBC.99000012", back.Refused[0].Code)
	assert.Equal(t, "150", ch.quotas("").Quotas[0].Balance.String())
	assert.Zero(t, ch.quotas(ch.first).Total, "reclaimed ones are in the other list only")
	assert.Equal(t, 6, ch.issued("").Quotas[0].Status)
	assert.Equal(t, "CBC.99000012", ch.reclaimQuotas(child).Refused[0].Code)

	records := ch.quotaRecords("")
	require.Equal(t, 4, records.Total)
	assert.Equal(t, "-1", records.Records[1].Result)
	assert.Empty(t, records.Records[1].Quota)
	last := records.Records[2]
	assert.Equal(t, []any{"11", child, parent, ch.first, "100", "0", "再见"},
		[]any{last.Operation, last.Quota, last.Parent, last.Reseller, last.Amount.String(), last.Result, last.Remark})
	for filter, total := range map[string]int{
		"&operation_type=10":                 2,
		"&operation_type=11":                 2,
		"&operation_type=12":                 4,
		"&indirect_partner_id=" + ch.second:  1,
		"&indirect_partner_id=unknown":       0,
		"&quota_id=" + child:                 3,
		"&parent_quota_id=" + parent:         4,
		"&parent_quota_id=unknown":           0,
		"&operation_time_begin=" + laterTime: 0,
		"&operation_time_end=" + laterTime:   4,
	} {
		assert.Equal(t, total, ch.quotaRecords(filter).Total, filter)
	}
	for filter, total := range map[string]int{
		"&quota_id=" + child: 1, "&quota_id=" + parent: 0, "&indirect_partner_id=" + ch.second: 0,
		"&indirect_partner_id=" + ch.first: 1, "&parent_quota_id=" + parent: 1, "&parent_quota_id=unknown": 0,
	} {
		assert.Equal(t, total, ch.issued(filter).Total, filter)
	}
	assert.Equal(t, "CBC.0100", ch.asPartner(http.MethodGet, pathQuotaRecords+"&operation_time_begin=x", "").code(t))
}

const laterTime = "2026-03-02T01:00:01Z"

func TestAResellerIssuesCouponsOutOfItsQuota(t *testing.T) {
	t.Parallel()
	ch := newChannel(t, huawei.Options{})
	parent := ch.quota(huawei.NewQuota{Value: yuan("100")})
	child := ch.issueQuotas(parent, "60", ch.first).Quotas[0].QuotaID
	issue := fieldset{"quota_id": child, "customer_ids": []string{ch.theirs}, "face_value": 20}
	assert.Equal(t, "CBC.99000012", ch.call(http.StatusBadRequest, pathCoupons, text(t, issue))["error_code"])
	assert.Equal(t, "CBC.99000012", ch.call(http.StatusBadRequest, pathCoupons, ch.on(ch.second, issue))["error_code"])
	own := ch.call(http.StatusOK, pathCoupons, ch.on(ch.first, issue.with(fieldset{"customer_ids": []string{ch.resale}})))
	assert.Equal(t, "CBC.99000035", own["error_details"].([]any)[0].(map[string]any)["error_code"])
	coupon := ch.call(http.StatusOK, pathCoupons, ch.on(ch.first, issue))["coupon_infos"].([]any)[0].(map[string]any)["coupon_id"]

	total := func(path, reseller string) float64 {
		return ch.asPartner(http.MethodGet, path+"?indirect_partner_id="+reseller, "").fields(t)["total_count"].(float64)
	}
	assert.InDelta(t, 1, total(pathCoupons, ch.first), 0)
	assert.Zero(t, total(pathCoupons, ""))
	assert.InDelta(t, 2, total(pathRecords, ch.first), 0)
	assert.Zero(t, total(pathRecords, ""))

	assert.Equal(t, "40", ch.quotas(ch.first).Quotas[0].Balance.String())
	ch.reclaimQuotas(child)
	assert.Equal(t, "80", ch.quotas("").Quotas[0].Balance.String())
	assert.Equal(t, "CBC.0100", ch.call(http.StatusBadRequest, pathReclaim, text(t, fieldset{"coupon_id": coupon}))["error_code"])
	got := ch.asPartner(http.MethodPost, pathReclaim, ch.on(ch.first, fieldset{"coupon_id": coupon}))
	assert.Equal(t, http.StatusNoContent, got.status, got.body)
	assert.Equal(t, "20", ch.issued("").Quotas[0].Balance.String(), "it stays with the quota it came from")
}

func TestQuotasOfResellersAreRefused(t *testing.T) {
	t.Parallel()
	ch := newChannel(t, huawei.Options{})
	good := ch.quota(huawei.NewQuota{})
	child := ch.issueQuotas(good, "10", ch.first).Quotas[0].QuotaID
	empty := ch.issueQuotas(good, "10", ch.first).Quotas[0].QuotaID
	ch.call(http.StatusOK, pathCoupons, ch.on(ch.first, fieldset{"quota_id": empty, "customer_ids": []string{ch.theirs}, "face_value": 10}))
	cash := ch.quota(huawei.NewQuota{QuotaType: huawei.QuotaCashCoupon})
	frozen := ch.quota(huawei.NewQuota{Status: 5})
	early := ch.quota(huawei.NewQuota{EffectiveTime: start.Add(time.Hour)})
	designated := ch.quota(huawei.NewQuota{Customers: []string{ch.resale}})
	theirs := ch.quota(huawei.NewQuota{Customers: []string{ch.theirs}})
	assert.Len(t, ch.issueQuotas(theirs, "1", ch.first).Quotas, 1)

	for name, c := range map[string]struct {
		quota  string
		to     []string
		amount string
		code   string
	}{
		"unknown quota":      {"unknown", []string{ch.first}, "1", "CBC.99000012"},
		"a reseller's":       {child, []string{ch.first}, "1", "CBC.99000012"},
		"cash coupons":       {cash, []string{ch.first}, "1", "CBC.99000012"},
		"frozen":             {frozen, []string{ch.first}, "1", "CBC.99000012"},
		"not yet effective":  {early, []string{ch.first}, "1", "CBC.99000017"},
		"unknown reseller":   {good, []string{ch.first, "unknown"}, "1", "CBC.99000037"},
		"designated":         {designated, []string{ch.first}, "1", "CBC.50000021"},
		"designated, theirs": {theirs, []string{ch.second}, "1", "CBC.50000021"},
		"twice":              {good, []string{ch.first, ch.first}, "1", "CBC.0100"},
		"three decimals":     {good, []string{ch.first}, "1.001", "CBC.0100"},
		"nobody":             {good, []string{}, "1", "CBC.0100"},
	} {
		got := ch.call(http.StatusBadRequest, pathQuotaIssue, text(t, fieldset{
			"quota_id": c.quota, "indirect_partner_ids": c.to, "quota_amount": yuan(c.amount),
		}))
		assert.Equal(t, c.code, got["error_code"], name)
	}
	ch.call(http.StatusBadRequest, pathQuotaReclaim, `{"quota_ids":[]}`)
	assert.Equal(t, "CBC.99000013", ch.reclaimQuotas(empty).Refused[0].Code)
	ch.clock.Advance(366 * 24 * time.Hour)
	assert.Equal(t, "CBC.99000017", ch.reclaimQuotas(child).Refused[0].Code)
}

type tagList struct {
	Tags []struct {
		Customer string `json:"customer_id"`
		Type     string `json:"customer_tag_type"`
		Tag      string `json:"new_customer_tag"`
		From     string `json:"effective_time"`
		Until    string `json:"expire_time"`
	} `json:"new_customer_tags"`
}

func TestNewCustomersAreTagged(t *testing.T) {
	t.Parallel()
	ch := newChannel(t, huawei.Options{ReviewDelay: -1})
	tags := func(reseller string, query fieldset) tagList {
		return read[tagList](t, ch.asPartner(http.MethodPost, pathTags, ch.on(reseller, query)))
	}
	one := func() string {
		tag := tags("", fieldset{"customer_ids": []string{ch.resale}}).Tags[0]
		assert.Equal(t, "SMB", tag.Type)
		return tag.Tag + " " + tag.From + " " + tag.Until
	}
	assert.Equal(t, "  ", one(), "no real name")
	ch.call(http.StatusOK, pathEnterprise, text(t, licence(ch.resale, "913")))
	assert.Equal(t, "UNDETERMINED  ", one())
	require.Equal(t, http.StatusNoContent, ch.pay(ch.place(huawei.NewOrder{}), nil, nil).status)
	assert.Equal(t, "Y 2026-03 2027-02", one())
	ch.clock.Advance(time.Date(2027, 2, 28, 15, 59, 59, 0, time.UTC).Sub(start)) // the last second of the month in China
	assert.Equal(t, "Y 2026-03 2027-02", one())
	ch.clock.Advance(time.Second)
	assert.Equal(t, "N 2026-03 2027-02", one())

	assert.Len(t, tags("", fieldset{}).Tags, 2)
	assert.Len(t, tags("", fieldset{"customer_ids": []string{}}).Tags, 2)
	assert.Equal(t, ch.referral, tags("", fieldset{"offset": 1, "limit": 1}).Tags[0].Customer)
	assert.Empty(t, tags("", fieldset{"customer_ids": []string{ch.theirs, ch.stranger}}).Tags)
	assert.Equal(t, ch.theirs, tags(ch.first, fieldset{}).Tags[0].Customer)
	assert.Equal(t, "CBC.0100", ch.call(http.StatusBadRequest, pathTags, `{"limit":201}`)["error_code"])
}
