package focus_test

import (
	"encoding/json"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/focus"
)

// FuzzTags finds one object of scalars for every text, with no key twice.
func FuzzTags(f *testing.F) {
	for _, seed := range []string{"", "a=b;c=d", `{"a":1}`, `[{"key":"a","value":"b"}]`, `{"a":{"b":1}}`, "a:b,c", "=\xff", `{"a":1,"a":2}`, "[", "{"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" {
			return
		}
		tags := focus.ParseTags([]byte(text))
		var object map[string]any
		require.NoError(t, json.Unmarshal(tags, &object), "%q", tags)
		require.NotEmpty(t, object)
		for key, value := range object {
			switch value.(type) {
			case map[string]any, []any:
				t.Fatalf("%q of %q is no scalar", key, text)
			}
		}
	})
}

// FuzzChargePeriod finds a period for every text, and never one that ends before it begins.
func FuzzChargePeriod(f *testing.F) {
	for _, seed := range []string{"", "2026-02-03T04:05:06Z", "2026-02-03", "2026-02-03T04:05:06Z/2026-02-03T05:05:06Z", "1900-01-01", "99992026-02-03"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		start, end := focus.ChargePeriod(text, 0, false, 1, 2)
		require.Less(t, start, end, text)
	})
}

// FuzzUnitPrice multiplies prices back.
func FuzzUnitPrice(f *testing.F) {
	f.Add(int64(103425000), "2.5")
	f.Add(int64(-1), "9000000000")
	f.Add(int64(9223372036854775807), "0.00000000000000001")
	f.Add(int64(7), "99999999999999999")
	f.Fuzz(func(t *testing.T, cost int64, quantity string) {
		price, ok := focus.UnitPrice(bill.Amount(cost), quantity)
		if !ok {
			return
		}
		p, q := decimal.RequireFromString(price), decimal.RequireFromString(quantity)
		require.LessOrEqual(t, -p.Exponent(), int32(18))
		require.False(t, p.IsNegative())
		off := p.Mul(q).Abs().Sub(bill.Amount(cost).Decimal().Abs()).Abs()
		require.True(t, off.LessThan(decimal.New(5, -9)), "%s*%s is off by %s", p, q, off)
	})
}
