package bss_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func TestAStatusMatchesAConditionWithoutACode(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]error{
		http.StatusTooManyRequests:     bss.ErrThrottled,
		http.StatusUnauthorized:        bss.ErrCredential,
		http.StatusInternalServerError: bss.ErrUnavailable,
		http.StatusBadGateway:          bss.ErrUnavailable,
	} {
		assert.ErrorIs(t, &bss.Error{Status: status}, want)
	}
	assert.NotErrorIs(t, &bss.Error{Status: http.StatusInternalServerError, Code: "CBC.99000050"}, bss.ErrUnavailable)
	for name, condition := range conditions {
		assert.NotErrorIs(t, &bss.Error{Status: http.StatusBadRequest, Code: "CBC.unheard"}, condition, name)
	}
}

func TestEveryFormOfRefusalIsRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status        int
		contentType   string
		body          string
		code, message string
		want          error
	}{
		"business":        {400, jsonType, `{"error_code":"CBC.0100","error_msg":"parameter error"}`, "CBC.0100", "parameter error", bss.ErrInvalid},
		"gateway":         {403, jsonType, `{"status_code":403,"error_code":"CBC.0151","error_message":"no"}`, "CBC.0151", "no", bss.ErrAccessDenied},
		"IAM":             {401, jsonType, `{"error":{"code":401,"message":"The token must be updated.","title":"Unauthorized"}}`, "", "The token must be updated.", bss.ErrCredential},
		"HTML":            {502, "text/html", `<html><h1>Bad Gateway</h1></html>`, "", "", bss.ErrUnavailable},
		"empty":           {503, jsonType, ``, "", "", bss.ErrUnavailable},
		"truncated":       {500, jsonType, `{"error_code":"CBC.09`, "", "", bss.ErrUnavailable},
		"wrong types":     {400, jsonType, `{"error_code":"CBC.0100","error_msg":["a"],"error":"b"}`, "CBC.0100", "", bss.ErrInvalid},
		"array":           {500, jsonType, `[]`, "", "", bss.ErrUnavailable},
		"success answers": {200, jsonType, `{"error_code":"CBC.5002","error_msg":"no such customer"}`, "CBC.5002", "no such customer", bss.ErrNotFound},
	} {
		c, _ := answering(t, saying(test.status, test.contentType, test.body))
		_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
		require.ErrorIs(t, err, test.want, name)
		var failure *bss.Error
		require.ErrorAs(t, err, &failure, name)
		assert.Equal(t, test.status, failure.Status, name)
		assert.Equal(t, test.code, failure.Code, name)
		assert.Equal(t, test.message, failure.Message, name)
		assert.Equal(t, test.body, string(failure.Body), name)
		assert.Equal(t, "ListPartnerBalances", failure.Operation.Name, name)
		assert.NotErrorIs(t, err, bss.ErrOutcomeUnknown, name)
	}
}

func TestARefusalWithStatus200MovedNothing(t *testing.T) {
	t.Parallel()
	c, sent := answering(t, saying(200, jsonType, `{"error_code":"CBC.99005003","error_msg":"too little"}`))
	_, err := c.UpdateCustomerAccountAmount(t.Context(), bss.UpdateCustomerAccountAmountRequest{CustomerID: "c", Amount: yuan("1")})
	require.ErrorIs(t, err, bss.ErrInsufficientBalance)
	assert.NotErrorIs(t, err, bss.ErrOutcomeUnknown)
	assert.Len(t, sent.all(), 1)
}

func TestALongRefusalWithStatus200IsOneToo(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("很长 ", 100_000)
	for _, body := range []string{`{"error_code":"CBC.99005003","error_msg":"` + long + `"}`, `{"error_msg":"` + long + `","error_code":"CBC.99005003"}`} {
		c, _ := answering(t, saying(200, jsonType, body))
		_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
		require.ErrorIs(t, err, bss.ErrInsufficientBalance)
	}
}

func TestASuccessThatIsNotWhatWasPromised(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"truncated JSON":    saying(200, jsonType, `{"account_balances":[{"amo`),
		"wrong types":       saying(200, jsonType, `{"account_balances":{}}`),
		"money in words":    saying(200, jsonType, `{"account_balances":[{"amount":"a lot"}]}`),
		"HTML":              saying(200, "text/html", `<html>please log in</html>`),
		"nothing":           saying(200, jsonType, ``),
		"half of an answer": half,
	} {
		c, sent := answering(t, answer)
		_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
		require.ErrorIs(t, err, bss.ErrUnavailable, name)
		assert.NotErrorIs(t, err, bss.ErrOutcomeUnknown, name)
		assert.Len(t, sent.all(), 5, name)
	}
}

// half announces more than it sends.
func half(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Content-Length", "100")
	_, _ = w.Write([]byte(`{"account_`))
}

func TestAnAnswerWithoutContentTypeIsRead(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		_, _ = w.Write([]byte(`{"account_balances":[{"account_id":"a"}]}`))
	})
	rows, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.NoError(t, err)
	assert.Len(t, rows, 1)
}

func TestAnAnswerWithoutEndIsNotRead(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", jsonType)
		block := []byte(strings.Repeat(" ", 1<<20))
		for range 33 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	_, err := c.CreateSubCustomer(t.Context(), bss.CreateSubCustomerRequest{})
	require.ErrorContains(t, err, "the answer is larger than 32 MiB")
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	c, sent := answering(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.ErrorContains(t, err, "HTTP 307")
	assert.Len(t, sent.all(), 1)
}

func TestTheTextOfAnErrorTellsAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	_, err := c.ShowCustomerOrderDetails(t.Context(), bss.ShowCustomerOrderDetailsRequest{OrderID: "CS0"})
	var failure *bss.Error
	require.ErrorAs(t, err, &failure)
	assert.NotEmpty(t, failure.RequestID)
	for _, part := range []string{
		"ShowCustomerOrderDetails", "GET /v2/orders/customer-orders/details/{order_id}", "HTTP 400", "CBC.30000010",
		"invalid order", failure.RequestID,
	} {
		assert.Contains(t, err.Error(), part)
	}

	w.fault(t, "PayOrders", huawei.FaultReset, huawei.AfterEffect, 1)
	err = c.PayOrders(t.Context(), resaleName, bss.PayOrdersRequest{OrderID: w.order(t, huawei.NewOrder{})})
	require.ErrorContains(t, err, "EOF")
	assert.ErrorContains(t, err, "it may have happened: ask the API before repeating it")

	w.fault(t, "ListPartnerBalances", huawei.FaultUnavailable, huawei.BeforeValidation, 5)
	_, err = c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	assert.ErrorContains(t, err, "(after 5 attempts)")
}

func TestAnErrorIsAGroupInTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fault(t, "PayOrders", huawei.FaultReset, huawei.AfterEffect, 1)
	lost := w.client(t).PayOrders(t.Context(), resaleName, bss.PayOrdersRequest{OrderID: w.order(t, huawei.NewOrder{})})
	refused := &bss.Error{Operation: bss.Operation{Name: "ShowCustomerAccountBalances"}, Status: 400, Code: "CBC.0100", Message: "m", RequestID: "r", Attempts: 1}
	for want, err := range map[string]error{
		`failure.operation=PayOrders failure.status=0 failure.code="" failure.message="" failure.request_id="" failure.attempts=1 failure.outcome_unknown=true failure.cause=EOF`:        lost,
		`failure.operation=ShowCustomerAccountBalances failure.status=400 failure.code=CBC.0100 failure.message=m failure.request_id=r failure.attempts=1 failure.outcome_unknown=false`: refused,
	} {
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Error("failed", "failure", err)
		assert.True(t, strings.HasSuffix(log.String(), want+"\n"), log.String())
	}
}

func TestALongRefusalIsCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, saying(400, jsonType, `{"error_code":"CBC.0100","error_msg":"`+strings.Repeat("错误", 50_000)+`"}`))
	_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	var failure *bss.Error
	require.ErrorAs(t, err, &failure)
	assert.LessOrEqual(t, len(failure.Message), 1024+len("…"))
	assert.True(t, utf8.ValidString(failure.Message))
	assert.True(t, strings.HasSuffix(failure.Message, "…"))
	assert.Len(t, failure.Body, 64<<10)
}

func TestARefusalIsShortAndOnOneLine(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, saying(400, jsonType, `{"error_code":"CBC.\n\u001b[2J`+strings.Repeat("9", 50_000)+`","error_msg":"余额\r\n不足\u001b[2J"}`))
	_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	var failure *bss.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, "CBC. [2J"+strings.Repeat("9", 120)+"…", failure.Code)
	assert.Equal(t, "余额  不足[2J", failure.Message)
}

func TestTheRequestIDMayStandInTheBody(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, saying(400, jsonType, `{"error_code":"CBC.0100","request_id":"in-the-body"}`))
	_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	assert.ErrorContains(t, err, "[request in-the-body]")
}

// What is no HTTP stands in the transport's error, however much of it there is.
func TestWhatIsNoAnswerIsShortInAnError(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, spoken("HELLO \x1b[2J"+strings.Repeat("x", 100_000)+"\r\n\r\n"))
	_, err := c.UpdateCustomerAccountAmount(t.Context(), bss.UpdateCustomerAccountAmountRequest{CustomerID: "c", Amount: yuan("1")})
	require.ErrorIs(t, err, bss.ErrOutcomeUnknown)
	assert.Less(t, len(err.Error()), 2048)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Error("failed", "failure", err)
	assert.Less(t, log.Len(), 2048)
}
