package publication_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/functions/internal/objects/objectstest"
)

func TestAnExportIsPublishedOnce(t *testing.T) {
	t.Parallel()
	store := newFolder(t)
	_, err := publication.Read(t.Context(), store, february)
	require.ErrorIs(t, err, publication.ErrNotPublished)
	_, err = publication.Verify(t.Context(), store, february)
	require.ErrorIs(t, err, publication.ErrNotPublished)
	require.NoError(t, publication.RemoveOlder(t.Context(), store, february))

	first := write(t, store, 1, record{"c1", "ecs", "1.50"}, record{"c2", "evs", "2"})
	m := publish(t, store, first)
	assert.Equal(t, publication.SchemaVersion, m.SchemaVersion)
	assert.Nil(t, m.Supersedes)
	assert.Nil(t, m.Changes)
	assert.Equal(t, []string{
		"2026-02/manifest.json", "2026-02/run-1/bills.csv", "2026-02/run-1/lines.csv", "2026-02/run-1/manifest.json",
	}, objectstest.Names(t, store, ""))
	assert.Equal(t, "customer_id,service_type_code,resource_type_code,charging_mode,bill_detail_type,association_type,currency,rows,payment_amount,invoice_amount\n"+
		"c1,ecs,=vm,3,1,1,CNY,1,1.5,0\nc2,evs,=vm,3,1,1,CNY,1,2,0\n", objectstest.Read(t, store, "2026-02/run-1/lines.csv"))
	content, err := publication.Read(t.Context(), store, february)
	require.NoError(t, err)
	decoded, err := publication.Decode(content)
	require.NoError(t, err)
	assert.Equal(t, m.Files, decoded.Files)
	assert.Equal(t, m.Sums, verified(t, store).Sums)

	before := contents(t, store)
	publish(t, store, first)
	assert.Equal(t, before, contents(t, store))
}

func TestADifferenceIsTold(t *testing.T) {
	t.Parallel()
	store := newFolder(t)
	publish(t, store, write(t, store, 1, record{"c1", "ecs", "1.5"}, record{"c1", "evs", "2"}, record{"c2", "ecs", "3"}, record{"c4", "ecs", "1"}))
	m := publish(t, store, write(t, store, 2, record{"c1", "ecs", "1.5"}, record{"c1", "evs", "1.99"}, record{"c1", "evs", "0.02"}, record{"c3", "obs", "0.00000001"}, record{"c4", "ecs", "1"}))
	assert.Equal(t, "customer_id,service_type_code,resource_type_code,charging_mode,bill_detail_type,association_type,currency,"+
		"rows_before,rows,payment_amount_before,payment_amount,payment_amount_change,invoice_amount_before,invoice_amount,invoice_amount_change\n"+
		"c1,evs,'=vm,3,1,1,CNY,1,2,2,2.01,0.01,0,0,0\n"+
		"c2,ecs,'=vm,3,1,1,CNY,1,0,3,0,-3,0,0,0\n"+
		"c3,obs,'=vm,3,1,1,CNY,0,1,0,0.00000001,0.00000001,0,0,0\n", objectstest.Read(t, store, "2026-02/run-2/differences.csv"))
	changes, err := json.Marshal(m.Changes)
	require.NoError(t, err)
	assert.JSONEq(t, `{"added":1,"removed":1,"changed":1,"sums":[{"currency":"CNY","rows_before":4,"rows":5,
		"payment_amount_before":"7.5","payment_amount":"4.51000001","payment_amount_change":"-2.98999999",
		"invoice_amount_before":"0","invoice_amount":"0","invoice_amount_change":"0"}]}`, string(changes))
	require.NotNil(t, m.Supersedes)
	assert.Equal(t, "run-1", m.Supersedes.RunID)
	assert.Equal(t, publication.Final, m.Supersedes.State)
	verified(t, store)
	assert.Contains(t, contents(t, store), "2026-02/run-1/bills.csv", "whoever reads the earlier manifest finds its files")

	publish(t, store, write(t, store, 3))
	verified(t, store)
	for name := range contents(t, store) {
		assert.NotContains(t, name, "run-1")
	}
	unchanged := publish(t, store, write(t, store, 4))
	assert.Equal(t, publication.Changes{Sums: []publication.Change{}}, *unchanged.Changes)
}

func TestAnEarlierRunDoesNotOvertake(t *testing.T) {
	t.Parallel()
	store := newFolder(t)
	slow := write(t, store, 1, record{"c1", "ecs", "1"})
	publish(t, store, write(t, store, 2, record{"c1", "ecs", "2"}))
	before := contents(t, store)
	_, err := publication.Publish(t.Context(), store, slow.manifest, slow.tally.Lines(), always)
	require.ErrorIs(t, err, publication.ErrOvertaken)
	require.ErrorContains(t, err, "run-2")
	assert.Equal(t, before, contents(t, store))
	assert.Contains(t, before, "2026-02/run-1/bills.csv", "it may still be looked at")
}

func TestAPartialRunIsBesideTheCycle(t *testing.T) {
	t.Parallel()
	store := newFolder(t)
	publish(t, store, write(t, store, 1, record{"c1", "ecs", "1"}))
	partial := write(t, store, 2, record{"c1", "ecs", "2"})
	partial.manifest.Partial = true
	partial.manifest.Files[0].Path = "partial/run-2/bills.csv"
	objectstest.Write(t, store, "partial/run-2/bills.csv", objectstest.Read(t, store, "2026-02/run-2/bills.csv"))
	m := publish(t, store, partial)
	assert.Nil(t, m.Supersedes)
	assert.Equal(t, "run-1", verified(t, store).RunID)
	before := contents(t, store)
	assert.Contains(t, before, "partial/run-2/manifest.json")
	publish(t, store, partial)
	assert.Equal(t, before, contents(t, store))
}

func TestAnIncompleteExportIsNotPublished(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(store objects.Store, m *publication.Manifest){
		"2026-02/run-1/bills.csv is not there":                      func(s objects.Store, m *publication.Manifest) { _ = s.Delete(t.Context(), m.Files[0].Path) },
		"2026-02/run-1/bills.csv has 3 bytes":                       func(s objects.Store, m *publication.Manifest) { objectstest.Write(t, s, m.Files[0].Path, "new") },
		"2026-02/run-2/bills.csv is not in the folder of run run-1": func(_ objects.Store, m *publication.Manifest) { m.Files[0].Path = "2026-02/run-2/bills.csv" },
		"does not come after the line before it":                    nil,
		"it is in 2026-02/manifest.json":                            func(s objects.Store, _ *publication.Manifest) { objectstest.Write(t, s, "2026-02/manifest.json", "{") },
		"schema version is 1, not 2; it is in 2026-02/manifest.json": func(s objects.Store, _ *publication.Manifest) {
			objectstest.Write(t, s, "2026-02/manifest.json", `{"schema_version":1}`)
		},
	} {
		store := newFolder(t)
		e := write(t, store, 1, record{"c1", "ecs", "1"})
		lines := e.tally.Lines()
		if change != nil {
			change(store, &e.manifest)
		} else {
			once := lines
			lines = func(yield func(line) bool) { once(yield); once(yield) }
		}
		_, err := publication.Publish(t.Context(), store, e.manifest, lines, always)
		require.ErrorContains(t, err, want)
		_, err = publication.Verify(t.Context(), store, february)
		require.Error(t, err)
	}
}

// A process may be killed after any of its calls: what stood stands, and what is done
// again ends with the same bytes.
func TestPublishingMayBeKilledAnywhere(t *testing.T) {
	t.Parallel()
	earlier := []record{{"c1", "ecs", "1"}, {"c2", "ecs", "2"}}
	later := []record{{"c1", "ecs", "1"}, {"c2", "ecs", "3"}}
	prepare := func() (*objects.Folder, export) {
		store := newFolder(t)
		publish(t, store, write(t, store, 1))
		publish(t, store, write(t, store, 2, earlier...))
		return store, write(t, store, 3, later...)
	}
	undisturbed, e := prepare()
	publish(t, undisturbed, e)
	want := contents(t, undisturbed)

	kills := 0
	for stopped := true; stopped; kills++ {
		store, e := prepare()
		process := objectstest.NewStopping(store, kills)
		_, err := publication.Publish(t.Context(), process, e.manifest, e.tally.Lines(), always)
		if err == nil {
			err = publication.RemoveOlder(t.Context(), process, february)
		}
		stopped = process.Stopped()
		if stopped {
			require.ErrorIs(t, err, objectstest.ErrStopped)
		}
		if m := verified(t, store); m.RunID != "run-3" {
			assert.Equal(t, "run-2", m.RunID)
		}
		publish(t, store, e)
		require.Equal(t, want, contents(t, store))
	}
	assert.Greater(t, kills, 20)
}

func TestAFullDiskPublishesNothing(t *testing.T) {
	t.Parallel()
	store := newFolder(t)
	publish(t, store, write(t, store, 1, record{"c1", "ecs", "1"}))
	e := write(t, store, 2, record{"c1", "ecs", "2"})
	for left := 0; ; left += 97 {
		disk := objectstest.NewDisk(store, left)
		_, err := publication.Publish(t.Context(), disk, e.manifest, e.tally.Lines(), always)
		if err == nil {
			assert.Greater(t, left, 2000)
			break
		}
		require.ErrorIs(t, err, syscall.ENOSPC)
		require.Equal(t, "run-1", verified(t, store).RunID)
	}
	assert.Equal(t, "run-2", verified(t, store).RunID)
}

// interrupted lets something happen just before a manifest is put in its place.
type interrupted struct {
	objects.Store
	before func()
}

// Put implements objects.Store.
func (i *interrupted) Put(ctx context.Context, name string, content []byte, seen objects.Version) error {
	before := i.before
	i.before = func() {}
	before()
	return i.Store.Put(ctx, name, content, seen)
}

func TestWhatIsPublishedMeanwhileIsSuperseded(t *testing.T) {
	t.Parallel()
	store := newFolder(t)
	first, second, third := write(t, store, 1), write(t, store, 2), write(t, store, 3)
	m, err := publication.Publish(t.Context(), &interrupted{store, func() { publish(t, store, first) }}, second.manifest, second.tally.Lines(), always)
	require.NoError(t, err)
	require.NotNil(t, m.Supersedes)
	assert.Equal(t, "run-1", m.Supersedes.RunID)
	verified(t, store)

	fourth := write(t, store, 4)
	_, err = publication.Publish(t.Context(), &interrupted{store, func() { publish(t, store, fourth) }}, third.manifest, third.tally.Lines(), always)
	require.ErrorIs(t, err, publication.ErrOvertaken)
	assert.Equal(t, "run-4", verified(t, store).RunID)
}

// A worker may find at last that its run has ended meanwhile.
func TestWhatIsNotConfirmedIsNotPublished(t *testing.T) {
	t.Parallel()
	store := newFolder(t)
	publish(t, store, write(t, store, 1, record{"c1", "ecs", "1"}))
	e := write(t, store, 2, record{"c1", "ecs", "2"})
	over := errors.New("the run has ended")
	_, err := publication.Publish(t.Context(), store, e.manifest, e.tally.Lines(), func(context.Context) error { return over })
	require.ErrorIs(t, err, over)
	assert.Equal(t, "run-1", verified(t, store).RunID)
	assert.NotContains(t, contents(t, store), "2026-02/run-2/manifest.json")
}

func TestIsPublished(t *testing.T) {
	t.Parallel()
	store := newFolder(t)
	is := func(run string, partial bool) bool {
		published, err := publication.IsPublished(t.Context(), store, february, run, partial)
		require.NoError(t, err)
		return published
	}
	assert.False(t, is("run-1", false))
	for n := range 3 {
		publish(t, store, write(t, store, n+1, record{"c1", "ecs", "1"}))
	}
	assert.True(t, is("run-3", false))
	assert.True(t, is("run-2", false), "its readers may still be at it")
	assert.False(t, is("run-1", false))
	assert.False(t, is("run-3", true))
	objectstest.Write(t, store, "2026-02/manifest.json", "{")
	_, err := publication.IsPublished(t.Context(), store, february, "run-3", false)
	require.Error(t, err)
}

// What is published is cleared up after while the next export comes, which may have been
// asked for in the same second.
func TestAnExportThatIsAboutToBePublishedIsNotRemoved(t *testing.T) {
	t.Parallel()
	store := newFolder(t)
	publish(t, store, write(t, store, 1))
	second := publish(t, store, write(t, store, 2))
	third := write(t, store, 3)
	third.manifest.GeneratedAt = second.GeneratedAt
	clears := func() { require.NoError(t, publication.RemoveOlder(t.Context(), store, february)) }
	_, err := publication.Publish(t.Context(), &interrupted{store, clears}, third.manifest, third.tally.Lines(), always)
	require.NoError(t, err)
	assert.Equal(t, "run-3", verified(t, store).RunID)
}

func TestManyPublishersFormAChain(t *testing.T) {
	t.Parallel()
	store := newFolder(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	superseded := map[string]string{}
	for n := range 6 {
		e := write(t, store, n, record{"c1", "ecs", fmt.Sprint(n)})
		wg.Go(func() {
			m, err := publication.Publish(t.Context(), store, e.manifest, e.tally.Lines(), always)
			if errors.Is(err, publication.ErrOvertaken) || errors.Is(err, objects.ErrChanged) {
				return
			}
			if !assert.NoError(t, err) {
				return
			}
			before := ""
			if m.Supersedes != nil {
				before = m.Supersedes.RunID
			}
			mu.Lock()
			defer mu.Unlock()
			superseded[m.RunID] = before
		})
	}
	wg.Wait()
	last, seen := verified(t, store).RunID, map[string]bool{}
	for run := last; run != ""; run = superseded[run] {
		require.NotContains(t, seen, run)
		seen[run] = true
	}
	assert.Len(t, seen, len(superseded), "no publisher has won without the next one knowing")
}

// A reader who takes what a manifest names finds it whole, however fast exports follow:
// the one before is kept.
func TestReaderNeverSeesHalfAnExport(t *testing.T) {
	t.Parallel()
	store := newFolder(t)
	publish(t, store, write(t, store, 0))
	stop, failed := make(chan struct{}), make(chan error, 1)
	go func() { failed <- readUntil(t.Context(), store, stop) }()
	for n := range 12 {
		publish(t, store, write(t, store, n+1, record{"c1", "ecs", fmt.Sprint(n)}))
	}
	close(stop)
	require.NoError(t, <-failed)
}

func readUntil(ctx context.Context, store objects.Store, stop <-chan struct{}) error {
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		m, err := publication.Verify(ctx, store, february)
		if err == nil {
			continue
		}
		// A reader that took longer than two exports begins again with the newest.
		content, again := publication.Read(ctx, store, february)
		if again != nil {
			return again
		}
		if newest, again := publication.Decode(content); again != nil || newest.RunID == m.RunID {
			return errors.Join(err, again)
		}
	}
}
