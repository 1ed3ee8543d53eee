package jsonread_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss/internal/jsonread"
)

// corpus is JSON and what is nearly JSON.
var corpus = []string{
	``, ` `, `null`, `true`, `false`, `0`, `-0`, `1.50`, `-12e+3`, `1E-2`, `"a"`, `""`, `"\u00e9\n\"\\"`, `"é客户"`, `{}`, `[]`,
	`{"a":1,"b":[1,2,{"c":null}],"d":"x"}`, ` { "a" : [ ] , "b" : { } } `, `[[],[[]],{}]`, `[null,{"a":null}]`,
	`nul`, `tru`, `-`, `01`, `1.`, `.5`, `1e`, `+1`, `"`, `"\x"`, `"\u12g4"`, `"\u12`, "\"\n\"", `{`, `[`, `{"a"}`, `{"a":}`, `{"a":1,}`, `[1,]`, `[1 2]`,
	`{a:1}`, `{"a":1 "b":2}`, `]`, `{]`, `[}`, `1 2`, `null null`, "0\x00", "\x00", `{}x`, "\"\xff\"", "\ufeff1", `["a",]`, `{,}`, `[,]`, `"\`, `{"a":"b"`,
}

// Whatever encoding/json calls JSON is JSON here, and nothing else.
func FuzzSkipAgreesWithEncodingJSON(f *testing.F) {
	for _, text := range corpus {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := jsonread.New(data)
		r.Skip()
		assert.Equal(t, json.Valid(data), r.End() == nil, "%q: %v", data, r.Err())
	})
}

func FuzzTextAgreesWithEncodingJSON(f *testing.F) {
	for _, text := range corpus {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want string
		wantErr := json.Unmarshal(data, &want)
		r := jsonread.New(data)
		got := r.String()
		require.Equal(t, wantErr == nil, r.End() == nil, "%q: %v, %v", data, wantErr, r.Err())
		if wantErr == nil {
			assert.Equal(t, want, got)
		}
	})
}

func FuzzDecimalAgreesWithEncodingJSON(f *testing.F) {
	for _, text := range append(corpus, `"12.50"`, `"-0.01"`, `"1e3"`, `"null"`, `999999999999999999`, `1234567890123456789`, `0.00`, `-0.00`, `1e100`, `1e-100`, `1e101`, `1e400`, `1e99999`, `"1e-400"`, `1e1000000000`, `"0x1"`, `"1_0"`, `"."`, `"1."`, `".5"`) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want decimal.Decimal
		wantErr := json.Unmarshal(data, &want)
		r := jsonread.New(data)
		got := r.Decimal()
		if wantErr == nil && (want.NumDigits() > 100 || want.Exponent() < -100 || want.Exponent() > 100) {
			require.Error(t, r.End())
			return
		}
		if len(data) > 256 {
			return
		}
		require.Equal(t, wantErr == nil, r.End() == nil, "%q: %v, %v", data, wantErr, r.Err())
		if wantErr == nil {
			assert.True(t, want.Equal(got), "%q: %s, %s", data, want, got)
			assert.Equal(t, want.String(), got.String())
		}
	})
}

func TestWholeNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{`7`: 7, `"7"`: 7, `-1`: -1, `null`: 0, `""`: 0} {
		r := jsonread.New([]byte(text))
		assert.Equal(t, want, r.Int(), text)
		require.NoError(t, r.End(), text)
	}
	for _, text := range []string{`1.5`, `1e2`, `"a"`, `true`, `{}`, `99999999999999999999`} {
		r := jsonread.New([]byte(text))
		r.Int()
		require.Error(t, r.End(), text)
	}
}

func TestAnErrorEndsEverythingAndKnowsItsPlace(t *testing.T) {
	t.Parallel()
	r := jsonread.New([]byte(`{"a":[1,x],"b":2}`))
	rows, fields := 0, 0
	for r.Object(); r.Field(); fields++ {
		for r.Array(); r.Element(); rows++ {
			r.Int()
		}
	}
	require.ErrorContains(t, r.End(), "at byte 8")
	assert.Equal(t, 2, rows)
	assert.Equal(t, 1, fields)
	assert.Empty(t, r.String())
	assert.Zero(t, r.Int())
	assert.True(t, r.Decimal().IsZero())
	r.Skip()
	assert.False(t, r.Element())
}

func TestNullsAreEmpty(t *testing.T) {
	t.Parallel()
	r := jsonread.New([]byte(`{"rows":null,"more":{"x":null},"last":"z"}`))
	var last string
	for r.Object(); r.Field(); {
		switch string(r.Name()) {
		case "rows":
			for r.Array(); r.Element(); {
				t.Error("a null has no elements")
			}
		case "more":
			for r.Object(); r.Field(); {
				for r.Object(); r.Field(); {
					t.Error("a null has no fields")
				}
			}
		case "last":
			last = r.String()
		}
	}
	require.NoError(t, r.End())
	assert.Equal(t, "z", last)
}

func TestNestingIsBounded(t *testing.T) {
	t.Parallel()
	const deep = 10_001
	r := jsonread.New([]byte(strings.Repeat("[", deep) + strings.Repeat("]", deep)))
	r.Skip()
	require.ErrorContains(t, r.End(), "too deeply")
}

//nolint:paralleltest // allocations of other tests would count
func TestRepeatedTextsAreShared(t *testing.T) {
	data := []byte(`["cn-north-4"` + strings.Repeat(`,"cn-north-4"`, 1000) + `]`)
	allocations := testing.AllocsPerRun(100, func() {
		r := jsonread.New(data)
		for r.Array(); r.Element(); {
			_ = r.String()
		}
	})
	assert.LessOrEqual(t, allocations, 4.0)
}
