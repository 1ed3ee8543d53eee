package billexport

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// lookAgain is after how long without progress the tasks of a run are sent again,
	// and what its end has left is tried again.
	lookAgain = 5 * time.Minute
	// clearAgain is how long after its end it is removed once more what a run worked
	// with: by then nobody is at work for it any more.
	clearAgain = time.Hour
	// runsKept is how many runs of a cycle are listed.
	runsKept = 50
	// runTerm is how long runs are remembered.
	runTerm = 550 * 24 * time.Hour
	// beginTerm is how long a run may take from its place in its cycle to its document.
	beginTerm = time.Minute
	// maxChanges bounds the tries to write over others.
	maxChanges = 1000
)

// cycleRuns are the runs of a cycle, the newest first. One at a time works.
type cycleRuns struct {
	Runs []string  `json:"runs"`
	At   time.Time `json:"at"`
}

// runStore keeps runs.
type runStore struct {
	runs   *ledger.Documents[run]
	cycles *ledger.Documents[cycleRuns]
	now    func() time.Time

	mu      sync.Mutex
	changed chan struct{}
}

func newRunStore(rt functions.Runtime) *runStore {
	return &runStore{
		runs:    ledger.NewDocuments[run](rt.Store, "export-run", rt.Clock.Now),
		cycles:  ledger.NewDocuments[cycleRuns](rt.Store, "export-cycle", rt.Clock.Now),
		now:     rt.Clock.Now,
		changed: make(chan struct{}),
	}
}

// next is closed when this process changes a run the next time.
func (s *runStore) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *runStore) notify() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
}

// get returns ledger.ErrNotFound where there is no such run.
func (s *runStore) get(ctx context.Context, id string) (run, error) {
	doc, err := s.runs.Get(ctx, id)
	if err != nil {
		return run{}, fmt.Errorf("run %s: %w", id, err)
	}
	return doc.Value, nil
}

// begin keeps a new run unless another one of its cycle works, which is the problem
// run_in_progress. A run that was begun already is returned as it is.
func (s *runStore) begin(ctx context.Context, r run) (run, error) {
	known, err := s.get(ctx, r.ID)
	if err == nil || !errors.Is(err, ledger.ErrNotFound) {
		return known, err
	}
	if err := s.takeCycle(ctx, r); err != nil {
		return run{}, err
	}
	return s.add(ctx, ledger.Document[run]{Key: r.ID, Value: r, DueAt: s.dueAt(&r), ExpiresAt: s.now().Add(runTerm)})
}

func (s *runStore) takeCycle(ctx context.Context, r run) error {
	for range maxChanges {
		doc, err := s.cycles.Get(ctx, r.place())
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		doc.Key = r.place()
		if busy, err := s.working(ctx, doc.Value, r); err != nil {
			return err
		} else if busy != "" {
			return runInProgress(r.Request.Cycle, busy)
		}
		if len(doc.Value.Runs) == 0 || doc.Value.Runs[0] != r.ID {
			doc.Value.Runs = append([]string{r.ID}, doc.Value.Runs[:min(len(doc.Value.Runs), runsKept-1)]...)
		}
		doc.Value.At = s.now()
		doc.ExpiresAt = s.now().Add(runTerm)
		_, err = s.cycles.Put(ctx, doc)
		if !errors.Is(err, ledger.ErrVersion) && !errors.Is(err, ledger.ErrExists) {
			return err
		}
	}
	return fmt.Errorf("begin run %s of %s: others write its cycle all the time", r.ID, r.Request.Cycle)
}

// working is the run of the cycle that works, other than own; empty for none.
func (s *runStore) working(ctx context.Context, c cycleRuns, own run) (string, error) {
	if len(c.Runs) == 0 || c.Runs[0] == own.ID {
		return "", nil
	}
	r, err := s.get(ctx, c.Runs[0])
	if errors.Is(err, ledger.ErrNotFound) {
		if s.now().Sub(c.At) < beginTerm {
			return c.Runs[0], nil
		}
		r, err = s.giveUp(ctx, c.Runs[0], own)
	}
	if err != nil || r.State.Ended() {
		return "", err
	}
	return r.ID, nil
}

// giveUp cancels a run that has its place before another one and no document: whoever
// began it has died, or finds out as soon as it writes the document.
func (s *runStore) giveUp(ctx context.Context, id string, next run) (run, error) {
	now := s.now().UTC().Truncate(time.Second)
	r := run{
		ID: id, Subscribed: next.Subscribed, Request: RunRequest{Cycle: next.Request.Cycle}, State: RunCancelled, CreatedAt: now, EndedAt: now,
		Told: true, ClearedAt: now, // it has done nothing, and nobody knows of it
	}
	return s.add(ctx, ledger.Document[run]{Key: id, Value: r, ExpiresAt: now.Add(runTerm)})
}

// add keeps a run, or returns the one that is there.
func (s *runStore) add(ctx context.Context, doc ledger.Document[run]) (run, error) {
	_, err := s.runs.Put(ctx, doc)
	if errors.Is(err, ledger.ErrExists) {
		return s.get(ctx, doc.Key)
	}
	return doc.Value, err
}

// list returns the runs of a place, the newest first.
func (s *runStore) list(ctx context.Context, place string) ([]run, error) {
	doc, err := s.cycles.Get(ctx, place)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return nil, err
	}
	var all []run
	for _, id := range doc.Value.Runs {
		r, err := s.get(ctx, id)
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// final reports whether a run has published all bills of a cycle as they do not change
// any more.
func (s *runStore) final(ctx context.Context, cycle string) (bool, error) {
	all, err := s.list(ctx, cycle)
	return slices.ContainsFunc(all, func(r run) bool {
		return r.State == RunPublished && !r.Request.partial() && r.settled()
	}), err
}

// change writes what do makes of a run, over what others write at the same time. A run
// that do leaves alone, by returning false, is not written.
func (s *runStore) change(ctx context.Context, id string, do func(*run) bool) (run, error) {
	for range maxChanges {
		doc, err := s.runs.Get(ctx, id)
		if err != nil {
			return run{}, fmt.Errorf("run %s: %w", id, err)
		}
		if !do(&doc.Value) {
			return doc.Value, nil
		}
		doc.DueAt = s.dueAt(&doc.Value)
		_, err = s.runs.Put(ctx, doc)
		if errors.Is(err, ledger.ErrVersion) {
			continue
		}
		if err != nil {
			return run{}, fmt.Errorf("run %s: %w", id, err)
		}
		s.notify()
		return doc.Value, nil
	}
	return run{}, fmt.Errorf("run %s: others write it all the time", id)
}

// dueAt is when somebody should look at a run again: where nothing has happened for a
// while, and after its end until it is announced and cleared up.
func (s *runStore) dueAt(r *run) time.Time {
	again, last := s.now().Add(lookAgain), r.EndedAt.Add(clearAgain)
	switch {
	case !r.State.Ended() || !r.Told || r.ClearedAt.IsZero():
		return again
	case r.ClearedAt.Before(last) && last.After(again):
		return last
	case r.ClearedAt.Before(last):
		return again
	}
	return time.Time{}
}
