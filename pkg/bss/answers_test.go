package bss_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/bss"
)

// spokenTo is a transport that answers with what it was told last.
type spokenTo struct{ canned }

func (s *spokenTo) RoundTrip(r *http.Request) (*http.Response, error) { return s.canned.RoundTrip(r) }

// canned answers every request with the same bytes.
type canned struct {
	status int
	header http.Header
	body   []byte
}

func (c canned) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: c.status, Header: c.header, Body: io.NopCloser(bytes.NewReader(c.body))}, nil
}

// FuzzAnswer gives the client whatever a server, or somebody in its place, may
// say to an allocation of money.
func FuzzAnswer(f *testing.F) {
	f.Add(200, jsonType, "", []byte(`{"transfer_id":"AD1"}`))
	f.Add(200, jsonType, "", []byte(`{"error_code":"CBC.5001","error_msg":"caller is not a partner"}`))
	f.Add(200, jsonType, "", []byte(`{"error_code":"CBC.0000","transfer_id":"AD1"}`))
	f.Add(400, jsonType, "", []byte(`{"error_code":"CBC.99005003","error_msg":"余额不足"}`))
	f.Add(429, jsonType, "1", []byte(`{"error_code":"APIGW.0308","error_message":"threshold","request_id":"r"}`))
	f.Add(401, jsonType, "", []byte(`{"error":{"code":401,"message":"The token must be updated."}}`))
	f.Add(502, "text/html", "-1", []byte(`<html>`))
	f.Add(204, "", "", []byte(nil))
	f.Add(232, "0", "0", bytes.Repeat([]byte{0xcb}, 70)) // what is not UTF-8 grows where it is replaced
	f.Fuzz(func(t *testing.T, status int, contentType, retryAfter string, body []byte) {
		if status < 200 || status > 599 {
			return
		}
		header := http.Header{"Content-Type": {contentType}, "Retry-After": {retryAfter}, "X-Request-Id": {string(body)}}
		c, err := bss.New(bss.Config{
			Site: bss.SiteCN, Keys: partnerKeys, Clock: clock.NewFrozen(start), Transport: canned{status, header, body},
		})
		require.NoError(t, err)
		_, err = c.UpdateCustomerAccountAmount(t.Context(), bss.UpdateCustomerAccountAmountRequest{CustomerID: "c", Amount: yuan("1")})
		if err == nil {
			assert.Less(t, status, 300)
			return
		}
		var failure *bss.Error
		require.ErrorAs(t, err, &failure)
		if failure.Status == 0 { // throttled by its code, repeated, and refused by its status
			require.ErrorContains(t, err, "nothing more is sent with it")
			return
		}
		assert.Equal(t, status, failure.Status)
		assert.GreaterOrEqual(t, failure.RetryAfter, time.Duration(0))
		assert.LessOrEqual(t, len(failure.RequestID), 128+len("…"))
		assert.LessOrEqual(t, len(failure.Message), 1024+len("…"))
		assert.True(t, utf8.ValidString(failure.Message))
		unclear := status >= 500 || status < 300 && failure.Code == ""
		assert.Equal(t, unclear, errors.Is(err, bss.ErrOutcomeUnknown))
	})
}

// FuzzRefusal reads bodies of refusals, whose text goes to logs and to people.
func FuzzRefusal(f *testing.F) {
	for _, body := range []string{
		`{"error_code":"CBC.99005003","error_msg":"余额不足","request_id":"r"}`, `{"error_code":"APIGW.0308","error_message":"threshold"}`,
		`{"error":{"code":401,"message":"The token must be updated.","title":"Unauthorized"}}`, `{"error_code":"CBC.0100","error_msg":["a"]}`,
		`{"error_details":[{"error_code":"CBC.99005003","id":"c"}]}`, `<html>`, "{\"error_msg\":\"\xff\u001b[2J\"}", `[`, ``, `null`, `{"error_code":1e400}`,
		`{"error_code":"` + strings.Repeat("C", 10_000) + `"}`,
	} {
		for _, status := range []int{200, 302, 400, 401, 403, 404, 429, 500, 503} {
			f.Add(status, body)
		}
	}
	client, answer := told(f)
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 999 {
			return
		}
		answer.canned = canned{status, http.Header{"Content-Type": {jsonType}}, []byte(body)}
		err := client(t).SendVerificationMessageCode(t.Context(), bss.SendVerificationMessageCodeRequest{})
		if err == nil {
			assert.Less(t, status, 300)
			return
		}
		var failure *bss.Error
		require.ErrorAs(t, err, &failure)
		if failure.Status == 0 { // throttled by its code, repeated, and refused by its status
			require.ErrorContains(t, err, "nothing more is sent with it")
			return
		}
		assert.Equal(t, status, failure.Status)
		assert.Contains(t, err.Error(), "SendVerificationMessageCode")
		assert.Less(t, len(err.Error()), 4096)
		assert.False(t, strings.ContainsFunc(err.Error(), unicode.IsControl), "%q", err)
		assert.LessOrEqual(t, len(failure.Body), 64<<10)
		assert.Equal(t, status >= 500 || status < 300 && failure.Code == "", failure.Unknown)
	})
}

// FuzzModels gives one body to the models of several operations: an error, or values
// that can be printed.
func FuzzModels(f *testing.F) {
	for _, body := range []string{
		`{}`, `null`, `[]`, `{"total_count":"1"}`, `{"account_balances":[{"account_id":"a","account_type":1,"amount":50000.12,"currency":"CNY"}]}`,
		`{"debt_amount":1e400}`, `{"debt_amount":1e1000000000}`, `{"account_balances":[{"amount":"-0.10"},{"amount":null},null]}`,
		`{"total_count":1,"currency":"CNY","fee_records":[{"id":"1","trade_time":"2026-02-03T04:05:06Z","cash_amount":1.5,"usage_amount":"1e-100"}]}`,
		`{"order_info":{"order_id":"CS1","base_info":{},"amount_after_discount":100.00,"create_time":"2026-02-03T04:05:06Z"},"order_line_items":[{}]}`,
		`{"count":1,"customer_infos":[{"customer_id":"c","cooperation_type":"1","tags":[{"key":"a"}]}]}`,
		`{"count":1,"user_coupons":[{"coupon_id":"c","face_value":10,"valid_time":"2026-02-03T04:05:06Z"}]}`, `{"records":[{"amount":7,"trans_id":1}]}`,
	} {
		f.Add([]byte(body))
	}
	client, answer := told(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		answer.canned = canned{http.StatusOK, http.Header{"Content-Type": {jsonType}}, body}
		for _, read := range models {
			values, err := read(t.Context(), client(t))
			var failure *bss.Error
			if err != nil && !errors.As(err, &failure) {
				t.Errorf("%T: %v", err, err)
			}
			text, err := json.Marshal(values)
			require.NoError(t, err)
			// A number grows by its digits at most: none was 1e1000000000.
			assert.LessOrEqual(t, len(text), 10_000+300*len(body))
		}
	})
}

var models = []func(context.Context, *bss.Client) (any, error){
	func(ctx context.Context, c *bss.Client) (any, error) {
		return c.ListPartnerBalances(ctx, bss.ListPartnerBalancesRequest{})
	},
	func(ctx context.Context, c *bss.Client) (any, error) {
		return c.ShowCustomerOrderDetails(ctx, bss.ShowCustomerOrderDetailsRequest{OrderID: "CS1"})
	},
	func(ctx context.Context, c *bss.Client) (any, error) {
		return first(c.ListSubCustomerBillDetail(ctx, bss.ListSubCustomerBillDetailRequest{}))
	},
	func(ctx context.Context, c *bss.Client) (any, error) {
		return first(c.ListSubCustomers(ctx, bss.ListSubCustomersRequest{}))
	},
	func(ctx context.Context, c *bss.Client) (any, error) {
		return first(c.ListIssuedPartnerCoupons(ctx, bss.ListIssuedPartnerCouponsRequest{}))
	},
	func(ctx context.Context, c *bss.Client) (any, error) {
		return first(c.ListPartnerAdjustRecords(ctx, bss.ListPartnerAdjustRecordsRequest{}))
	},
}

// first is the first row of a list: the same page comes again and again.
func first[T any](rows iter.Seq2[T, error]) (row T, err error) {
	for row, err = range rows {
		break
	}
	return row, err
}

// told returns clients of a transport that can be told what to answer. They are new,
// since a client stops after some refused signatures.
func told(f *testing.F) (func(testing.TB) *bss.Client, *spokenTo) {
	f.Helper()
	answer := &spokenTo{}
	return func(t testing.TB) *bss.Client {
		c, err := bss.New(bss.Config{Site: bss.SiteCN, Keys: partnerKeys, Clock: clock.NewFrozen(start), Transport: answer})
		require.NoError(t, err)
		return c
	}, answer
}
