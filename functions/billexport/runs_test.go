package billexport_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
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

	summary := w.export(february)

	assert.Equal(t, february, summary.Cycle)
	assert.Equal(t, billexport.Final, summary.State)
	assert.Equal(t, "CNY", summary.Currency)
	assert.Equal(t, 4, summary.Customers)
	assert.True(t, summary.Agrees)
	assert.Positive(t, summary.Compared)
	assert.Zero(t, summary.Differences)
	assert.Zero(t, summary.BrokenIdentities)
	assert.Nil(t, summary.Supersedes)
	assert.True(t, w.clock.Now().Equal(summary.GeneratedAt))

	m, rows := w.published(february)
	assert.Equal(t, 21, m.Files[0].Rows)
	assert.Equal(t, summary.Files, m.Files)
	records := map[string]int{}
	for i := 1; i < len(rows); i++ {
		assert.Equal(t, february, cell(rows, i, "bill_cycle"))
		records[cell(rows, i, "customer_id")]++
	}
	assert.Equal(t, map[string]int{ids[0]: 10, ids[1]: 1, ids[2]: 7, ids[3]: 3}, records)
	assert.ElementsMatch(t, []string{february, february + "/manifest.json", february + "/" + m.Files[0].Name}, w.files())
}

// The sums of the manifest are those of the file that it names.
func TestSumsAreThoseOfTheFile(t *testing.T) {
	t.Parallel()
	for _, rows := range []int{0, 1, 3, 100, 400} {
		w := newWorld(t)
		for _, name := range []string{"customer-1", "customer-2"} {
			w.customer(name, huawei.AssociationResale, february, rows)
		}
		w.export(february)
		m, table := w.published(february)

		if rows == 0 {
			assert.Empty(t, m.Sums)
			assert.Empty(t, m.Currency)
			continue
		}
		require.Len(t, m.Sums, 1)
		require.Len(t, m.CustomerSums, 2)
		assert.Equal(t, 2*rows, m.Sums[0].Rows)
		requireSums(t, m.Sums[0].Amounts, table, "")
		for _, sum := range m.CustomerSums {
			assert.Equal(t, rows, sum.Rows)
			requireSums(t, sum.Amounts, table, sum.CustomerID)
		}
	}
}

// requireSums compares each sum, by its name in JSON, with its column.
func requireSums(t *testing.T, amounts billexport.Amounts, table [][]string, customerID string) {
	t.Helper()
	encoded, err := json.Marshal(amounts)
	require.NoError(t, err)
	var named map[string]decimal.Decimal
	require.NoError(t, json.Unmarshal(encoded, &named))
	require.Len(t, named, 10)
	for name, sum := range named {
		var added decimal.Decimal
		for i := 1; i < len(table); i++ {
			if customerID == "" || cell(table, i, "customer_id") == customerID {
				added = added.Add(decimal.RequireFromString(cell(table, i, name)))
			}
		}
		require.True(t, added.Equal(sum), "%s: the file has %s, the manifest %s", name, added, sum)
	}
}

func TestExportTellsWhereItDisagrees(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("sound", huawei.AssociationResale, february, 20)
	spoiled := w.customer("spoiled", huawei.AssociationResale, february, 20)
	require.NoError(t, w.cloud.SpoilBill(february, spoiled, 4, decimal.RequireFromString("-12.34")))

	summary := w.export(february)

	assert.Equal(t, billexport.FinalWithDifferences, summary.State)
	assert.False(t, summary.Agrees)
	assert.Equal(t, 1, summary.Differences)
	assert.Equal(t, 1, summary.BrokenIdentities)
	m, rows := w.published(february)
	require.Len(t, m.Reconciliation.Differences, 1)
	d := m.Reconciliation.Differences[0]
	assert.Equal(t, spoiled, d.CustomerID)
	assert.Equal(t, "CNY", d.Currency)
	assert.Equal(t, "-12.34", d.Difference.String())
	assert.True(t, d.RecordsAmount.Sub(d.SummaryAmount).Equal(d.Difference))
	require.Len(t, m.BrokenIdentities.First, 1)
	broken := m.BrokenIdentities.First[0]
	assert.Equal(t, billexport.Truncation, broken.Identity)
	row := slices.IndexFunc(rows, func(r []string) bool { return slices.Contains(r, broken.ID) })
	assert.Equal(t, spoiled, cell(rows, row, "customer_id"))
	assert.Equal(t, d.CloudServiceType, cell(rows, row, "service_type_code"))
	assert.Equal(t, d.ResourceTypeCode, cell(rows, row, "resource_type_code"))
	assert.Equal(t, string(d.ChargeMode), cell(rows, row, "charging_mode"))
}

func TestOnlyTheFirstBrokenIdentitiesAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.customer("spoiled", huawei.AssociationResale, february, 30)
	for row := range 25 {
		require.NoError(t, w.cloud.SpoilBill(february, id, row, decimal.NewFromInt(1)))
	}

	assert.Equal(t, 25, w.export(february).BrokenIdentities)
	m, _ := w.published(february)
	assert.Len(t, m.BrokenIdentities.First, 20)
}

func TestStateFollowsTheCalendarOfBeijing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock.Set(time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC))
	w.customer("resale", huawei.AssociationResale, february, 5)
	for _, test := range []struct {
		now   string
		state billexport.State
	}{
		{"2026-02-20T12:00:00Z", billexport.Estimated},
		{"2026-02-28T16:00:00Z", billexport.Estimated}, // March has begun in GMT+8
		{"2026-03-04T01:59:58Z", billexport.Estimated},
		{"2026-03-04T02:00:00Z", billexport.Final}, // the 4th, 10:00 GMT+8
		{"2027-08-31T15:59:00Z", billexport.Final}, // 18 months later
	} {
		now, err := time.Parse(time.RFC3339, test.now)
		require.NoError(t, err)
		w.before = func(*http.Request) { w.clock.Set(now) } // waiting takes no time here
		w.clock.Set(now)
		assert.Equal(t, test.state, w.export(february).State, test.now)
	}
}

func TestRunRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock.Set(time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC)) // March in GMT+8
	tests := map[string]struct{ body, code string }{
		"no JSON":        {`cycle`, "malformed_json"},
		"unknown field":  {`{"month":"2026-02"}`, "unknown_field"},
		"number":         {`{"cycle":202602}`, "wrong_type"},
		"empty":          {`{}`, "cycle_malformed"},
		"no month":       {runOf("2026"), "cycle_malformed"},
		"month 13":       {runOf("2026-13"), "cycle_malformed"},
		"one digit":      {runOf("2026-2"), "cycle_malformed"},
		"a day":          {runOf("2026-02-01"), "cycle_malformed"},
		"another folder": {runOf("../2026-02"), "cycle_malformed"},
		"next month":     {runOf("2026-04"), "cycle_future"},
		"too old":        {runOf("2024-08"), "cycle_too_old"},
	}
	for name, test := range tests {
		p := w.refused(http.MethodPost, "/billexport/runs", test.body)
		assert.Equal(t, test.code, p.Code, name)
		assert.NotEmpty(t, p.Next, name)

		var queued *handler.Problem
		require.ErrorAs(t, w.edge.Message(t.Context(), "exports", handler.Message{ID: "1", Body: []byte(test.body)}), &queued, name)
		assert.Equal(t, test.code, queued.Code, name)
	}
	assert.Empty(t, w.files())

	assert.Equal(t, "2024-09", w.export("2024-09").Cycle, "18 months back")
	assert.Equal(t, "2026-03", w.export("2026-03").Cycle, "this month")
}

func TestScheduleExportsTheMonthBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock.Set(time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC)) // March in GMT+8
	for _, payload := range []string{"", `{}`} {
		require.NoError(t, w.edge.Schedule(t.Context(), "monthly", []byte(payload)))
		m, _ := w.published(february)
		assert.Equal(t, february, m.Cycle)
		require.NoError(t, os.RemoveAll(filepath.Join(w.dir, february)))
	}

	require.NoError(t, w.edge.Schedule(t.Context(), "monthly", []byte(runOf("2026-01"))))
	w.published("2026-01")
	require.NoError(t, w.edge.Message(t.Context(), "exports", handler.Message{ID: "1", Body: []byte(runOf("2025-12"))}))
	w.published("2025-12")
	var p *handler.Problem
	require.ErrorAs(t, w.edge.Schedule(t.Context(), "monthly", []byte(`{"month":"2026-01"}`)), &p)
	assert.Equal(t, "unknown_field", p.Code)
}

func TestShowRunAnswersTheManifestByteForByte(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.Equal(t, "run_not_found", w.refused(http.MethodGet, "/billexport/runs/"+february, "").Code)
	assert.Equal(t, "cycle_malformed", w.refused(http.MethodGet, "/billexport/runs/..%2f..%2fetc", "").Code)
	w.customer("resale", huawei.AssociationResale, february, 5)
	w.export(february)

	status, body := w.call(http.MethodGet, "/billexport/runs/"+february, "")

	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, string(w.read(february, "manifest.json")), string(body))
}

func TestMissingFolderIsNotMadeUp(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "not-mounted")
	_, err := billexport.New(billexport.Config{ExportURL: "file:" + dir, Config: functions.Config{
		Site: "cn", AccessKey: "AK", SecretKey: handler.NewSecret("SK"), XAccountType: "SIM_IDP",
		CallerSecrets: []handler.Secret{handler.NewSecret(callerSecret)},
	}}, functions.Runtime{Clock: clock.System{}, Store: memory.New()})

	require.ErrorContains(t, err, dir)
}
