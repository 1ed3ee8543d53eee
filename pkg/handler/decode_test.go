package handler_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/handler"
)

type common struct {
	Key string `json:"key"`
}

type line struct {
	Price *decimal.Decimal `json:"price"`
	Tags  []string         `json:"tags"`
}

type payment struct {
	common
	Amount   decimal.Decimal            `json:"amount"`
	At       time.Time                  `json:"at"`
	Months   int8                       `json:"months"`
	Renew    bool                       `json:"renew"`
	Lines    []line                     `json:"lines"`
	Shares   map[string]decimal.Decimal `json:"shares"`
	Password handler.Secret             `json:"password"`
	Note     any                        `json:"note"`
	hidden   string
}

func TestDecode(t *testing.T) {
	t.Parallel()
	body := `{"key":"k1","amount":12.50,"at":"2026-01-31T16:00:00Z","months":3,"renew":true,
		"lines":[{"price":"0.000001","tags":["a"]},{"price":null}],"shares":{"客户":1},"password":"p","note":{"a":[1]}}`
	var got payment
	require.NoError(t, (&handler.Request{Body: []byte(body)}).Decode(&got))
	assert.Equal(t, "k1", got.Key)
	assert.Equal(t, "12.5", got.Amount.String())
	assert.Equal(t, time.Date(2026, time.January, 31, 16, 0, 0, 0, time.UTC), got.At)
	assert.Equal(t, "0.000001", got.Lines[0].Price.String())
	assert.Nil(t, got.Lines[1].Price)
	assert.Equal(t, "1", got.Shares["客户"].String())
	assert.Equal(t, "p", got.Password.Reveal())
	assert.Empty(t, got.hidden)
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body, code, field, reason string
	}{
		{"nothing", "", "malformed_json", "", ""},
		{"blanks", " \r\n", "malformed_json", "", ""},
		{"half an object", `{"key":"a"`, "malformed_json", "", ""},
		{"an object that ends twice", `{}}`, "malformed_json", "", ""},
		{"a comma too many", `{"key":"a",}`, "malformed_json", "", ""},
		{"two values", `{} {}`, "malformed_json", "", ""},
		{"text after it", `{} x`, "malformed_json", "", ""},
		{"bytes that are not UTF-8", "{\"key\":\"\xff\"}", "malformed_json", "", ""},
		{"a name twice", `{"key":"a","key":"b"}`, "malformed_json", "key", "there twice"},
		{"a name twice in another case", `{"amount":1,"AMOUNT":2}`, "malformed_json", "AMOUNT", "there twice"},
		{"a name twice inside", `{"note":[{"a":1,"a":2}]}`, "malformed_json", "a", "there twice"},
		{"33 levels", `{"note":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`, "malformed_json", "", ""},

		{"an unknown field", `{"amonut":1}`, "unknown_field", "amonut", "unknown"},
		{"an unknown field inside", `{"lines":[{},{"prize":1}]}`, "unknown_field", "lines[1].prize", "unknown"},
		{"a field that is not exported", `{"hidden":"a"}`, "unknown_field", "hidden", "unknown"},
		{"a long unknown field", `{"` + strings.Repeat("x", 99) + `":1}`, "unknown_field", strings.Repeat("x", 64) + "…", "unknown"},
		{"an unknown field with quotes", `{"a\"b":1}`, "unknown_field", `a"b`, "unknown"},

		{"null", `null`, "wrong_type", "", "null instead of an object"},
		{"an array", `[]`, "wrong_type", "", "want an object"},
		{"a text", `"a"`, "wrong_type", "", "want an object"},
		{"a number for a text", `{"key":1}`, "wrong_type", "key", "want a string"},
		{"a text for a number", `{"months":"3"}`, "wrong_type", "months", "want a whole number that fits 8 bits"},
		{"a fraction for a whole number", `{"months":1.5}`, "wrong_type", "months", "want a whole number that fits 8 bits"},
		{"a number too large", `{"months":128}`, "wrong_type", "months", "want a whole number that fits 8 bits"},
		{"a number for a truth", `{"renew":1}`, "wrong_type", "renew", "want true or false"},
		{"an object for an array", `{"lines":{}}`, "wrong_type", "lines", "want an array"},
		{"a text for an amount", `{"amount":"ten"}`, "wrong_type", "amount", "want a decimal number, such as 12.50"},
		{"an object for an amount", `{"amount":{}}`, "wrong_type", "amount", "want a decimal number, such as 12.50"},
		{"a day for an instant", `{"at":"2026-01-31"}`, "wrong_type", "at", "want an instant, such as 2026-01-31T16:00:00Z"},
		{"an amount inside", `{"lines":[{"price":1},{"price":"x"}]}`, "wrong_type", "lines[1].price", "want a decimal number, such as 12.50"},
		{"a text inside", `{"lines":[{"tags":["a",2]}]}`, "wrong_type", "lines[0].tags[1]", "want a string"},
		{"an amount of a map", `{"shares":{"a":"x"}}`, "wrong_type", "shares.a", "want a decimal number, such as 12.50"},

		{"an amount that is long to write out", `{"amount":1e999999999}`, "wrong_type", "amount", "want a decimal number, such as 12.50"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := (&handler.Request{Body: []byte(test.body)}).Decode(new(payment))
			var problem *handler.Problem
			require.ErrorAs(t, err, &problem)
			assert.Equal(t, 400, problem.Status)
			assert.Equal(t, test.code, problem.Code)
			if test.field+test.reason == "" {
				assert.Empty(t, problem.Fields)
				return
			}
			assert.Equal(t, []handler.FieldError{{Field: test.field, Reason: test.reason}}, problem.Fields)
		})
	}
}

func TestDecodeTakesOtherTargets(t *testing.T) {
	t.Parallel()
	var ids []string
	require.NoError(t, (&handler.Request{Body: []byte(`["a","b"]`)}).Decode(&ids))
	assert.Equal(t, []string{"a", "b"}, ids)

	var raw json.RawMessage
	require.NoError(t, (&handler.Request{Body: []byte(`{"a":1}`)}).Decode(&raw))
	assert.JSONEq(t, `{"a":1}`, string(raw))
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"key":"k","amount":12.50,"lines":[{"price":"1","tags":["a"]}],"shares":{"a":1}}`,
		`{"amount":1e999999999}`, `{"a":1,"A":2}`, `null`, `[[[[]]]]`, `{"at":"x"}`, `{} {}`, "{\"key\":\"\xff\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got payment
		err := (&handler.Request{Body: body}).Decode(&got)
		if err == nil {
			assert.True(t, json.Valid(body), "took what is not JSON")
			return
		}
		var problem *handler.Problem
		require.ErrorAs(t, err, &problem)
		assert.Equal(t, 400, problem.Status)
		assert.Contains(t, []string{"malformed_json", "unknown_field", "wrong_type"}, problem.Code)
		for _, field := range problem.Fields {
			assert.LessOrEqual(t, len(field.Reason), 100)
		}
	})
}

// span decodes itself, from a text.
type span struct {
	From int
}

func (s *span) UnmarshalText(text []byte) error {
	var err error
	s.From, err = strconv.Atoi(string(text))
	return err
}

func TestDecodeNamesTheFieldThatDecodesItself(t *testing.T) {
	t.Parallel()
	var got struct {
		Span span `json:"span"`
	}
	err := (&handler.Request{Body: []byte(`{"span":{"From":"x"}}`)}).Decode(&got)
	var problem *handler.Problem
	require.ErrorAs(t, err, &problem)
	require.Len(t, problem.Fields, 1)
	assert.Equal(t, "span", problem.Fields[0].Field)
}
