package bill

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseAmount(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Amount{
		"": 0, "0": 0, "-0.00": 0, "1": 1e8, "-1.5": -150000000, "0.00000001": 1, "12.340000000000": 1234000000,
		"1e2": 1e10, "1.5E-3": 150000, "92233720368.54775807": math.MaxInt64,
	} {
		got, err := ParseAmount([]byte(text))
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for text, want := range map[string]error{
		"x": ErrNotAmount, "-": ErrNotAmount, ".": ErrNotAmount, "-.": ErrNotAmount, "1.2.3": ErrNotAmount, "0.000000001": ErrTooFine, "1e-9": ErrTooFine,
		"92233720368.54775808": ErrOutOfRange, "1e40": ErrOutOfRange, "-99999999999999999999": ErrOutOfRange,
	} {
		_, err := ParseAmount([]byte(text))
		assert.ErrorIs(t, err, want, text)
	}
}

// FuzzParseAmount holds the amounts, and their sums with others, against decimals.
func FuzzParseAmount(f *testing.F) {
	for _, seed := range []string{"0", "-1.5", "0.00000001", "1e2", "92233720368.54775807", "1.", ".5", "--1"} {
		f.Add(seed, int64(3))
	}
	f.Add("1.20", int64(math.MinInt64))
	f.Fuzz(func(t *testing.T, text string, other int64) {
		a, err := ParseAmount([]byte(text))
		if err != nil {
			return
		}
		want := decimal.Zero
		if text != "" {
			want, err = decimal.NewFromString(text)
			require.NoError(t, err, text)
		}
		require.True(t, want.Equal(a.Decimal()), "%s is %s", text, a.Decimal())
		require.Equal(t, a.Decimal().String(), a.String())
		require.Equal(t, Amount(other).Decimal().String(), Amount(other).String())

		var sum Total
		for range 3 {
			sum.Add(a)
			sum.Add(Amount(other))
		}
		want = want.Add(Amount(other).Decimal()).Mul(decimal.New(3, 0))
		require.True(t, want.Equal(sum.Decimal()), "%s is not %s", sum.Decimal(), want)
		written, err := json.Marshal(sum)
		require.NoError(t, err)
		var read Total
		require.NoError(t, json.Unmarshal(written, &read))
		require.Equal(t, sum, read)

		require.Equal(t, want.Sign(), sum.Sign())
		require.True(t, want.Neg().Equal(sum.Negated().Decimal()))
		require.Equal(t, want.Cmp(want.Neg()), sum.Compare(sum.Negated()))
		sum.AddTotal(sum.Negated())
		require.True(t, sum.IsZero())
	})
}
