package couponissue_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
)

// estimate asks what a campaign would take; the body is that of the campaign.
func (w *world) estimate(body string) couponissue.Estimate {
	w.t.Helper()
	var out couponissue.Estimate
	dry := body[:len(body)-1] + `,"dry_run":true}`
	require.Equal(w.t, http.StatusOK, w.call(http.MethodPost, "/couponissue/campaigns", dry, &out))
	require.True(w.t, out.DryRun)
	return out
}

func TestDryRunPricesAndMovesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, customers := w.quota(1000), w.customers(4)
	before := len(w.cloud.Journal())

	got := w.estimate(campaign(quota, "100.50", customers, ""))

	assert.Equal(t, couponissue.Estimate{
		DryRun: true, Campaign: "spring-2026", QuotaID: quota, Currency: "CNY", CustomerCount: 4, ToIssue: 4,
		Amount:             decimal.RequireFromString("402"),
		QuotaBalanceBefore: decimal.RequireFromString("1000"), QuotaBalanceAfter: decimal.RequireFromString("598"),
		Calls: 1, Seconds: 1, Warnings: []couponissue.Warning{},
	}, got)
	assert.Len(t, w.cloud.Journal(), before)
	var p handler.Problem
	assert.Equal(t, http.StatusNotFound, w.call(http.MethodGet, "/couponissue/campaigns/spring-2026", "", &p), "nothing is recorded")

	w.issue(campaign(quota, "100.50", customers[:3], ""))
	got = w.estimate(campaign(quota, "100.50", customers, ""))
	assert.Equal(t, 3, got.Issued)
	assert.Equal(t, 1, got.ToIssue)
	assert.Equal(t, "100.5", got.Amount.String())
	assert.Equal(t, "key_conflict", w.refused("/couponissue/campaigns", campaign(quota, "99", customers, `,"dry_run":true`)).Code)
}

func TestDryRunAfterAnInterruptionCountsByTheLedger(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, customers := w.quota(1000), w.customers(3)
	w.fail(issueOperation, huawei.FaultReset, huawei.AfterEffect)
	require.Equal(t, 3, w.issue(campaign(quota, "100", customers, "")).Unknown)

	got := w.estimate(campaign(quota, "100", customers, ""))

	assert.Equal(t, 3, got.Unknown, "they may be in the balance already")
	assert.Zero(t, got.ToIssue)
}

func TestDryRunWarns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customers := w.customers(2)
	narrow, err := w.cloud.AddQuota(huawei.NewQuota{
		Value: decimal.NewFromInt(100), ExpireTime: w.clock.Now().Add(6 * 24 * time.Hour),
		Services: []string{"hws.service.type.ec2", "hws.service.type.ebs"}, Products: []string{"p1"},
	})
	require.NoError(t, err)
	frozen, err := w.cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000), Status: 5})
	require.NoError(t, err)

	got := w.estimate(campaign(narrow, "60", customers,
		`,"expire_time":"2026-06-30T16:00:00Z","cloud_service_types":["hws.service.type.ebs","hws.service.type.obs"],"product_ids":["p1","p2"]`))
	assert.Equal(t, []string{"quota_insufficient", "quota_expires_soon", "coupons_outlive_quota", "services_outside_quota", "products_outside_quota"}, codes(got))
	assert.Equal(t, "-20", got.QuotaBalanceAfter.String())
	assert.Equal(t, "The quota has 20.00 less than the campaign needs.", got.Warnings[0].Message)
	assert.Equal(t, "The quota is not for the services hws.service.type.obs.", got.Warnings[3].Message)

	assert.Equal(t, []string{"quota_not_usable"}, codes(w.estimate(campaign(frozen, "1", customers, ""))))
}

func codes(e couponissue.Estimate) []string {
	var all []string
	for _, w := range e.Warnings {
		all = append(all, w.Code)
	}
	return all
}

func TestCustomersByFilterStayTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 3 {
		w.account(fmt.Sprintf("gold-%d", i), huawei.AssociationResale)
		w.account(fmt.Sprintf("iron-%d", i), huawei.AssociationResale)
	}
	w.account("gold-referral", huawei.AssociationReferral)
	quota := w.quota(1000)
	body := terms(quota, "100", `,"filter":{"account_name":"gold-"}`)

	assert.Equal(t, 3, w.estimate(body).CustomerCount, "those of resale")
	assert.Equal(t, 3, w.issue(body).Issued)
	w.account("gold-late", huawei.AssociationResale)
	assert.Equal(t, 3, w.issue(body).CustomerCount, "whom the filter found is recorded")

	p := w.refused("/couponissue/campaigns", terms(quota, "100", `,"filter":{"account_name":"iron-"}`))
	assert.Equal(t, "key_conflict", p.Code)
	assert.Equal(t, "filter", p.Fields[0].Field)
	assert.Equal(t, 3, w.effects(issueOperation))

	other := func(filter string) string {
		return fmt.Sprintf(`{"campaign":"other","quota_id":%q,"face_value":1,"filter":%s}`, quota, filter)
	}
	assert.Equal(t, 1, w.estimate(other(`{"account_name":"gold","association_type":"1"}`)).CustomerCount)
	assert.Equal(t, 7, w.estimate(other(`{"associated_on_begin":"2026-01-01T00:00:00Z"}`)).CustomerCount)
	for filter, code := range map[string]string{
		`{"account_name":"platinum"}`:                    "campaign_without_customers",
		`{"associated_on_begin":"2027-01-01T00:00:00Z"}`: "campaign_without_customers",
		`{}`:                       "invalid_fields",
		`{"association_type":"4"}`: "invalid_fields",
		`{"association_type":2}`:   "wrong_type",
		`{"level":"V1"}`:           "unknown_field",
		`{"associated_on_begin":"2026-02-01T00:00:00Z","associated_on_end":"2026-02-01T00:00:00Z"}`: "invalid_fields",
	} {
		assert.Equal(t, code, w.refused("/couponissue/campaigns", other(filter)).Code, filter)
	}
	assert.Equal(t, "invalid_fields", w.refused("/couponissue/campaigns", campaign(quota, "1", []string{"a"}, `,"filter":{"label":"x"}`)).Code)
}
