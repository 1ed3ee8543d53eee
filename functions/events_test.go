package functions_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/webhook"
)

const eventsSecret = "whsec_aGFybmVzcy1ldmVudHMtc2VjcmV0LW5vdC1zZWNyZXQ="

// eventWorld is a function with nothing but events, and the platform that takes
// them.
type eventWorld struct {
	t      *testing.T
	clock  *clock.Simulated
	cfg    functions.EventsConfig
	rt     functions.Runtime
	events *functions.Events
	book   *ledger.Ledger
	edge   *handler.Edge
	calls  int

	mu     sync.Mutex
	status int // that the platform answers; 0 for one that takes events
	bodies map[string][]string
}

func newEventWorld(t *testing.T, change ...func(*functions.EventsConfig)) *eventWorld {
	t.Helper()
	w := &eventWorld{t: t, clock: clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 5e8, time.UTC)), bodies: map[string][]string{}}
	platform := httptest.NewServer(http.HandlerFunc(w.take))
	t.Cleanup(platform.Close)
	w.rt = runtime()
	w.rt.Clock = w.clock
	w.cfg = functions.EventsConfig{EventsURL: platform.URL, EventsSecret: handler.NewSecret(eventsSecret)}
	for _, c := range change {
		c(&w.cfg)
	}
	var err error
	w.events, err = w.cfg.OpenEvents("test", w.rt)
	require.NoError(t, err)
	w.book = config().Ledger(w.rt, "test", w.events.Announce())
	w.edge, err = config().Edge(w.events.Extend(handler.Function{Name: "test"}), w.rt)
	require.NoError(t, err)
	return w
}

func (w *eventWorld) take(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	assert.NoError(w.t, err)
	secret, err := webhook.ParseSecret(eventsSecret)
	assert.NoError(w.t, err)
	id, err := webhook.Verifier{Secrets: []webhook.Secret{secret}, Now: w.clock.Now}.Verify(r.Header, body)
	assert.NoError(w.t, err)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.status != 0 {
		rw.WriteHeader(w.status)
		return
	}
	w.bodies[id] = append(w.bodies[id], string(body))
}

func (w *eventWorld) answer(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status = status
}

// call makes a signed call and returns the status.
func (w *eventWorld) call(method, path string, out any) int {
	w.t.Helper()
	secret, err := webhook.ParseSecret(config().CallerSecrets[0].Reveal())
	require.NoError(w.t, err)
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, http.NoBody)
	w.calls++
	webhook.SetHeaders(r.Header, secret, fmt.Sprintf("call_%d", w.calls), w.clock.Now(), nil)
	answer := httptest.NewRecorder()
	w.edge.ServeHTTP(answer, r)
	require.NoError(w.t, json.Unmarshal(answer.Body.Bytes(), out), "%s", answer.Body)
	return answer.Code
}

func (w *eventWorld) list(query string) functions.EventList {
	w.t.Helper()
	var out functions.EventList
	require.Equal(w.t, http.StatusOK, w.call(http.MethodGet, "/test/events"+query, &out))
	return out
}

func (w *eventWorld) refused(method, path string) handler.Problem {
	w.t.Helper()
	var p handler.Problem
	status := w.call(method, path, &p)
	require.Equal(w.t, p.Status, status)
	return p
}

// pay records an effect about a customer, which the world declines where refusal
// says why.
func (w *eventWorld) pay(key, customer string, refusal error) {
	w.t.Helper()
	_, err := ledger.Do(w.t.Context(), w.book, key, ledger.Fingerprint{"customer_id": customer, "amount": "10.00"}, ledger.Effect[string]{
		Apply: func(context.Context) (string, error) {
			if refusal != nil {
				return "", ledger.Refused(refusal)
			}
			return "AD1", nil
		},
		Find: func(context.Context, time.Time) (string, ledger.Finding, error) { return "", ledger.Unclear, nil },
	})
	require.Equal(w.t, refusal == nil, err == nil, "%v", err)
}

func TestACodeIsSentDirectlyAndNotKept(t *testing.T) {
	t.Parallel()
	w := newEventWorld(t)
	require.NoError(t, w.events.Send(t.Context(), "id-1", "test.code", map[string]int{"n": 1}))
	require.Len(t, w.bodies["id-1"], 1)
	assert.JSONEq(t, `{"type":"test.code","timestamp":"2026-03-10T01:00:00Z","data":{"n":1}}`, w.bodies["id-1"][0])
	assert.Empty(t, w.list("").Events)

	w.answer(http.StatusInternalServerError)
	requireUndelivered(t, w.events.Send(t.Context(), "id-2", "test.code", nil))
	var unsupported *json.UnsupportedTypeError
	assert.ErrorAs(t, w.events.Send(t.Context(), "id-3", "test.code", func() {}), &unsupported)
}

func requireUndelivered(t *testing.T, err error) {
	t.Helper()
	p, ok := errors.AsType[*handler.Problem](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, "event_undelivered", p.Code)
	assert.Equal(t, http.StatusBadGateway, p.Status)
	assert.Error(t, p.Cause)
	assert.NotContains(t, p.Detail, "127.0.0.1")
}

func TestAnOutcomeIsAnEvent(t *testing.T) {
	t.Parallel()
	w := newEventWorld(t)
	w.pay("pay/CS1", "customer-1", nil)
	w.clock.Advance(time.Second)
	w.pay("pay/CS2", "customer-1", errors.New("insufficient balance"))
	list := w.list("").Events
	require.Len(t, list, 2)
	assert.Equal(t, "test.pay.done", list[0].Type)
	assert.Equal(t, "test.pay.failed", list[1].Type)
	assert.Equal(t, "customer-1", list[0].Subject)
	assert.Equal(t, "delivered", string(list[0].State))
	assert.Empty(t, list[0].Data, "lists leave it out")
	assert.NotEqual(t, list[0].ID, list[1].ID)

	require.Len(t, w.bodies[list[0].ID], 1)
	assert.JSONEq(t, `{"type":"test.pay.done","timestamp":"2026-03-10T01:00:00.5Z","data":{
		"key":"pay/CS1","state":"done","attempts":1,"fingerprint":{"customer_id":"customer-1","amount":"10.00"},
		"since":"2026-03-10T01:00:00.5Z","result":"AD1"}}`, w.bodies[list[0].ID][0])
	require.Len(t, w.bodies[list[1].ID], 1)
	assert.Contains(t, w.bodies[list[1].ID][0], `"reason":"insufficient balance"`)
}

func TestWhatIsAboutNoCustomerIsAboutItself(t *testing.T) {
	t.Parallel()
	w := newEventWorld(t)
	announce := w.events.Announce()
	en := ledger.Entry{Key: "reclaim/r-1", State: ledger.StateDone, Attempts: 2, Result: json.RawMessage(`"AD1"`)}
	require.NoError(t, announce(t.Context(), en))
	require.NoError(t, announce(t.Context(), en), "it may be announced again")
	list := w.list("").Events
	require.Len(t, list, 1)
	assert.Equal(t, "reclaim/r-1", list[0].Subject)
	en.Attempts++
	require.NoError(t, announce(t.Context(), en))
	assert.Len(t, w.list("").Events, 2, "another outcome is another event")
}

func TestADecisionIsPartOfTheEvent(t *testing.T) {
	t.Parallel()
	w := newEventWorld(t)
	at := time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC)
	en := ledger.Entry{Key: "pay/CS1", State: ledger.StateDone, Attempts: 1, Result: json.RawMessage(`{}`), Decisions: []ledger.Decision{
		{State: ledger.StateDone, By: "lin", Reason: "seen in the partner centre", At: at, Attempt: 1},
	}}
	require.NoError(t, w.events.Announce()(t.Context(), en))
	w.clock.Advance(time.Second)
	en.Attempts = 2 // that one nobody decided
	require.NoError(t, w.events.Announce()(t.Context(), en))
	list := w.list("").Events
	require.Len(t, list, 2)
	assert.Contains(t, w.bodies[list[0].ID][0], `"resolution":{"by":"lin","reason":"seen in the partner centre","at":"2026-03-11T00:00:00Z"}`)
	assert.NotContains(t, w.bodies[list[1].ID][0], "resolution")
}

func TestThePlatformsAbsenceFailsNoCall(t *testing.T) {
	t.Parallel()
	w := newEventWorld(t)
	w.answer(http.StatusServiceUnavailable)
	w.pay("pay/CS1", "customer-1", nil)
	waiting := w.list("?state=waiting").Events
	require.Len(t, waiting, 1)
	assert.Equal(t, "HTTP 503", waiting[0].Error)
	w.answer(0)
	w.clock.Advance(time.Minute)
	require.NoError(t, w.edge.Schedule(t.Context(), "events", nil))
	assert.Len(t, w.list("?state=delivered").Events, 1)
	assert.Len(t, w.bodies[waiting[0].ID], 1)
}

func TestAnEventIsSentAgain(t *testing.T) {
	t.Parallel()
	w := newEventWorld(t)
	w.pay("pay/CS1", "customer-1", nil)
	id := w.list("").Events[0].ID
	var e functions.Event
	require.Equal(t, http.StatusAccepted, w.call(http.MethodPost, "/test/events/"+id+"/deliveries", &e))
	assert.Equal(t, 1, e.Resent)
	assert.Equal(t, 2, e.Tries)
	assert.Contains(t, string(e.Data), `"pay/CS1"`)
	require.Len(t, w.bodies[id], 2)
	assert.Equal(t, w.bodies[id][0], w.bodies[id][1])

	p := w.refused(http.MethodPost, "/test/events/evt_nothing/deliveries")
	assert.Equal(t, "event_unknown", p.Code)
}

func TestEventsAreListedPageByPage(t *testing.T) {
	t.Parallel()
	w := newEventWorld(t)
	for i := range 5 {
		w.pay(fmt.Sprintf("pay/CS%d", i), "customer-1", nil)
		w.clock.Advance(time.Second)
	}
	first := w.list("?limit=3")
	require.Len(t, first.Events, 3)
	second := w.list("?limit=3&since=" + url.QueryEscape(first.Next.Format(time.RFC3339Nano)))
	assert.Len(t, second.Events, 2)
	assert.True(t, second.Next.IsZero())
}

func TestParametersOfTheListAreChecked(t *testing.T) {
	t.Parallel()
	w := newEventWorld(t)
	for query, field := range map[string]string{
		"state=lost":                   "state",
		"state=":                       "state",
		"since=yesterday":              "since",
		"since=0001-01-01T00:00:00Z":   "since",
		"limit=0":                      "limit",
		"limit=201":                    "limit",
		"limit=many":                   "limit",
		"limit=1&limit=2":              "limit",
		"status=failed":                "status",
		"since=2026-03-10T01:00:00+08": "since",
	} {
		p := w.refused(http.MethodGet, "/test/events?"+query)
		assert.Equal(t, "invalid_fields", p.Code, query)
		require.Len(t, p.Fields, 1, query)
		assert.Equal(t, field, p.Fields[0].Field, query)
	}
}

func TestWithoutAnAddressThereAreNoEvents(t *testing.T) {
	t.Parallel()
	w := newEventWorld(t, func(c *functions.EventsConfig) { *c = functions.EventsConfig{} })
	w.pay("pay/CS1", "customer-1", nil)
	assert.Nil(t, w.events.Announce())
	assert.Empty(t, w.list("").Events)
	require.NoError(t, w.edge.Schedule(t.Context(), "events", nil))
	p := w.refused(http.MethodPost, "/test/events/evt_1/deliveries")
	assert.Equal(t, "events_off", p.Code)
	requireUndelivered(t, w.events.Send(t.Context(), "id", "test.code", nil))
}

func TestWhereEventsMayGo(t *testing.T) {
	t.Parallel()
	for address, allowed := range map[string]bool{
		"https://platform.example.com/events": true,
		"http://127.0.0.1:8080/events":        true,
		"https://10.0.0.1/events":             false,
		"platform.example.com":                false,
		"http://platform.example.com/":        false,
		"http://localhost/":                   false,
		"https://%zz":                         false,
	} {
		cfg := functions.EventsConfig{EventsURL: address, EventsSecret: handler.NewSecret(eventsSecret)}
		_, err := cfg.OpenEvents("test", runtime())
		if allowed {
			assert.NoError(t, err)
			continue
		}
		assert.ErrorContains(t, err, "EVENTS_URL", address)
	}
	private := functions.EventsConfig{EventsURL: "https://10.0.0.1/", EventsSecret: handler.NewSecret(eventsSecret), EventsAllowPrivate: true}
	_, err := private.OpenEvents("test", runtime())
	require.NoError(t, err)

	private.EventsSecret = handler.NewSecret("whsec_not-good")
	_, err = private.OpenEvents("test", runtime())
	require.ErrorContains(t, err, "EVENTS_SECRET")
	assert.False(t, strings.Contains(err.Error(), "not-good"))
}
