package publication_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/functions/internal/objects/objectstest"
	"github.com/bssfn/bssfn/pkg/bss"
)

const february = "2026-02"

var start = time.Date(2026, 3, 4, 4, 0, 0, 0, time.UTC)

func newFolder(t *testing.T) *objects.Folder {
	t.Helper()
	folder, err := objects.NewFolder(t.TempDir())
	require.NoError(t, err)
	return folder
}

// record is what a record is about, and what was paid.
type record struct{ customer, service, payment string }

// export is a run whose files are to be published.
type export struct {
	manifest publication.Manifest
	tally    *tally.Tally
}

// write writes the files of the run of that number, which was asked for so many hours
// after the first.
func write(t *testing.T, store objects.Store, number int, records ...record) export {
	t.Helper()
	e, err := writeTo(t, store, number, records...)
	require.NoError(t, err)
	return e
}

func writeTo(t *testing.T, store objects.Store, number int, records ...record) (export, error) {
	t.Helper()
	e := export{tally: tally.New(), manifest: publication.Manifest{
		RunID: fmt.Sprintf("run-%d", number), Cycle: february, State: publication.Final, Currency: "CNY",
		GeneratedAt: start.Add(time.Duration(number) * time.Hour), Reconciliation: json.RawMessage(`{"agrees":true}`),
	}}
	for _, r := range records {
		e.add(t, r)
	}
	m := &e.manifest
	m.Rows, m.Customers = e.tally.Rows(), len(e.tally.Customers())
	m.Sums, m.CustomerSums, m.BrokenIdentities = e.tally.Totals(), e.tally.Sums(), e.tally.Broken()
	file := publication.File{Path: m.Folder() + "bills.csv", Format: "csv"}
	file, err := publication.Write(t.Context(), store, file, func(w io.Writer) (int, error) {
		_, err := fmt.Fprint(w, number, records)
		return len(records), err
	})
	m.Files = append(m.Files, file)
	return e, err
}

func (e *export) add(t *testing.T, r record) {
	t.Helper()
	var fee bss.FeeRow
	for field, text := range map[bss.FeeField]string{
		bss.FeeCustomerID: r.customer, bss.FeeServiceTypeCode: r.service, bss.FeeResourceTypeCode: "=vm", bss.FeeChargingMode: "3",
		bss.FeeBillDetailType: "1", bss.FeeAssociationType: "1", bss.FeeCurrency: "CNY", bss.FeePaymentAmount: r.payment,
		bss.FeeOfficialAmount: r.payment, bss.FeeCashAmount: r.payment, bss.FeeTradeTime: "2026-02-03T04:05:06Z",
	} {
		fee[field] = []byte(text)
	}
	var row bill.Row
	require.NoError(t, row.Read(&fee))
	e.tally.Add(&row)
}

// always confirms that an export is to be published.
func always(context.Context) error { return nil }

func publish(t *testing.T, store objects.Store, e export) publication.Manifest {
	t.Helper()
	m, err := publication.Publish(t.Context(), store, e.manifest, e.tally.Lines(), always)
	require.NoError(t, err)
	require.NoError(t, publication.RemoveOlder(t.Context(), store, e.manifest.Cycle))
	return m
}

// verified is the export that stands, which is whole.
func verified(t *testing.T, store objects.Store) publication.Manifest {
	t.Helper()
	m, err := publication.Verify(t.Context(), store, february)
	require.NoError(t, err)
	return m
}

// contents are all files by their names.
func contents(t *testing.T, store objects.Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range objectstest.Names(t, store, "") {
		all[name] = objectstest.Read(t, store, name)
	}
	return all
}
