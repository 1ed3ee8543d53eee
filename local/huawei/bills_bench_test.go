package huawei

import (
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
)

// BenchmarkBills measures what pages of 1,000 records and the monthly sums cost the
// simulator, without HTTP: 1,000,000 records of 500 customers.
func BenchmarkBills(b *testing.B) {
	s, err := NewServer(Options{Clock: clock.NewFrozen(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)), QuotaOff: true})
	require.NoError(b, err)
	ids, err := s.AddConsumers("2026-02", 500, 2000)
	require.NoError(b, err)
	ask := func(b *testing.B, handle operation, query url.Values) any {
		answer, err := handle(s, &call{now: s.now(), query: query, caller: caller{partner: true}})
		require.NoError(b, err)
		return answer
	}
	for name, days := range map[string]string{"pages": "", "pages of days": "2026-02-15"} {
		b.Run(name, func(b *testing.B) {
			rows := 0
			for i := 0; b.Loop(); i++ {
				query := url.Values{"bill_cycle": {"2026-02"}, "customer_id": {ids[i/2%len(ids)]}, "limit": {"1000"}, "offset": {strconv.Itoa(i % 2 * 1000)}}
				if days != "" {
					query.Set("bill_date_begin", "2026-02-02")
					query.Set("bill_date_end", days)
				}
				body, _ := ask(b, listBillDetail, query).(written)
				b.SetBytes(int64(len(body)))
				rows += 1000
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/record")
		})
	}
	b.Run("sums of a million", func(b *testing.B) {
		for b.Loop() {
			s.MendBills() // nothing is remembered
			ask(b, listMonthlyBills, url.Values{"cycle": {"2026-02"}, "charge_mode": {"3"}})
		}
	})
}
