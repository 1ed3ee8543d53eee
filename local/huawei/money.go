package huawei

import "github.com/shopspring/decimal"

// money is an amount that is sent as a bare JSON number, as the contract's
// numbers are. Use decimal.Decimal where the contract says string.
type money decimal.Decimal

// MarshalJSON writes every digit of the amount, without an exponent.
func (m money) MarshalJSON() ([]byte, error) {
	return []byte(decimal.Decimal(m).String()), nil
}

func numberOf(n int64) *money { return numberPointer(decimal.NewFromInt(n)) }

func numberPointer(d decimal.Decimal) *money {
	m := money(d)
	return &m
}
