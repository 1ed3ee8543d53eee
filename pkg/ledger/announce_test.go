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

// announcing returns a ledger of the same entries that announces into heard, or
// fails to with err.
func (b bench) announcing(store ledger.Store, heard *[]string, err *error) *ledger.Ledger {
	return ledger.New(store, ledger.Options{
		Now: b.clock.Now, Lease: lease, Owner: "tester", Sleep: b.clock.Sleep,
		Announce: func(_ context.Context, en ledger.Entry) error {
			*heard = append(*heard, en.OutcomeID())
			return *err
		},
	})
}

func TestEveryOutcomeIsAnnouncedOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var heard []string
	var none error
	l := b.announcing(b.store, &heard, &none)
	var calls int
	for _, c := range []struct {
		key  string
		e    effect
		want []string
	}{
		{"done", effect{Apply: applies(&calls, "AD1", nil)}, []string{"done#1/done"}},
		{"done", effect{}, nil},
		{"failed", effect{Apply: applies(&calls, "", ledger.Refused(nil))}, []string{"failed#1/failed"}},
		{"failed", effect{Apply: applies(&calls, "AD2", nil)}, []string{"failed#2/done"}},
		{"unknown", effect{Apply: applies(&calls, "", errAnswer)}, []string{"unknown#1/unknown"}},
		{"unknown", effect{Find: finds("", ledger.Unclear, nil)}, nil},
		{"unknown", effect{Find: finds("AD3", ledger.Found, nil)}, []string{"unknown#1/done"}},
	} {
		heard = nil
		_, _ = ledger.Do(t.Context(), l, c.key, amount, c.e)
		assert.Equal(t, c.want, heard, c.key)
	}
	b.clock.Advance(24 * time.Hour)
	assert.Empty(t, dueKeys(t, b), "what was announced is not due")
	en, err := l.Entry(t.Context(), "done")
	require.NoError(t, err)
	assert.Equal(t, start, en.Announced)
}

func TestWhatWasNotAnnouncedIsMadeUpFor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var heard []string
	failure := errors.New("the outbox is full")
	l := b.announcing(b.store, &heard, &failure)
	var calls int
	_, err := ledger.Do(t.Context(), l, "k", amount, effect{Apply: applies(&calls, "AD1", nil)})
	require.NoError(t, err, "what was done was done")
	assert.Equal(t, []string{"k"}, dueKeys(t, b))

	settle := func(context.Context, ledger.Entry) error { panic("it is done") }
	got, err := l.ReconcileDue(t.Context(), 10, settle)
	require.ErrorIs(t, err, failure)
	require.ErrorContains(t, err, `announce that "k" is done`)
	assert.Equal(t, ledger.Reconciliation{}, got)
	assert.Empty(t, dueKeys(t, b), "it went to the end")

	failure = nil
	b.clock.Advance(lease)
	got, err = l.ReconcileDue(t.Context(), 10, settle)
	require.NoError(t, err)
	assert.Equal(t, ledger.Reconciliation{Announced: 1}, got)
	assert.Equal(t, []string{"k#1/done", "k#1/done", "k#1/done"}, heard, "with one id")
	b.clock.Advance(lease)
	assert.Empty(t, dueKeys(t, b))
}

func TestARefusalIsAnnouncedBeforeTheNextAttempt(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var heard []string
	failure := errFault
	l := b.announcing(b.store, &heard, &failure)
	var calls int
	refused := effect{Apply: applies(&calls, "", ledger.Refused(nil))}
	_, err := ledger.Do(t.Context(), l, "k", amount, refused)
	require.Error(t, err)

	again := effect{Apply: applies(&calls, "AD1", nil)}
	_, err = ledger.Do(t.Context(), l, "k", ledger.Fingerprint{"amount": "9.00"}, again)
	require.EqualError(t, err, `announce attempt 1 of "k" before the next is made: connection reset by peer`)
	assert.Equal(t, 1, calls)
	failure, heard = nil, nil
	_, err = ledger.Do(t.Context(), l, "k", ledger.Fingerprint{"amount": "9.00"}, again)
	require.NoError(t, err)
	assert.Equal(t, []string{"k#1/failed", "k#2/done"}, heard)
}

func TestNobodyListensAnyMore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var heard []string
	failure := errFault
	var calls int
	_, err := ledger.Do(t.Context(), b.announcing(b.store, &heard, &failure), "k", amount, effect{Apply: applies(&calls, "AD1", nil)})
	require.NoError(t, err)
	got, err := b.ReconcileDue(t.Context(), 10, nil)
	require.NoError(t, err)
	assert.Equal(t, ledger.Reconciliation{}, got)
	b.clock.Advance(lease)
	assert.Empty(t, dueKeys(t, b))
}
