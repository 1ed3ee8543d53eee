package bill

import (
	"cmp"
	"errors"
	"math"
	"math/bits"
	"strconv"

	"github.com/shopspring/decimal"
)

// amountDecimals is how finely the API writes amounts, at the most.
// See https://support.huaweicloud.com/api-oce/mbc_00004.html.
const amountDecimals = 8

// Amount is an amount of money in hundred-millionths of its currency's unit, up to 92
// billion of it either way. It holds every amount of a fee record exactly, and costs no
// allocation, of which a decimal.Decimal has two; a month has ten million amounts.
type Amount int64

// Errors of ParseAmount.
var (
	ErrNotAmount  = errors.New("not a decimal number")
	ErrTooFine    = errors.New("more than 8 decimals, which no amount of a bill has")
	ErrOutOfRange = errors.New("an amount of more than 92 billion")
)

// plainDigits is how many digits always fit a machine word.
const plainDigits = 18

// ParseAmount reads digits as JSON has them: an exponent is allowed, zeros at the end
// do not count as decimals. No digits at all are 0.
func ParseAmount(digits []byte) (Amount, error) {
	plain := digits
	negative := len(plain) > 0 && plain[0] == '-'
	if negative {
		plain = plain[1:]
	}
	if len(plain) > plainDigits {
		return parseSlowly(digits)
	}
	value, decimals, point := uint64(0), 0, false
	for i, c := range plain {
		switch digit := c - '0'; {
		case digit <= 9:
			value = value*10 + uint64(digit)
		case c == '.' && !point:
			decimals, point = len(plain)-1-i, true
		default:
			return parseSlowly(digits)
		}
	}
	if decimals > amountDecimals || len(digits) > 0 && (len(plain) == 0 || string(plain) == ".") {
		return parseSlowly(digits)
	}
	hi, scaled := bits.Mul64(value, powers[amountDecimals-decimals])
	if hi != 0 || scaled > math.MaxInt64 {
		return 0, ErrOutOfRange
	}
	if negative {
		return -Amount(scaled), nil
	}
	return Amount(scaled), nil
}

var powers = [...]uint64{1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000}

// parseSlowly reads what is not written plainly.
func parseSlowly(digits []byte) (Amount, error) {
	d, err := decimal.NewFromString(string(digits))
	if err != nil {
		return 0, ErrNotAmount
	}
	return AmountOf(d)
}

// AmountOf is a decimal as an Amount.
func AmountOf(d decimal.Decimal) (Amount, error) {
	if d.Exponent() > 18 || d.Exponent() < -400 || d.Abs().GreaterThan(decimal.New(math.MaxInt64, -amountDecimals)) {
		return 0, ErrOutOfRange
	}
	scaled := d.Shift(amountDecimals)
	if !scaled.IsInteger() {
		return 0, ErrTooFine
	}
	return Amount(scaled.IntPart()), nil
}

// Decimal is the amount as a decimal without needless zeros.
func (a Amount) Decimal() decimal.Decimal {
	exponent := int32(-amountDecimals)
	value := int64(a)
	for value != 0 && exponent < 0 && value%10 == 0 {
		value, exponent = value/10, exponent+1
	}
	if value == 0 {
		return decimal.Zero
	}
	return decimal.New(value, exponent)
}

// String writes the amount without needless zeros and without an exponent.
func (a Amount) String() string { return string(a.Append(nil)) }

// Append appends what String writes.
func (a Amount) Append(b []byte) []byte {
	value := uint64(a) //nolint:gosec // the two's complement, of which a negative one is negated
	if a < 0 {
		b, value = append(b, '-'), -value
	}
	b = strconv.AppendUint(b, value/powers[amountDecimals], 10)
	fraction := value % powers[amountDecimals]
	if fraction == 0 {
		return b
	}
	b = append(b, '.')
	for place := powers[amountDecimals] / 10; fraction > 0; place /= 10 {
		b = append(b, '0'+byte(fraction/place)) //nolint:gosec // a digit
		fraction %= place
	}
	return b
}

// Total is an exact sum of amounts, however many. The zero value is 0.
type Total struct {
	hi int64
	lo uint64
}

// Add adds an amount.
func (t *Total) Add(a Amount) {
	t.add(int64(a)>>63, uint64(a)) //nolint:gosec // the two's complement, in 128 bits
}

// AddTotal adds another sum.
func (t *Total) AddTotal(o Total) { t.add(o.hi, o.lo) }

func (t *Total) add(hi int64, lo uint64) {
	sum, carry := bits.Add64(t.lo, lo, 0)
	t.lo = sum
	t.hi += hi + int64(carry) //nolint:gosec // 0 or 1
}

// Decimal is the sum as a decimal without needless zeros.
func (t Total) Decimal() decimal.Decimal {
	if a, ok := t.Amount(); ok {
		return a.Decimal()
	}
	high := decimal.New(t.hi, 0).Mul(decimal.New(1<<32, 0)).Mul(decimal.New(1<<32, 0))
	low := decimal.NewFromUint64(t.lo)
	return trimmed(high.Add(low).Shift(-amountDecimals))
}

func trimmed(d decimal.Decimal) decimal.Decimal {
	for d.Exponent() < 0 {
		shorter := d.Truncate(-d.Exponent() - 1)
		if !shorter.Equal(d) {
			break
		}
		d = shorter
	}
	return d
}

// Amount is the sum as an amount; it reports false where it is beyond one.
func (t Total) Amount() (Amount, bool) {
	a := int64(t.lo) //nolint:gosec // the two's complement
	return Amount(a), t.hi == a>>63
}

// Negated is the sum with the other sign.
func (t Total) Negated() Total {
	lo, borrow := bits.Sub64(0, t.lo, 0)
	return Total{-t.hi - int64(borrow), lo} //nolint:gosec // 0 or 1
}

// Sign is -1, 0 or 1.
func (t Total) Sign() int {
	switch {
	case t.IsZero():
		return 0
	case t.hi < 0:
		return -1
	default:
		return 1
	}
}

// Compare is -1, 0 or 1 as the sum is less than, equal to or greater than another one.
func (t Total) Compare(o Total) int { return cmp.Or(cmp.Compare(t.hi, o.hi), cmp.Compare(t.lo, o.lo)) }

// IsZero reports whether the sum is 0.
func (t Total) IsZero() bool { return t == Total{} }

// MarshalJSON writes the sum as decimals are written: a text.
func (t Total) MarshalJSON() ([]byte, error) { return t.Decimal().MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Total) UnmarshalJSON(data []byte) error {
	var d decimal.Decimal
	if err := d.UnmarshalJSON(data); err != nil {
		return err
	}
	whole := d.Shift(amountDecimals)
	if !whole.IsInteger() {
		return ErrTooFine
	}
	n := whole.BigInt()
	if n.BitLen() > 126 {
		return ErrOutOfRange
	}
	high := n.Rsh(whole.BigInt(), 64)
	t.hi = high.Int64()
	t.lo = whole.BigInt().Sub(whole.BigInt(), high.Lsh(high, 64)).Uint64()
	return nil
}
