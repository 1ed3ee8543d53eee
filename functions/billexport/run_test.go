package billexport_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport"

	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
)

const february = "2026-02"

func TestExportHoldsEveryRecordOfEveryCustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := []string{
		w.customer("resale-1", huawei.AssociationResale, february, 10),
		w.customer("resale-2", huawei.AssociationResale, february, 1),
		w.customer("pays-itself", huawei.AssociationReferral, february, 7),
		w.customer("resale-3", huawei.AssociationResale, february, 3),
	}
	w.customer("consumed-nothing", huawei.AssociationResale, february, 0)
	w.customer("another-month", huawei.AssociationResale, "2026-01", 5)

	m := w.export(february)

	assert.Equal(t, february, m.Cycle)
	assert.Equal(t, publication.Final, m.State)
	assert.Equal(t, "CNY", m.Currency)
	assert.Equal(t, 4, m.Customers)
	assert.Equal(t, 21, m.Rows)
	assert.Nil(t, m.Supersedes)
	assert.Zero(t, m.BrokenIdentities.Count)
	rows := w.table(m)
	records := map[string]int{}
	for i := 1; i < len(rows); i++ {
		assert.Equal(t, february, cell(rows, i, "Billing cycle"))
		records[cell(rows, i, "Customer ID")]++
	}
	assert.Equal(t, map[string]int{ids[0]: 10, ids[1]: 1, ids[2]: 7, ids[3]: 3}, records)
}

func TestRunOfSomeCustomersIsPublishedBesideTheCycle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.customer("resale-1", huawei.AssociationResale, february, 4)
	w.customer("resale-2", huawei.AssociationResale, february, 4)

	r := w.run(fmt.Sprintf(`{"cycle":%q,"customers":[%q],"formats":["csv","parquet"]}`, february, id))

	require.Equal(t, billexport.RunPublished, r.State)
	assert.True(t, r.Partial)
	assert.Equal(t, "partial/"+r.RunID+"/manifest.json", r.Manifest)
	var m publication.Manifest
	require.NoError(t, json.Unmarshal(w.read(r.Manifest), &m))
	assert.Equal(t, 4, m.Rows)
	assert.Equal(t, publication.Final, m.State)
	for _, name := range w.files() {
		assert.True(t, strings.HasPrefix(name, "partial/"+r.RunID+"/"), name)
	}
	assert.Equal(t, "export_not_found", w.refused(http.MethodGet, "/billexport/exports/"+february, "").Code)
}

func TestCancelledRunPublishesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 9)
	arrived, goOn := make(chan struct{}, 1000), make(chan struct{})
	w.before = func(*http.Request) {
		arrived <- struct{}{}
		<-goOn
	}
	id := w.ask(runOf(february)).RunID
	<-arrived

	status, text := w.call(http.MethodPost, "/billexport/runs/"+id+"/cancel", "")
	require.Equal(t, http.StatusOK, status, "%s", text)
	close(goOn)

	assert.Equal(t, billexport.RunCancelled, w.ended(id).State)
	w.export(february) // the cycle is free
	assert.Equal(t, "run_not_cancellable", w.refused(http.MethodPost, "/billexport/runs/"+w.newest()+"/cancel", "").Code)
}

// newest is the run that was asked for last.
func (w *world) newest() string {
	w.t.Helper()
	return w.list("")[0].RunID
}

func (w *world) list(query string) []billexport.RunStatus {
	w.t.Helper()
	status, text := w.call(http.MethodGet, "/billexport/runs"+query, "")
	require.Equal(w.t, http.StatusOK, status, "%s", text)
	var list billexport.RunList
	require.NoError(w.t, json.Unmarshal(text, &list))
	return list.Runs
}

// Timers and queues deliver at least once.
func TestATimerAndAQueueBeginARunOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock.Set(time.Date(2026, 3, 3, 22, 0, 0, 0, time.UTC)) // the 4th in GMT+8, before February is settled
	for range 2 {
		require.NoError(t, w.door().Schedule(t.Context(), "daily", nil))
		require.NoError(t, w.door().Message(t.Context(), "exports", handler.Message{ID: "1", Body: []byte(runOf("2025-12"))}))
		for _, r := range w.list("") {
			w.ended(r.RunID)
		}
	}
	assert.Len(t, w.list(""), 3)
	assert.Len(t, w.list("?cycle=2026-03"), 1)
	assert.Equal(t, publication.Estimated, w.published(february).State)

	w.clock.Set(time.Date(2026, 3, 4, 4, 0, 0, 0, time.UTC))
	require.NoError(t, w.door().Schedule(t.Context(), "monthly", nil))
	w.ended(w.newest())
	assert.Equal(t, publication.Final, w.published(february).State)
	assert.Len(t, w.list("?cycle="+february), 2)
}

func TestLongBillsAreFetchedInRangesOfDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.SplitRows = 10
	w.open(billexport.Platform{})
	w.customer("resale-short", huawei.AssociationResale, february, 10)
	w.customer("resale-long", huawei.AssociationResale, february, 95)
	var ranges atomic.Int64
	w.before = func(r *http.Request) {
		if r.URL.Query().Get("bill_date_begin") != "" && r.URL.Query().Get("offset") == "" {
			ranges.Add(1)
		}
	}
	m := w.export(february)
	assert.Equal(t, 105, m.Rows)
	assert.Equal(t, publication.Final, m.State)
	assert.EqualValues(t, 10, ranges.Load())
	ids := map[string]bool{}
	rows := w.table(m)
	for i := 1; i < len(rows); i++ {
		ids[cell(rows, i, "Record ID")] = true
	}
	assert.Len(t, ids, 105)
}

// A record that belongs to no day of the cycle is not lost.
func TestDaysThatDoNotAddUpAreFetchedInOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.SplitRows = 10
	w.open(billexport.Platform{})
	w.customer("resale-long", huawei.AssociationResale, february, 25)
	w.alter = func(r *http.Request, page *feePage) {
		if r.URL.Query().Get("bill_date_begin") != "2026-02-01" {
			return
		}
		at, _ := strconv.Atoi(r.URL.Query().Get("offset")) // it is left out for 0
		page.Total--
		page.Records = page.Records[:min(len(page.Records), page.Total-at)]
	}
	assert.Equal(t, 25, w.export(february).Rows)
}

// What is lost of a run is found again by the sweep, and by a process that starts.
func TestLostTasksAreSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 5)
	w.open(billexport.Platform{Tasks: nowhere{}})
	lost := w.ask(runOf(february))
	assert.Equal(t, billexport.RunPlanned, lost.State)

	w.open(billexport.Platform{})
	assert.Equal(t, billexport.RunPublished, w.ended(lost.RunID).State, "by a process that starts")

	w.open(billexport.Platform{Tasks: nowhere{}})
	lost = w.ask(runOf("2026-01"))
	sent := &sent{}
	w.open(billexport.Platform{Tasks: sent})
	require.NoError(t, w.door().Schedule(t.Context(), "sweep", nil))
	assert.Empty(t, sent.bodies, "nothing is lost yet")
	w.clock.Advance(10 * time.Minute)
	require.NoError(t, w.door().Schedule(t.Context(), "sweep", nil))
	for len(sent.bodies) > 0 { // each of them twice
		body := sent.bodies[0]
		sent.bodies = sent.bodies[1:]
		for range 2 {
			require.NoError(t, w.door().Message(t.Context(), "exports", handler.Message{ID: "1", Body: body}))
		}
	}
	assert.Equal(t, billexport.RunPublished, w.ended(lost.RunID).State)
}

func TestARunWithoutFilesOfRecordsIsPublished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	nobody := w.run(`{"cycle":"2026-01","formats":["statements","parquet"]}`)
	require.Equal(t, billexport.RunPublished, nobody.State, "%v", nobody.Reason)
	w.customer("resale-1", huawei.AssociationResale, february, 3)
	report := w.run(`{"cycle":"2026-02","formats":["report"]}`)
	require.Equal(t, billexport.RunPublished, report.State, "%v", report.Reason)
	assert.EqualValues(t, 3, report.Rows)
}
