package billexport_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
)

func TestRunReplacesTheEarlierOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.customer("resale", huawei.AssociationResale, february, 5)
	w.export(february)
	first, _ := w.published(february)
	firstHash := hash(w.read(february, "manifest.json"))

	unchanged := w.export(february)
	assert.Equal(t, first.Files, unchanged.Files, "the same bills are the same file")
	require.NotNil(t, unchanged.Supersedes)
	assert.Equal(t, firstHash, *unchanged.Supersedes)

	require.NoError(t, w.cloud.SpoilBill(february, id, 0, decimal.NewFromInt(1)))
	w.export(february)
	second, _ := w.published(february)
	assert.NotEqual(t, first.Files, second.Files)
	assert.ElementsMatch(t, []string{february, february + "/manifest.json", february + "/" + second.Files[0].Name}, w.files(),
		"the earlier file is gone")
}

func TestFailedRunLeavesTheEarlierOne(t *testing.T) {
	t.Parallel()
	for operation, code := range map[string]string{
		"ListConsumeSubCustomers":     "upstream_unavailable",
		"ListSubCustomerBillDetail":   "upstream_unavailable",
		"ListSubcustomerMonthlyBills": "upstream_unavailable",
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.customer("resale", huawei.AssociationResale, february, 5)
			w.export(february)
			files, manifest := w.files(), w.read(february, "manifest.json")
			w.fail(operation, huawei.FaultUnavailable)

			assert.Equal(t, code, w.refusedRun(february).Code)
			assert.Equal(t, files, w.files(), "no draft is left")
			assert.Equal(t, manifest, w.read(february, "manifest.json"))

			w.cloud.ClearFaults()
			w.export(february)
		})
	}
}

func TestRunOutOfTimePublishesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 5)
	w.before = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/res-fee-records") {
			<-r.Context().Done()
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()

	err := w.edge.Schedule(ctx, "monthly", nil)

	require.ErrorIs(t, err, context.DeadlineExceeded)
	var p *handler.Problem
	require.NotErrorAs(t, err, &p, "nobody refused anything")
	assert.Empty(t, w.files())
	w.before = nil
	w.export(february) // the lock was given back
}

func TestUnwritableFolder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 5)
	// The place of the cycle's folder is taken by a file.
	blocker := filepath.Join(w.dir, february)
	require.NoError(t, os.WriteFile(blocker, nil, 0o600))

	err := w.edge.Schedule(t.Context(), "monthly", nil)

	require.ErrorContains(t, err, "export_not_published")
	require.ErrorContains(t, err, "export folder "+w.dir)
	assert.Equal(t, []string{february}, w.files(), "no draft is left")

	require.NoError(t, os.Remove(blocker))
	w.export(february)
}

func TestFolderThatIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, os.RemoveAll(w.dir))

	p := w.refusedRun(february)

	assert.Equal(t, "export_not_published", p.Code)
	assert.NotContains(t, p.Detail, w.dir, "the caller need not know it")
}

func TestDraftsOfKilledRunsAreRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, os.MkdirAll(filepath.Join(w.dir, ".tmp-2026-02-123", "deep"), 0o700))
	require.NoError(t, os.MkdirAll(filepath.Join(w.dir, ".tmp-2026-01-123"), 0o700))

	w.export(february)

	files := strings.Join(w.files(), " ")
	assert.NotContains(t, files, ".tmp-2026-02-123")
	assert.Contains(t, files, ".tmp-2026-01-123", "another cycle may be running")
}

// during runs f once, at the first request whose path ends so.
func (w *world) during(suffix string, f func()) {
	w.before = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, suffix) {
			w.before = nil
			f()
		}
	}
}

func TestOneRunOfACycleAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 5)
	w.during("/res-fee-records", func() {
		p := w.refusedRun(february)
		assert.Equal(t, "run_in_progress", p.Code)
		assert.Equal(t, "2026-01", w.export("2026-01").Cycle, "another cycle is free")
	})

	w.export(february)
	w.export(february) // the lock was given back
}

func TestLongRunKeepsOthersOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 12) // four pages
	refused := 0
	w.before = func(r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/res-fee-records") {
			return
		}
		w.clock.Advance(6 * time.Minute)
		before := w.before
		w.before = nil
		assert.Equal(t, "run_in_progress", w.refusedRun(february).Code)
		refused++
		w.before = before
	}

	w.export(february)
	assert.Equal(t, 4, refused)
}

func TestRunThatStoodStillDoesNotPublish(t *testing.T) {
	t.Parallel()
	for _, suffix := range []string{"/res-fee-records", "/monthly-sum"} {
		w := newWorld(t)
		w.customer("resale", huawei.AssociationResale, february, 5)
		var manifest []byte
		w.during(suffix, func() {
			w.clock.Advance(11 * time.Minute) // its lock ends, and another run takes over
			w.export(february)
			manifest = w.read(february, "manifest.json")
		})

		assert.Equal(t, "run_in_progress", w.refusedRun(february).Code)
		assert.Equal(t, string(manifest), string(w.read(february, "manifest.json")))
	}
}
