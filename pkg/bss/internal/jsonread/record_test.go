package jsonread_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss/internal/jsonread"
)

// bill has a field of each kind twice.
var bill = []jsonread.Field{
	{Name: "id"}, {Name: "amount", Kind: jsonread.Number}, {Name: "code", Kind: jsonread.Whole},
	{Name: "name"}, {Name: "usage", Kind: jsonread.Number}, {Name: "unit", Kind: jsonread.Whole},
}

// readBills reads a list of records and copies what it read; missing fields are nil.
func readBills(record *jsonread.Record, data []byte) ([][]*string, error) {
	record.Reset()
	r := jsonread.New(data)
	var rows [][]*string
	into := make([][]byte, len(bill))
	for r.Array(); r.Element(); {
		record.Read(r, into)
		row := make([]*string, len(bill))
		for f, value := range into {
			if value != nil {
				text := string(value)
				row[f] = &text
			}
		}
		rows = append(rows, row)
	}
	return rows, r.End()
}

// asEncodingJSON reads the same by its way.
func asEncodingJSON(data []byte) ([][]*string, error) {
	var records []map[string]json.RawMessage
	if err := json.Unmarshal(data, &records); err != nil {
		return nil, err
	}
	var rows [][]*string
	for _, record := range records {
		row := make([]*string, len(bill))
		for f, field := range bill {
			value := record[field.Name]
			if len(value) == 0 || string(value) == "null" {
				continue
			}
			text := string(value)
			if value[0] == '"' {
				if err := json.Unmarshal(value, &text); err != nil {
					return nil, err
				}
			}
			row[f] = &text
		}
		rows = append(rows, row)
	}
	return rows, nil
}

var records = []string{
	`[{"id":"a","amount":1.50,"code":3,"name":"","usage":-0.00000001,"unit":-4},{"id":"b","amount":0,"code":5,"name":"网站"}]`,
	`[{"unit":1,"usage":2,"name":"c","code":3,"amount":4,"id":"e"},{"unit":1,"usage":2,"name":"c","code":3,"amount":4,"id":"e"},{"id":null}]`,
	`[ { "id" : "a" , "amount" : "1.5" , "code" : "7" , "name" : null } , null , {} ]`,
	`[{"id":"a\"b\\c\/\b\f\n\r\t\u00e9\u7f51\ud83d\ude00\ud83d\u0041\ud83d","name":"plain"},{"id":"long and long and then \" a quote"}]`,
	`[{"id":"a","id":"b","amount":1,"amount":null,"name":null,"name":"x"}]`, `[{"\u0069d":"a","more":{"id":["x",{}]},"name":"z","else":[]}]`,
	"[{\"id\":\"\xff\xe7\xbd\x91\"},{\"id\":\"12345678\xff\"},{\"name\":\"\u2028\"}]", "[{\"id\":\"a\nb\"}]", "[{\"id\":\"12345678\x00\"}]", `[{"id":"\x"}]`, `[{"id":"a`,
	`[{"id":1}]`, `[{"id":true}]`, `[{"amount":"x"}]`, `[{"amount":true}]`, `[{"amount":01}]`, `[{"amount":1.}]`, `[{"amount":-}]`, `[{"amount":1e2}]`, `[{"amount":1e400}]`,
	`[{"amount":123456789012345678901234567890.123456789}]`, `[{"code":1.0}]`, `[{"code":1e2}]`, `[{"code":""}]`, `[{"code":99999999999999999999}]`, `[{"amount":1 }]`,
	`[{"id":"a""name":"b"}]`, `[{"id":"a",}]`, `[{"id":"a","amount":1]`, `[{"id":"a"}`, `[{"amount":1`, `[]`, `null`, `{}`, `[1]`, `[{"id":"a"}]x`,
}

// What is read is what encoding/json reads; what it does not take, nobody takes.
func FuzzRecordAgreesWithEncodingJSON(f *testing.F) {
	for _, text := range append(records, corpus...) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		record := jsonread.NewRecord(bill)
		got, err := readBills(record, data)
		if err != nil {
			return
		}
		want, err := asEncodingJSON(data)
		require.NoError(t, err, "%q", data)
		require.Equal(t, want, got, "%q", data)

		again, err := readBills(record, data)
		require.NoError(t, err)
		require.Equal(t, want, again, "what was learnt of the order changes nothing: %q", data)
	})
}

func TestRecordsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, field := range []string{
		`"id":1`, `"id":{}`, `"id":[]`, `"id":false`, `"id":"`, `"id":"a\"`, "\"id\":\"a\tb\"", `"id":`, `"id"`, `id:"a"`,
		`"amount":true`, `"amount":{}`, `"amount":[1]`, `"amount":""`, `"amount":"1,5"`, `"amount":01`, `"amount":-01.5`, `"amount":+1`, `"amount":.5`, `"amount":1.`, `"amount":1.5.5`,
		`"amount":1e`, `"amount":NaN`, `"amount":1e101`, `"amount":"1e400"`, `"amount":` + strings.Repeat("7", 101), `"amount":"` + strings.Repeat("7", 1<<10) + `"`,
		`"code":1.5`, `"code":1e1`, `"code":"a"`, `"code":"1.0"`, `"code":-`, `"code":9223372036854775808`, `"code":00`,
	} {
		for _, text := range []string{`[{` + field + `}]`, `[{"name":"x",` + field + `,"unit":1}]`} {
			_, err := readBills(jsonread.NewRecord(bill), []byte(text))
			require.Error(t, err, text)
		}
	}
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	t.Parallel()
	for _, number := range []string{`0`, `-0`, `0.00`, `-1.50`, `123456789012345678`, `1234567890123456.78`, `12345678901234567890.123456789`, `1E-8`, `1e+2`, `0e0`} {
		rows, err := readBills(jsonread.NewRecord(bill), []byte(`[{"amount":`+number+`}]`))
		require.NoError(t, err, number)
		assert.Equal(t, number, *rows[0][1])
	}
}

//nolint:paralleltest // allocations of other tests would count
func TestRecordsAreReadWithoutAllocations(t *testing.T) {
	list := []byte(`[` + strings.Repeat(`{"id":"a \"b\" 网站","amount":-1.50,"code":3,"more":{"x":[1]},"name":"a name of some length","usage":null,"unit":4},`, 99) + `{}]`)
	record, into := jsonread.NewRecord(bill), make([][]byte, len(bill))
	read := func() {
		record.Reset()
		r := jsonread.New(list)
		for r.Array(); r.Element(); {
			record.Read(r, into)
		}
		if r.End() != nil {
			t.Error(r.Err())
		}
	}
	read()
	assert.LessOrEqual(t, testing.AllocsPerRun(50, read), 1.0)
}
