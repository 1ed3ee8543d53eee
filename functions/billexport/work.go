package billexport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// leaseTerm is how long a worker that was killed keeps others from its task.
	leaseTerm = 3 * time.Minute
	// maxFailures is after how many failures of one task its run has failed, and
	// maxAttempts after how many tries: of some nobody told how they ended, because the
	// worker died or its time was up.
	maxFailures = 10
	maxAttempts = 30
	workTerm    = 30 * 24 * time.Hour
)

// work is what is kept of a task: who is at it, and its result. The first result wins.
type work struct {
	LeaseUntil time.Time `json:"lease_until,omitzero"`
	Attempts   int       `json:"attempts,omitempty"`
	Failures   int       `json:"failures,omitempty"`
	LastError  string    `json:"last_error,omitempty"`
	// Split is there where the bills of a customer are fetched in ranges of days.
	Split *split `json:"split,omitempty"`
	// Whole says that they were, and did not add up: they are fetched in one.
	Whole  bool        `json:"whole,omitempty"`
	Result *workResult `json:"result,omitempty"`
}

// workResult is what a task has made.
type workResult struct {
	// Objects are what it wrote, with the rows of each.
	Objects []partObject `json:"objects,omitempty"`
	Rows    int64        `json:"rows,omitempty"`
	// Count is the number of tasks of the next kind.
	Count int `json:"count,omitempty"`
}

// partObject is an object of rows, with the tally of them.
type partObject struct {
	Name  string `json:"name"`
	Tally string `json:"tally,omitempty"`
	Rows  int    `json:"rows,omitempty"`
}

// busyError says that another worker is at the task.
type busyError struct{ until time.Time }

func (e *busyError) Error() string {
	return "another worker is at the task, until " + e.until.Format(time.RFC3339)
}

// errLost says that another worker has taken the task over.
var errLost = errors.New("another worker has taken the task over")

// held is a task that this worker is at.
type held struct {
	f       *function
	run     run
	task    task
	doc     ledger.Document[work]
	renewAt time.Time
}

func workKey(t task) string { return t.Run + "/" + t.key() }

// hold takes a task, unless it is done or another worker is at it.
func (f *function) hold(ctx context.Context, r run, t task) (*held, error) {
	doc, err := f.works.Get(ctx, workKey(t))
	if errors.Is(err, ledger.ErrNotFound) {
		doc, err = ledger.Document[work]{Key: workKey(t)}, nil
	}
	if err != nil {
		return nil, err
	}
	h := &held{f: f, run: r, task: t, doc: doc}
	if doc.Value.Result != nil || doc.Value.Split != nil {
		return h, nil
	}
	if now := f.now(); now.Before(doc.Value.LeaseUntil) {
		return nil, &busyError{doc.Value.LeaseUntil}
	}
	h.doc.Value.Attempts++
	if h.doc.Value.Attempts > maxAttempts {
		return nil, fatal(workersDied,
			fmt.Sprintf("The task %s%s was begun %d times and had no end: its workers died, or their time was up.", t.key(), f.whose(ctx, r, t), maxAttempts),
			"See the log for what ends the workers, such as their memory or their time, and report it.")
	}
	err = h.renew(ctx)
	if errors.Is(err, errLost) {
		return nil, &busyError{f.now().Add(leaseTerm)}
	}
	return h, err
}

// whose names the customer whose bills a task fetches, if that can be found out.
func (f *function) whose(ctx context.Context, r run, t task) string {
	if t.Task != taskFetch {
		return ""
	}
	p, err := f.planOf(ctx, r)
	if err != nil || t.Part < len(p.Archives) {
		return ""
	}
	return " of customer " + p.Customers[t.Part-len(p.Archives)].ID
}

// keep renews the lease when half of its term is over. It costs nothing otherwise.
func (h *held) keep(ctx context.Context) error {
	if h.f.now().Before(h.renewAt) {
		return nil
	}
	return h.confirm(ctx)
}

// confirm renews the lease, or fails with errLost where another worker has the task by
// now, or the run has ended.
func (h *held) confirm(ctx context.Context) error {
	r, err := h.f.runs.get(ctx, h.run.ID)
	if err != nil {
		return err
	}
	if r.State.Ended() {
		return errLost
	}
	return h.renew(ctx)
}

func (h *held) renew(ctx context.Context) error {
	now := h.f.now()
	h.doc.Value.LeaseUntil, h.renewAt = now.Add(leaseTerm), now.Add(leaseTerm/2)
	return h.put(ctx)
}

// put writes what is known of the task, or fails with errLost where another worker has
// written meanwhile.
func (h *held) put(ctx context.Context) error {
	h.doc.ExpiresAt = h.f.now().Add(workTerm)
	doc, err := h.f.works.Put(ctx, h.doc)
	if errors.Is(err, ledger.ErrVersion) || errors.Is(err, ledger.ErrExists) {
		return errLost
	}
	if err != nil {
		return err
	}
	h.doc = doc
	return nil
}

// finish keeps the result, unless another worker was first: then its result stands, and
// what this one has written goes.
func (h *held) finish(ctx context.Context, result *workResult) error {
	for range maxChanges {
		h.doc.Value.Result, h.doc.Value.LeaseUntil = result, time.Time{}
		err := h.put(ctx)
		if !errors.Is(err, errLost) {
			return err
		}
		if h.doc, err = h.f.works.Get(ctx, h.doc.Key); err != nil {
			return err
		}
		if h.doc.Value.Result != nil {
			return h.drop(ctx, result)
		}
	}
	return fmt.Errorf("keep the result of %s: others write it all the time", h.doc.Key)
}

// drop removes what a worker has written that was second.
func (h *held) drop(ctx context.Context, result *workResult) error {
	stands := map[string]bool{}
	for _, o := range h.doc.Value.Result.Objects {
		stands[o.Name], stands[o.Tally] = true, true
	}
	var errs []error
	for _, o := range result.Objects {
		for _, name := range []string{o.Name, o.Tally} {
			if name != "" && !stands[name] {
				errs = append(errs, h.f.objects.Delete(ctx, name))
			}
		}
	}
	return errors.Join(errs...)
}

// release gives a task back that has failed. A worker whose time was up has not failed.
func (h *held) release(ctx context.Context, cause error) error {
	h.doc.Value.LeaseUntil = time.Time{}
	if ctx.Err() == nil {
		h.doc.Value.Failures++
		h.doc.Value.LastError = clipped(cause.Error())
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	err := h.put(ctx)
	if errors.Is(err, errLost) {
		return nil
	}
	return err
}

// releaseTimeout bounds giving a task back, which must survive a caller that has gone.
const releaseTimeout = 10 * time.Second

func clipped(text string) string {
	const most = 500
	return string([]rune(text)[:min(most, len([]rune(text)))])
}

// readJSON reads an object that this function wrote.
func (f *function) readJSON(ctx context.Context, name string, v any) error {
	const limit = 256 << 20
	data, _, err := f.objects.Get(ctx, name, limit)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}

// writeJSON writes an object, in the place of one of that name.
func (f *function) writeJSON(ctx context.Context, name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	return f.writeObject(ctx, name, data)
}

func (f *function) writeObject(ctx context.Context, name string, data []byte) error {
	w, err := f.objects.Create(ctx, name)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	if err == nil {
		err = w.Commit()
	}
	return errors.Join(err, w.Close())
}
