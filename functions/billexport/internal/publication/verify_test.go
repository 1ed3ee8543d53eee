package publication_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/functions/internal/objects/objectstest"
)

type line = tally.Line

func TestVerifyFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(t *testing.T, store objects.Store){
		"2026-02/run-2/bills.csv is not what the manifest says": func(t *testing.T, s objects.Store) {
			objectstest.Write(t, s, "2026-02/run-2/bills.csv", strings.ToUpper(objectstest.Read(t, s, "2026-02/run-2/bills.csv")))
		},
		"2026-02/run-2/differences.csv has 1 bytes": func(t *testing.T, s objects.Store) { objectstest.Write(t, s, "2026-02/run-2/differences.csv", "x") },
		"run-2/lines.csv": func(t *testing.T, s objects.Store) {
			require.NoError(t, s.Delete(t.Context(), "2026-02/run-2/lines.csv"))
		},
		"run-2/manifest.json has 0 bytes": func(t *testing.T, s objects.Store) { objectstest.Write(t, s, "2026-02/run-2/manifest.json", "") },
		"what it supersedes": func(t *testing.T, s objects.Store) {
			require.NoError(t, s.Delete(t.Context(), "2026-02/run-1/manifest.json"))
		},
		"run-1/manifest.json is not what is sup": func(t *testing.T, s objects.Store) { objectstest.Write(t, s, "2026-02/run-1/manifest.json", "{}") },
		"do not add up: 1 records with 2, not 1 with 3": func(t *testing.T, s objects.Store) {
			change(t, s, `"sums": [`, `"payment_amount": "2"`, `"payment_amount": "3"`)
		},
		"the sums are of 1 records in 1 currencies, not of 7 in 1": func(t *testing.T, s objects.Store) { change(t, s, `"customers"`, `"rows": 1`, `"rows": 7`) },
		"is named twice": func(t *testing.T, s objects.Store) {
			change(t, s, `"files"`, `run-2/differences.csv`, `run-2/bills.csv`)
		},
		"schema version": func(t *testing.T, s objects.Store) { change(t, s, `{`, `"schema_version": 2`, `"schema_version": 3`) },
	} {
		store := newFolder(t)
		publish(t, store, write(t, store, 1, record{"c1", "ecs", "1"}))
		publish(t, store, write(t, store, 2, record{"c1", "ecs", "2"}))
		verified(t, store)
		spoil(t, store)
		_, err := publication.Verify(t.Context(), store, february)
		require.ErrorContains(t, err, want)
	}
}

// change spoils a text of the manifest that comes after another one.
func change(t *testing.T, store objects.Store, after, text, other string) {
	t.Helper()
	content := objectstest.Read(t, store, "2026-02/manifest.json")
	at := strings.Index(content, after)
	require.GreaterOrEqual(t, at, 0, content)
	changed := content[:at] + strings.Replace(content[at:], text, other, 1)
	require.NotEqual(t, content, changed, content)
	objectstest.Write(t, store, "2026-02/manifest.json", changed)
}

// Runs that still work, and what others put there, stay.
func TestOnlyOlderExportsAreRemoved(t *testing.T) {
	t.Parallel()
	store := newFolder(t)
	for n := 1; n <= 3; n++ {
		publish(t, store, write(t, store, n))
	}
	write(t, store, 4)
	newer := write(t, store, 5)
	content := strings.ReplaceAll(objectstest.Read(t, store, "2026-02/run-3/manifest.json"), "T07:", "T09:")
	objectstest.Write(t, store, newer.manifest.Folder()+"manifest.json", content)
	objectstest.Write(t, store, "2026-02/notes.txt", "ours")
	objectstest.Write(t, store, "2026-01/run-1/manifest.json", objectstest.Read(t, store, "2026-02/run-2/manifest.json"))
	before := contents(t, store)
	require.NoError(t, publication.RemoveOlder(t.Context(), store, february))
	assert.Equal(t, before, contents(t, store))
	require.Error(t, publication.RemoveFolder(t.Context(), store, "2026-02/run-3"))
}

func TestAFileThatCannotBeWrittenIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := objects.NewFolder(dir)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, february), nil, 0o600)) // where a folder is to be
	_, err = writeTo(t, store, 1)
	require.ErrorContains(t, err, "write 2026-02/run-1/bills.csv: folder "+dir)
}

// Each cycle and each partial run is verified; runs that still work are no exports.
func TestVerifyAll(t *testing.T) {
	t.Parallel()
	store := newFolder(t)
	publish(t, store, write(t, store, 1, record{"c1", "ecs", "1"}))
	publish(t, store, write(t, store, 2, record{"c1", "ecs", "2"}))
	write(t, store, 3)
	objectstest.Write(t, store, "2026-01/manifest.json", "{}")
	objectstest.Write(t, store, ".work/run-4/manifest.json", "{}")
	var seen []string
	for m, err := range publication.VerifyAll(t.Context(), store) {
		if err != nil {
			require.ErrorContains(t, err, "2026-01/manifest.json: ")
		}
		seen = append(seen, m.RunID)
	}
	assert.Equal(t, []string{"", "run-2"}, seen)
}
