package billexport

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// maxWait is how long a caller may wait for the end of a run.
const maxWait = 20

// RunList are runs, the newest first.
type RunList struct {
	Runs []RunStatus `json:"runs"`
}

func (f *function) postRun(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in RunRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	id, err := f.newRunID()
	if err != nil {
		return nil, err
	}
	begun, err := f.begin(ctx, in, id)
	if err != nil {
		return nil, err
	}
	return handler.Accepted(begun.status(f.now())), nil
}

// listRuns lists the runs of a cycle, or of all cycles that the API has bills of.
func (f *function) listRuns(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var places []string
	if text := r.Query.Get("cycle"); text != "" {
		c, err := f.parseCycle(text)
		if err != nil {
			return nil, err
		}
		places = []string{c.String(), subscribedPlace(c.String())}
	} else {
		for months := range historyMonths + 1 {
			cycle := bill.CycleAt(f.now()).Plus(-months).String()
			places = append(places, cycle, subscribedPlace(cycle))
		}
	}
	list := RunList{Runs: []RunStatus{}}
	for _, place := range places {
		runs, err := f.runs.list(ctx, place)
		if err != nil {
			return nil, err
		}
		for i := range runs {
			list.Runs = append(list.Runs, runs[i].status(f.now()))
		}
	}
	slices.SortStableFunc(list.Runs, func(a, b RunStatus) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return handler.OK(list), nil
}

// showRun answers how far a run is, with ?wait=SECONDS when it has ended or after that
// time.
func (f *function) showRun(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	wait := 0
	if text := r.Query.Get("wait"); text != "" {
		var err error
		if wait, err = strconv.Atoi(text); err != nil || wait < 0 || wait > maxWait {
			return nil, handler.Invalid(handler.FieldError{Field: "wait", Reason: "must be a number of seconds from 0 to " + strconv.Itoa(maxWait)})
		}
	}
	waiting, cancel := context.WithTimeout(ctx, time.Duration(wait)*time.Second)
	defer cancel()
	for {
		next := f.runs.next()
		found, err := f.findRun(ctx, r.PathValue("run_id"))
		if err != nil {
			return nil, err
		}
		if found.State.Ended() && !found.ClearedAt.IsZero() || waiting.Err() != nil {
			return handler.OK(found.status(f.now())), nil
		}
		awaitChange(waiting, next)
	}
}

// awaitChange waits until this process changes a run, or a second, because others may.
func awaitChange(ctx context.Context, next <-chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	select {
	case <-next:
	case <-ctx.Done():
	}
}

func (f *function) findRun(ctx context.Context, id string) (run, error) {
	r, err := f.runs.get(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return run{}, runNotFound()
	}
	return r, err
}

// cancelRun ends a run that has not begun to publish. One that has ended without an
// export stays as it is.
func (f *function) cancelRun(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	if _, err := f.findRun(ctx, r.PathValue("run_id")); err != nil {
		return nil, err
	}
	cancelled, err := f.runs.change(ctx, r.PathValue("run_id"), func(r *run) bool {
		if r.State.Ended() || r.State == RunPublishing {
			return false
		}
		r.State, r.EndedAt = RunCancelled, f.now().UTC()
		return true
	})
	if err != nil {
		return nil, err
	}
	if cancelled.State == RunPublishing || cancelled.State == RunPublished {
		return nil, runNotCancellable(cancelled.State)
	}
	if err := f.finish(ctx, cancelled); err != nil {
		f.log.LogAttrs(ctx, slog.LevelWarn, "the end of an export is left to the sweep", slog.String("run", cancelled.ID), slog.Any("cause", err))
	}
	return handler.OK(cancelled.status(f.now())), nil
}

// showExport answers the manifest byte for byte, because its hash counts.
func (f *function) showExport(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	cycle := r.PathValue("cycle")
	if _, err := bill.ParseCycle(cycle); err != nil || !cyclePattern.MatchString(cycle) {
		return nil, cycleMalformed()
	}
	manifest, err := publication.Read(ctx, f.objects, cycle)
	if errors.Is(err, publication.ErrNotPublished) {
		return nil, exportNotFound(cycle)
	}
	if err != nil {
		return nil, err
	}
	return &handler.Response{Body: manifest, Header: http.Header{"Content-Type": {"application/json"}}}, nil
}

// scheduledMonth exports the month before this one, or what the payload asks for.
func (f *function) scheduledMonth(ctx context.Context, payload json.RawMessage) error {
	return f.scheduled(ctx, "monthly", payload, bill.CycleAt(f.now()).Plus(-1))
}

// scheduledDay exports this month as it is, and the one before until its final export is
// published: the monthly schedule may have come while another run worked, or its run
// have failed.
func (f *function) scheduledDay(ctx context.Context, payload json.RawMessage) error {
	current := bill.CycleAt(f.now())
	before := current.Plus(-1)
	err := f.scheduled(ctx, "daily", payload, current)
	final, errBefore := f.runs.final(ctx, before.String())
	if errBefore == nil && !final {
		errBefore = f.scheduled(ctx, "daily", payload, before)
	}
	return errors.Join(err, errBefore)
}

// scheduled begins one run a day and cycle, however often the timer strikes, where the
// site has anything to export.
func (f *function) scheduled(ctx context.Context, name string, payload json.RawMessage, c bill.Cycle) error {
	in := RunRequest{Cycle: c.String()}
	if len(payload) > 0 {
		if err := (&handler.Request{Body: payload}).Decode(&in); err != nil {
			return err
		}
	}
	today := f.now().UTC().Add(8 * time.Hour).Format(time.DateOnly) // GMT+8, as cycles are
	_, err := f.begin(ctx, in, runIDOf(name, in.Cycle, today))
	if errors.Is(err, bss.ErrNotOnSite) {
		return nil
	}
	return err
}

// queued does a task, or begins a run that is asked for.
func (f *function) queued(ctx context.Context, m handler.Message) error {
	var kind struct {
		Task string `json:"task"`
	}
	if json.Unmarshal(m.Body, &kind) != nil || kind.Task == "" {
		var in RunRequest
		if err := (&handler.Request{Body: m.Body}).Decode(&in); err != nil {
			return err
		}
		_, err := f.begin(ctx, in, runIDOf("queue", m.ID))
		return err
	}
	var t task
	if err := (&handler.Request{Body: m.Body}).Decode(&t); err != nil {
		return err
	}
	err := f.perform(ctx, t)
	if _, busy := errors.AsType[*busyError](err); busy {
		return nil // its own message comes again if the other worker does not
	}
	if ctx.Err() != nil {
		return err // the edge says best that the time was used up
	}
	return functions.Problem(err)
}
