// Package objects keeps files by name in a folder, in S3 or a store that speaks its
// protocol, such as OBS, or in Google Cloud Storage.
package objects

import (
	"context"
	"errors"
	"io"
	"iter"
)

// Conditions of a store that callers tell apart.
var (
	// ErrNotFound says that there is no object of that name.
	ErrNotFound = errors.New("no such object")
	// ErrChanged says that somebody else has written the object meanwhile.
	ErrChanged = errors.New("the object has been changed by somebody else")
	// ErrName says that a name is none that a store keeps.
	ErrName = errors.New("not the name of an object")
	// ErrTooLarge says that an object is larger than the caller takes.
	ErrTooLarge = errors.New("the object is too large")
	// ErrDenied says that the store does not let us in, or does not exist.
	ErrDenied = errors.New("the store denies access")
	// ErrUnavailable says that the store could not be reached, or failed.
	ErrUnavailable = errors.New("the store is not available")
)

// Object is an entry of a list.
type Object struct {
	Name string
	Size int64
}

// Version is a mark of what an object holds; empty for one that does not exist.
type Version string

// Store keeps objects. Names are paths of one or more parts with slashes between; see
// CheckName. Each object appears whole or not at all, in the place of the one that had
// its name. It is safe for concurrent use.
type Store interface {
	// Create begins an object.
	Create(ctx context.Context, name string) (Writer, error)
	// Open reads an object, or returns ErrNotFound. The caller closes it.
	Open(ctx context.Context, name string) (io.ReadCloser, error)
	// Get reads an object of limit bytes at most whole, with its version, or returns
	// ErrNotFound or ErrTooLarge.
	Get(ctx context.Context, name string, limit int64) ([]byte, Version, error)
	// Put writes an object whole where it still has that version, the empty one where
	// there must be none; otherwise it returns ErrChanged.
	Put(ctx context.Context, name string, content []byte, seen Version) error
	// List lists the objects whose name begins with prefix, in the order of the bytes
	// of their names.
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
