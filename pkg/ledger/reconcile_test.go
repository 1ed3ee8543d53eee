package ledger_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// leaveUnknown records an entry whose outcome nobody knows.
func leaveUnknown(t *testing.T, l *ledger.Ledger, key string, err error) {
	t.Helper()
	var calls int
	_, got := ledger.Do(t.Context(), l, key, amount, effect{Apply: applies(&calls, "", err)})
	require.ErrorIs(t, got, err)
}

func TestReconcileSettles(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	leaveUnknown(t, b.Ledger, "found", errAnswer)
	leaveUnknown(t, b.Ledger, "absent", errAnswer)

	_, err := ledger.Reconcile(t.Context(), b.Ledger, "never begun", effect{})
	require.ErrorIs(t, err, ledger.ErrNotFound)

	e := effect{Find: finds("AD1", ledger.Found, nil)}
	for range 2 {
		got, err := ledger.Reconcile(t.Context(), b.Ledger, "found", e)
		require.NoError(t, err)
		assert.Equal(t, "AD1", got.ID)
	}
	_, err = ledger.Reconcile(t.Context(), b.Ledger, "absent", effect{Find: finds("", ledger.Absent, nil)})
	require.ErrorIs(t, err, ledger.ErrAbsent)
	assert.Empty(t, dueKeys(t, b))

	var calls int
	_, err = ledger.Do(t.Context(), b.Ledger, "absent", amount, effect{Apply: applies(&calls, "AD2", nil)})
	require.NoError(t, err)
	assert.Equal(t, 1, calls, "what is proven absent may run again")
}

func TestReconcileGivesWayToANewerRecord(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	leaveUnknown(t, b.Ledger, "k", errAnswer)
	stale := b.over(faulty{b.store, func(when string) error {
		if when == "before update" {
			_, err := ledger.Reconcile(t.Context(), b.Ledger, "k", effect{Find: finds("AD1", ledger.Found, nil)})
			return err
		}
		return nil
	}})
	_, err := ledger.Reconcile(t.Context(), stale, "k", effect{Find: finds("", ledger.Absent, nil)})
	require.ErrorIs(t, err, ledger.ErrVersion)
	en, err := b.Entry(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, ledger.StateDone, en.State)
}

func TestDueListsWhatSomebodyShouldSettle(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var calls int
	_, err := ledger.Do(t.Context(), b.Ledger, "done", amount, effect{Apply: applies(&calls, "AD1", nil)})
	require.NoError(t, err)
	_, err = ledger.Do(t.Context(), b.over(faulty{b.store, failAt("after insert")}), "crashed", amount, effect{})
	require.ErrorIs(t, err, errFault)
	b.clock.Advance(lease / 2)
	leaveUnknown(t, b.Ledger, "unknown", errAnswer)
	assert.Equal(t, []string{"unknown"}, dueKeys(t, b))
	b.clock.Advance(lease)
	assert.Equal(t, []string{"unknown", "crashed"}, dueKeys(t, b))

	_, err = ledger.Reconcile(t.Context(), b.Ledger, "unknown", effect{Find: finds("", ledger.Unclear, nil)})
	require.Error(t, err)
	assert.Equal(t, []string{"crashed"}, dueKeys(t, b))
	b.clock.Advance(lease)
	assert.Equal(t, []string{"crashed", "unknown"}, dueKeys(t, b), "asked in vain goes to the end")
}

func TestDueStops(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	leaveUnknown(t, b.Ledger, "a", errAnswer)
	leaveUnknown(t, b.Ledger, "b", errAnswer)
	var seen []string
	for en, err := range b.Due(t.Context(), b.clock.Now(), 10) {
		require.NoError(t, err)
		seen = append(seen, en.Key)
		break
	}
	assert.Equal(t, []string{"a"}, seen)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var failures []error
	for _, err := range b.Due(ended, b.clock.Now(), 10) {
		failures = append(failures, err)
	}
	require.Len(t, failures, 1)
	require.ErrorIs(t, failures[0], context.Canceled)
}

func TestReasonsAreBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var calls int
	long := ledger.Refused(plainError("a" + strings.Repeat("余额不足", 100)))
	_, err := ledger.Do(t.Context(), b.Ledger, "k", amount, effect{Apply: applies(&calls, "", long)})
	require.Error(t, err)
	en, err := b.Entry(t.Context(), "k")
	require.NoError(t, err)
	assert.LessOrEqual(t, len(en.Reason), 500)
	assert.Greater(t, len(en.Reason), 490)
	assert.True(t, utf8.ValidString(en.Reason))
}

type plainError string

func (e plainError) Error() string { return string(e) }

func dueKeys(t *testing.T, b bench) []string {
	t.Helper()
	var keys []string
	for en, err := range b.Due(t.Context(), b.clock.Now(), 10) {
		require.NoError(t, err)
		keys = append(keys, en.Key)
	}
	return keys
}
