package jsonread

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/shopspring/decimal"
)

// What a decimal may be at most. The API's have at most 18 digits; to print or compare
// 1e1000000000 would take gigabytes, and to read a million digits minutes.
const (
	maxDigits   = 100
	maxExponent = 100
	maxNumber   = 256 // bytes, zeros and all
)

var errLongNumber = errors.New("a number is too long")

// Int reads a whole number, also where it is printed as a string; "" is 0.
func (r *Reader) Int() int {
	raw := r.digits()
	if r.err != nil || len(raw) == 0 {
		return 0
	}
	n, err := strconv.Atoi(string(raw))
	if err != nil {
		r.failWith(err)
	}
	return n
}

// Decimal reads a number, also where it is printed as a string.
func (r *Reader) Decimal() decimal.Decimal {
	if r.err != nil || r.Null() {
		return decimal.Decimal{}
	}
	raw := r.digits()
	if r.err != nil {
		return decimal.Decimal{}
	}
	if value, exponent, ok := small(raw); ok {
		return r.decimal(value, exponent)
	}
	d, err := number(raw)
	if err != nil {
		r.failWith(err)
		return decimal.Decimal{}
	}
	return d
}

// number is the decimal of what should be a number.
func number(raw []byte) (decimal.Decimal, error) {
	if len(raw) > maxNumber {
		return decimal.Decimal{}, errLongNumber
	}
	var d decimal.Decimal
	// In quotes the decimal takes nothing but a number.
	if err := d.UnmarshalJSON(append(append([]byte{'"'}, raw...), '"')); err != nil {
		return decimal.Decimal{}, err
	}
	return d, checkBounds(d)
}

func checkBounds(d decimal.Decimal) error {
	if e := d.Exponent(); e < -maxExponent || e > maxExponent {
		return fmt.Errorf("a number has the exponent %d, which is beyond ±%d", e, maxExponent)
	}
	if d.NumDigits() > maxDigits {
		return fmt.Errorf("a number has more than %d digits", maxDigits)
	}
	return nil
}

// digits reads a number or a string and returns its bytes; none for a null.
func (r *Reader) digits() []byte {
	switch {
	case r.err != nil || r.Null():
		return nil
	case r.peek() == '"':
		return r.rawString()
	}
	return r.number()
}

// number passes over a number and returns it.
func (r *Reader) number() []byte {
	r.peek()
	start := r.pos
	r.take('-')
	if !r.take('0') && r.run() == 0 {
		r.pos = start
		r.noValue()
		return nil
	}
	if r.take('.') && r.run() == 0 {
		r.fail("no digit after the decimal point")
	}
	if r.take('e') || r.take('E') {
		if !r.take('+') {
			r.take('-')
		}
		if r.run() == 0 {
			r.fail("no digit in the exponent")
		}
	}
	if r.err != nil {
		return nil
	}
	return r.data[start:r.pos]
}

func (r *Reader) noValue() {
	if r.pos >= len(r.data) {
		r.failWith(errEnd)
		return
	}
	r.fail("no JSON value")
}

func (r *Reader) take(c byte) bool {
	if r.err != nil || r.pos >= len(r.data) || r.data[r.pos] != c {
		return false
	}
	r.pos++
	return true
}

// run passes over digits and counts them.
func (r *Reader) run() int {
	start := r.pos
	for r.pos < len(r.data) && '0' <= r.data[r.pos] && r.data[r.pos] <= '9' {
		r.pos++
	}
	return r.pos - start
}

// small reads the plain form of a number whose digits fit a machine word, which every
// amount of money does.
func small(raw []byte) (value int64, exponent int32, ok bool) {
	const most = 18 // digits that always fit
	digits, negative := raw, false
	if len(digits) > 0 && digits[0] == '-' {
		digits, negative = digits[1:], true
	}
	if len(digits) == 0 || len(digits) > most {
		return 0, 0, false
	}
	point := -1
	for i, c := range digits {
		switch {
		case '0' <= c && c <= '9':
			value = value*10 + int64(c-'0')
		case c == '.' && point < 0 && i > 0 && i < len(digits)-1:
			point = i
		default:
			return 0, 0, false
		}
	}
	if negative {
		value = -value
	}
	if point < 0 {
		return value, 0, true
	}
	return value, int32(point + 1 - len(digits)), true //nolint:gosec // at most 18 digits
}
