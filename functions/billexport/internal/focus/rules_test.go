package focus_test

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/focus"
	"github.com/bssfn/bssfn/internal/clock"
	rules "github.com/bssfn/bssfn/local/focus"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

// both are the same rows in both formats.
type both struct {
	csv, parquet bytes.Buffer
	writers      []writer
	known        rules.Options
}

func newBoth(t *testing.T, o focus.Options) *both {
	t.Helper()
	b := &both{known: rules.Options{BilledCosts: map[string]decimal.Decimal{}}}
	asCSV, err := focus.NewCSV(&b.csv, o)
	require.NoError(t, err)
	asParquet, err := focus.NewParquet(&b.parquet, o)
	require.NoError(t, err)
	b.writers = []writer{asCSV, asParquet}
	return b
}

func (b *both) write(t *testing.T, r *bill.Row) {
	t.Helper()
	for _, w := range b.writers {
		require.NoError(t, w.Write(r))
	}
	currency := string(r.Fee[bss.FeeCurrency])
	b.known.BilledCosts[currency] = b.known.BilledCosts[currency].Add(r.Amounts[bill.Payment].Decimal())
	b.known.Rows++
}

// keep holds both files against the rules.
func (b *both) keep(t *testing.T, levels ...rules.Level) {
	t.Helper()
	for _, w := range b.writers {
		require.NoError(t, w.Close())
	}
	for name, content := range map[string][]byte{"csv": b.csv.Bytes(), "parquet": b.parquet.Bytes()} {
		open := rules.CSV
		if name == "parquet" {
			open = rules.Parquet
		}
		file, err := open(bytes.NewReader(content), int64(len(content)))
		require.NoError(t, err)
		results, err := rules.Check(file, b.known)
		require.NoError(t, err)
		require.NotEmpty(t, results)
		for _, level := range levels {
			for _, r := range rules.Broken(results, level) {
				t.Errorf("%s: %s: %s: %d of %d rows: %v", name, r.Rule.ID, r.Rule.Text, r.Broken, r.Rows, r.Details)
			}
		}
	}
}

// Every kind of record keeps the rules: every type of bill, charging mode and period,
// with and without a quantity, of one sign or the other.
func TestEveryKindOfRecordKeepsTheRules(t *testing.T) {
	t.Parallel()
	details := []int{1, 2, 3, 4, 5, 8, 9, 12, 13, 14, 15, 16, 17, 18, 20, 23, 24, 25, 100, 101, 102, 103, 999}
	for _, inOrigin := range []bool{false, true} {
		o := options(t)
		o.RefundsInOrigin, o.Export.Priced = inOrigin, true
		b := newBoth(t, o)
		id := 0
		for _, detail := range details {
			for _, mode := range []string{"1", "3", "10", "11"} {
				for _, period := range []string{"5", "19", "25"} {
					for _, amount := range []string{"0.0123456", "-420.5", "0"} {
						id++
						b.write(t, rowOf(t, fields{
							bss.FeeBillDetailType: fmt.Sprint(detail), bss.FeeChargingMode: mode, bss.FeePeriodType: period, bss.FeePeriodNum: "3",
							bss.FeeOfficialAmount: amount, bss.FeeOfficialDiscountAmount: "0", bss.FeePaymentAmount: amount, bss.FeeCashAmount: amount,
							bss.FeeUsageAmount: "0.7000001", bss.FeeSubResourceID: fmt.Sprintf("sub-%s-%d-%s", mode, detail, period), bss.FeeID: fmt.Sprint(id),
							bss.FeeSubResourceTypeName: "part",
						}))
					}
				}
			}
		}
		b.keep(t, rules.Must, rules.Ours)
	}
}

// The bills of the simulated Huawei Cloud, as its API gives them.
func TestBillsOfTheAPIKeepTheRules(t *testing.T) {
	t.Parallel()
	clock := clock.NewFrozen(time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC))
	cloud, err := huawei.NewServer(huawei.Options{Clock: clock, Seed: 1})
	require.NoError(t, err)
	server := httptest.NewServer(cloud.API())
	t.Cleanup(server.Close)
	client, err := bss.New(bss.Config{
		Site: bss.SiteCN, Endpoint: server.URL, IAMEndpoint: server.URL, Clock: clock,
		Keys: sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "SIMPARTNERSK"},
	})
	require.NoError(t, err)
	ids, err := cloud.AddConsumers("2026-02", 2, 200)
	require.NoError(t, err)

	o := options(t)
	b := newBoth(t, o)
	for _, id := range ids {
		request := bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: id}
		for page, err := range client.ListSubCustomerBillDetailPages(t.Context(), request) {
			require.NoError(t, err)
			for i := range page.Rows {
				var r bill.Row
				require.NoError(t, r.Read(&page.Rows[i]))
				b.write(t, &r)
			}
		}
	}
	require.Equal(t, 400, b.known.Rows)
	b.keep(t, rules.Must, rules.Ours)
}
