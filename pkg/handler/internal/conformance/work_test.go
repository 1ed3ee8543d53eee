package conformance_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/handler/awslambda"
)

// lambdas returns the Lambda door in this process and as a binary.
func lambdas(t *testing.T, logs *logBuffer) map[string]func(context.Context, []byte) ([]byte, error) {
	t.Helper()
	handle := awslambda.Handler(newEdge(t, logs))
	return map[string]func(context.Context, []byte) ([]byte, error){
		"in process": func(ctx context.Context, event []byte) ([]byte, error) { return invoke(ctx, handle, event) },
		"binary":     startBinary(t, logs).invoke,
	}
}

func TestLambdaWork(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		fixture  string
		replaced []string // in the fixture: old, new
		response string
		failure  string // is in the error
		logged   string
	}{
		{name: "a schedule's input", fixture: "eventbridge-input.json", response: "null", logged: `"schedule":"nightly"`},
		{name: "a schedule without its payload", fixture: "eventbridge-input.json", replaced: []string{"2026-01", ""}, failure: "has month "},
		{name: "a failing schedule", fixture: "eventbridge-input.json", replaced: []string{"nightly", "broken"}, failure: "the bills are not there"},
		{name: "a panicking schedule", fixture: "eventbridge-input.json", replaced: []string{"nightly", "panicking"}, failure: "panic", logged: "conformance.panicking("},
		{name: "an unknown schedule", fixture: "eventbridge-input.json", replaced: []string{"nightly", "weekly"}, failure: "unknown schedule"},
		{name: "a rule of the schedule's name", fixture: "eventbridge-rule.json", response: "null", logged: `"schedule":"nightly"`},
		{name: "a rule of another name", fixture: "eventbridge-rule.json", replaced: []string{"rule/nightly", "rule/stack-Nightly-1X"}, failure: "constant input"},
		{name: "a batch with one failure", fixture: "sqs-batch.json", response: `{"batchItemFailures":[{"itemIdentifier":"11111111-0000-4000-8000-000000000002"}]}`, logged: "the order cannot be paid"},
		{name: "a batch without one", fixture: "sqs-batch.json", replaced: []string{"fail", "done"}, response: `{"batchItemFailures":[]}`},
		{name: "an ordered batch", fixture: "sqs-batch.json", replaced: []string{":orders", ":orders.fifo"}, response: `{"batchItemFailures":[{"itemIdentifier":"11111111-0000-4000-8000-000000000002"},{"itemIdentifier":"11111111-0000-4000-8000-000000000003"}]}`},
		{name: "a queue of another name", fixture: "sqs-batch.json", replaced: []string{":orders", ":stack-Orders-1X", "fail", "done"}, response: `{"batchItemFailures":[]}`},
		{name: "another service's batch", fixture: "sqs-batch.json", replaced: []string{`"aws:sqs"`, `"aws:s3"`}, failure: "unknown event"},
		{name: "another event", fixture: "eventbridge-rule.json", replaced: []string{"Scheduled Event", "Object Created"}, failure: "unknown event"},
	}
	logs := &logBuffer{}
	for name, invoke := range lambdas(t, logs) {
		for _, test := range tests {
			t.Run(name+"/"+test.name, func(t *testing.T) {
				logs.reset()
				event := strings.NewReplacer(test.replaced...).Replace(string(fixtureEvent(t, test.fixture)))
				response, err := invoke(t.Context(), []byte(event))
				if test.failure != "" {
					require.ErrorContains(t, err, test.failure)
				} else {
					require.NoError(t, err)
					assert.JSONEq(t, test.response, string(response))
				}
				logs.contains(t, test.logged)
			})
		}
	}
}

func TestLambdaUsesItsRequestID(t *testing.T) {
	t.Parallel()
	logs := &logBuffer{}
	response, err := startBinary(t, logs).invoke(t.Context(), fixtureEvent(t, "apigateway-v2.json"))
	require.NoError(t, err)
	const id = "8476a536-e9f4-11e8-9739-000000000001"
	assert.Contains(t, string(response), `"X-Request-Id":"`+id+`"`)
	logs.contains(t, `"request_id":"`+id+`"`)
}

func TestCloudEvents(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		fixture  string
		replaced []string
		payload  string // of the message, if not the fixture's
		failed   bool
		logged   string
	}{
		{name: "a schedule", fixture: "pubsub-schedule.json", logged: `"schedule":"nightly"`},
		{name: "a failing schedule", fixture: "pubsub-schedule.json", replaced: []string{`"schedule": "nightly"`, `"schedule": "broken"`}, failed: true, logged: "the bills are not there"},
		{name: "a panicking schedule", fixture: "pubsub-schedule.json", replaced: []string{`"schedule": "nightly"`, `"schedule": "panicking"`}, failed: true, logged: "conformance.panicking("},
		{name: "an unknown schedule", fixture: "pubsub-schedule.json", replaced: []string{`"schedule": "nightly"`, `"schedule": "weekly"`}, failed: true, logged: "unknown schedule"},
		{name: "a payload that is no JSON", fixture: "pubsub-schedule.json", payload: "{", failed: true, logged: "malformed_json"},
		{name: "a message", fixture: "pubsub-queue.json", logged: `"queue":"orders"`},
		{name: "a message for the only queue", fixture: "pubsub-queue.json", replaced: []string{`"queue":`, `"other":`}, logged: `"queue":"orders"`},
		{name: "a failing message", fixture: "pubsub-queue.json", payload: `{"fail":true}`, failed: true, logged: "the order cannot be paid"},
		{name: "an unknown queue", fixture: "pubsub-queue.json", replaced: []string{`"queue": "orders"`, `"queue": "bills"`}, failed: true, logged: "unknown queue"},
		{name: "another event", fixture: "pubsub-queue.json", replaced: []string{"pubsub.topic.v1.messagePublished", "storage.object.v1.finalized"}, failed: true},
	}
	for _, test := range tests {
		for mode, request := range map[string]func(*testing.T, map[string]any) call{"structured": structured, "binary": binaryMode} {
			t.Run(test.name+"/"+mode, func(t *testing.T) {
				logs := &logBuffer{}
				send := overHTTP(frameworkURL(t, logs))
				event := strings.NewReplacer(test.replaced...).Replace(string(fixtureEvent(t, test.fixture)))
				answered := send(t, request(t, withPayload(t, []byte(event), test.payload)))
				if test.failed {
					assert.Equal(t, http.StatusInternalServerError, answered.status)
				} else {
					assert.Equal(t, http.StatusOK, answered.status, answered.body)
				}
				logs.contains(t, test.logged)
			})
		}
	}
}

func withPayload(t *testing.T, event []byte, payload string) map[string]any {
	t.Helper()
	var decoded map[string]any
	require.NoError(t, json.Unmarshal(event, &decoded))
	if payload != "" {
		message := decoded["data"].(map[string]any)["message"].(map[string]any)
		message["data"] = base64.StdEncoding.EncodeToString([]byte(payload))
	}
	return decoded
}

// structured puts the whole event in the body.
func structured(t *testing.T, event map[string]any) call {
	t.Helper()
	body, err := json.Marshal(event)
	require.NoError(t, err)
	header := http.Header{"Content-Type": {"application/cloudevents+json"}}
	return call{method: http.MethodPost, path: "/events", header: header, body: body}
}

// binaryMode puts the attributes in headers, as Eventarc does.
func binaryMode(t *testing.T, event map[string]any) call {
	t.Helper()
	body, err := json.Marshal(event["data"])
	require.NoError(t, err)
	header := http.Header{"Content-Type": {"application/json"}}
	for _, name := range []string{"specversion", "id", "source", "type", "time"} {
		header.Set("Ce-"+name, event[name].(string))
	}
	return call{method: http.MethodPost, path: "/events", header: header, body: body}
}
