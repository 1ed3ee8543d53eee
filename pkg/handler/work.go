package handler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
)

// What Edge.Schedule and Edge.Message are asked for and the function does not
// have.
var (
	ErrUnknownSchedule = errors.New("unknown schedule")
	ErrUnknownQueue    = errors.New("unknown queue")
)

// Schedule starts the schedule of that name, for a door whose platform has
// proved who calls. The payload is JSON, or empty. The error of the function is
// wrapped, and a panic is an error; with an error the platform starts it again.
func (e *Edge) Schedule(ctx context.Context, name string, payload json.RawMessage) error {
	return e.work(ctx, slog.String("schedule", name), func(ctx context.Context) error {
		for _, schedule := range e.function.Schedules {
			if schedule.Name == name {
				return schedule.run(ctx, payload)
			}
		}
		return fmt.Errorf("%w: function %s has none of that name", ErrUnknownSchedule, e.function.Name)
	})
}

// Message delivers a message to the queue of that name, for a door whose
// platform has proved who calls. The error of the function is wrapped, and a
// panic is an error; with an error the platform delivers the message again.
func (e *Edge) Message(ctx context.Context, queue string, m Message) error {
	return e.work(ctx, slog.String("queue", queue), func(ctx context.Context) error {
		for _, q := range e.function.Queues {
			if q.Name == queue {
				return q.Handle(ctx, m)
			}
		}
		return fmt.Errorf("%w: function %s has none of that name", ErrUnknownQueue, e.function.Name)
	})
}

// run checks the payload and does the work.
func (s Schedule) run(ctx context.Context, payload json.RawMessage) error {
	if len(payload) > 0 && !json.Valid(payload) {
		return malformedJSON("The payload of the schedule is not JSON.")
	}
	return s.Handle(ctx, payload)
}

func (e *Edge) work(ctx context.Context, name slog.Attr, do func(ctx context.Context) error) error {
	id, started := e.requestID(ctx), e.now()
	err := guarded(func() error { return do(WithRequestID(ctx, id)) })
	e.logWork(ctx, id, name, started, err)
	if err != nil {
		return fmt.Errorf("%s %q (request %s): %w", name.Key, name.Value, id, err)
	}
	return nil
}
