package bss_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/pkg/bss"
)

// drawRecord is a fee record with any of its fields, in any order of the alphabet of
// maps, as the API may print it.
func drawRecord(t *rapid.T) map[string]any {
	record := map[string]any{"unknown": []any{1, map[string]any{"x": nil}}}
	for field := range reflect.TypeFor[bss.FeeRecord]().Fields() {
		name := field.Tag.Get("json")
		if name == "-" || rapid.Bool().Draw(t, "leave out "+name) {
			continue
		}
		record[name] = drawValue(t, field.Type.String(), name)
	}
	return record
}

func drawValue(t *rapid.T, kind, name string) any {
	if rapid.IntRange(0, 9).Draw(t, "null "+name) == 0 {
		return nil
	}
	switch kind {
	case "decimal.Decimal":
		number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,8})?`).Draw(t, name)
		if rapid.Bool().Draw(t, "quoted "+name) {
			return number
		}
		return json.Number(number)
	case "int":
		return rapid.IntRange(-5, 200).Draw(t, name)
	case "bss.Time":
		return rapid.SampledFrom([]string{"", "2026-02-03T04:05:06Z"}).Draw(t, name)
	default:
		return rapid.String().Draw(t, name)
	}
}

// The quick reading and encoding/json read the same.
func TestFeeRecordsAreReadAsEncodingJSONWould(t *testing.T) {
	t.Parallel()
	var body []byte
	c, _ := answering(t, func(w http.ResponseWriter, r *http.Request) { saying(http.StatusOK, jsonType, string(body))(w, r) })
	rapid.Check(t, func(rt *rapid.T) {
		records := rapid.SliceOfN(rapid.Custom(drawRecord), 1, 3).Draw(rt, "records")
		var err error
		body, err = json.Marshal(map[string]any{"total_count": len(records), "currency": "CNY", "fee_records": records})
		require.NoError(rt, err)
		var want struct {
			Rows []bss.FeeRecord `json:"fee_records"`
		}
		require.NoError(rt, json.Unmarshal(body, &want))
		got, err := bss.Collect(c.ListSubCustomerBillDetail(t.Context(), bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: "c"}))
		require.NoError(rt, err)
		require.Len(rt, got, len(want.Rows))
		for i := range got {
			assert.Equal(rt, "CNY", got[i].Currency)
			want.Rows[i].Currency = "CNY"
			wanted, err := json.Marshal(want.Rows[i])
			require.NoError(rt, err)
			read, err := json.Marshal(got[i])
			require.NoError(rt, err)
			assert.Equal(rt, string(wanted), string(read))
		}
	})
}

func TestABrokenPageOfFeeRecordsIsAnError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"total_count":1,"fee_records":[{"id":"1"}`, `{"fee_records":[{"trade_time":"yesterday"}]}`, `{"fee_records":[{"cash_amount":"1,5"}]}`,
		`{"fee_records":[{"charging_mode":"often"}]}`, `[]`, `{"fee_records":{}}`, `{"fee_records":[1]}`, `{"total_count":1} {}`,
	} {
		c, _ := answering(t, saying(http.StatusOK, jsonType, body))
		_, err := bss.Collect(c.ListSubCustomerBillDetail(t.Context(), bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: "c"}))
		require.ErrorIs(t, err, bss.ErrUnavailable, body)
		require.ErrorContains(t, err, "is not what the operation promises", body)
		require.True(t, strings.Contains(err.Error(), "ListSubCustomerBillDetail"), body)
	}
}
