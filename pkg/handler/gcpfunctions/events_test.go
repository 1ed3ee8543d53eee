package gcpfunctions_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/handler/gcpfunctions"
	"github.com/bssfn/bssfn/pkg/webhook"
)

const published = "google.cloud.pubsub.topic.v1.messagePublished"

// delivery is what reached the function of these tests.
type delivery struct {
	to      string
	message handler.Message
}

// newEdge returns an edge with the given queues whose deliveries got keeps.
func newEdge(tb testing.TB, got *delivery, queues ...string) *handler.Edge {
	tb.Helper()
	f := handler.Function{Name: "orders", Schedules: []handler.Schedule{{
		Name: "close-month",
		Handle: func(_ context.Context, payload json.RawMessage) error {
			*got = delivery{to: "close-month", message: handler.Message{Body: payload}}
			return nil
		},
	}}}
	for _, name := range queues {
		f.Queues = append(f.Queues, handler.Queue{Name: name, Handle: func(_ context.Context, m handler.Message) error {
			*got = delivery{name, m}
			return nil
		}})
	}
	now := func() time.Time { return time.Date(2026, time.January, 31, 16, 0, 0, 0, time.UTC) }
	secret, err := webhook.ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	require.NoError(tb, err)
	edge, err := handler.New(f, handler.Options{
		Secrets: []webhook.Secret{secret},
		Replays: handler.NewMemoryReplays(now, 1),
		Now:     now,
		Logger:  slog.New(slog.DiscardHandler),
	})
	require.NoError(tb, err)
	return edge
}

func event(tb testing.TB, kind string, data []byte) cloudevents.Event {
	tb.Helper()
	e := cloudevents.NewEvent()
	e.SetID("1")
	e.SetSource("//pubsub.googleapis.com/projects/platform/topics/orders")
	e.SetType(kind)
	require.NoError(tb, e.SetData(cloudevents.ApplicationJSON, data))
	return e
}

func TestEvents(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, kind, data string
		queues           []string
		want             delivery
		failure          error
		text             string
	}{
		{
			name: "a schedule", kind: published,
			data: `{"message":{"messageId":"7","attributes":{"schedule":"close-month"},"data":"eyJhIjoxfQ=="}}`,
			want: delivery{"close-month", handler.Message{Body: []byte(`{"a":1}`)}},
		},
		{
			name: "a schedule without a payload", kind: published,
			data: `{"message":{"attributes":{"schedule":"close-month"}}}`,
			want: delivery{"close-month", handler.Message{}},
		},
		{
			name: "an unknown schedule", kind: published,
			data:    `{"message":{"attributes":{"schedule":"open-month"}}}`,
			failure: handler.ErrUnknownSchedule,
		},
		{
			name: "a queue by name", kind: published, queues: []string{"paid", "renewed"},
			data: `{"message":{"messageId":"7","attributes":{"queue":"renewed"},"data":"AP8="},"deliveryAttempt":3}`,
			want: delivery{"renewed", handler.Message{ID: "7", Body: []byte{0, 0xff}, Attempt: 3}},
		},
		{
			name: "the only queue", kind: published, queues: []string{"paid"},
			data: `{"message":{"messageId":"7","data":"AA=="}}`,
			want: delivery{"paid", handler.Message{ID: "7", Body: []byte{0}, Attempt: 1}},
		},
		{
			name: "one of two queues, but which", kind: published, queues: []string{"paid", "renewed"},
			data: `{"message":{"messageId":"7"}}`, failure: gcpfunctions.ErrEvent, text: "2 queues",
		},
		{
			name: "an unknown queue", kind: published, queues: []string{"paid"},
			data: `{"message":{"attributes":{"queue":"other"}}}`, failure: handler.ErrUnknownQueue,
		},
		{
			name: "another kind of event", kind: "google.cloud.storage.object.v1.finalized",
			data: `{}`, failure: gcpfunctions.ErrEvent, text: "finalized",
		},
		{name: "data that is not base64", kind: published, data: `{"message":{"data":"*"}}`, text: "read the message of event 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got delivery
			err := gcpfunctions.Events(newEdge(t, &got, test.queues...))(t.Context(), event(t, test.kind, []byte(test.data)))
			if test.failure == nil && test.text == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.text)
			}
			require.True(t, test.failure == nil || errors.Is(err, test.failure), "%v", err)
			assert.Equal(t, test.want, got)
		})
	}
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"message":{"messageId":"7","attributes":{"queue":"paid"},"data":"AP8="},"deliveryAttempt":3}`))
	f.Add([]byte(`{"message":{"attributes":{"schedule":"close-month"},"data":"e30="}}`))
	f.Add([]byte(`{"deliveryAttempt":-1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var got delivery
		err := gcpfunctions.Events(newEdge(t, &got, "paid"))(t.Context(), event(t, published, data))
		if err != nil {
			assert.Empty(t, got.to)
			return
		}
		assert.NotEmpty(t, got.to)
		if got.to == "paid" {
			assert.GreaterOrEqual(t, got.message.Attempt, 1)
		}
	})
}
