package handler

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Problem is an answer that says what went wrong and what to do next, in the
// format of RFC 9457 (https://www.rfc-editor.org/rfc/rfc9457). It is an error:
// handlers return it. What it is answered with is a copy, so one value may be
// returned many times.
type Problem struct {
	// Type is the address of a description; empty stands for "about:blank".
	Type string `json:"type"`
	// Title is the same for every problem of a kind; empty stands for the
	// status' own phrase.
	Title string `json:"title"`
	// Status is the HTTP status, 400 to 599.
	Status int `json:"status"`
	// Detail tells the person who reads it what happened this time.
	Detail string `json:"detail,omitempty"`
	// Code names the kind for programs, in snake_case; it never changes.
	Code string `json:"code"`
	// Next says what to do now.
	Next string `json:"next,omitempty"`
	// RequestID is filled in by the edge.
	RequestID string `json:"request_id,omitempty"`
	// Fields names what is wrong in the request, if that can be told.
	Fields []FieldError `json:"fields,omitempty"`
	// RetryAfter is sent as a Retry-After header, in whole seconds rounded up.
	RetryAfter time.Duration `json:"-"`
	// Cause is the error behind the problem: for errors.Is and the log, never
	// for the answer.
	Cause error `json:"-"`

	allow string // the methods of a 405
}

// FieldError says what is wrong with one field of a request.
type FieldError struct {
	// Field is its path in the body, such as "items[2].amount", or the name of a
	// path value or query parameter.
	Field string `json:"field"`
	// Reason says what is wrong and what would be right.
	Reason string `json:"reason"`
}

// Error returns the problem with its cause, for the log.
func (p *Problem) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%d %s", p.Status, p.Code)
	if p.Detail != "" {
		fmt.Fprintf(&text, ": %s", p.Detail)
	}
	for _, field := range p.Fields {
		fmt.Fprintf(&text, " (%s: %s)", field.Field, field.Reason)
	}
	if p.Cause != nil {
		fmt.Fprintf(&text, ": %v", p.Cause)
	}
	return text.String()
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// Invalid is the problem of a request that was read well and asks for something
// that cannot be: 422 `invalid_fields`.
func Invalid(fields ...FieldError) *Problem {
	return &Problem{
		Status: http.StatusUnprocessableEntity,
		Code:   "invalid_fields",
		Detail: "The request holds values that cannot be accepted.",
		Next:   "Correct the fields named here and send the request again.",
		Fields: fields,
	}
}

// writeProblem answers with a problem.
func writeProblem(w http.ResponseWriter, p *Problem, requestID string) {
	answered := p.complete(requestID)
	body, err := encodeJSON(answered)
	if err != nil {
		body = nil // cannot be: it holds strings and numbers
	}
	answered.writeHeader(w.Header())
	writeAnswer(w, answered.Status, contentTypeProblem, body)
}

func (p *Problem) writeHeader(header http.Header) {
	if p.allow != "" {
		header.Set("Allow", p.allow)
	}
	if p.RetryAfter > 0 {
		seconds := math.Ceil(p.RetryAfter.Seconds())
		header.Set("Retry-After", strconv.Itoa(int(seconds)))
	}
}

// complete returns a copy of p that is ready to be answered.
func (p *Problem) complete(requestID string) *Problem {
	completed := *p
	completed.RequestID = requestID
	if completed.Type == "" {
		completed.Type = "about:blank"
	}
	if completed.Status < 400 || completed.Status > 599 {
		completed.Status = http.StatusInternalServerError
	}
	if completed.Title == "" {
		completed.Title = http.StatusText(completed.Status)
	}
	return &completed
}

// problemOf turns any error of a handler into the problem it is answered with.
func problemOf(err error) *Problem {
	if problem, ok := errors.AsType[*Problem](err); ok {
		return problem
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return timeout(err)
	case errors.Is(err, context.Canceled):
		return canceled(err)
	default:
		return internal(err)
	}
}
