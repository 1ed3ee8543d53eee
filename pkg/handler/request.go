package handler

import (
	"net/http"
	"net/url"
)

// Request is what a route's handler gets: the caller is verified (on a Signed
// route), the body is read and within its limit, and nothing of it is parsed.
type Request struct {
	// ID names this request in the log and in the answer.
	ID string
	// Caller is the webhook id of a Signed request, and empty on an Open route.
	Caller string
	Method string
	// Path is the decoded path.
	Path   string
	Header http.Header
	// Query holds the decoded parameters of RawQuery.
	Query url.Values
	// RawQuery is the query as it was sent, for what is signed over it.
	RawQuery string
	// Body is the exact body, empty when there is none.
	Body []byte

	pathValue func(name string) string
}

// PathValue returns the decoded part of the path that the route's pattern names,
// and "" for a name that the pattern does not have.
func (r *Request) PathValue(name string) string {
	if r.pathValue == nil {
		return ""
	}
	return r.pathValue(name)
}

// Decode reads the body into v, a pointer, and is strict: the body is one JSON
// value in UTF-8, an object without unknown or repeated names if v is a struct,
// and every value has the type of its field. A decimal.Decimal takes a number or
// a string. The error is a *Problem with status 400 that names the field.
func (r *Request) Decode(v any) error {
	if problem := decodeJSON(r.Body, v); problem != nil {
		return problem
	}
	return nil
}
