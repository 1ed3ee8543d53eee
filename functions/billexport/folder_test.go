package billexport_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport"
)

// put publishes content under a manifest that names its hash.
func put(t *testing.T, folder *billexport.Folder, content string) {
	t.Helper()
	draft, err := folder.Begin(t.Context(), february)
	require.NoError(t, err)
	_, err = draft.Write([]byte(content))
	require.NoError(t, err)
	manifest, err := json.Marshal(billexport.File{Name: nameOf(content), SHA256: hash([]byte(content))})
	require.NoError(t, err)
	require.NoError(t, draft.Publish(t.Context(), nameOf(content), manifest))
	require.NoError(t, draft.Close())
}

func nameOf(content string) string { return "bills-" + hash([]byte(content))[:12] + ".csv" }

func TestFolderPublishesWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder, err := billexport.NewFolder(dir)
	require.NoError(t, err)
	_, err = folder.Manifest(t.Context(), february)
	require.ErrorIs(t, err, billexport.ErrNotPublished)

	draft, err := folder.Begin(t.Context(), february)
	require.NoError(t, err)
	_, err = draft.Write([]byte("half"))
	require.NoError(t, err)
	_, err = folder.Manifest(t.Context(), february)
	require.ErrorIs(t, err, billexport.ErrNotPublished, "a draft is seen by nobody")
	require.NoError(t, draft.Close())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries, "a draft that is given up leaves nothing")

	for _, content := range []string{"first", "second", "second"} {
		put(t, folder, content)
		entries, err := os.ReadDir(filepath.Join(dir, february))
		require.NoError(t, err)
		require.Len(t, entries, 2)
		assert.Equal(t, nameOf(content), entries[0].Name())
		assert.Equal(t, "manifest.json", entries[1].Name())
	}
}

func TestFolderNamesItselfWhenItFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder, err := billexport.NewFolder(dir)
	require.NoError(t, err)
	draft, err := folder.Begin(t.Context(), february)
	require.NoError(t, err)
	require.NoError(t, draft.Close())

	_, err = draft.Write([]byte("late"))
	require.ErrorIs(t, err, os.ErrClosed)
	require.ErrorContains(t, err, dir)
	require.ErrorContains(t, draft.Publish(t.Context(), "bills-1.csv", nil), dir)

	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = billexport.NewFolder(file)
	require.ErrorContains(t, err, file)
}

// A reader who takes what a manifest names finds it whole, unless a newer manifest
// has come meanwhile.
func TestReaderNeverSeesHalfAnExport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder, err := billexport.NewFolder(dir)
	require.NoError(t, err)
	put(t, folder, "0")
	stop, failed := make(chan struct{}), make(chan error, 1)
	go func() { failed <- readUntil(t, folder, dir, stop) }()
	for i := range 50 {
		put(t, folder, fmt.Sprint(i))
	}
	close(stop)
	require.NoError(t, <-failed)
}

func readUntil(t *testing.T, folder *billexport.Folder, dir string, stop <-chan struct{}) error {
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		manifest, err := folder.Manifest(t.Context(), february)
		if err != nil {
			return err
		}
		var file billexport.File
		if err := json.Unmarshal(manifest, &file); err != nil {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, february, file.Name))
		if errors.Is(err, os.ErrNotExist) {
			newer, err := folder.Manifest(t.Context(), february)
			if err == nil && string(newer) == string(manifest) {
				err = fmt.Errorf("%s is named by the manifest, and is not there", file.Name)
			}
			if err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if hash(data) != file.SHA256 {
			return fmt.Errorf("%s is not what the manifest says", file.Name)
		}
	}
}
