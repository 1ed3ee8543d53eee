package bss_test

import (
	"encoding/json"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/pkg/bss"
)

// fastPage is a list whose pages read themselves. Its tests are the same for all.
type fastPage struct {
	operation    string
	agrees, fail func(t *testing.T)
}

func fastPages() []fastPage {
	return []fastPage{
		fast("ListSubCustomerBillDetail", "fee_records", func(t *testing.T, c *bss.Client) iter.Seq2[bss.FeeRecord, error] {
			return c.ListSubCustomerBillDetail(t.Context(), bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: "c"})
		}),
		fast("ListCustomerBillsFeeRecords", "records", func(t *testing.T, c *bss.Client) iter.Seq2[bss.CustomerFeeRecord, error] {
			return c.ListCustomerBillsFeeRecords(t.Context(), resaleName, bss.ListCustomerBillsFeeRecordsRequest{BillCycle: "2026-02"})
		}),
		fast("ListCustomerBillsMonthlyBreakDown", "details", func(t *testing.T, c *bss.Client) iter.Seq2[bss.AmortizedCost, error] {
			return c.ListCustomerBillsMonthlyBreakDown(t.Context(), resaleName, bss.ListCustomerBillsMonthlyBreakDownRequest{SharedMonth: "2026-02"})
		}),
		fast("ListCustomerselfResourceRecords", "fee_records", func(t *testing.T, c *bss.Client) iter.Seq2[bss.ResourceFeeRecord, error] {
			return c.ListCustomerselfResourceRecords(t.Context(), resaleName, bss.ListCustomerselfResourceRecordsRequest{Cycle: "2026-02"})
		}),
		fast("ListCustomerselfResourceRecordDetails", "monthly_records", func(t *testing.T, c *bss.Client) iter.Seq2[bss.ResourceBill, error] {
			return c.ListCustomerselfResourceRecordDetails(t.Context(), resaleName, bss.ListCustomerselfResourceRecordDetailsRequest{Cycle: "2026-02"})
		}),
	}
}

// fast makes the tests of a list: rows is the name of its rows in an answer.
func fast[T any](operation, rows string, list func(*testing.T, *bss.Client) iter.Seq2[T, error]) fastPage {
	return fastPage{
		operation: operation,
		agrees:    func(t *testing.T) { readsAsEncodingJSON(t, rows, list) },
		fail:      func(t *testing.T) { failsForABrokenPage(t, operation, rows, list) },
	}
}

func TestEveryFastPageIsTested(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*_model_gen.go")
	require.NoError(t, err)
	var generated, tested []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, found := range regexp.MustCompile(`func \(v \*l(ist\w+)Page\) readJSON`).FindAllStringSubmatch(string(text), -1) {
			generated = append(generated, "L"+found[1])
		}
	}
	for _, page := range fastPages() {
		tested = append(tested, page.operation)
	}
	slices.Sort(generated)
	slices.Sort(tested)
	assert.Equal(t, generated, tested)
}

// The quick reading and encoding/json read the same.
func TestFastPagesAreReadAsEncodingJSONWould(t *testing.T) {
	t.Parallel()
	for _, page := range fastPages() {
		t.Run(page.operation, func(t *testing.T) {
			t.Parallel()
			page.agrees(t)
		})
	}
}

func TestABrokenFastPageIsAnError(t *testing.T) {
	t.Parallel()
	for _, page := range fastPages() {
		t.Run(page.operation, func(t *testing.T) {
			t.Parallel()
			page.fail(t)
		})
	}
}

// answeringAll is answering for operations of customers too: there is a token for each.
func answeringAll(t *testing.T, body func() []byte) *bss.Client {
	t.Helper()
	c, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == tokensPath {
			w.Header().Set("X-Subject-Token", "a-token")
			saying(http.StatusCreated, jsonType, `{"token":{"expires_at":"2026-03-03T00:00:00.000000Z"}}`)(w, r)
			return
		}
		saying(http.StatusOK, jsonType, string(body()))(w, r)
	})
	return c
}

func readsAsEncodingJSON[T any](t *testing.T, name string, list func(*testing.T, *bss.Client) iter.Seq2[T, error]) {
	var body []byte
	c := answeringAll(t, func() []byte { return body })
	rapid.Check(t, func(rt *rapid.T) {
		drawn := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) any { return drawValue(rt, reflect.TypeFor[T](), "row") }), 1, 3).Draw(rt, "rows")
		var err error
		body, err = json.Marshal(map[string]any{"total_count": len(drawn), "currency": "CNY", name: drawn})
		require.NoError(rt, err)
		var answer map[string]json.RawMessage
		require.NoError(rt, json.Unmarshal(body, &answer))
		var want []T
		require.NoError(rt, json.Unmarshal(answer[name], &want))

		got, err := bss.Collect(list(t, c))
		require.NoError(rt, err)
		wanted, err := json.Marshal(want)
		require.NoError(rt, err)
		read, err := json.Marshal(got)
		require.NoError(rt, err)
		assert.Equal(rt, string(wanted), string(read))
		for _, row := range got {
			assert.Equal(rt, "CNY", reflect.ValueOf(row).FieldByName("Currency").String())
		}
	})
}

// drawValue is a value of a type as the API may print it. Structs have any of their
// fields, in any order of the alphabet of maps.
func drawValue(t *rapid.T, kind reflect.Type, name string) any {
	if rapid.IntRange(0, 9).Draw(t, "null "+name) == 0 {
		return nil
	}
	switch {
	case kind == reflect.TypeFor[decimal.Decimal]():
		number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,8})?`).Draw(t, name)
		if rapid.Bool().Draw(t, "quoted "+name) {
			return number
		}
		return json.Number(number)
	case kind == reflect.TypeFor[bss.Time]():
		return rapid.SampledFrom([]string{"", "2026-02-03T04:05:06Z"}).Draw(t, name)
	case kind.Kind() == reflect.Int:
		return rapid.IntRange(-5, 200).Draw(t, name)
	case kind.Kind() == reflect.Slice:
		list := []any{}
		for range rapid.IntRange(0, 2).Draw(t, "length "+name) {
			list = append(list, drawValue(t, kind.Elem(), name))
		}
		return list
	case kind.Kind() == reflect.Struct:
		return drawStruct(t, kind)
	}
	require.Equal(t, reflect.String, kind.Kind(), name)
	return rapid.String().Draw(t, name)
}

func drawStruct(t *rapid.T, kind reflect.Type) any {
	fields := map[string]any{"unknown": []any{1, map[string]any{"x": nil}}}
	for field := range kind.Fields() {
		name := field.Tag.Get("json")
		if name == "-" || rapid.Bool().Draw(t, "leave out "+name) {
			continue
		}
		fields[name] = drawValue(t, field.Type, name)
	}
	return fields
}

// brokenOf is what no field of a type can be.
func brokenOf(kind reflect.Type) string {
	switch {
	case kind == reflect.TypeFor[decimal.Decimal]():
		return `"1,5"`
	case kind == reflect.TypeFor[bss.Time]():
		return `"yesterday"`
	case kind.Kind() == reflect.Int:
		return `"often"`
	}
	return `1`
}

func failsForABrokenPage[T any](t *testing.T, operation, rows string, list func(*testing.T, *bss.Client) iter.Seq2[T, error]) {
	page := func(row string) string { return `{"total_count":1,"` + rows + `":[` + row + `]}` }
	bodies := []string{`[]`, `{"` + rows + `":{}}`, page(`1`), `{"total_count":1} {}`, `{"total_count":1,"` + rows + `":[{"id":"1"}`}
	for field := range reflect.TypeFor[T]().Fields() {
		if name := field.Tag.Get("json"); name != "-" {
			bodies = append(bodies, page(`{"`+name+`":`+brokenOf(field.Type)+`}`))
		}
	}
	for _, body := range bodies {
		_, err := bss.Collect(list(t, answeringAll(t, func() []byte { return []byte(body) })))
		require.ErrorIs(t, err, bss.ErrUnavailable, body)
		require.ErrorContains(t, err, "is not what the operation promises", body)
		require.ErrorContains(t, err, operation, body)
	}
}

// A page that reads itself knows a refusal in the place of a success, wherever its code
// stands.
func TestARefusalInThePlaceOfAPage(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"error_code":"CBC.0151","error_msg":"denied"}`,
		`{"fee_records":[],"total_count":0,"currency":"CNY","error_msg":"denied","error_code":"CBC.0151"}`,
		`{"padding":"` + strings.Repeat("x", 1<<20) + `","error_code":"CBC.0151","error_msg":"denied"}`,
	} {
		c, _ := answering(t, saying(http.StatusOK, jsonType, body))
		err := drain(c.ListSubCustomerBillDetail(t.Context(), billRequest))
		require.ErrorIs(t, err, bss.ErrAccessDenied)
		require.ErrorContains(t, err, "denied")
		_, err = feeRows(t.Context(), c, billRequest)
		require.ErrorIs(t, err, bss.ErrAccessDenied)
		require.ErrorContains(t, err, "denied")
	}
	c, _ := answering(t, saying(http.StatusOK, jsonType, `{"error_code":"CBC.0000","fee_records":[],"total_count":0}`))
	require.NoError(t, drain(c.ListSubCustomerBillDetail(t.Context(), billRequest)))
}
