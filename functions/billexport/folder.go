package billexport

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	manifestName = "manifest.json"
	dataName     = "bills.csv"
	dataPrefix   = "bills-"
)

// Folder publishes in a folder of a file system that renames atomically: each
// cycle in a folder of its own, with manifest.json and the data file that it names.
// Drafts are in folders named .tmp-…, beside the cycles.
type Folder struct{ dir string }

// NewFolder publishes in dir, which must exist: a folder that is not mounted
// should not be made up.
func NewFolder(dir string) (*Folder, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("export folder: %w; create it or mount it", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("export folder: %s is not a folder", dir)
	}
	return &Folder{dir}, nil
}

// Manifest implements Destination.
func (f *Folder) Manifest(_ context.Context, cycle string) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(f.dir, cycle, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotPublished
	}
	if err != nil {
		return nil, f.failed("read the manifest of "+cycle, err)
	}
	return data, nil
}

// Begin implements Destination. It removes drafts of the cycle that a killed
// process left behind.
func (f *Folder) Begin(_ context.Context, cycle string) (Draft, error) {
	prefix := ".tmp-" + cycle + "-"
	if err := removeAll(f.dir, func(name string) bool { return strings.HasPrefix(name, prefix) }); err != nil {
		return nil, f.failed("clear old drafts", err)
	}
	dir, err := os.MkdirTemp(f.dir, prefix)
	if err != nil {
		return nil, f.failed("begin a draft", err)
	}
	data, err := create(filepath.Join(dir, dataName))
	if err != nil {
		return nil, f.failed("begin a draft", errors.Join(err, os.RemoveAll(dir)))
	}
	return &folderDraft{folder: f, dir: dir, data: data, target: filepath.Join(f.dir, cycle)}, nil
}

func (f *Folder) failed(what string, err error) error {
	return fmt.Errorf("export folder %s: %s: %w; check its space and permissions", f.dir, what, err)
}

type folderDraft struct {
	folder *Folder
	dir    string
	data   *os.File
	target string // the cycle's folder
}

// Write implements io.Writer.
func (d *folderDraft) Write(p []byte) (int, error) {
	n, err := d.data.Write(p)
	if err != nil {
		err = d.folder.failed("write the bills", err)
	}
	return n, err
}

// Publish implements Draft. Everything that needs space is written before anything
// is moved, and each step is on the disk before the next one relies on it.
func (d *folderDraft) Publish(_ context.Context, name string, manifest []byte) error {
	drafted := filepath.Join(d.dir, manifestName)
	steps := []struct {
		what string
		do   func() error
	}{
		{"write the bills", d.data.Sync},
		{"write the manifest", func() error { return writeSynced(drafted, manifest) }},
		{"make the cycle's folder", func() error { return os.MkdirAll(d.target, 0o750) }},
		{"make the cycle's folder", func() error { return syncFolder(d.folder.dir) }},
		{"put the bills there", func() error { return os.Rename(d.data.Name(), filepath.Join(d.target, name)) }},
		{"put the bills there", func() error { return syncFolder(d.target) }},
		{"put the manifest there", func() error { return os.Rename(drafted, filepath.Join(d.target, manifestName)) }},
		{"put the manifest there", func() error { return syncFolder(d.target) }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			return d.folder.failed(step.what, err)
		}
	}
	// The export is published. A file that stays is named by no manifest, and the
	// next run removes it.
	_ = removeAll(d.target, func(other string) bool { return strings.HasPrefix(other, dataPrefix) && other != name })
	return nil
}

// Close implements Draft.
func (d *folderDraft) Close() error {
	if err := errors.Join(d.data.Close(), os.RemoveAll(d.dir)); err != nil {
		return d.folder.failed("remove the draft", err)
	}
	return nil
}

// create makes a file that those can read who share the group.
func create(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640) //nolint:gosec // an export is made to be read
}

func writeSynced(path string, data []byte) error {
	file, err := create(path)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	file, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// removeAll removes the entries of a folder whose name is to go.
func removeAll(dir string, goes func(name string) bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, entry := range entries {
		if goes(entry.Name()) {
			errs = append(errs, os.RemoveAll(filepath.Join(dir, entry.Name())))
		}
	}
	return errors.Join(errs...)
}
