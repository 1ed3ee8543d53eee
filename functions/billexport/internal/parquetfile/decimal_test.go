package parquetfile_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/parquetfile"
)

// FuzzParseDecimal holds what a column of numbers holds against decimals.
func FuzzParseDecimal(f *testing.F) {
	for _, seed := range []string{"0", "-1.5", "0.000000000000000001", "99999999999999999999.999999999999999999", "1e2", "-0", "1.", ".5", "--1", "", "123456789012345678.9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parquetfile.ParseDecimal([]byte(text))
		if err != nil {
			return
		}
		want, err := decimal.NewFromString(text)
		require.NoError(t, err, text)
		require.True(t, want.Equal(got.Decimal()), "%s is %s", text, got.Decimal())
		require.Less(t, want.Abs().Cmp(decimal.New(1, 20)), 0)
	})
}

// FuzzParseInstant holds instants against those of package time.
func FuzzParseInstant(f *testing.F) {
	for _, seed := range []string{"2026-02-03T04:05:06Z", "2024-02-29T23:59:59Z", "2100-02-29T00:00:00Z", "0000-03-01T00:00:00Z", "1969-12-31T23:59:59Z", "2026-02-03T04:05:06+08:00", "2026-02-03T24:00:00Z"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parquetfile.ParseInstant([]byte(text))
		want, wantErr := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			require.True(t, wantErr != nil || want.Nanosecond()%1e6 != 0, text)
			return
		}
		require.NoError(t, wantErr)
		require.Equal(t, want.UnixMilli(), got)
	})
}
