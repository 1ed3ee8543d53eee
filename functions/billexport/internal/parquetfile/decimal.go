package parquetfile

import (
	"encoding/binary"
	"errors"
	"math/big"
	"math/bits"

	"github.com/shopspring/decimal"
)

// What the two kinds of decimals hold.
const (
	moneyScale      = 8
	moneyPrecision  = 18
	moneyLimit      = 1_000_000_000_000_000_000
	numberScale     = 18
	numberPrecision = 38
	numberBytes     = 16
)

// Errors of numbers that a file cannot hold. Nothing is ever rounded.
var (
	ErrNotNumber = errors.New("not a decimal number")
	ErrTooFine   = errors.New("more than 18 decimals, which the files cannot hold")
	ErrTooLarge  = errors.New("too large for the files")
)

// Decimal is a number with 18 decimals, in 128 bits.
type Decimal struct {
	hi int64
	lo uint64
}

// ParseDecimal reads digits as JSON has them.
func ParseDecimal(digits []byte) (Decimal, error) {
	negative, mantissa, scale, plain := Plain(digits)
	if !plain {
		return parseSlowly(digits)
	}
	return NewDecimal(negative, mantissa, scale)
}

// Plain reads a number of at most 18 digits and no exponent: mantissa/10^scale. Zeros at
// the end do not count as decimals.
func Plain(digits []byte) (negative bool, mantissa uint64, scale int, ok bool) {
	if len(digits) > 0 && digits[0] == '-' {
		negative, digits = true, digits[1:]
	}
	point := false
	for i, c := range digits {
		switch {
		case c == '.' && !point && i > 0:
			point = true
		case c < '0' || c > '9' || mantissa >= 100_000_000_000_000_000:
			return false, 0, 0, false
		default:
			mantissa = mantissa*10 + uint64(c-'0')
			if point {
				scale++
			}
		}
	}
	for ; scale > 0 && mantissa%10 == 0; scale-- {
		mantissa /= 10
	}
	return negative, mantissa, scale, len(digits) > 0 && digits[len(digits)-1] != '.'
}

// NewDecimal is mantissa/10^scale, negative or not.
func NewDecimal(negative bool, mantissa uint64, scale int) (Decimal, error) {
	if scale > numberScale {
		return Decimal{}, ErrTooFine
	}
	hi, lo := bits.Mul64(mantissa, powers[numberScale-scale])
	if hi > limitHi || hi == limitHi && lo >= limitLo {
		return Decimal{}, ErrTooLarge
	}
	d := Decimal{int64(hi), lo} //nolint:gosec // below 10^38
	if negative {
		d = d.minus()
	}
	return d, nil
}

func (d Decimal) minus() Decimal {
	lo, borrow := bits.Sub64(0, d.lo, 0)
	return Decimal{-d.hi - int64(borrow), lo} //nolint:gosec // 0 or 1
}

// 10^38, which a DECIMAL of 38 digits does not reach.
const (
	limitHi = 5421010862427522170
	limitLo = 687399551400673280
)

var powers = func() (p [numberScale + 1]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

func parseSlowly(digits []byte) (Decimal, error) {
	d, err := decimal.NewFromString(string(digits))
	if err != nil {
		return Decimal{}, ErrNotNumber
	}
	switch {
	case d.IsZero():
		return Decimal{}, nil
	case d.Exponent() > numberPrecision:
		return Decimal{}, ErrTooLarge
	case d.Exponent() < -400:
		return Decimal{}, ErrTooFine
	}
	scaled := d.Shift(numberScale)
	if !scaled.IsInteger() {
		return Decimal{}, ErrTooFine
	}
	whole := scaled.BigInt()
	if whole.CmpAbs(new(big.Int).Exp(big.NewInt(10), big.NewInt(numberPrecision), nil)) >= 0 {
		return Decimal{}, ErrTooLarge
	}
	absolute := new(big.Int).Abs(whole)
	result := Decimal{int64(new(big.Int).Rsh(absolute, 64).Uint64()), new(big.Int).And(absolute, new(big.Int).SetUint64(1<<64-1)).Uint64()} //nolint:gosec // below 10^38
	if whole.Sign() < 0 {
		result = result.minus()
	}
	return result, nil
}

// Decimal is the number without needless zeros.
func (d Decimal) Decimal() decimal.Decimal {
	high := new(big.Int).Lsh(big.NewInt(d.hi), 64)
	return decimal.NewFromBigInt(high.Add(high, new(big.Int).SetUint64(d.lo)), -numberScale)
}

// SetBytes takes what a file holds of a number: 16 bytes, the highest first.
func (d *Decimal) SetBytes(data []byte) {
	d.hi, d.lo = int64(binary.BigEndian.Uint64(data[:8])), binary.BigEndian.Uint64(data[8:16]) //nolint:gosec // two's complement
}
