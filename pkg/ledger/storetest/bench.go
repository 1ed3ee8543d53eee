package storetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// BenchmarkDo measures what the ledger adds to one payment: everything but the call
// of the API, with and without an announcement. It reports the writes of the store
// beside the time.
func BenchmarkDo(b *testing.B, store ledger.Store) {
	b.Helper()
	for name, announce := range map[string]func(context.Context, ledger.Entry) error{
		"silent":    nil,
		"announced": func(context.Context, ledger.Entry) error { return nil },
	} {
		b.Run(name, func(b *testing.B) {
			counted := &counting{Store: store}
			l := ledger.New(counted, ledger.Options{Now: clock.System{}.Now, Space: rand.Text(), Announce: announce})
			about := ledger.Fingerprint{"customer_id": "c1", "amount": "9600.00", "payable": "9300.00", "currency": "CNY"}
			paid := ledger.Effect[string]{Apply: func(context.Context) (string, error) { return "paid", nil }}
			b.ReportAllocs()
			payment := 0
			for b.Loop() {
				payment++
				_, err := ledger.Do(b.Context(), l, fmt.Sprintf("pay/%d", payment), about, paid)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(counted.writes.Load())/float64(payment), "writes/op")
		})
	}
}

// counting counts the writes of a store.
type counting struct {
	ledger.Store
	writes atomic.Int64
}

func (c *counting) Insert(ctx context.Context, row ledger.Row) error {
	c.writes.Add(1)
	return c.Store.Insert(ctx, row)
}

func (c *counting) Update(ctx context.Context, row ledger.Row) error {
	c.writes.Add(1)
	return c.Store.Update(ctx, row)
}
