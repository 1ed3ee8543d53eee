package awslambda

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/bssfn/bssfn/pkg/handler"
)

// serveBatch delivers the messages of a batch in their order and reports those
// that failed, so that only they are delivered again; the event source needs
// ReportBatchItemFailures for that. In a first-in-first-out queue nothing after a
// failed message is delivered.
//
// Documentation: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
func serveBatch(ctx context.Context, edge *handler.Edge, raw json.RawMessage) (any, error) {
	var batch events.SQSEvent
	if err := json.Unmarshal(raw, &batch); err != nil {
		return nil, fmt.Errorf("read the batch of the queue: %w", err)
	}
	arn := batch.Records[0].EventSourceARN
	queue, err := queueOf(edge.Function(), arn)
	if err != nil {
		return nil, err
	}
	ordered := strings.HasSuffix(arn, ".fifo")
	failures := []events.SQSBatchItemFailure{}
	for _, record := range batch.Records {
		skipped := (ordered && len(failures) > 0) || ctx.Err() != nil
		if skipped || edge.Message(ctx, queue, message(record)) != nil {
			failures = append(failures, events.SQSBatchItemFailure{ItemIdentifier: record.MessageId})
		}
	}
	return events.SQSEventResponse{BatchItemFailures: failures}, nil
}

// queueOf returns the function's queue that has the name in the ARN, or its only
// one: templates put their own names around a queue's.
func queueOf(f handler.Function, arn string) (string, error) {
	name := arn[strings.LastIndex(arn, ":")+1:]
	name = strings.TrimSuffix(name, ".fifo")
	for _, queue := range f.Queues {
		if queue.Name == name {
			return queue.Name, nil
		}
	}
	if len(f.Queues) == 1 {
		return f.Queues[0].Name, nil
	}
	return "", fmt.Errorf("%w: function %s has no queue %q and %d others",
		handler.ErrUnknownQueue, f.Name, name, len(f.Queues))
}

func message(record events.SQSMessage) handler.Message {
	attempt, err := strconv.Atoi(record.Attributes["ApproximateReceiveCount"])
	if err != nil || attempt < 1 {
		attempt = 1
	}
	return handler.Message{ID: record.MessageId, Body: []byte(record.Body), Attempt: attempt}
}
