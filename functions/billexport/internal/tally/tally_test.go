package tally_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/pkg/bss"
)

// row makes a record of a usage, paid in cash, and lets change spoil it.
func row(customer, id string, official, payment bill.Amount, change func(r *bill.Row)) *bill.Row {
	fee := &bss.FeeRow{}
	for field, text := range map[bss.FeeField]string{
		bss.FeeCustomerID: customer, bss.FeeID: id, bss.FeeServiceTypeCode: "hws.service.type.ec2",
		bss.FeeServiceTypeName: "Elastic Cloud Server", bss.FeeResourceTypeCode: "hws.resource.type.vm",
		bss.FeeResourceTypeName: "Cloud Host", bss.FeeChargingMode: "3", bss.FeeBillDetailType: "5",
		bss.FeeAssociationType: "2", bss.FeeCurrency: "CNY", bss.FeeTradeTime: "2026-02-03T04:05:06Z",
	} {
		fee[field] = []byte(text)
	}
	r := &bill.Row{Fee: fee}
	r.Amounts[bill.Official], r.Amounts[bill.Payment], r.Amounts[bill.Cash] = official, payment, payment
	if change != nil {
		change(r)
	}
	return r
}

func TestSumsOfCustomersLinesServicesAndDays(t *testing.T) {
	t.Parallel()
	y := tally.New()
	y.Add(row("b", "1", 1e8+5, 1e8, nil))
	y.Add(row("a", "2", 2e8, 2e8, func(r *bill.Row) { r.Invoice, r.Margin = 3e8, 1e8 }))
	y.Add(row("a", "3", 4e8, 4e8, func(r *bill.Row) {
		r.Fee[bss.FeeTradeTime] = []byte("2026-02-03T16:00:00Z")
		r.Fee[bss.FeeServiceTypeCode] = []byte("hws.service.type.obs")
		r.Fee[bss.FeeServiceTypeName] = []byte("Object Storage")
	}))
	y.Add(row("a", "4", 8e8, 8e8, func(r *bill.Row) { r.Fee[bss.FeeCurrency] = []byte("USD") }))

	assert.Equal(t, 4, y.Rows())
	assert.Equal(t, []string{"a", "b"}, y.Customers())
	sums := y.Sums()
	require.Len(t, sums, 3)
	assert.Equal(t, "6", sums[0].Amounts[bill.Payment].Decimal().String())
	assert.Equal(t, "3", sums[0].Invoice.Decimal().String())
	assert.Equal(t, "1", sums[0].Margin.Decimal().String())
	assert.Equal(t, []string{"a", "USD"}, []string{sums[1].CustomerID, sums[1].Currency})
	assert.Equal(t, "1.00000005", sums[2].Amounts[bill.Official].Decimal().String())

	totals := y.Totals()
	require.Len(t, totals, 2)
	assert.Equal(t, "7", totals[0].Amounts[bill.Cash].Decimal().String())
	assert.Equal(t, 3, totals[0].Rows)
	assert.Equal(t, "8", totals[1].Amounts[bill.Payment].Decimal().String())

	assert.Len(t, slices.Collect(y.Lines()), 4)
	services := y.Services("")
	require.Len(t, services, 3)
	assert.Equal(t, "Elastic Cloud Server", services[0].Name)
	assert.Equal(t, "3", services[0].Payment.Decimal().String())
	assert.Len(t, y.Services("b"), 1)
	assert.Equal(t, "Cloud Host", y.ResourceTypeName("hws.resource.type.vm"))

	days := y.Days()
	require.Len(t, days, 3)
	assert.Equal(t, "2026-02-03", days[0].Day)
	assert.Equal(t, "2026-02-04", days[2].Day, "16:00 in UTC is the next day of GMT+8")
}

func TestBrokenIdentities(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		official, discount, payment, cash bill.Amount
		kind                              string
		want                              string
	}{
		"whole":                           {official: 1e8, payment: 1e8, cash: 1e8},
		"cut off":                         {official: 1e8 + tally.Fen - 1, payment: 1e8, cash: 1e8},
		"a fen cut off":                   {official: 1e8 + tally.Fen, payment: 1e8, cash: 1e8, want: "truncation 0.01"},
		"too much paid":                   {official: 1e8 - 1, payment: 1e8, cash: 1e8, want: "truncation -0.00000001"},
		"discounted":                      {official: 1e8, discount: 2e7, payment: 8e7, cash: 8e7},
		"refund":                          {official: -1e8, payment: -1e8, cash: -1e8},
		"refund cut off":                  {official: -1e8 - 5, payment: -1e8, cash: -1e8},
		"refund cut off the other way":    {official: -1e8 + 5, payment: -1e8, cash: -1e8},
		"refund of a fen too little":      {official: -1e8 - tally.Fen, payment: -1e8, cash: -1e8, want: "truncation -0.01"},
		"make-up charge":                  {payment: 3 * tally.Fen, cash: 3 * tally.Fen, kind: "25"},
		"part missing":                    {official: 1e8, payment: 1e8, cash: 1e8 - 1, want: "payment_parts 0.00000001"},
		"amounts beyond 64 bits together": {official: -9e18, discount: 9e18, payment: 9e18, cash: 9e18, want: "truncation -270000000000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := tally.New()
			y.Add(row("a", "1", c.official, c.payment, func(r *bill.Row) {
				r.Amounts[bill.OfficialDiscount], r.Amounts[bill.Cash] = c.discount, c.cash
				if c.kind != "" {
					r.Fee[bss.FeeBillDetailType] = []byte(c.kind)
				}
			}))
			found := ""
			for _, b := range y.Broken().First {
				found += b.Identity + " " + b.Difference.Decimal().String()
			}
			assert.Equal(t, c.want, found)
		})
	}
}

// randomRow is one of few customers, kinds and days, and often broken.
func randomRow(r *rand.Rand, n int) *bill.Row {
	pay := bill.Amount(r.Int64N(1e10) - 1e9)
	return row(fmt.Sprint("customer", r.IntN(5)), fmt.Sprint(n), pay, pay, func(w *bill.Row) {
		w.Fee[bss.FeeServiceTypeCode] = fmt.Append(nil, "service", r.IntN(4))
		w.Fee[bss.FeeServiceTypeName] = fmt.Append(nil, "name", r.IntN(3))
		w.Fee[bss.FeeCurrency] = []byte([]string{"CNY", "USD"}[r.IntN(2)])
		w.Fee[bss.FeeTradeTime] = fmt.Appendf(nil, "2026-02-%02dT%02d:00:00Z", 1+r.IntN(28), r.IntN(24))
		if r.IntN(20) == 0 {
			w.Fee[bss.FeeTradeTime] = []byte("some day")
		}
		w.Amounts[bill.Debt] = bill.Amount(r.IntN(2))
		w.Invoice = bill.Amount(r.Int64N(1e10))
		w.Margin = w.Invoice - pay
	})
}

func TestOrderOfAddAndMergeDoesNotMatter(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		rows := make([]*bill.Row, 1+r.IntN(300))
		whole := tally.New()
		for i := range rows {
			rows[i] = randomRow(r, i)
			whole.Add(rows[i])
		}
		want, err := json.Marshal(whole)
		require.NoError(t, err)

		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		parts := make([]*tally.Tally, 1+r.IntN(9))
		for i := range parts {
			parts[i] = tally.New()
		}
		for _, one := range rows {
			parts[r.IntN(len(parts))].Add(one)
		}
		merged := tally.New()
		for _, part := range parts {
			data, err := json.Marshal(part)
			require.NoError(t, err)
			read := tally.New()
			require.NoError(t, json.Unmarshal(data, read))
			merged.Merge(read)
		}
		got, err := json.Marshal(merged)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	}
}

func TestMergedAndReadTalliesGoOnCounting(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	whole, first := tally.New(), tally.New()
	for i := range 100 {
		one := randomRow(r, i)
		whole.Add(one)
		first.Add(one)
	}
	data, err := json.Marshal(first)
	require.NoError(t, err)
	read := tally.New()
	require.NoError(t, json.Unmarshal(data, read))
	for i := range 100 {
		one := randomRow(r, 100+i)
		whole.Add(one)
		read.Add(one)
	}
	want, err := json.Marshal(whole)
	require.NoError(t, err)
	got, err := json.Marshal(read)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
	assert.Error(t, json.Unmarshal([]byte(`{"rows":"x"}`), read))
}

func TestKnownLineCostsNoMemory(t *testing.T) { //nolint:paralleltest // others would allocate meanwhile
	y := tally.New()
	one := row("a", "1", 1e8, 1e8, nil)
	y.Add(one)
	assert.Zero(t, testing.AllocsPerRun(100, func() { y.Add(one) }))
}

func BenchmarkAdd(b *testing.B) {
	y, r := tally.New(), rand.New(rand.NewPCG(1, 2))
	rows := make([]*bill.Row, 1000)
	for i := range rows {
		rows[i] = randomRow(r, i)
		rows[i].Amounts[bill.Debt] = 0
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		y.Add(rows[i%len(rows)])
	}
}

// BenchmarkMemory measures what a line takes where 5,000 customers have 50 lines each.
func BenchmarkMemory(b *testing.B) {
	const customers, kinds = 5000, 50
	for b.Loop() {
		var before, after runtime.MemStats
		one := row("a", "1", 1e8, 1e8, nil)
		runtime.GC()
		runtime.ReadMemStats(&before)
		y := tally.New()
		for customer := range customers {
			one.Fee[bss.FeeCustomerID] = fmt.Appendf(nil, "%032x", customer)
			for kind := range kinds {
				one.Fee[bss.FeeResourceTypeCode] = fmt.Appendf(nil, "hws.resource.type.%d", kind)
				y.Add(one)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(customers*kinds), "bytes/line")
		runtime.KeepAlive(y)
	}
}

func TestWhatIsPaidToHuaweiCloud(t *testing.T) {
	t.Parallel()
	all := tally.New()
	assert.Empty(t, all.PaidToHuaweiCloud())
	for _, r := range []struct{ association, currency string }{{"1", "CNY"}, {"2", "CNY"}, {"1", "CNY"}, {"1", "USD"}, {"3", "USD"}} {
		all.Add(row("a", "1", 2e8, 2e8, func(w *bill.Row) {
			w.Fee[bss.FeeAssociationType], w.Fee[bss.FeeCurrency] = []byte(r.association), []byte(r.currency)
		}))
	}
	direct := all.PaidToHuaweiCloud()
	require.Len(t, direct, 2)
	assert.Equal(t, "4", direct["CNY"].Decimal().String())
	assert.Equal(t, "2", direct["USD"].Decimal().String())
}
