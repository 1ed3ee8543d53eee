package funds_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/internal/funds"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

func TestAMovementHappensOnce(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, w *world, way way) {
		first := w.move(way.movement(w, "1", "99.90"))
		assert.Equal(t, first, w.move(way.movement(w, "1", "99.90")))
		assert.Equal(t, 1, w.effects(way.operation))

		second := w.move(way.movement(w, "2", "99.90"))
		assert.NotEqual(t, first, second, "an equal amount under another key is another movement")
		assert.Equal(t, 2, w.effects(way.operation))

		_, err := w.mover.Move(t.Context(), way.movement(w, "1", "99.91"))
		var conflict *ledger.ConflictError
		require.ErrorAs(t, err, &conflict)
		assert.Equal(t, []string{"amount"}, conflict.Fields)
	})
}

func TestALostAnswerIsFound(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, w *world, way way) {
		// Equal movements before and after must not be taken for the lost one.
		before := w.move(way.movement(w, "before", "10"))
		w.lose(way.movement(w, "lost", "10"), way.operation, huawei.AfterEffect)
		after := w.move(way.movement(w, "after", "10"))

		lost := w.move(way.movement(w, "lost", "10"))

		assert.NotContains(t, []string{before, after}, lost)
		assert.Equal(t, 3, w.effects(way.operation))
	})
}

func TestALostRequestIsRepeatedOnceProvenAbsent(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, w *world, way way) {
		m := way.movement(w, "lost", "10")
		w.lose(m, way.operation, huawei.BeforeEffect)

		w.clock.Advance(time.Minute)
		_, err := w.mover.Move(t.Context(), m)
		var unknown *ledger.UnknownError
		require.ErrorAs(t, err, &unknown, "a record may still come to light")
		assert.Zero(t, w.effects(way.operation))

		w.clock.Advance(2 * time.Minute)
		w.move(m)
		assert.Equal(t, 1, w.effects(way.operation))
	})
}

// The records of an equal movement that nobody knows the outcome of could be taken
// for those of the next one, so the next one waits until they are told apart.
func TestAnEqualMovementWaitsForTheOneInDoubt(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, w *world, way way) {
		lost, next := way.movement(w, "lost", "10"), way.movement(w, "next", "10")
		w.lose(lost, way.operation, huawei.BeforeEffect)

		_, err := w.mover.Move(t.Context(), next)
		var doubt *funds.DoubtError
		require.ErrorAs(t, err, &doubt)
		assert.Equal(t, lost.Key, doubt.Key)
		w.move(way.movement(w, "other", "11"))

		w.clock.Advance(3 * time.Minute)
		w.move(next)
		w.requireState(lost.Key, ledger.StateFailed)
		assert.Equal(t, 2, w.effects(way.operation))
		w.move(lost)
		assert.Equal(t, 3, w.effects(way.operation))
	})
}

// What its caller never asked about again is settled by the next equal movement.
func TestAnEqualMovementSettlesTheOneInDoubt(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, w *world, way way) {
		keys := []string{"1", "2", "3", "4"}
		ids := map[string]bool{}
		for _, key := range keys {
			w.lose(way.movement(w, key, "10"), way.operation, huawei.AfterEffect)
		}
		for _, key := range keys[:3] {
			w.requireState(way.movement(w, key, "10").Key, ledger.StateDone)
		}
		for _, key := range keys {
			ids[w.move(way.movement(w, key, "10"))] = true
		}
		assert.Len(t, ids, 4)
		assert.Equal(t, 4, w.effects(way.operation))
	})
}

// A movement in the other direction, or of another amount, proves nothing, not even
// where nobody has claimed its record.
func TestUnequalMovementsInDoubtAreToldApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	allocate, reclaim := ways["to a customer"], ways["from a customer"]
	w.lose(allocate.movement(w, "more", "11"), allocate.operation, huawei.AfterEffect)
	w.lose(reclaim.movement(w, "back", "10"), reclaim.operation, huawei.AfterEffect)
	theirs := ways["to a reseller's customer"]
	w.lose(theirs.movement(w, "theirs", "10"), theirs.operation, huawei.AfterEffect)
	lost := allocate.movement(w, "lost", "10")
	w.lose(lost, allocate.operation, huawei.BeforeEffect)

	w.clock.Advance(3 * time.Minute)
	require.Error(t, w.mover.Settle(t.Context(), w.entry(lost.Key)))
	w.requireState(lost.Key, ledger.StateFailed)
	require.NoError(t, w.mover.Settle(t.Context(), w.entry("allocate/more")))
	require.NoError(t, w.mover.Settle(t.Context(), w.entry("reclaim/back")))
	require.NoError(t, w.mover.Settle(t.Context(), w.entry("allocate/theirs")))
	assert.Empty(t, w.unsettled(w.own))
}

// Two records that no movement of ours made tell that somebody moves money by hand.
func TestMoneyMovedByHandLeavesItToAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	way := ways["to a customer"]
	_, byHand := w.process(memory.New())
	m := way.movement(w, "lost", "10")
	w.lose(m, way.operation, huawei.AfterEffect)
	_, err := byHand.Move(t.Context(), m)
	require.NoError(t, err)

	w.clock.Advance(time.Hour)
	err = w.mover.Settle(t.Context(), w.entry(m.Key))
	var unknown *ledger.UnknownError
	require.ErrorAs(t, err, &unknown)
	assert.ErrorContains(t, err, "by hand")
	assert.Equal(t, []string{m.Key}, w.unsettled(w.own))
}

// What was moved by hand long after is no movement of ours.
func TestARecordOfAnotherTimeProvesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	way := ways["to a customer"]
	_, byHand := w.process(memory.New())
	m := way.movement(w, "lost", "10")
	w.lose(m, way.operation, huawei.BeforeEffect)
	w.clock.Advance(time.Hour)
	_, err := byHand.Move(t.Context(), m)
	require.NoError(t, err)

	require.ErrorIs(t, w.mover.Settle(t.Context(), w.entry(m.Key)), ledger.ErrAbsent)
}

func TestARecordInAnotherCurrencyIsNotOurs(t *testing.T) {
	t.Parallel()
	for currency, want := range map[string]ledger.State{`"USD"`: ledger.StateFailed, `"CNY"`: ledger.StateDone, `""`: ledger.StateDone} {
		w := newWorld(t)
		way := ways["to a customer"]
		m := way.movement(w, "lost", "10")
		w.lose(m, way.operation, huawei.AfterEffect)
		w.currency.Store(&currency)
		w.clock.Advance(3 * time.Minute)
		assert.Empty(t, w.unsettled(w.own), currency)
		w.requireState(m.Key, want)
	}
}

func TestUnsettledNamesWhatIsInDoubt(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, w *world, way way) {
		m := way.movement(w, "lost", "10")
		account := m.CustomerID
		if account == "" {
			account = m.IndirectPartnerID
		}
		assert.Empty(t, w.unsettled(account))
		w.lose(m, way.operation, huawei.BeforeEffect)
		assert.Equal(t, []string{m.Key}, w.unsettled(account))
		w.clock.Advance(3 * time.Minute)
		assert.Empty(t, w.unsettled(account))
	})
}

// Of two processes at once, or of one that goes on after it was taken for dead, one
// makes its movement, and the other one makes its own after that.
func TestTwoProcessesDoNotMoveEqualMoneyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store := memory.New()
	w.book, w.mover = w.process(store)
	_, other := w.process(store)
	way := ways["to a customer"]
	done := make(chan error)
	for key, mover := range map[string]*funds.Mover{"1": w.mover, "2": other} {
		go func() {
			_, err := mover.Move(t.Context(), way.movement(w, key, "10"))
			done <- err
		}()
	}
	for range 2 {
		err := <-done
		require.True(t, err == nil || errors.Is(err, ledger.ErrRunning), "%v", err)
	}
	assert.NotEqual(t, w.move(way.movement(w, "1", "10")), w.move(way.movement(w, "2", "10")))
	assert.Equal(t, 2, w.effects(way.operation))
}

// Functions have ledgers of their own, and the same customers.
func TestAnEqualMovementOfAnotherFunctionInDoubtIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store := memory.New()
	w.book, w.mover = w.process(store)
	w.space = "payorder"
	book, other := w.process(store)
	way := ways["to a customer"]
	lost, next := way.movement(w, "lost", "10"), way.movement(w, "pay/CS1/1", "10")
	w.lose(lost, way.operation, huawei.AfterEffect)

	_, err := other.Move(t.Context(), next)
	var doubt *funds.DoubtError
	require.ErrorAs(t, err, &doubt)
	_, err = other.Move(t.Context(), way.movement(w, "pay/CS1/2", "11"))
	require.NoError(t, err)
	keys, err := other.Unsettled(t.Context(), w.own)
	require.NoError(t, err)
	assert.Equal(t, []string{lost.Key}, keys)

	_, err = w.book.Resolve(t.Context(), lost.Key, ledger.Resolution{
		State: ledger.StateDone, By: "li", Reason: "seen", Result: []byte(strconv.Quote(w.transferOf(10))),
	})
	require.NoError(t, err)
	w.loseBy(other, next, way.operation, huawei.BeforeEffect)
	w.clock.Advance(3 * time.Minute)
	en, err := book.Entry(t.Context(), next.Key)
	require.NoError(t, err)
	require.ErrorIs(t, other.Settle(t.Context(), en), ledger.ErrAbsent, "the record is the one that a person named")
}

func TestWhatCannotBeMovedIsSaidBeforeAnythingMoves(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, w *world, way way) {
		good := way.movement(w, "1", "1")
		tests := map[string]func(m *funds.Movement){
			"negative":       func(m *funds.Movement) { m.Amount = m.Amount.Neg() },
			"zero":           func(m *funds.Movement) { m.Amount = decimal.Zero },
			"three decimals": func(m *funds.Movement) { m.Amount = decimal.RequireFromString("1.001") },
			"other currency": func(m *funds.Movement) { m.Currency = "USD" },
			"nobody's":       func(m *funds.Movement) { m.CustomerID, m.IndirectPartnerID = "", "" },
			"no direction":   func(m *funds.Movement) { m.Direction = "" },
			"key of another": func(m *funds.Movement) { m.Key = "pay/1" },
		}
		for name, spoil := range tests {
			m := good
			spoil(&m)
			_, err := w.mover.Move(t.Context(), m)
			require.Error(t, err, name)
		}
		assert.Zero(t, w.effects(way.operation))
	})
}

func TestRefusalsNameTheAccountThatIsShort(t *testing.T) {
	t.Parallel()
	codes := map[string]string{
		"to a customer":              "partner_balance_insufficient",
		"from a customer":            "customer_balance_insufficient",
		"to a reseller's customer":   "reseller_balance_insufficient",
		"from a reseller's customer": "customer_balance_insufficient",
		"to a reseller":              "partner_balance_insufficient",
		"from a reseller":            "reseller_balance_insufficient",
	}
	for name, code := range codes {
		w := newWorld(t)
		m := ways[name].movement(w, "much", "1000.01")
		assert.Equal(t, code, w.problem(m), name)
		w.requireState(m.Key, ledger.StateFailed)
		assert.Empty(t, w.unsettled(w.own))
	}
	w := newWorld(t)
	const nobody = "0123456789abcdef0123456789abcdef"
	assert.Equal(t, "customer_unknown", w.problem(w.movement(funds.Allocate, "1", "1", nobody, "")))
	assert.Equal(t, "reseller_unknown", w.problem(w.movement(funds.Allocate, "2", "1", "", nobody)))
	assert.Equal(t, "reseller_unknown", w.problem(w.movement(funds.Allocate, "3", "1", w.theirs, nobody)))
	assert.Equal(t, "upstream_denied", w.problem(w.movement(funds.Allocate, "4", "1", w.theirs, "")))
	poor, err := w.cloud.AddAccount(huawei.Account{Name: "poor-customer", Association: huawei.AssociationResale})
	require.NoError(t, err)
	assert.Equal(t, "customer_balance_insufficient", w.problem(w.movement(funds.Reclaim, "5", "1", poor, "")))
	assert.Empty(t, w.cloud.Check())
}

func TestAnEntryThatIsNoMovementIsNotSettled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, en := range []ledger.Entry{
		{Key: "allocate/1"},
		{Key: "pay/1", Fingerprint: ledger.Fingerprint{"amount": "1.00", "currency": "CNY", "customer_id": "c"}},
		{Key: "allocate/1", Fingerprint: ledger.Fingerprint{"amount": "1.00", "currency": "CNY"}},
	} {
		require.ErrorContains(t, w.mover.Settle(t.Context(), en), en.Key)
	}
}

func (w *world) problem(m funds.Movement) string {
	w.t.Helper()
	before := len(w.cloud.Journal())
	_, err := w.mover.Move(w.t.Context(), m)
	require.Error(w.t, err)
	p, ok := errors.AsType[*handler.Problem](m.Problem(err))
	require.True(w.t, ok, "%v", err)
	assert.Len(w.t, w.cloud.Journal(), before)
	return p.Code
}

func (w *world) entry(key string) ledger.Entry {
	w.t.Helper()
	en, err := w.book.Entry(w.t.Context(), key)
	require.NoError(w.t, err)
	return en
}

// transferOf is the id of the only transfer of that amount.
func (w *world) transferOf(amount int64) string {
	w.t.Helper()
	for _, effect := range w.cloud.Journal() {
		if effect.Amount.Equal(decimal.NewFromInt(amount)) {
			return effect.Reference
		}
	}
	w.t.Fatalf("nobody moved %d", amount)
	return ""
}
