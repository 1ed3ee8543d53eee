package outbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/outbox"
)

func TestEventsOfASubjectArriveInOrder(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("one", "a", "b")
	b.append("two", "x")
	b.append("one", "c")
	assert.Empty(t, b.receiver.taken, "nothing is tried at once here")
	assert.Equal(t, outbox.Delivery{Delivered: 4}, b.deliver())
	assert.Equal(t, []string{"a", "b", "c", "x"}, b.receiver.taken)
	assert.Equal(t, outbox.Delivery{}, b.deliver())

	k := b.kept("b")
	k.Data = nil
	assert.Equal(t, outbox.StateDelivered, k.State)
	assert.Equal(t, 1, k.Tries)
	assert.Equal(t, start, k.LastTry)
}

func TestAppendingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("one", "a", "a")
	other := event("two", "a")
	other.Data = "something else"
	require.NoError(t, b.Append(t.Context(), other))
	b.deliver()
	b.append("one", "a")
	b.deliver()
	assert.Equal(t, []string{"a"}, b.receiver.taken)
	assert.JSONEq(t, `{"id":"a"}`, string(b.kept("a").Data))
}

func TestWhatIsAppendedIsTriedAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, atOnce)
	b.append("one", "a")
	assert.Equal(t, []string{"a"}, b.receiver.taken)

	b.receiver.failing(errDown)
	b.append("one", "b", "c")
	b.append("two", "d")
	assert.Equal(t, 2, b.receiver.sent, "a receiver that has just failed is left to Deliver")
	b.receiver.failing(nil)
	b.clock.Advance(time.Minute)
	b.append("three", "e")
	assert.Equal(t, []string{"a", "e"}, b.receiver.taken)
	assert.Equal(t, outbox.Delivery{Delivered: 3}, b.deliver())
	assert.Equal(t, []string{"a", "e", "d", "b", "c"}, b.receiver.taken)
}

func TestTheFirstOfASubjectHoldsTheOthersUp(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("one", "a", "b")
	b.append("two", "x")
	b.receiver.answer = func(m outbox.Message) error {
		if m.ID == "a" {
			return &outbox.NotTaken{Status: http.StatusBadRequest}
		}
		return nil
	}
	assert.Equal(t, outbox.Delivery{Delivered: 1, Failed: 1}, b.deliver())
	assert.Equal(t, []string{"x"}, b.receiver.taken)
	assert.Equal(t, "HTTP 400", b.kept("a").Error)
	assert.Equal(t, 0, b.kept("b").Tries)
}

func TestManyAppendsAreLeftToDeliver(t *testing.T) {
	t.Parallel()
	b := newBench(t, atOnce)
	for i := range 30 {
		b.append(fmt.Sprint("subject ", i), fmt.Sprint("e", i))
	}
	assert.Len(t, b.receiver.taken, 20)
	b.clock.Advance(2 * time.Second)
	for i := range 3 {
		b.append(fmt.Sprint("subject ", i), fmt.Sprint("later", i))
	}
	assert.Len(t, b.receiver.taken, 22, "one a second")
	assert.Equal(t, outbox.Delivery{Delivered: 11}, b.deliver())
}

// retries plays the minutes until the event is given up, and returns when it was
// tried.
func retries(b *bench) []time.Duration {
	var tried []time.Duration
	for range 60 * 26 {
		sent := b.receiver.sent
		b.deliver()
		if b.receiver.sent > sent {
			tried = append(tried, b.clock.Now().Sub(start))
		}
		b.clock.Advance(time.Minute)
	}
	return tried
}

func TestAnEventIsGivenUpAfterADay(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	b := newBench(t, func(o *outbox.Options) { o.Logger = slog.New(slog.NewJSONHandler(&log, nil)) })
	b.append("one", "a", "b")
	b.receiver.answer = func(m outbox.Message) error {
		if m.ID == "a" {
			return errDown
		}
		return nil
	}
	tried := retries(b)
	assert.Equal(t, time.Minute, tried[1])
	assert.Equal(t, 24*time.Hour, tried[len(tried)-1], "the last try of a, and then b")
	for i := 2; i < len(tried); i++ {
		assert.LessOrEqual(t, tried[i]-tried[i-1], time.Hour+time.Minute)
	}
	assert.Equal(t, []string{"b"}, b.receiver.taken)

	k := b.kept("a")
	assert.Equal(t, outbox.StateFailed, k.State)
	assert.Equal(t, len(tried), k.Tries)
	assert.Equal(t, errDown.Error(), k.Error)
	assert.Contains(t, log.String(), `"msg":"event given up"`)
	b.clock.Advance(365 * 24 * time.Hour)
	_, err := b.store.DeleteExpired(t.Context(), b.clock.Now(), 100)
	require.NoError(t, err)
	assert.Equal(t, outbox.StateFailed, b.kept("a").State, "it is kept for good")
}

func TestChanceLengthensTheWait(t *testing.T) {
	t.Parallel()
	for chance, want := range map[float64]time.Duration{0: 15 * time.Second, 0.5: 22500 * time.Millisecond} {
		b := newBench(t, func(o *outbox.Options) { o.Random = func() float64 { return chance } })
		b.receiver.failing(errDown)
		b.append("one", "a")
		b.deliver()
		assert.Equal(t, start.Add(want), b.kept("a").NextTry)
	}
}

func TestAReceiverThatAsksForTimeGetsIt(t *testing.T) {
	t.Parallel()
	b := newBench(t, atOnce)
	b.receiver.failing(&outbox.NotTaken{Status: http.StatusTooManyRequests, RetryAfter: 10 * time.Minute})
	b.append("one", "a")
	b.append("two", "b")
	b.clock.Advance(10*time.Minute - time.Second)
	assert.Equal(t, outbox.Delivery{}, b.deliver())
	assert.Equal(t, 1, b.receiver.sent, "nor is another subject sent, or appended")
	b.receiver.failing(nil)
	b.clock.Advance(time.Second)
	assert.Equal(t, outbox.Delivery{Delivered: 2}, b.deliver())
}

func TestRetryAfterEndsWithTheDay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.receiver.failing(&outbox.NotTaken{Status: http.StatusServiceUnavailable, RetryAfter: 48 * time.Hour})
	b.append("one", "a")
	b.deliver()
	assert.Equal(t, start.Add(24*time.Hour), b.kept("a").NextTry)
}

func TestARunEndsWhereTheReceiverIsOutOfOrder(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		failure error
		tries   int
	}{
		"no answer":            {errDown, 3},
		"an error":             {&outbox.NotTaken{Status: http.StatusBadGateway}, 3},
		"too many":             {&outbox.NotTaken{Status: http.StatusTooManyRequests}, 1},
		"refusal of one event": {&outbox.NotTaken{Status: http.StatusUnprocessableEntity}, 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			for i := range 10 {
				b.append(fmt.Sprint("subject ", i), fmt.Sprint("e", i))
			}
			b.receiver.failing(tt.failure)
			assert.Equal(t, outbox.Delivery{Failed: tt.tries}, b.deliver())
			assert.Equal(t, tt.tries, b.receiver.sent)
		})
	}
}

func TestARunEndsInTime(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for i := range 10 {
		b.append(fmt.Sprint("subject ", i), fmt.Sprint("e", i))
	}
	b.receiver.answer = func(outbox.Message) error {
		b.clock.Advance(4 * time.Second)
		return nil
	}
	assert.Equal(t, outbox.Delivery{Delivered: 4}, b.deliver())
	assert.Equal(t, outbox.Delivery{Delivered: 4}, b.deliver())
	assert.Equal(t, outbox.Delivery{Delivered: 2}, b.deliver())
}

func TestMoreThanABatchIsDelivered(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *outbox.Options) { o.Parallel = 4 })
	for i := range 250 {
		b.append(fmt.Sprint("subject ", i), fmt.Sprint("e", i))
	}
	assert.Equal(t, outbox.Delivery{Delivered: 250}, b.deliver())
}

func TestAnEventIsSentAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("one", "a", "b")
	b.deliver()
	_, err := b.Resend(t.Context(), "a")
	require.NoError(t, err)
	k, err := b.Resend(t.Context(), "a")
	require.NoError(t, err)
	assert.Equal(t, outbox.StateWaiting, k.State)
	assert.Equal(t, 1, k.Resent, "it waits already")
	b.append("one", "c")
	b.deliver()
	assert.Equal(t, []string{"a", "b", "a", "c"}, b.receiver.taken)
	assert.Equal(t, 2, b.kept("a").Tries)

	_, err = b.Resend(t.Context(), "nothing")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func TestAResentEventHasAnotherDay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.receiver.failing(errDown)
	b.append("one", "a")
	b.deliver()
	b.clock.Advance(24 * time.Hour)
	assert.Equal(t, outbox.Delivery{GivenUp: 1}, b.deliver())
	_, err := b.Resend(t.Context(), "a")
	require.NoError(t, err)
	assert.Equal(t, outbox.Delivery{Failed: 1}, b.deliver())
	assert.Equal(t, b.clock.Now().Add(15*time.Second), b.kept("a").NextTry)
}

// An append whose process died in between leaves an event without a turn, which
// sending it again repairs as well as appending it again.
func TestAnEventWithoutATurnGetsOne(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	broken := outbox.New(faulty{b.store, func(when string) error {
		if when == "before insert outbox/test" {
			return errDown
		}
		return nil
	}}, b.receiver, outbox.Options{Space: "test", Now: b.clock.Now})
	require.ErrorIs(t, broken.Append(t.Context(), event("one", "a")), errDown)
	require.ErrorIs(t, broken.Append(t.Context(), event("one", "b")), errDown)
	assert.Equal(t, outbox.Delivery{}, b.deliver())
	_, err := b.Resend(t.Context(), "a")
	require.NoError(t, err)
	b.append("one", "b")
	assert.Equal(t, outbox.Delivery{Delivered: 2}, b.deliver())
}

func TestACallerThatLeavesIsNoFailure(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("one", "a")
	ctx, cancel := context.WithCancel(t.Context())
	b.receiver.answer = func(outbox.Message) error {
		cancel()
		return ctx.Err()
	}
	_, err := b.Deliver(ctx)
	require.NoError(t, err)
	assert.Equal(t, 0, b.kept("a").Tries)
	b.receiver.failing(nil)
	assert.Equal(t, outbox.Delivery{Delivered: 1}, b.deliver())
}

func TestADeliveredEventIsKeptAMonth(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("one", "a")
	b.deliver()
	b.clock.Advance(30*24*time.Hour - time.Second)
	b.kept("a")
	b.clock.Advance(time.Second)
	page, err := b.List(t.Context(), outbox.Query{Limit: 10})
	require.NoError(t, err)
	assert.Empty(t, page.Events)
	deleted, err := b.store.DeleteExpired(t.Context(), b.clock.Now(), 10)
	require.NoError(t, err)
	assert.Equal(t, 2, deleted, "the event, and the empty row of its subject")
}

func TestASubjectIsBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for i := range outbox.MaxWaiting {
		b.append("one", fmt.Sprint("e", i))
	}
	require.ErrorIs(t, b.Append(t.Context(), event("one", "more")), outbox.ErrFull)
	b.append("two", "another-subject")
	assert.Equal(t, outbox.Delivery{Delivered: outbox.MaxWaiting + 1}, b.deliver())
	b.append("one", "more")
	assert.Equal(t, outbox.Delivery{Delivered: 1}, b.deliver())
}

func TestEventsThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*outbox.Event){
		"no id":              func(e *outbox.Event) { e.ID = "" },
		"an id with a dot":   func(e *outbox.Event) { e.ID = "a.b" },
		"an id with a slash": func(e *outbox.Event) { e.ID = "a/b" },
		"a long id":          func(e *outbox.Event) { e.ID = strings.Repeat("a", 65) },
		"no subject":         func(e *outbox.Event) { e.Subject = "" },
		"a long subject":     func(e *outbox.Event) { e.Subject = strings.Repeat("a", 513) },
		"no type":            func(e *outbox.Event) { e.Type = "" },
		"data without JSON":  func(e *outbox.Event) { e.Data = func() {} },
		"too much data":      func(e *outbox.Event) { e.Data = strings.Repeat("a", outbox.MaxData-1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			e := event("one", "a")
			spoil(&e)
			require.Error(t, b.Append(t.Context(), e))
			assert.Equal(t, outbox.Delivery{}, b.deliver())
		})
	}
	b := newBench(t)
	e := event("one", "a")
	e.Data = strings.Repeat("a", outbox.MaxData-2) // and its quotes
	require.NoError(t, b.Append(t.Context(), e))
	assert.Equal(t, outbox.Delivery{Delivered: 1}, b.deliver())
}

func TestWhatIsSentIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var sent []outbox.Message
	b.receiver.answer = func(m outbox.Message) error {
		sent = append(sent, m)
		if len(sent) == 1 {
			return errDown
		}
		return nil
	}
	e := event("one", "a")
	e.Data = json.RawMessage(`{"amount":"10.00","b":1,"a":"<&>"}`)
	require.NoError(t, b.Append(t.Context(), e))
	b.deliver()
	b.clock.Advance(time.Hour)
	b.deliver()
	require.Len(t, sent, 2)
	assert.Equal(t, sent[0], sent[1])
	assert.Equal(t, start, sent[0].Timestamp)
}
