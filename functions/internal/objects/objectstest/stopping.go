package objectstest

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync/atomic"

	"github.com/bssfn/bssfn/functions/internal/objects"
)

// ErrStopped is what a Stopping store fails with.
var ErrStopped = errors.New("the process was killed")

// Stopping is a store as a process sees it that is killed after a number of calls:
// from then on all of them fail.
type Stopping struct {
	store objects.Store
	left  atomic.Int64
}

var _ objects.Store = (*Stopping)(nil)

// NewStopping lets so many calls through to store.
func NewStopping(store objects.Store, calls int) *Stopping {
	s := &Stopping{store: store}
	s.left.Store(int64(calls))
	return s
}

// Stopped reports whether a call has failed.
func (s *Stopping) Stopped() bool { return s.left.Load() < 0 }

func (s *Stopping) call() error {
	if s.left.Add(-1) < 0 {
		return ErrStopped
	}
	return nil
}

// Create implements objects.Store.
func (s *Stopping) Create(ctx context.Context, name string) (objects.Writer, error) {
	if err := s.call(); err != nil {
		return nil, err
	}
	w, err := s.store.Create(ctx, name)
	return &stoppingWriter{w, s}, err
}

type stoppingWriter struct {
	objects.Writer
	store *Stopping
}

// Write implements io.Writer.
func (w *stoppingWriter) Write(p []byte) (int, error) {
	if err := w.store.call(); err != nil {
		return 0, err
	}
	return w.Writer.Write(p)
}

// Commit implements objects.Writer.
func (w *stoppingWriter) Commit() error {
	if err := w.store.call(); err != nil {
		return err
	}
	return w.Writer.Commit()
}

// Open implements objects.Store.
func (s *Stopping) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	if err := s.call(); err != nil {
		return nil, err
	}
	return s.store.Open(ctx, name)
}

// Get implements objects.Store.
func (s *Stopping) Get(ctx context.Context, name string, limit int64) ([]byte, objects.Version, error) {
	if err := s.call(); err != nil {
		return nil, "", err
	}
	return s.store.Get(ctx, name, limit)
}

// Put implements objects.Store.
func (s *Stopping) Put(ctx context.Context, name string, content []byte, seen objects.Version) error {
	if err := s.call(); err != nil {
		return err
	}
	return s.store.Put(ctx, name, content, seen)
}

// List implements objects.Store.
func (s *Stopping) List(ctx context.Context, prefix string) iter.Seq2[objects.Object, error] {
	if err := s.call(); err != nil {
		return func(yield func(objects.Object, error) bool) { yield(objects.Object{}, err) }
	}
	return s.store.List(ctx, prefix)
}

// Delete implements objects.Store.
func (s *Stopping) Delete(ctx context.Context, name string) error {
	if err := s.call(); err != nil {
		return err
	}
	return s.store.Delete(ctx, name)
}
