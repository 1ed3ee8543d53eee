package sdkinterop_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// partnerUser is the simulator's own.
var partnerUser = bss.User{Domain: "sim-partner", Name: "sim-operator", Password: "Sim-Operator-1"}

// refusals counts the calls that the gateway found to be too many.
type refusals struct {
	next  http.RoundTripper
	count atomic.Int64
}

func (r *refusals) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := r.next.RoundTrip(req)
	if err == nil && res.StatusCode == http.StatusTooManyRequests {
		r.count.Add(1)
	}
	return res, err
}

// BenchmarkQuota calls an operation that an account may call 20 times a second as
// often as its clients let it: one that has all of the quota, and two that share it.
// The clock is the machine's.
func BenchmarkQuota(b *testing.B) {
	b.Run("one", func(b *testing.B) { spendQuota(b, 1) })
	b.Run("two", func(b *testing.B) { spendQuota(b, 2) })
}

func spendQuota(b *testing.B, clients int) {
	b.Helper()
	const quota, callers = 20, 4 // callers of each client
	server, err := huawei.NewServer(huawei.Options{Clock: clock.System{}, Seed: 1})
	require.NoError(b, err)
	_, err = server.AddAccount(huawei.Account{Name: "bench-customer", Association: huawei.AssociationResale})
	require.NoError(b, err)
	api := httptest.NewServer(server.API())
	defer api.Close()
	counted := &refusals{next: &http.Transport{MaxIdleConnsPerHost: clients * callers}}

	var left atomic.Int64
	left.Store(int64(b.N))
	var group sync.WaitGroup
	started := time.Now()
	for range clients {
		client, err := bss.New(bss.Config{
			Site: bss.SiteCN, Endpoint: api.URL, IAMEndpoint: api.URL, Transport: counted, QuotaPercent: 100 / clients,
			Keys: partnerKeys, User: partnerUser, Agency: platform,
		})
		require.NoError(b, err)
		for range callers {
			group.Go(func() {
				for left.Add(-1) >= 0 {
					if _, err := client.ShowCustomerAccountBalances(b.Context(), "bench-customer"); err != nil {
						b.Error(err)
					}
				}
			})
		}
	}
	group.Wait()
	// The first call of each client waits for nobody.
	rate := float64(b.N-clients) / time.Since(started).Seconds()
	b.ReportMetric(0, "ns/op") // is what the quota lets it be
	b.ReportMetric(100*rate/quota, "percent-of-quota")
	b.ReportMetric(float64(counted.count.Load()), "refused")
}
