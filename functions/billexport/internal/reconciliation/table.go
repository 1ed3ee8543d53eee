package reconciliation

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/bssfn/bssfn/functions/internal/spreadsheet"
)

// columns are those of reconciliation.csv: a line that was compared, what the records
// of it come to, what the sums do, and why the two differ.
var columns = []string{
	"customer_id", "cloud_service_type", "resource_type_code", "charge_mode", "currency",
	"records", "records_amount", "sums_amount", "consumption", "unsubscription", "writeoff",
	"difference", "cause", "class", "record_ids",
}

// tableWriter writes reconciliation.csv: UTF-8, lines that end with CR LF.
type tableWriter struct {
	csv   *csv.Writer
	cells []string
}

func newTable(w io.Writer) (*tableWriter, error) {
	t := &tableWriter{csv: csv.NewWriter(w)}
	t.csv.UseCRLF = true
	return t, t.csv.Write(columns)
}

func (t *tableWriter) write(d Difference, s sum) error {
	t.cells = append(t.cells[:0],
		spreadsheet.Text(d.CustomerID), spreadsheet.Text(d.CloudServiceType), spreadsheet.Text(d.ResourceTypeCode),
		spreadsheet.Text(d.ChargeMode), spreadsheet.Text(d.Currency),
		strconv.Itoa(d.Records), d.RecordsAmount.Decimal().String(), d.SumsAmount.Decimal().String(),
		s.consumption.Decimal().String(), s.unsubscription.Decimal().String(), s.writeoff.Decimal().String(),
		d.Difference.Decimal().String(), string(d.Cause), string(d.Class), spreadsheet.Text(strings.Join(d.RecordIDs, " ")),
	)
	return t.csv.Write(t.cells)
}

func (t *tableWriter) close() error {
	t.csv.Flush()
	return t.csv.Error()
}
