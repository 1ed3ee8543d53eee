package outbox

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	// An event is given up with the first try that fails this long after the
	// first.
	tryFor = 24 * time.Hour

	firstDelay = 30 * time.Second
	maxDelay   = time.Hour
	quietFor   = time.Minute

	maxError = 500 // bytes
)

// NotTaken says what the receiver answered instead of taking an event.
type NotTaken struct {
	// Status is that of HTTP.
	Status int
	// RetryAfter is how long the receiver wants to be left alone; zero where it
	// does not say.
	RetryAfter time.Duration
}

// Error gives the status.
func (e *NotTaken) Error() string {
	if e.RetryAfter > 0 {
		return fmt.Sprintf("HTTP %d, not before another %s", e.Status, e.RetryAfter)
	}
	return fmt.Sprintf("HTTP %d", e.Status)
}

func retryAfter(failure error) time.Duration {
	if answer, ok := errors.AsType[*NotTaken](failure); ok {
		return answer.RetryAfter
	}
	return 0
}

// delay is how long to wait when it has been tried for so long: that time once
// more, which doubles with each try, half of it by chance, so that events that
// failed together do not come back together. The chance is in [0, 1).
func delay(since time.Duration, chance float64) time.Duration {
	full := min(max(since, firstDelay), maxDelay)
	return time.Duration(float64(full) * (1 + chance) / 2)
}

func (k Kept) delivered(tried time.Time) Kept {
	k = k.tried(tried)
	k.State, k.NextTry, k.Error = StateDelivered, time.Time{}, ""
	return k
}

// failed is the event after a try in vain: it waits for the next, which is the
// last one when the day is over, or is given up.
func (k Kept) failed(failure error, tried, now time.Time, chance float64) Kept {
	k = k.tried(tried)
	k.Error = clip(failure.Error())
	end := k.FirstTry.Add(tryFor)
	if !tried.Before(end) {
		k.State, k.NextTry = StateFailed, time.Time{}
		return k
	}
	k.NextTry = now.Add(max(delay(now.Sub(k.FirstTry), chance), retryAfter(failure)))
	if k.NextTry.After(end) {
		k.NextTry = end
	}
	return k
}

func (k Kept) tried(at time.Time) Kept {
	k.Tries++
	k.LastTry = at
	if k.FirstTry.IsZero() {
		k.FirstTry = at
	}
	return k
}

// clip bounds a text without cutting a character in two.
func clip(s string) string {
	if len(s) <= maxError {
		return s
	}
	return strings.ToValidUTF8(s[:maxError], "")
}
