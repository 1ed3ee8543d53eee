package onboard

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/bssfn/bssfn/functions/internal/spreadsheet"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// An answer goes out whole, and AWS Lambda takes none over 6 MB and no API Gateway
// waits longer than 30 seconds, so that a file ends at the first of these.
const (
	maxExportRows  = 5000
	maxExportBytes = 4 << 20
	maxExportTime  = 20 * time.Second
)

// byteOrderMark has spreadsheets read the file as UTF-8.
const byteOrderMark = "\uFEFF"

// exportColumns are the columns of the file. What others wrote is no formula there.
var exportColumns = []struct {
	name string
	cell func(c listedCustomer) string
}{
	{"account_id", func(c listedCustomer) string { return spreadsheet.Text(c.AccountID) }},
	{"customer_id", func(c listedCustomer) string { return spreadsheet.Text(c.CustomerID) }},
	{"login_name", func(c listedCustomer) string { return spreadsheet.Text(c.LoginName) }},
	{"real_name", func(c listedCustomer) string { return spreadsheet.Text(c.RealName) }},
	{"association_type", func(c listedCustomer) string { return spreadsheet.Text(string(c.AssociationType)) }},
	{"associated_on", func(c listedCustomer) string { return bss.Time{Time: c.AssociatedOn}.String() }},
	{"label", func(c listedCustomer) string { return spreadsheet.Text(c.Label) }},
	{"telephone", func(c listedCustomer) string { return spreadsheet.Text(c.Telephone) }},
	{"country_code", func(c listedCustomer) string { return spreadsheet.Text(c.CountryCode) }},
	{"email", func(c listedCustomer) string { return spreadsheet.Text(c.Email) }},
	{"verified_status", func(c listedCustomer) string { return spreadsheet.Text(c.VerifiedStatus) }},
	{"customer_type", func(c listedCustomer) string { return spreadsheet.Text(c.CustomerType) }},
	{"frozen", func(c listedCustomer) string { return spreadsheet.Text(c.Frozen) }},
	{"customer_level", func(c listedCustomer) string { return spreadsheet.Text(c.CustomerLevel) }},
	{"account_manager", func(c listedCustomer) string { return spreadsheet.Text(c.AccountManager) }},
}

// customerFile is a CSV file of customers in UTF-8, with a header and lines that end
// with CR LF as RFC 4180 has it.
type customerFile struct {
	buffer bytes.Buffer
	csv    *csv.Writer
	rows   int
}

func newCustomerFile() (*customerFile, error) {
	file := &customerFile{}
	file.buffer.WriteString(byteOrderMark)
	file.csv = csv.NewWriter(&file.buffer)
	file.csv.UseCRLF = true
	var header []string
	for _, column := range exportColumns {
		header = append(header, column.name)
	}
	return file, file.csv.Write(header)
}

func (file *customerFile) write(c listedCustomer) error {
	cells := make([]string, 0, len(exportColumns))
	for _, column := range exportColumns {
		cells = append(cells, column.cell(c))
	}
	file.rows++
	return file.csv.Write(cells)
}

func (file *customerFile) full() bool {
	return file.rows >= maxExportRows || file.buffer.Len() >= maxExportBytes
}

// export answers the partner's customers, or a reseller's, as a file. Where there are
// more than one answer takes, a Link header leads to the rest, which is a file of its
// own.
func (f *function) export(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	q, err := f.readCustomerQuery(r.Query, filterParameters)
	if err != nil {
		return nil, err
	}
	file, err := newCustomerFile()
	if err != nil {
		return nil, err
	}
	header := http.Header{
		"Content-Type":        {"text/csv; charset=utf-8; header=present"},
		"Content-Disposition": {`attachment; filename="customers.csv"`},
	}
	began := f.now()
	for c, err := range f.cloud.ListSubCustomers(ctx, q.request(maxRows)) {
		if err != nil {
			return nil, notListed(err)
		}
		if file.full() || file.rows > 0 && f.now().Sub(began) >= maxExportTime {
			header.Set("Link", fmt.Sprintf("<%s>; rel=\"next\"", nextExport(r.Query, q.offset+file.rows)))
			break
		}
		if err := file.write(f.describeCustomer(c)); err != nil {
			return nil, err
		}
	}
	file.csv.Flush()
	return &handler.Response{Status: http.StatusOK, Header: header, Body: file.buffer.Bytes()}, file.csv.Error()
}

// nextExport is where the rest of an export is.
func nextExport(query url.Values, offset int) string {
	query = maps.Clone(query)
	query.Set("offset", strconv.Itoa(offset))
	return "/onboard/customers.csv?" + query.Encode()
}
