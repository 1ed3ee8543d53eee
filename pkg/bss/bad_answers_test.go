package bss_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss"
)

const requestName = "req-1"

// pages is what a method has behind the name of its operation that gives a list's pages.
const pages = "Pages"

// readers are four ways to read an answer: by its types, a list that reads itself, its
// pages without a value of each field, and the answer to a movement of money.
var readers = map[string]func(context.Context, *bss.Client) error{
	"ListPartnerBalances": func(ctx context.Context, c *bss.Client) error {
		_, err := c.ListPartnerBalances(ctx, bss.ListPartnerBalancesRequest{})
		return err
	},
	"ListSubCustomerBillDetail": func(ctx context.Context, c *bss.Client) error {
		return drain(c.ListSubCustomerBillDetail(ctx, bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: "c"}))
	},
	"ListSubCustomerBillDetail" + pages: func(ctx context.Context, c *bss.Client) error {
		_, err := feeRows(ctx, c, bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: "c"})
		return err
	},
	"UpdateCustomerAccountAmount": func(ctx context.Context, c *bss.Client) error {
		_, err := c.UpdateCustomerAccountAmount(ctx, bss.UpdateCustomerAccountAmountRequest{CustomerID: "c", Amount: yuan("1")})
		return err
	},
}

// named says a body in an answer that has a request id.
func named(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", requestName)
		saying(status, contentType, body)(w, r)
	}
}

// spoken writes an answer as it goes over the wire, and hangs up.
func spoken(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = conn.Write([]byte(text))
		_ = conn.Close()
	}
}

// refusedAnswer makes every reader read an answer, and fails where one believes it.
// Where the headers arrive, errors name the request.
func refusedAnswer(t *testing.T, answer http.HandlerFunc, headersArrive bool, want string) {
	t.Helper()
	for operation, read := range readers {
		c, _ := answering(t, answer)
		err := read(t.Context(), c)
		operation = strings.TrimSuffix(operation, pages)
		var failure *bss.Error
		require.ErrorAs(t, err, &failure, operation)
		assert.Equal(t, operation, failure.Operation.Name)
		require.ErrorContains(t, err, operation)
		require.ErrorContains(t, err, want)
		assert.Less(t, len(err.Error()), 2000)
		if headersArrive {
			assert.Equal(t, requestName, failure.RequestID)
			require.ErrorContains(t, err, "[request req-1]")
		}
		if failure.Status < 300 {
			require.ErrorIs(t, err, bss.ErrUnavailable)
			assert.Equal(t, failure.Operation.Safety != bss.Read, failure.Unknown)
		}
	}
}

func TestAnswersThatAreNotWhatWasPromised(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":`, 20_000)
	for name, body := range map[string]string{
		"no JSON": `hello`, "nothing": ``, "white space": " \n", "a number": `1`, "a text": `"a"`, "an array": `[]`, "truth": `true`, "null": ` null `,
		"two values": `{}{}`, "an end too many": `{}}`, "no end": `{"transfer_id":"a"`, "a name without quotes": `{transfer_id:"a"}`,
		"a comma too many": `{"transfer_id":"a",}`, "deep and open": deep, "deep": deep + "1" + strings.Repeat("}", 20_000),
		"a control character": "{\"transfer_id\":\"a\x00\"}", "half an escape": `{"transfer_id":"\u00"}`, "UTF-16": "\xff\xfe{\x00}\x00",
		"a byte order mark": "\ufeff{}", "a code that is a number": `{"error_code":1,"transfer_id":"a"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusedAnswer(t, named(200, jsonType, body), true, "is not what the operation promises")
		})
	}
}

func TestAnswersOfAnotherKind(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ kind, body, want string }{
		"HTML":             {"text/html; charset=utf-8", `<html>please log in</html>`, `its content type is "text/html"`},
		"JSON that is not": {"text/plain", `{}`, `its content type is "text/plain"`},
		"XML":              {"application/xml", `<a/>`, `its content type is "application/xml"`},
		"a long kind":      {strings.Repeat("a", 4000), `{}`, "…"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusedAnswer(t, named(200, test.kind, test.body), true, test.want)
		})
	}
	c, _ := answering(t, named(200, " Application/JSON ; charset", `{"account_balances":[]}`))
	require.NoError(t, readers["ListPartnerBalances"](t.Context(), c))
}

func TestWrongTypesInEachPlace(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("7", 400)
	wrong := map[string][]string{
		`{"account_balances":%s}`:                  {`{}`, `1`, `"a"`, `true`, `[1]`, `["a"]`, `[[]]`},
		`{"account_balances":[{"account_id":%s}]}`: {`{}`, `1`, `[]`, `true`},
		`{"account_balances":[{"account_type":%s}]}`: {
			`{}`, `"a"`, `[]`, `true`, `1.5`, `1e400`, `-1e400`, `1e-400`, digits, `"NaN"`, `NaN`,
		},
		`{"account_balances":[{"amount":%s}]}`: {
			`{}`, `[]`, `true`, `"a"`, `""`, `"1,5"`, `1e400`, `-1e400`, `1e-400`, `1e1000000000`, `"1e1000000000"`, `1e99999999999`, digits, `-0.` + digits,
			`"NaN"`, `NaN`, `"Infinity"`, `-Infinity`, `0x1`, strings.Repeat("7", 1<<20), `"` + strings.Repeat("7", 1<<20) + `"`,
		},
		`{"total_count":%s}`:                   {`{}`, `[]`, `true`, `"a"`, `1.5`, `1e400`, `-1e400`, `1e-400`, digits, `NaN`},
		`{"currency":%s}`:                      {`{}`, `[]`, `1`, `true`},
		`{"fee_records":%s}`:                   {`{}`, `1`, `"a"`, `true`, `[1]`, `["a"]`, `[[]]`},
		`{"fee_records":[{"id":%s}]}`:          {`{}`, `1`, `[]`, `true`},
		`{"fee_records":[{"trade_time":%s}]}`:  {`{}`, `1`, `[]`, `"yesterday"`, `"2026-02-30T00:00:00Z"`},
		`{"fee_records":[{"cash_amount":%s}]}`: {},
		`{"transfer_id":%s}`:                   {`{}`, `1`, `[]`, `true`, `1e400`, `-1e400`, digits, `NaN`},
	}
	wrong[`{"fee_records":[{"cash_amount":%s}]}`] = wrong[`{"account_balances":[{"amount":%s}]}`]
	reader := map[string]string{"account_balances": "ListPartnerBalances", "transfer_id": "UpdateCustomerAccountAmount"}
	for place, values := range wrong {
		operations := []string{"ListSubCustomerBillDetail", "ListSubCustomerBillDetail" + pages}
		for field, name := range reader {
			if strings.Contains(place, field) {
				operations = []string{name}
			}
		}
		for _, value := range values {
			for _, operation := range operations {
				refusedValue(t, operation, place, value)
			}
		}
	}
}

func refusedValue(t *testing.T, operation, place, value string) {
	t.Helper()
	c, _ := answering(t, named(200, jsonType, fmt.Sprintf(place, value)))
	err := readers[operation](t.Context(), c)
	told := fmt.Sprintf("%s: %.20s", place, value)
	var failure *bss.Error
	require.ErrorAs(t, err, &failure, told)
	require.ErrorContains(t, err, strings.TrimSuffix(operation, pages), told)
	require.ErrorContains(t, err, "[request req-1]", told)
	require.ErrorIs(t, err, bss.ErrUnavailable, told)
	assert.Less(t, len(err.Error()), 2000, told)
}

func TestAnswersThatAreTooLarge(t *testing.T) {
	t.Parallel()
	block := bytes.Repeat([]byte(" "), 1<<20)
	blocks := func(w http.ResponseWriter, _ *http.Request) {
		for range 50 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
	var bomb bytes.Buffer
	packed := gzip.NewWriter(&bomb)
	for range 50 {
		_, err := packed.Write(block)
		require.NoError(t, err)
	}
	require.NoError(t, packed.Close())
	for name, answer := range map[string]http.HandlerFunc{
		"announced": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(50<<20))
			blocks(w, r)
		},
		"in chunks": blocks,
		"packed": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusedAnswer(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Request-Id", requestName)
				w.Header().Set("Content-Type", jsonType)
				answer(w, r)
			}, true, "the answer is larger than 32 MiB")
		})
	}
}

func TestAnswersThatAreCutOff(t *testing.T) {
	t.Parallel()
	const headers = "HTTP/1.1 200 OK\r\nX-Request-Id: req-1\r\nContent-Type: application/json\r\n"
	for name, test := range map[string]struct {
		text string
		read bool // whether the headers arrive
		want string
	}{
		"at once":              {"", false, "EOF"},
		"in the first line":    {"HTTP/1.1 2", false, "malformed HTTP"},
		"in the headers":       {headers + "Content-Le", false, "malformed MIME header"},
		"after the headers":    {headers + "Content-Length: 10\r\n\r\n", true, "read the answer: unexpected EOF"},
		"in the body":          {headers + "Content-Length: 10\r\n\r\n{\"a\"", true, "read the answer: unexpected EOF"},
		"in a chunk":           {headers + "Transfer-Encoding: chunked\r\n\r\nff\r\n{\"a\"", true, "read the answer: unexpected EOF"},
		"between chunks":       {headers + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", true, "read the answer: unexpected EOF"},
		"in the packed body":   {headers + "Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", true, "read the answer: unexpected EOF"},
		"no chunk":             {headers + "Transfer-Encoding: chunked\r\n\r\nmuch\r\n{}", true, "read the answer"},
		"no gzip":              {headers + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", true, "read the answer"},
		"without a length":     {headers + "Connection: close\r\n\r\n{\"transfer_id\":\"a", true, "is not what the operation promises"},
		"no HTTP":              {"SSH-2.0-OpenSSH\r\n", false, "malformed HTTP"},
		"a status in words":    {"HTTP/1.1 fine\r\n\r\n", false, "malformed HTTP"},
		"a length in words":    {headers + "Content-Length: ten\r\n\r\n{}", false, "Content-Length"},
		"two lengths":          {headers + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", false, "Content-Length"},
		"a header of no name":  {headers + ": a\r\n\r\n{}", false, "malformed MIME header"},
		"a header of no colon": {headers + "hello\r\n\r\n{}", false, "malformed MIME header"},
		"another protocol":     {"HTTP/1.1 101 Switching Protocols\r\nX-Request-Id: req-1\r\nConnection: upgrade\r\nUpgrade: h3\r\n\r\n", true, "changes the protocol"},
		"waiting for ever":     {strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 20_000), false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusedAnswer(t, spoken(test.text), test.read, test.want)
		})
	}
}

func TestAHintBeforeTheAnswerIsPassedOver(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, spoken("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"+
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 28\r\n\r\n{\"transfer_id\":\"transfer-1\"}"))
	require.NoError(t, readers["UpdateCustomerAccountAmount"](t.Context(), c))
}

func TestARedirectIsARefusal(t *testing.T) {
	t.Parallel()
	for _, status := range []int{300, 301, 302, 303, 304, 307, 308} {
		c, sent := answering(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Request-Id", requestName)
			http.Redirect(w, r, "https://elsewhere.example.com/", status)
		})
		for operation, read := range readers {
			before := len(sent.all())
			err := read(t.Context(), c)
			require.ErrorContains(t, err, fmt.Sprintf("HTTP %d", status), operation)
			require.ErrorContains(t, err, "[request req-1]", operation)
			require.NotErrorIs(t, err, bss.ErrOutcomeUnknown, operation)
			require.Len(t, sent.all(), before+1, operation)
		}
	}
}

func TestHeadersWithoutEndAreNotRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := range 100 {
			w.Header().Set("X-Much-"+strconv.Itoa(i), strings.Repeat("a", 1<<14))
		}
	}))
	t.Cleanup(gateway.Close)
	c := w.client(t, func(cfg *bss.Config) { cfg.Endpoint, cfg.Transport = gateway.URL, nil })
	for operation, read := range readers {
		err := read(t.Context(), c)
		require.ErrorIs(t, err, bss.ErrUnavailable, operation)
		require.ErrorContains(t, err, strings.TrimSuffix(operation, pages))
		require.ErrorContains(t, err, "headers exceeded")
	}
}

func TestAWordThatIsNoUTF8IsMendedAndOfTwoFieldsTheLastCounts(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, named(200, jsonType, "{\"account_balances\":[{\"account_id\":\"a\xff\xc3(\",\"amount\":1,\"amount\":2}],"+
		"\"total_count\":1,\"fee_records\":[{\"id\":\"old\"}],\"fee_records\":[{\"id\":\"a\xff\xc3(\",\"cash_amount\":1,\"cash_amount\":2}]}"))
	accounts, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.NoError(t, err)
	require.Len(t, accounts, 1)
	assert.Equal(t, "a\ufffd\ufffd(", accounts[0].AccountID)
	assert.Equal(t, "2", accounts[0].Amount.String())
	records, err := bss.Collect(c.ListSubCustomerBillDetail(t.Context(), bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: "c"}))
	require.NoError(t, err)
	require.Len(t, records, 1)
	assert.Equal(t, "a\ufffd\ufffd(", records[0].ID)
	assert.Equal(t, "2", records[0].CashAmount.String())
}

func TestRefusalsThatAreNotWhatWasPromised(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"nothing": ``, "no JSON": `hello`, "HTML": `<html>`, "null": `null`, "array": `[]`, "half": `{"error_code":"CBC.0100"`,
		"wrong types": `{"error_code":{},"error_msg":[],"request_id":1,"error":"a"}`, "deep": strings.Repeat(`{"error_msg":`, 20_000),
		"numbers": `{"error_code":1e400,"error_msg":-1e400}`, "no UTF-8": "{\"error_msg\":\"\xff\"}", "twice": `{"error_code":"A","error_code":"B"}`,
		"long": `{"error_msg":"` + strings.Repeat("a", 33<<20) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := "HTTP 400"
			if name == "long" {
				want = "larger than 32 MiB"
			}
			refusedAnswer(t, named(400, jsonType, body), true, want)
		})
	}
}

func TestARequestIDIsOneLine(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, saying(400, jsonType, `{"error_code":"CBC.0100","request_id":"a\r\nERROR forged\u001b[2J`+strings.Repeat("请", 200)+`"}`))
	_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	var failure *bss.Error
	require.ErrorAs(t, err, &failure)
	assert.True(t, strings.HasPrefix(failure.RequestID, "a  ERROR forged[2J请"), failure.RequestID)
	assert.True(t, utf8.ValidString(failure.RequestID))
	assert.NotContains(t, err.Error(), "\n")
}

func TestValuesCannotAddHeadersOrPaths(t *testing.T) {
	t.Parallel()
	const evil = "a\r\nX-Auth-Token: forged\r\n\r\nGET /v2/other HTTP/1.1 ?&=/../#%00"
	c, sent := answering(t, saying(200, jsonType, `{}`))
	_, _ = c.ShowCustomerOrderDetails(t.Context(), bss.ShowCustomerOrderDetailsRequest{OrderID: evil, IndirectPartnerID: evil})
	_, _ = bss.Collect(c.ListSubCustomerBillDetail(t.Context(), bss.ListSubCustomerBillDetailRequest{BillCycle: evil, CustomerID: evil}))
	all := sent.all()
	require.Len(t, all, 2)
	assert.Equal(t, "/v2/orders/customer-orders/details/"+evil, all[0].path)
	assert.Equal(t, evil, all[0].query.Get("indirect_partner_id"))
	assert.Equal(t, evil, all[1].query.Get("bill_cycle"))
	for _, e := range all {
		assert.Empty(t, e.header.Get("X-Auth-Token"))
		assert.Equal(t, 200, e.status)
	}
}
