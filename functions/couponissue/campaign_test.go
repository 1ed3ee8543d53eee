package couponissue_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

const issueOperation = "CreatePartnerCoupons"

func TestCampaignIssuesOneCouponEach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, customers := w.quota(1000), w.customers(3)

	report := w.issue(campaign(quota, "100.50", customers, ""))

	assert.Equal(t, "spring-2026", report.Campaign)
	assert.Equal(t, quota, report.QuotaID)
	assert.Equal(t, "CNY", report.Currency)
	assert.Equal(t, 3, report.Issued)
	assert.Equal(t, "301.5", report.IssuedAmount.String())
	require.NotNil(t, report.QuotaBalanceAfter)
	assert.Equal(t, "698.5", report.QuotaBalanceAfter.String())
	require.Len(t, report.Customers, 3)
	for i, outcome := range report.Customers {
		assert.Equal(t, customers[i], outcome.CustomerID, "the order is the campaign's")
		assert.Equal(t, couponissue.Issued, outcome.State)
		assert.NotEmpty(t, outcome.CouponID)
	}
	assert.Equal(t, 3, w.effects(issueOperation))
	w.requireSound()
}

func TestCampaignSentAgainIssuesNothingMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, customers := w.quota(300), w.customers(4)
	first := w.issue(campaign(quota, "100", customers[:3], `,"cloud_service_types":["hws.service.type.ec2","hws.service.type.ebs"]`))

	// The quota is used up and its time is over: what was issued stays issued. The
	// order of the services and the writing of the amount do not matter.
	w.clock.Advance(400 * 24 * time.Hour)
	again := w.issue(campaign(quota, `"100.00"`, customers[:3], `,"cloud_service_types":["hws.service.type.ebs","hws.service.type.ec2"]`))

	assert.Equal(t, first.Customers, again.Customers)
	assert.Equal(t, 3, w.effects(issueOperation))
	assert.Equal(t, "quota_not_usable", w.refused("/couponissue/campaigns",
		campaign(quota, "100", customers, `,"cloud_service_types":["hws.service.type.ec2","hws.service.type.ebs"]`)).Code)
	assert.Equal(t, 3, w.effects(issueOperation))
}

func TestCampaignWithOtherTermsIsAConflict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, other, customers := w.quota(1000), w.quota(1000), w.customers(2)
	w.issue(campaign(quota, "100", customers[1:], ""))

	for field, body := range map[string]string{
		"quota_id":            campaign(other, "100", customers, ""),
		"face_value":          campaign(quota, "101", customers, ""),
		"expire_time":         campaign(quota, "100", customers, `,"expire_time":"2026-06-30T16:00:00Z"`),
		"cloud_service_types": campaign(quota, "100", customers, `,"cloud_service_types":["hws.service.type.ec2"]`),
	} {
		p := w.refused("/couponissue/campaigns", body)
		assert.Equal(t, "key_conflict", p.Code, field)
		require.Len(t, p.Fields, 1, field)
		assert.Equal(t, field, p.Fields[0].Field)
	}
	assert.Equal(t, 1, w.effects(issueOperation), "not even the first customer, who is new, got a coupon")
}

func TestCampaignRefusedBeforeAnythingMoves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, customers := w.quota(1000), w.customers(3)
	frozen, err := w.cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000), Status: 5})
	require.NoError(t, err)
	later, err := w.cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000), EffectiveTime: w.clock.Now().Add(time.Hour)})
	require.NoError(t, err)
	body := func(name, quota, value, customers, more string) string {
		return fmt.Sprintf(`{"campaign":%q,"quota_id":%q,"face_value":%s,"customer_ids":%s%s}`, name, quota, value, customers, more)
	}
	one := fmt.Sprintf("[%q]", customers[0])
	many := `["x0"`
	for i := range 1000 {
		many += fmt.Sprintf(`,"x%d"`, i+1)
	}
	many += "]"

	tests := map[string]struct{ body, code, field string }{
		"no JSON":                  {`{"campaign"`, "malformed_json", ""},
		"two values":               {"{} {}", "malformed_json", ""},
		"name twice":               {`{"campaign":"a","campaign":"b"}`, "malformed_json", "campaign"},
		"unknown field":            {`{"quota":"a"}`, "unknown_field", "quota"},
		"value no number":          {body("a", quota, `"ten"`, one, ""), "wrong_type", "face_value"},
		"time no time":             {body("a", quota, "1", one, `,"expire_time":"tomorrow"`), "wrong_type", "expire_time"},
		"campaign empty":           {body("", quota, "1", one, ""), "invalid_fields", "campaign"},
		"campaign with a slash":    {body("a/b", quota, "1", one, ""), "invalid_fields", "campaign"},
		"campaign in capitals":     {body("A", quota, "1", one, ""), "invalid_fields", "campaign"},
		"quota empty":              {body("a", "", "1", one, ""), "invalid_fields", "quota_id"},
		"value zero":               {body("a", quota, "0", one, ""), "invalid_fields", "face_value"},
		"value negative":           {body("a", quota, "-1", one, ""), "invalid_fields", "face_value"},
		"value of three decimals":  {body("a", quota, "1.001", one, ""), "invalid_fields", "face_value"},
		"value beyond the largest": {body("a", quota, "100000000000", one, ""), "invalid_fields", "face_value"},
		"no customers":             {body("a", quota, "1", "[]", ""), "invalid_fields", "customer_ids"},
		"too many customers":       {body("a", quota, "1", many, ""), "invalid_fields", "customer_ids"},
		"customer twice":           {body("a", quota, "1", `["x","y","x"]`, ""), "invalid_fields", "customer_ids[2]"},
		"customer empty":           {body("a", quota, "1", `["x",""]`, ""), "invalid_fields", "customer_ids[1]"},
		"customer with a slash":    {body("a", quota, "1", `["x/y"]`, ""), "invalid_fields", "customer_ids[0]"},
		"expiry in another zone":   {body("a", quota, "1", one, `,"expire_time":"2026-06-30T00:00:00+08:00"`), "invalid_fields", "expire_time"},
		"expiry with a fraction":   {body("a", quota, "1", one, `,"expire_time":"2026-06-30T00:00:00.5Z"`), "invalid_fields", "expire_time"},
		"expiry passed":            {body("a", quota, "1", one, `,"expire_time":"2026-03-10T02:00:00Z"`), "invalid_fields", "expire_time"},
		"too many services":        {body("a", quota, "1", one, `,"cloud_service_types":["a","b","c","d","e","f","g","h","i","j","k"]`), "invalid_fields", "cloud_service_types"},
		"service twice":            {body("a", quota, "1", one, `,"cloud_service_types":["a","a"]`), "invalid_fields", "cloud_service_types[1]"},
		"quota unknown":            {body("a", "2020061902584509", "1", one, ""), "quota_unknown", ""},
		"quota frozen":             {body("a", frozen, "1", one, ""), "quota_not_usable", ""},
		"quota not yet effective":  {body("a", later, "1", one, ""), "quota_not_usable", ""},
		"quota too small":          {campaign(quota, "333.34", customers, ""), "quota_insufficient", ""},
	}
	for name, test := range tests {
		p := w.refused("/couponissue/campaigns", test.body)
		assert.Equal(t, test.code, p.Code, name)
		if test.field != "" {
			require.Len(t, p.Fields, 1, name)
			assert.Equal(t, test.field, p.Fields[0].Field, name)
		}
		assert.NotEmpty(t, p.Next, name)
	}
	assert.Zero(t, w.effects(issueOperation))
}

func TestQuotaMustCoverOnlyWhatIsStillToIssue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, customers := w.quota(300), w.customers(3)
	w.issue(campaign(quota, "100", customers[:2], ""))

	report := w.issue(campaign(quota, "100", customers, ""))

	assert.Equal(t, 3, report.Issued)
	assert.Equal(t, "0", report.QuotaBalanceAfter.String())
	assert.Equal(t, 3, w.effects(issueOperation))
	w.requireSound()
}

func TestRefusedCustomerDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, customers := w.quota(1000), w.customers(2)
	referral := w.account("pays-itself", huawei.AssociationReferral)
	all := []string{customers[0], "0123456789abcdef0123456789abcdef", referral, customers[1]}

	report := w.issue(campaign(quota, "100", all, ""))

	assert.Equal(t, []couponissue.State{couponissue.Issued, couponissue.Refused, couponissue.Refused, couponissue.Issued}, states(report))
	assert.Equal(t, 2, report.Refused)
	assert.Equal(t, "CBC.99000035", report.Customers[1].Code)
	assert.Equal(t, "CBC.99000014", report.Customers[2].Code)
	assert.NotEmpty(t, report.Customers[2].Message)
	assert.Equal(t, 2, w.effects(issueOperation))

	require.NoError(t, w.edge.Message(t.Context(), "campaigns", handler.Message{ID: "1", Body: []byte(campaign(quota, "100", all, ""))}),
		"issued and refused are final, so the message is done with")
	assert.Equal(t, 2, w.effects(issueOperation))
}

func TestRefusalOfTheWholeCallIsTheCustomers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customers := w.customers(2)
	quota, err := w.cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000), Customers: customers[1:]})
	require.NoError(t, err)

	report := w.issue(campaign(quota, "100", customers, ""))

	assert.Equal(t, []couponissue.State{couponissue.Refused, couponissue.Issued}, states(report))
	assert.Equal(t, "CBC.50000020", report.Customers[0].Code)
}

func TestLostAnswerIsSettledByAsking(t *testing.T) {
	t.Parallel()
	for _, kind := range []huawei.FaultKind{huawei.FaultReset, huawei.FaultTruncated, huawei.FaultInternal, huawei.FaultHTML} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			quota, customers := w.quota(300), w.customers(3)
			w.fail(issueOperation, kind, huawei.AfterEffect)

			report := w.issue(campaign(quota, "100", customers, ""))
			assert.Equal(t, []couponissue.State{couponissue.Unknown, couponissue.Unknown, couponissue.Unknown}, states(report))
			assert.Equal(t, "outcome_unknown", report.Customers[0].Code)
			assert.False(t, report.Finished)

			report = w.issue(campaign(quota, "100", customers, ""))
			assert.Equal(t, 3, report.Issued, "the quota is used up, and the lost coupons are found all the same")
			assert.NotEmpty(t, report.Customers[0].CouponID)
			assert.Equal(t, 3, w.effects(issueOperation))
			w.requireSound()
		})
	}
}

func TestLostRequestIsRepeatedOnlyOnceItIsProvenAbsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, customers := w.quota(300), w.customers(1)
	body := campaign(quota, "100", customers, "")
	w.fail(issueOperation, huawei.FaultReset, huawei.BeforeEffect)
	assert.Equal(t, 1, w.issue(body).Unknown)

	w.clock.Advance(time.Minute)
	assert.Equal(t, 1, w.issue(body).Unknown, "a record may still come to light")
	assert.Zero(t, w.effects(issueOperation))

	w.clock.Advance(2 * time.Minute)
	assert.Equal(t, 1, w.issue(body).Issued)
	assert.Equal(t, 1, w.effects(issueOperation))
	w.requireSound()
}

func TestRecordOfAnEarlierRefusalProvesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customers := w.customers(1)
	quota, err := w.cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(300), MaxTotal: decimal.NewFromInt(100)})
	require.NoError(t, err)
	other := fmt.Sprintf(`{"campaign":"other","quota_id":%q,"face_value":100,"customer_ids":[%q]}`, quota, customers[0])
	w.issue(other)
	body := campaign(quota, "100", customers, "")
	assert.Equal(t, "CBC.99000021", w.issue(body).Customers[0].Code)

	w.fail(issueOperation, huawei.FaultReset, huawei.BeforeEffect)
	assert.Equal(t, 1, w.issue(body).Unknown)
	assert.Equal(t, 1, w.issue(body).Unknown, "the failed record is of the first attempt")
}

func TestThrottlingStopsTheCampaign(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, customers := w.quota(1000), w.customers(3)
	_, err := w.cloud.AddFault(huawei.Fault{Operation: issueOperation, Kind: huawei.FaultThrottled, Point: huawei.BeforeValidation, Next: 100})
	require.NoError(t, err)
	body := campaign(quota, "100", customers, "")

	report := w.issue(body)

	assert.Equal(t, []couponissue.State{couponissue.NotTried, couponissue.NotTried, couponissue.NotTried}, states(report))
	assert.Equal(t, 3, report.NotTried)
	assert.Equal(t, "upstream_throttled", report.Customers[2].Code)

	err = w.edge.Message(t.Context(), "campaigns", handler.Message{ID: "1", Body: []byte(body)})
	var p *handler.Problem
	require.ErrorAs(t, err, &p)
	assert.Equal(t, "campaign_unfinished", p.Code)

	w.cloud.ClearFaults()
	require.NoError(t, w.edge.Message(t.Context(), "campaigns", handler.Message{ID: "1", Body: []byte(body), Attempt: 2}))
	assert.Equal(t, 3, w.effects(issueOperation))
	w.requireSound()
}

func TestScheduleAndQueueDecodeAsStrictly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, customers := w.quota(1000), w.customers(2)
	good, bad := campaign(quota, "100", customers, ""), campaign(quota, "100", customers, `,"extra":1`)

	var p *handler.Problem
	require.ErrorAs(t, w.edge.Schedule(t.Context(), "campaign", []byte(bad)), &p)
	assert.Equal(t, "unknown_field", p.Code)
	require.ErrorAs(t, w.edge.Schedule(t.Context(), "campaign", nil), &p)
	assert.Equal(t, "campaign_missing", p.Code)
	require.ErrorAs(t, w.edge.Message(t.Context(), "campaigns", handler.Message{ID: "1", Body: []byte(bad)}), &p)
	assert.Equal(t, "unknown_field", p.Code)
	assert.Zero(t, w.effects(issueOperation))

	require.NoError(t, w.edge.Schedule(t.Context(), "campaign", []byte(good)))
	require.NoError(t, w.edge.Message(t.Context(), "campaigns", handler.Message{ID: "2", Body: []byte(good)}))
	assert.Equal(t, 2, w.effects(issueOperation), "one campaign, whichever way it comes")
}

func TestListQuotas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	vouchers := []string{w.quota(100), w.quota(200), w.quota(300)}
	cash, err := w.cloud.AddQuota(huawei.NewQuota{QuotaType: huawei.QuotaCashCoupon, Value: decimal.RequireFromString("99.5"),
		Services: []string{"hws.service.type.ec2"}, EffectiveTime: w.clock.Now().Add(time.Hour)})
	require.NoError(t, err)

	var out struct{ Quotas []couponissue.Quota }
	require.Equal(t, http.StatusOK, w.call(http.MethodGet, "/couponissue/quotas", "", &out))

	require.Len(t, out.Quotas, 4, "all pages of both types")
	for i, id := range vouchers {
		assert.Equal(t, id, out.Quotas[i].QuotaID)
		assert.Equal(t, "voucher", out.Quotas[i].QuotaType)
		assert.True(t, out.Quotas[i].Usable)
	}
	last := out.Quotas[3]
	assert.Equal(t, cash, last.QuotaID)
	assert.Equal(t, "cash_coupon", last.QuotaType)
	assert.Equal(t, "99.5", last.Balance.String())
	assert.Equal(t, "CNY", last.Currency)
	assert.False(t, last.Usable, "not effective yet")
	assert.True(t, slices.ContainsFunc(last.Limits, func(l bss.QuotaLimit) bool { return l.LimitKey == "serviceType" }))
}

func TestCashCouponQuotaCanBeIssuedFrom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, err := w.cloud.AddQuota(huawei.NewQuota{QuotaType: huawei.QuotaCashCoupon, Value: decimal.NewFromInt(100)})
	require.NoError(t, err)

	assert.Equal(t, 1, w.issue(campaign(quota, "100", w.customers(1), "")).Issued)
	w.requireSound()
}
