package objects

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
)

// List implements Store.
func (f *Folder) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		dir := "."
		if end := strings.LastIndexByte(prefix, '/'); end >= 0 {
			dir = prefix[:end]
		}
		if dir != "." && CheckName(dir) != nil {
			return // nothing has such a name
		}
		l := &folderList{folder: f, ctx: ctx, prefix: prefix, yield: yield}
		l.walk(dir)
	}
}

type folderList struct {
	folder *Folder
	ctx    context.Context
	prefix string
	yield  func(Object, error) bool
}

// walk lists a folder and reports whether to go on.
func (l *folderList) walk(dir string) bool {
	if err := l.ctx.Err(); err != nil {
		return l.fail(err)
	}
	entries, err := fs.ReadDir(l.folder.root.FS(), dir)
	if missing(err) && dir != "." {
		return true
	}
	if err != nil {
		return l.fail(l.folder.failed("list", dir, err))
	}
	// A folder's objects begin with its name and a slash, which comes after a dot.
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(sortKey(a), sortKey(b)) })
	for _, entry := range entries {
		if !l.visit(entry, path.Join(dir, entry.Name())) {
			return false
		}
	}
	return true
}

func sortKey(entry fs.DirEntry) string {
	if entry.IsDir() {
		return entry.Name() + "/"
	}
	return entry.Name()
}

func (l *folderList) visit(entry fs.DirEntry, name string) bool {
	switch {
	case CheckName(name) != nil: // also what is being written
		return true
	case entry.IsDir():
		within := name + "/"
		if !strings.HasPrefix(within, l.prefix) && !strings.HasPrefix(l.prefix, within) {
			return true
		}
		return l.walk(name)
	case !entry.Type().IsRegular() || !strings.HasPrefix(name, l.prefix):
		return true
	}
	info, err := entry.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return true // removed meanwhile
	}
	if err != nil {
		return l.fail(l.folder.failed("list", name, err))
	}
	return l.yield(Object{Name: name, Size: info.Size()}, nil)
}

func (l *folderList) fail(err error) bool {
	l.yield(Object{}, err)
	return false
}
