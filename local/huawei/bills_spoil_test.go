package huawei_test

import (
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// told is what the partner is told of a month.
type told struct {
	records   []feeRecord
	total     int
	currency  string
	sums      []billSums
	consumers int
}

func (m *market) told(cycle, customer string) told {
	m.t.Helper()
	got := m.bills(cycle, customer, "&limit=1000")
	w := told{records: got.Records, total: got.Total, currency: got.Currency}
	for _, mode := range []string{"1", "3", "11"} {
		w.sums = append(w.sums, m.sums("?limit=100&cycle="+cycle+"&charge_mode="+mode+"&customer_id="+customer))
	}
	w.consumers = int(m.call(http.StatusOK, pathConsumers, `{"bill_cycle":"`+cycle+`"}`)["total_count"].(float64))
	return w
}

// TestEachSpoilingChangesNothingElse compares what the partner is told with what it
// was told before, less what the spoiling is about.
func TestEachSpoilingChangesNothingElse(t *testing.T) {
	t.Parallel()
	const row = 7
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-01", m.resale, 300)
	before := m.told("2026-01", m.resale)
	own := m.asCustomer(http.MethodGet, pathOwnFlow+"?bill_cycle=2026-01&limit=1000", "").body
	undo := map[huawei.Spoiling]func(*told){
		huawei.SpoilAmount: func(w *told) {
			w.records[row].Payment, w.records[row].Cash = w.records[row].Payment.Sub(yuan("0.01")), w.records[row].Cash.Sub(yuan("0.01"))
		},
		huawei.SpoilMissing: func(w *told) {
			w.records, w.total = slices.Insert(w.records, row, before.records[row]), w.total+1
		},
		huawei.SpoilTwice: func(w *told) {
			assert.Equal(t, w.records[row], w.records[row+1])
			w.records, w.total = slices.Delete(w.records, row, row+1), w.total-1
		},
		huawei.SpoilForeign: func(w *told) {
			assert.Equal(t, m.referral, w.records[row].CustomerID)
			w.records[row].CustomerID = m.resale
		},
		huawei.SpoilCurrency: func(w *told) {
			assert.Equal(t, "USD", w.currency)
			assert.Equal(t, "CNY", m.bills("2026-01", m.resale, "&limit=7").Currency)
			assert.Equal(t, "CNY", m.bills("2026-01", m.resale, "&offset=8").Currency)
			w.currency = "CNY"
		},
		huawei.SpoilMeasure: func(w *told) {
			for i := range w.sums {
				for j := range w.sums[i].Sums {
					assert.Equal(t, 3, w.sums[i].Sums[j].Measure)
					same(t, before.sums[i].Sums[j].Amount.Shift(2), w.sums[i].Sums[j].Amount)
				}
			}
			w.sums = before.sums
		},
		huawei.SpoilIdentity: func(w *told) { w.records[row].Cash = w.records[row].Cash.Sub(yuan("0.01")) },
		huawei.SpoilLag: func(w *told) {
			assert.NotEqual(t, before.sums, w.sums)
			w.sums = before.sums
		},
		huawei.SpoilAssociation: func(w *told) {
			for i := range w.records {
				assert.Equal(t, i >= row, w.records[i].Association == "1")
				w.records[i].Association = "2"
			}
			assert.NotEqual(t, before.sums, w.sums)
			w.sums = before.sums
		},
		huawei.SpoilMakeUp: func(w *told) {
			made := w.records[row+1]
			assert.Equal(t, 25, made.Type)
			assert.Equal(t, "0.01", made.Payment.String())
			w.records, w.total = slices.Delete(w.records, row+1, row+2), w.total-1
		},
		huawei.SpoilUnlisted: func(w *told) { w.consumers++ },
		huawei.SpoilName: func(w *told) {
			assert.Equal(t, `../../=cmd|' /C calc'!A0`, w.records[row].ResourceName)
			w.records[row].ResourceName = before.records[row].ResourceName
		},
		huawei.SpoilUnparseable: nil, // the records cannot be read
	}
	for _, kind := range huawei.Spoilings() {
		spoil := huawei.Spoil{Cycle: "2026-01", CustomerID: m.resale, Kind: kind, Row: row}
		if kind == huawei.SpoilForeign {
			spoil.Text = m.referral
		}
		require.NoError(t, m.server.Spoil(spoil), kind)
		if kind == huawei.SpoilUnparseable {
			body := m.asPartner(http.MethodGet, billDetailOf("2026-01", m.resale), "").body
			assert.Contains(t, body, `"payment_amount":"12,34"`)
		} else {
			got := m.told("2026-01", m.resale)
			require.Contains(t, undo, kind)
			undo[kind](&got)
			assert.Equal(t, before, got, kind)
		}
		assert.Equal(t, own, m.asCustomer(http.MethodGet, pathOwnFlow+"?bill_cycle=2026-01&limit=1000", "").body, kind)
		assert.Empty(t, m.server.Check(), kind)
		m.server.MendBills()
		require.Equal(t, before, m.told("2026-01", m.resale), kind)
	}
}

func TestPagesOfSpoiledBillsAreThoseOfTheWhole(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-02", m.resale, 40)
	for row, kinds := range map[int][]huawei.Spoiling{
		0: {huawei.SpoilMissing}, 3: {huawei.SpoilTwice, huawei.SpoilMakeUp}, 4: {huawei.SpoilTwice, huawei.SpoilTwice},
		9: {huawei.SpoilMissing, huawei.SpoilMakeUp}, 10: {huawei.SpoilMissing, huawei.SpoilTwice}, 39: {huawei.SpoilTwice},
	} {
		for _, kind := range kinds {
			require.NoError(t, m.server.Spoil(huawei.Spoil{Cycle: "2026-02", CustomerID: m.resale, Kind: kind, Row: row}))
		}
	}
	for _, query := range []string{"", "&association_type=2", "&bill_date_begin=2026-02-02&bill_date_end=2026-02-09"} {
		all := m.bills("2026-02", m.resale, query+"&limit=1000")
		require.Len(t, all.Records, all.Total, query)
		for size := 1; size <= 7; size++ {
			var paged []feeRecord
			for len(paged) < all.Total {
				page := m.bills("2026-02", m.resale, query+"&limit="+strconv.Itoa(size)+"&offset="+strconv.Itoa(len(paged)))
				require.Equal(t, all.Total, page.Total)
				require.Len(t, page.Records, min(size, all.Total-len(paged)))
				paged = append(paged, page.Records...)
			}
			require.Equal(t, all.Records, paged, "%s by %d", query, size)
		}
		assert.Empty(t, m.bills("2026-02", m.resale, query+"&offset="+strconv.Itoa(all.Total)).Records)
	}
	assert.Equal(t, 43, m.bills("2026-02", m.resale, "").Total)
}

func TestSpoilingsAreRefused(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-02", m.resale, 4)
	for name, spoil := range map[string]huawei.Spoil{
		"kind": {Kind: "rust"}, "row": {Row: 4}, "no row": {Row: -1}, "cycle": {Cycle: "2026-01"}, "customer": {CustomerID: m.referral},
		"foreign": {Kind: huawei.SpoilForeign}, "delta": {Delta: yuan("0.000000001")}, "billions": {Delta: yuan("1e10")},
		"text": {Kind: huawei.SpoilName, Text: "\xff"},
	} {
		if spoil.Cycle == "" {
			spoil.Cycle = "2026-02"
		}
		if spoil.CustomerID == "" {
			spoil.CustomerID = m.resale
		}
		assert.Error(t, m.server.Spoil(spoil), name)
	}
}
