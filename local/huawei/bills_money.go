package huawei

import (
	"math/bits"
	"strconv"

	"github.com/shopspring/decimal"
)

// billMoney is an amount of a bill, or a measured usage, in hundred-millionths: bills
// have no more than 8 decimals, and a million records have ten million amounts.
type billMoney int64

const (
	billDecimals           = 8
	billUnit     billMoney = 100_000_000
	billFen      billMoney = billUnit / 100
)

// billMoneyOf is an amount of no more than 8 decimals.
func billMoneyOf(d decimal.Decimal) billMoney { return billMoney(d.Shift(billDecimals).IntPart()) }

func (m billMoney) decimal() decimal.Decimal { return decimal.New(int64(m), -billDecimals) }

func (m billMoney) money() money { return money(m.decimal()) }

func (m billMoney) pointer() *money {
	n := m.money()
	return &n
}

// times multiplies two amounts that are not negative, rounded to 8 decimals.
func (m billMoney) times(n billMoney) billMoney {
	hi, lo := bits.Mul64(uint64(m), uint64(n)) //nolint:gosec // neither is negative
	lo, carry := bits.Add64(lo, uint64(billUnit/2), 0)
	product, _ := bits.Div64(hi+carry, lo, uint64(billUnit))
	return billMoney(product) //nolint:gosec // prices and usages are far below
}

// whole is the amount without its fractions of a fen.
func (m billMoney) whole() billMoney { return m - m%billFen }

// appendTo writes the amount as a JSON number without needless zeros.
func (m billMoney) appendTo(b []byte) []byte {
	if m < 0 {
		b, m = append(b, '-'), -m
	}
	b = strconv.AppendInt(b, int64(m/billUnit), 10)
	fraction := m % billUnit
	if fraction == 0 {
		return b
	}
	b = append(b, '.')
	for unit := billUnit / 10; fraction > 0; unit /= 10 {
		b = append(b, byte('0'+fraction/unit)) //nolint:gosec // a digit
		fraction %= unit
	}
	return b
}
