package couponissue_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/sqlite"
	"github.com/bssfn/bssfn/pkg/webhook"
)

const (
	// callQuota is how many calls a second the client makes where no quota is
	// published.
	callQuota = 5
	// latency is what the way to Huawei Cloud and back takes.
	latency = 50 * time.Millisecond
)

// BenchmarkCampaign issues to 10,000 customers by the machine's clock, with the
// ledger in a file, and says how much of the quota of calls was used by the times
// that the simulator gave them; with events, one a coupon is kept and told.
func BenchmarkCampaign(b *testing.B) {
	b.Run("alone", func(b *testing.B) { spendQuota(b, functions.EventsConfig{}) })
	b.Run("with-events", func(b *testing.B) {
		platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
		defer platform.Close()
		spendQuota(b, functions.EventsConfig{EventsURL: platform.URL, EventsSecret: handler.NewSecret(callerSecret)})
	})
}

func spendQuota(b *testing.B, events functions.EventsConfig) {
	b.Helper()
	const customers = 10_000
	for b.Loop() {
		cloud, err := huawei.NewServer(huawei.Options{Clock: clock.System{}, Seed: 1})
		require.NoError(b, err)
		ids := make([]string, customers)
		for i := range ids {
			ids[i], err = cloud.AddAccount(huawei.Account{Name: fmt.Sprintf("bench-%d", i), Association: huawei.AssociationResale})
			require.NoError(b, err)
		}
		quota, err := cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(customers)})
		require.NoError(b, err)
		var refused atomic.Int64
		prepareBench(b, events, cloud.API(), &refused, quota, ids)()
		require.Empty(b, cloud.Check())

		calls, begin, end := map[string]bool{}, time.Time{}, time.Time{}
		for _, e := range cloud.Journal() {
			if e.Operation == issueOperation {
				if len(calls) == 0 {
					begin = e.Time
				}
				calls[e.RequestID], end = true, e.Time
			}
		}
		require.Len(b, calls, customers/100)
		rate := float64(len(calls)-1) / end.Sub(begin).Seconds()
		b.ReportMetric(100*rate/callQuota, "percent-of-quota")
		b.ReportMetric(float64(refused.Load()), "refused")
	}
	b.ReportMetric(0, "ns/op") // is what the quota lets it be
}

// BenchmarkCampaignMemory says how much of the heap is in use at the most, garbage
// not counted. The cloud is one that remembers nothing, since the simulator is in
// the same heap.
func BenchmarkCampaignMemory(b *testing.B) {
	for _, customers := range []int{2_000, 10_000} {
		b.Run(fmt.Sprint(customers), func(b *testing.B) {
			ids := make([]string, customers)
			for i := range ids {
				ids[i] = fmt.Sprintf("%032d", i)
			}
			for b.Loop() {
				var refused atomic.Int64
				issue := prepareBench(b, functions.EventsConfig{}, http.HandlerFunc(forgetfulCloud), &refused, "1", ids)
				peak, stop := watchHeap(b)
				issue()
				stop()
				b.ReportMetric(float64(peak.Load())/1e6, "MB-at-most")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// watchHeap collects garbage all the time, and keeps the most that was in use beyond
// what was in the beginning.
func watchHeap(b *testing.B) (peak *atomic.Int64, stop func()) {
	b.Helper()
	used := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc) //nolint:gosec // no heap is that large
	}
	before, done, ended := used(), make(chan struct{}), make(chan struct{})
	peak = new(atomic.Int64)
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				peak.Store(max(peak.Load(), used()-before))
			}
		}
	}()
	return peak, func() { close(done); <-ended }
}

// forgetfulCloud has a quota and issues whatever is asked for.
func forgetfulCloud(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	var in struct {
		QuotaType   int      `json:"quota_type"`
		CustomerIDs []string `json:"customer_ids"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	switch {
	case strings.HasSuffix(r.URL.Path, "/coupon-quotas/query") && in.QuotaType == 0:
		fmt.Fprint(w, `{"total_count":1,"quotas":[{"quota_id":"1","quota_value":1000000,"balance":1000000,"quota_status":0,"currency":"CNY"}]}`)
	case strings.HasSuffix(r.URL.Path, "/coupon-quotas/query"):
		fmt.Fprint(w, `{"total_count":0,"quotas":[]}`)
	default:
		separator := ""
		fmt.Fprint(w, `{"coupon_infos":[`)
		for _, id := range in.CustomerIDs {
			fmt.Fprintf(w, `%s{"id":%q,"coupon_id":"c%s"}`, separator, id, id)
			separator = ","
		}
		fmt.Fprint(w, `],"error_details":[]}`)
	}
}

// prepareBench adds customers to a campaign by a file, and returns what issues it, as
// a queue delivers it.
func prepareBench(b *testing.B, events functions.EventsConfig, cloud http.Handler, refused *atomic.Int64, quota string, customers []string) (issue func()) {
	b.Helper()
	server := httptest.NewServer(cloud)
	b.Cleanup(server.Close)
	store, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "ledger.db"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, store.Close()) })
	system := clock.System{}
	edge, err := couponissue.New(couponissue.Config{EventsConfig: events, Config: functions.Config{
		Site: "cn", Endpoint: server.URL, IAMEndpoint: server.URL,
		AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"), XAccountType: "SIM_IDP",
		CallerSecrets: []handler.Secret{handler.NewSecret(callerSecret)},
	}}, functions.Runtime{
		Clock: system, Store: store, Logger: slog.New(slog.DiscardHandler),
		Transport: intercept(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if err := system.Sleep(r.Context(), latency); err != nil {
				return nil, err
			}
			answer, err := next.RoundTrip(r)
			if err == nil && answer.StatusCode == http.StatusTooManyRequests {
				refused.Add(1)
			}
			return answer, err
		}),
	})
	require.NoError(b, err)

	file := "customer_id\n" + strings.Join(customers, "\n")
	secret, err := webhook.ParseSecret(callerSecret)
	require.NoError(b, err)
	upload := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/couponissue/campaigns/spring-2026/customers", strings.NewReader(file))
	upload.Header.Set("Content-Type", "text/csv")
	webhook.SetHeaders(upload.Header, secret, "msg_upload", system.Now(), []byte(file))
	answer := httptest.NewRecorder()
	edge.ServeHTTP(answer, upload)
	require.Equal(b, http.StatusOK, answer.Code, answer.Body)

	body := []byte(terms(quota, "1", ""))
	return func() {
		require.NoError(b, edge.Message(b.Context(), "campaigns", handler.Message{ID: "1", Body: body}))
	}
}
