package billexport_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// deliver gives the function the tasks that it sends, one after the other, as long as
// there are some and while says so.
func (w *world) deliver(s *sent, while func(task string) bool) {
	w.t.Helper()
	for len(s.bodies) > 0 && while(string(s.bodies[0])) {
		body := s.bodies[0]
		s.bodies = s.bodies[1:]
		require.NoError(w.t, w.door().Message(w.t.Context(), "exports", handler.Message{ID: "1", Body: body}))
	}
}

// until lets all tasks pass but those of a kind and after it.
func until(kind string) func(string) bool {
	return func(task string) bool { return !strings.Contains(task, `"`+kind+`"`) }
}

// A task that panics is not sent for ever.
func TestAPanicIsAFailure(t *testing.T) {
	t.Parallel()
	w, p := newPlace(t, nil)
	w.customer("resale", huawei.AssociationResale, february, 1)
	var panics atomic.Int64
	p.before = func(name string) {
		if strings.Contains(name, "/parts/") {
			panics.Add(1)
			panic("a bug")
		}
	}
	reason := w.failedRun(february)
	assert.Equal(t, "workers_died", reason.Code)
	assert.NotContains(t, reason.Detail, "a bug", "it is for the log")
	assert.EqualValues(t, 10, panics.Load())
}

// Nor is one whose worker dies of it, or has not enough time, each time.
func TestATaskWithoutAnEndEndsTheRun(t *testing.T) {
	t.Parallel()
	for name, dies := range map[string]bool{"its time is up": false, "it dies": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.customer("resale", huawei.AssociationResale, february, 1)
			tasks := &sent{}
			w.open(billexport.Platform{Tasks: tasks})
			run := w.ask(runOf(february))
			w.deliver(tasks, until("fetch"))
			require.Len(t, tasks.bodies, 1)
			fetch := handler.Message{ID: "1", Body: tasks.bodies[0]}
			if dies {
				w.rows.refuse = func(row ledger.Row) error {
					if row.Kind == "document/export-task" && !strings.Contains(string(row.Body), "lease_until") {
						return errors.New("who is dead gives nothing back")
					}
					return nil
				}
			}
			try := func() error {
				ctx, end := context.WithCancel(t.Context())
				defer end()
				w.before = func(*http.Request) { end() }
				w.clock.Advance(5 * time.Minute)
				return w.door().Message(ctx, "exports", fetch)
			}
			tries := 0
			for tries < 100 && try() != nil {
				tries++
			}
			assert.Equal(t, 30, tries)
			failed := w.ended(run.RunID)
			require.NotNil(t, failed.Reason)
			assert.Equal(t, "workers_died", failed.Reason.Code)
			assert.Contains(t, failed.Reason.Detail, id)
		})
	}
}

// A call that times out is not a worker whose time is up.
func TestATimeOutOfACallIsAFailure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 1)
	var calls atomic.Int64
	w.cut = func(r *http.Request) error {
		if !strings.HasSuffix(r.URL.Path, "/res-fee-records") {
			return nil
		}
		calls.Add(1)
		return context.DeadlineExceeded // as those of net/http say that they are
	}
	assert.Equal(t, "upstream_unavailable", w.failedRun(february).Code)
	assert.EqualValues(t, 10*5, calls.Load())
}

func TestAnAnswerThatCannotBeReadIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.customer("resale", huawei.AssociationResale, february, 5)
	w.alter = func(r *http.Request, page *feePage) {
		if r.URL.Query().Get("offset") == "3" {
			page.Records[1]["cash_amount"] = "1,23"
		}
	}
	reason := w.failedRun(february)
	assert.Equal(t, "bills_unreadable", reason.Code)
	assert.Contains(t, reason.Detail, "customer "+id)
	assert.Contains(t, reason.Detail, "record 4")
	assert.Contains(t, reason.Detail, "1,23")
	assert.Empty(t, w.files())
}

// The ledger may fail just when an export is published: that one is not taken back.
func TestWhatIsPublishedIsNotFailed(t *testing.T) {
	t.Parallel()
	for name, denied := range map[string]error{"noted late": nil, "nobody can look": objects.ErrDenied} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p := newPlace(t, nil)
			w.customer("resale", huawei.AssociationResale, february, 5)
			w.rows.refuse = func(row ledger.Row) error {
				if !strings.HasSuffix(row.Key, "/publish") || !strings.Contains(string(row.Body), `"result"`) {
					return nil
				}
				p.setUnreadable(denied) // from when it is published
				return errors.New("the ledger is not there")
			}
			run := w.ask(runOf(february))
			if denied == nil {
				assert.Equal(t, billexport.RunPublished, w.ended(run.RunID).State)
			} else {
				assert.Equal(t, billexport.RunFailed, w.finallyEnded(run.RunID).State)
			}
			p.setUnreadable(nil)
			w.clock.Advance(2 * time.Hour)
			require.NoError(t, w.door().Schedule(t.Context(), "sweep", nil))
			assert.Equal(t, run.RunID, w.published(february).RunID)
			for _, name := range w.files() {
				assert.False(t, strings.HasPrefix(name, ".work/"), name)
			}
			w.rows.refuse = nil
			assert.Equal(t, run.RunID, w.export(february).Supersedes.RunID)
		})
	}
}

// So it is with what comes of subscribed files.
func TestWhatIsPublishedOfSubscribedFilesIsNotFailed(t *testing.T) {
	t.Parallel()
	w := newAbroad(t)
	_, err := w.cloud.AddConsumers(february, 1, 3)
	require.NoError(t, err)
	_, err = w.cloud.DeliverSubscribedFiles(february)
	require.NoError(t, err)
	w.store = &rows{Store: w.store, refuse: func(row ledger.Row) error {
		if strings.HasSuffix(row.Key, "/publish") && strings.Contains(string(row.Body), `"result"`) {
			return errors.New("the ledger is not there")
		}
		return nil
	}}
	w.open(billexport.Platform{})
	assert.Equal(t, 3, w.subscribed().Archives[0].Rows)
}

// finallyEnded waits for the end of a run that cannot be cleared up.
func (w *world) finallyEnded(id string) billexport.RunStatus {
	w.t.Helper()
	var r billexport.RunStatus
	require.Eventually(w.t, func() bool {
		_, text := w.call(http.MethodGet, "/billexport/runs/"+id, "")
		return json.Unmarshal(text, &r) == nil && r.State.Ended()
	}, 20*time.Second, time.Millisecond)
	return r
}

// Customers with few records are many files: a worker that writes them keeps its lease.
func TestAWorkerOfManySmallFilesKeepsItsLease(t *testing.T) {
	t.Parallel()
	tasks := &sent{}
	w, p := newPlace(t, tasks)
	for _, name := range []string{"resale-1", "resale-2", "resale-3", "resale-4", "resale-5", "resale-6"} {
		w.customer(name, huawei.AssociationResale, february, 1)
	}
	run := w.ask(`{"cycle":"2026-02","formats":["statements"]}`)
	files := 0
	p.before = func(name string) {
		if strings.Contains(name, "/statements/") {
			files++
			w.spendAMinuteOf(run.RunID + "/render/0/0")
		}
	}
	w.deliver(tasks, until("nothing"))
	assert.Equal(t, billexport.RunPublished, w.ended(run.RunID).State)
	assert.Equal(t, 6, files)
}

// Monthly sums of many customers take long to read.
func TestAWorkerThatReadsManySumsKeepsItsLease(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 10 {
		w.customer(fmt.Sprintf("resale-%d", i), huawei.AssociationResale, february, 6)
	}
	tasks := &sent{}
	w.open(billexport.Platform{Tasks: tasks})
	run := w.ask(runOf(february))
	pages := 0
	w.before = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/subcustomer-bills/monthly-sum") {
			pages++
			w.spendAMinuteOf(run.RunID + "/gather")
		}
	}
	w.deliver(tasks, until("nothing"))
	assert.Equal(t, billexport.RunPublished, w.ended(run.RunID).State)
	assert.Greater(t, pages, 6)
}

// spendAMinuteOf lets time pass while a worker is at a task that no other may take.
func (w *world) spendAMinuteOf(task string) {
	w.t.Helper()
	row, err := w.rows.Get(w.t.Context(), "document/export-task", task)
	require.NoError(w.t, err)
	var work struct {
		LeaseUntil time.Time `json:"lease_until"`
	}
	require.NoError(w.t, json.Unmarshal(row.Body, &work))
	assert.True(w.t, w.clock.Now().Before(work.LeaseUntil), "another worker could take the task %s", task)
	w.clock.Advance(time.Minute)
}

// All files of a run are of the configuration that it was planned with, also where others
// go on.
func TestARunKeepsItsConfiguration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 3)
	tasks := &sent{}
	w.cfg.PartnerName = "Old Name"
	w.open(billexport.Platform{Tasks: tasks})
	run := w.ask(runOf(february))
	w.deliver(tasks, until("gather"))
	w.cfg.PartnerName = "New Name"
	w.open(billexport.Platform{Tasks: tasks})
	w.deliver(tasks, until("nothing"))
	assert.Equal(t, billexport.RunPublished, w.ended(run.RunID).State)
	page := string(w.read(file(t, w.published(february), "report").Path))
	assert.Contains(t, page, "Old Name")
	assert.NotContains(t, page, "New Name")
}

// Who takes longer than a minute to begin a run may find another one in its place.
func TestRunsThatBeginAtOnceExcludeEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 5)
	tasks := &sent{}
	w.open(billexport.Platform{Tasks: tasks})
	begun := false
	var second billexport.RunStatus
	w.rows.refuse = func(row ledger.Row) error {
		if row.Kind == "document/export-run" && !begun {
			begun = true
			assert.Equal(t, "run_in_progress", w.refused(http.MethodPost, "/billexport/runs", runOf(february)).Code)
			w.clock.Advance(time.Minute)
			second = w.ask(runOf(february))
		}
		return nil
	}
	first := w.ask(runOf(february))
	assert.Equal(t, billexport.RunCancelled, first.State)
	w.deliver(tasks, until("nothing"))
	assert.Equal(t, billexport.RunPublished, w.ended(second.RunID).State)
	assert.Equal(t, second.RunID, w.published(february).RunID)
}

// The bills of last month are exported until nothing of them changes any more, also where
// the monthly schedule could not begin its run, or that failed.
func TestTheDailyScheduleEndsWithTheFinalExport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 5)
	day := func(month, n int) publication.Manifest {
		w.clock.Set(time.Date(2026, time.Month(month), n, 22, 0, 0, 0, time.UTC)) // the next day's 6:00 in GMT+8
		require.NoError(t, w.door().Schedule(t.Context(), "daily", nil))
		for _, r := range w.list("") {
			w.ended(r.RunID)
		}
		return w.published(february)
	}
	assert.Equal(t, publication.Estimated, day(3, 3).State)
	final := day(3, 4)
	assert.Equal(t, publication.Final, final.State, "nobody has called the monthly schedule")
	assert.Equal(t, final, day(3, 5))
	assert.Equal(t, final, day(3, 6))
}

// A run whose end cannot be cleared up, because of an error of the program, is not in the
// way of others, neither in a sweep nor in a process that starts.
func TestASweepIsNotBrokenOff(t *testing.T) {
	t.Parallel()
	tasks := &sent{}
	w, p := newPlace(t, tasks)
	broken := w.ask(runOf("2026-01")).RunID
	w.clock.Advance(time.Minute)
	sound := w.ask(runOf(february)).RunID
	p.listed = func(prefix string) {
		if strings.Contains(prefix, broken) {
			panic("a bug")
		}
	}
	status, _ := w.call(http.MethodPost, "/billexport/runs/"+broken+"/cancel", "")
	require.Equal(t, http.StatusInternalServerError, status)
	w.clock.Advance(10 * time.Minute)
	tasks.bodies = nil
	require.ErrorContains(t, w.door().Schedule(t.Context(), "sweep", nil), "a bug")
	require.Len(t, tasks.bodies, 1)
	assert.Contains(t, string(tasks.bodies[0]), sound)
	w.open(billexport.Platform{Open: func(string) (objects.Store, error) { return p, nil }})
	assert.Equal(t, billexport.RunPublished, w.ended(sound).State)
}

// A place that runs were to publish in may be gone from the configuration.
func TestADestinationThatIsGoneEndsItsRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	folder := "file:" + t.TempDir()
	w.cfg.Destinations = billexport.Destinations{"other": folder}
	w.open(billexport.Platform{Tasks: nowhere{}})
	run := w.ask(`{"cycle":"2026-02","destination":"other"}`)
	w.cfg.Destinations = nil
	w.open(billexport.Platform{})
	failed := w.ended(run.RunID)
	require.NotNil(t, failed.Reason)
	assert.Equal(t, "destination_unknown", failed.Reason.Code)
	w.clock.Advance(2 * time.Hour)
	require.NoError(t, w.door().Schedule(t.Context(), "sweep", nil))
}

// The clocks of workers are not the same.
func TestWhatIsLeftToDoTakesNoNegativeTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"resale-1", "resale-2"} {
		w.customer(name, huawei.AssociationResale, february, 1)
	}
	tasks := &sent{}
	w.open(billexport.Platform{Tasks: tasks})
	id := w.ask(runOf(february)).RunID
	w.deliver(tasks, func(string) bool { return len(tasks.bodies) < 2 }) // the plan
	w.deliver(tasks, func(string) bool { return len(tasks.bodies) > 1 }) // one customer
	w.clock.Set(w.clock.Now().Add(-time.Hour))
	run := w.list("")[0]
	require.Equal(t, id, run.RunID)
	require.NotNil(t, run.RemainingSeconds)
	assert.Zero(t, *run.RemainingSeconds)
}
