package onboard_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

type frozenRow struct {
	AccountID       string    `json:"account_id"`
	CustomerID      string    `json:"customer_id"`
	Reseller        string    `json:"indirect_partner_id"`
	State           string    `json:"state"`
	At              time.Time `json:"at"`
	ResourcesLostAt time.Time `json:"resources_lost_at"`
	Problem         struct{ Code, Detail, Next string }
}

type freezeAnswer struct {
	RequestID string `json:"request_id"`
	Customers []frozenRow
	Warning   string
}

// freezes calls one of the two routes, about customers by their id unless in says
// otherwise.
func (a *abroad) freezes(route, requestID string, in fields, customers ...string) freezeAnswer {
	a.t.Helper()
	body := fields{"request_id": requestID, "reason": "overdue"}
	if len(customers) > 0 {
		body["customer_ids"] = customers
	}
	for name, value := range in {
		body[name] = value
	}
	var out freezeAnswer
	a.post("/onboard/"+route, body, &out)
	require.Equal(a.t, requestID, out.RequestID)
	return out
}

// codes are the states of an answer, with the problem's code where there is one.
func (f freezeAnswer) codes() []string {
	var all []string
	for _, row := range f.Customers {
		all = append(all, strings.TrimSpace(row.State+" "+row.Problem.Code))
	}
	return all
}

// frozen asks Huawei Cloud itself.
func (a *abroad) frozen(customerID, reseller string) bool {
	a.t.Helper()
	cfg := functions.Config{
		Site: "intl", Endpoint: a.SimURL, IAMEndpoint: a.SimURL, XAccountType: harness.XAccountType,
		AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"),
	}
	client, err := cfg.Client(functions.Runtime{Transport: wire, Clock: a.clock})
	require.NoError(a.t, err)
	for c, err := range client.ListSubCustomers(a.t.Context(), bss.ListSubCustomersRequest{CustomerID: customerID, IndirectPartnerID: reseller}) {
		require.NoError(a.t, err)
		return c.IsFrozen != bss.NotFrozen
	}
	require.Fail(a.t, "not listed", customerID)
	return false
}

const both = "ACCOUNT_AND_RESOURCE"

func TestACustomerIsFrozenAndUnfrozenOnceARequest(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	for range 2 {
		out := a.freezes("freezes", "f1", nil, a.resold)
		assert.Equal(t, []string{"done"}, out.codes())
		assert.WithinDuration(t, a.clock.Now(), out.Customers[0].At, 10*time.Second)
		assert.True(t, out.Customers[0].ResourcesLostAt.IsZero())
		assert.Empty(t, out.Warning)
		assert.True(t, a.frozen(a.resold, ""))
	}
	assert.Equal(t, []string{"done"}, a.freezes("unfreezes", "u1", nil, a.resold).codes())
	assert.False(t, a.frozen(a.resold, ""))
	assert.Equal(t, []string{"done"}, a.freezes("freezes", "f1", nil, a.resold).codes(), "that was then")
	assert.False(t, a.frozen(a.resold, ""))
	assert.Equal(t, 1, a.effects("FreezeSubCustomers"))
}

func TestResourcesAreFrozenOnlyByWhoAcceptsTheirLoss(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	in := fields{"request_id": "f1", "reason": "overdue", "customer_ids": []string{a.resold}, "freeze_type": both}
	p := a.refused("/onboard/freezes", in)
	require.Len(t, p.Fields, 1)
	assert.Equal(t, "accept_resource_loss", p.Fields[0].Field)
	assert.Contains(t, p.Fields[0].Reason, "15 days")
	assert.False(t, a.frozen(a.resold, ""))

	out := a.freezes("freezes", "f1", fields{"freeze_type": both, "accept_resource_loss": true}, a.resold)
	assert.Equal(t, []string{"done"}, out.codes())
	assert.Equal(t, out.Customers[0].At.Add(15*24*time.Hour), out.Customers[0].ResourcesLostAt)
	assert.Contains(t, out.Warning, "15 days")

	assert.Equal(t, []string{"failed upstream_refused"}, a.freezes("unfreezes", "u1", nil, a.resold).codes(), "of another type")
	assert.Equal(t, []string{"done"}, a.freezes("unfreezes", "u1", fields{"unfreeze_type": both}, a.resold).codes(), "corrected")
	assert.False(t, a.frozen(a.resold, ""))
}

func TestEachCustomerIsToldOf(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	stranger := a.account(huawei.Account{Name: "a-stranger"})
	path := "/onboard/freezes"
	body := `{"request_id":"f1","reason":"overdue","customer_ids":["` + strings.Join([]string{a.resold, a.referral, stranger, "nobody", a.theirs}, `","`) + `"]}`
	status, answer, err := a.Platform.Send(t.Context(), http.MethodPost, path, []byte(body))
	require.NoError(t, err)
	assert.Equal(t, http.StatusMultiStatus, status, "%s", answer)

	out := a.freezes("freezes", "f1", nil, a.resold, a.referral, stranger, "nobody", a.theirs)
	assert.Equal(t, []string{
		"done", "failed customer_pays_itself", "failed customer_unknown", "failed customer_unknown", "failed customer_unknown",
	}, out.codes())
	for _, row := range out.Customers[1:] {
		assert.NotEmpty(t, row.Problem.Detail)
		assert.NotEmpty(t, row.Problem.Next)
	}
	assert.Equal(t, []string{"failed frozen_already"}, a.freezes("freezes", "f2", nil, a.resold).codes())
	assert.Equal(t, []string{"failed not_frozen"}, a.freezes("unfreezes", "u1", fields{"indirect_partner_id": a.reseller}, a.theirs).codes())
	assert.Equal(t, 1, a.effects("FreezeSubCustomers"))
	assert.Zero(t, a.effects("UnfreezeSubCustomers"))
}

func TestAResellersCustomerIsFrozenForIt(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	out := a.freezes("freezes", "f1", fields{"indirect_partner_id": a.reseller}, a.theirs)
	assert.Equal(t, []string{"done"}, out.codes())
	assert.Equal(t, a.reseller, out.Customers[0].Reseller)
	assert.True(t, a.frozen(a.theirs, a.reseller))
	assert.Equal(t, []string{"failed reseller_unknown"}, a.freezes("freezes", "f2", fields{"indirect_partner_id": "x"}, a.theirs).codes())
}

// A refusal in the details of a call that succeeded is a refusal.
func TestARefusalInTheDetails(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	a.serve(func(cfg *onboard.Config, rt *functions.Runtime) {
		cfg.Site = "intl"
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			if !strings.HasSuffix(r.URL.Path, "/sub-customers/freeze") {
				return wire.RoundTrip(r)
			}
			return answered(r, http.StatusOK, fields{"error_details": []fields{{"error_code": "CBC.99005024", "error_msg": "wrong association", "id": a.resold}}}), nil
		})
	})
	assert.Equal(t, []string{"failed customer_pays_itself"}, a.freezes("freezes", "f1", nil, a.resold).codes())
}

func TestAFreezeWhoseAnswerWasLostIsFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		route, operation string
		before           bool // the call is lost, not its answer
		state            string
	}{
		"freeze, answer lost":   {"freezes", "FreezeSubCustomers", false, "done"},
		"freeze, call lost":     {"freezes", "FreezeSubCustomers", true, "failed"},
		"unfreeze, answer lost": {"unfreezes", "UnfreezeSubCustomers", false, "done"},
		"unfreeze, call lost":   {"unfreezes", "UnfreezeSubCustomers", true, "failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAbroad(t)
			in := fields{"freeze_type": both, "accept_resource_loss": true}
			if test.route == "unfreezes" {
				a.freezes("freezes", "f0", in, a.resold)
				in = fields{"unfreeze_type": both}
			}
			point := huawei.AfterEffect
			if test.before {
				point = huawei.BeforeEffect
			}
			a.fail(huawei.Fault{Operation: test.operation, Kind: huawei.FaultUnavailable, Point: point, Probability: 1})
			begun := a.clock.Now()
			assert.Equal(t, []string{"unknown outcome_unknown"}, a.freezes(test.route, "r1", in, a.resold).codes())
			a.Sim.ClearFaults()
			a.clock.Advance(10 * time.Minute)
			require.NoError(t, a.RunSchedule(t.Context(), "onboard", "reconcile", nil))

			en := a.entry(strings.TrimSuffix(test.route, "s") + ":r1:" + a.resold)
			assert.Equal(t, test.state, en.State)
			assert.Equal(t, a.resold, en.Fingerprint["customer_id"])
			out := a.freezes(test.route, "r1", in, a.resold)
			assert.Equal(t, []string{"done"}, out.codes(), "found, or made now")
			if !test.before && test.route == "freezes" {
				assert.WithinDuration(t, begun.Add(15*24*time.Hour), out.Customers[0].ResourcesLostAt, time.Second, "from the attempt on")
			}
			assert.Equal(t, test.route == "freezes", a.frozen(a.resold, ""))
		})
	}
}

type ledgerEntry struct {
	State       string
	LookAt      string `json:"look_at"`
	Fingerprint map[string]string
}

func (w *world) entry(key string) ledgerEntry {
	w.t.Helper()
	var out ledgerEntry
	require.NoError(w.t, w.Platform.Call(w.t.Context(), http.MethodGet, "/onboard/ledger/"+key, nil, &out))
	return out
}

func TestAPersonDecidesAboutAFreezeAndABudget(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	a.fail(huawei.Fault{Operation: "FreezeSubCustomers", Kind: huawei.FaultUnavailable, Point: huawei.BeforeEffect, Probability: 1})
	a.fail(huawei.Fault{Operation: "UpdateSubCustomerBudget", Kind: huawei.FaultUnavailable, Point: huawei.BeforeEffect, Probability: 1})
	assert.Equal(t, []string{"unknown outcome_unknown"}, a.freezes("freezes", "r1", nil, a.resold).codes())
	assert.Equal(t, "outcome_unknown", a.refused("/onboard/budgets", a.budgetOf("b1", "10")).Code)
	for _, key := range []string{"freeze:r1:" + a.resold, "budget:b1"} {
		assert.Contains(t, a.entry(key).LookAt, "Partner centre")
		a.post("/onboard/ledger/"+key+"/resolution", fields{"decision": "done", "person": harness.Resolver, "reason": "It is there."}, nil)
		assert.Equal(t, "done", a.entry(key).State)
	}
	assert.Equal(t, []string{"done"}, a.freezes("freezes", "r1", nil, a.resold).codes())
}

func TestAnOutcomeOfAFreezeIsAnEvent(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	a.freezes("freezes", "f1", nil, a.resold, a.referral)
	a.post("/onboard/budgets", a.budgetOf("b1", "10"), nil)
	var out struct {
		Events []struct{ Type, Subject string }
	}
	require.NoError(t, a.Platform.Call(t.Context(), http.MethodGet, "/onboard/events", nil, &out))
	var told []string
	for _, e := range out.Events {
		told = append(told, e.Type+" "+e.Subject)
	}
	assert.ElementsMatch(t, []string{"onboard.freeze.done " + a.resold, "onboard.freeze.failed " + a.referral, "onboard.budget.done " + a.resold}, told)
}

func TestAccountsAreFrozenByTheirMapping(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	id := a.account(huawei.Account{Name: "fjord-textiles", Association: huawei.AssociationReseller})
	require.NoError(t, a.Sim.Bind(t.Context(), huawei.Binding{AccountName: "fjord-textiles", XAccountID: "acct-1", XUserID: "user-1"}))
	a.askList(time.Minute)
	out := a.freezes("freezes", "f1", fields{"account_ids": []string{"acct-1"}}, a.resold)
	require.Equal(t, []string{"done", "done"}, out.codes())
	assert.Equal(t, "acct-1", out.Customers[0].AccountID)
	assert.Equal(t, id, out.Customers[0].CustomerID)
	assert.True(t, a.frozen(id, ""))

	p := a.refused("/onboard/freezes", fields{"request_id": "f2", "reason": "r", "account_ids": []string{"acct-1", "acct-2"}})
	assert.Equal(t, "customer_unknown", p.Code)
	p = a.refused("/onboard/freezes", fields{"request_id": "f3", "reason": "r", "account_ids": []string{"acct-1"}, "customer_ids": []string{id}})
	require.Len(t, p.Fields, 1)
	assert.Equal(t, "customer_ids[0]", p.Fields[0].Field)
}

func TestWhatTheMainlandLacks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.Sim.Journal()
	for route, body := range map[string]any{
		"POST /onboard/freezes": fields{}, "POST /onboard/unfreezes": fields{}, "POST /onboard/budgets": fields{},
		"GET /onboard/budgets": nil, "GET /onboard/budget": nil, "GET /onboard/budget-records": nil, "GET /onboard/consumption-quota": nil,
	} {
		method, path, _ := strings.Cut(route, " ")
		p := w.problemFor(method, path, body)
		assert.Equal(t, "not_on_site", p.Code, route)
		assert.Equal(t, http.StatusConflict, p.Status, route)
	}
	assert.Equal(t, before, w.Sim.Journal())
}

// Requests about the same customer take turns: the second one sees what the first did.
func TestFreezesOfOneCustomerTakeTurns(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	states := make(chan string, 6)
	var wg sync.WaitGroup
	for i := range cap(states) {
		wg.Go(func() {
			var out freezeAnswer
			in := fields{"request_id": []string{"f1", "f2"}[i%2], "customer_ids": []string{a.resold}, "reason": "overdue"}
			if assert.NoError(t, a.Platform.Call(t.Context(), http.MethodPost, "/onboard/freezes", in, &out)) {
				states <- out.RequestID + " " + out.codes()[0]
			}
		})
	}
	wg.Wait()
	close(states)
	seen := map[string]bool{}
	for state := range states {
		seen[state] = true
	}
	assert.Equal(t, 1, a.effects("FreezeSubCustomers"))
	assert.Len(t, seen, 2, "one request is done, the other is too late: %v", seen)
}
