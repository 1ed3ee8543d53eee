package subscribed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/internal/objects"
)

// SchemaVersion is that of the manifests that are written here.
const SchemaVersion = 1

// Manifest says what the archives of a cycle come to, and where they and the API differ.
// Its files are complete; paths are relative to where exports are published.
type Manifest struct {
	SchemaVersion int    `json:"schema_version"`
	RunID         string `json:"run_id"`
	Cycle         string `json:"cycle"`
	// GeneratedAt is when the comparison was asked for, in UTC.
	GeneratedAt time.Time `json:"generated_at"`
	// Agrees says that the records of all customers were read, that nothing differs, and
	// that the bill comes to what the partner owes, if that is known.
	Agrees   bool   `json:"agrees"`
	Archives []File `json:"archives"`
	// Customers is how many the partner is billed for, and Unread are those whose records
	// Huawei Cloud refused.
	Customers int      `json:"customers"`
	Unread    []Unread `json:"unread"`
	Outcome
	Postpaid Postpaid           `json:"postpaid"`
	Files    []publication.File `json:"files"`
	// Supersedes is the run whose manifest stood before, and whose files are kept still.
	Supersedes string `json:"supersedes,omitempty"`
}

// Outcome is what came of a comparison.
type Outcome struct {
	// Compared counts the lines that are in the files or at the API.
	Compared        int           `json:"compared"`
	DifferenceCount int           `json:"difference_count"`
	Causes          map[Cause]int `json:"causes"`
	// Differences are the first ones; all are in differences.csv.
	Differences []Difference `json:"differences"`
}

// Unread is a customer whose records could not be had.
type Unread struct {
	CustomerID string `json:"customer_id"`
	Reason     string `json:"reason"`
}

// Postpaid holds what is due by the file against the partner's own bill, once that is
// out.
type Postpaid struct {
	Out        bool            `json:"out"`
	Currency   string          `json:"currency"`
	AmountDue  decimal.Decimal `json:"amount_due"`
	FileAmount decimal.Decimal `json:"file_amount"`
	Difference decimal.Decimal `json:"difference"`
}

// The formats of the files of a manifest.
const (
	FormatMerged      = "merged"
	FormatDifferences = "differences"
)

// Errors of Publish and Published.
var (
	// ErrNotPublished says that no archives of the cycle were compared.
	ErrNotPublished = errors.New("nothing is published of subscribed files")
	// ErrOvertaken says that a comparison stands that was asked for later.
	ErrOvertaken = errors.New("a newer comparison of the cycle is published")
)

const (
	manifestName = "manifest.json"
	// maxManifest bounds what is read of one: 5,000 unread customers have 1 MB.
	maxManifest = 16 << 20
)

// Folder is where the files of a run are.
func Folder(cycle, runID string) string { return cycleFolder(cycle) + runID + "/" }

func cycleFolder(cycle string) string { return "subscribed/" + cycle + "/" }

// Path is where the manifest of a cycle is.
func Path(cycle string) string { return cycleFolder(cycle) + manifestName }

// Published returns the manifest of a cycle, byte for byte, or ErrNotPublished.
func Published(ctx context.Context, store objects.Store, cycle string) ([]byte, error) {
	content, _, err := store.Get(ctx, Path(cycle), maxManifest)
	if errors.Is(err, objects.ErrNotFound) {
		err = fmt.Errorf("%w of %s", ErrNotPublished, cycle)
	}
	return content, err
}

// IsPublished reports whether the manifest that stands is that of a run, or supersedes it.
func IsPublished(ctx context.Context, store objects.Store, cycle, runID string) (bool, error) {
	content, err := Published(ctx, store, cycle)
	if errors.Is(err, ErrNotPublished) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	m, err := Decode(content)
	return m.RunID == runID || m.Supersedes == runID, err
}

// Publish puts the manifest in the place of the one that stands, on the condition that
// nobody else does meanwhile, and removes what was published before that one. All files
// that it names are there already. It may be repeated.
func Publish(ctx context.Context, store objects.Store, m Manifest) error {
	m.SchemaVersion = SchemaVersion
	standing, version, err := store.Get(ctx, Path(m.Cycle), maxManifest)
	if err != nil && !errors.Is(err, objects.ErrNotFound) {
		return err
	}
	if err == nil {
		earlier, err := Decode(standing)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", Path(m.Cycle), err)
		case earlier.RunID == m.RunID:
			return removeOlder(ctx, store, earlier)
		case earlier.GeneratedAt.After(m.GeneratedAt):
			return fmt.Errorf("%w: run %s", ErrOvertaken, earlier.RunID)
		}
		m.Supersedes = earlier.RunID
	}
	content, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the manifest of %s: %w", m.Cycle, err)
	}
	content = append(content, '\n')
	// It is kept beside its files as well, where it stays when a newer one comes.
	beside := publication.File{Path: Folder(m.Cycle, m.RunID) + manifestName}
	if _, err := publication.Write(ctx, store, beside, func(w io.Writer) (int, error) { return w.Write(content) }); err != nil {
		return err
	}
	if err := store.Put(ctx, Path(m.Cycle), content, version); err != nil {
		return fmt.Errorf("publish run %s: %w", m.RunID, err)
	}
	return removeOlder(ctx, store, m)
}

// Decode reads a manifest.
func Decode(content []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(content, &m); err != nil {
		return Manifest{}, fmt.Errorf("read a manifest of subscribed files: %w", err)
	}
	if m.SchemaVersion != SchemaVersion {
		return Manifest{}, fmt.Errorf("read a manifest of subscribed files: its schema version is %d, not %d", m.SchemaVersion, SchemaVersion)
	}
	return m, nil
}

// removeOlder removes the runs of a cycle whose manifests stood before the superseded
// one. Runs that still work have no manifest.
func removeOlder(ctx context.Context, store objects.Store, m Manifest) error {
	var folders []string
	for object, err := range store.List(ctx, cycleFolder(m.Cycle)) {
		if err != nil {
			return err
		}
		folder, ok := strings.CutSuffix(object.Name, "/"+manifestName)
		if ok && folder+"/" != cycleFolder(m.Cycle) && folder+"/" != Folder(m.Cycle, m.Supersedes) {
			folders = append(folders, folder+"/")
		}
	}
	for _, folder := range folders {
		content, _, err := store.Get(ctx, folder+manifestName, maxManifest)
		if err != nil {
			return err
		}
		// One that is about to be published was asked for later.
		if older, err := Decode(content); err != nil || !older.GeneratedAt.Before(m.GeneratedAt) {
			continue
		}
		if err := publication.RemoveFolder(ctx, store, folder); err != nil {
			return err
		}
	}
	return nil
}
