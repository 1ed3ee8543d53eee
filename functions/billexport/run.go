package billexport

import (
	"math/bits"
	"time"
)

// RunState says how far a run is.
type RunState string

// The states of a run. The last three are its end.
const (
	RunPlanned    RunState = "planned"
	RunFetching   RunState = "fetching"
	RunRendering  RunState = "rendering"
	RunPublishing RunState = "publishing"
	RunPublished  RunState = "published"
	RunFailed     RunState = "failed"
	RunCancelled  RunState = "cancelled"
)

// Ended reports whether nothing more happens in the run.
func (s RunState) Ended() bool {
	return s == RunPublished || s == RunFailed || s == RunCancelled
}

// RunRequest asks for the export of a cycle.
type RunRequest struct {
	Cycle string `json:"cycle"`
	// Customers are those to export; all who consumed where it is empty.
	Customers []string `json:"customers,omitempty"`
	// Formats are what to write, Destination where to, and Headings the language of
	// headings; the configuration's where they are empty.
	Formats     []string `json:"formats,omitempty"`
	Destination string   `json:"destination,omitempty"`
	Headings    string   `json:"headings,omitempty"`
}

// partial reports whether the run is of some customers only.
func (r RunRequest) partial() bool { return len(r.Customers) > 0 }

// RunKind says what a run publishes.
type RunKind string

// The kinds of runs.
const (
	// RunExport publishes the bills of a cycle.
	RunExport RunKind = "export"
	// RunSubscribed publishes the files that the partner subscribes to, and where they
	// and the API differ.
	RunSubscribed RunKind = "subscribed"
)

// RunReason says why a run failed.
type RunReason struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Next   string `json:"next"`
}

// RunStatus is a run as it is answered.
type RunStatus struct {
	RunID string   `json:"run_id"`
	Kind  RunKind  `json:"kind"`
	State RunState `json:"state"`
	RunRequest
	// Partial says that the run is of some customers only: it is published beside the
	// cycle's export, not in its place.
	Partial   bool       `json:"partial"`
	CreatedAt time.Time  `json:"created_at"`
	EndedAt   *time.Time `json:"ended_at"`
	// Parts are customers to fetch, the archives of subscribed files among them, or in
	// the state rendering pieces to write; both are 0 until they are known.
	Parts     int   `json:"parts"`
	PartsDone int   `json:"parts_done"`
	Rows      int64 `json:"rows"`
	// RowsPerSecond is since the run began to fetch, until that ended.
	// RemainingSeconds is what the parts to come take if they are like those before,
	// null where nothing can be said.
	RowsPerSecond    int  `json:"rows_per_second"`
	RemainingSeconds *int `json:"remaining_seconds"`
	// Manifest is the name of the manifest of a published run.
	Manifest string `json:"manifest,omitempty"`
	// Reason says why a run failed.
	Reason *RunReason `json:"reason,omitempty"`
}

// run is what is kept of a run. It stays small whatever the run's size: what is long is
// in objects.
type run struct {
	ID      string     `json:"id"`
	Request RunRequest `json:"request"`
	State   RunState   `json:"state"`
	// Subscribed says that the run is one of subscribed files.
	Subscribed bool `json:"subscribed,omitempty"`

	CreatedAt time.Time `json:"created_at"`
	FetchFrom time.Time `json:"fetch_from,omitzero"`
	FetchTo   time.Time `json:"fetch_to,omitzero"`
	EndedAt   time.Time `json:"ended_at,omitzero"`

	// Plan and Gathered are objects, empty until they are written.
	Plan     string `json:"plan,omitempty"`
	Gathered string `json:"gathered,omitempty"`
	// Parts are customers to fetch, Units pieces to write.
	Parts    int     `json:"parts,omitempty"`
	Done     numbers `json:"done,omitempty"`
	Rows     int64   `json:"rows,omitempty"`
	Units    int     `json:"units,omitempty"`
	Rendered numbers `json:"rendered,omitempty"`

	Manifest string     `json:"manifest,omitempty"`
	Reason   *RunReason `json:"reason,omitempty"`
	// Told says that the end was announced, ClearedAt when what the run worked with was
	// removed the last time.
	Told      bool      `json:"told,omitempty"`
	ClearedAt time.Time `json:"cleared_at,omitzero"`
}

// place is what runs work at one after the other: a cycle, and beside it the subscribed
// files of the cycle.
func (r *run) place() string {
	if r.Subscribed {
		return subscribedPlace(r.Request.Cycle)
	}
	return r.Request.Cycle
}

func subscribedPlace(cycle string) string { return "subscribed/" + cycle }

// numbers is a set of numbers from 0.
type numbers []byte

func (n numbers) has(i int) bool { return i/8 < len(n) && n[i/8]&(1<<(i%8)) != 0 }

// add adds a number, and says whether it is new.
func (n *numbers) add(i int) bool {
	if n.has(i) {
		return false
	}
	for len(*n) <= i/8 {
		*n = append(*n, 0)
	}
	(*n)[i/8] |= 1 << (i % 8)
	return true
}

func (n numbers) count() int {
	total := 0
	for _, b := range n {
		total += bits.OnesCount8(b)
	}
	return total
}

// missing are the tasks that are to be done next.
func (r *run) missing() []task {
	var tasks []task
	add := func(kind string, all int, done numbers) {
		for i := range all {
			if !done.has(i) {
				tasks = append(tasks, task{Run: r.ID, Task: kind, Part: i})
			}
		}
	}
	switch r.State {
	case RunPlanned:
		return []task{{Run: r.ID, Task: taskPlan}}
	case RunFetching:
		if add(taskFetch, r.Parts, r.Done); len(tasks) == 0 {
			return []task{{Run: r.ID, Task: taskGather}}
		}
	case RunRendering:
		add(taskRender, r.Units, r.Rendered)
	case RunPublishing:
		return []task{{Run: r.ID, Task: taskPublish}}
	case RunPublished, RunFailed, RunCancelled: // nothing more is to be done
	}
	return tasks
}

// wants reports whether the run is where such a task is of use.
func (r *run) wants(t task) bool {
	switch t.Task {
	case taskPlan:
		return r.State == RunPlanned
	case taskFetch:
		return r.State == RunFetching && t.Part < r.Parts && !r.Done.has(t.Part)
	case taskGather:
		return r.State == RunFetching && r.Done.count() == r.Parts
	case taskRender:
		return r.State == RunRendering && t.Part < r.Units && !r.Rendered.has(t.Part)
	case taskPublish:
		return r.State == RunPublishing
	}
	return false
}

// status is the run as it is answered at an instant.
func (r *run) status(now time.Time) RunStatus {
	s := RunStatus{
		RunID: r.ID, Kind: RunExport, State: r.State, RunRequest: r.Request, Partial: r.Request.partial(), CreatedAt: r.CreatedAt,
		Parts: r.Parts, PartsDone: r.Done.count(), Rows: r.Rows, Manifest: r.Manifest, Reason: r.Reason,
	}
	if r.Subscribed {
		s.Kind = RunSubscribed
	}
	if r.State == RunRendering || r.State == RunPublishing {
		s.Parts, s.PartsDone = r.Units, r.Rendered.count()
	}
	if r.State.Ended() {
		s.EndedAt = &r.EndedAt
	}
	if r.FetchFrom.IsZero() {
		return s
	}
	until := now
	if !r.FetchTo.IsZero() {
		until = r.FetchTo
	} else if !r.EndedAt.IsZero() {
		until = r.EndedAt
	}
	if took := until.Sub(r.FetchFrom); took > 0 {
		s.RowsPerSecond = int(r.Rows * int64(time.Second) / int64(took))
	}
	if !r.State.Ended() && s.PartsDone > 0 {
		began := r.FetchFrom
		if !r.FetchTo.IsZero() {
			began = r.FetchTo
		}
		left := max(now.Sub(began), 0) * time.Duration(s.Parts-s.PartsDone) / time.Duration(s.PartsDone)
		seconds := int((left + time.Second - 1) / time.Second)
		s.RemainingSeconds = &seconds
	}
	return s
}
