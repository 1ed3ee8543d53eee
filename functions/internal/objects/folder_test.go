package objects_test

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/functions/internal/objects/objectstest"
)

func newFolder(t *testing.T) (*objects.Folder, string) {
	t.Helper()
	dir := t.TempDir()
	folder, err := objects.NewFolder(dir)
	require.NoError(t, err)
	return folder, dir
}

func TestFolder(t *testing.T) {
	t.Parallel()
	objectstest.Run(t, func(t *testing.T) objects.Store {
		folder, _ := newFolder(t)
		return folder
	})
}

func TestAFolderMustBeThere(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing")
	_, err := objects.NewFolder(missing)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, missing+": ")
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = objects.NewFolder(file)
	require.ErrorContains(t, err, file)
}

func TestAFolderThatIsGone(t *testing.T) {
	t.Parallel()
	folder, dir := newFolder(t)
	require.NoError(t, os.RemoveAll(dir))
	_, err := folder.Create(t.Context(), "a")
	require.ErrorContains(t, err, dir)
	assert.NoDirExists(t, dir, "it is not made up")
	for _, err := range folder.List(t.Context(), "") {
		require.ErrorContains(t, err, dir)
	}
}

// The file that a killed process left goes; one that is being written stays.
func TestWhatKilledProcessesLeaveIsRemoved(t *testing.T) {
	t.Parallel()
	folder, dir := newFolder(t)
	slow, err := folder.Create(t.Context(), "slow")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".tmp", "1-1"), []byte("left"), 0o600))
	hourAgo := time.Now().Add(-2 * time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(dir, ".tmp", "1-1"), hourAgo, hourAgo))
	objectstest.Write(t, folder, "a/b", "new")
	assert.NoFileExists(t, filepath.Join(dir, ".tmp", "1-1"))
	require.NoError(t, slow.Commit())
	require.NoError(t, slow.Close())
	left, err := os.ReadDir(filepath.Join(dir, ".tmp"))
	require.NoError(t, err)
	assert.Empty(t, left)
	assert.Equal(t, []string{"a/b", "slow"}, objectstest.Names(t, folder, ""))
}

func TestDeletingLeavesNoEmptyFolders(t *testing.T) {
	t.Parallel()
	folder, dir := newFolder(t)
	objectstest.Write(t, folder, "a/b/c/1", "")
	objectstest.Write(t, folder, "a/2", "")
	require.NoError(t, folder.Delete(t.Context(), "a/b/c/1"))
	assert.NoDirExists(t, filepath.Join(dir, "a", "b"))
	assert.Equal(t, []string{"a/2"}, objectstest.Names(t, folder, ""))
}

func TestLinksLeadNowhere(t *testing.T) {
	t.Parallel()
	folder, dir := newFolder(t)
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "secret"), []byte("x"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "out")))
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "link")))
	for _, name := range []string{"out/secret", "link", "out"} {
		_, err := folder.Open(t.Context(), name)
		require.Error(t, err, name)
	}
	w, err := folder.Create(t.Context(), "out/new")
	require.NoError(t, err)
	require.ErrorContains(t, w.Commit(), dir)
	require.NoError(t, w.Close())
	assert.NoFileExists(t, filepath.Join(outside, "new"))
	assert.Empty(t, objectstest.Names(t, folder, ""))
}

// A file is in the place of a folder, or the other way round.
func TestAFolderSaysWhatItCannotDo(t *testing.T) {
	t.Parallel()
	folder, dir := newFolder(t)
	objectstest.Write(t, folder, "a", "1")
	objectstest.Write(t, folder, "b/c", "1")
	for _, name := range []string{"a/b", "b"} {
		w, err := folder.Create(t.Context(), name)
		require.NoError(t, err)
		err = w.Commit()
		require.ErrorContains(t, err, dir+": put down "+name)
		require.ErrorContains(t, err, "check its space and permissions")
		require.NoError(t, w.Close())
	}
	_, err := folder.Open(t.Context(), "b")
	require.ErrorIs(t, err, objects.ErrNotFound)
	w, err := folder.Create(t.Context(), "late")
	require.NoError(t, err)
	require.NoError(t, w.Close())
	_, err = w.Write([]byte("late"))
	require.ErrorIs(t, err, os.ErrClosed)
	require.Error(t, w.Commit())
	assert.Equal(t, []string{"a", "b/c"}, objectstest.Names(t, folder, ""))
}

func TestAFullDisk(t *testing.T) {
	t.Parallel()
	folder, dir := newFolder(t)
	disk := objectstest.NewDisk(folder, 6)
	objectstest.Write(t, disk, "a", "first")
	w, err := disk.Create(t.Context(), "a")
	require.NoError(t, err)
	_, err = io.WriteString(w, "second")
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.NoError(t, w.Close())
	require.ErrorIs(t, disk.Put(t.Context(), "b", []byte("12"), ""), syscall.ENOSPC)
	assert.Equal(t, "first", objectstest.Read(t, disk, "a"), "what was there stands")
	left, err := os.ReadDir(filepath.Join(dir, ".tmp"))
	require.NoError(t, err)
	assert.Empty(t, left, "nothing is left of what was given up")
	disk.SetLeft(6)
	objectstest.Write(t, disk, "a", "second")
	assert.Zero(t, disk.Left())
}
