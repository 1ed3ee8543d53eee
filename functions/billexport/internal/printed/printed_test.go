package printed

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

func TestMoney(t *testing.T) {
	t.Parallel()
	for digits, want := range map[string]string{
		"0": "0.00", "-0.5": "-0.50", "1234.5": "1,234.50", "-1234567.891": "-1,234,567.89100000", "0.00000001": "0.00000001",
		"999": "999.00", "1000": "1,000.00", "92233720368.54775807": "92,233,720,368.54775807", "-999.99": "-999.99",
	} {
		d := decimal.RequireFromString(digits)
		assert.Equal(t, want, Money(d))
		a, err := bill.AmountOf(d)
		require.NoError(t, err)
		var sum bill.Total
		sum.Add(a)
		assert.Equal(t, want, Sum(sum))
	}
	var huge bill.Total
	for range 3 {
		huge.Add(9223372036854775807)
	}
	assert.Equal(t, "276,701,161,105.64327421", Sum(huge))
	assert.Equal(t, "1,234.50000000", Aligned(decimal.RequireFromString("1234.5"), Decimals(decimal.RequireFromString("0.001"))))
	assert.Equal(t, "-12,345", Count(-12345))
	assert.Equal(t, "1,000.5", Number(decimal.RequireFromString("1000.50").Truncate(1)))
}
