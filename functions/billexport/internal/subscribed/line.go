package subscribed

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// Line is what records are summed up by, in the files and at the API. One of a bill has
// a currency; one of usage has none, but a type and a unit.
type Line struct {
	CustomerID     string `json:"customer_id"`
	ServiceType    string `json:"service_type_code"`
	ResourceType   string `json:"resource_type_code"`
	Region         string `json:"region_code"`
	ChargeMode     string `json:"charge_mode"`
	Currency       string `json:"currency,omitempty"`
	UsageType      string `json:"usage_type,omitempty"`
	UsageMeasureID int    `json:"usage_measure_id,omitempty"`
}

func (l Line) isUsage() bool { return l.Currency == "" }

// group is the line without what bills and usage differ in.
func (l Line) group() Line {
	l.Currency, l.UsageType, l.UsageMeasureID = "", "", 0
	return l
}

func (l Line) compare(m Line) int {
	return cmp.Or(
		cmp.Compare(l.CustomerID, m.CustomerID), cmp.Compare(l.ServiceType, m.ServiceType),
		cmp.Compare(l.ResourceType, m.ResourceType), cmp.Compare(l.Region, m.Region),
		cmp.Compare(l.ChargeMode, m.ChargeMode), cmp.Compare(l.Currency, m.Currency),
		cmp.Compare(l.UsageType, m.UsageType), cmp.Compare(l.UsageMeasureID, m.UsageMeasureID),
	)
}

func (l Line) clone() Line {
	return Line{
		strings.Clone(l.CustomerID), strings.Clone(l.ServiceType), strings.Clone(l.ResourceType), strings.Clone(l.Region),
		strings.Clone(l.ChargeMode), strings.Clone(l.Currency), strings.Clone(l.UsageType), l.UsageMeasureID,
	}
}

// Amounts are what records add up to: those of a bill to money, those of usage to what
// was used in the line's unit, which may be finer and more than money is.
type Amounts struct {
	Official bill.Total      `json:"official_amount,omitzero"`
	Discount bill.Total      `json:"official_discount_amount,omitzero"`
	Due      bill.Total      `json:"amount,omitzero"`
	Used     decimal.Decimal `json:"usage,omitzero"`
}

func (a *Amounts) add(o Amounts) {
	a.Official.AddTotal(o.Official)
	a.Discount.AddTotal(o.Discount)
	a.Due.AddTotal(o.Due)
	if !o.Used.IsZero() { // of a bill, which costs allocations
		a.Used = a.Used.Add(o.Used)
	}
}

// Lines are sums by line.
type Lines map[Line]Amounts

// Add adds what a record comes to.
func (l Lines) Add(line Line, amounts Amounts) {
	sum, known := l[line]
	if !known {
		line = line.clone() // which keeps no more of a record than itself
	}
	sum.add(amounts)
	l[line] = sum
}

// Summed is a line with its sum.
type Summed struct {
	Line
	Amounts
}

// Sorted are the lines in their order.
func (l Lines) Sorted() []Summed {
	all := make([]Summed, 0, len(l))
	for _, line := range slices.SortedFunc(maps.Keys(l), Line.compare) {
		all = append(all, Summed{line, l[line]})
	}
	return all
}

// All yields the lines in their order.
func (l Lines) All() iter.Seq2[Summed, error] {
	return func(yield func(Summed, error) bool) {
		for _, line := range l.Sorted() {
			if !yield(line, nil) {
				return
			}
		}
	}
}

// writeLines writes lines for readLines.
func writeLines(w io.Writer, lines iter.Seq2[Summed, error]) error {
	buf := bufio.NewWriter(w)
	encoder := json.NewEncoder(buf)
	for line, err := range lines {
		if err != nil {
			return err
		}
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	return buf.Flush()
}

// readLines reads what writeLines wrote, a line at a time.
func readLines(r io.Reader) iter.Seq2[Summed, error] {
	return func(yield func(Summed, error) bool) {
		decoder := json.NewDecoder(bufio.NewReader(r))
		for {
			var line Summed
			err := decoder.Decode(&line)
			if errors.Is(err, io.EOF) || !yield(line, err) || err != nil {
				return
			}
		}
	}
}
