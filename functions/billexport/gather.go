package billexport

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/reconciliation"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
)

// gatherers is how many parts are looked up at the same time: a store in a cloud takes
// some 10 ms for each, and there are up to 5,000.
const gatherers = 16

// gathered is what is known of a run when all bills are fetched.
type gathered struct {
	// Parts are the objects of each customer of the plan, in its order.
	Parts [][]partObject `json:"parts"`
	// Tally is the object of what the records add up to.
	Tally string `json:"tally"`
	// Units are the pieces of files to write.
	Units          []unit                `json:"units"`
	Reconciliation reconciliation.Result `json:"reconciliation"`
	// Compared is the table of what was compared.
	Compared partObject `json:"compared"`
	// State is what the export will be.
	State publication.State `json:"state"`
}

// gather puts together what the parts of a run are, and compares it with Huawei Cloud's
// monthly sums as they are now: everything after it depends on nothing else any more.
func (f *function) gather(ctx context.Context, h *held) (*workResult, error) {
	p, err := f.planOf(ctx, h.run)
	if err != nil {
		return nil, err
	}
	g := gathered{Parts: make([][]partObject, len(p.Customers))}
	if err := f.collect(ctx, h, g.Parts); err != nil {
		return nil, err
	}
	sum, err := f.merge(ctx, h, g.Parts)
	if err != nil {
		return nil, err
	}
	written, err := f.writeResult(ctx, h, "tally", sum, 0)
	if err != nil {
		return nil, err
	}
	g.Tally = written.Objects[0].Name
	if g.Reconciliation, g.Compared, err = f.reconcile(ctx, h, p, g.Parts, sum); err != nil {
		return nil, err
	}
	g.State = stateOf(&h.run, g.Reconciliation.Agrees && sum.Broken().Count == 0)
	g.Units = unitsOf(h.run.Request.Formats, g.Parts)
	return f.writeResult(ctx, h, "gathered", g, len(g.Units))
}

func stateOf(r *run, agrees bool) publication.State {
	switch {
	case !r.settled():
		return publication.Estimated
	case agrees:
		return publication.Final
	default:
		return publication.FinalWithDifferences
	}
}

// collect looks up the objects of all parts.
func (f *function) collect(ctx context.Context, h *held, all [][]partObject) error {
	return inParallel(len(all), func(i int) error {
		t := task{Run: h.run.ID, Task: taskFetch, Part: i}
		doc, err := f.works.Get(ctx, workKey(t))
		if err == nil && doc.Value.Result == nil {
			err = errors.New("it has no result")
		}
		if err != nil {
			return fmt.Errorf("look up the task %s: %w", t.key(), err)
		}
		all[i] = doc.Value.Result.Objects
		return nil
	})
}

// merge adds up the tallies of all parts.
func (f *function) merge(ctx context.Context, h *held, all [][]partObject) (*tally.Tally, error) {
	sum := tally.New()
	var mu sync.Mutex
	err := inParallel(len(all), func(i int) error {
		for _, part := range all[i] {
			one := tally.New()
			if err := f.readJSON(ctx, part.Tally, one); err != nil {
				return err
			}
			mu.Lock()
			sum.Merge(one)
			err := h.keep(ctx)
			mu.Unlock()
			if err != nil {
				return err
			}
		}
		return nil
	})
	return sum, err
}

// inParallel calls do with the numbers from 0 to n-1, several at a time, and ends after
// an error.
func inParallel(n int, do func(i int) error) error {
	next := make(chan int)
	errs := make([]error, min(n, gatherers))
	var workers sync.WaitGroup
	for w := range errs {
		workers.Go(func() {
			for i := range next {
				if errs[w] == nil {
					errs[w] = do(i)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	workers.Wait()
	return errors.Join(errs...)
}

// gatheredOf reads what was gathered.
func (f *function) gatheredOf(ctx context.Context, r run) (*gathered, error) {
	g := &gathered{}
	if err := f.readJSON(ctx, r.Gathered, g); err != nil {
		return nil, fmt.Errorf("read what was gathered for run %s: %w", r.ID, err)
	}
	return g, nil
}
