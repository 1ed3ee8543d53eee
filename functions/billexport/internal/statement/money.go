package statement

import (
	"bytes"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// money is an amount to the last digit, with its thousands apart: in whole cents, or
// else with the eight decimals that bills have, so that amounts stand below each other.
func money(d decimal.Decimal) string {
	if cents := d.Round(2); cents.Equal(d) {
		return apart(cents.StringFixed(2))
	}
	return apart(d.StringFixed(max(8, -d.Exponent())))
}

// sumOf is the same of a sum, of which a long list has many.
func sumOf(t bill.Total) string {
	a, fits := t.Amount()
	if !fits {
		return money(t.Decimal())
	}
	digits := a.Append(make([]byte, 0, 32))
	point := bytes.IndexByte(digits, '.')
	if point < 0 {
		digits, point = append(digits, '.'), len(digits)
	}
	decimals := 2
	if len(digits)-point-1 > decimals {
		decimals = 8
	}
	for len(digits)-point-1 < decimals {
		digits = append(digits, '0')
	}
	return apart(string(digits))
}

// number is a quantity with at most six decimals.
func number(t bill.Total) string { return apart(t.Decimal().Round(6).String()) }

// apart sets the thousands of a number apart.
func apart(digits string) string {
	sign, whole, fraction := "", digits, ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	if point := strings.IndexByte(whole, '.'); point >= 0 {
		whole, fraction = whole[:point], whole[point:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(whole[i])
	}
	b.WriteString(fraction)
	return b.String()
}
