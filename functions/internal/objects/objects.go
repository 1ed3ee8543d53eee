// Package objects keeps files by name in a folder, in S3 or a store that speaks its
// protocol, such as OBS, or in Google Cloud Storage.
package objects

import (
	"context"
	"errors"
	"io"
	"iter"
)

// ErrNotFound says that there is no object of that name.
var ErrNotFound = errors.New("no such object")

// Object is an entry of a list.
type Object struct {
	Name string
	Size int64
}

// Store keeps objects. Names are paths of one or more parts with slashes between. Each
// object appears whole or not at all, in the place of the one that had its name. It is
// safe for concurrent use.
type Store interface {
	// Create begins an object.
	Create(ctx context.Context, name string) (Writer, error)
	// Open reads an object, or returns ErrNotFound. The caller closes it.
	Open(ctx context.Context, name string) (io.ReadCloser, error)
	// List lists the objects whose name begins with prefix, in the order of their
	// names.
	List(ctx context.Context, prefix string) iter.Seq2[Object, error]
	// Delete removes an object; one that is not there is no error.
	Delete(ctx context.Context, name string) error
}

// Writer takes the content of an object.
type Writer interface {
	io.Writer
	// Commit makes what was written the object. It is durable when Commit returns nil.
	Commit() error
	// Close drops what was written unless it was committed. It is always called.
	Close() error
}
