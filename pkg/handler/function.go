// Package handler is the edge that every function shares. A Function is
// described once: its HTTP routes, its schedules, its queues. An Edge serves
// that description: it proves who calls, reads and limits what comes in, answers
// JSON or a problem, and writes one log line for each call. The doors (packages
// httpdoor, awslambda and gcpfunctions) turn what a platform delivers into calls
// of an Edge and know nothing of the function.
package handler

import (
	"context"
	"encoding/json"
	"net/http"
)

// Function describes one function to every door.
type Function struct {
	// Name is the first part of all its paths, lower case: "payorder".
	Name      string
	Routes    []Route
	Schedules []Schedule
	Queues    []Queue
}

// Access says who proves that a caller may use a route.
type Access int

const (
	// Signed routes are called with Standard Webhooks headers, which the edge
	// verifies over the raw body before anything of it is parsed.
	Signed Access = iota
	// Open routes verify their caller themselves: a SAML signature, a signed
	// callback, a login.
	Open
)

// Route is one HTTP operation.
type Route struct {
	// Method is an HTTP method; "GET" serves HEAD too.
	Method string
	// Pattern is a path pattern of net/http's ServeMux that begins with the
	// function's name: "/payorder/orders/{order_id}/quotes".
	Pattern string
	// Access is Signed unless said otherwise.
	Access Access
	// MediaType is what the body of a Signed request must be declared as:
	// application/json unless said otherwise.
	MediaType string
	// MaxBody is the largest accepted body in bytes where the edge's limit is too
	// small for this route. Platforms have limits of their own: an AWS Lambda
	// event of 6 MB is the smallest.
	MaxBody int64
	// Handle answers a request. An error that is or wraps a *Problem is answered
	// as that problem, any other one as 500 without its text. It is called
	// concurrently.
	Handle func(ctx context.Context, r *Request) (*Response, error)
	// Explain answers a problem of this route in another form, such as a page for
	// the person before a browser. Where it is missing or returns nil, the answer is
	// JSON. Status, Retry-After and the log are the problem's in any case.
	Explain func(r *http.Request, p *Problem) *Response
}

// Schedule is work that a timer starts. It is delivered at least once. Beside
// the platform's timer, a signed POST to /{function}/schedules/{name} starts it.
type Schedule struct {
	// Name is lower case with hyphens: "close-month".
	Name string
	// Handle does the work. The payload is the timer's JSON, empty when it has
	// none.
	Handle func(ctx context.Context, payload json.RawMessage) error
}

// Queue is work that a message starts. It is delivered at least once, until
// Handle returns no error. Beside the platform's queue, a signed POST to
// /{function}/queues/{name} delivers a message.
type Queue struct {
	// Name is lower case with hyphens: "orders".
	Name   string
	Handle func(ctx context.Context, m Message) error
}

// Message is one message of a queue.
type Message struct {
	// ID is the queue's own id of the message, or the webhook id when it came
	// over HTTP. It stays the same when the queue delivers the message again.
	ID string
	// Body is what the sender put in, byte for byte.
	Body []byte
	// Attempt counts the deliveries from 1. It is 1 where the platform does not
	// count them.
	Attempt int
}
