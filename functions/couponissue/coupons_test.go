package couponissue_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	couponReclaimPath      = "/couponissue/coupon-reclamations"
	unusedPath             = "/couponissue/unused-coupon-reclamations"
	reclaimCouponOperation = "ReclaimPartnerCoupons"
)

// withCoupons issues a coupon of 100 to each of some customers.
func (w *world) withCoupons(n int) (customers []string) {
	w.t.Helper()
	customers = w.customers(n)
	require.Equal(w.t, n, w.issue(campaign(w.quota(10_000), "100", customers, "")).Issued)
	return customers
}

func (w *world) coupons(customer string) []couponissue.IssuedCoupon {
	w.t.Helper()
	var out struct{ Coupons []couponissue.IssuedCoupon }
	require.Equal(w.t, http.StatusOK, w.call(http.MethodGet, "/couponissue/customers/"+customer+"/coupons", "", &out))
	return out.Coupons
}

func (w *world) reclaimUnused(body string) couponissue.UnusedReport {
	w.t.Helper()
	var report couponissue.UnusedReport
	require.Equal(w.t, http.StatusOK, w.call(http.MethodPost, unusedPath, body, &report))
	return report
}

func reclamation(customer, coupon string) string {
	return fmt.Sprintf(`{"customer_id":%q,"coupon_id":%q}`, customer, coupon)
}

func TestACustomersCouponsAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customers := w.withCoupons(2)
	coupons := w.coupons(customers[0])
	require.Len(t, coupons, 1)
	assert.Equal(t, "voucher usable 100 100 0", fmt.Sprint(coupons[0].CouponType, " ", coupons[0].Status, " ", coupons[0].FaceValue, " ", coupons[0].Balance, " ", coupons[0].Used))
	assert.Empty(t, w.coupons("nobody"))
	for _, query := range []string{"?limit=101", "?offset=-1", "?status=1"} {
		assert.Equal(t, "invalid_fields", w.getRefused("/couponissue/customers/"+customers[0]+"/coupons"+query).Code, query)
	}
	assert.Equal(t, "invalid_fields", w.getRefused("/couponissue/customers/a%2Fb/coupons").Code)
}

func TestACouponIsReclaimedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customer := w.withCoupons(1)[0]
	coupon := w.coupons(customer)[0].CouponID
	w.fail(reclaimCouponOperation, huawei.FaultReset, huawei.AfterEffect) // the client's repetition is refused
	for range 2 {
		var out couponissue.CouponReclamation
		require.Equal(t, http.StatusOK, w.call(http.MethodPost, couponReclaimPath, reclamation(customer, coupon), &out))
		assert.Equal(t, coupon, out.CouponID)
	}
	assert.Equal(t, 1, w.effects(reclaimCouponOperation))
	assert.Equal(t, "reclaimed", w.coupons(customer)[0].Status)
	w.requireSound()
}

func TestALostReclamationOfACouponIsSettled(t *testing.T) {
	t.Parallel()
	for _, at := range []huawei.Point{huawei.BeforeEffect, huawei.AfterEffect} {
		w := newWorld(t)
		customer := w.withCoupons(1)[0]
		body := reclamation(customer, w.coupons(customer)[0].CouponID)
		for operation, point := range map[string]huawei.Point{reclaimCouponOperation: at} {
			_, err := w.cloud.AddFault(huawei.Fault{Operation: operation, Kind: huawei.FaultUnavailable, Point: point, Probability: 1})
			require.NoError(t, err)
		}
		w.call(http.MethodPost, couponReclaimPath, body, new(any))
		w.cloud.ClearFaults()
		w.reconcile()
		require.Equal(t, http.StatusOK, w.call(http.MethodPost, couponReclaimPath, body, new(any)))
		assert.Equal(t, 1, w.effects(reclaimCouponOperation), at)
		w.requireSound()
	}
}

func TestBadReclamationsOfCouponsMoveNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customers := w.withCoupons(2)
	coupon := w.coupons(customers[0])[0].CouponID
	before := len(w.cloud.Journal())
	for body, code := range map[string]string{
		reclamation(customers[1], coupon): "coupon_not_issued", // another customer's
		reclamation(customers[0], "none"): "coupon_not_issued",
		reclamation("", coupon):           "invalid_fields",
		reclamation(customers[0], ""):     "invalid_fields",
		`{"coupon":"1"}`:                  "unknown_field",
	} {
		assert.Equal(t, code, w.refused(couponReclaimPath, body).Code, body)
	}
	assert.Len(t, w.cloud.Journal(), before)
	w.clock.Advance(400 * 24 * time.Hour)
	assert.Equal(t, "coupon_not_reclaimable", w.refused(couponReclaimPath, reclamation(customers[0], coupon)).Code, "it has expired")
	assert.Zero(t, w.effects(reclaimCouponOperation))
}

func TestUnusedCouponsOfACampaignAreReclaimed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customers := w.withCoupons(3)
	other := strings.Replace(campaign(w.quota(1000), "100", customers, ""), "spring-2026", "summer-2026", 1)
	require.Equal(t, 3, w.issue(other).Issued)
	const rule = `{"campaign":"spring-2026","unused_for_days":30`
	assert.Empty(t, w.reclaimUnused(rule+`}`).Coupons)
	w.clock.Advance(30 * 24 * time.Hour)

	dry := w.reclaimUnused(rule + `,"dry_run":true}`)
	require.Len(t, dry.Coupons, 3)
	assert.Equal(t, "would_reclaim", dry.Coupons[0].State)
	assert.Zero(t, dry.Reclaimed)
	assert.Zero(t, w.effects(reclaimCouponOperation))

	report := w.reclaimUnused(rule + `}`)
	assert.Equal(t, 3, report.Reclaimed)
	assert.Equal(t, "300", report.Amount.String())
	assert.Empty(t, w.reclaimUnused(rule+`}`).Coupons)
	assert.Equal(t, 3, w.effects(reclaimCouponOperation))
	w.requireSound()
}

func TestCouponsThatExpireSoonAreReclaimed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.withCoupons(1)
	const rule = `{"campaign":"spring-2026","expiring_within_days":7}`
	assert.Empty(t, w.reclaimUnused(rule).Coupons)
	w.clock.Advance(359 * 24 * time.Hour)
	assert.Equal(t, 1, w.reclaimUnused(rule).Reclaimed)
}

// What a customer has begun to use is the customer's, unless the rule says otherwise.
func TestPartlyUsedCouponsAreLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorldBehind(t, rewritten("/partner-coupons", func(body string) string {
		return strings.ReplaceAll(body, `"balance":100`, `"balance":60`)
	}))
	customer := w.withCoupons(1)[0]
	assert.Equal(t, "40", w.coupons(customer)[0].Used.String())
	w.clock.Advance(31 * 24 * time.Hour)
	const rule = `{"campaign":"spring-2026","unused_for_days":30`
	assert.Empty(t, w.reclaimUnused(rule+`}`).Coupons)
	report := w.reclaimUnused(rule + `,"partly_used":true,"dry_run":true}`)
	require.Len(t, report.Coupons, 1)
	assert.True(t, report.Coupons[0].PartlyUsed)
	assert.Equal(t, 1, w.reclaimUnused(rule+`,"partly_used":true}`).Reclaimed)
}

// Between the list and its turn a customer may begin to use a coupon.
func TestACouponIsLookedAtAgainBeforeItIsReclaimed(t *testing.T) {
	t.Parallel()
	reads := 0
	w := newWorldBehind(t, rewritten("/partner-coupons", func(body string) string {
		if !strings.Contains(body, "user_coupons") {
			return body
		}
		if reads++; reads < 2 {
			return body
		}
		return strings.ReplaceAll(body, `"balance":100`, `"balance":60`)
	}))
	w.withCoupons(1)
	w.clock.Advance(31 * 24 * time.Hour)
	report := w.reclaimUnused(`{"campaign":"spring-2026","unused_for_days":30}`)
	require.Len(t, report.Coupons, 1)
	assert.Equal(t, "refused", report.Coupons[0].State)
	assert.Equal(t, "coupon_not_reclaimable", report.Coupons[0].Code)
	assert.Zero(t, w.effects(reclaimCouponOperation))
}

func TestTheScheduleReclaimsByItsRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, ok := errors.AsType[*handler.Problem](w.edge.Schedule(t.Context(), "reclaim-unused", nil))
	require.True(t, ok)
	assert.Equal(t, "reclaim_rules_missing", p.Code)
	w.configure(couponissue.Config{ReclaimUnused: `[{"campaign":"spring-2026","unused_for_days":30}]`})
	w.withCoupons(2)
	require.NoError(t, w.edge.Schedule(t.Context(), "reclaim-unused", nil))
	assert.Zero(t, w.effects(reclaimCouponOperation))
	w.clock.Advance(30 * 24 * time.Hour)
	for range 2 {
		require.NoError(t, w.edge.Schedule(t.Context(), "reclaim-unused", nil))
	}
	assert.Equal(t, 2, w.effects(reclaimCouponOperation))
}

func TestBadRulesForUnusedCouponsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for rule, field := range map[string]string{
		`{"unused_for_days":1}`: "campaign",
		`{"campaign":"a","promotion_plan_id":"b","unused_for_days":1}`: "campaign",
		`{"campaign":"A B","unused_for_days":1}`:                       "campaign",
		`{"promotion_plan_id":"a/b","unused_for_days":1}`:              "promotion_plan_id",
		`{"campaign":"a"}`: "unused_for_days",
		`{"campaign":"a","unused_for_days":-1,"expiring_within_days":1}`: "unused_for_days",
		`{"campaign":"a","expiring_within_days":3651}`:                   "expiring_within_days",
	} {
		p := w.refused(unusedPath, rule)
		assert.Equal(t, "invalid_fields", p.Code, rule)
		require.NotEmpty(t, p.Fields, rule)
		assert.Equal(t, field, p.Fields[0].Field, rule)
		_, err := couponissue.New(couponissue.Config{Config: goodConfig(), ReclaimUnused: "[" + rule + "]"}, goodRuntime())
		require.ErrorContains(t, err, "RECLAIM_UNUSED", rule)
	}
	for _, text := range []string{`{}`, `[{"days":1}]`} {
		_, err := couponissue.New(couponissue.Config{Config: goodConfig(), ReclaimUnused: text}, goodRuntime())
		require.ErrorContains(t, err, "RECLAIM_UNUSED", text)
	}
}

func TestWhatChangedACustomersCouponsIsListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customer := w.withCoupons(1)[0]
	path := "/couponissue/customers/" + customer + "/coupon-changes"
	assert.Equal(t, "customer_tokens_missing", w.getRefused(path).Code)

	w.iam = true
	w.configure(couponissue.Config{})
	var out struct{ Changes []couponissue.CouponChange }
	require.Equal(t, http.StatusOK, w.call(http.MethodGet, path+"?from=2026-03-01&to=2026-03-31", "", &out))
	require.Len(t, out.Changes, 1)
	assert.Equal(t, "REVENUE 100 100 CNY", fmt.Sprint(out.Changes[0].Direction, " ", out.Changes[0].Amount, " ", out.Changes[0].BalanceAfter, " ", out.Changes[0].Currency))
	require.Equal(t, http.StatusOK, w.call(http.MethodGet, path+"?coupon_id=none", "", &out))
	assert.Empty(t, out.Changes)
	for _, query := range []string{"?from=yesterday", "?to=2026-13-01", "?coupon_id=", "?limit=0", "?day=1"} {
		assert.Equal(t, "invalid_fields", w.getRefused(path+query).Code, query)
	}
	assert.Equal(t, "customer_unknown", w.getRefused("/couponissue/customers/nobody/coupon-changes").Code)
}
