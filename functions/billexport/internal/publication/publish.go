package publication

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

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
	content, _, err := standing(ctx, store, cycle)
	return content, err
}

func standing(ctx context.Context, store objects.Store, cycle string) ([]byte, objects.Version, error) {
	content, version, err := store.Get(ctx, CyclePath(cycle), maxManifest)
	if errors.Is(err, objects.ErrNotFound) {
		err = fmt.Errorf("%w of %s", ErrNotPublished, cycle)
	}
	return content, version, err
}

// Publish makes an export that of its cycle, in the place of the one that stands, and
// returns its manifest as it is published. All files of the manifest are there already;
// lines.csv, differences.csv and the manifest itself are written here. Lines are those
// of the export's tally, in its order. It may be repeated: what is published stays as it
// is. Of several publishers each finds what another one has published and supersedes
// that, or fails with ErrOvertaken because it was asked for earlier. An error leaves the
// earlier export standing.
func Publish(ctx context.Context, store objects.Store, m Manifest, lines []tally.Line) (Manifest, error) {
	m.SchemaVersion, m.GeneratedAt = SchemaVersion, m.GeneratedAt.UTC()
	m.Files = slices.Clone(m.Files)
	if err := checkSizes(ctx, store, m); err != nil {
		return Manifest{}, err
	}
	written, err := Write(ctx, store, File{Path: m.Folder() + linesName, Format: FormatLines}, func(w io.Writer) (int, error) {
		return writeLines(w, lines)
	})
	if err != nil {
		return Manifest{}, err
	}
	m.Files = append(m.Files, written)
	if m.Partial {
		return m, publishPartial(ctx, store, m)
	}
	for try := 1; ; try++ {
		published, err := publishOver(ctx, store, m, lines)
		if err == nil || !errors.Is(err, objects.ErrChanged) || try == publishTries {
			return published, err
		}
	}
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

// publishOver publishes over what stands at the moment.
func publishOver(ctx context.Context, store objects.Store, m Manifest, lines []tally.Line) (Manifest, error) {
	content, version, err := standing(ctx, store, m.Cycle)
	switch {
	case errors.Is(err, ErrNotPublished):
		return m, put(ctx, store, m, version)
	case err != nil:
		return Manifest{}, err
	}
	earlier, err := Decode(content)
	if err != nil {
		return Manifest{}, fmt.Errorf("%w; it is in %s", err, CyclePath(m.Cycle))
	}
	if earlier.RunID == m.RunID {
		return earlier, nil
	}
	if earlier.GeneratedAt.After(m.GeneratedAt) {
		return Manifest{}, fmt.Errorf("%w: run %s of %s", ErrOvertaken, earlier.RunID, earlier.GeneratedAt.Format("2006-01-02 15:04:05 MST"))
	}
	if m, err = compare(ctx, store, m, lines, earlier); err != nil {
		return Manifest{}, err
	}
	sum := sha256.Sum256(content)
	m.Supersedes = &Superseded{
		RunID: earlier.RunID, State: earlier.State, SHA256: hex.EncodeToString(sum[:]), Path: earlier.Folder() + manifestName,
	}
	return m, put(ctx, store, m, version)
}

// put writes the manifest beside the files, and then where readers look.
func put(ctx context.Context, store objects.Store, m Manifest, seen objects.Version) error {
	content, err := putCopy(ctx, store, m)
	if err != nil {
		return err
	}
	if err := store.Put(ctx, CyclePath(m.Cycle), content, seen); err != nil {
		return fmt.Errorf("publish run %s: %w", m.RunID, err)
	}
	return nil
}

func publishPartial(ctx context.Context, store objects.Store, m Manifest) error {
	_, err := putCopy(ctx, store, m)
	return err
}

func putCopy(ctx context.Context, store objects.Store, m Manifest) ([]byte, error) {
	slices.SortFunc(m.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	content, err := m.encode()
	if err != nil {
		return nil, err
	}
	_, err = Write(ctx, store, File{Path: m.Folder() + manifestName}, func(w io.Writer) (int, error) {
		_, err := w.Write(content)
		return 0, err
	})
	return content, err
}
