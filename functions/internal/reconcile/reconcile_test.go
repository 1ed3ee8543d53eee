package reconcile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/reconcile"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
	"github.com/bssfn/bssfn/pkg/webhook"
)

const callerSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

var errLost = errors.New("the answer was lost")

// world is a function that does nothing but keep a ledger. What asking about a key
// says stands in findings.
type world struct {
	t        *testing.T
	clock    *clock.Simulated
	book     *ledger.Ledger
	edge     *handler.Edge
	log      bytes.Buffer
	findings map[string]ledger.Finding
	settled  []string // the keys that the settler was called for
	calls    int
}

func newWorld(t *testing.T, resolvers ...string) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)), findings: map[string]ledger.Finding{}}
	cfg := functions.Config{LedgerResolvers: resolvers, CallerSecrets: []handler.Secret{handler.NewSecret(callerSecret)}}
	rt := functions.Runtime{Clock: w.clock, Store: memory.New(), Logger: slog.New(slog.NewTextHandler(&w.log, nil))}
	w.book = cfg.Ledger(rt, "bank", nil)
	r := reconcile.New("bank", w.book, cfg, rt, map[string]reconcile.Settler{"move": {
		Settle: w.settle,
		Result: func(_ context.Context, _ ledger.Entry, record string) (any, error) {
			if record == "" {
				return nil, reconcile.RecordNeeded("the id of the transfer")
			}
			return record, nil
		},
		LookAt: func(en ledger.Entry) string { return "the statement of " + en.Fingerprint["customer_id"] },
	}})
	var err error
	w.edge, err = cfg.Edge(r.Extend(handler.Function{Name: "bank"}), rt)
	require.NoError(t, err)
	return w
}

func (w *world) settle(ctx context.Context, en ledger.Entry) error {
	w.settled = append(w.settled, en.Key)
	_, err := ledger.Reconcile(ctx, w.book, en.Key, ledger.Effect[string]{
		Find: func(context.Context, time.Time) (string, ledger.Finding, error) { return "T1", w.findings[en.Key], nil },
	})
	return err
}

// begin records an entry whose effect ends with err.
func (w *world) begin(key string, err error) {
	w.t.Helper()
	_, got := ledger.Do(w.t.Context(), w.book, key, ledger.Fingerprint{"customer_id": "c1"}, ledger.Effect[string]{
		Apply: func(context.Context) (string, error) { return "T1", err },
	})
	require.ErrorIs(w.t, got, err)
}

func (w *world) run() {
	w.t.Helper()
	w.clock.Advance(5 * time.Minute)
	require.NoError(w.t, w.edge.Schedule(w.t.Context(), "reconcile", nil))
}

// call sends a signed request, and reads the answer, or the problem.
func (w *world) call(method, path string, in, out any) (p handler.Problem) {
	w.t.Helper()
	body := []byte{}
	if in != nil {
		var err error
		body, err = json.Marshal(in)
		require.NoError(w.t, err)
	}
	secret, err := webhook.ParseSecret(callerSecret)
	require.NoError(w.t, err)
	r := httptest.NewRequestWithContext(w.t.Context(), method, "/bank/ledger"+path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w.calls++
	webhook.SetHeaders(r.Header, secret, fmt.Sprintf("msg_%d", w.calls), w.clock.Now(), body)
	answer := httptest.NewRecorder()
	w.edge.ServeHTTP(answer, r)
	if answer.Code >= http.StatusBadRequest {
		out = &p
	}
	require.NoError(w.t, json.Unmarshal(answer.Body.Bytes(), out), answer.Body)
	return p
}

type entry struct {
	Key       string            `json:"key"`
	Path      string            `json:"path"`
	State     ledger.State      `json:"state"`
	Reason    string            `json:"reason"`
	Result    string            `json:"result"`
	LookAt    string            `json:"look_at"`
	Decisions []ledger.Decision `json:"decisions"`
}

type report struct {
	Entries []entry `json:"entries"`
	More    bool    `json:"more"`
}

func (w *world) report() (out report) {
	w.t.Helper()
	require.Empty(w.t, w.call(http.MethodGet, "?state=unknown", nil, &out).Code)
	return out
}

func TestTheScheduleSettlesWhatCanBeProved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, key := range []string{"move/found", "move/absent", "move/unclear", "other/1"} {
		w.begin(key, errLost)
	}
	w.findings = map[string]ledger.Finding{"move/found": ledger.Found, "move/absent": ledger.Absent}
	w.run()
	w.run()
	for key, want := range map[string]ledger.State{"move/found": ledger.StateDone, "move/absent": ledger.StateFailed, "move/unclear": ledger.StateUnknown} {
		en, err := w.book.Entry(t.Context(), key)
		require.NoError(t, err)
		assert.Equal(t, want, en.State, key)
	}
	got := w.report()
	require.Len(t, got.Entries, 2)
	assert.Equal(t, "/bank/ledger/move:unclear", got.Entries[0].Path)
	assert.Equal(t, "the statement of c1", got.Entries[0].LookAt)
	assert.Contains(t, got.Entries[1].Reason, "nobody who can ask")
	assert.Equal(t, 2, strings.Count(w.log.String(), "outcome unknown"), "each is logged once")
	assert.Contains(t, w.log.String(), "resolution=/bank/ledger/move:unclear/resolution")
}

func TestTheReportIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 101 {
		w.begin(fmt.Sprint("move/", i), errLost)
	}
	got := w.report()
	assert.Len(t, got.Entries, 100)
	assert.True(t, got.More)
	assert.Equal(t, "invalid_fields", w.call(http.MethodGet, "", nil, nil).Code)
}

func TestAPersonDecides(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "li.na", "wang.wei")
	w.begin("move/1", errLost)
	w.begin("move/2", errLost)
	var got entry
	require.Empty(t, w.call(http.MethodPost, "/move:1/resolution", map[string]string{
		"decision": "done", "person": "wang.wei", "reason": "It is in the statement.", "record_id": "T9",
	}, &got).Code)
	assert.Equal(t, ledger.StateDone, got.State)
	assert.Equal(t, "T9", got.Result)
	assert.Empty(t, got.LookAt)
	require.Len(t, got.Decisions, 1)
	assert.Equal(t, "wang.wei", got.Decisions[0].By)
	assert.Equal(t, ledger.StateUnknown, got.Decisions[0].From)
	assert.Equal(t, []string{"move/1", "move/1"}, w.settled, "asked before, and what follows is done after")

	require.Empty(t, w.call(http.MethodPost, "/move:2/resolution", map[string]string{
		"decision": "failed", "person": "li.na", "reason": "It is not in the statement.",
	}, &got).Code)
	assert.Equal(t, ledger.StateFailed, got.State)
	require.Empty(t, w.call(http.MethodGet, "/move:2", nil, &got).Code)
	assert.Contains(t, got.Reason, "li.na decided")
	assert.Empty(t, w.report().Entries)
	assert.Equal(t, 2, strings.Count(w.log.String(), "decided by a person"))
}

func TestDecisionsThatAreRefused(t *testing.T) {
	t.Parallel()
	right := map[string]string{"decision": "done", "person": "li.na", "reason": "It is in the statement.", "record_id": "T9"}
	for name, c := range map[string]struct {
		path, field, value, want string
	}{
		"another decision":         {"/move:doubt", "decision", "unknown", "invalid_fields"},
		"no person":                {"/move:doubt", "person", "", "invalid_fields"},
		"no reason":                {"/move:doubt", "reason", "", "invalid_fields"},
		"a long reason":            {"/move:doubt", "reason", strings.Repeat("x", 501), "invalid_fields"},
		"a long record":            {"/move:doubt", "record_id", strings.Repeat("x", 65), "invalid_fields"},
		"no record":                {"/move:doubt", "record_id", "", "invalid_fields"},
		"a record of what was not": {"/move:doubt", "decision", "failed", "invalid_fields"},
		"somebody else":            {"/move:doubt", "person", "somebody", "resolver_not_allowed"},
		"the name in capitals":     {"/move:doubt", "person", "LI.NA", "resolver_not_allowed"},
		"a field too many":         {"/move:doubt", "result", "x", "unknown_field"},
		"what is done":             {"/move:done", "person", "li.na", "entry_not_in_doubt"},
		"what failed":              {"/move:failed", "person", "li.na", "entry_not_in_doubt"},
		"what asking finds":        {"/move:found", "person", "li.na", "entry_not_in_doubt"},
		"what was never begun":     {"/move:none", "person", "li.na", "entry_unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "li.na")
			w.begin("move/doubt", errLost)
			w.begin("move/found", errLost)
			w.begin("move/done", nil)
			refusal := errors.New("insufficient balance")
			_, err := ledger.Do(t.Context(), w.book, "move/failed", nil, ledger.Effect[string]{
				Apply: func(context.Context) (string, error) { return "", ledger.Refused(refusal) },
			})
			require.ErrorIs(t, err, refusal)
			w.findings["move/found"] = ledger.Found

			in := map[string]string{c.field: c.value}
			for field, value := range right {
				if field != c.field {
					in[field] = value
				}
			}
			assert.Equal(t, c.want, w.call(http.MethodPost, c.path+"/resolution", in, nil).Code)
			for _, key := range []string{"move/doubt", "move/found", "move/done", "move/failed"} {
				en, err := w.book.Entry(t.Context(), key)
				require.NoError(t, err)
				assert.Empty(t, en.Decisions, key)
			}
		})
	}
}

func TestNobodyDecidesUnlessNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin("move/1", errLost)
	got := w.call(http.MethodPost, "/move:1/resolution", map[string]string{"decision": "failed", "person": "li.na", "reason": "seen"}, nil)
	assert.Equal(t, "resolver_not_allowed", got.Code)
}

// An attempt that stopped without a word is asked about before it is decided.
func TestARunningEntryIsNotDecided(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "li.na")
	in := map[string]string{"decision": "failed", "person": "li.na", "reason": "It is not in the statement."}
	assert.Panics(t, func() {
		_, _ = ledger.Do(t.Context(), w.book, "move/1", nil, ledger.Effect[string]{Apply: func(context.Context) (string, error) {
			got := w.call(http.MethodPost, "/move:1/resolution", in, nil)
			assert.Equal(t, "entry_not_in_doubt", got.Code)
			assert.Contains(t, got.Next, "Wait")
			panic("the process dies")
		}})
	})
	w.clock.Advance(time.Hour)
	var got entry
	require.Empty(t, w.call(http.MethodPost, "/move:1/resolution", in, &got).Code)
	assert.Equal(t, ledger.StateFailed, got.State)
}

func TestIDsOfThePlatformMayHaveColons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for key, written := range map[string]string{"move/a:b": "move:a:b", "move/c/d": "move:c:d", "move/客户 1": "move:%E5%AE%A2%E6%88%B7%201"} {
		w.begin(key, nil)
		var got entry
		require.Empty(t, w.call(http.MethodGet, "/"+written, nil, &got).Code)
		assert.Equal(t, key, got.Key)
		assert.Equal(t, "/bank/ledger/"+written, got.Path)
	}
}
