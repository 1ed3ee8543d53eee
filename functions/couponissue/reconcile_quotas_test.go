package couponissue_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// inDoubt makes a call whose outcome nobody knows, however often the client asks, and
// after which records cannot be read.
func (w *world) inDoubt(operation, path, body string, at huawei.Point) {
	w.t.Helper()
	_, err := w.cloud.AddFault(huawei.Fault{Operation: operation, Kind: huawei.FaultUnavailable, Point: at, Probability: 1})
	require.NoError(w.t, err)
	assert.Equal(w.t, "outcome_unknown", w.refused(path, body).Code)
	w.cloud.ClearFaults()
}

func TestTheScheduleSettlesQuotasAndReclamations(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, reseller := w.quota(1000), w.reseller("reseller")
	given := w.issueQuota(quotaIssue("given", quota, reseller, "50"))
	customer := w.withCoupons(1)[0]
	coupon := w.coupons(customer)[0].CouponID
	w.inDoubt(issueQuotaOperation, resellerQuotaPath, quotaIssue("lost", quota, reseller, "100"), huawei.AfterEffect)
	w.inDoubt(reclaimQuotaOperation, quotaReclaimPath, fmt.Sprintf(`{"quota_id":%q}`, given), huawei.BeforeEffect)
	w.inDoubt(reclaimCouponOperation, couponReclaimPath, reclamation(customer, coupon), huawei.BeforeEffect)
	want := map[string]string{"issue-quota:lost": "done", "reclaim-quota:" + given: "failed", "reclaim-coupon:" + coupon: "failed"}
	for key := range want {
		entry := w.recorded(key)
		assert.Equal(t, "unknown", entry.State, key)
		assert.Contains(t, entry.LookAt, "Partner centre", key)
	}
	w.reconcile()
	for key, state := range want {
		assert.Equal(t, state, w.recorded(key).State, key)
	}
	assert.Equal(t, 2, w.effects(issueQuotaOperation))
}

func TestAPersonDecidesAboutAQuota(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, reseller := w.quota(1000), w.reseller("reseller")
	given := w.issueQuota(quotaIssue("given", quota, reseller, "50"))
	w.inDoubt(issueQuotaOperation, resellerQuotaPath, quotaIssue("lost", quota, reseller, "100"), huawei.BeforeEffect)
	_, err := w.cloud.AddFault(huawei.Fault{Operation: "ListCouponQuotasRecords", Kind: huawei.FaultInternal, Point: huawei.BeforeEffect, Probability: 1})
	require.NoError(t, err)
	const path = "/couponissue/ledger/issue-quota:lost/resolution"
	decision := func(record string) string {
		return `{"decision":"done","person":"li.na","reason":"The list has it.","record_id":"` + record + `"}`
	}
	assert.Equal(t, "invalid_fields", w.refused(path, decision("")).Code)
	assert.Equal(t, "record_taken", w.refused(path, decision(given)).Code)
	require.Equal(t, http.StatusOK, w.call(http.MethodPost, path, decision("free"), new(any)))
	assert.Equal(t, "free", w.issueQuota(quotaIssue("lost", quota, reseller, "100")))
}
