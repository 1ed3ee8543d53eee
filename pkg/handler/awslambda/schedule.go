package awslambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/bssfn/bssfn/pkg/handler"
)

// scheduledEvent is the kind of event that a rule sends without an input of its
// own.
const scheduledEvent = "Scheduled Event"

// serveScheduledEvent starts the schedule that has the rule's name. Where rules
// have other names, their input says which schedule they start.
//
// Documentation: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
func serveScheduledEvent(ctx context.Context, edge *handler.Edge, raw json.RawMessage) error {
	var event events.EventBridgeEvent
	if err := json.Unmarshal(raw, &event); err != nil {
		return fmt.Errorf("read the scheduled event: %w", err)
	}
	if len(event.Resources) == 0 {
		return errors.New("read the scheduled event: it names no rule")
	}
	rule := event.Resources[0]
	name := rule[strings.LastIndex(rule, "/")+1:]
	if err := edge.Schedule(ctx, name, event.Detail); err != nil {
		if errors.Is(err, handler.ErrUnknownSchedule) {
			return fmt.Errorf(`%w; give the rule the constant input {"schedule":"name"}`, err)
		}
		return err
	}
	return nil
}
