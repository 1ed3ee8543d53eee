package huawei_test

import (
	"net/http"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// paged reads the second of two pages of 10 after a fault of pages was asked for.
func (m *market) paged(kind huawei.FaultKind) (first, second feeRecords) {
	m.t.Helper()
	m.addFault(huawei.Fault{Operation: "ListSubCustomerBillDetail", Kind: kind, Point: huawei.BeforeEffect, Next: 1})
	first = m.bills("2026-01", m.resale, "&limit=10")
	second = m.bills("2026-01", m.resale, "&limit=10&offset=10")
	require.Empty(m.t, m.server.Faults(), "it has struck")
	return first, second
}

func (m *market) summed(cycle string) (sum decimal.Decimal) {
	m.t.Helper()
	for _, mode := range []string{"1", "3", "11"} {
		for _, s := range m.sums("?limit=100&cycle=" + cycle + "&charge_mode=" + mode).Sums {
			sum = sum.Add(s.Amount)
		}
	}
	return sum
}

func TestPagesMoveWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-01", m.resale, 60)
	all := m.bills("2026-01", m.resale, "&limit=1000").Records
	sum := m.summed("2026-01")
	agree := func(kind huawei.FaultKind) {
		now := decimal.Zero
		for _, r := range m.bills("2026-01", m.resale, "&limit=1000").Records {
			if r.Mode != 10 {
				now = now.Add(r.Payment)
			}
		}
		same(t, m.summed("2026-01"), now, kind)
		assert.Empty(t, m.server.Check())
		m.server.MendBills()
		require.Equal(t, all, m.bills("2026-01", m.resale, "&limit=1000").Records)
		same(t, sum, m.summed("2026-01"))
	}
	first, second := m.paged(huawei.FaultGrows)
	assert.Equal(t, all[:10], first.Records)
	assert.Equal(t, all[9:19], second.Records, "the last row once more")
	assert.Equal(t, []int{60, 61}, []int{first.Total, second.Total})
	agree(huawei.FaultGrows)

	_, second = m.paged(huawei.FaultShrinks)
	assert.Equal(t, all[11:21], second.Records, "a row is left out")
	assert.Equal(t, 59, second.Total)
	agree(huawei.FaultShrinks)

	_, second = m.paged(huawei.FaultReplaced)
	assert.Equal(t, all[11:21], second.Records)
	assert.Equal(t, 60, second.Total)
	agree(huawei.FaultReplaced)

	first, second = m.paged(huawei.FaultRepeats)
	assert.Equal(t, first, second)

	first, second = m.paged(huawei.FaultShort)
	assert.Equal(t, all[:5], first.Records)
	assert.Equal(t, all[10:20], second.Records)

	first, second = m.paged(huawei.FaultMiscounts)
	assert.Equal(t, []int{59, 60}, []int{first.Total, second.Total})
	agree(huawei.FaultMiscounts)

	for _, query := range []string{"&bill_date_begin=2026-01-05&bill_date_end=2026-01-12", "&association_type=2"} {
		m.addFault(huawei.Fault{Operation: "ListSubCustomerBillDetail", CustomerID: m.resale, Kind: huawei.FaultGrows, Point: huawei.BeforeEffect, Next: 1})
		before := m.bills("2026-01", m.resale, query)
		after := m.bills("2026-01", m.resale, query+"&offset=1&limit=1000")
		assert.Equal(t, before.Total+1, after.Total, query)
		assert.Equal(t, before.Records[1], after.Records[1], "%s: after the one that came", query)
		m.server.MendBills()
	}
}

func TestFaultsOfPagesAreRefusedElsewhere(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for _, body := range []string{
		`{"operation":"ListSubCustomerBillDetail","kind":"grows","point":"after-effect","next":1}`,
		`{"operation":"ListSubCustomers","kind":"grows","point":"before-effect","next":1}`,
		`{"kind":"short","point":"before-effect","next":1}`,
	} {
		assert.Equal(t, http.StatusBadRequest, m.administer(http.MethodPost, "/_sim/faults", body).status, body)
	}
}
