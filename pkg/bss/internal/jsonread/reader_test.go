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

// The two ways to read a number have the same bounds.
func FuzzDecimalAgreesWithEncodingJSON(f *testing.F) {
	for _, text := range append(corpus, `"12.50"`, `"-0.01"`, `"1e3"`, `"null"`, `999999999999999999`, `1234567890123456789`, `0.00`, `-0.00`, `1e100`, `1e-100`, `1e101`, `1e400`, `1e99999`, `"1e-400"`, `1e1000000000`, `"0x1"`, `"1_0"`, `"."`, `"1."`, `".5"`) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want decimal.Decimal
		wantErr := jsonread.Unmarshal(data, &want)
		r := jsonread.New(data)
		got := r.Decimal()
		require.Equal(t, wantErr == nil, r.End() == nil, "%q: %v, %v", data, wantErr, r.Err())
		if wantErr == nil {
			assert.True(t, want.Equal(got), "%q: %s, %s", data, want, got)
			assert.Equal(t, want.String(), got.String())
		}
	})
}

func TestNumbersThatNobodyMeansAreRefused(t *testing.T) {
	t.Parallel()
	type row struct {
		Amount  decimal.Decimal
		Perhaps *decimal.Decimal
		Rows    []row
		ByName  map[string]row
		Any     any
		hidden  decimal.Decimal
	}
	many := strings.Repeat("7", 4097)
	for number, want := range map[string]string{
		`1e400`: "exponent 400", `-1e400`: "exponent 400", `1e-400`: "exponent -400", `1e1000000000`: "exponent 1000000000",
		`"1e101"`: "exponent 101", `0.` + many[:101]: "exponent -101", many[:101]: "more than 100 digits", many[:400]: "more than 100 digits",
		many: "too long", `"` + many + `"`: "too long", strings.Repeat(many, 100): "too long",
		`1e99999999999`: "", `NaN`: "", `"NaN"`: "", `"Infinity"`: "", `1e`: "",
	} {
		for _, at := range []string{`{"Amount":%}`, `{"Perhaps":%}`, `{"Rows":[{},{"Amount":%}]}`, `{"ByName":{"a":{"Amount":%}}}`, `{"Rows":[{"Rows":[{"Amount":%}]}]}`} {
			require.ErrorContains(t, jsonread.Unmarshal([]byte(strings.Replace(at, "%", number, 1)), &row{}), want, number)
		}
		r := jsonread.New([]byte(number))
		assert.True(t, r.Decimal().IsZero())
		require.ErrorContains(t, r.End(), want, number)
	}
	read := row{hidden: decimal.New(1, 1000)} // is not what was read
	require.NoError(t, jsonread.Unmarshal([]byte(`{"Amount":1e100,"Perhaps":`+many[:100]+`,"Rows":null,"ByName":{},"Any":"1e400"}`), &read))
	require.NoError(t, jsonread.Unmarshal([]byte(`{"Any":"`+strings.Repeat(many[:4096]+" ", 10)+`"}`), &read))
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
	data := []byte(`["cn-north-4","cn-north-4","cn-north-4","cn-north-4","cn-north-4","cn-north-4","cn-north-4","cn-north-4"]`)
	allocations := testing.AllocsPerRun(100, func() {
		r := jsonread.New(data)
		for r.Array(); r.Element(); {
			_ = r.String()
		}
	})
	assert.LessOrEqual(t, allocations, 4.0)
}
