package handler_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/webhook"
)

func instant() time.Time { return time.Date(2026, time.January, 31, 16, 0, 0, 0, time.UTC) }

func secret(t *testing.T) webhook.Secret {
	t.Helper()
	parsed, err := webhook.ParseSecret(validSecret)
	require.NoError(t, err)
	return parsed
}

func options(t *testing.T, logs *bytes.Buffer) handler.Options {
	t.Helper()
	return handler.Options{
		Secrets: []webhook.Secret{secret(t)},
		Replays: handler.NewMemoryReplays(instant, 100),
		Now:     instant,
		Logger:  handler.NewLogger(logs, slog.LevelInfo),
		NewID:   func() string { return "request-1" },
	}
}

type handle = func(ctx context.Context, r *handler.Request) (*handler.Response, error)

func nothing(context.Context, *handler.Request) (*handler.Response, error) { return nil, nil }

// open returns an edge with the open route GET /orders/{id}.
func open(t *testing.T, logs *bytes.Buffer, do handle) *handler.Edge {
	t.Helper()
	edge, err := handler.New(handler.Function{Name: "orders", Routes: []handler.Route{
		{Method: "GET", Pattern: "/orders/{id}", Access: handler.Open, Handle: do},
	}}, options(t, logs))
	require.NoError(t, err)
	return edge
}

func get(t *testing.T, edge *handler.Edge, target string) *httptest.ResponseRecorder {
	t.Helper()
	recorded := httptest.NewRecorder()
	edge.ServeHTTP(recorded, httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil))
	return recorded
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	route := handler.Route{Method: "GET", Pattern: "/orders/{id}", Handle: nothing}
	work := func(context.Context, json.RawMessage) error { return nil }
	tests := []struct {
		name    string
		change  func(f *handler.Function, o *handler.Options)
		failure string
	}{
		{"a name in capitals", func(f *handler.Function, _ *handler.Options) { f.Name = "Orders" }, "lower case"},
		{"a method in lower case", func(f *handler.Function, _ *handler.Options) { f.Routes[0].Method = "get" }, "in capitals"},
		{"no method", func(f *handler.Function, _ *handler.Options) { f.Routes[0].Method = "" }, "in capitals"},
		{"another prefix", func(f *handler.Function, _ *handler.Options) { f.Routes[0].Pattern = "/ordersx" }, "begin with /orders"},
		{"a broken pattern", func(f *handler.Function, _ *handler.Options) { f.Routes[0].Pattern = "/orders/{" }, "/orders/{"},
		{"no handler", func(f *handler.Function, _ *handler.Options) { f.Routes[0].Handle = nil }, "no handler"},
		{"an unknown access", func(f *handler.Function, _ *handler.Options) { f.Routes[0].Access = 7 }, "unknown access"},
		{"a route twice", func(f *handler.Function, _ *handler.Options) { f.Routes = append(f.Routes, route) }, "conflicts"},
		{"a schedule with spaces", func(f *handler.Function, _ *handler.Options) {
			f.Schedules = []handler.Schedule{{Name: "close month", Handle: work}}
		}, "hyphens"},
		{"a schedule twice", func(f *handler.Function, _ *handler.Options) {
			f.Schedules = []handler.Schedule{{Name: "close", Handle: work}, {Name: "close", Handle: work}}
		}, "conflicts"},
		{"a schedule without a handler", func(f *handler.Function, _ *handler.Options) {
			f.Schedules = []handler.Schedule{{Name: "close"}}
		}, "no handler"},
		{"a queue without a handler", func(f *handler.Function, _ *handler.Options) {
			f.Queues = []handler.Queue{{Name: "close"}}
		}, "no handler"},
		{"no secret", func(_ *handler.Function, o *handler.Options) { o.Secrets = nil }, "0 webhook secrets"},
		{"three secrets", func(_ *handler.Function, o *handler.Options) {
			o.Secrets = append(o.Secrets, o.Secrets[0], o.Secrets[0])
		}, "3 webhook secrets"},
		{"an empty secret", func(_ *handler.Function, o *handler.Options) { o.Secrets = make([]webhook.Secret, 1) }, "secret 1 is empty"},
		{"no replays", func(_ *handler.Function, o *handler.Options) { o.Replays = nil }, "no Replays"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := handler.Function{Name: "orders", Routes: []handler.Route{route}}
			o := options(t, new(bytes.Buffer))
			test.change(&f, &o)
			_, err := handler.New(f, o)
			require.ErrorContains(t, err, test.failure)
		})
	}
}

func TestNewNeedsNoSecretWhenEverythingIsOpen(t *testing.T) {
	t.Parallel()
	_, err := handler.New(handler.Function{Name: "orders", Routes: []handler.Route{
		{Method: "GET", Pattern: "/orders", Access: handler.Open, Handle: nothing},
	}}, handler.Options{})
	require.NoError(t, err)
}

func TestLogLine(t *testing.T) {
	t.Parallel()
	var logs bytes.Buffer
	edge := open(t, &logs, func(context.Context, *handler.Request) (*handler.Response, error) {
		return nil, fmt.Errorf("look: %w", &handler.Problem{Status: 404, Code: "order_not_found", Cause: errors.New("inside")})
	})
	answered := get(t, edge, "/orders/CS1?code=123456")
	assert.Equal(t, http.StatusNotFound, answered.Code)
	assert.NotContains(t, answered.Body.String(), "inside")

	var line map[string]any
	require.NoError(t, json.Unmarshal(logs.Bytes(), &line))
	delete(line, "time")
	assert.Equal(t, map[string]any{
		"level": "INFO", "msg": "request", "method": "GET", "route": "/orders/{id}",
		"status": 404.0, "code": "order_not_found", "function": "orders", "request_id": "request-1",
		"duration_ms": 0.0, "error": "look: 404 order_not_found: inside",
	}, line)
}

func TestErrorsBecomeProblems(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		err    error
		status int
		code   string
	}{
		{"any error", errors.New("disk full"), 500, "internal"},
		{"a deadline", fmt.Errorf("ask: %w", context.DeadlineExceeded), 504, "timeout"},
		{"given up", fmt.Errorf("ask: %w", context.Canceled), 503, "canceled"},
		{"a wrapped problem", fmt.Errorf("ask: %w", handler.Invalid(handler.FieldError{Field: "amount", Reason: "negative"})), 422, "invalid_fields"},
		{"a problem with an impossible status", &handler.Problem{Status: 200, Code: "odd"}, 500, "odd"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			edge := open(t, new(bytes.Buffer), func(context.Context, *handler.Request) (*handler.Response, error) {
				return nil, test.err
			})
			answered := get(t, edge, "/orders/CS1")
			assert.Equal(t, test.status, answered.Code)
			var problem handler.Problem
			require.NoError(t, json.Unmarshal(answered.Body.Bytes(), &problem))
			assert.Equal(t, test.code, problem.Code)
			assert.Equal(t, "about:blank", problem.Type)
			assert.Equal(t, http.StatusText(test.status), problem.Title)
			assert.Equal(t, "request-1", problem.RequestID)
		})
	}
}

func TestAnswerThatCannotBeEncoded(t *testing.T) {
	t.Parallel()
	var logs bytes.Buffer
	edge := open(t, &logs, func(context.Context, *handler.Request) (*handler.Response, error) {
		return handler.OK(make(chan int)), nil
	})
	assert.Equal(t, http.StatusInternalServerError, get(t, edge, "/orders/CS1").Code)
	assert.Contains(t, logs.String(), "encode the answer")
}

func TestRetryAfterIsRoundedUp(t *testing.T) {
	t.Parallel()
	edge := open(t, new(bytes.Buffer), func(context.Context, *handler.Request) (*handler.Response, error) {
		return nil, &handler.Problem{Status: 429, Code: "busy", RetryAfter: 1200 * time.Millisecond}
	})
	assert.Equal(t, "2", get(t, edge, "/orders/CS1").Header().Get("Retry-After"))
}

func TestHandlerCannotChangeTheRequestID(t *testing.T) {
	t.Parallel()
	edge := open(t, new(bytes.Buffer), func(context.Context, *handler.Request) (*handler.Response, error) {
		return &handler.Response{Header: http.Header{"X-Request-Id": {"other"}}}, nil
	})
	assert.Equal(t, "request-1", get(t, edge, "/orders/CS1").Header().Get("X-Request-Id"))
}

func TestRequestIDReachesTheHandler(t *testing.T) {
	t.Parallel()
	var inContext, inRequest string
	edge := open(t, new(bytes.Buffer), func(ctx context.Context, r *handler.Request) (*handler.Response, error) {
		inContext, inRequest = handler.RequestID(ctx), r.ID
		return handler.NoContent(), nil
	})
	recorded := httptest.NewRecorder()
	ctx := handler.WithRequestID(t.Context(), "platform-1")
	edge.ServeHTTP(recorded, httptest.NewRequestWithContext(ctx, http.MethodGet, "/orders/CS1", nil))
	assert.Equal(t, []string{"platform-1", "platform-1", "platform-1"},
		[]string{inContext, inRequest, recorded.Header().Get("X-Request-Id")})
}

func TestPathsThatAreNotCleanAreUnknown(t *testing.T) {
	t.Parallel()
	edge := open(t, new(bytes.Buffer), nothing)
	for _, path := range []string{"/orders//CS1", "/orders/../orders/CS1", "/orders/CS1/"} {
		assert.Equal(t, http.StatusNotFound, get(t, edge, path).Code, path)
	}
}

// noReplays is a store that cannot be reached.
type noReplays struct{}

func (noReplays) FirstUse(context.Context, string, time.Time) (bool, error) {
	return false, errors.New("store is down")
}

func TestUnreachableReplaysRefuse(t *testing.T) {
	t.Parallel()
	called := false
	o := options(t, new(bytes.Buffer))
	o.Replays = noReplays{}
	edge, err := handler.New(handler.Function{Name: "orders", Routes: []handler.Route{
		{Method: "POST", Pattern: "/orders", Handle: func(context.Context, *handler.Request) (*handler.Response, error) {
			called = true
			return nil, nil
		}},
	}}, o)
	require.NoError(t, err)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/orders", strings.NewReader("{}"))
	webhook.SetHeaders(request.Header, secret(t), "msg_1", instant(), []byte("{}"))
	recorded := httptest.NewRecorder()
	edge.ServeHTTP(recorded, request)
	assert.Equal(t, http.StatusServiceUnavailable, recorded.Code)
	assert.Equal(t, "1", recorded.Header().Get("Retry-After"))
	assert.False(t, called)
}

// cutOff is a body whose sender went away.
type cutOff struct{}

func (cutOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestBodyThatEndsEarly(t *testing.T) {
	t.Parallel()
	edge := open(t, new(bytes.Buffer), nothing)
	recorded := httptest.NewRecorder()
	edge.ServeHTTP(recorded, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/orders/CS1", cutOff{}))
	assert.Equal(t, http.StatusBadRequest, recorded.Code)
	assert.Contains(t, recorded.Body.String(), "body_unreadable")
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	tests := map[string]int{
		"application/json":                  http.StatusNoContent,
		"application/json; charset=UTF-8":   http.StatusNoContent,
		"Application/JSON":                  http.StatusNoContent,
		"application/json; charset=gbk":     http.StatusUnsupportedMediaType,
		"application/x-www-form-urlencoded": http.StatusUnsupportedMediaType,
		"application/json; charset":         http.StatusUnsupportedMediaType,
		"":                                  http.StatusUnsupportedMediaType,
	}
	for mediaType, status := range tests {
		t.Run(mediaType, func(t *testing.T) {
			t.Parallel()
			edge, err := handler.New(handler.Function{Name: "orders", Routes: []handler.Route{
				{Method: "POST", Pattern: "/orders", Handle: nothing},
			}}, options(t, new(bytes.Buffer)))
			require.NoError(t, err)
			request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/orders", strings.NewReader("{}"))
			request.Header.Set("Content-Type", mediaType)
			webhook.SetHeaders(request.Header, secret(t), "msg_1", instant(), []byte("{}"))
			recorded := httptest.NewRecorder()
			edge.ServeHTTP(recorded, request)
			assert.Equal(t, status, recorded.Code)
		})
	}
}

func TestResponses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		response    *handler.Response
		status      int
		contentType string
		location    string
		body        string
	}{
		{"nothing", nil, 204, "", "", ""},
		{"no content", handler.NoContent(), 204, "", "", ""},
		{"ok", handler.OK("a<b"), 200, "application/json", "", "\"a<b\"\n"},
		{"created", handler.Created("/orders/1", 1), 201, "application/json", "/orders/1", "1\n"},
		{"created nowhere", handler.Created("", 1), 201, "application/json", "", "1\n"},
		{"accepted", handler.Accepted(1), 202, "application/json", "", "1\n"},
		{"redirect", handler.Redirect("https://example.com/"), 303, "", "https://example.com/", ""},
		{"page", handler.Page([]byte("<p>")), 200, "text/html; charset=utf-8", "", "<p>"},
		{"bytes", &handler.Response{Body: []byte{1}}, 200, "application/octet-stream", "", "\x01"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			edge := open(t, new(bytes.Buffer), func(context.Context, *handler.Request) (*handler.Response, error) {
				return test.response, nil
			})
			answered := get(t, edge, "/orders/CS1")
			assert.Equal(t, test.status, answered.Code)
			assert.Equal(t, test.contentType, answered.Header().Get("Content-Type"))
			assert.Equal(t, test.location, answered.Header().Get("Location"))
			assert.Equal(t, test.body, answered.Body.String())
		})
	}
}

func TestPathValues(t *testing.T) {
	t.Parallel()
	var id, none string
	edge := open(t, new(bytes.Buffer), func(_ context.Context, r *handler.Request) (*handler.Response, error) {
		id, none = r.PathValue("id"), r.PathValue("other")
		return nil, nil
	})
	get(t, edge, "/orders/%E8%AE%A2%E5%8D%95")
	assert.Equal(t, "订单", id)
	assert.Empty(t, none)
	assert.Empty(t, new(handler.Request).PathValue("id"), "a request that came through no edge")
}
