package handler

import (
	"net/http"
	"strconv"
	"time"
)

// call is one request on its way, and what the log tells of it.
type call struct {
	id      string
	method  string
	route   string                     // the pattern; empty until it is found
	caller  string                     // the webhook id; empty until it is verified
	explain func(p *Problem) *Response // of the route; nil where it has none
	started time.Time
	answer  *answer  // what went well
	problem *Problem // what did not
}

func (c *call) status() int {
	if c.problem != nil {
		return c.problem.Status
	}
	return c.answer.status
}

// write answers a call: with its answer, or with the problem that err is.
func (c *call) write(w http.ResponseWriter, err error) {
	if err != nil {
		c.problem = problemOf(err).complete(c.id)
		if page := c.page(); page != nil {
			page.copyHeader(w.Header())
			c.problem.writeHeader(w.Header())
			w.Header().Set(headerRequestID, c.id)
			writeAnswer(w, c.problem.Status, page.contentType, page.body)
			return
		}
		writeProblem(w, c.problem, c.id)
		return
	}
	c.answer.copyHeader(w.Header())
	w.Header().Set(headerRequestID, c.id)
	writeAnswer(w, c.answer.status, c.answer.contentType, c.answer.body)
}

// page is the problem in the route's own form, nil where it has none.
func (c *call) page() *answer {
	if c.explain == nil {
		return nil
	}
	response := c.explain(c.problem)
	if response == nil {
		return nil
	}
	page, err := response.encode()
	if err != nil {
		return nil
	}
	return page
}

func (a *answer) copyHeader(to http.Header) {
	for name, values := range a.header {
		to[http.CanonicalHeaderKey(name)] = values
	}
}

// writeAnswer sends a complete answer. Its length is told, so that it is the
// same through every door.
func writeAnswer(w http.ResponseWriter, status int, contentType string, body []byte) {
	header := w.Header()
	if contentType != "" && header.Get("Content-Type") == "" {
		header.Set("Content-Type", contentType)
	}
	if header.Get("Cache-Control") == "" {
		header.Set("Cache-Control", "no-store")
	}
	header.Set("X-Content-Type-Options", "nosniff")
	if status != http.StatusNoContent {
		header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // if it fails, the caller is gone
}
