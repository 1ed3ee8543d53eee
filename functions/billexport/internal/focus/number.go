package focus

import (
	"math/bits"
	"strconv"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/parquetfile"
)

// number is a decimal number, mantissa/10^scale. One that needs more than 18 digits is
// wide, the digits alone.
type number struct {
	negative bool
	mantissa uint64
	scale    int
	wide     []byte
}

// one is what is counted once.
var one = number{mantissa: 1}

// parseNumber reads digits as JSON has them.
func parseNumber(digits []byte) (number, error) {
	negative, mantissa, scale, plain := parquetfile.Plain(digits)
	if plain && scale <= priceScale {
		return number{negative: negative && mantissa != 0, mantissa: mantissa, scale: scale}, nil
	}
	d, err := parquetfile.ParseDecimal(digits)
	if err != nil {
		return number{}, err
	}
	text := []byte(d.Decimal().String())
	if negative, mantissa, scale, plain = parquetfile.Plain(text); plain {
		return number{negative: negative, mantissa: mantissa, scale: scale}, nil
	}
	return number{wide: text}, nil
}

// amountAsNumber is an amount of money as a number.
func amountAsNumber(a bill.Amount) number {
	n := number{negative: a < 0, mantissa: magnitude(a), scale: moneyScale}
	return n.trimmed()
}

const (
	moneyScale = 8
	priceScale = 18
)

func magnitude(a bill.Amount) uint64 {
	if a < 0 {
		return -uint64(a) //nolint:gosec // two's complement, also of the lowest
	}
	return uint64(a)
}

func (n number) trimmed() number {
	for ; n.scale > 0 && n.mantissa%10 == 0; n.scale-- {
		n.mantissa /= 10
	}
	return n
}

func (n number) decimal() (parquetfile.Decimal, error) {
	if n.wide != nil {
		return parquetfile.ParseDecimal(n.wide)
	}
	return parquetfile.NewDecimal(n.negative, n.mantissa, n.scale)
}

// append writes the number without an exponent.
func (n number) append(to []byte) []byte {
	if n.wide != nil {
		return append(to, n.wide...)
	}
	if n.negative && n.mantissa != 0 {
		to = append(to, '-')
	}
	at := len(to)
	to = strconv.AppendUint(to, n.mantissa, 10)
	if n.scale == 0 {
		return to
	}
	for len(to)-at <= n.scale { // a digit before the point
		to = append(to, '0')
		copy(to[at+1:], to[at:])
		to[at] = '0'
	}
	to = append(to, '0')
	point := len(to) - 1 - n.scale
	copy(to[point+1:], to[point:])
	to[point] = '.'
	return to
}

// unitPrice is the price whose product with the quantity is the cost: exactly, where the
// division comes out within 18 decimals, else the shortest one whose product is the cost
// once it is rounded to the 8 decimals that a cost has. Signs are left aside. There is
// none for no quantity.
//
// The API gives no prices, but its amounts are such products, so that the shortest price
// is the one that was charged, as far as the cost's decimals tell.
func unitPrice(cost bill.Amount, quantity number) (number, bool) {
	if quantity.wide != nil || quantity.mantissa == 0 {
		return number{}, false
	}
	q := quantity.mantissa
	price, rest := magnitude(cost)/q, magnitude(cost)%q
	scale := moneyScale - quantity.scale
	var shortest number
	found := false
	// An error of a unit of rest is one of 1/tolerance in the last decimal of a cost.
	for tolerance := uint64(1); ; {
		if rest == 0 {
			if exact, ok := priceOf(price, scale); ok {
				return exact, true
			}
			return shortest, found
		}
		if !found && 2*min(rest, q-rest) < tolerance {
			shortest, found = priceOf(nearest(price, rest, q), scale)
			if !mayDivide(rest, priceScale-scale, q) {
				return shortest, found
			}
		}
		if scale == priceScale || price > maxPrice {
			return shortest, found
		}
		hi, lo := bits.Mul64(rest, 10)
		var digit uint64
		digit, rest = bits.Div64(hi, lo, q)
		price, scale = price*10+digit, scale+1
		if tolerance <= maxPrice {
			tolerance *= 10
		}
	}
}

// nearest is price+rest/q as a whole number.
func nearest(price, rest, q uint64) uint64 {
	if rest > q-rest {
		return price + 1
	}
	return price
}

// mayDivide reports false where rest/q does not come out within so many decimals.
func mayDivide(rest uint64, decimals int, q uint64) bool {
	if decimals >= len(powers) {
		return true
	}
	hi, lo := bits.Mul64(rest, powers[decimals])
	return bits.Rem64(hi, lo, q) == 0
}

var powers = func() (p [priceScale + 1]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// maxPrice leaves room for one more digit in 64 bits.
const maxPrice = 1_000_000_000_000_000_000

func priceOf(mantissa uint64, scale int) (number, bool) {
	for ; scale < 0; scale++ {
		if mantissa > maxPrice {
			return number{}, false
		}
		mantissa *= 10
	}
	return number{mantissa: mantissa, scale: scale}.trimmed(), mantissa <= maxPrice
}
