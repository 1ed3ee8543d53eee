package handler_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/webhook"
)

// A function is described once and served through any door.
func Example() {
	type payment struct {
		Amount   decimal.Decimal `json:"amount"`
		Currency string          `json:"currency"`
	}
	pay := func(_ context.Context, r *handler.Request) (*handler.Response, error) {
		var p payment
		if err := r.Decode(&p); err != nil {
			return nil, err
		}
		if !p.Amount.IsPositive() {
			return nil, handler.Invalid(handler.FieldError{Field: "amount", Reason: "must be more than 0"})
		}
		return handler.OK(map[string]any{"order_id": r.PathValue("order_id"), "paid": p}), nil
	}

	now := func() time.Time { return time.Date(2026, time.January, 31, 16, 0, 0, 0, time.UTC) }
	secret, err := webhook.ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		fmt.Println(err)
		return
	}
	edge, err := handler.New(handler.Function{
		Name: "payorder",
		Routes: []handler.Route{
			{Method: http.MethodPost, Pattern: "/payorder/orders/{order_id}/payments", Handle: pay},
		},
	}, handler.Options{
		Secrets: []webhook.Secret{secret},
		Replays: handler.NewMemoryReplays(now, 1000),
		Now:     now,
		Logger:  handler.NewLogger(io.Discard, slog.LevelInfo),
		NewID:   func() string { return "request-1" },
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	call := func(id, body string) {
		request := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/payorder/orders/CS1/payments", strings.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		webhook.SetHeaders(request.Header, secret, id, now(), []byte(body))
		answered := httptest.NewRecorder()
		edge.ServeHTTP(answered, request)
		fmt.Print(answered.Code, " ", answered.Body)
	}
	call("msg_1", `{"amount":12.50,"currency":"CNY"}`)
	call("msg_1", `{"amount":12.50,"currency":"CNY"}`)
	// Output:
	// 200 {"order_id":"CS1","paid":{"amount":"12.5","currency":"CNY"}}
	// 409 {"type":"about:blank","title":"Conflict","status":409,"detail":"A request with this webhook-id was here before.","code":"request_replayed","next":"Sign the request again under a new webhook-id.","request_id":"request-1"}
}
