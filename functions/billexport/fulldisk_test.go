package billexport_test

import (
	"context"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/local/huawei"
)

// disk is a folder on a disk with a number of bytes left.
type disk struct {
	*billexport.Folder
	left int
}

// Begin implements billexport.Destination.
func (d *disk) Begin(ctx context.Context, cycle string) (billexport.Draft, error) {
	draft, err := d.Folder.Begin(ctx, cycle)
	return &diskDraft{draft, d}, err
}

type diskDraft struct {
	billexport.Draft
	disk *disk
}

// Write implements io.Writer.
func (d *diskDraft) Write(p []byte) (int, error) {
	if len(p) > d.disk.left {
		return 0, syscall.ENOSPC
	}
	d.disk.left -= len(p)
	return d.Draft.Write(p)
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	var d *disk
	w := newWorldTo(t, func(folder *billexport.Folder) billexport.Destination {
		d = &disk{folder, 1 << 20}
		return d
	})
	w.customer("resale", huawei.AssociationResale, february, 100)
	w.export(february)
	files, manifest := w.files(), w.read(february, "manifest.json")

	// It is full at the first byte, in the middle of the records, and at the end.
	for _, left := range []int{0, 9000, 1<<20 - d.left - 1} {
		d.left = left
		assert.Equal(t, "export_not_published", w.refusedRun(february).Code)
		assert.Equal(t, files, w.files(), "no draft is left")
		assert.Equal(t, string(manifest), string(w.read(february, "manifest.json")))
	}
	d.left = 1 << 20
	w.export(february)
}
