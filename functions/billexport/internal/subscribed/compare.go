package subscribed

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

func (l Line) clone() Line {
	return Line{
		strings.Clone(l.CustomerID), strings.Clone(l.ServiceType), strings.Clone(l.ResourceType),
		strings.Clone(l.Region), strings.Clone(l.ChargeMode), strings.Clone(l.Currency),
	}
}

func (l Line) compare(m Line) int {
	return cmp.Or(
		cmp.Compare(l.CustomerID, m.CustomerID), cmp.Compare(l.ServiceType, m.ServiceType),
		cmp.Compare(l.ResourceType, m.ResourceType), cmp.Compare(l.Region, m.Region),
		cmp.Compare(l.ChargeMode, m.ChargeMode), cmp.Compare(l.Currency, m.Currency),
	)
}

// Cause says what a difference is.
type Cause string

// The causes.
const (
	// CauseAmount: both have the line, with other sums.
	CauseAmount Cause = "amount"
	// CauseCurrency: the other has the line in another currency only.
	CauseCurrency Cause = "currency"
	// CauseOnlyFile and CauseOnlyAPI: one has the line and the other does not.
	CauseOnlyFile Cause = "only_in_file"
	CauseOnlyAPI  Cause = "only_in_api"
	// CauseUsage: there is usage on a line that the bill does not have.
	CauseUsage Cause = "usage_without_bill"
)

// Difference is a line on which the file and the API do not agree.
type Difference struct {
	Line
	Cause Cause `json:"cause"`
	// FileAmount and APIAmount are what is due; Difference is the first less the second.
	FileAmount decimal.Decimal `json:"file_amount"`
	APIAmount  decimal.Decimal `json:"api_amount"`
	Difference decimal.Decimal `json:"difference"`
}

// Compare holds what is due by a file against what the API says, to the last digit.
func Compare(file, api Lines) []Difference {
	either := maps.Clone(file)
	maps.Copy(either, api)
	anyFile, anyAPI := file.anyCurrency(), api.anyCurrency()
	differences := []Difference{}
	for _, line := range slices.SortedFunc(maps.Keys(either), Line.compare) {
		inFile, filed := file[line]
		atAPI, known := api[line]
		if filed && known && inFile == atAPI {
			continue
		}
		d := Difference{Line: line, Cause: CauseAmount, FileAmount: inFile.Decimal(), APIAmount: atAPI.Decimal()}
		d.Difference = d.FileAmount.Sub(d.APIAmount)
		switch {
		case !known:
			d.Cause = onlyOne(CauseOnlyFile, line, anyAPI)
		case !filed:
			d.Cause = onlyOne(CauseOnlyAPI, line, anyFile)
		}
		differences = append(differences, d)
	}
	return differences
}

// onlyOne looks whether the other has the line in another currency.
func onlyOne(cause Cause, line Line, other map[Line]bool) Cause {
	if line.Currency = ""; other[line] {
		return CauseCurrency
	}
	return cause
}

// anyCurrency are the lines without their currencies.
func (l Lines) anyCurrency() map[Line]bool {
	lines := make(map[Line]bool, len(l))
	for line := range l {
		line.Currency = ""
		lines[line] = true
	}
	return lines
}

// Unbilled are the lines of usage that the bill does not have in any currency.
func Unbilled(usage, billed Lines) []Difference {
	known := billed.anyCurrency()
	differences := []Difference{}
	for _, line := range slices.SortedFunc(maps.Keys(usage), Line.compare) {
		if !known[line] {
			differences = append(differences, Difference{Line: line, Cause: CauseUsage})
		}
	}
	return differences
}

// Sum is what all lines in one currency come to.
type Sum struct {
	Currency string          `json:"currency"`
	Amount   decimal.Decimal `json:"amount"`
}

// Sums adds up by currency, in the order of their codes.
func (l Lines) Sums() []Sum {
	totals := map[string]bill.Total{}
	for line, amount := range l {
		sum := totals[line.Currency]
		sum.AddTotal(amount)
		totals[line.Currency] = sum
	}
	sums := []Sum{}
	for _, currency := range slices.Sorted(maps.Keys(totals)) {
		total := totals[currency]
		sums = append(sums, Sum{currency, total.Decimal()})
	}
	return sums
}
