package billexport

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// maxDue bounds how many runs a sweep looks at.
const maxDue = 100

// scheduledSweep sends the tasks again of runs in which nothing has happened for a
// while, and ends what an end of a run has left.
func (f *function) scheduledSweep(ctx context.Context, _ json.RawMessage) error {
	return f.sweep(ctx, f.now())
}

// sweep looks at the runs that are due by an instant.
func (f *function) sweep(ctx context.Context, until time.Time) error {
	docs, err := f.runs.runs.DueBy(ctx, until, maxDue)
	if err != nil {
		return err
	}
	var errs []error
	for _, doc := range docs {
		errs = append(errs, guarded(func() error { return f.resume(ctx, doc.Key) }))
	}
	return errors.Join(errs...)
}

// resume sends what is missing of a run. It puts off the next look at it first: a run
// that ends the process is not in the way of others.
func (f *function) resume(ctx context.Context, id string) error {
	r, err := f.runs.change(ctx, id, func(*run) bool { return true })
	if err != nil {
		return err
	}
	if r.State.Ended() {
		return f.finish(ctx, r)
	}
	return f.send(ctx, r.missing()...)
}
