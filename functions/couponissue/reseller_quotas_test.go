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
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

const (
	resellerQuotaPath     = "/couponissue/indirect-partner-quotas"
	quotaReclaimPath      = "/couponissue/indirect-partner-quota-reclamations"
	issueQuotaOperation   = "UpdateCouponQuotas"
	reclaimQuotaOperation = "ReclaimCouponQuotas"
)

func (w *world) reseller(name string) string {
	w.t.Helper()
	id, err := w.cloud.AddReseller(huawei.Reseller{AccountName: name})
	require.NoError(w.t, err)
	return id
}

func quotaIssue(requestID, quotaID, reseller, amount string) string {
	return fmt.Sprintf(`{"request_id":%q,"quota_id":%q,"indirect_partner_id":%q,"quota_amount":%s}`, requestID, quotaID, reseller, amount)
}

func (w *world) issueQuota(body string) (issuedQuotaID string) {
	w.t.Helper()
	var out struct {
		ID string `json:"issued_quota_id"`
	}
	require.Equal(w.t, http.StatusOK, w.call(http.MethodPost, resellerQuotaPath, body, &out))
	require.NotEmpty(w.t, out.ID)
	return out.ID
}

func (w *world) issuedQuotas(query string) (quotas []couponissue.IssuedQuota, next int) {
	w.t.Helper()
	var out struct {
		Quotas []couponissue.IssuedQuota
		Next   int
	}
	require.Equal(w.t, http.StatusOK, w.call(http.MethodGet, resellerQuotaPath+query, "", &out))
	return out.Quotas, out.Next
}

func TestAResellersQuotaIsIssuedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, reseller := w.quota(1000), w.reseller("reseller")
	first := w.issueQuota(quotaIssue("1", quota, reseller, "100"))
	assert.Equal(t, first, w.issueQuota(quotaIssue("1", quota, reseller, `"100.00"`)))
	assert.Equal(t, 1, w.effects(issueQuotaOperation))
	assert.NotEqual(t, first, w.issueQuota(quotaIssue("2", quota, reseller, "100")))
	p := w.refused(resellerQuotaPath, quotaIssue("1", quota, reseller, "101"))
	assert.Equal(t, "key_conflict", p.Code)

	quotas, next := w.issuedQuotas("?limit=1")
	require.Len(t, quotas, 1)
	assert.Equal(t, 1, next)
	assert.Equal(t, first, quotas[0].QuotaID)
	assert.Equal(t, quota, quotas[0].ParentQuotaID)
	assert.Equal(t, "100", quotas[0].Balance.String())
	quotas, next = w.issuedQuotas("?limit=1&offset=1")
	assert.Len(t, quotas, 1)
	assert.Zero(t, next)
	w.requireSound()
}

func TestALostIssueOfAQuotaIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, reseller, other := w.quota(1000), w.reseller("reseller"), w.reseller("another")
	before := w.issueQuota(quotaIssue("before", quota, reseller, "100"))
	w.fail(issueQuotaOperation, huawei.FaultReset, huawei.AfterEffect)
	assert.Equal(t, "outcome_unknown", w.refused(resellerQuotaPath, quotaIssue("lost", quota, reseller, "100")).Code)
	after := w.issueQuota(quotaIssue("after", quota, reseller, "100"))
	elsewhere := w.issueQuota(quotaIssue("elsewhere", quota, other, "100"))
	lost := w.issueQuota(quotaIssue("lost", quota, reseller, "100"))
	assert.NotContains(t, []string{before, after, elsewhere}, lost)
	assert.Equal(t, 4, w.effects(issueQuotaOperation))
	w.requireSound()
}

func TestAQuotaIsNotIssuedWhileAnIssueIsInDoubt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, reseller := w.quota(1000), w.reseller("reseller")
	w.fail(issueQuotaOperation, huawei.FaultUnavailable, huawei.BeforeEffect)
	assert.Equal(t, "outcome_unknown", w.refused(resellerQuotaPath, quotaIssue("lost", quota, reseller, "100")).Code)
	assert.Equal(t, "movement_in_doubt", w.refused(resellerQuotaPath, quotaIssue("next", quota, reseller, "100")).Code)
	w.issueQuota(quotaIssue("other", quota, w.reseller("another"), "100"))
	assert.Equal(t, 1, w.effects(issueQuotaOperation))

	w.clock.Advance(3 * time.Minute)
	next := w.issueQuota(quotaIssue("next", quota, reseller, "100"))
	assert.NotEqual(t, next, w.issueQuota(quotaIssue("lost", quota, reseller, "100")))
	assert.Equal(t, 3, w.effects(issueQuotaOperation))
}

func TestAKilledIssueOfAQuotaComesBackToItsOwn(t *testing.T) {
	t.Parallel()
	store := &forgetful{Store: memory.New()}
	w := newWorldOn(t, store, nil)
	quota, reseller := w.quota(1000), w.reseller("reseller")
	store.armed.Store(true)
	assert.Equal(t, "outcome_unknown", w.refused(resellerQuotaPath, quotaIssue("killed", quota, reseller, "100")).Code)
	w.clock.Advance(10 * time.Minute)
	next := w.issueQuota(quotaIssue("next", quota, reseller, "100"))
	assert.NotEqual(t, next, w.issueQuota(quotaIssue("killed", quota, reseller, "100")))
	assert.Equal(t, 2, w.effects(issueQuotaOperation))
}

func TestAQuotaIsReclaimedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, reseller := w.quota(1000), w.reseller("reseller")
	id := w.issueQuota(quotaIssue("1", quota, reseller, "100"))
	body := fmt.Sprintf(`{"quota_id":%q,"remark":"not needed"}`, id)
	w.fail(reclaimQuotaOperation, huawei.FaultReset, huawei.AfterEffect) // the client's repetition is refused
	for range 2 {
		var out struct {
			QuotaID string `json:"quota_id"`
		}
		require.Equal(t, http.StatusOK, w.call(http.MethodPost, quotaReclaimPath, body, &out))
		assert.Equal(t, id, out.QuotaID)
	}
	assert.Equal(t, 1, w.effects(reclaimQuotaOperation))
	quotas, _ := w.issuedQuotas("?quota_id=" + id)
	require.Len(t, quotas, 1)
	assert.EqualValues(t, 6, quotas[0].QuotaStatus)

	var out struct{ Records []couponissue.QuotaRecord }
	require.Equal(t, http.StatusOK, w.call(http.MethodGet, "/couponissue/indirect-partner-quota-records?quota_id="+id, "", &out))
	require.Len(t, out.Records, 3)
	assert.False(t, out.Records[2].Done, "the client's repetition")
	assert.Equal(t, []string{"issue", "reclaim"}, []string{out.Records[0].Operation, out.Records[1].Operation})
	assert.True(t, out.Records[1].Done)
	assert.Equal(t, "not needed", out.Records[1].Remark)
	w.requireSound()
}

func TestALostReclaimOfAQuotaIsMadeOnceProvenAbsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.issueQuota(quotaIssue("1", w.quota(1000), w.reseller("reseller"), "100"))
	body := fmt.Sprintf(`{"quota_id":%q}`, id)
	_, err := w.cloud.AddFault(huawei.Fault{Operation: reclaimQuotaOperation, Kind: huawei.FaultUnavailable, Point: huawei.BeforeEffect, Probability: 1})
	require.NoError(t, err)
	assert.Equal(t, "outcome_unknown", w.refused(quotaReclaimPath, body).Code)
	w.cloud.ClearFaults()
	assert.Equal(t, "outcome_unknown", w.refused(quotaReclaimPath, body).Code, "it may still come to light")
	assert.Zero(t, w.effects(reclaimQuotaOperation))
	w.clock.Advance(3 * time.Minute)
	require.Equal(t, http.StatusOK, w.call(http.MethodPost, quotaReclaimPath, body, new(any)))
	assert.Equal(t, 1, w.effects(reclaimQuotaOperation))
}

func TestBadRequestsAboutResellersQuotasMoveNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, reseller := w.quota(100), w.reseller("reseller")
	before := len(w.cloud.Journal())
	for body, code := range map[string]string{
		quotaIssue("a/b", quota, reseller, "1"):    "invalid_fields",
		quotaIssue("1", "", reseller, "1"):         "invalid_fields",
		quotaIssue("1", quota, "", "1"):            "invalid_fields",
		quotaIssue("1", quota, reseller, "0"):      "invalid_fields",
		quotaIssue("1", quota, reseller, "-1"):     "invalid_fields",
		quotaIssue("1", quota, reseller, "0.001"):  "invalid_fields",
		quotaIssue("1", quota, reseller, "1e12"):   "invalid_fields",
		quotaIssue("1", quota, reseller, `"much"`): "wrong_type",
		quotaIssue("2", quota, reseller, "100.01"): "quota_insufficient",
		quotaIssue("3", "none", reseller, "1"):     "quota_not_usable",
		quotaIssue("4", quota, "nobody", "1"):      "reseller_unknown",
	} {
		assert.Equal(t, code, w.refused(resellerQuotaPath, body).Code, body)
	}
	for body, code := range map[string]string{
		`{"quota_id":""}`:                    "invalid_fields",
		`{"quota_id":"none"}`:                "quota_not_usable",
		`{"quota_id":"` + quota + `"}`:       "quota_not_usable",
		`{"quota_id":"1","quota_ids":["2"]}`: "unknown_field",
	} {
		assert.Equal(t, code, w.refused(quotaReclaimPath, body).Code, body)
	}
	for _, query := range []string{"?limit=101", "?offset=-1", "?parent_quota_id=", "?quota=1"} {
		assert.Equal(t, "invalid_fields", w.getRefused(resellerQuotaPath+query).Code, query)
		assert.Equal(t, "invalid_fields", w.getRefused("/couponissue/indirect-partner-quota-records"+query).Code, query)
	}
	assert.Len(t, w.cloud.Journal(), before)
}

func TestQuotasAreWarnedOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := w.clock.Now()
	add := func(value int64, expires time.Time) string {
		id, err := w.cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(value), ExpireTime: expires})
		require.NoError(t, err)
		return id
	}
	soon, late, used := add(100, now.Add(30*24*time.Hour+time.Hour)), add(100, now.Add(31*24*time.Hour+time.Hour)), add(100, now.Add(365*24*time.Hour-time.Hour))
	w.issueQuota(quotaIssue("1", used, w.reseller("reseller"), "90.01"))

	var out struct{ Quotas []couponissue.Quota }
	require.Equal(t, http.StatusOK, w.call(http.MethodGet, "/couponissue/quotas", "", &out))
	got := map[string]string{}
	for _, q := range out.Quotas {
		got[q.QuotaID] = fmt.Sprint(*q.ExpiresInDays, q.Warnings)
	}
	assert.Equal(t, map[string]string{soon: "30 [expiring]", late: "31 []", used: "364 [nearly_used_up]"}, got)
	require.NoError(t, w.edge.Schedule(t.Context(), "quota-watch", nil))
}
