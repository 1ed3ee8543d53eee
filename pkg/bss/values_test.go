package bss_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/pkg/bss"
)

func TestTimeIsRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		`null`:                       {},
		`""`:                         {},
		`"2026-03-02T01:02:03Z"`:     time.Date(2026, 3, 2, 1, 2, 3, 0, time.UTC),
		`"2026-03-02T01:02:03.000Z"`: time.Date(2026, 3, 2, 1, 2, 3, 0, time.UTC),
	} {
		got := bss.At(start) // what was there before is gone
		require.NoError(t, json.Unmarshal([]byte(text), &got), text)
		assert.Equal(t, want, got.Time, text)
	}
	for _, text := range []string{
		`0`, `{}`, `"now"`, `"2026-03-02"`, `"2026-03-02 01:02:03"`, `"2026-03-02T01:02:03+08:00"`, `"2026-02-30T01:02:03Z"`,
	} {
		var got bss.Time
		assert.Error(t, json.Unmarshal([]byte(text), &got), text)
	}
}

func TestTimeIsWrittenInUTCAndWholeSeconds(t *testing.T) {
	t.Parallel()
	beijing := time.Date(2026, 3, 2, 9, 2, 3, 999_999_999, time.FixedZone("GMT+8", 8*60*60))
	assert.Equal(t, "2026-03-02T01:02:03Z", bss.At(beijing).String())
	assert.Equal(t, time.UTC, bss.At(beijing).Location())
	assert.Empty(t, bss.Time{}.String())
	data, err := json.Marshal(struct {
		A bss.Time
		B bss.Time `json:",omitzero"`
	}{A: bss.Time{Time: beijing}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"A":"2026-03-02T01:02:03Z"}`, string(data))
}

func TestACountMayBePrintedAsAString(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bss.Frozen{
		`1`: bss.AccountFrozen, `"2"`: bss.AccountAndResourceFrozen, `0`: bss.NotFrozen, `null`: bss.NotFrozen, `""`: bss.NotFrozen,
	} {
		got := bss.AccountFrozen
		require.NoError(t, json.Unmarshal([]byte(text), &got), text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{`"one"`, `1.5`, `{}`, `true`, `99999999999999999999`} {
		var got bss.Frozen
		assert.Error(t, json.Unmarshal([]byte(text), &got), text)
	}
}

func TestAmountsAreBareNumbers(t *testing.T) {
	t.Parallel()
	for want, amount := range map[string]decimal.Decimal{
		"0.1":                yuan("0.10"),
		"100000":             decimal.New(1, 5),
		"0.00001":            decimal.New(1, -5),
		"12345678901234.56":  yuan("12345678901234.56"),
		"9007199254740993":   yuan("9007199254740993"), // no float64 can hold it
		"-0.01":              yuan("-0.01"),
		"0.3333333333333333": yuan("1").Div(yuan("3")),
	} {
		for name, request := range map[string]any{
			"amount":     bss.UpdateCustomerAccountAmountRequest{CustomerID: "c", Amount: amount},
			"face_value": bss.CreatePartnerCouponsRequest{QuotaID: "q", FaceValue: amount},
		} {
			data, err := json.Marshal(request)
			require.NoError(t, err)
			assert.Contains(t, string(data), `"`+name+`":`+want+`}`)
		}
	}
}

func TestEveryAmountIsWrittenExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amount := decimal.New(rapid.Int64().Draw(t, "value"), rapid.Int32Range(-20, 20).Draw(t, "exponent"))
		data, err := json.Marshal(bss.UpdateCustomerAccountAmountRequest{Amount: amount})
		require.NoError(t, err)
		var written struct {
			Amount json.RawMessage `json:"amount"`
		}
		require.NoError(t, json.Unmarshal(data, &written))
		assert.Regexp(t, `^-?[0-9]+(\.[0-9]+)?$`, string(written.Amount))
		read, err := decimal.NewFromString(string(written.Amount))
		require.NoError(t, err)
		assert.True(t, read.Equal(amount))
	})
}

func FuzzTime(f *testing.F) {
	for _, seed := range []string{`null`, `""`, `"2026-03-02T01:02:03Z"`, `"2026-03-02T01:02:03.5Z"`, `"0000-01-01T00:00:00Z"`, `12`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var read bss.Time
		if json.Unmarshal(data, &read) != nil {
			return
		}
		written, err := json.Marshal(read)
		require.NoError(t, err)
		var again bss.Time
		require.NoError(t, json.Unmarshal(written, &again))
		assert.True(t, again.Equal(read.Truncate(time.Second)), "%s became %s", data, written)
	})
}

func FuzzCount(f *testing.F) {
	for _, seed := range []string{`1`, `"1"`, `null`, `""`, `-1`, `"-1"`, `1e3`, `"\u0031"`, `{}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var read bss.Frozen
		if json.Unmarshal(data, &read) != nil {
			return
		}
		written, err := json.Marshal(read)
		require.NoError(t, err)
		var again bss.Frozen
		require.NoError(t, json.Unmarshal(written, &again))
		assert.Equal(t, read, again)
	})
}
