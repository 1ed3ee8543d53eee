package couponissue_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/local/huawei"
)

// issueCalls counts the calls that issue.
func issueCalls(count *atomic.Int64) intercept {
	return func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/partner-coupons") && r.Method == http.MethodPost {
			count.Add(1)
		}
		return next.RoundTrip(r)
	}
}

func TestAHundredCustomersTakeOneCall(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	w := newWorldBehind(t, issueCalls(&calls))
	quota, customers := w.quota(1000), w.customers(201)

	report := w.issue(campaign(quota, "1", customers, ""))

	assert.Equal(t, 201, report.Issued)
	assert.EqualValues(t, 3, calls.Load())
	for i, outcome := range report.Customers {
		assert.Equal(t, customers[i], outcome.CustomerID, "the order is the campaign's")
	}
	w.requireSound()
}

// Whatever becomes of the answer to a call for a hundred, each of them is settled
// from the records, and has one coupon in the end.
func TestLostAnswersForAHundred(t *testing.T) {
	t.Parallel()
	for _, at := range []huawei.Point{huawei.BeforeEffect, huawei.AfterEffect} {
		t.Run(string(at), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			quota, customers := w.quota(150), w.customers(150)
			body := campaign(quota, "1", customers, "")
			w.fail(issueOperation, huawei.FaultReset, at)

			report := w.issue(body)
			lost := report.Unknown
			assert.Contains(t, []int{50, 100}, lost, "one of the two calls")
			assert.Equal(t, 150-lost, report.Issued)

			for range 3 { // looking for a hundred can take longer than a run
				w.clock.Advance(10 * time.Minute)
				report = w.issue(body)
			}
			assert.Equal(t, 150, report.Issued)
			assert.True(t, report.Finished)
			assert.Equal(t, 150, w.effects(issueOperation))
			w.requireSound()
		})
	}
}

func TestPartialFailureOfACall(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	w := newWorldBehind(t, issueCalls(&calls))
	customers := w.customers(100)
	customers[3] = w.account("pays-itself", huawei.AssociationReferral)
	customers[70] = "0123456789abcdef0123456789abcdef"

	report := w.issue(campaign(w.quota(1000), "1", customers, ""))

	assert.Equal(t, 98, report.Issued)
	assert.Equal(t, "CBC.99000014", report.Customers[3].Code)
	assert.Equal(t, "CBC.99000035", report.Customers[70].Code)
	assert.EqualValues(t, 1, calls.Load())
	w.requireSound()
}

// A refusal of the whole call that one customer is the cause of leaves the others
// theirs.
func TestRefusalOfACallIsNarrowedDown(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	w := newWorldBehind(t, issueCalls(&calls))
	customers := w.customers(100)
	designated := slices.Clone(customers)
	designated = slices.DeleteFunc(designated, func(id string) bool { return id == customers[0] || id == customers[64] })
	quota, err := w.cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000), Customers: designated})
	require.NoError(t, err)

	report := w.issue(campaign(quota, "1", customers, ""))

	assert.Equal(t, 98, report.Issued)
	assert.Equal(t, 2, report.Refused)
	for _, i := range []int{0, 64} {
		assert.Equal(t, couponissue.Refused, report.Customers[i].State)
		assert.Equal(t, "CBC.50000020", report.Customers[i].Code)
	}
	assert.LessOrEqual(t, calls.Load(), int64(27), "twice the halvings, and not one for each customer")
	w.requireSound()
}

func TestFirstTimeQuotaIsNarrowedDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customers := w.customers(10)
	back := customers[7]
	require.NoError(t, w.cloud.SetConditions(back, huawei.Conditions{AssociatedBefore: true}))
	quota, err := w.cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000), FirstOnly: true})
	require.NoError(t, err)

	report := w.issue(campaign(quota, "1", customers, ""))

	assert.Equal(t, 9, report.Issued)
	assert.Equal(t, "CBC.99000022", report.Customers[7].Code)
}

// What is wrong with the quota would be so for everybody: the campaign stops.
func TestRefusalOfTheTermsStopsTheCampaign(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	w := newWorldBehind(t, issueCalls(&calls))
	quota, err := w.cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000), Services: []string{"hws.service.type.ec2"}})
	require.NoError(t, err)

	report := w.issue(campaign(quota, "1", w.customers(600), `,"cloud_service_types":["hws.service.type.ebs"]`))

	assert.Equal(t, 600, report.NotTried)
	assert.Equal(t, "upstream_refused", report.Customers[599].Code)
	assert.LessOrEqual(t, calls.Load(), int64(5), "those under way")
	assert.Zero(t, w.effects(issueOperation))
}

// A campaign of which nobody got a coupon may be corrected.
func TestTermsCanBeCorrectedUntilSomebodyHasACoupon(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quota, err := w.cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000), MinFaceValue: decimal.NewFromInt(5)})
	require.NoError(t, err)
	customers := w.customers(3)
	assert.Equal(t, 3, w.issue(campaign(quota, "1", customers, "")).Refused)

	assert.Equal(t, 3, w.issue(campaign(quota, "5", customers, "")).Issued)
	assert.Equal(t, "key_conflict", w.refused("/couponissue/campaigns", campaign(quota, "6", customers, "")).Code)
}

func TestOutcomesInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const added = 1500
	var file strings.Builder
	file.WriteString("customer_id\n")
	for i := range added {
		fmt.Fprintf(&file, "unknown-%04d\n", i)
	}
	var addition couponissue.Addition
	require.Equal(t, http.StatusOK, w.upload(file.String(), &addition))
	var page couponissue.Page
	path := "/couponissue/campaigns/spring-2026/customers"
	require.Equal(t, http.StatusOK, w.call(http.MethodGet, path+"?state=not_tried", "", &page), "before it begins")
	assert.Len(t, page.Customers, 1000)

	// Customers whom nobody knows, and one who gets a coupon.
	customer := w.customers(1)
	report := w.issue(campaign(w.quota(3000), "1", customer, ""))
	assert.Equal(t, added, report.Refused)
	assert.Len(t, report.Customers, 1000, "the report is bounded")
	assert.Equal(t, 1501, report.CustomerCount)

	seen := map[couponissue.State]int{}
	for _, state := range []couponissue.State{couponissue.Issued, couponissue.Refused, couponissue.Unknown, ""} {
		after := ""
		for {
			page = couponissue.Page{}
			require.Equal(t, http.StatusOK, w.call(http.MethodGet, path+"?state="+string(state)+"&after="+after, "", &page))
			seen[state] += len(page.Customers)
			if page.Next == "" {
				break
			}
			after = page.Next
		}
	}
	assert.Equal(t, map[couponissue.State]int{couponissue.Issued: 1, couponissue.Refused: added, couponissue.Unknown: 0, "": added + 1}, seen)

	for _, query := range []string{"?state=done", "?after=3", "?after=x", "?after=0", "?after=-1"} {
		var p struct{ Code string }
		assert.Equal(t, http.StatusUnprocessableEntity, w.call(http.MethodGet, path+query, "", &p), query)
		assert.Equal(t, "invalid_fields", p.Code, query)
	}
}
