package couponissue_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
)

// rewritten lets edit change the answers to the requests whose path ends so.
func rewritten(suffix string, edit func(body string) string) intercept {
	return func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		answer, err := next.RoundTrip(r)
		if err != nil || !strings.HasSuffix(r.URL.Path, suffix) {
			return answer, err
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			return nil, err
		}
		edited := []byte(edit(string(body)))
		answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(edited)), int64(len(edited))
		return answer, nil
	}
}

func TestAnswerThatDoesNotNameTheCustomerIsUnknown(t *testing.T) {
	t.Parallel()
	w := newWorldBehind(t, rewritten("/partner-coupons", func(string) string { return `{"coupon_infos":[],"error_details":[]}` }))
	quota, customers := w.quota(1000), w.customers(1)

	assert.Equal(t, 1, w.issue(campaign(quota, "100", customers, "")).Unknown)
	assert.Equal(t, 1, w.issue(campaign(quota, "100", customers, "")).Issued, "found by its memo")
	assert.Equal(t, 1, w.effects(issueOperation))
}

func TestTermsReachHuaweiCloud(t *testing.T) {
	t.Parallel()
	var sent struct {
		CustomerIDs       []string    `json:"customer_ids"`
		FaceValue         json.Number `json:"face_value"`
		ExpireTime        string      `json:"expire_time"`
		CloudServiceTypes []string    `json:"cloud_service_types"`
		Memo              string      `json:"memo"`
	}
	w := newWorldBehind(t, intercept(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/partner-coupons") {
			body, err := r.GetBody()
			if err == nil {
				err = json.NewDecoder(body).Decode(&sent)
			}
			assert.NoError(t, err)
		}
		return next.RoundTrip(r)
	}))
	customers := w.customers(1)

	w.issue(campaign(w.quota(1000), "12.50", customers, `,"expire_time":"2026-06-30T16:00:00Z","cloud_service_types":["hws.service.type.ec2"]`))

	assert.Equal(t, customers, sent.CustomerIDs)
	assert.Equal(t, "12.5", sent.FaceValue.String())
	assert.Equal(t, "2026-06-30T16:00:00Z", sent.ExpireTime)
	assert.Equal(t, []string{"hws.service.type.ec2"}, sent.CloudServiceTypes)
	assert.Regexp(t, "^spring-2026:[0-9a-f]{16}$", sent.Memo)
}

func TestRecordsWithoutRemarkDecideNothing(t *testing.T) {
	t.Parallel()
	remark := regexp.MustCompile(`"remark":"[^"]*"`)
	w := newWorldBehind(t, rewritten("/records/query", func(body string) string { return remark.ReplaceAllString(body, `"remark":""`) }))
	quota, customers := w.quota(1000), w.customers(1)
	w.fail(issueOperation, huawei.FaultReset, huawei.AfterEffect)
	assert.Equal(t, 1, w.issue(campaign(quota, "100", customers, "")).Unknown)

	w.clock.Advance(time.Hour)
	assert.Equal(t, 1, w.issue(campaign(quota, "100", customers, "")).Unknown, "the record may be of this coupon")
	assert.Equal(t, 1, w.effects(issueOperation))
}

func TestRecordsThatCannotBeReadDecideNothing(t *testing.T) {
	t.Parallel()
	w := newWorldBehind(t, rewritten("records", func(string) string { return "no JSON" }))
	customer := w.customers(1)[0]
	require.NoError(t, w.cloud.SetPartnerBalance(decimal.NewFromInt(1000)))
	body := transfer("lost", customer, "10")
	w.fail(allocateOperation, huawei.FaultReset, huawei.BeforeEffect)
	assert.Equal(t, "outcome_unknown", w.refused("/couponissue/allocations", body).Code)

	w.clock.Advance(time.Hour)
	assert.Equal(t, "outcome_unknown", w.refused("/couponissue/allocations", body).Code)
	assert.Zero(t, w.effects(allocateOperation))
}

// A campaign that runs out of time stops between two customers, and reports.
func TestCampaignStopsInTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, customers := w.quota(1000), w.customers(2)
	// Less than what is kept for the report is left.
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()

	err := w.edge.Schedule(ctx, "campaign", []byte(campaign(quota, "100", customers, "")))

	p, ok := errors.AsType[*handler.Problem](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, "campaign_unfinished", p.Code)
	assert.Contains(t, p.Detail, "2 were not tried")
	assert.Zero(t, w.effects(issueOperation))
}

// The report of what was issued is not lost for want of the quota's balance.
func TestReportWithoutBalance(t *testing.T) {
	t.Parallel()
	var w *world
	w = newWorldBehind(t, intercept(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/coupon-quotas/query") && w.effects(issueOperation) > 0 {
			return nil, errors.New("no route to host")
		}
		return next.RoundTrip(r)
	}))
	quota := w.quota(1000)

	report := w.issue(campaign(quota, "100", w.customers(1), ""))

	assert.Equal(t, []couponissue.State{couponissue.Issued}, states(report))
	assert.Nil(t, report.QuotaBalanceAfter)
}
