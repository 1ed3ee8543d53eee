package bss_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// feeRows reads all pages and copies their rows.
func feeRows(ctx context.Context, c *bss.Client, r bss.ListSubCustomerBillDetailRequest) ([]bss.FeeRow, error) {
	var rows []bss.FeeRow
	for page, err := range c.ListSubCustomerBillDetailPages(ctx, r) {
		if err != nil {
			return rows, err
		}
		rows = append(rows, copied(page.Rows)...)
	}
	return rows, nil
}

func copied(rows []bss.FeeRow) []bss.FeeRow {
	kept := make([]bss.FeeRow, len(rows))
	for i, row := range rows {
		for f, value := range row {
			kept[i][f] = bytes.Clone(value)
		}
	}
	return kept
}

// feeRecords are the rows of the pages as the list would have them.
func feeRecords(t *testing.T, c *bss.Client) iter.Seq2[bss.FeeRecord, error] {
	return func(yield func(bss.FeeRecord, error) bool) {
		for page, err := range c.ListSubCustomerBillDetailPages(t.Context(), bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: "c"}) {
			if err != nil {
				yield(bss.FeeRecord{}, err)
				return
			}
			for i := range page.Rows {
				if !yield(feeRecord(t, &page.Rows[i]), nil) {
					return
				}
			}
		}
	}
}

// feeField is the field of a name, the currency of one that no record has.
func feeField(name string) bss.FeeField {
	field := bss.FeeField(0)
	for field < bss.FeeCurrency && field.String() != name {
		field++
	}
	return field
}

func feeRecord(t *testing.T, row *bss.FeeRow) bss.FeeRecord {
	t.Helper()
	values := map[string]any{}
	for field := range reflect.TypeFor[bss.FeeRecord]().Fields() {
		name := field.Tag.Get("json")
		value := row[feeField(name)]
		if value == nil || name == "-" {
			continue
		}
		values[name] = string(value)
		if kind := field.Type; kind == reflect.TypeFor[decimal.Decimal]() || kind.Kind() == reflect.Int {
			values[name] = json.Number(value)
		}
	}
	encoded, err := json.Marshal(values)
	require.NoError(t, err)
	record := bss.FeeRecord{Currency: string(row[bss.FeeCurrency])}
	require.NoError(t, json.Unmarshal(encoded, &record))
	return record
}

func TestFeePagesAreReadAsEncodingJSONWould(t *testing.T) {
	t.Parallel()
	readsAsEncodingJSON(t, "fee_records", feeRecords)
}

func TestABrokenFeePageIsAnError(t *testing.T) {
	t.Parallel()
	failsForABrokenPage(t, "ListSubCustomerBillDetail", "fee_records", feeRecords)
}

// printed is a record as a row: every field by the name that encoding/json gives it.
func printed(t require.TestingT, record bss.FeeRecord) map[string]string {
	encoded, err := json.Marshal(record)
	require.NoError(t, err)
	var values map[string]any
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&values))
	fields := map[string]string{"currency": record.Currency}
	for name, value := range values {
		fields[name] = fmt.Sprint(value)
	}
	return fields
}

// sameRow holds a row against the record that the list makes of it.
func sameRow(t require.TestingT, want bss.FeeRecord, got *bss.FeeRow) {
	for name, value := range printed(t, want) {
		field := feeField(name)
		if d, err := decimal.NewFromString(value); err == nil {
			if len(got[field]) == 0 { // absent: the record has a zero
				require.True(t, value == "" || d.IsZero(), name)
				continue
			}
			read, err := decimal.NewFromString(string(got[field]))
			require.NoError(t, err, name)
			require.True(t, d.Equal(read), "%s: %s, %s", name, value, got[field])
			continue
		}
		text := string(got[field])
		if read, err := time.Parse("2006-01-02T15:04:05Z", text); err == nil && field == bss.FeeTradeTime {
			text = read.Format(time.RFC3339) // an hour of one digit is taken
		}
		require.Equal(t, value, text, name)
	}
}

func TestFeePagesHaveTheRowsOfTheList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.AddBills("2026-02", w.resale, 250))
	c := w.client(t, pagesOf(100))
	request := bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: w.resale}
	want, err := bss.Collect(c.ListSubCustomerBillDetail(t.Context(), request))
	require.NoError(t, err)
	require.Len(t, want, 250)

	at := 0
	for page, err := range c.ListSubCustomerBillDetailPages(t.Context(), request) {
		require.NoError(t, err)
		assert.Equal(t, at, page.Offset)
		assert.Equal(t, 250, page.Total)
		for i := range page.Rows {
			sameRow(t, want[at], &page.Rows[i])
			at++
		}
	}
	assert.Equal(t, 250, at)
	assert.Len(t, w.wire.to(billPath), 6, "three for each")

	request.Offset, request.Limit = 240, 7
	rest, err := feeRows(t.Context(), c, request)
	require.NoError(t, err)
	require.Len(t, rest, 10)
	sameRow(t, want[240], &rest[0])
}

func TestLeavingFeePagesStopsFetching(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.AddBills("2026-02", w.resale, 9))
	for _, err := range w.client(t, pagesOf(3)).ListSubCustomerBillDetailPages(t.Context(), bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: w.resale}) {
		require.NoError(t, err)
		break
	}
	assert.Len(t, w.wire.to(billPath), 1)
}

func TestFeePagesAreReadAgainAfterAFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.AddBills("2026-02", w.resale, 9))
	c, request := w.client(t, pagesOf(3)), bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: w.resale}
	want, err := feeRows(t.Context(), c, request)
	require.NoError(t, err)
	for _, kind := range []huawei.FaultKind{huawei.FaultReset, huawei.FaultTruncated, huawei.FaultHTML, huawei.FaultInternal, huawei.FaultThrottled} {
		w.fault(t, "ListSubCustomerBillDetail", kind, huawei.AfterEffect, 1)
		got, err := feeRows(t.Context(), c, request)
		require.NoError(t, err, kind)
		assert.Equal(t, want, got, kind)
	}
	_, err = feeRows(t.Context(), c, bss.ListSubCustomerBillDetailRequest{BillCycle: "2020-01", CustomerID: w.resale})
	require.ErrorIs(t, err, bss.ErrInvalid)
}

func TestFeePagesEndWithoutATotalToo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ total, pages int }{
		"too large": {99, 4}, // the empty page ends it
		"missing":   {0, 4},
		"right":     {7, 3},
	} {
		c, sent := answering(t, rowsOf(7, test.total))
		rows, err := feeRows(t.Context(), c, billRequest)
		require.NoError(t, err, name)
		assert.Len(t, rows, 7, name)
		assert.Len(t, sent.to(billPath), test.pages, name)
	}
}

func TestASmallerFeePageIsTriedOnceAndTheRefusalStaysWhole(t *testing.T) {
	t.Parallel()
	request := bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: "c"}
	c, sent := answering(t, cautious(rowsOf(250, 250)))
	rows, err := feeRows(t.Context(), c, request)
	require.NoError(t, err)
	assert.Len(t, rows, 250)
	assert.Len(t, sent.to(billPath), 4)

	// The second answer is read over the first one's memory, not over its error.
	c, _ = answering(t, func(w http.ResponseWriter, r *http.Request) {
		saying(http.StatusBadRequest, jsonType, `{"error_code":"CBC.0100","error_msg":"`+r.URL.Query().Get("limit")+`"}`)(w, r)
	})
	_, err = feeRows(t.Context(), c, request)
	var failure *bss.Error
	require.ErrorAs(t, err, &failure)
	assert.JSONEq(t, `{"error_code":"CBC.0100","error_msg":"1000"}`, string(failure.Body))
}

func TestAFeePageOfNullsIsNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, saying(http.StatusOK, jsonType, `{"total_count":1,"fee_records":[`+strings.Repeat("null,", 10_000)+`null]}`))
	_, err := feeRows(t.Context(), c, billRequest)
	require.ErrorContains(t, err, "more rows than any page has")
}

func TestFieldsOfAFeePage(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, saying(http.StatusOK, jsonType, `{"fee_records":[
		{"id":"r\u00311","resource_name":"a \"b\"","region_name":"华北","resource_tag":"","trade_time":"2026-02-28T16:30:00Z","charging_mode":3,"currency":"XXX",
		 "payment_amount":-12345678901234567.89,"credit_amount":1e-8,"cash_amount":"1.50","free_resource_usage":null,"new_field":{"id":[]}},
		{}],"currency":"CNY","total_count":2}`))
	rows, err := feeRows(t.Context(), c, billRequest)
	require.NoError(t, err)
	require.Len(t, rows, 2)
	want := bss.FeeRow{
		bss.FeeID: []byte("r11"), bss.FeeResourceName: []byte(`a "b"`), bss.FeeRegionName: []byte("华北"), bss.FeeResourceTag: {},
		bss.FeeTradeTime: []byte("2026-02-28T16:30:00Z"), bss.FeeChargingMode: []byte("3"), bss.FeeCurrency: []byte("CNY"),
		bss.FeePaymentAmount: []byte("-12345678901234567.89"), bss.FeeCreditAmount: []byte("1e-8"), bss.FeeCashAmount: []byte("1.50"),
	}
	assert.Equal(t, want, rows[0])
	assert.Equal(t, bss.FeeRow{bss.FeeCurrency: []byte("CNY")}, rows[1])
}

// echo answers every request with one body, without a network.
type echo []byte

func (e echo) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Request: r, Header: http.Header{"Content-Type": {jsonType}},
		Body: io.NopCloser(bytes.NewReader(e)), ContentLength: int64(len(e)),
	}, nil
}

// echoing is a client of a server that always says the same.
func echoing(t *testing.T, body []byte) *bss.Client {
	t.Helper()
	c, _ := answering(t, nil, func(cfg *bss.Config) { cfg.Transport = echo(body) })
	return c
}

// A page is taken where the list takes it, and then it holds the same.
func FuzzFeePagesAgreeWithTheList(f *testing.F) {
	for _, row := range []string{
		`{"id":"1","cash_amount":1.5,"charging_mode":"3","trade_time":"2026-02-28T16:30:00Z"}`, `{"trade_time":"2026-02-30T16:30:00Z"}`,
		`{"trade_time":""}`, `{"trade_time":"2026-02-03T4:05:06Z"}`, `{"cash_amount":"1,5"}`, `{"cash_amount":1e101}`, `{"period_type":1.0}`, `{"id":1}`, `null`, `{"id":"a","id":null}`, "{\"id\":\"\xff\"}",
	} {
		f.Add([]byte(`{"total_count":1,"currency":"CNY","fee_records":[` + row + `]}`))
	}
	f.Add([]byte(`{"error_code":"CBC.0151","fee_records":[]}`))
	f.Add([]byte(`{"fee_records":[{"id":"1"},{}],"fee_records":[{"id":"2"}],"currency":null,"total_count":"1"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if bytes.IndexByte(body, '\\') >= 0 {
			return // names with escapes are found by the pages only
		}
		c := echoing(t, body)
		var rows []bss.FeeRow
		var failure error
		for page, err := range c.ListSubCustomerBillDetailPages(t.Context(), billRequest) {
			if failure = err; err == nil {
				rows = copied(page.Rows)
			}
			break
		}
		at := 0
		for record, err := range c.ListSubCustomerBillDetail(t.Context(), billRequest) {
			require.Equal(t, failure == nil, err == nil, "%q: %v, %v", body, failure, err)
			if err != nil {
				return
			}
			sameRow(t, record, &rows[at])
			if at++; at == len(rows) {
				return
			}
		}
		require.NoError(t, failure)
		require.Empty(t, rows)
	})
}

//nolint:paralleltest // allocations of other tests would count
func TestFeePagesCostNoAllocationARow(t *testing.T) {
	const count = 1000
	var rows []string
	for i := range count {
		rows = append(rows, `{"id":"`+strconv.Itoa(i)+`","customer_id":"c","resource_name":"a \"b\"","region_name":"华北","cash_amount":1.50,"trade_time":"2026-02-28T16:30:00Z"}`)
	}
	c := echoing(t, []byte(`{"total_count":1000,"currency":"CNY","fee_records":[`+strings.Join(rows, ",")+`]}`))
	read := func() {
		for page, err := range c.ListSubCustomerBillDetailPages(t.Context(), billRequest) {
			if err != nil || len(page.Rows) != count {
				t.Error(err, len(page.Rows))
			}
		}
	}
	read()
	assert.Less(t, testing.AllocsPerRun(20, read), 0.1*count)
}
