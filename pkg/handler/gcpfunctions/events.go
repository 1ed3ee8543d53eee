package gcpfunctions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	cloudevents "github.com/cloudevents/sdk-go/v2"

	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	messagePublished  = "google.cloud.pubsub.topic.v1.messagePublished"
	scheduleAttribute = "schedule"
	queueAttribute    = "queue"
)

// ErrEvent says that an event is none of those that this package takes.
var ErrEvent = errors.New("unknown event: want a Pub/Sub message (" + messagePublished +
	") with the attribute schedule or queue")

// published is the data of a Pub/Sub event.
//
// Documentation: https://cloud.google.com/eventarc/docs/cloudevents
type published struct {
	Message struct {
		ID         string            `json:"messageId"`
		Data       []byte            `json:"data"` // base64 in JSON
		Attributes map[string]string `json:"attributes"`
	} `json:"message"`
	DeliveryAttempt int `json:"deliveryAttempt"`
}

// Events returns the receiver of the function's events. A message with the
// attribute schedule starts the schedule of that name, its data the payload;
// every other one goes to the queue that the attribute queue names, or to the
// function's only one. With an error the framework answers 500, and Pub/Sub
// delivers the message again.
func Events(edge *handler.Edge) func(ctx context.Context, event cloudevents.Event) error {
	return func(ctx context.Context, event cloudevents.Event) error {
		if event.Type() != messagePublished {
			return fmt.Errorf("%w, not %q", ErrEvent, event.Type())
		}
		var data published
		if err := json.Unmarshal(event.Data(), &data); err != nil {
			return fmt.Errorf("read the message of event %s: %w", event.ID(), err)
		}
		if name := data.Message.Attributes[scheduleAttribute]; name != "" {
			return edge.Schedule(ctx, name, data.Message.Data)
		}
		queue, err := queueOf(edge.Function(), data.Message.Attributes[queueAttribute])
		if err != nil {
			return err
		}
		return edge.Message(ctx, queue, handler.Message{
			ID:      data.Message.ID,
			Body:    data.Message.Data,
			Attempt: max(data.DeliveryAttempt, 1),
		})
	}
}

func queueOf(f handler.Function, name string) (string, error) {
	if name == "" && len(f.Queues) == 1 {
		return f.Queues[0].Name, nil
	}
	if name == "" {
		return "", fmt.Errorf("%w; function %s has %d queues", ErrEvent, f.Name, len(f.Queues))
	}
	return name, nil
}
