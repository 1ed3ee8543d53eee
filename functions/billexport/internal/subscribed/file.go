package subscribed

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// File is what an archive comes to.
type File struct {
	Kind   Kind   `json:"kind"`
	Object string `json:"object"`
	// Bytes and SHA256, in hexadecimal, are of the archive as it was read.
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Parts  int    `json:"parts"`
	Rows   int    `json:"rows"`
	// Sums are what is due by a bill, by currency; usage has none.
	Sums []Sum `json:"sums"`
}

// Output is where what an archive holds goes while it is read.
type Output struct {
	// Merged takes the rows of all parts as one CSV file.
	Merged io.Writer
	// Lines is called with what the rows add up to, a piece at a time: one line may be
	// in several.
	Lines func(Lines) error
}

// Read reads an archive of a month. What it is refused for is one of the errors of this
// package, unless reading r or writing out fails. No more of it is in memory than
// limits.Held lines.
func Read(r io.Reader, kind Kind, cycle bill.Cycle, limits Limits, out Output) (File, error) {
	sum := sha256.New()
	a := &reading{
		file: File{Kind: kind, Object: kind.Object(cycle)}, limits: limits, out: out,
		merged: csv.NewWriter(out.Merged), lines: Lines{}, totals: map[string]Amounts{},
	}
	packed := &countingReader{from: io.TeeReader(r, sum), most: limits.Packed, over: ErrTooLarge}
	parts, err := a.read(packed, cycle)
	if err != nil {
		return File{}, fmt.Errorf("the archive %s: %w", kind.Object(cycle), err)
	}
	a.file.Parts, a.file.Sums = parts, sums(a.totals)
	a.file.Bytes, a.file.SHA256 = packed.read, hex.EncodeToString(sum.Sum(nil))
	return a.file, nil
}

// reading is an archive while it is read.
type reading struct {
	file   File
	limits Limits
	out    Output
	merged *csv.Writer
	lines  Lines
	totals map[string]Amounts
}

func (a *reading) read(packed *countingReader, cycle bill.Cycle) (parts int, err error) {
	if err := a.merged.Write(a.file.Kind.columns()); err != nil {
		return 0, err
	}
	if parts, err = read(packed, a.file.Kind, cycle, a.limits, a.add); err != nil {
		return 0, err
	}
	a.merged.Flush()
	return parts, errors.Join(a.merged.Error(), a.hand())
}

// add adds a row, whose fields are valid during the call only.
func (a *reading) add(fields []string) error {
	line, amounts, err := a.file.Kind.parse(fields)
	if err != nil {
		return err
	}
	a.file.Rows++
	a.lines.Add(line, amounts)
	if !line.isUsage() {
		total := a.totals[line.Currency]
		total.add(amounts)
		a.totals[line.Currency] = total
	}
	if err := a.merged.Write(fields); err != nil {
		return err
	}
	if len(a.lines) < a.limits.Held {
		return nil
	}
	return a.hand()
}

// hand hands the lines out.
func (a *reading) hand() error {
	if len(a.lines) == 0 {
		return nil
	}
	err := a.out.Lines(a.lines)
	a.lines = Lines{}
	return err
}

// parse reads the fields of a row.
func (k Kind) parse(fields []string) (Line, Amounts, error) {
	columns := k.columns()
	for i := range keyColumns {
		if !text(fields[i]) {
			return Line{}, Amounts{}, fmt.Errorf("%w: %s is %.40q", ErrRow, columns[i], fields[i])
		}
	}
	mode, known := chargeModes[fields[5]]
	if !known {
		return Line{}, Amounts{}, fmt.Errorf("%w: billing_mode is %.40q", ErrRow, fields[5])
	}
	line := Line{CustomerID: fields[0], ServiceType: fields[2], ResourceType: fields[3], Region: fields[4], ChargeMode: mode}
	if k == CustomerUsage {
		return parseUsage(line, fields)
	}
	var amounts [3]bill.Total
	for i := range amounts {
		amount, err := parseAmount(fields[6+i])
		if err != nil {
			return Line{}, Amounts{}, fmt.Errorf("%w: %s is %.40q: %w", ErrRow, columns[6+i], fields[6+i], err)
		}
		amounts[i].Add(amount)
	}
	if line.Currency = fields[9]; !currencyPattern.MatchString(line.Currency) {
		return Line{}, Amounts{}, fmt.Errorf("%w: currency is %.40q", ErrRow, fields[9])
	}
	return line, Amounts{Official: amounts[0], Discount: amounts[1], Due: amounts[2]}, nil
}

func parseUsage(line Line, fields []string) (Line, Amounts, error) {
	for i := 6; i <= 7; i++ {
		if !text(fields[i]) {
			return Line{}, Amounts{}, fmt.Errorf("%w: %s is %.40q", ErrRow, usageColumns[i], fields[i])
		}
	}
	used, err := decimal.NewFromString(fields[8])
	if err != nil || !usagePattern.MatchString(fields[8]) {
		return Line{}, Amounts{}, fmt.Errorf("%w: usage is %.40q", ErrRow, fields[8])
	}
	line.UsageType = fields[7]
	if line.UsageMeasureID, err = strconv.Atoi(fields[9]); err != nil || line.UsageMeasureID < 1 {
		return Line{}, Amounts{}, fmt.Errorf("%w: usage_measure_id is %.40q", ErrRow, fields[9])
	}
	return line, Amounts{Used: used}, nil
}

// parseAmount reads plain digits; there is no amount without any.
func parseAmount(digits string) (bill.Amount, error) {
	if !amountPattern.MatchString(digits) {
		return 0, bill.ErrNotAmount
	}
	return bill.ParseAmount([]byte(digits))
}

var (
	currencyPattern = regexp.MustCompile(`^[A-Z]{3}$`)
	amountPattern   = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,12})?$`)
	usagePattern    = regexp.MustCompile(`^[0-9]{1,18}(\.[0-9]{1,18})?$`)
)
