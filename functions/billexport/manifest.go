package billexport

import "time"

const schemaVersion = 1

// State says how far the bills of an export can be relied on.
type State string

// The states of an export.
const (
	// Estimated bills still change: the cycle runs, or is not settled yet.
	Estimated State = "estimated"
	// Final bills no longer change and agree with Huawei Cloud's monthly sums.
	Final State = "final"
	// FinalWithDifferences are bills that no longer change and do not agree.
	FinalWithDifferences State = "final-with-differences"
)

// Manifest describes a published export. What it names is complete; a file that it
// does not name belongs to no export.
type Manifest struct {
	SchemaVersion int    `json:"schema_version"`
	Cycle         string `json:"cycle"`
	State         State  `json:"state"`
	// Currency is that of all amounts, empty where there are none or several.
	Currency    string    `json:"currency"`
	GeneratedAt time.Time `json:"generated_at"`
	Files       []File    `json:"files"`
	// Customers counts those that consumed in the cycle.
	Customers        int              `json:"customers"`
	Sums             []Sum            `json:"sums"`
	CustomerSums     []CustomerSum    `json:"customer_sums"`
	Reconciliation   Reconciliation   `json:"reconciliation"`
	BrokenIdentities BrokenIdentities `json:"broken_identities"`
	// Supersedes is the SHA-256 of the manifest that stood before, null where none
	// did.
	Supersedes *string `json:"supersedes"`
}

// File is a data file of an export.
type File struct {
	Name   string `json:"name"`
	Rows   int    `json:"rows"` // without the header
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Summary is a manifest with its long lists counted.
type Summary struct {
	Cycle            string    `json:"cycle"`
	State            State     `json:"state"`
	Currency         string    `json:"currency"`
	GeneratedAt      time.Time `json:"generated_at"`
	Files            []File    `json:"files"`
	Customers        int       `json:"customers"`
	Sums             []Sum     `json:"sums"`
	Agrees           bool      `json:"agrees"`
	Compared         int       `json:"compared"`
	Differences      int       `json:"differences"`
	BrokenIdentities int       `json:"broken_identities"`
	Supersedes       *string   `json:"supersedes"`
}

func (m Manifest) summary() Summary {
	return Summary{
		Cycle:            m.Cycle,
		State:            m.State,
		Currency:         m.Currency,
		GeneratedAt:      m.GeneratedAt,
		Files:            m.Files,
		Customers:        m.Customers,
		Sums:             m.Sums,
		Agrees:           m.Reconciliation.Agrees,
		Compared:         m.Reconciliation.Compared,
		Differences:      len(m.Reconciliation.Differences),
		BrokenIdentities: m.BrokenIdentities.Count,
		Supersedes:       m.Supersedes,
	}
}

func stateOf(c cycle, now time.Time, agrees bool) State {
	switch {
	case !c.settled(now):
		return Estimated
	case agrees:
		return Final
	default:
		return FinalWithDifferences
	}
}
