package onboard_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
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
	"github.com/bssfn/bssfn/pkg/handler"
)

// told takes the events of a function of a test's own.
type told struct {
	mu     sync.Mutex
	events []harness.Event
}

func (r *told) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	var e harness.Event
	if json.Unmarshal(body, &e) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// kinds are the types of the events so far.
func (r *told) kinds() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	kinds := []string{}
	for _, e := range r.events {
		kinds = append(kinds, e.Type)
	}
	return kinds
}

func (r *told) last(t *testing.T) onboard.BindingEvent {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	require.NotEmpty(t, r.events)
	return bindingIn(t, r.events[len(r.events)-1])
}

func bindingIn(t *testing.T, e harness.Event) onboard.BindingEvent {
	t.Helper()
	var data onboard.BindingEvent
	require.NoError(t, json.Unmarshal(e.Data, &data))
	return data
}

// newTellingWorld is a world in which hangzhou is Huawei Cloud's key, and whose
// function tells its events. The simulator's own notifications go to another function:
// here only the customer list is its.
func newTellingWorld(t *testing.T, arrange ...func(rt *functions.Runtime)) (*world, *told) {
	t.Helper()
	p, r := newPublisher(t, metadataOf(hangzhou(t).certificate)), &told{}
	receiver := httptest.NewServer(r)
	t.Cleanup(receiver.Close)
	w := newWorld(t)
	w.serve(func(cfg *onboard.Config, rt *functions.Runtime) {
		cfg.SPMetadata = p.URL
		cfg.EventsURL, cfg.EventsSecret = receiver.URL, handler.NewSecret(harness.CallerSecret)
		for _, change := range arrange {
			change(rt)
		}
	})
	return w, r
}

// claim sends a notification about acct-1, which must be taken.
func (w *world) claim(customerID string, action string) {
	w.t.Helper()
	status, _ := w.notify(hangzhou(w.t).form(`{"domainName":"a name","domainId":"` + customerID +
		`","xUserId":"user-1","xAccountId":"acct-1","bindAction":` + action + `}`))
	require.Equal(w.t, http.StatusOK, status)
}

// askList does what the timer does, so much later.
func (w *world) askList(later time.Duration) {
	w.t.Helper()
	w.clock.Advance(later)
	w.post("/onboard/schedules/bindings", nil, nil)
}

func (w *world) isFirst() bool {
	w.t.Helper()
	_, first := w.loginURL("acct-1")
	return first
}

func TestABindingHoldsOnceTheCustomerListConfirmsIt(t *testing.T) {
	t.Parallel()
	w, r := newTellingWorld(t)
	id := w.account(huawei.Account{Name: "fjord-textiles"})
	at := w.clock.Now()
	w.claim(id, "0")
	w.askList(0)
	assert.True(t, w.isFirst(), "the list does not have it yet")
	assert.Empty(t, r.kinds())

	require.NoError(t, w.Sim.Bind(t.Context(), huawei.Binding{AccountName: "fjord-textiles", XAccountID: "acct-1", XUserID: "user-1"}))
	w.askList(time.Minute)
	assert.Equal(t, []string{"onboard.binding.bound"}, r.kinds())
	assert.Equal(t, onboard.BindingEvent{AccountID: "acct-1", UserID: "user-1", CustomerID: id, AccountName: "fjord-textiles", At: at}, r.last(t))
	assert.False(t, w.isFirst())

	for range 5 {
		w.claim(id, "0")
		w.askList(time.Minute)
	}
	assert.Len(t, r.kinds(), 1, "what is known is not told again")
}

func TestAnUnbindingEndsNothingBeforeTheCustomerListConfirmsIt(t *testing.T) {
	t.Parallel()
	w, r := newTellingWorld(t)
	id := w.bound("fjord-textiles")
	w.claim(id, "0")
	w.askList(0)
	w.claim(id, "1")
	w.claim(id, "1")
	w.askList(time.Minute)
	assert.False(t, w.isFirst(), "the list still has it")
	assert.Equal(t, "associated", w.show("acct-1").Association)
	assert.Equal(t, []string{"onboard.binding.bound"}, r.kinds())

	require.NoError(t, w.Sim.Unbind(t.Context(), "fjord-textiles"))
	assert.True(t, w.isFirst(), "who asks need not wait for the timer")
	w.askList(time.Hour)
	assert.Equal(t, []string{"onboard.binding.bound", "onboard.binding.unbound"}, r.kinds())
	assert.Equal(t, id, r.last(t).CustomerID)
}

func TestAnUnbindingThatTheListContradictsIsDoubtful(t *testing.T) {
	t.Parallel()
	w, r := newTellingWorld(t)
	id := w.bound("fjord-textiles")
	w.claim(id, "0")
	w.askList(0)
	w.claim(id, "1")
	w.askList(59 * time.Minute)
	assert.Equal(t, []string{"onboard.binding.bound"}, r.kinds())
	w.askList(time.Hour)
	w.askList(24 * time.Hour)
	assert.Equal(t, []string{"onboard.binding.bound", "onboard.binding.doubtful"}, r.kinds())
	assert.Equal(t, "unbinding", r.last(t).Claimed)
	assert.Equal(t, "bound", r.last(t).Found)
	assert.False(t, w.isFirst())
}

// Should 1 mean that an account was bound, the list says so at once.
func TestAnUnbindingOfWhatTheListHasBoundBinds(t *testing.T) {
	t.Parallel()
	w, r := newTellingWorld(t)
	id := w.bound("fjord-textiles")
	w.claim(id, "1")
	assert.False(t, w.isFirst())
	assert.Equal(t, []string{"onboard.binding.doubtful"}, r.kinds())
}

// A notification has no time. Whoever has captured one can send it again.
func TestAnOldBindingDoesNotUndoALaterUnbinding(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound("fjord-textiles")
	w.askList(time.Minute)
	require.NoError(t, w.Sim.Unbind(t.Context(), "fjord-textiles"))
	w.askList(time.Minute)
	require.Len(t, w.Platform.InboxOf("onboard.binding.unbound"), 1)

	require.NoError(t, w.Sim.Replay(t.Context(), 1))
	assert.True(t, w.isFirst())
	w.askList(time.Minute)
	w.askList(2 * time.Hour)
	assert.True(t, w.isFirst())
	assert.Equal(t, "associated", w.show("acct-1").Association, "with the partner, still")
	assert.Len(t, w.Platform.InboxOf("onboard.binding.bound"), 1)
	doubtful := w.Platform.InboxOf("onboard.binding.doubtful")
	require.Len(t, doubtful, 1)
	assert.Equal(t, "unbound", bindingIn(t, doubtful[0]).Found)
}

// Huawei Cloud signs for all partners with one key: another partner can have a
// notification signed that names whatever account it likes.
func TestANotificationForAnotherPartnerBindsNobody(t *testing.T) {
	t.Parallel()
	w, r := newTellingWorld(t)
	w.claim("d-of-another-partner", "0")
	for range 30 {
		w.askList(59 * time.Minute)
		assert.True(t, w.isFirst())
	}
	assert.Equal(t, []string{"onboard.binding.doubtful"}, r.kinds())
	assert.Equal(t, "not_listed", r.last(t).Found)
	assert.Equal(t, "customer_unknown", w.unknown("acct-1").Code)

	id := w.bound("fjord-textiles")
	w.claim(id, "0")
	w.askList(0)
	w.claim("d-of-another-partner", "0")
	w.claim("d-of-another-partner", "1")
	w.askList(25 * time.Hour)
	assert.Equal(t, id, w.show("acct-1").CustomerID)
	assert.False(t, w.isFirst())
}

func TestAnAccountMovesToAnotherCustomerWhenTheListSaysSo(t *testing.T) {
	t.Parallel()
	w, r := newTellingWorld(t)
	one := w.bound("fjord-textiles")
	other := w.account(huawei.Account{Name: "ember-robotics", Association: "2"})
	w.claim(one, "0")
	w.askList(0)
	w.claim(other, "0")
	w.claim(other, "1")
	w.claim(other, "0")
	w.askList(time.Minute)
	assert.Equal(t, one, w.show("acct-1").CustomerID)

	require.NoError(t, w.Sim.Unbind(t.Context(), "fjord-textiles"))
	require.NoError(t, w.Sim.Bind(t.Context(), huawei.Binding{AccountName: "ember-robotics", XAccountID: "acct-1", XUserID: "user-1"}))
	w.askList(time.Minute)
	assert.Equal(t, other, w.show("acct-1").CustomerID, "though no notification has ended the first")
	assert.Equal(t, []string{"onboard.binding.bound", "onboard.binding.bound"}, r.kinds())
}

// That the list has the account id of who was bound on Huawei Cloud's pages is not
// documented.
func TestAListWithoutAccountIDsStillBindsAfterAnHour(t *testing.T) {
	t.Parallel()
	w, r := newTellingWorld(t, func(rt *functions.Runtime) {
		rt.Transport = intercept(func(req *http.Request) (*http.Response, error) {
			res, err := wire.RoundTrip(req)
			if err != nil || !strings.HasSuffix(req.URL.Path, "/sub-customers/query") {
				return res, err
			}
			body, err := io.ReadAll(res.Body)
			res.Body = io.NopCloser(bytes.NewReader(bytes.ReplaceAll(body, []byte(`"acct-1"`), []byte(`""`))))
			res.ContentLength = -1
			res.Header.Del("Content-Length")
			return res, err
		})
	})
	w.claim(w.bound("fjord-textiles"), "0")
	w.askList(59 * time.Minute)
	assert.True(t, w.isFirst())
	w.askList(time.Hour)
	assert.False(t, w.isFirst())
	assert.Equal(t, []string{"onboard.binding.doubtful"}, r.kinds())
}

func TestClaimsWaitWhileHuaweiCloudIsDown(t *testing.T) {
	t.Parallel()
	w, r := newTellingWorld(t)
	w.claim(w.bound("fjord-textiles"), "0")
	w.fail(huawei.Fault{Operation: "ListSubCustomers", Kind: huawei.FaultUnavailable, Point: huawei.BeforeEffect, Probability: 1})
	assert.GreaterOrEqual(t, w.refused("/onboard/schedules/bindings", nil).Status, 500)
	assert.True(t, w.isFirst(), "a login goes on with what holds")
	assert.Empty(t, r.kinds())
	w.Sim.ClearFaults()
	w.askList(time.Hour)
	assert.False(t, w.isFirst())
	assert.Equal(t, []string{"onboard.binding.bound"}, r.kinds())
}

// Whatever is claimed, only what the list says binds, and ends a binding.
func TestTheListDecides(t *testing.T) {
	t.Parallel()
	for name, held := range map[string]*onboard.Binding{
		"nothing": nil, "this": {CustomerID: "d1"}, "another": {CustomerID: "d2"}, "this ended": {CustomerID: "d1", Unbound: true},
	} {
		for _, claimed := range []string{"binding", "unbinding"} {
			for _, found := range []string{"bound", "unbound", "bound_elsewhere", "not_listed"} {
				for _, age := range []time.Duration{0, 2 * time.Hour, 25 * time.Hour} {
					after, open, word := onboard.Judge(claimed, held, found, age)
					what := []any{name, claimed, found, age}
					bound := after != nil && !after.Unbound && after.CustomerID == "d1"
					wasBound := held != nil && !held.Unbound && held.CustomerID == "d1"
					if bound && !wasBound {
						assert.True(t, found == "bound" || found == "unbound" && held == nil && age >= time.Hour, what...)
						assert.NotEmpty(t, word, what...)
					}
					if wasBound && !bound {
						assert.True(t, claimed == "unbinding" && found != "bound", what...)
						assert.Equal(t, "unbound", word, what...)
					}
					if held != nil && held.CustomerID == "d2" && found != "bound" {
						assert.Equal(t, held, after, what...)
					}
					assert.False(t, open && word != "", what...)
					assert.False(t, open && age > 24*time.Hour, what...)
				}
			}
		}
	}
}

// However Huawei Cloud signs, and writes the action, a customer is bound and unbound.
func TestEveryFormOfNotificationBindsAndUnbinds(t *testing.T) {
	t.Parallel()
	for _, signs := range []string{"base64", "encoded", "json"} {
		for _, text := range []bool{false, true} {
			t.Run(fmt.Sprint(signs, " ", text), func(t *testing.T) {
				t.Parallel()
				logs := &logged{}
				w := startWorld(t, harness.Options{
					Logger:   slog.New(slog.NewJSONHandler(logs, nil)),
					Simulate: func(o *huawei.Options) { o.NotificationSigns, o.BindActionText = signs, text },
				})
				w.bound("fjord-textiles-and-wools")
				assert.False(t, w.isFirst())
				require.NoError(t, w.Sim.Unbind(t.Context(), "fjord-textiles-and-wools"))
				assert.True(t, w.isFirst())
				w.askList(time.Minute)
				assert.Len(t, w.Platform.InboxOf("onboard.binding.bound"), 1)
				assert.Len(t, w.Platform.InboxOf("onboard.binding.unbound"), 1)
				assert.Contains(t, logs.String(), `"unbind":true,"signed":"`+signs)
			})
		}
	}
}
