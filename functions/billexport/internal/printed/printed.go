// Package printed writes numbers as people read them on paper and on pages.
package printed

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// Money is an amount to the last digit, with its thousands apart.
func Money(d decimal.Decimal) string { return Aligned(d, Decimals(d)) }

// Decimals is how many decimals an amount has: two where it is in whole cents, or else
// the eight that bills have, so that amounts stand below each other.
func Decimals(d decimal.Decimal) int32 {
	if d.Round(2).Equal(d) {
		return 2
	}
	return max(8, -d.Exponent())
}

// Aligned is Money with as many decimals as the others of a column have, of which its own
// Decimals must not be more.
func Aligned(d decimal.Decimal, decimals int32) string { return apart(d.StringFixed(decimals)) }

// Sum is Money of a sum, of which a long list has many.
func Sum(t bill.Total) string {
	a, fits := t.Amount()
	if !fits {
		return Money(t.Decimal())
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

// Number is a number as it is, with its thousands apart.
func Number(d decimal.Decimal) string { return apart(d.String()) }

// Count is a count, with its thousands apart.
func Count(n int) string { return apart(strconv.Itoa(n)) }

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
