package bss

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Error is a call that failed: refused by the API, or not answered as it should
// be. It holds no secret.
type Error struct {
	Operation Operation
	// Status is the HTTP status, 0 where no answer came.
	Status int
	// Code and Message are the API's own; empty where the answer had none.
	Code    string
	Message string
	// RequestID names the call to Huawei Cloud's support.
	RequestID string
	// RetryAfter is what the API asked to wait, 0 if it did not.
	RetryAfter time.Duration
	// Attempts is how often the request was sent.
	Attempts int
	// Unknown is set where a write may have happened: the error then matches
	// ErrOutcomeUnknown.
	Unknown bool
	// Body is the refusal as it came, for details that some operations add. It is
	// cut off at 64 KiB.
	Body []byte

	unsent    bool // the request did not reach anybody
	transient bool // another try may fare better
	cause     error
}

// ErrUnreadable is the cause of an error whose answer came and is not what the operation
// promises, such as one with an amount that is no number.
var ErrUnreadable = errors.New("the answer is not what the operation promises")

// Error names what was tried, what happened and, where it is unknown, what to do.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "bss: %s (%s %s)", e.Operation.Name, e.Operation.Method, e.Operation.Path)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": HTTP %d", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " %s", e.Code)
	}
	if e.Message != "" {
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %s", oneLine(e.cause.Error(), maxMessage))
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (after %d attempts)", e.Attempts)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " [request %s]", e.RequestID)
	}
	if e.Unknown {
		b.WriteString("; it may have happened: ask the API before repeating it")
	}
	return b.String()
}

// Unwrap gives the cause inside the program, such as a time-out.
func (e *Error) Unwrap() error { return e.cause }

// Is matches the conditions of this package.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrOutcomeUnknown:
		return e.Unknown
	case ErrThrottled:
		return e.Status == http.StatusTooManyRequests || conditions[e.Code] == ErrThrottled
	case ErrCredential:
		return e.Status == http.StatusUnauthorized || conditions[e.Code] == ErrCredential
	case ErrUnavailable:
		return e.transient || conditions[e.Code] == ErrUnavailable ||
			e.Status >= http.StatusInternalServerError && conditions[e.Code] == nil
	}
	return conditions[e.Code] != nil && conditions[e.Code] == target
}

// LogValue groups the fields for slog.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("operation", e.Operation.Name),
		slog.Int("status", e.Status),
		slog.String("code", e.Code),
		slog.String("message", e.Message),
		slog.String("request_id", e.RequestID),
		slog.Int("attempts", e.Attempts),
		slog.Bool("outcome_unknown", e.Unknown),
	}
	if e.cause != nil {
		attrs = append(attrs, slog.String("cause", oneLine(e.cause.Error(), maxMessage)))
	}
	return slog.GroupValue(attrs...)
}
