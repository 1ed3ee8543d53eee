package onboard_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

func TestAPersonsRealNameIsProvedAndBecomesAnEnterprises(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customerID := w.glacierLabs()
	assert.Equal(t, standing{Status: "none"}, w.realName())
	in := w.person("real-1", personNumber)
	assert.Equal(t, standing{Status: "reviewing", Kind: "individual", RequestID: "real-1"}, w.submit("individual", in))
	assert.Equal(t, "reviewing", w.realName().Status)
	assert.Len(t, w.downloads(), 3)
	w.lookAtRealNames() // nothing is due yet
	w.clock.Advance(6 * time.Minute)
	w.lookAtRealNames()
	assert.Equal(t, standing{Status: "passed", Kind: "individual", RequestID: "real-1"}, w.realName())
	var own standing
	require.NoError(t, w.Platform.Call(t.Context(), http.MethodGet, glacier+"/real-name/status", nil, &own))
	assert.Equal(t, "passed", own.Status)

	assert.Equal(t, "enterprise-change", w.submit("enterprise-change", w.firm("real-2", "9130000")).Kind)
	w.clock.Advance(6 * time.Minute)
	w.lookAtRealNames()
	w.lookAtRealNames()
	got := w.realName()
	assert.Equal(t, "rejected", got.Status)
	assert.Contains(t, got.Opinion, "does not match")

	var told []string
	for _, e := range w.Platform.Inbox() {
		if strings.HasPrefix(e.Type, "onboard.realname.") && !strings.HasSuffix(e.Type, ".done") {
			var data map[string]any
			require.NoError(t, json.Unmarshal(e.Data, &data))
			assert.Equal(t, customerID, data["customer_id"])
			told = append(told, strings.TrimPrefix(e.Type, "onboard.realname.")+" "+data["request_id"].(string))
		}
	}
	assert.Equal(t, []string{"reviewing real-1", "passed real-1", "reviewing real-2", "rejected real-2"}, told)
}

func TestABankCardIsDecidedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	in := w.card("real-1", personNumber)
	code := in["bank_card_info"].(fields)["verification_code"].(string)
	in["bank_card_info"].(fields)["verification_code"] = otherThan(code)
	assert.Equal(t, "code_wrong", w.refusedFor("individual", in).Code)
	in["bank_card_info"].(fields)["verification_code"] = code
	assert.Equal(t, "passed", w.submit("individual", in).Status, "a mistyped code is corrected under the same request")
	assert.Len(t, w.Platform.InboxOf("onboard.realname.passed"), 1)
}

func TestASubmissionIsMadeOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	in := w.person("real-1", personNumber)
	first := w.submit("individual", in)
	assert.Equal(t, first, w.submit("individual", in))
	w.clock.Advance(100 * 24 * time.Hour)
	w.lookAtRealNames()
	w.lookAtRealNames()
	assert.Empty(t, w.downloads(), "they are deleted after the review")
	assert.Equal(t, "passed", w.submit("individual", in).Status)
	assert.Equal(t, 1, w.effects("CreatePersonalRealnameAuth"))

	in["verified_number"] = "E11111111"
	p := w.refusedFor("individual", in)
	assert.Equal(t, "key_conflict", p.Code)
	require.Len(t, p.Fields, 1)
	assert.Equal(t, "content", p.Fields[0].Field)
	assert.NotContains(t, p.Detail+p.Fields[0].Reason, personNumber)
}

func TestALostAnswerToASubmissionIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	in := w.person("real-1", personNumber)
	w.fail(huawei.Fault{Operation: "CreatePersonalRealnameAuth", Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 1})
	assert.Equal(t, "outcome_unknown", w.refusedFor("individual", in).Code)
	p := w.refusedFor("enterprise", w.firm("real-2", "913"))
	assert.Equal(t, "realname_unsettled", p.Code)
	assert.Contains(t, p.Detail, "real-1")
	w.clock.Advance(10 * time.Minute)
	require.NoError(t, w.RunSchedule(t.Context(), "onboard", "reconcile", nil))
	assert.Equal(t, "real-1", w.realName().RequestID, "it is followed although nobody asked again")
	assert.Equal(t, "real-1", w.submit("individual", in).RequestID)
	assert.Equal(t, 1, w.effects("CreatePersonalRealnameAuth"))
	assert.Len(t, w.Platform.InboxOf("onboard.realname.passed"), 1)
}

func TestASubmissionThatNeverHappenedIsMadeLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	in := w.firm("real-1", "913")
	w.fail(huawei.Fault{Operation: "CreateEnterpriseRealnameAuthentication", Kind: huawei.FaultReset, Point: huawei.BeforeEffect, Next: 1})
	assert.Equal(t, "outcome_unknown", w.refusedFor("enterprise", in).Code)
	assert.Equal(t, "outcome_unknown", w.refusedFor("enterprise", in).Code, "it may still come to light")
	w.clock.Advance(6 * time.Minute)
	assert.Equal(t, "reviewing", w.submit("enterprise", in).Status)
	assert.Equal(t, 1, w.effects("CreateEnterpriseRealnameAuthentication"))
}

// A lost change is told from none by what the customer is.
func TestALostChangeToAnEnterpriseIsFound(t *testing.T) {
	t.Parallel()
	for point, want := range map[huawei.Point]int{huawei.AfterEffect: 1, huawei.BeforeEffect: 0} {
		t.Run(string(point), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.glacierLabs()
			w.submit("individual", w.person("real-1", personNumber))
			w.clock.Advance(time.Hour)
			w.fail(huawei.Fault{Operation: "ChangeEnterpriseRealnameAuthentication", Kind: huawei.FaultReset, Point: point, Next: 1})
			assert.Equal(t, "outcome_unknown", w.refusedFor("enterprise-change", w.firm("real-2", "913")).Code)
			w.clock.Advance(time.Hour)
			require.NoError(t, w.RunSchedule(t.Context(), "onboard", "reconcile", nil))
			assert.Equal(t, want, w.effects("ChangeEnterpriseRealnameAuthentication"))
			assert.Len(t, w.Platform.InboxOf("onboard.realname.done"), 1+want)
			assert.Len(t, w.Platform.InboxOf("onboard.realname.failed"), 1-want)
		})
	}
}

// A rejection may be the one before: a person compares.
func TestASubmissionAfterARejectionIsForAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customerID := w.glacierLabs()
	w.submit("individual", w.person("real-1", "E0000"))
	w.clock.Advance(time.Hour)
	w.lookAtRealNames()
	w.fail(huawei.Fault{Operation: "CreatePersonalRealnameAuth", Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 1})
	in := w.person("real-2", "E70000")
	assert.Equal(t, "outcome_unknown", w.refusedFor("individual", in).Code)
	w.clock.Advance(time.Hour)
	require.NoError(t, w.RunSchedule(t.Context(), "onboard", "reconcile", nil))
	var report struct {
		Entries []struct {
			LookAt string `json:"look_at"`
		} `json:"entries"`
	}
	require.NoError(t, w.Platform.Call(t.Context(), http.MethodGet, "/onboard/ledger?state=unknown", nil, &report))
	require.Len(t, report.Entries, 1)
	assert.Contains(t, report.Entries[0].LookAt, customerID)
	assert.NotContains(t, report.Entries[0].LookAt, "E70000")
	w.post("/onboard/ledger/realname:"+customerID+":real-2/resolution", fields{"decision": "done", "person": "li.na", "reason": "It is in the list."}, nil)
	assert.Equal(t, "real-2", w.realName().RequestID)
	assert.Equal(t, "rejected", w.submit("individual", in).Status)
}

// A refused submission does not end the review of another one.
func TestARefusalLeavesTheReviewAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	w.submit("individual", w.person("real-1", personNumber))
	assert.Equal(t, "realname_exists", w.refusedFor("enterprise", w.firm("real-2", "913")).Code)
	w.clock.Advance(time.Hour)
	w.lookAtRealNames()
	assert.Len(t, w.Platform.InboxOf("onboard.realname.passed"), 1)
	assert.Equal(t, "real-1", w.realName().RequestID)
}

// A review is asked about less and less often, and not for ever.
func TestReviewsAreFollowedForAMonth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	asked, answer := 0, 0
	edge := w.serveAlone(func(_ *onboard.Config, rt *functions.Runtime) {
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			if !isReview(r) {
				return wire.RoundTrip(r)
			}
			asked++
			if asked == 1 { // before the submission
				return answered(r, http.StatusOK, fields{}), nil
			}
			return answered(r, http.StatusOK, fields{"review_result": answer}), nil
		})
	})
	w.bindTo("glacier-labs", "acct-7")
	w.post("/onboard/login-urls", fields{"account_id": "acct-7", "service": console}, nil)
	w.register(fields{"account_id": "acct-7"})
	w.submit("individual", w.person("real-1", personNumber))
	for range 31 * 24 * 12 {
		w.clock.Advance(5 * time.Minute)
		require.NoError(t, edge.Schedule(t.Context(), "real-names", nil))
	}
	assert.Greater(t, asked, 100)
	assert.Less(t, asked, 200, "of 8928 runs of the schedule")
	var events struct {
		Events []struct{ Type string } `json:"events"`
	}
	list := func() (types []string) {
		require.NoError(t, w.Platform.Call(t.Context(), http.MethodGet, "/onboard/events?limit=100", nil, &events))
		for _, e := range events.Events {
			if strings.HasPrefix(e.Type, "onboard.realname.") {
				types = append(types, strings.TrimPrefix(e.Type, "onboard.realname."))
			}
		}
		return types
	}
	assert.ElementsMatch(t, []string{"done", "reviewing", "overdue"}, list())
	before := asked
	w.clock.Advance(24 * time.Hour)
	require.NoError(t, edge.Schedule(t.Context(), "real-names", nil))
	assert.Equal(t, before, asked)
	answer = 2
	assert.Equal(t, "passed", w.realName().Status, "a person who asks is answered")
	assert.ElementsMatch(t, []string{"done", "reviewing", "overdue", "passed"}, list())
}

// One review that cannot be asked about does not keep the others from their turn.
func TestAReviewThatFailsIsAskedAboutLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	w.submit("individual", w.person("real-1", personNumber))
	w.clock.Advance(time.Hour)
	w.fail(huawei.Fault{Operation: "ShowRealnameAuthenticationReviewResult", Kind: huawei.FaultInternal, Point: huawei.BeforeEffect, Next: 10})
	require.Error(t, w.RunSchedule(t.Context(), "onboard", "real-names", nil))
	w.Sim.ClearFaults()
	w.lookAtRealNames()
	assert.Empty(t, w.Platform.InboxOf("onboard.realname.passed"), "it is not due")
	w.clock.Advance(6 * time.Minute)
	w.lookAtRealNames()
	assert.Len(t, w.Platform.InboxOf("onboard.realname.passed"), 1)
}

// Nothing of a person is in the store, in an event or in the log, whatever becomes of
// a submission, also where Huawei Cloud repeats it in its words.
func TestNothingOfAPersonIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var log pages
	store := &notebook{Store: memory.New()}
	echo := false
	edge := w.serveAlone(func(_ *onboard.Config, rt *functions.Runtime) {
		rt.Store, rt.Logger = store, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo}))
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			if echo && isSubmission(r) {
				return answered(r, http.StatusBadRequest, fields{"error_code": "CBC.0100", "error_msg": "verified_number " + personNumber + "7202 of " + personName + " is wrong"}), nil
			}
			return wire.RoundTrip(r)
		})
	})
	w.account(huawei.Account{Name: "glacier-labs", Association: huawei.AssociationResale})
	w.bindTo("glacier-labs", "acct-7")
	w.register(fields{"account_id": "acct-7"})

	card := w.card("real-1", personNumber)
	cardCode := card["bank_card_info"].(fields)["verification_code"].(string)
	wrong := w.person("real-2", personNumber+"7202")
	assert.Equal(t, "realname_failed", w.refusedFor("individual", wrong).Code)
	echo = true
	p := w.refusedFor("individual", wrong)
	assert.Equal(t, "upstream_refused", p.Code)
	assert.Contains(t, p.Detail, "verified_number … of … is wrong")
	echo = false
	w.fail(huawei.Fault{Operation: "CreatePersonalRealnameAuth", Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 1})
	assert.Equal(t, "outcome_unknown", w.refusedFor("individual", card).Code)
	w.clock.Advance(time.Hour)
	require.NoError(t, edge.Schedule(t.Context(), "reconcile", nil))
	require.NoError(t, edge.Schedule(t.Context(), "real-names", nil))
	w.submit("individual", card)
	var qr struct {
		URL string `json:"qr_code_url"`
	}
	w.post(glacier+"/real-name/qr-codes", nil, &qr)

	for where, text := range map[string]string{"the store": store.written.String(), "the log": log.String()} {
		require.NotEmpty(t, text, where)
		for _, private := range []string{personName, personNumber, cardNumber, mobile, `"` + cardCode + `"`, qr.URL, "SIMBUCKETSK", "SIMPARTNERSK", "Sim-Operator-1"} {
			assert.False(t, strings.Contains(text, private), "%s has %s", where, private)
		}
	}
	assert.Contains(t, store.written.String(), "realname/", "the ledger was looked at")
	assert.Contains(t, store.written.String(), "onboard.realname.reviewing", "events were looked at")
	for _, o := range w.Sim.Objects() {
		assert.Regexp(t, `^download/[0-9a-f]{32}\.png$`, o.Key)
	}
}

func TestAQRCodeIsForTheAccountItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	var code struct {
		URL       string    `json:"qr_code_url"`
		ExpiresAt time.Time `json:"expires_at"`
	}
	w.post(glacier+"/real-name/qr-codes", nil, &code)
	assert.Equal(t, w.clock.Now().Add(10*time.Minute), code.ExpiresAt)
	require.NoError(t, w.Sim.ScanRealNameCode(huawei.Scan{URL: code.URL, Name: personName, Number: "E1"}))
	assert.Equal(t, "reviewing", w.realName().Status, "as the customer list says")

	w.serveAlone(func(_ *onboard.Config, rt *functions.Runtime) {
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/real-name-auth-qrcode") {
				return answered(r, http.StatusBadRequest, fields{"error_code": "CBC.99007297", "error_msg": "sub-account"}), nil
			}
			return wire.RoundTrip(r)
		})
	})
	w.register(fields{"account_id": "acct-7"})
	assert.Equal(t, "qr_code_master_only", w.refused(glacier+"/real-name/qr-codes", nil).Code)
}

func TestAbroadAPassportHasTwoPages(t *testing.T) {
	t.Parallel()
	w := newWorldOf(t, bss.SiteIntl)
	w.account(huawei.Account{Name: "glacier-labs", Association: huawei.AssociationReferral})
	w.bindTo("glacier-labs", "acct-7")
	in := w.person("real-1", personNumber)
	p := w.refusedFor("individual", in)
	require.Len(t, p.Fields, 1)
	assert.Equal(t, "attachments", p.Fields[0].Field)
	in["attachments"] = in["attachments"].([]string)[:2]
	assert.Equal(t, "reviewing", w.submit("individual", in).Status)
	in["identify_type"] = 4
	delete(in, "verified_type")
	p = w.refusedFor("individual", in)
	require.Len(t, p.Fields, 1)
	assert.Equal(t, "identify_type", p.Fields[0].Field)
}
