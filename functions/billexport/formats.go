package billexport

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/csvfile"
	"github.com/bssfn/bssfn/functions/billexport/internal/focus"
	"github.com/bssfn/bssfn/functions/billexport/internal/parquetfile"
	"github.com/bssfn/bssfn/functions/billexport/internal/statement"
	"github.com/bssfn/bssfn/functions/billexport/internal/xlsxfile"
)

// The formats of an export. The report has no rows and is written last, because it
// names the other files.
const (
	formatCSV          = "csv"
	formatCSVGzip      = "csv.gz"
	formatXLSX         = "xlsx"
	formatParquet      = "parquet"
	formatFocusCSV     = "focus-csv"
	formatFocusParquet = "focus-parquet"
	formatStatements   = "statements"
	formatReport       = "report"
)

// rowWriter is a file that takes rows. Close finishes its content.
type rowWriter interface {
	Write(r *bill.Row) error
	Close() error
}

// format says how a format is written.
type format struct {
	// path is the name of a file in the run's folder. Where it has a place for a
	// customer, there is a file a customer.
	path string
	open func(w io.Writer, d *rendering, c bill.Customer) (rowWriter, error)
}

const customerPlace = "{customer}"

func (o format) aCustomer() bool { return strings.Contains(o.path, customerPlace) }

// pathOf is the name of the file of a customer, or of all, in the run's folder.
func (o format) pathOf(c bill.Customer) string {
	return strings.ReplaceAll(o.path, customerPlace, fileName(c.ID))
}

// formats are those with rows, by name.
func formats(cycle string) map[string]format {
	return map[string]format{
		formatCSV:     {"bills.csv", openCSV(false)},
		formatCSVGzip: {"bills.csv.gz", openCSV(true)},
		formatXLSX: {"bills.xlsx", func(w io.Writer, d *rendering, _ bill.Customer) (rowWriter, error) {
			return xlsxfile.New(w, xlsxfile.Options{Export: d.export, Customers: d.plan.Customers})
		}},
		formatParquet: {"parquet/bill_cycle=" + cycle + "/customer_id=" + customerPlace + "/bills.parquet",
			func(w io.Writer, d *rendering, _ bill.Customer) (rowWriter, error) {
				return parquetfile.New(w, parquetfile.Options{Export: d.export})
			}},
		formatFocusCSV: {"focus.csv", func(w io.Writer, d *rendering, _ bill.Customer) (rowWriter, error) {
			return focus.NewCSV(w, d.focus())
		}},
		formatFocusParquet: {"focus.parquet", func(w io.Writer, d *rendering, _ bill.Customer) (rowWriter, error) {
			return focus.NewParquet(w, d.focus())
		}},
		formatStatements: {"statements/" + customerPlace + ".pdf", func(w io.Writer, d *rendering, c bill.Customer) (rowWriter, error) {
			return statement.New(w, statement.Options{
				Export: d.export, Customer: c, Units: d.plan.Units, Records: recordsFile(d.run.Request, c),
			})
		}},
	}
}

// recordsFile is the file of a run that has each record of a customer, the easiest to
// read of several; empty where there is none.
func recordsFile(r RunRequest, c bill.Customer) string {
	for _, name := range []string{formatXLSX, formatCSV, formatCSVGzip, formatFocusCSV, formatParquet, formatFocusParquet} {
		if known(r.Formats, name) {
			return formats(r.Cycle)[name].pathOf(c)
		}
	}
	return ""
}

// formatNames are all formats that can be asked for.
var formatNames = []string{
	formatCSV, formatCSVGzip, formatXLSX, formatParquet, formatFocusCSV, formatFocusParquet, formatStatements, formatReport,
}

func openCSV(compressed bool) func(io.Writer, *rendering, bill.Customer) (rowWriter, error) {
	return func(w io.Writer, d *rendering, _ bill.Customer) (rowWriter, error) {
		headings := bill.English
		switch d.run.Request.Headings {
		case headingsChinese:
			headings = bill.Chinese
		case headingsNames:
			headings = bill.Names
		}
		return csvfile.New(w, csvfile.Options{
			Headings: headings, Priced: d.export.Priced, Gzip: compressed,
			ByteOrderMark: headings != bill.Names,
		})
	}
}

func (d *rendering) focus() focus.Options {
	names := map[string]string{}
	for _, c := range d.plan.Customers {
		if c.AccountName != "" {
			names[c.ID] = c.AccountName
		}
	}
	return focus.Options{Export: d.export, AccountNames: names, RefundsInOrigin: d.plan.FocusRefunds == refundsOrigin}
}

// fileName makes an id a part of a path. What is neither a letter nor a digit, a hyphen
// or an underscore is written as its bytes: names of the API lead nowhere else.
func fileName(id string) string {
	var name strings.Builder
	for i := range len(id) {
		c := id[i]
		if c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' {
			name.WriteByte(c)
		} else {
			fmt.Fprintf(&name, "%%%02X", c)
		}
	}
	if name.Len() == 0 {
		return "%"
	}
	return name.String()
}

// The languages of headings. Names are the API's, for programs.
const (
	headingsEnglish = "en"
	headingsChinese = "zh"
	headingsNames   = "names"
)

var headingsKnown = []string{headingsEnglish, headingsChinese, headingsNames}

func known(list []string, text string) bool { return slices.Contains(list, text) }
