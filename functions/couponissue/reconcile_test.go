package couponissue_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

type recorded struct {
	State  string `json:"state"`
	LookAt string `json:"look_at"`
}

func (w *world) recorded(key string) (out recorded) {
	w.t.Helper()
	require.Equal(w.t, http.StatusOK, w.call(http.MethodGet, "/couponissue/ledger/"+key, "", &out))
	return out
}

func (w *world) reconcile() {
	w.t.Helper()
	w.clock.Advance(5 * time.Minute)
	require.NoError(w.t, w.edge.Schedule(context.WithoutCancel(w.t.Context()), "reconcile", nil))
}

func TestTheScheduleSettlesCouponsAndMovements(t *testing.T) {
	t.Parallel()
	for at, want := range map[huawei.Point]string{huawei.AfterEffect: "done", huawei.BeforeEffect: "failed"} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			quota, customer := w.quota(1000), w.customers(1)[0]
			require.NoError(t, w.cloud.SetPartnerBalance(decimal.NewFromInt(1000)))
			w.fail(issueOperation, huawei.FaultReset, at)
			w.fail(allocateOperation, huawei.FaultReset, at)
			require.Equal(t, 1, w.issue(campaign(quota, "100", []string{customer}, "")).Unknown)
			require.Equal(t, "outcome_unknown", w.refused("/couponissue/allocations", transfer("lost", customer, "10")).Code)
			coupon := "coupon:spring-2026:" + customer
			assert.Contains(t, w.recorded(coupon).LookAt, "spring-2026:")
			assert.Contains(t, w.recorded("allocate:lost").LookAt, "adjust records of "+customer)

			w.reconcile()
			assert.Equal(t, want, w.recorded(coupon).State)
			assert.Equal(t, want, w.recorded("allocate:lost").State)
			require.Equal(t, 1, w.issue(campaign(quota, "100", []string{customer}, "")).Issued)
			var out any
			require.Equal(t, http.StatusOK, w.call(http.MethodPost, "/couponissue/allocations", transfer("lost", customer, "10"), &out))
			assert.Equal(t, 1, w.effects(issueOperation))
			assert.Equal(t, 1, w.effects(allocateOperation))
			w.requireSound()
		})
	}
}

// A transfer that a person names must not be another movement's.
func TestAPersonNamesATransferThatIsFree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customer := w.customers(1)[0]
	require.NoError(t, w.cloud.SetPartnerBalance(decimal.NewFromInt(1000)))
	var other struct {
		TransferID string `json:"transfer_id"`
	}
	require.Equal(t, http.StatusOK, w.call(http.MethodPost, "/couponissue/allocations", transfer("other", customer, "10"), &other))
	w.fail(allocateOperation, huawei.FaultReset, huawei.AfterEffect)
	require.Equal(t, "outcome_unknown", w.refused("/couponissue/allocations", transfer("lost", customer, "20")).Code)

	_, err := w.cloud.AddFault(huawei.Fault{Operation: "ListPartnerAdjustRecords", Kind: huawei.FaultInternal, Point: huawei.BeforeEffect, Probability: 1})
	require.NoError(t, err)
	const path = "/couponissue/ledger/allocate:lost/resolution"
	decision := func(record string) string {
		return `{"decision":"done","person":"li.na","reason":"The statement has it.","record_id":"` + record + `"}`
	}
	assert.Equal(t, "invalid_fields", w.refused(path, decision("")).Code)
	assert.Equal(t, "record_taken", w.refused(path, decision(other.TransferID)).Code)
	assert.Equal(t, "unknown", w.recorded("allocate:lost").State)

	var out any
	require.Equal(t, http.StatusOK, w.call(http.MethodPost, path, decision("free"), &out))
	again := other
	require.Equal(t, http.StatusOK, w.call(http.MethodPost, "/couponissue/allocations", transfer("lost", customer, "20"), &again))
	assert.Equal(t, "free", again.TransferID)
	assert.Equal(t, 2, w.effects(allocateOperation))
	w.requireSound()
}
