package jsonread_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/pkg/bss/internal/jsonread"
)

type kind string

// row has every type that answers are made of.
type row struct {
	Name    string          `json:"name,omitempty"`
	Kind    kind            `json:"kind"`
	Count   int             `json:"count"`
	Long    int64           `json:"long"`
	Good    bool            `json:"good"`
	Amount  decimal.Decimal `json:"amount"`
	At      time.Time       `json:"at"`
	Words   []string        `json:"words"`
	Rows    []row           `json:"rows"`
	Perhaps *row            `json:"perhaps"`
	Zero    *int            `json:"zero"`
	Raw     json.RawMessage `json:"raw"`
	Plain   string
	Left    string `json:"-"`
	hidden  string
}

func drawRow(depth int) *rapid.Generator[row] {
	return rapid.Custom(func(t *rapid.T) row {
		drawn := row{
			Name: rapid.String().Draw(t, "name"), Kind: kind(rapid.String().Draw(t, "kind")),
			Count: rapid.Int().Draw(t, "count"), Long: rapid.Int64().Draw(t, "long"), Good: rapid.Bool().Draw(t, "good"),
			Amount: decimal.New(rapid.Int64().Draw(t, "digits"), rapid.Int32Range(-20, 20).Draw(t, "exponent")),
			At:     time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "at"), 0).UTC(),
			Words:  rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "words"),
			Raw:    json.RawMessage(rapid.SampledFrom(corpus[3:16]).Draw(t, "raw")), Plain: rapid.String().Draw(t, "plain"),
		}
		if depth > 0 {
			drawn.Rows = rapid.SliceOfN(drawRow(depth-1), 0, 3).Draw(t, "rows")
			drawn.Perhaps = rapid.Ptr(drawRow(depth-1), true).Draw(t, "perhaps")
		}
		drawn.Zero = rapid.Ptr(rapid.Int(), true).Draw(t, "zero")
		return drawn
	})
}

func TestTypesAreReadAsEncodingJSONWould(t *testing.T) {
	t.Parallel()
	var types jsonread.Types
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.MarshalIndent(drawRow(2).Draw(t, "row"), "", rapid.SampledFrom([]string{"", " "}).Draw(t, "indent"))
		require.NoError(t, err)
		var want, got row
		require.NoError(t, json.Unmarshal(text, &want))
		require.NoError(t, types.Unmarshal(text, &got))
		again, err := json.Marshal(want)
		require.NoError(t, err)
		read, err := json.Marshal(got)
		require.NoError(t, err)
		require.Equal(t, string(again), string(read))
	})
}

func TestNullsAndUnknownFieldsLeaveNothing(t *testing.T) {
	t.Parallel()
	var types jsonread.Types
	var got row
	require.NoError(t, types.Unmarshal([]byte(`{"name":null,"kind":null,"count":null,"good":null,"amount":null,"words":null,"rows":null,"perhaps":null,
		"zero":null,"more":{"name":[1]},"Left":"a","-":"b","hidden":"c"}`), &got))
	assert.Equal(t, row{}, got)
	assert.Empty(t, got.hidden)
	require.NoError(t, types.Unmarshal([]byte(`null`), &got))
	require.NoError(t, types.Unmarshal([]byte(`{"rows":[],"words":[],"zero":"0"}`), &got))
	assert.Equal(t, []row{}, got.Rows)
	assert.Equal(t, []string{}, got.Words)
	assert.Zero(t, *got.Zero)
	require.NoError(t, types.Unmarshal([]byte(`{"words":["a","b"],"words":["c"]}`), &got))
	assert.Equal(t, []string{"c"}, got.Words, "the last one counts")
}

func TestWrongTypesAreErrors(t *testing.T) {
	t.Parallel()
	var types jsonread.Types
	for _, text := range []string{
		``, `[]`, `1`, `"a"`, `{"name":1}`, `{"kind":[]}`, `{"count":1.5}`, `{"count":"a"}`, `{"long":9223372036854775808}`, `{"good":1}`, `{"good":"true"}`,
		`{"good":tru}`, `{"amount":{}}`, `{"at":"yesterday"}`, `{"at":1}`, `{"words":{}}`, `{"words":[1]}`, `{"rows":{}}`, `{"rows":[1]}`, `{"perhaps":[]}`, `{"zero":"a"}`,
		`{"raw":}`, `{"name":"a"`, `{"name":"a"}}`, `{"rows":[{"rows":[{"amount":"a"}]}]}`,
	} {
		require.Error(t, types.Unmarshal([]byte(text), &row{}), text)
	}
	var strange struct {
		Weight float64 `json:"weight"`
	}
	require.ErrorContains(t, types.Unmarshal([]byte(`{"weight":1}`), &strange), "no way to read a float64")
}

func TestNumbersThatNobodyMeansAreRefused(t *testing.T) {
	t.Parallel()
	var types jsonread.Types
	many := strings.Repeat("7", 257)
	for number, want := range map[string]string{
		`1e400`: "exponent 400", `-1e400`: "exponent 400", `1e-400`: "exponent -400", `1e1000000000`: "exponent 1000000000",
		`"1e101"`: "exponent 101", `0.` + many[:101]: "exponent -101", many[:101]: "more than 100 digits", many[:250]: "more than 100 digits",
		many: "too long", `"` + many + `"`: "too long", strings.Repeat(many, 10_000): "too long", `"` + strings.Repeat("0", 257) + `"`: "too long",
		`1e99999999999`: "", `NaN`: "", `"NaN"`: "", `"Infinity"`: "", `1e`: "",
	} {
		for _, at := range []string{`{"amount":%}`, `{"perhaps":{"amount":%}}`, `{"rows":[{},{"amount":%}]}`} {
			require.ErrorContains(t, types.Unmarshal([]byte(strings.Replace(at, "%", number, 1)), &row{}), want, number)
		}
		r := jsonread.New([]byte(number))
		assert.True(t, r.Decimal().IsZero())
		require.ErrorContains(t, r.End(), want, number)
	}
	require.NoError(t, types.Unmarshal([]byte(`{"amount":1e100,"name":"1e400","perhaps":{"amount":`+many[:100]+`},"raw":1e400}`), &row{}))
}

// What is read is JSON, and what is JSON for the type is read.
func FuzzTypes(f *testing.F) {
	for _, text := range corpus {
		f.Add([]byte(text))
	}
	f.Add([]byte(`{"name":"a","count":"1","amount":1e99,"at":"2026-03-02T01:00:00Z","rows":[{"words":["a"],"perhaps":{"zero":1}}],"raw":{}}`))
	var types jsonread.Types
	f.Fuzz(func(t *testing.T, data []byte) {
		var got row
		if types.Unmarshal(data, &got) != nil {
			return
		}
		require.True(t, json.Valid(data), "%q", data)
		_, err := json.Marshal(got)
		require.NoError(t, err)
	})
}
