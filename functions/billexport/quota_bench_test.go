package billexport_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// pageQuota is how many pages of fee records the client asks for in a second, where no
// quota is published.
const pageQuota = 5

// BenchmarkQuota fetches the bills of 60 customers, of two pages each, from a Huawei
// Cloud that is 50 ms away and counts calls, by the machine's clock. It says how long
// that takes over what the quota allows for the pages that 1,000 records fit on each.
func BenchmarkQuota(b *testing.B) {
	const customers, rows, pages = 60, 2000, 120
	cycle := time.Now().UTC().AddDate(0, -1, -6).Format("2006-01") // is settled
	for b.Loop() {
		cloud, err := huawei.NewServer(huawei.Options{Clock: clock.System{}, Seed: 1})
		require.NoError(b, err)
		_, err = cloud.AddConsumers(cycle, customers, rows)
		require.NoError(b, err)
		server := httptest.NewServer(cloud.API())
		defer server.Close()
		way := &counted{}
		cfg := configOf(server.URL, b.TempDir())
		cfg.PageSize = 0
		edge, err := billexport.New(cfg, functions.Runtime{
			Clock: clock.System{}, Store: memory.New(), Transport: way, Logger: slog.New(slog.DiscardHandler),
		})
		require.NoError(b, err)

		var run billexport.RunStatus
		answer := signed(edge, time.Now(), "msg_begin", http.MethodPost, "/billexport/runs", fmt.Sprintf(`{"cycle":%q,"formats":["csv"]}`, cycle))
		require.Equal(b, http.StatusAccepted, answer.Code, "%s", answer.Body)
		require.NoError(b, json.Unmarshal(answer.Body.Bytes(), &run))
		for turn := 0; !run.State.Ended(); turn++ {
			answer = signed(edge, time.Now(), fmt.Sprintf("msg_%d", turn), http.MethodGet, "/billexport/runs/"+run.RunID+"?wait=20", "")
			require.Equal(b, http.StatusOK, answer.Code, "%s", answer.Body)
			require.NoError(b, json.Unmarshal(answer.Body.Bytes(), &run))
		}
		require.Equal(b, billexport.RunPublished, run.State, "%+v", run.Reason)
		require.EqualValues(b, customers*rows, run.Rows)
		require.Zero(b, way.refused, "calls over the quota")
		require.Equal(b, pages, way.pages)
		over := way.last.Sub(way.first).Seconds() / (float64(pages) / pageQuota)
		require.LessOrEqual(b, over, 1.05)
		b.ReportMetric(over, "of-the-quota's-time")
		b.ReportMetric(float64(way.refused), "refused")
	}
	b.ReportMetric(0, "ns/op") // is what the quota lets it be
}

// counted is a long way to Huawei Cloud, which counts the pages of fee records.
type counted struct {
	mu             sync.Mutex
	pages, refused int
	first, last    time.Time
}

// RoundTrip implements http.RoundTripper.
func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	time.Sleep(50 * time.Millisecond)
	res, err := wire.RoundTrip(r)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil && res.StatusCode == http.StatusTooManyRequests {
		c.refused++
	}
	if strings.HasSuffix(r.URL.Path, "/subcustomer-bills/res-fee-records") {
		if c.pages++; c.pages == 1 {
			c.first = began
		}
		c.last = time.Now()
	}
	return res, err
}
