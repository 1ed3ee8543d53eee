package billexport_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/local/huawei"
)

// get reads an answer that must be 200.
func get[T any](w *world, path string) (out T) {
	w.t.Helper()
	status, text := w.call(http.MethodGet, path, "")
	require.Equal(w.t, http.StatusOK, status, "%s", text)
	require.NoError(w.t, json.Unmarshal(text, &out))
	return out
}

func TestConsumptionIsThatOfTheExport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.customer("resale", huawei.AssociationResale, february, 30)
	w.customer("other", huawei.AssociationResale, february, 5)
	m := w.export(february)

	c := get[billexport.Consumption](w, "/billexport/consumption/"+id+"?cycle="+february)
	assert.Equal(t, "fee_records", c.Source)
	assert.True(t, c.Settled)
	assert.Equal(t, time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC), c.Through, "the end of the cycle")
	require.Len(t, c.Totals, 1)
	var services bill.Total
	for i, s := range c.Services {
		services.AddTotal(s.Payment)
		assert.NotEmpty(t, s.ServiceTypeName)
		assert.True(t, i == 0 || s.Payment.Compare(c.Services[i-1].Payment) <= 0, "the largest first")
	}
	assert.Equal(t, services, c.Totals[0].Payment)
	for _, s := range m.CustomerSums {
		if s.CustomerID == id {
			assert.Equal(t, s.Amounts[bill.Payment], services)
		}
	}
}

func TestConsumptionOfManyRecordsIsThatOfTheSums(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.PageSize, w.cfg.Formats = 1000, []string{"report"}
	w.open(billexport.Platform{})
	id := w.customer("resale", huawei.AssociationResale, february, 5001)
	// There are no sums of reserved instances, nor of what is not resold any more.
	for range 2 {
		c := get[billexport.Consumption](w, "/billexport/consumption/"+id+"?cycle="+february)

		assert.Equal(t, "monthly_sums", c.Source)
		require.Len(t, c.Totals, 1)
		assert.NotEmpty(t, c.Services[0].ServiceTypeName)
		assert.Equal(t, w.export(february).Sums[0].Amounts[bill.Payment], c.Totals[0].Payment)
		require.NoError(t, w.cloud.Spoil(huawei.Spoil{Cycle: february, CustomerID: id, Kind: huawei.SpoilAssociation, Row: 4500}))
	}
}

func TestSumsAreCompleteThroughTheDayBeforeYesterday(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.customer("resale", huawei.AssociationResale, "2026-03", 5001)

	c := get[billexport.Consumption](w, "/billexport/consumption/"+id)

	assert.Equal(t, "2026-03", c.Cycle, "the present cycle")
	assert.False(t, c.Settled)
	assert.Equal(t, time.Date(2026, 3, 8, 16, 0, 0, 0, time.UTC), c.Through, "it is 10 March, 10:00, of GMT+8")
}

func TestConsumptionOfManyRecordsWithoutSums(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.PageSize = 1000
	w.open(billexport.Platform{})
	id := w.customer("referral", huawei.AssociationReferral, february, 5001)

	c := get[billexport.Consumption](w, "/billexport/consumption/"+id+"?cycle="+february)

	assert.Equal(t, "fee_records", c.Source)
	require.Len(t, c.Totals, 1)
}

func TestConsumptionOfNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := get[billexport.Consumption](w, "/billexport/consumption/nobody")
	assert.Empty(t, c.Totals)
	assert.Empty(t, c.Services)
	assert.Equal(t, w.clock.Now(), c.Through)

	for path, code := range map[string]string{
		"/nobody?cycle=february": "cycle_malformed", "/nobody?cycle=2026-04": "cycle_future", "/nobody?cycle=2020-01": "cycle_too_old",
		"/no.body": "invalid_fields", "?top=0": "invalid_fields", "?top=1001": "invalid_fields", "?top=x": "invalid_fields",
		"?cycle=2026-2": "cycle_malformed", "": "export_not_found",
	} {
		assert.Equal(t, code, w.refused(http.MethodGet, "/billexport/consumption"+path, "").Code, path)
	}
	w.fail("ListSubCustomerBillDetail", huawei.FaultUnavailable)
	assert.Equal(t, "upstream_unavailable", w.refused(http.MethodGet, "/billexport/consumption/nobody", "").Code)
}

func TestTopCustomers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 5 {
		w.customer(fmt.Sprint("customer", n), huawei.AssociationResale, february, 2+3*n)
	}
	m := w.export(february)

	all := get[billexport.TopConsumption](w, "/billexport/consumption?cycle="+february)
	assert.Equal(t, m.RunID, all.RunID)
	assert.Equal(t, 5, all.Customers)
	require.Len(t, all.Top, 5)
	for i := 1; i < 5; i++ {
		assert.GreaterOrEqual(t, all.Top[i-1].Payment.Compare(all.Top[i].Payment), 0, "the largest first")
	}
	assert.Equal(t, all.Top[:2], get[billexport.TopConsumption](w, "/billexport/consumption?cycle="+february+"&top=2").Top)
}
