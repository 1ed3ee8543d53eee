package billexport_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
)

func TestRunRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock.Set(time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC)) // March in GMT+8
	tests := map[string]struct{ body, code string }{
		"no JSON":              {`cycle`, "malformed_json"},
		"unknown field":        {`{"month":"2026-02"}`, "unknown_field"},
		"number":               {`{"cycle":202602}`, "wrong_type"},
		"empty":                {`{}`, "cycle_malformed"},
		"no month":             {runOf("2026"), "cycle_malformed"},
		"month 13":             {runOf("2026-13"), "cycle_malformed"},
		"one digit":            {runOf("2026-2"), "cycle_malformed"},
		"a day":                {runOf("2026-02-01"), "cycle_malformed"},
		"another folder":       {runOf("../2026-02"), "cycle_malformed"},
		"next month":           {runOf("2026-04"), "cycle_future"},
		"too old":              {runOf("2024-08"), "cycle_too_old"},
		"unknown format":       {`{"cycle":"2026-02","formats":["docx"]}`, "invalid_fields"},
		"unknown destination":  {`{"cycle":"2026-02","destination":"file:/etc"}`, "invalid_fields"},
		"unknown headings":     {`{"cycle":"2026-02","headings":"de"}`, "invalid_fields"},
		"a path of a customer": {`{"cycle":"2026-02","customers":["../../etc"]}`, "invalid_fields"},
	}
	for name, test := range tests {
		p := w.refused(http.MethodPost, "/billexport/runs", test.body)
		assert.Equal(t, test.code, p.Code, name)
		assert.NotEmpty(t, p.Next, name)

		var queued *handler.Problem
		require.ErrorAs(t, w.door().Message(t.Context(), "exports", handler.Message{ID: "1", Body: []byte(test.body)}), &queued, name)
		assert.Equal(t, test.code, queued.Code, name)
	}
	assert.Empty(t, w.files())
	for _, cycle := range []string{"2024-09", "2026-03"} { // 18 months back, and this month
		assert.Equal(t, cycle, w.export(cycle).Cycle)
	}
}

func TestUnknownCustomerIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.customer("resale", huawei.AssociationResale, february, 2)

	r := w.run(fmt.Sprintf(`{"cycle":%q,"customers":[%q,"nobody"]}`, february, id))

	require.Equal(t, billexport.RunFailed, r.State)
	assert.Equal(t, "customer_unknown", r.Reason.Code)
	assert.Contains(t, r.Reason.Detail, "nobody")
	assert.NotContains(t, r.Reason.Detail, id)
	assert.Empty(t, w.files())
}

// place is where exports go, which can run full or deny.
type place struct {
	*objects.Folder
	mu         sync.Mutex
	left       int                 // bytes
	deny       error               // of every object that is begun
	unreadable error               // of every object that is read whole
	before     func(name string)   // runs before an object is begun, if set
	listed     func(prefix string) // runs before a list, if set
}

func (p *place) setUnreadable(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unreadable = err
}

func (p *place) Get(ctx context.Context, name string, limit int64) ([]byte, objects.Version, error) {
	p.mu.Lock()
	err := p.unreadable
	p.mu.Unlock()
	if err != nil {
		return nil, "", err
	}
	return p.Folder.Get(ctx, name, limit)
}

func (p *place) List(ctx context.Context, prefix string) iter.Seq2[objects.Object, error] {
	if p.listed != nil {
		p.listed(prefix)
	}
	return p.Folder.List(ctx, prefix)
}

func (p *place) Create(ctx context.Context, name string) (objects.Writer, error) {
	if p.before != nil {
		p.before(name)
	}
	if p.deny != nil {
		return nil, p.deny
	}
	w, err := p.Folder.Create(ctx, name)
	return placeWriter{w, p}, err
}

type placeWriter struct {
	objects.Writer
	place *place
}

func (w placeWriter) Write(b []byte) (int, error) {
	w.place.mu.Lock()
	defer w.place.mu.Unlock()
	if len(b) > w.place.left {
		return 0, syscall.ENOSPC
	}
	w.place.left -= len(b)
	return w.Writer.Write(b)
}

// newPlace is a world that publishes in a place.
func newPlace(t *testing.T, tasks billexport.Tasks) (*world, *place) {
	t.Helper()
	w := newWorld(t)
	folder, err := objects.NewFolder(w.dir)
	require.NoError(t, err)
	p := &place{Folder: folder, left: 1 << 30}
	w.cfg.Workers = 1 // nobody is still at work for a run that has failed
	w.open(billexport.Platform{Open: func(string) (objects.Store, error) { return p, nil }, Tasks: tasks})
	return w, p
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	w, p := newPlace(t, nil)
	w.customer("resale", huawei.AssociationResale, february, 100)
	w.export(february)
	used := 1<<30 - p.left
	files := w.contents()

	for _, left := range []int{0, 500, used / 4, used / 2, used - 2000} {
		p.left = left
		assert.Equal(t, "export_not_written", w.failedRun(february).Code, left)
		assert.Equal(t, files, w.contents(), "the earlier export stands, and nothing beside it")
	}
	p.left = 1 << 30
	w.export(february)
}

func TestBucketThatRefuses(t *testing.T) {
	t.Parallel()
	w, p := newPlace(t, nil)
	w.customer("resale", huawei.AssociationResale, february, 10)
	p.deny = objects.ErrDenied
	assert.Equal(t, "export_not_written", w.failedRun(february).Code)
	assert.Empty(t, w.files())
	p.deny = nil
	w.export(february)
}

// Pages that are not of one list are read again, and end the run if that goes on.
func TestPagesThatChange(t *testing.T) {
	t.Parallel()
	at := func(r *http.Request) string { return r.URL.Query().Get("offset") }
	for name, alter := range map[string]func(r *http.Request, page *feePage){
		"the total grows": func(r *http.Request, page *feePage) {
			if at(r) == "3" {
				page.Total++
			}
		},
		"the list shrinks": func(r *http.Request, page *feePage) {
			if at(r) == "6" {
				page.Total, page.Records = 8, page.Records[:2]
			}
		},
		"a page is short": func(r *http.Request, page *feePage) {
			if at(r) == "3" {
				page.Records = page.Records[:2]
			}
		},
		"a page that repeats": func() func(r *http.Request, page *feePage) {
			var first []map[string]any
			return func(r *http.Request, page *feePage) {
				if at(r) == "3" {
					page.Records = first
				}
				first = page.Records
			}
		}(),
		"another customer": func(r *http.Request, page *feePage) {
			if at(r) == "6" {
				page.Records[1]["customer_id"] = "somebody-else"
			}
		},
		"another cycle": func(_ *http.Request, page *feePage) { page.Records[0]["bill_cycle"] = "2026-01" },
		"it ends too early": func(r *http.Request, page *feePage) {
			if at(r) == "9" {
				page.Records = page.Records[:0]
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.customer("resale", huawei.AssociationResale, february, 11)
			w.alter = alter
			reason := w.failedRun(february)
			assert.Equal(t, "bills_changing", reason.Code)
			assert.Empty(t, w.files())

			times := 0
			w.alter = func(r *http.Request, page *feePage) {
				if at(r) == "" {
					times++
				}
				if times < 3 {
					alter(r, page)
				}
			}
			assert.Equal(t, 11, w.export(february).Rows, "the third time it was one list")
			assert.Equal(t, 3, times)
		})
	}
}

// What stands twice in the bills does so on two pages as well: the list has not changed.
func TestARecordThatIsThereTwiceOnTwoPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.customer("resale", huawei.AssociationResale, february, 11)
	require.NoError(t, w.cloud.Spoil(huawei.Spoil{Cycle: february, CustomerID: id, Kind: huawei.SpoilTwice, Row: 2}))
	m := w.export(february)
	assert.Equal(t, 12, m.Rows)
	assert.Equal(t, publication.FinalWithDifferences, m.State)
	assert.Contains(t, string(m.Reconciliation), "duplicate_record")
}

// A running cycle may grow behind the last page: that is asked for once more.
func TestLastPageOfARunningCycleIsComparedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock.Set(time.Date(2026, 2, 20, 2, 0, 0, 0, time.UTC))
	id := w.customer("resale", huawei.AssociationResale, february, 5)
	pages := 0
	w.alter = func(*http.Request, *feePage) {
		if pages++; pages == 2 {
			w.clock.Advance(time.Hour)
			require.NoError(t, w.cloud.AddBills(february, id, 1))
		}
	}
	m := w.export(february)
	assert.Equal(t, 6, m.Rows)
	assert.Equal(t, publication.Estimated, m.State)
	assert.Equal(t, 2+1+2+1, pages, "read, compared, read again, compared")
}

func TestBillsThatCannotBeAddedUp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		alter  func(page *feePage)
		detail string
	}{
		"an endless one": {func(page *feePage) { page.Records[0]["cash_amount"] = json.Number("1e90") }, "cash_amount"},
		"too fine":       {func(page *feePage) { page.Records[0]["debt_amount"] = json.Number("0.000000001") }, "debt_amount"},
		"no currency":    {func(page *feePage) { page.Currency = nil }, "no currency"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.customer("resale", huawei.AssociationResale, february, 3)
			w.alter = func(_ *http.Request, page *feePage) { test.alter(page) }
			reason := w.failedRun(february)
			assert.Equal(t, "bills_unreadable", reason.Code)
			assert.Contains(t, reason.Detail, test.detail)
			assert.Empty(t, w.files())
		})
	}
}

func TestAnotherCurrencyIsASumOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale-1", huawei.AssociationResale, february, 3)
	abroad := w.customer("resale-2", huawei.AssociationResale, february, 3)
	usd := "USD"
	w.alter = func(r *http.Request, page *feePage) {
		if r.URL.Query().Get("customer_id") == abroad {
			page.Currency = &usd
		}
	}
	m := w.export(february)
	require.Len(t, m.Sums, 2)
	assert.Equal(t, "CNY", m.Sums[0].Currency)
	assert.Equal(t, "USD", m.Sums[1].Currency)
	assert.Empty(t, m.Currency)
	assert.Equal(t, publication.FinalWithDifferences, m.State, "the monthly sums are in yuan")
}

func TestARecordThatBreaksAnIdentityIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("sound", huawei.AssociationResale, february, 20)
	spoiled := w.customer("spoiled", huawei.AssociationResale, february, 20)
	// The monthly sums differ by the first, and know nothing of the second.
	for _, kind := range []huawei.Spoiling{huawei.SpoilAmount, huawei.SpoilIdentity} {
		w.cloud.MendBills()
		require.NoError(t, w.cloud.Spoil(huawei.Spoil{
			Cycle: february, CustomerID: spoiled, Kind: kind, Row: 4, Delta: decimal.RequireFromString("-12.34"),
		}))
		m := w.export(february)
		assert.Equal(t, publication.FinalWithDifferences, m.State, kind)
		require.Equal(t, 1, m.BrokenIdentities.Count, kind)
		assert.Equal(t, spoiled, m.BrokenIdentities.First[0].CustomerID)
		book, err := excelize.OpenReader(bytes.NewReader(w.read(file(t, m, "xlsx").Path)))
		require.NoError(t, err)
		state, err := book.GetCellValue("In all", "B2")
		require.NoError(t, err)
		assert.Equal(t, "Final, with differences", state)
	}
}

// Names lead nowhere else, and are no formulas.
func TestNamesArePathsAndFormulasNowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.Formats = []string{"csv", "xlsx", "parquet", "focus-csv", "focus-parquet", "statements", "report"}
	w.open(billexport.Platform{})
	w.customer("resale", huawei.AssociationResale, february, 3)
	w.alter = func(_ *http.Request, page *feePage) {
		page.Records[0]["resource_name"] = "../../etc/passwd"
		page.Records[0]["product_name"] = "=HYPERLINK(\"http://example.com\")"
		page.Records[0]["region_name"] = "<script>alert(1)</script>"
	}
	m := w.export(february)
	rows := w.table(m)
	assert.Equal(t, "'=HYPERLINK(\"http://example.com\")", cell(rows, 1, "Product"))
	assert.Equal(t, "../../etc/passwd", cell(rows, 1, "Resource name"))
	for _, name := range w.files() {
		assert.True(t, strings.HasPrefix(name, february), name)
	}
	assert.NotContains(t, string(w.read(file(t, m, "report").Path)), "<script>alert")
}

func TestOneRunOfACycleAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 5)
	arrived, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.before = func(*http.Request) {
		once.Do(func() { close(arrived) })
		<-goOn
	}
	first := w.ask(runOf(february))
	<-arrived

	p := w.refused(http.MethodPost, "/billexport/runs", runOf(february))
	assert.Equal(t, "run_in_progress", p.Code)
	assert.Contains(t, p.Detail, first.RunID)
	other := w.ask(runOf("2026-01"))

	close(goOn)
	assert.Equal(t, billexport.RunPublished, w.ended(first.RunID).State)
	assert.Equal(t, billexport.RunPublished, w.ended(other.RunID).State)
	assert.NotNil(t, w.export(february).Supersedes)
}

func TestFailedRunLeavesTheEarlierOne(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"ListConsumeSubCustomers", "ListSubCustomerBillDetail", "ListSubcustomerMonthlyBills"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.customer("resale", huawei.AssociationResale, february, 5)
			w.export(february)
			files := w.contents()
			w.fail(operation, huawei.FaultUnavailable)
			assert.Equal(t, "upstream_unavailable", w.failedRun(february).Code)
			assert.Equal(t, files, w.contents())
			w.cloud.ClearFaults()
			w.export(february)
		})
	}
}

func TestCustomersWithoutNamesAreExported(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 5)
	w.fail("ListSubCustomers", huawei.FaultUnavailable)
	assert.Equal(t, 5, w.export(february).Rows)
}

// The cycle becomes part of paths, so nothing may pass but a month.
func FuzzCycle(f *testing.F) {
	for _, seed := range []string{"2026-02", "2026-13", "../etc", "2026-2", "", "99999-01"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := bill.ParseCycle(text)
		if err == nil && (c.String() != text || len(text) != len("2026-02") || strings.ContainsAny(text, "/\\.")) {
			t.Errorf("%q was taken for the cycle %s", text, c)
		}
	})
}
