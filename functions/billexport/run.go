package billexport

import "time"

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

// RunStatus is a run as it is answered.
type RunStatus struct {
	RunID string   `json:"run_id"`
	State RunState `json:"state"`
	RunRequest
	// Partial says that the run is of some customers only: it is published beside the
	// cycle's export, not in its place.
	Partial   bool       `json:"partial"`
	CreatedAt time.Time  `json:"created_at"`
	EndedAt   *time.Time `json:"ended_at"`
	// Parts are customers to fetch, or in the state rendering pieces to write; both
	// are 0 until they are known.
	Parts     int   `json:"parts"`
	PartsDone int   `json:"parts_done"`
	Rows      int64 `json:"rows"`
	// RowsPerSecond is since the run began to fetch. RemainingSeconds is null where
	// nothing can be said.
	RowsPerSecond    int  `json:"rows_per_second"`
	RemainingSeconds *int `json:"remaining_seconds"`
	// Manifest is the name of the manifest of a published run.
	Manifest string `json:"manifest,omitempty"`
	// Reason says why a run failed, and Next what to do about it.
	Reason *RunReason `json:"reason,omitempty"`
}

// RunReason says why a run failed.
type RunReason struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Next   string `json:"next"`
}
