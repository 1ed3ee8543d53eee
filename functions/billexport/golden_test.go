package billexport_test

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// script answers as Huawei Cloud does, in pages, out of one file: everything that
// a table or a spreadsheet can stumble over is in it.
func script(t *testing.T) http.Handler {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "bills.json"))
	require.NoError(t, err)
	var world struct {
		Customers []json.RawMessage            `json:"customers"`
		Records   map[string][]json.RawMessage `json:"records"` // by customer
		Sums      map[string][]json.RawMessage `json:"sums"`    // by charge mode
	}
	require.NoError(t, json.Unmarshal(data, &world))
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v2/bills/subcustomer-bills/res-fee-records/sub-customers/query", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Offset, Limit int }
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&in))
		answerPage(w, "sub_customers", "total_count", world.Customers, in.Offset, in.Limit)
	})
	mux.HandleFunc("GET /v2/bills/subcustomer-bills/res-fee-records", func(w http.ResponseWriter, r *http.Request) {
		offset, limit := window(t, r)
		answerPage(w, "fee_records", "total_count", world.Records[r.URL.Query().Get("customer_id")], offset, limit)
	})
	mux.HandleFunc("GET /v2/bills/partner-bills/subcustomer-bills/monthly-sum", func(w http.ResponseWriter, r *http.Request) {
		offset, limit := window(t, r)
		answerPage(w, "bill_sums", "count", world.Sums[r.URL.Query().Get("charge_mode")], offset, limit)
	})
	return mux
}

func window(t *testing.T, r *http.Request) (offset, limit int) {
	t.Helper()
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	assert.NoError(t, err)
	if text := r.URL.Query().Get("offset"); text != "" {
		offset, err = strconv.Atoi(text)
		assert.NoError(t, err)
	}
	return offset, limit
}

func answerPage(w http.ResponseWriter, list, count string, rows []json.RawMessage, offset, limit int) {
	page := rows[min(offset, len(rows)):min(offset+limit, len(rows))]
	w.Header().Set("Content-Type", "application/json")
	// A caller who has gone is seen by the test.
	_ = json.NewEncoder(w).Encode(map[string]any{list: page, count: len(rows), "currency": "CNY"})
}

func TestGoldenExport(t *testing.T) {
	t.Parallel()
	w := newScriptedWorld(t, script(t))
	// Waiting for the quota takes no time here, so that the instant is known.
	start := w.clock.Now()
	w.before = func(*http.Request) { w.clock.Set(start) }
	w.export(february)
	m, _ := w.published(february)

	requireGolden(t, "bills-2026-02.csv", w.read(february, m.Files[0].Name))
	requireGolden(t, "manifest.json", w.read(february, "manifest.json"))
}

func requireGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, strings.Split(string(want), "\n"), strings.Split(string(got), "\n"))
}
