package awslambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/handler/awslambda"
	"github.com/bssfn/bssfn/pkg/webhook"
)

// tell is what the function of these tests answers: what reached it.
type tell struct {
	Path, ID, Cookie, Header, RawQuery, Body, RequestID string
	Deadline                                            time.Time
}

func function() handler.Function {
	return handler.Function{
		Name: "orders",
		Routes: []handler.Route{
			{Method: http.MethodGet, Pattern: "/orders/{id}", Access: handler.Open, Handle: look},
			{Method: http.MethodPost, Pattern: "/orders/{id}", Access: handler.Open, Handle: look},
		},
		Queues: []handler.Queue{{Name: "paid", Handle: paid}, {Name: "renewed", Handle: paid}},
	}
}

func look(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	deadline, _ := ctx.Deadline()
	return handler.OK(tell{
		r.Path, r.PathValue("id"), r.Header.Get("Cookie"), r.Header.Get("X-Many"), r.RawQuery,
		string(r.Body), r.ID, deadline,
	}), nil
}

func paid(_ context.Context, m handler.Message) error {
	if m.ID == "bad" || m.Attempt > 5 {
		return errors.New("not paid")
	}
	return nil
}

func newHandler(tb testing.TB) func(context.Context, json.RawMessage) (any, error) {
	tb.Helper()
	now := func() time.Time { return time.Date(2026, time.January, 31, 16, 0, 0, 0, time.UTC) }
	secret, err := webhook.ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	require.NoError(tb, err)
	edge, err := handler.New(function(), handler.Options{
		Secrets: []webhook.Secret{secret},
		Replays: handler.NewMemoryReplays(now, 10),
		Now:     now,
		Logger:  slog.New(slog.DiscardHandler),
		Timeout: time.Hour,
	})
	require.NoError(tb, err)
	return awslambda.Handler(edge)
}

func request(change func(r *events.APIGatewayV2HTTPRequest)) events.APIGatewayV2HTTPRequest {
	r := events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: "/orders/CS1"}
	r.RequestContext.HTTP.Method = http.MethodGet
	r.RequestContext.Stage = "$default"
	change(&r)
	return r
}

func send(ctx context.Context, t *testing.T, event any) (any, error) {
	t.Helper()
	raw, err := json.Marshal(event)
	require.NoError(t, err)
	return newHandler(t)(ctx, raw)
}

func TestRequest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(r *events.APIGatewayV2HTTPRequest)
		want   tell
	}{
		{"a plain path", func(*events.APIGatewayV2HTTPRequest) {}, tell{Path: "/orders/CS1", ID: "CS1"}},
		{"an encoded path", func(r *events.APIGatewayV2HTTPRequest) { r.RawPath = "/orders/a%2Fb" }, tell{Path: "/orders/a/b", ID: "a/b"}},
		{"a decoded path", func(r *events.APIGatewayV2HTTPRequest) { r.RawPath = "/orders/订单 1" }, tell{Path: "/orders/订单 1", ID: "订单 1"}},
		{"a decoded path with a percent sign", func(r *events.APIGatewayV2HTTPRequest) { r.RawPath = "/orders/100%" }, tell{Path: "/orders/100%", ID: "100%"}},
		{"a stage before the path", func(r *events.APIGatewayV2HTTPRequest) {
			r.RawPath, r.RequestContext.Stage = "/live/orders/CS1", "live"
		}, tell{Path: "/orders/CS1", ID: "CS1"}},
		{"a stage that is not in the path", func(r *events.APIGatewayV2HTTPRequest) { r.RequestContext.Stage = "live" }, tell{Path: "/orders/CS1", ID: "CS1"}},
		{"cookies", func(r *events.APIGatewayV2HTTPRequest) { r.Cookies = []string{"a=1", "b=2"} }, tell{Path: "/orders/CS1", ID: "CS1", Cookie: "a=1; b=2"}},
		{"a header of many values", func(r *events.APIGatewayV2HTTPRequest) {
			r.Headers = map[string]string{"x-many": "a,b"}
		}, tell{Path: "/orders/CS1", ID: "CS1", Header: "a,b"}},
		{"a raw query", func(r *events.APIGatewayV2HTTPRequest) { r.RawQueryString = "a=%2b&a=+" }, tell{Path: "/orders/CS1", ID: "CS1", RawQuery: "a=%2b&a=+"}},
		{"a base64 body", func(r *events.APIGatewayV2HTTPRequest) {
			r.RequestContext.HTTP.Method, r.Body, r.IsBase64Encoded = http.MethodPost, "5LyZ5Ly0DQo=", true
		}, tell{Path: "/orders/CS1", ID: "CS1", Body: "伙伴\r\n"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answered, err := send(t.Context(), t, request(test.change))
			require.NoError(t, err)
			response := answered.(events.APIGatewayV2HTTPResponse)
			require.Equal(t, http.StatusOK, response.StatusCode, response.Body)
			var got tell
			require.NoError(t, json.Unmarshal([]byte(response.Body), &got))
			got.RequestID, got.Deadline = "", time.Time{}
			assert.Equal(t, test.want, got)
		})
	}
}

func TestInvocationReachesTheFunction(t *testing.T) {
	t.Parallel()
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "aws-1"})
	deadline := clock.System{}.Now().Add(time.Minute)
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	answered, err := send(ctx, t, request(func(*events.APIGatewayV2HTTPRequest) {}))
	require.NoError(t, err)
	var got tell
	require.NoError(t, json.Unmarshal([]byte(answered.(events.APIGatewayV2HTTPResponse).Body), &got))
	assert.Equal(t, "aws-1", got.RequestID)
	assert.WithinDuration(t, deadline.Add(-500*time.Millisecond), got.Deadline, time.Millisecond)
}

func TestHeadHasNoBody(t *testing.T) {
	t.Parallel()
	answered, err := send(t.Context(), t, request(func(r *events.APIGatewayV2HTTPRequest) {
		r.RequestContext.HTTP.Method = http.MethodHead
	}))
	require.NoError(t, err)
	response := answered.(events.APIGatewayV2HTTPResponse)
	assert.Equal(t, http.StatusOK, response.StatusCode)
	assert.Empty(t, response.Body)
}

func TestEventsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, event, failure string
	}{
		{"nothing", ``, "unknown event"},
		{"a text", `"a"`, "unknown event"},
		{"an empty object", `{}`, "unknown event"},
		{"an empty batch", `{"Records":[]}`, "unknown event"},
		{"a body that is not base64", `{"requestContext":{"http":{"method":"GET"}},"body":"*","isBase64Encoded":true}`, "not base64"},
		{"a method that is none", `{"requestContext":{"http":{"method":"G T"}}}`, "method"},
		{"a scheduled event without a rule", `{"detail-type":"Scheduled Event"}`, "names no rule"},
		{"a queue of neither name", `{"Records":[{"eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-west-1:1:x"}]}`, "no queue"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := newHandler(t)(t.Context(), json.RawMessage(test.event))
			require.ErrorContains(t, err, test.failure)
		})
	}
}

func TestBatchAfterTheTimeIsUpIsGivenBack(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	batch := events.SQSEvent{Records: []events.SQSMessage{
		{MessageId: "1", EventSource: "aws:sqs", EventSourceARN: "arn:aws:sqs:eu-west-1:1:paid"},
		{MessageId: "2", EventSource: "aws:sqs", EventSourceARN: "arn:aws:sqs:eu-west-1:1:paid"},
	}}
	answered, err := send(ctx, t, batch)
	require.NoError(t, err)
	assert.Equal(t, events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{
		{ItemIdentifier: "1"}, {ItemIdentifier: "2"},
	}}, answered)
}

func TestBatchCountsAttempts(t *testing.T) {
	t.Parallel()
	attempt := func(count string) map[string]string { return map[string]string{"ApproximateReceiveCount": count} }
	batch := events.SQSEvent{Records: []events.SQSMessage{
		{MessageId: "first", EventSource: "aws:sqs", EventSourceARN: "arn:aws:sqs:eu-west-1:1:renewed"},
		{MessageId: "fifth", Attributes: attempt("5")},
		{MessageId: "sixth", Attributes: attempt("6")},
		{MessageId: "odd", Attributes: attempt("many")},
	}}
	answered, err := send(t.Context(), t, batch)
	require.NoError(t, err)
	assert.Equal(t, events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{
		{ItemIdentifier: "sixth"},
	}}, answered)
}

func FuzzHandler(f *testing.F) {
	f.Add([]byte(`{"requestContext":{"http":{"method":"GET"}},"rawPath":"/orders/%","headers":{"host":"x"}}`))
	f.Add([]byte(`{"requestContext":{"http":{"method":"POST"},"stage":"a"},"rawPath":"//a/../x","body":"YQ==","isBase64Encoded":true}`))
	f.Add([]byte(`{"Records":[{"eventSource":"aws:sqs","eventSourceARN":"x:paid","messageId":"bad"}]}`))
	f.Add([]byte(`{"schedule":"nightly","data":null}`))
	f.Add([]byte(`{"detail-type":"Scheduled Event","resources":["/"]}`))
	handle := newHandler(f)
	f.Fuzz(func(t *testing.T, event []byte) {
		answered, err := handle(t.Context(), event)
		if err != nil {
			assert.Nil(t, answered)
			return
		}
		if response, ok := answered.(events.APIGatewayV2HTTPResponse); ok {
			assert.GreaterOrEqual(t, response.StatusCode, 200)
			assert.NotEmpty(t, response.Headers["X-Request-Id"])
			assert.NotEqual(t, http.StatusInternalServerError, response.StatusCode, response.Body)
		}
	})
}
