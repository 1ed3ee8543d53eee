package publication

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/functions/internal/objects"
)

// Errors of Publish and Read.
var (
	// ErrNotPublished says that a cycle has no export.
	ErrNotPublished = errors.New("no export is published")
	// ErrOvertaken says that an export stands that was asked for later.
	ErrOvertaken = errors.New("a newer export of the cycle is published")
	// ErrIncomplete says that a file is not there as it was written.
	ErrIncomplete = errors.New("the export is not complete")
)

const (
	// maxManifest bounds what is read of a manifest: 5,000 customers have 4 MB, and
	// each of their statements 200 bytes.
	maxManifest = 64 << 20
	// publishTries bounds how often an export is compared anew with another one that
	// came meanwhile.
	publishTries = 5
)

// Read returns the manifest of a cycle's export, byte for byte, or ErrNotPublished.
func Read(ctx context.Context, store objects.Store, cycle string) ([]byte, error) {
	content, _, err := store.Get(ctx, CyclePath(cycle), maxManifest)
	if errors.Is(err, objects.ErrNotFound) {
		err = fmt.Errorf("%w of %s", ErrNotPublished, cycle)
	}
	return content, err
}

// Publish makes an export that of its cycle, in the place of the one that stands, and
// returns its manifest as it is published. All files of the manifest are there already;
// lines.csv, differences.csv and the manifest itself are written here. Lines are those
// of the export's tally, in its order; they are gone through more than once. It may be
// repeated: what is published stays as it is. Of several publishers each finds what
// another one has published and supersedes that, or fails with ErrOvertaken because it
// was asked for earlier. Confirm is called at last and may still forbid it. An error
// leaves the earlier export standing.
func Publish(ctx context.Context, store objects.Store, m Manifest, lines iter.Seq[tally.Line], confirm func(context.Context) error) (Manifest, error) {
	m.SchemaVersion, m.GeneratedAt = SchemaVersion, m.GeneratedAt.UTC()
	s, err := stands(ctx, store, m)
	if err != nil || s.published {
		return s.manifest, err
	}
	if err := checkSizes(ctx, store, m); err != nil {
		return Manifest{}, err
	}
	written, err := Write(ctx, store, File{Path: m.Folder() + linesName, Format: FormatLines}, func(w io.Writer) (int, error) {
		return writeLines(w, lines)
	})
	if err != nil {
		return Manifest{}, err
	}
	m.Files = append(slices.Clone(m.Files), written)
	for try := 1; ; try++ {
		published, err := publishOver(ctx, store, m, lines, s, confirm)
		if err == nil || !errors.Is(err, objects.ErrChanged) || try == publishTries {
			return published, err
		}
		if s, err = stands(ctx, store, m); err != nil || s.published {
			return s.manifest, err
		}
	}
}

// standing is the export that stands where another is to be published.
type standing struct {
	content  []byte // nil where there is none
	version  objects.Version
	manifest Manifest
	// published says that it is the one to be published.
	published bool
}

// stands looks at what stands. It fails with ErrOvertaken where that was asked for
// later.
func stands(ctx context.Context, store objects.Store, m Manifest) (standing, error) {
	path := standingPath(m.Cycle, m.RunID, m.Partial)
	content, version, err := store.Get(ctx, path, maxManifest)
	if errors.Is(err, objects.ErrNotFound) {
		return standing{}, nil
	}
	if err != nil {
		return standing{}, err
	}
	earlier, err := Decode(content)
	if err != nil {
		return standing{}, fmt.Errorf("%w; it is in %s", err, path)
	}
	if earlier.RunID != m.RunID && earlier.GeneratedAt.After(m.GeneratedAt) {
		return standing{}, fmt.Errorf("%w: run %s of %s", ErrOvertaken, earlier.RunID, earlier.GeneratedAt.Format(time.RFC3339))
	}
	return standing{content, version, earlier, earlier.RunID == m.RunID}, nil
}

// standingPath is where the manifest is that readers take.
func standingPath(cycle, runID string, partial bool) string {
	if partial {
		return Folder(cycle, runID, partial) + manifestName
	}
	return CyclePath(cycle)
}

// IsPublished reports whether a run's export stands, or is the one that is superseded by
// what stands.
func IsPublished(ctx context.Context, store objects.Store, cycle, runID string, partial bool) (bool, error) {
	content, _, err := store.Get(ctx, standingPath(cycle, runID, partial), maxManifest)
	if errors.Is(err, objects.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	m, err := Decode(content)
	return m.RunID == runID || m.Supersedes != nil && m.Supersedes.RunID == runID, err
}

// checkSizes fails where a file is not there with its size.
func checkSizes(ctx context.Context, store objects.Store, m Manifest) error {
	sizes := map[string]int64{}
	for object, err := range store.List(ctx, m.Folder()) {
		if err != nil {
			return fmt.Errorf("list the files of run %s: %w", m.RunID, err)
		}
		sizes[object.Name] = object.Size
	}
	var errs []error
	for _, file := range m.Files {
		size, ok := sizes[file.Path]
		switch {
		case !strings.HasPrefix(file.Path, m.Folder()):
			errs = append(errs, fmt.Errorf("%w: %s is not in the folder of run %s", ErrIncomplete, file.Path, m.RunID))
		case !ok:
			errs = append(errs, fmt.Errorf("%w: %s is not there", ErrIncomplete, file.Path))
		case size != file.Bytes:
			errs = append(errs, fmt.Errorf("%w: %s has %d bytes, not %d", ErrIncomplete, file.Path, size, file.Bytes))
		}
	}
	return errors.Join(errs...)
}

// publishOver publishes over what stands: first the manifest beside the files, and
// then the one where readers look.
func publishOver(ctx context.Context, store objects.Store, m Manifest, lines iter.Seq[tally.Line], s standing, confirm func(context.Context) error) (Manifest, error) {
	if s.content != nil {
		sum := sha256.Sum256(s.content)
		m.Supersedes = &Superseded{
			RunID: s.manifest.RunID, State: s.manifest.State, SHA256: hex.EncodeToString(sum[:]), Path: s.manifest.Folder() + manifestName,
		}
		var err error
		if m, err = compare(ctx, store, m, lines, s.manifest); err != nil {
			return Manifest{}, err
		}
	}
	m.Files = slices.SortedFunc(slices.Values(m.Files), func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	content, err := m.encode()
	if err != nil {
		return Manifest{}, err
	}
	if err := confirm(ctx); err != nil {
		return Manifest{}, err
	}
	_, err = Write(ctx, store, File{Path: m.Folder() + manifestName}, func(w io.Writer) (int, error) {
		_, err := w.Write(content)
		return 0, err
	})
	if err != nil || m.Partial {
		return m, err
	}
	if err := store.Put(ctx, CyclePath(m.Cycle), content, s.version); err != nil {
		return Manifest{}, fmt.Errorf("publish run %s: %w", m.RunID, err)
	}
	return m, nil
}
