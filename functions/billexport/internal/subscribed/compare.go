package subscribed

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/shopspring/decimal"
)

// Cause says what a difference is.
type Cause string

// The causes.
const (
	// CauseAmount: both have the line, with other sums.
	CauseAmount Cause = "amount"
	// CauseCurrency and CauseUnit: the other has the line in another currency or unit
	// only.
	CauseCurrency Cause = "currency"
	CauseUnit     Cause = "unit"
	// CauseOnlyFile and CauseOnlyAPI: one has the line and the other does not.
	CauseOnlyFile Cause = "only_in_file"
	CauseOnlyAPI  Cause = "only_in_api"
	// CauseUsage: there is usage on a line that the bill does not have.
	CauseUsage Cause = "usage_without_bill"
	// CauseUnknown: the customer is in the file, and is none of the partner's whose
	// records could be asked for.
	CauseUnknown Cause = "customer_unknown"
	// CauseUnread: Huawei Cloud refused the records of the customer.
	CauseUnread Cause = "customer_unread"
)

// Field is one of the amounts of a line.
type Field string

// The fields, by the columns of the files.
const (
	FieldOfficial Field = "official_amount"
	FieldDiscount Field = "official_discount_amount"
	FieldDue      Field = "amount"
	FieldUsage    Field = "usage"
)

// Difference is an amount on which the file and the API do not agree. Of a line that
// only one of them has it is what is due, or the usage.
type Difference struct {
	Line
	Cause Cause `json:"cause"`
	Field Field `json:"field"`
	// Difference is the file's amount less the API's.
	File       decimal.Decimal `json:"file"`
	API        decimal.Decimal `json:"api"`
	Difference decimal.Decimal `json:"difference"`
}

// Comparison holds archives against what the API says.
type Comparison struct {
	// Archives are the kinds of archives that there are: of another kind nothing is
	// compared.
	Archives []Kind
	// Missing is why the API has no records of a customer, if there is a reason.
	Missing func(customerID string) (Cause, bool)
	// Found is called with every difference, in the order of the lines.
	Found func(Difference) error

	// Compared counts the lines that were in the files or at the API.
	Compared int
}

// Compare compares to the last digit. Both lists are sorted, and gone through once: no
// more of them is in memory than the lines that differ in no more than their currency,
// type or unit.
func (c *Comparison) Compare(file, api iter.Seq2[Summed, error]) error {
	filed, known := pull(file), pull(api)
	defer filed.stop()
	defer known.stop()
	for {
		next := first([]*head{filed, known})
		switch {
		case next == nil:
			return nil
		case next.err != nil:
			return next.err
		}
		group := next.line.group()
		if err := c.compare(group, filed.take(group), known.take(group)); err != nil {
			return err
		}
	}
}

// take takes the lines of a group.
func (h *head) take(group Line) Lines {
	lines := Lines{}
	for h.there && h.line.group() == group {
		lines[h.line.Line] = h.line.Amounts
		h.next()
	}
	return lines
}

func (c *Comparison) compare(group Line, file, api Lines) error {
	maps.DeleteFunc(api, func(line Line, _ Amounts) bool { return !slices.Contains(c.Archives, line.kind()) })
	missing, isMissing := c.Missing(group.CustomerID)
	either := maps.Clone(file)
	maps.Copy(either, api)
	for _, line := range slices.SortedFunc(maps.Keys(either), Line.compare) {
		c.Compared++
		inFile, filed := file[line]
		atAPI, known := api[line]
		var differences []Difference
		switch {
		case filed && known:
			differences = between(line, inFile, atAPI)
		case filed && isMissing:
			differences = oneSided(line, missing, inFile, atAPI)
		case filed:
			differences = oneSided(line, onlyOne(CauseOnlyFile, line, api), inFile, atAPI)
		default:
			differences = oneSided(line, onlyOne(CauseOnlyAPI, line, file), inFile, atAPI)
		}
		if filed && line.isUsage() && !file.billed() {
			differences = append(differences, oneSided(line, CauseUsage, inFile, atAPI)...)
		}
		for _, d := range differences {
			if err := c.Found(d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l Line) kind() Kind {
	if l.isUsage() {
		return CustomerUsage
	}
	return CustomerBill
}

// billed reports whether the bill has a line of the group.
func (l Lines) billed() bool {
	for line := range l {
		if !line.isUsage() {
			return true
		}
	}
	return false
}

// between are the amounts in which a line differs that both have.
func between(line Line, file, api Amounts) []Difference {
	var all []Difference
	for _, field := range line.fields() {
		if d := difference(line, CauseAmount, field, file, api); !d.Difference.IsZero() {
			all = append(all, d)
		}
	}
	return all
}

func (l Line) fields() []Field {
	if l.isUsage() {
		return []Field{FieldUsage}
	}
	return []Field{FieldDue, FieldOfficial, FieldDiscount}
}

func oneSided(line Line, cause Cause, file, api Amounts) []Difference {
	return []Difference{difference(line, cause, line.fields()[0], file, api)}
}

func difference(line Line, cause Cause, field Field, file, api Amounts) Difference {
	d := Difference{Line: line, Cause: cause, Field: field, File: file.of(field), API: api.of(field)}
	d.Difference = d.File.Sub(d.API)
	return d
}

func (a Amounts) of(field Field) decimal.Decimal {
	switch field {
	case FieldOfficial:
		return a.Official.Decimal()
	case FieldDiscount:
		return a.Discount.Decimal()
	case FieldUsage:
		return a.Used
	case FieldDue:
	}
	return a.Due.Decimal()
}

// onlyOne looks whether the other has the line in another currency or unit.
func onlyOne(cause Cause, line Line, other Lines) Cause {
	for o := range other {
		switch {
		case line.isUsage() != o.isUsage():
		case !line.isUsage():
			return CauseCurrency
		case line.UsageType == o.UsageType:
			return CauseUnit
		}
	}
	return cause
}

// Sum is what all lines of a bill in one currency come to.
type Sum struct {
	Currency string          `json:"currency"`
	Official decimal.Decimal `json:"official_amount"`
	Discount decimal.Decimal `json:"official_discount_amount"`
	Due      decimal.Decimal `json:"amount"`
}

func sums(totals map[string]Amounts) []Sum {
	all := []Sum{}
	for currency, a := range totals {
		all = append(all, Sum{currency, a.Official.Decimal(), a.Discount.Decimal(), a.Due.Decimal()})
	}
	slices.SortFunc(all, func(a, b Sum) int { return cmp.Compare(a.Currency, b.Currency) })
	return all
}
