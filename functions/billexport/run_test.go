package billexport_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/local/huawei"
)

const february = "2026-02"

func TestExportHoldsEveryRecordOfEveryCustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := []string{
		w.customer("resale-1", huawei.AssociationResale, february, 10),
		w.customer("resale-2", huawei.AssociationResale, february, 1),
		w.customer("pays-itself", huawei.AssociationReferral, february, 7),
		w.customer("resale-3", huawei.AssociationResale, february, 3),
	}
	w.customer("consumed-nothing", huawei.AssociationResale, february, 0)
	w.customer("another-month", huawei.AssociationResale, "2026-01", 5)

	m := w.export(february)

	assert.Equal(t, february, m.Cycle)
	assert.Equal(t, publication.Final, m.State)
	assert.Equal(t, "CNY", m.Currency)
	assert.Equal(t, 4, m.Customers)
	assert.Equal(t, 21, m.Rows)
	assert.Nil(t, m.Supersedes)
	assert.Zero(t, m.BrokenIdentities.Count)
	rows := w.table(m)
	records := map[string]int{}
	for i := 1; i < len(rows); i++ {
		assert.Equal(t, february, cell(rows, i, "Billing cycle"))
		records[cell(rows, i, "Customer ID")]++
	}
	assert.Equal(t, map[string]int{ids[0]: 10, ids[1]: 1, ids[2]: 7, ids[3]: 3}, records)
}
