package billexport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// perform does a task, if that is still of use, and what follows from it. It may be
// ended at any moment and called again. A busyError says that another worker is at it.
func (f *function) perform(ctx context.Context, t task) error {
	r, err := f.runs.get(ctx, t.Run)
	if errors.Is(err, ledger.ErrNotFound) {
		f.log.LogAttrs(ctx, slog.LevelWarn, "a task of a run that is not known", slog.String("run", t.Run), slog.String("task", t.key()))
		return nil
	}
	if err != nil || !r.wants(t) {
		return err
	}
	if _, ok := f.destinations[r.Request.Destination]; !ok {
		return f.fail(ctx, r, RunReason{"destination_unknown",
			"EXPORT_DESTINATIONS has no " + r.Request.Destination + " any more.",
			"Put it back, and ask for the export again."})
	}
	h, err := f.hold(ctx, r, t)
	if err == nil {
		err = guarded(func() error { return f.do(ctx, h) })
	}
	if err != nil {
		return f.failed(ctx, r, h, err)
	}
	return nil
}

// panicError is something that broke off in an error of the program.
type panicError struct{ what string }

func (e *panicError) Error() string { return "panic: " + e.what }

// guarded does something whose panic is a failure like others: it is not tried for ever,
// and takes nothing else down with it.
func guarded(do func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &panicError{fmt.Sprintf("%v\n%s", cause, debug.Stack())}
		}
	}()
	return do()
}

// do does a task that is held, and moves the run on.
func (f *function) do(ctx context.Context, h *held) error {
	if h.doc.Value.Result == nil {
		result, err := f.result(ctx, h)
		if err != nil || result == nil {
			return err
		}
		if err := h.finish(ctx, result); err != nil {
			return err
		}
	}
	return f.advance(ctx, h.task, h.doc.Value.Result)
}

// result makes the result of a task. It is nil where other tasks are to make it.
func (f *function) result(ctx context.Context, h *held) (*workResult, error) {
	if h.run.Subscribed {
		return f.subscribedResult(ctx, h)
	}
	switch h.task.Task {
	case taskPlan:
		return f.plan(ctx, h)
	case taskFetch:
		return f.fetch(ctx, h)
	case taskGather:
		return f.gather(ctx, h)
	case taskRender:
		return f.render(ctx, h)
	case taskPublish:
		return f.publish(ctx, h)
	}
	return nil, fmt.Errorf("there is no task %q", h.task.Task)
}

// advance notes a result in the run, and sends the tasks that can be done from then on.
// It may be done any number of times.
func (f *function) advance(ctx context.Context, t task, result *workResult) error {
	if t.Range > 0 {
		return f.joinRanges(ctx, t)
	}
	moved := false
	r, err := f.runs.change(ctx, t.Run, func(r *run) bool {
		if moved = r.wants(t); moved {
			moved = f.note(r, t, result)
			return true
		}
		return false
	})
	if err != nil {
		return err
	}
	if r.State.Ended() {
		return f.finish(ctx, r)
	}
	if moved {
		return f.send(ctx, r.missing()...)
	}
	return nil
}

// note writes a result into the run, and says whether other tasks can be done now.
func (f *function) note(r *run, t task, result *workResult) (moved bool) {
	now := f.now().UTC()
	switch t.Task {
	case taskPlan:
		r.State, r.FetchFrom = RunFetching, now
		r.Plan, r.Parts = result.Objects[0].Name, result.Count
		return true
	case taskFetch:
		if r.Done.add(t.Part) {
			r.Rows += result.Rows
		}
		return r.Done.count() == r.Parts
	case taskGather:
		r.State, r.FetchTo = RunRendering, now
		r.Gathered, r.Units = result.Objects[0].Name, result.Count
		if r.Units == 0 { // the report has no records, and statements of nobody have none
			r.State = RunPublishing
		}
		return true
	case taskRender:
		r.Rendered.add(t.Part)
		if r.Rendered.count() == r.Units {
			r.State = RunPublishing
			return true
		}
	case taskPublish:
		r.State, r.EndedAt, r.Manifest = RunPublished, now, result.Objects[0].Name
		return true
	}
	return false
}

// Codes of reasons that several places give.
const (
	billsUnreadable = "bills_unreadable"
	workersDied     = "workers_died"
)

// fatalError ends a run: trying again does not help.
type fatalError struct{ RunReason }

func (e *fatalError) Error() string { return e.Code + ": " + e.Detail }

func fatal(kind, detail, next string) error { return &fatalError{RunReason{kind, detail, next}} }

// failed says what becomes of a task that was not done. The run fails where trying
// again does not help, or has not helped often enough; otherwise the error has the
// task delivered again.
func (f *function) failed(ctx context.Context, r run, h *held, cause error) error {
	if errors.Is(cause, errLost) {
		return f.lost(ctx, r.ID)
	}
	if busy, ok := errors.AsType[*busyError](cause); ok {
		return busy
	}
	f.log.LogAttrs(ctx, slog.LevelWarn, "a task of an export failed", slog.String("run", r.ID), slog.Any("cause", cause))
	if reason, ok := errors.AsType[*fatalError](cause); ok {
		return f.fail(ctx, r, reason.RunReason)
	}
	if h == nil {
		return cause
	}
	if err := h.release(ctx, cause); err != nil {
		return errors.Join(cause, err)
	}
	if h.doc.Value.Failures < maxFailures {
		return cause
	}
	return f.fail(ctx, r, reasonOf(cause))
}

// lost leaves a task to whoever took it over. If the run has ended meanwhile, what this
// worker has written goes.
func (f *function) lost(ctx context.Context, id string) error {
	r, err := f.runs.get(ctx, id)
	if err != nil || !r.State.Ended() {
		return err
	}
	return f.finish(ctx, r)
}

// reasonOf tells the reason of a failure as a caller would be told.
func reasonOf(err error) RunReason {
	if _, ok := errors.AsType[*panicError](err); ok {
		return RunReason{workersDied, "A step of the export broke off in an error of the program, each time that it was tried.",
			"See the log for where, and report it."}
	}
	if errors.Is(err, bss.ErrUnreadable) {
		return RunReason{billsUnreadable, clipped("An answer of Huawei Cloud cannot be read: " + err.Error() + "."),
			"Nothing was published. Ask for the export again later, and Huawei Cloud about the answer if that is no better."}
	}
	if p, ok := errors.AsType[*handler.Problem](functions.Problem(err)); ok {
		return RunReason{p.Code, p.Detail, p.Next}
	}
	return RunReason{"export_not_written",
		"The export could not be written: what it works with or where it is published does not take it.",
		"See the log for the reason, mend it and ask for the export again."}
}

// fail ends a run. Nothing of it is published, unless that happened before anybody could
// note it.
func (f *function) fail(ctx context.Context, r run, reason RunReason) error {
	if r.State == RunPublishing {
		published, err := f.isPublished(ctx, &r)
		if published {
			return f.advance(ctx, task{Run: r.ID, Task: taskPublish}, publishedResult(&r))
		}
		if err != nil { // whoever clears up looks again
			f.log.LogAttrs(ctx, slog.LevelWarn, "whether a failed export is published is not known", slog.String("run", r.ID), slog.Any("cause", err))
		}
	}
	r, err := f.runs.change(ctx, r.ID, func(r *run) bool {
		if r.State.Ended() {
			return false
		}
		r.State, r.EndedAt, r.Reason = RunFailed, f.now().UTC(), &reason
		return true
	})
	if err != nil {
		return err
	}
	return f.finish(ctx, r)
}
