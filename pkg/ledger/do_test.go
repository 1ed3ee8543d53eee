package ledger_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger"
)

type transfer struct {
	ID     string `json:"id"`
	secret string
}

type effect = ledger.Effect[transfer]

var (
	amount    = ledger.Fingerprint{"customer_id": "c1", "amount": "10.00"}
	errAnswer = errors.New("the answer was lost")
)

// applies returns an Apply that answers with id or err, and counts its calls.
func applies(calls *int, id string, err error) func(context.Context) (transfer, error) {
	return func(context.Context) (transfer, error) {
		*calls++
		return transfer{ID: id, secret: "not recorded"}, err
	}
}

func finds(id string, finding ledger.Finding, err error) func(context.Context, time.Time) (transfer, ledger.Finding, error) {
	return func(context.Context, time.Time) (transfer, ledger.Finding, error) {
		return transfer{ID: id}, finding, err
	}
}

func TestDoneIsDoneOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var calls int
	e := effect{Apply: applies(&calls, "AD1", nil)}
	for range 3 {
		got, err := ledger.Do(t.Context(), b.Ledger, "k", amount, e)
		require.NoError(t, err)
		assert.Equal(t, transfer{ID: "AD1"}, got, "everybody gets what was recorded")
	}
	assert.Equal(t, 1, calls)

	en, err := b.Entry(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, ledger.StateDone, en.State)
	assert.Equal(t, amount, en.Fingerprint)
	assert.Equal(t, "tester", en.Owner)
	assert.JSONEq(t, `{"id":"AD1"}`, string(en.Result))
}

func TestAnotherFingerprintConflicts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var calls int
	e := effect{Apply: applies(&calls, "AD1", nil)}
	_, err := ledger.Do(t.Context(), b.Ledger, "k", amount, e)
	require.NoError(t, err)

	other := ledger.Fingerprint{"amount": "10.01", "customer_id": "c1", "quota_id": "q"}
	_, err = ledger.Do(t.Context(), b.Ledger, "k", other, e)
	conflict, ok := errors.AsType[*ledger.ConflictError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, []string{"amount", "quota_id"}, conflict.Fields)
	assert.ErrorContains(t, err, "amount, quota_id")

	_, err = ledger.Do(t.Context(), b.Ledger, "k", ledger.Fingerprint{"customer_id": "c1"}, e)
	require.ErrorAs(t, err, &conflict)
	assert.Equal(t, []string{"amount"}, conflict.Fields)
	assert.Equal(t, 1, calls)
}

func TestARefusedRequestMayBeCorrected(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var calls int
	_, err := ledger.Do(t.Context(), b.Ledger, "k", amount, effect{Apply: applies(&calls, "", ledger.Refused(errors.New("too much")))})
	_, refused := errors.AsType[*ledger.RefusedError](err)
	require.True(t, refused, "%v", err)

	other := ledger.Fingerprint{"amount": "9.00"}
	e := effect{Apply: applies(&calls, "AD1", nil)}
	_, err = ledger.Do(t.Context(), b.Ledger, "k", other, e)
	require.NoError(t, err)
	assert.Equal(t, 2, calls)
	en, err := b.Entry(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, other, en.Fingerprint)

	_, err = ledger.Do(t.Context(), b.Ledger, "k", amount, e)
	_, conflict := errors.AsType[*ledger.ConflictError](err)
	assert.True(t, conflict, "what was done is settled: %v", err)
}

func TestWhileOneRunsOthersAskAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, err := ledger.Do(t.Context(), b.Ledger, "k", amount, effect{Apply: func(ctx context.Context) (transfer, error) {
		var inner int
		_, err := ledger.Do(ctx, b.Ledger, "k", amount, effect{Apply: applies(&inner, "twice", nil)})
		require.ErrorIs(t, err, ledger.ErrRunning)
		require.EqualError(t, err, `ledger: "k" is still running, until 2026-03-01T09:02:00Z at the latest; ask again`)
		running, ok := errors.AsType[*ledger.RunningError](err)
		require.True(t, ok)
		assert.Equal(t, start.Add(lease), running.Until)
		_, err = ledger.Reconcile(ctx, b.Ledger, "k", effect{})
		require.ErrorIs(t, err, ledger.ErrRunning)
		assert.Zero(t, inner)
		return transfer{ID: "AD1"}, nil
	}})
	require.NoError(t, err)
}

func TestARefusalMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	errBalance := errors.New("insufficient balance")
	var calls int
	_, err := ledger.Do(t.Context(), b.Ledger, "k", amount, effect{Apply: applies(&calls, "", ledger.Refused(errBalance))})
	refused, ok := errors.AsType[*ledger.RefusedError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, "k", refused.Key)
	require.ErrorIs(t, err, errBalance)

	en, err := b.Entry(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, ledger.StateFailed, en.State)
	assert.Equal(t, "insufficient balance", en.Reason)
	_, err = ledger.Reconcile(t.Context(), b.Ledger, "k", effect{})
	require.ErrorContains(t, err, "insufficient balance")

	b.clock.Advance(time.Hour)
	_, err = ledger.Do(t.Context(), b.Ledger, "k", amount, effect{Apply: applies(&calls, "AD1", nil)})
	require.NoError(t, err)
	assert.Equal(t, 2, calls)
	en, err = b.Entry(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, 2, en.Attempts)
	assert.Equal(t, start.Add(time.Hour), en.Since, "what was refused had no effect")
	assert.Empty(t, en.Reason)
}

func TestARefusalOfAnotherEffectProvesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, err := ledger.Do(t.Context(), b.Ledger, "outer", amount, effect{Apply: func(ctx context.Context) (transfer, error) {
		var calls int
		return ledger.Do(ctx, b.Ledger, "inner", amount, effect{Apply: applies(&calls, "", ledger.Refused(nil))})
	}})
	_, ok := errors.AsType[*ledger.UnknownError](err)
	require.True(t, ok, "%v", err)

	_, err = ledger.Do(t.Context(), b.Ledger, "outer", amount, effect{
		Find: finds("", ledger.Absent, ledger.ErrAbsent),
	})
	_, ok = errors.AsType[*ledger.UnknownError](err)
	require.True(t, ok, "an error of Find is no proof: %v", err)
}

func TestAnUnknownOutcomeIsAskedAbout(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		find    func(context.Context, time.Time) (transfer, ledger.Finding, error)
		state   ledger.State
		applied int // how often in all
	}{
		"found":          {finds("AD1", ledger.Found, nil), ledger.StateDone, 1},
		"absent":         {finds("", ledger.Absent, nil), ledger.StateDone, 2},
		"unclear":        {finds("", ledger.Unclear, nil), ledger.StateUnknown, 1},
		"cannot ask":     {finds("", ledger.Found, errFault), ledger.StateUnknown, 1},
		"absent, failed": {finds("", ledger.Absent, errFault), ledger.StateUnknown, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			var calls int
			_, err := ledger.Do(t.Context(), b.Ledger, "k", amount, effect{Apply: applies(&calls, "AD1", errAnswer)})
			unknown, ok := errors.AsType[*ledger.UnknownError](err)
			require.True(t, ok, "%v", err)
			require.ErrorIs(t, err, errAnswer)
			assert.Equal(t, start, unknown.Since)
			assert.Equal(t, 1, unknown.Attempts)

			_, err = ledger.Do(t.Context(), b.Ledger, "k", amount, effect{Apply: applies(&calls, "AD1", nil), Find: c.find})
			if c.state == ledger.StateUnknown {
				require.ErrorAs(t, err, &unknown)
			} else {
				require.NoError(t, err)
			}
			assert.Equal(t, c.applied, calls)
			en, err := b.Entry(t.Context(), "k")
			require.NoError(t, err)
			assert.Equal(t, c.state, en.State)
		})
	}
}

func TestAbsentTooSoonProvesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var calls int
	e := effect{Apply: applies(&calls, "AD1", errAnswer), Find: finds("", ledger.Absent, nil), Settle: 10 * time.Minute}
	_, err := ledger.Do(t.Context(), b.Ledger, "k", amount, e)
	require.ErrorIs(t, err, errAnswer)
	b.clock.Advance(10*time.Minute - time.Second)
	_, err = ledger.Do(t.Context(), b.Ledger, "k", amount, e)
	require.ErrorContains(t, err, "before 2026-03-01T09:10:00Z")
	require.Equal(t, 1, calls)
	b.clock.Advance(time.Second)
	_, err = ledger.Do(t.Context(), b.Ledger, "k", amount, e)
	require.ErrorIs(t, err, errAnswer)
	assert.Equal(t, 2, calls)
}

func TestOneOfManyTakesOver(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	leaveUnknown(t, b.Ledger, "k", errAnswer)
	var mine, theirs int
	_, err := ledger.Do(t.Context(), b.Ledger, "k", amount, effect{
		Apply: applies(&mine, "AD1", nil),
		Find: func(ctx context.Context, _ time.Time) (transfer, ledger.Finding, error) {
			other := effect{Apply: applies(&theirs, "AD2", nil), Find: finds("", ledger.Absent, nil)}
			_, err := ledger.Do(ctx, b.Ledger, "k", amount, other)
			return transfer{}, ledger.Absent, err
		},
	})
	require.ErrorIs(t, err, ledger.ErrRunning)
	assert.Equal(t, 1, theirs)
	assert.Zero(t, mine)
}

func TestALostRecordBecomesUnknownWithTheLease(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var calls int
	e := effect{Apply: applies(&calls, "AD1", nil), Find: finds("AD1", ledger.Found, nil)}
	broken := b.over(faulty{b.store, failAt("before update")})
	_, err := ledger.Do(t.Context(), broken, "k", amount, e)
	_, ok := errors.AsType[*ledger.UnknownError](err)
	require.True(t, ok, "%v", err)
	require.ErrorIs(t, err, errFault)

	_, err = ledger.Do(t.Context(), b.Ledger, "k", amount, e)
	require.ErrorIs(t, err, ledger.ErrRunning)
	b.clock.Advance(lease)
	got, err := ledger.Do(t.Context(), b.Ledger, "k", amount, e)
	require.NoError(t, err)
	assert.Equal(t, "AD1", got.ID)
	assert.Equal(t, 1, calls)
}

func TestNothingIsDoneWithoutARecord(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var calls int
	e := effect{Apply: applies(&calls, "AD1", nil)}
	for _, point := range []string{"before insert", "after insert"} {
		_, err := ledger.Do(t.Context(), b.over(faulty{b.store, failAt(point)}), point, amount, e)
		require.ErrorIs(t, err, errFault)
	}
	leaveUnknown(t, b.Ledger, "again", errAnswer)
	e.Find = finds("", ledger.Absent, nil)
	_, err := ledger.Do(t.Context(), b.over(faulty{b.store, failAt("before update")}), "again", amount, e)
	require.EqualError(t, err, `record attempt 2 of "again" before it is made: connection reset by peer`)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = ledger.Do(ended, b.Ledger, "k", amount, e)
	require.ErrorIs(t, err, context.Canceled)
	_, err = b.Entry(t.Context(), "k")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	for _, key := range []string{"", strings.Repeat("k", 513)} {
		_, err = ledger.Do(t.Context(), b.Ledger, key, amount, e)
		require.ErrorContains(t, err, "1 to 512 bytes")
	}
	assert.Zero(t, calls)
}

func TestTheOutcomeOutlivesTheCaller(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	got, err := ledger.Do(ctx, b.Ledger, "k", amount, effect{Apply: func(ctx context.Context) (transfer, error) {
		_, bounded := ctx.Deadline()
		assert.True(t, bounded, "an attempt ends before its lease")
		cancel()
		return transfer{ID: "AD1"}, nil
	}})
	require.NoError(t, err)
	assert.Equal(t, "AD1", got.ID)
	en, err := b.Entry(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, ledger.StateDone, en.State)
}

func TestALateOwner(t *testing.T) {
	t.Parallel()
	t.Run("settles its own attempt", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		got, err := ledger.Do(t.Context(), b.Ledger, "k", amount, effect{Apply: func(ctx context.Context) (transfer, error) {
			b.clock.Advance(lease)
			_, err := ledger.Reconcile(ctx, b.Ledger, "k", effect{Find: finds("", ledger.Unclear, nil)})
			_, ok := errors.AsType[*ledger.UnknownError](err)
			assert.True(t, ok, "%v", err)
			return transfer{ID: "AD1"}, nil
		}})
		require.NoError(t, err)
		assert.Equal(t, "AD1", got.ID)
	})
	t.Run("gets what was found meanwhile", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		got, err := ledger.Do(t.Context(), b.Ledger, "k", amount, effect{Apply: func(ctx context.Context) (transfer, error) {
			b.clock.Advance(lease)
			_, err := ledger.Reconcile(ctx, b.Ledger, "k", effect{Find: finds("AD1", ledger.Found, nil)})
			return transfer{ID: "AD1 again"}, err
		}})
		require.NoError(t, err)
		assert.Equal(t, "AD1", got.ID)
	})
	t.Run("never touches a newer attempt", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		_, err := ledger.Do(t.Context(), b.Ledger, "k", amount, effect{Apply: func(ctx context.Context) (transfer, error) {
			b.clock.Advance(lease)
			var calls int
			newer := effect{Apply: applies(&calls, "AD2", errAnswer), Find: finds("", ledger.Absent, nil)}
			_, err := ledger.Do(ctx, b.Ledger, "k", amount, newer)
			assert.ErrorIs(t, err, errAnswer)
			return transfer{ID: "AD1"}, nil
		}})
		require.ErrorIs(t, err, ledger.ErrSuperseded)
		en, err := b.Entry(t.Context(), "k")
		require.NoError(t, err)
		assert.Equal(t, ledger.StateUnknown, en.State)
		assert.Equal(t, 2, en.Attempts)
	})
}

func TestAResultThatDoesNotFit(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, err := ledger.Do(t.Context(), b.Ledger, "k", amount, ledger.Effect[chan int]{
		Apply: func(context.Context) (chan int, error) { return make(chan int), nil },
	})
	require.ErrorContains(t, err, "cannot be recorded")
	en, err := b.Entry(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, ledger.StateUnknown, en.State)

	_, err = ledger.Do(t.Context(), b.Ledger, "text", amount, ledger.Effect[string]{
		Apply: func(context.Context) (string, error) { return "AD1", nil },
	})
	require.NoError(t, err)
	_, err = ledger.Do(t.Context(), b.Ledger, "text", amount, ledger.Effect[int]{})
	require.ErrorContains(t, err, `"text" is done, but its recorded result is no int`)
}

func TestManyCallersOneEffect(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var applied, got, running atomic.Int64
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			_, err := ledger.Do(t.Context(), b.Ledger, "k", amount, effect{Apply: func(context.Context) (transfer, error) {
				applied.Add(1)
				return transfer{ID: "AD1"}, nil
			}})
			switch {
			case err == nil:
				got.Add(1)
			case errors.Is(err, ledger.ErrRunning):
				running.Add(1)
			default:
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
	assert.Equal(t, int64(1), applied.Load())
	assert.Equal(t, int64(32), got.Load()+running.Load())
}
