package ratecard

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// rule is a rule as it is written. In JSON the percentage is a text or a number.
type rule struct {
	CustomerID      string      `json:"customer_id"`
	ServiceTypeCode string      `json:"service_type_code"`
	RegionCode      string      `json:"region_code"`
	Basis           Basis       `json:"basis"`
	Percent         json.Number `json:"percent"`
	ValidFrom       string      `json:"valid_from"`
	ValidTo         string      `json:"valid_to"`
}

// fieldError says what is wrong with a field of a rule.
type fieldError struct{ field, reason string }

func (e *fieldError) Error() string { return e.field + " " + e.reason }

func wrongField(field, reason string, values ...any) error {
	return &fieldError{field, fmt.Sprintf(reason, values...)}
}

func (r rule) read() (who, term, error) {
	for _, code := range [...]struct{ field, text string }{
		{fieldCustomer, r.CustomerID}, {fieldService, r.ServiceTypeCode}, {fieldRegion, r.RegionCode},
	} {
		if err := checkCode(code.field, code.text); err != nil {
			return who{}, term{}, err
		}
	}
	t, err := r.term()
	return newWho(r.CustomerID, r.ServiceTypeCode, r.RegionCode), t, err
}

// maxCode is the limit that the API has for ids and codes.
const maxCode = 64

// idPattern is that of customer ids: one that a spreadsheet took for a number, such as
// 1.2E+31, is none.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

// checkCode refuses what would be a code of nothing: a rule for it would never hold, and
// nobody would see why.
func checkCode(field, text string) error {
	switch {
	case len(text) > maxCode:
		return wrongField(field, "is longer than %d characters", maxCode)
	case field == fieldCustomer && !idPattern.MatchString(text):
		return wrongField(field, "%q is no customer id", text)
	case strings.ContainsFunc(text, unicode.IsSpace):
		return wrongField(field, "%q has a space in it", text)
	}
	return nil
}

func (r rule) term() (term, error) {
	t := term{basis: bill.Official}
	switch r.Basis {
	case Official:
	case Payment:
		t.basis = bill.Payment
	default:
		return t, wrongField(fieldBasis, "%.40q is neither %s nor %s", r.Basis, Official, Payment)
	}
	var err error
	if t.factor, err = readPercent(r.Percent.String()); err != nil {
		return t, err
	}
	if t.from, err = readCycle(fieldFrom, r.ValidFrom); err != nil {
		return t, err
	}
	if t.to, err = readCycle(fieldTo, r.ValidTo); err != nil {
		return t, err
	}
	if r.ValidFrom != "" && r.ValidTo != "" && t.to.Before(t.from) {
		return t, wrongField(fieldTo, "%s is before %s %s", r.ValidTo, fieldFrom, r.ValidFrom)
	}
	return t, nil
}

func readCycle(field, text string) (bill.Cycle, error) {
	if text == "" {
		return bill.Cycle{}, nil
	}
	c, err := bill.ParseCycle(text)
	if err != nil {
		return c, wrongField(field, "%s", err)
	}
	return c, nil
}

const (
	percentDecimals = 4
	maxPercent      = 1000
	maxPercentText  = 32
)

// readPercent is a percentage in millionths: 95 is 950000.
func readPercent(text string) (uint64, error) {
	p, err := decimal.NewFromString(text)
	if err != nil || len(text) > maxPercentText || p.Exponent() < -maxPercentText || p.Exponent() > percentDecimals {
		return 0, wrongField(fieldPercent, "%.40q is not a decimal number such as 95 or 108.5", text)
	}
	if p.IsNegative() || p.GreaterThan(decimal.NewFromInt(maxPercent)) {
		return 0, wrongField(fieldPercent, "%s is not from 0 to %d", text, maxPercent)
	}
	scaled := p.Shift(percentDecimals)
	if !scaled.IsInteger() {
		return 0, wrongField(fieldPercent, "%s has more than %d decimals", text, percentDecimals)
	}
	return scaled.BigInt().Uint64(), nil
}
