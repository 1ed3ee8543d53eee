package subscribed

import (
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// Line is what records are summed up by, here and at the API.
type Line struct {
	CustomerID   string `json:"customer_id"`
	ServiceType  string `json:"service_type_code"`
	ResourceType string `json:"resource_type_code"`
	Region       string `json:"region_code"`
	ChargeMode   string `json:"charge_mode"`
	Currency     string `json:"currency"`
}

// Lines are sums by line.
type Lines map[Line]bill.Total

// Add adds an amount.
func (l Lines) Add(line Line, amount bill.Amount) {
	sum := l[line]
	sum.Add(amount)
	l[line] = sum
}

// File is what an archive comes to.
type File struct {
	Kind  Kind `json:"kind"`
	Parts int  `json:"parts"`
	Rows  int  `json:"rows"`
	// Lines are what is due of a bill. Those of usage have no currency, and the amount
	// of what was used in whatever unit.
	Lines Lines `json:"-"`
}

var currencyPattern = regexp.MustCompile(`^[A-Z]{3}$`)

// Read reads an archive of a month. What it is refused for is one of the errors of this
// package, unless reading r itself fails.
func Read(r io.Reader, kind Kind, cycle bill.Cycle, limits Limits) (File, error) {
	f := File{Kind: kind, Lines: Lines{}}
	parts, err := read(r, kind, cycle, limits, func(fields []string) error {
		f.Rows++
		if err := f.add(fields); err != nil {
			return err
		}
		if len(f.Lines) > limits.Lines {
			return fmt.Errorf("%w: more than %d lines", ErrTooLarge, limits.Lines)
		}
		return nil
	})
	if err != nil {
		return File{}, fmt.Errorf("the archive %s: %w", kind.Object(cycle), err)
	}
	f.Parts = parts
	return f, nil
}

// add adds a row, whose fields are valid during the call only.
func (f *File) add(fields []string) error {
	columns := f.Kind.columns()
	for i := range keyColumns {
		if !text(fields[i]) {
			return fmt.Errorf("%w: %s is %.40q", ErrRow, columns[i], fields[i])
		}
	}
	mode, known := chargeModes[fields[5]]
	if !known {
		return fmt.Errorf("%w: billing_mode is %.40q", ErrRow, fields[5])
	}
	line := Line{CustomerID: fields[0], ServiceType: fields[2], ResourceType: fields[3], Region: fields[4], ChargeMode: mode}
	if f.Kind == CustomerUsage {
		return f.addUsage(line, fields)
	}
	var amounts [3]bill.Amount
	for i := range amounts {
		amount, err := parseAmount(fields[6+i])
		if err != nil {
			return fmt.Errorf("%w: %s is %.40q: %w", ErrRow, columns[6+i], fields[6+i], err)
		}
		amounts[i] = amount
	}
	if line.Currency = fields[9]; !currencyPattern.MatchString(line.Currency) {
		return fmt.Errorf("%w: currency is %.40q", ErrRow, fields[9])
	}
	f.Lines.Add(cloned(f.Lines, line), amounts[2])
	return nil
}

func (f *File) addUsage(line Line, fields []string) error {
	for i := 6; i <= 7; i++ {
		if !text(fields[i]) {
			return fmt.Errorf("%w: %s is %.40q", ErrRow, usageColumns[i], fields[i])
		}
	}
	used, err := parseAmount(fields[8])
	if err != nil || used < 0 {
		return fmt.Errorf("%w: usage is %.40q", ErrRow, fields[8])
	}
	if unit, err := strconv.Atoi(fields[9]); err != nil || unit < 1 {
		return fmt.Errorf("%w: usage_measure_id is %.40q", ErrRow, fields[9])
	}
	f.Lines.Add(cloned(f.Lines, line), used)
	return nil
}

// parseAmount reads plain digits; there is no amount without any.
func parseAmount(digits string) (bill.Amount, error) {
	if !amountPattern.MatchString(digits) {
		return 0, bill.ErrNotAmount
	}
	return bill.ParseAmount([]byte(digits))
}

var amountPattern = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,12})?$`)

// cloned is the line with texts of its own, unless there is one already: what a row is
// made of would keep the whole row.
func cloned(known Lines, line Line) Line {
	if _, ok := known[line]; ok {
		return line
	}
	return line.clone()
}
