package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger"
)

func TestAPersonDecides(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var heard []string
	var none error
	l := b.announcing(b.store, &heard, &none)
	leaveUnknown(t, l, "done", errAnswer)
	leaveUnknown(t, l, "failed", errAnswer)
	b.clock.Advance(time.Hour)

	en, err := l.Resolve(t.Context(), "done", ledger.Resolution{
		State: ledger.StateDone, By: "li.na", Reason: "it is in the partner centre", Result: json.RawMessage(`{"id":"AD7"}`),
	})
	require.NoError(t, err)
	assert.Equal(t, ledger.StateDone, en.State)
	want := []ledger.Decision{{
		State: ledger.StateDone, By: "li.na", Reason: "it is in the partner centre", At: start.Add(time.Hour),
		From: ledger.StateUnknown, Attempt: 1, Doubt: errAnswer.Error(),
	}}
	got, err := ledger.Do(t.Context(), l, "done", amount, effect{})
	require.NoError(t, err)
	assert.Equal(t, "AD7", got.ID)

	_, err = l.Resolve(t.Context(), "failed", ledger.Resolution{State: ledger.StateFailed, By: "li.na", Reason: "it is not there"})
	require.NoError(t, err)
	_, err = ledger.Reconcile(t.Context(), l, "failed", effect{})
	require.ErrorContains(t, err, "li.na decided that it did not happen: it is not there")
	var calls int
	_, err = ledger.Do(t.Context(), l, "failed", amount, effect{Apply: applies(&calls, "AD8", nil)})
	require.NoError(t, err)
	assert.Equal(t, 1, calls, "what certainly did not happen may run again")
	assert.Equal(t, []string{"done#1/unknown", "failed#1/unknown", "done#1/done", "failed#1/failed", "failed#2/done"}, heard)

	en, err = l.Entry(t.Context(), "done")
	require.NoError(t, err)
	assert.Equal(t, want, en.Decisions)
	en, err = l.Entry(t.Context(), "failed")
	require.NoError(t, err)
	require.Len(t, en.Decisions, 1, "kept for good")
	assert.Equal(t, "it is not there", en.Decisions[0].Reason)
}

func TestWhatAPersonCannotDecide(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	failed := ledger.Resolution{State: ledger.StateFailed, By: "li.na", Reason: "it is not there"}
	_, err := b.Resolve(t.Context(), "never begun", failed)
	require.ErrorIs(t, err, ledger.ErrNotFound)

	var calls int
	_, err = ledger.Do(t.Context(), b.Ledger, "done", amount, effect{Apply: applies(&calls, "AD1", nil)})
	require.NoError(t, err)
	_, err = ledger.Do(t.Context(), b.Ledger, "failed", amount, effect{Apply: applies(&calls, "", ledger.Refused(nil))})
	require.Error(t, err)
	_, err = ledger.Do(t.Context(), b.over(faulty{b.store, failAt("after insert")}), "running", amount, effect{})
	require.ErrorIs(t, err, errFault)
	for _, key := range []string{"done", "failed", "running"} {
		_, err = b.Resolve(t.Context(), key, failed)
		require.ErrorIs(t, err, ledger.ErrDecided)
		require.ErrorContains(t, err, `"`+key+`", which is `+key)
	}
	b.clock.Advance(lease)
	_, err = b.Resolve(t.Context(), "running", failed)
	require.ErrorIs(t, err, ledger.ErrDecided, "the world is asked first")

	leaveUnknown(t, b.Ledger, "k", errAnswer)
	for name, r := range map[string]ledger.Resolution{
		"a person and a reason":   {State: ledger.StateFailed, Reason: "it is not there"},
		"and a reason":            {State: ledger.StateFailed, By: "li.na"},
		"more than 500 bytes":     {State: ledger.StateFailed, By: "li.na", Reason: strings.Repeat("x", 501)},
		"has a result, as JSON":   {State: ledger.StateDone, By: "li.na", Reason: "it is there"},
		"has no result":           {State: ledger.StateFailed, By: "li.na", Reason: "it is there", Result: json.RawMessage(`{}`)},
		`done or failed, not "x"`: {State: "x", By: "li.na", Reason: "it is there"},
	} {
		_, err = b.Resolve(t.Context(), "k", r)
		require.ErrorContains(t, err, name)
	}
	_, err = b.over(faulty{b.store, failAt("before update")}).Resolve(t.Context(), "k", failed)
	require.ErrorIs(t, err, errFault)
	en, err := b.Entry(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, ledger.StateUnknown, en.State)
}

func TestADecisionGivesWayToANewerRecord(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	leaveUnknown(t, b.Ledger, "k", errAnswer)
	found := b.over(faulty{b.store, func(when string) error {
		if when != "before update" {
			return nil
		}
		_, err := ledger.Reconcile(t.Context(), b.Ledger, "k", effect{Find: finds("AD1", ledger.Found, nil)})
		return err
	}})
	_, err := found.Resolve(t.Context(), "k", ledger.Resolution{State: ledger.StateFailed, By: "li.na", Reason: "it is not there"})
	require.ErrorIs(t, err, ledger.ErrVersion)
}

func TestALateOwnerKeepsTheDecision(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	failed := ledger.Resolution{State: ledger.StateFailed, By: "li.na", Reason: "it is not there"}
	_, err := ledger.Do(t.Context(), b.Ledger, "k", amount, effect{Apply: applyLate(t, b, failed)})
	require.NoError(t, err)
	en, err := b.Entry(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, ledger.StateDone, en.State, "its owner knows better")
	assert.Len(t, en.Decisions, 1, "and what was decided stays on the record")
}

// applyLate makes the effect, but answers only after a person has decided about it.
func applyLate(t *testing.T, b bench, r ledger.Resolution) func(context.Context) (transfer, error) {
	t.Helper()
	return func(ctx context.Context) (transfer, error) {
		b.clock.Advance(lease)
		_, err := ledger.Reconcile(ctx, b.Ledger, "k", effect{Find: finds("", ledger.Unclear, nil)})
		unknown, ok := errors.AsType[*ledger.UnknownError](err)
		require.True(t, ok, "%v", unknown)
		_, err = b.Resolve(ctx, "k", r)
		require.NoError(t, err)
		return transfer{ID: "AD1"}, nil
	}
}
