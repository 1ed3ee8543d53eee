package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// settling reconciles with one effect whatever is due.
func settling(l *ledger.Ledger, e effect) func(context.Context, ledger.Entry) error {
	return func(ctx context.Context, en ledger.Entry) error {
		_, err := ledger.Reconcile(ctx, l, en.Key, e)
		return err
	}
}

func TestReconcileDueSettlesWhatItCan(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var heard []string
	var none error
	l := b.announcing(b.store, &heard, &none)
	_, err := ledger.Do(t.Context(), b.over(faulty{b.store, failAt("after insert")}), "crashed", amount, effect{})
	require.ErrorIs(t, err, errFault)
	b.clock.Advance(lease)
	leaveUnknown(t, l, "k", errAnswer)
	heard = nil

	got, err := l.ReconcileDue(t.Context(), 10, settling(l, effect{Find: finds("", ledger.Unclear, nil)}))
	require.NoError(t, err)
	require.Len(t, got.Unknown, 2)
	assert.Equal(t, "crashed", got.Unknown[0].Key)
	assert.Equal(t, ledger.StateUnknown, got.Unknown[0].State)
	assert.Equal(t, amount, got.Unknown[1].Fingerprint)
	assert.Equal(t, []string{"crashed#1/unknown"}, heard, "the other one had been announced")

	got, err = l.ReconcileDue(t.Context(), 10, settling(l, effect{Find: finds("AD1", ledger.Found, nil)}))
	require.NoError(t, err)
	assert.Equal(t, ledger.Reconciliation{}, got, "they were asked about a moment ago")

	b.clock.Advance(lease)
	got, err = l.ReconcileDue(t.Context(), 1, settling(l, effect{Find: finds("AD1", ledger.Found, nil)}))
	require.NoError(t, err)
	assert.Equal(t, ledger.Reconciliation{Settled: 1}, got)
	got, err = l.ReconcileDue(t.Context(), 10, settling(l, effect{Find: finds("", ledger.Absent, nil)}))
	require.NoError(t, err)
	assert.Equal(t, ledger.Reconciliation{Settled: 1}, got)
	assert.Len(t, heard, 3)
}

func TestWhatNobodyCanSettleGoesToTheEnd(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	leaveUnknown(t, b.Ledger, "a", errAnswer)
	b.clock.Advance(time.Second)
	leaveUnknown(t, b.Ledger, "b", errAnswer)
	lost := errors.New("nobody knows this kind of key")
	got, err := b.ReconcileDue(t.Context(), 1, func(context.Context, ledger.Entry) error { return lost })
	require.NoError(t, err)
	require.Len(t, got.Unknown, 1)
	assert.Equal(t, lost.Error(), got.Unknown[0].Reason)
	assert.Equal(t, start, got.Unknown[0].Ended)
	assert.Equal(t, []string{"b"}, dueKeys(t, b))

	got, err = b.ReconcileDue(t.Context(), 1, func(context.Context, ledger.Entry) error { return nil })
	require.NoError(t, err)
	require.Len(t, got.Unknown, 1)
	assert.Equal(t, "nobody could tell what happened", got.Unknown[0].Reason)

	var keys []string
	for en, err := range b.Unknown(t.Context(), 10) {
		require.NoError(t, err)
		keys = append(keys, en.Key)
	}
	assert.Equal(t, []string{"a", "b"}, keys, "also before they are due again")
}

func TestReconcileDueGivesWay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	leaveUnknown(t, b.Ledger, "k", errAnswer)
	got, err := b.ReconcileDue(t.Context(), 10, func(ctx context.Context, en ledger.Entry) error {
		_, err := ledger.Do(ctx, b.over(faulty{b.store, func(when string) error {
			if when == "after update" {
				return errFault // it begins another attempt, and stops there
			}
			return nil
		}}), en.Key, amount, effect{Find: finds("", ledger.Absent, nil)})
		return err
	})
	require.NoError(t, err)
	assert.Equal(t, ledger.Reconciliation{}, got, "another one is at it")

	broken := b.over(faulty{b.store, failAt("before update")})
	b.clock.Advance(lease)
	_, err = broken.ReconcileDue(t.Context(), 10, func(context.Context, ledger.Entry) error { return errAnswer })
	require.ErrorIs(t, err, errFault)

	ctx, cancel := context.WithCancel(t.Context())
	_, err = b.ReconcileDue(ctx, 10, func(context.Context, ledger.Entry) error {
		cancel()
		return errAnswer
	})
	require.ErrorIs(t, err, context.Canceled)
}

func TestUnknownListsNothingElse(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var calls int
	for _, e := range []effect{{Apply: applies(&calls, "AD1", nil)}, {Apply: applies(&calls, "", ledger.Refused(nil))}} {
		_, _ = ledger.Do(t.Context(), b.Ledger, string(rune('a'+calls)), amount, e)
	}
	_, err := ledger.Do(t.Context(), b.over(faulty{b.store, failAt("after insert")}), "crashed", amount, effect{})
	require.ErrorIs(t, err, errFault)
	leaveUnknown(t, b.Ledger, "y", errAnswer)
	leaveUnknown(t, b.Ledger, "z", errAnswer)
	unknown := func(limit int) (keys []string) {
		for en, err := range b.Unknown(t.Context(), limit) {
			require.NoError(t, err)
			keys = append(keys, en.Key)
		}
		return keys
	}
	assert.Equal(t, []string{"y", "z"}, unknown(10))
	assert.Equal(t, []string{"y"}, unknown(1))
	b.clock.Advance(lease)
	assert.Equal(t, []string{"y", "z", "crashed"}, unknown(10), "its lease has ended")
}

func TestSpacesKeepApart(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	pays := ledger.New(b.store, ledger.Options{Now: b.clock.Now, Space: "payorder"})
	issues := ledger.New(b.store, ledger.Options{Now: b.clock.Now, Space: "couponissue"})
	assert.Equal(t, "payorder", pays.Space())
	assert.Empty(t, ledger.New(b.store, ledger.Options{Now: b.clock.Now}).Space())
	leaveUnknown(t, pays, "k", errAnswer)
	_, err := issues.Entry(t.Context(), "k")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	got, err := issues.ReconcileDue(t.Context(), 10, nil)
	require.NoError(t, err)
	assert.Equal(t, ledger.Reconciliation{}, got)
	got, err = pays.ReconcileDue(t.Context(), 10, settling(pays, effect{Find: finds("AD1", ledger.Found, nil)}))
	require.NoError(t, err)
	assert.Equal(t, ledger.Reconciliation{Settled: 1}, got)

	mine, err := pays.Claim(t.Context(), "AD1", "payorder/k")
	require.NoError(t, err)
	assert.True(t, mine)
	mine, err = issues.Claim(t.Context(), "AD1", "couponissue/k")
	require.NoError(t, err)
	assert.False(t, mine, "a record is one entry's, in whatever space")
}
