package handler_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/webhook"
)

func TestWork(t *testing.T) {
	t.Parallel()
	errClosed := errors.New("the month is closed")
	f := handler.Function{
		Name: "bills",
		Schedules: []handler.Schedule{
			{Name: "close-month", Handle: func(_ context.Context, payload json.RawMessage) error {
				if string(payload) == `"closed"` {
					return errClosed
				}
				return nil
			}},
			{Name: "panicking", Handle: func(context.Context, json.RawMessage) error { panic("no bills") }},
		},
		Queues: []handler.Queue{{Name: "exports", Handle: func(ctx context.Context, m handler.Message) error {
			if m.Attempt > 2 || handler.RequestID(ctx) == "" {
				return errClosed
			}
			return nil
		}}},
	}
	tests := []struct {
		name    string
		do      func(e *handler.Edge) error
		is      error
		failure string
		logged  string
	}{
		{"a schedule", schedule("close-month", ""), nil, "", `"level":"INFO","msg":"work","schedule":"close-month"`},
		{"a failing schedule", schedule("close-month", `"closed"`), errClosed, `schedule "close-month" (request request-1)`, `"level":"ERROR"`},
		{"an unknown schedule", schedule("open-month", ""), handler.ErrUnknownSchedule, "open-month", "unknown schedule"},
		{"a panicking schedule", schedule("panicking", ""), nil, "panic: no bills", `"stack":"goroutine`},
		{"a payload that is no JSON", schedule("close-month", "{"), nil, "malformed_json", "malformed_json"},
		{"a message", message("exports", 1), nil, "", `"queue":"exports"`},
		{"a failing message", message("exports", 3), errClosed, `queue "exports"`, `"level":"ERROR"`},
		{"an unknown queue", message("orders", 1), handler.ErrUnknownQueue, "orders", "unknown queue"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var logs bytes.Buffer
			edge, err := handler.New(f, options(t, &logs))
			require.NoError(t, err)
			err = test.do(edge)
			if test.failure == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.failure)
			}
			if test.is != nil {
				require.ErrorIs(t, err, test.is)
			}
			assert.Contains(t, logs.String(), test.logged)
			assert.Equal(t, 1, bytes.Count(logs.Bytes(), []byte("\n")), "one line")
		})
	}
}

func schedule(name, payload string) func(*handler.Edge) error {
	return func(e *handler.Edge) error {
		return e.Schedule(context.Background(), name, json.RawMessage(payload))
	}
}

func message(queue string, attempt int) func(*handler.Edge) error {
	return func(e *handler.Edge) error {
		return e.Message(context.Background(), queue, handler.Message{ID: "1", Attempt: attempt})
	}
}

func TestTimeLimits(t *testing.T) {
	t.Parallel()
	var limited bool
	f := handler.Function{
		Name: "bills",
		Routes: []handler.Route{{Method: "POST", Pattern: "/bills/exports", Handle: func(ctx context.Context, _ *handler.Request) (*handler.Response, error) {
			_, limited = ctx.Deadline()
			return handler.NoContent(), nil
		}}},
		Schedules: []handler.Schedule{{Name: "close-month", Handle: func(ctx context.Context, _ json.RawMessage) error {
			_, limited = ctx.Deadline()
			return nil
		}}},
	}
	edge, err := handler.New(f, options(t, new(bytes.Buffer)))
	require.NoError(t, err)
	for path, want := range map[string]bool{"/bills/exports": true, "/bills/schedules/close-month": false} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, http.NoBody)
		webhook.SetHeaders(request.Header, secret(t), "msg_"+path, instant(), nil)
		recorded := httptest.NewRecorder()
		edge.ServeHTTP(recorded, request)
		require.Less(t, recorded.Code, 300, path)
		assert.Equal(t, want, limited, path)
	}
}
