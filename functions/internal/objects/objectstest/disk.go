package objectstest

import (
	"context"
	"sync"
	"syscall"

	"github.com/bssfn/bssfn/functions/internal/objects"
)

// Disk is a store on a disk with a number of bytes left. Nothing that is removed makes
// room again.
type Disk struct {
	objects.Store

	mu   sync.Mutex
	left int
}

// NewDisk puts a store on a disk with left bytes.
func NewDisk(store objects.Store, left int) *Disk { return &Disk{Store: store, left: left} }

// SetLeft says how many bytes are left.
func (d *Disk) SetLeft(left int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left = left
}

// Left is how many bytes are left.
func (d *Disk) Left() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.left
}

func (d *Disk) take(n int) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n > d.left {
		return syscall.ENOSPC
	}
	d.left -= n
	return nil
}

// Create implements objects.Store.
func (d *Disk) Create(ctx context.Context, name string) (objects.Writer, error) {
	w, err := d.Store.Create(ctx, name)
	if err != nil {
		return nil, err
	}
	return &diskWriter{w, d}, nil
}

// Put implements objects.Store.
func (d *Disk) Put(ctx context.Context, name string, content []byte, seen objects.Version) error {
	if err := d.take(len(content)); err != nil {
		return err
	}
	return d.Store.Put(ctx, name, content, seen)
}

type diskWriter struct {
	objects.Writer
	disk *Disk
}

// Write implements io.Writer.
func (w *diskWriter) Write(p []byte) (int, error) {
	if err := w.disk.take(len(p)); err != nil {
		return 0, err
	}
	return w.Writer.Write(p)
}
