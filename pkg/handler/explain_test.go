package handler_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/handler"
)

// explained is an edge whose one route is always refused, and explained to browsers.
func explained(t *testing.T, logs *bytes.Buffer, explain func(r *http.Request, p *handler.Problem) *handler.Response) *handler.Edge {
	t.Helper()
	edge, err := handler.New(handler.Function{Name: "orders", Routes: []handler.Route{{
		Method: "GET", Pattern: "/orders/{id}", Access: handler.Open, Explain: explain,
		Handle: func(context.Context, *handler.Request) (*handler.Response, error) {
			return nil, &handler.Problem{Status: http.StatusServiceUnavailable, Code: "busy", RetryAfter: time.Second}
		},
	}}}, options(t, logs))
	require.NoError(t, err)
	return edge
}

func TestARouteExplainsItsProblems(t *testing.T) {
	t.Parallel()
	var logs bytes.Buffer
	edge := explained(t, &logs, func(r *http.Request, p *handler.Problem) *handler.Response {
		if !strings.Contains(r.Header.Get("Accept"), "text/html") {
			return nil
		}
		page := handler.Page([]byte("<p>" + p.Code + " " + p.RequestID))
		page.Header.Set("X-Request-Id", "another")
		return page
	})
	ask := func(target, accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		r.Header.Set("Accept", accept)
		recorded := httptest.NewRecorder()
		edge.ServeHTTP(recorded, r)
		return recorded
	}
	page := ask("/orders/1", "text/html")
	assert.Equal(t, http.StatusServiceUnavailable, page.Code, "the page's own status does not count")
	assert.Equal(t, "<p>busy request-1", page.Body.String())
	assert.Equal(t, "text/html; charset=utf-8", page.Header().Get("Content-Type"))
	assert.Equal(t, "1", page.Header().Get("Retry-After"))
	assert.Equal(t, "no-store", page.Header().Get("Cache-Control"))
	assert.Equal(t, "request-1", page.Header().Get("X-Request-Id"))
	assert.Contains(t, logs.String(), `"code":"busy"`, "the log is the problem's")

	assert.Contains(t, ask("/orders/1?%zz", "text/html").Body.String(), "malformed_query", "the edge's own problems, too")
	assert.Equal(t, "application/problem+json", ask("/orders/1", "application/json").Header().Get("Content-Type"))
	assert.Equal(t, "application/problem+json", ask("/elsewhere", "text/html").Header().Get("Content-Type"))
}

func TestAnExplanationThatCannotBeEncodedIsAProblem(t *testing.T) {
	t.Parallel()
	edge := explained(t, &bytes.Buffer{}, func(*http.Request, *handler.Problem) *handler.Response { return handler.OK(func() {}) })
	answer := get(t, edge, "/orders/1")
	assert.Equal(t, http.StatusServiceUnavailable, answer.Code)
	assert.Equal(t, "application/problem+json", answer.Header().Get("Content-Type"))
}

func TestAnAnswerMayBeKept(t *testing.T) {
	t.Parallel()
	edge := open(t, &bytes.Buffer{}, func(context.Context, *handler.Request) (*handler.Response, error) {
		return &handler.Response{Header: http.Header{"Cache-Control": {"max-age=60"}}, Body: "x"}, nil
	})
	assert.Equal(t, "max-age=60", get(t, edge, "/orders/1").Header().Get("Cache-Control"))
}
