package objects

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// staleAfter is how long nobody has written to a file that is being written before it
// is taken for one that a killed process left behind.
const staleAfter = time.Hour

// renameTries bounds how often a folder is made anew that another call removes because
// it is empty.
const renameTries = 10

// Folder keeps objects as files of a folder, whose file system renames atomically.
// Every process that uses it may be killed at any moment. Put compares versions among
// the callers of one Folder only: processes that share a folder agree elsewhere who
// may write.
type Folder struct {
	dir  string
	root *os.Root

	mu     sync.Mutex // held by Put
	nextMu sync.Mutex
	next   uint64 // number of the next temporary file
}

var _ Store = (*Folder)(nil)

// NewFolder keeps objects in dir, which must exist: a folder that is not mounted should
// not be made up.
func NewFolder(dir string) (*Folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("folder %s: %w; create it or mount it", dir, err)
	}
	return &Folder{dir: dir, root: root}, nil
}

func (f *Folder) failed(what, name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("folder %s: %s %s: %w", f.dir, what, name, err)
	}
	return fmt.Errorf("folder %s: %s %s: %w; check its space and permissions", f.dir, what, name, err)
}

// Create implements Store. It removes what killed processes left behind.
func (f *Folder) Create(ctx context.Context, name string) (Writer, error) {
	if err := errors.Join(CheckName(name), ctx.Err()); err != nil {
		return nil, err
	}
	file, err := f.temporary()
	if err != nil {
		return nil, f.failed("begin", name, err)
	}
	return &folderWriter{folder: f, ctx: ctx, name: name, file: file}, nil
}

// temporary makes a file that no list shows. Its time tells what time it is on the file
// system, which need not be that of this machine.
func (f *Folder) temporary() (*os.File, error) {
	if err := f.root.Mkdir(tempFolder, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	for {
		f.nextMu.Lock()
		f.next++
		name := path.Join(tempFolder, strconv.Itoa(os.Getpid())+"-"+strconv.FormatUint(f.next, 10))
		f.nextMu.Unlock()
		file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
		if errors.Is(err, fs.ErrExist) {
			continue // of a process that had our number
		}
		if err != nil {
			return nil, err
		}
		if err := f.clear(file); err != nil {
			return nil, errors.Join(err, file.Close(), f.root.Remove(name))
		}
		return file, nil
	}
}

// clear removes the temporary files that are stale by the time of a new one.
func (f *Folder) clear(newest *os.File) error {
	info, err := newest.Stat()
	if err != nil {
		return err
	}
	stale := info.ModTime().Add(-staleAfter)
	entries, err := fs.ReadDir(f.root.FS(), tempFolder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && info.ModTime().Before(stale) {
			_ = f.root.Remove(path.Join(tempFolder, entry.Name())) // another process may have
		}
	}
	return nil
}

type folderWriter struct {
	folder *Folder
	ctx    context.Context
	name   string
	file   *os.File
	done   bool
}

func (w *folderWriter) temp() string { return path.Join(tempFolder, path.Base(w.file.Name())) }

// Write implements io.Writer.
func (w *folderWriter) Write(p []byte) (int, error) {
	n, err := w.file.Write(p)
	if err != nil {
		err = w.folder.failed("write", w.name, err)
	}
	return n, err
}

// Commit implements Writer. Each step is on the disk before the next one relies on it.
func (w *folderWriter) Commit() error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return w.folder.failed("write", w.name, err)
	}
	if err := w.folder.rename(w.temp(), w.name); err != nil {
		return w.folder.failed("put down", w.name, err)
	}
	w.done = true
	return nil
}

// Close implements Writer.
func (w *folderWriter) Close() error {
	err := w.file.Close()
	if !w.done {
		w.done = true
		err = errors.Join(err, w.folder.root.Remove(w.temp()))
	}
	if err != nil {
		return w.folder.failed("give up", w.name, err)
	}
	return nil
}

// rename gives a file its name, in folders that are made for it.
func (f *Folder) rename(temp, name string) error {
	dir := path.Dir(name)
	for try := 1; ; try++ {
		if err := f.root.MkdirAll(dir, 0o750); err != nil {
			return err
		}
		err := f.root.Rename(temp, name)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) || try == renameTries {
			return err
		}
	}
	for ; ; dir = path.Dir(dir) {
		if err := f.sync(dir); err != nil {
			return err
		}
		if dir == "." {
			return nil
		}
	}
}

// sync makes the names in a folder durable. One that is gone has none.
func (f *Folder) sync(dir string) error {
	file, err := f.root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// missing says that there is no such file, or a file in the place of a folder of its
// name.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// Open implements Store.
func (f *Folder) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	if err := errors.Join(CheckName(name), ctx.Err()); err != nil {
		return nil, err
	}
	file, err := f.root.Open(name)
	if missing(err) {
		return nil, f.failed("read", name, errors.Join(ErrNotFound, err))
	}
	if err != nil {
		return nil, f.failed("read", name, err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = ErrNotFound
	}
	if err != nil {
		return nil, errors.Join(f.failed("read", name, err), file.Close())
	}
	return file, nil
}

// Get implements Store.
func (f *Folder) Get(ctx context.Context, name string, limit int64) ([]byte, Version, error) {
	file, err := f.Open(ctx, name)
	if err != nil {
		return nil, "", err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(content)) > limit {
		err = ErrTooLarge
	}
	if err != nil {
		return nil, "", f.failed("read", name, err)
	}
	return content, versionOf(content), nil
}

func versionOf(content []byte) Version {
	sum := sha256.Sum256(content)
	return Version(hex.EncodeToString(sum[:]))
}

// Put implements Store.
func (f *Folder) Put(ctx context.Context, name string, content []byte, seen Version) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, version, err := f.Get(ctx, name, maxVersioned)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if version != seen {
		return f.failed("replace", name, ErrChanged)
	}
	w, err := f.Create(ctx, name)
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	if err == nil {
		err = w.Commit()
	}
	return errors.Join(err, w.Close())
}

// maxVersioned bounds what Put compares.
const maxVersioned = 256 << 20

// Delete implements Store. It removes the folders that become empty.
func (f *Folder) Delete(ctx context.Context, name string) error {
	if err := errors.Join(CheckName(name), ctx.Err()); err != nil {
		return err
	}
	if err := f.root.Remove(name); err != nil && !missing(err) {
		return f.failed("remove", name, err)
	}
	f.removeEmpty(path.Dir(name))
	return nil
}

// removeEmpty removes a folder and those around it, as long as nothing is in them.
func (f *Folder) removeEmpty(dir string) {
	for dir != "." && f.root.Remove(dir) == nil {
		dir = path.Dir(dir)
	}
}
