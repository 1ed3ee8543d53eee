// Package publication makes the files of a run the export of its cycle: a manifest
// names them, and comes last. A reader who takes only what a manifest names never sees
// half an export.
package publication

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
)

// SchemaVersion is that of the manifests that are written here.
const SchemaVersion = 2

// State says how far the bills of an export can be relied on.
type State string

// The states of an export.
const (
	// Estimated bills still change: the cycle runs, or is not settled yet.
	Estimated State = "estimated"
	// Final bills no longer change, agree with Huawei Cloud's monthly sums, as far as
	// the documentation gives a reason for what differs, and each record with itself.
	Final State = "final"
	// FinalWithDifferences are bills that no longer change and do not agree.
	FinalWithDifferences State = "final-with-differences"
)

// Manifest describes a published export. What it names is complete; a file that it
// does not name belongs to no export. Paths are relative to where exports are
// published.
type Manifest struct {
	SchemaVersion int    `json:"schema_version"`
	RunID         string `json:"run_id"`
	Cycle         string `json:"cycle"`
	State         State  `json:"state"`
	// Partial says that only some customers were exported. Such an export has no
	// place in the chain of its cycle.
	Partial bool `json:"partial"`
	// Currency is that of all amounts, empty where there are none or several.
	Currency string `json:"currency"`
	// GeneratedAt is when the export was asked for, in UTC.
	GeneratedAt time.Time `json:"generated_at"`
	// Files are sorted by their paths.
	Files []File `json:"files"`
	// Customers counts those that consumed in the cycle, Rows their fee records.
	Customers int `json:"customers"`
	Rows      int `json:"rows"`
	// Sums are sorted by currency, CustomerSums by customer and currency.
	Sums         []tally.Sum `json:"sums"`
	CustomerSums []tally.Sum `json:"customer_sums"`
	// Reconciliation is the comparison with Huawei Cloud's monthly sums.
	Reconciliation   json.RawMessage `json:"reconciliation"`
	BrokenIdentities tally.Broken    `json:"broken_identities"`
	// RateCardSHA256 is the hash of the rate card that invoice amounts go by, in
	// hexadecimal; empty where there are none.
	RateCardSHA256 string `json:"rate_card_sha256,omitempty"`
	// Supersedes is the export that stood before, null where none did, and Changes
	// what is different from it.
	Supersedes *Superseded `json:"supersedes"`
	Changes    *Changes    `json:"changes"`
}

// The formats of files that nobody asks for: they belong to every export.
const (
	// FormatLines is a CSV file of what the records of each customer and kind of line
	// add up to: a later export is compared with it.
	FormatLines = "lines"
	// FormatDifferences is a CSV file of what is different from the superseded export.
	FormatDifferences = "differences"
	// FormatReconciliation is a CSV file of what was compared with the monthly sums.
	FormatReconciliation = "reconciliation"
)

// File is a file of an export.
type File struct {
	Path   string `json:"path"`
	Format string `json:"format"`
	// CustomerID is whom the file is about; empty where it is about all.
	CustomerID string `json:"customer_id,omitempty"`
	// Rows is how many records the file has, without headings and totals.
	Rows   int    `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // in hexadecimal
}

// Superseded is an export in whose place a newer one came. Its files are kept until
// that one is superseded too.
type Superseded struct {
	RunID string `json:"run_id"`
	State State  `json:"state"`
	// SHA256 is that of its manifest, in hexadecimal; Path is where that is kept.
	SHA256 string `json:"sha256"`
	Path   string `json:"path"`
}

// Folder is where the files of a run are, with a slash at the end: those of a partial
// run beside the cycles.
func Folder(cycle, runID string, partial bool) string {
	if partial {
		return "partial/" + runID + "/"
	}
	return cycle + "/" + runID + "/"
}

// Folder is where the files of the export are.
func (m Manifest) Folder() string { return Folder(m.Cycle, m.RunID, m.Partial) }

// CyclePath is where the manifest of a cycle's export is.
func CyclePath(cycle string) string { return cycle + "/" + manifestName }

const (
	manifestName    = "manifest.json"
	linesName       = "lines.csv"
	differencesName = "differences.csv"
)

// encode writes the manifest as it is published.
func (m Manifest) encode() ([]byte, error) {
	encoded, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the manifest of %s: %w", m.Cycle, err)
	}
	return append(encoded, '\n'), nil
}

// Decode reads a manifest. It fails for one of another schema version.
func Decode(content []byte) (Manifest, error) {
	var version struct {
		SchemaVersion int `json:"schema_version"`
	}
	if err := json.Unmarshal(content, &version); err != nil {
		return Manifest{}, fmt.Errorf("read a manifest: %w", err)
	}
	if version.SchemaVersion != SchemaVersion {
		return Manifest{}, fmt.Errorf("read a manifest: its schema version is %d, not %d", version.SchemaVersion, SchemaVersion)
	}
	var m Manifest
	if err := json.Unmarshal(content, &m); err != nil {
		return Manifest{}, fmt.Errorf("read a manifest: %w", err)
	}
	return m, nil
}
