package billexport

import (
	"context"
	"errors"
	"io"
)

// ErrNotPublished says that a cycle has no export.
var ErrNotPublished = errors.New("no export is published")

// Destination is where exports are published. A reader who takes only what a
// manifest names never sees half an export. Cycles are months such as 2026-02.
type Destination interface {
	// Manifest returns the manifest of a cycle, or ErrNotPublished.
	Manifest(ctx context.Context, cycle string) ([]byte, error)
	// Begin opens a draft of a cycle's export. The caller has no more than one
	// draft of a cycle open at a time, and closes each.
	Begin(ctx context.Context, cycle string) (Draft, error)
}

// Draft is an export that nobody sees yet. What is written to it is the content of
// its one data file.
type Draft interface {
	io.Writer
	// Publish gives the data file its name, then puts the manifest in the place of
	// the earlier one, and removes the data files that it does not name. The name
	// is not that of another content. On an error the earlier export stands.
	Publish(ctx context.Context, name string, manifest []byte) error
	// Close removes what is left of the draft, published or not.
	Close() error
}
