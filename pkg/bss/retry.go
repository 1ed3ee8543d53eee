package bss

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"
)

const (
	maxAttempts = 5
	firstPause  = 500 * time.Millisecond
	maxPause    = 20 * time.Second
	// maxAsked bounds what a Retry-After may ask for.
	maxAsked = time.Minute
)

// retry runs try until it succeeds, fails for good, or has been tried often
// enough. forget drops the token that try uses and reports whether another one may
// fare better.
func (c *Client) retry(ctx context.Context, forget func() bool, try func() error) error {
	renewed := false
	// possible is set once a try of a write may have been received: from then on
	// no refusal proves that nothing happened.
	possible := false
	for attempt := 1; ; attempt++ {
		err := try()
		failure, failed := errors.AsType[*Error](err)
		if !failed {
			return err
		}
		failure.Attempts = attempt
		possible = possible || failure.Unknown
		failure.Unknown = possible
		reason, pause := retryReason(failure), c.pause(attempt, failure)
		if failure.Is(ErrCredential) && !renewed && forget() {
			renewed, reason, pause = true, "the token was not accepted", 0
		}
		if reason == "" || attempt == maxAttempts || ctx.Err() != nil {
			return failure
		}
		c.log.LogAttrs(ctx, slog.LevelWarn, "bss retry", slog.String("reason", reason),
			slog.Int("attempt", attempt), slog.Duration("pause", pause), slog.Any("failure", failure))
		if c.clock.Sleep(ctx, pause) != nil {
			return failure
		}
	}
}

// retryReason says why a failed try may be repeated, "" if it may not. It looks at
// the failure alone and not at its cause: what getting a token failed with has been
// retried already.
func retryReason(e *Error) string {
	switch {
	case e.Unknown && e.Operation.Safety == Once:
		return ""
	case e.Is(ErrThrottled):
		return "the quota was exceeded; the gateway did not pass the call on"
	case e.unsent && e.transient:
		return "nobody received the request"
	case e.Operation.Safety == Once, conditions[e.Code] != nil: // a condition is an answer
		return ""
	case e.transient, e.Status >= http.StatusInternalServerError:
		return "no good answer came, and the operation may be repeated"
	}
	return ""
}

// pause backs off exponentially with full jitter, and never shorter than the API
// asked for.
func (c *Client) pause(attempt int, e *Error) time.Duration {
	ceiling := min(firstPause<<(attempt-1), maxPause)
	jittered := time.Duration(c.random() * float64(ceiling))
	return max(jittered, min(e.RetryAfter, maxAsked))
}
