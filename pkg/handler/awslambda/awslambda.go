// Package awslambda serves a function on AWS Lambda. It takes the requests of an
// API Gateway HTTP API (payload format 2.0) and of function URLs, schedules of
// EventBridge, and batches of SQS.
//
// Documentation: https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
package awslambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/bssfn/bssfn/pkg/handler"
)

// ErrEvent says that an event is none of those that this package takes.
var ErrEvent = errors.New("unknown event: want an API Gateway 2.0 or function URL request, " +
	`an EventBridge schedule (its input {"schedule":"name","data":{}} or a "Scheduled Event"), or an SQS batch`)

// grace is what is left of an invocation's time when the function's context
// ends: enough to answer and to log before Lambda stops the process.
const grace = 500 * time.Millisecond

// Start serves the edge's function as the process' Lambda function. It does not
// return.
func Start(edge *handler.Edge) { lambda.Start(Handler(edge)) }

// Handler returns the Lambda handler of the edge's function. A request is
// answered whatever happens; a schedule or a batch that cannot be worked on is an
// error of the invocation, so that Lambda delivers it again.
func Handler(edge *handler.Edge) func(ctx context.Context, event json.RawMessage) (any, error) {
	return func(ctx context.Context, event json.RawMessage) (any, error) {
		ctx, cancel := invocation(ctx)
		defer cancel()

		var what shape
		if err := json.Unmarshal(event, &what); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrEvent, err)
		}
		switch {
		case what.RequestContext.HTTP.Method != "":
			return serveHTTP(ctx, edge, event)
		case what.fromSQS():
			return serveBatch(ctx, edge, event)
		case what.Schedule != "":
			return nil, edge.Schedule(ctx, what.Schedule, what.Data)
		case what.DetailType == scheduledEvent:
			return nil, serveScheduledEvent(ctx, edge, event)
		default:
			return nil, ErrEvent
		}
	}
}

// shape is the least of every event that tells them apart.
type shape struct {
	RequestContext struct {
		HTTP struct {
			Method string `json:"method"`
		} `json:"http"`
	} `json:"requestContext"`
	Records []struct {
		EventSource string `json:"eventSource"`
	} `json:"Records"`
	DetailType string          `json:"detail-type"`
	Schedule   string          `json:"schedule"`
	Data       json.RawMessage `json:"data"`
}

func (s shape) fromSQS() bool {
	return len(s.Records) > 0 && s.Records[0].EventSource == "aws:sqs"
}

// invocation gives the context Lambda's request id and an earlier deadline.
func invocation(ctx context.Context) (context.Context, context.CancelFunc) {
	if lc, found := lambdacontext.FromContext(ctx); found && lc.AwsRequestID != "" {
		ctx = handler.WithRequestID(ctx, lc.AwsRequestID)
	}
	if deadline, set := ctx.Deadline(); set {
		return context.WithDeadline(ctx, deadline.Add(-grace))
	}
	return ctx, func() {}
}
