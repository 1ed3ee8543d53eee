package focus

import (
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/parquetfile"
)

// Tested on their own too.
var (
	ParseTags = parseTags
	ServiceOf = func(code string) (category, subcategory string) {
		s := serviceOf([]byte(code))
		return s.category, s.subcategory
	}
	ColumnsOf   = columnsOf
	ColumnTypes = map[parquetfile.Type]string{
		parquetfile.Text: "text", parquetfile.Money: "money", parquetfile.Number: "number",
		parquetfile.Code: "code", parquetfile.Instant: "instant",
	}
)

// Services are all that the table knows.
func Services() map[string][2]string {
	all := map[string][2]string{}
	for code, s := range services {
		all[code] = [2]string{s.category, s.subcategory}
	}
	return all
}

// UnitPrice is the price of a quantity.
func UnitPrice(cost bill.Amount, quantity string) (price string, ok bool) {
	n, err := parseNumber([]byte(quantity))
	if err != nil {
		return "", false
	}
	p, ok := unitPrice(cost, n)
	return string(p.append(nil)), ok
}

// ChargePeriod is the period of what was consumed then.
func ChargePeriod(consumed string, trade int64, traded bool, from, to int64) (start, end int64) {
	return chargePeriodOf([]byte(consumed), trade, traded, from, to)
}
