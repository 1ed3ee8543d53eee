// Package conformance holds a function that does everything a function may do,
// and the suite that calls it through every door and compares the answers.
package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/webhook"
)

// What the probe must never tell, in an answer or in a log line.
const (
	// SigningSecret is the webhook secret of the probe.
	SigningSecret = "whsec_cHJvYmUtc2lnbmluZy1zZWNyZXQtMDEyMzQ1Njc4OQ=="
	// Password is a configured secret of the probe.
	Password = "probe-configured-password"
)

const (
	maxBody    = 64 << 10
	timeout    = 50 * time.Millisecond
	maxReplays = 10_000
)

// Instant is the present of the probe.
func Instant() time.Time { return time.Date(2026, time.January, 31, 16, 0, 0, 0, time.UTC) }

// NewEdge returns an edge of the probe that logs to logs.
func NewEdge(logs io.Writer) (*handler.Edge, error) {
	secret, err := webhook.ParseSecret(SigningSecret)
	if err != nil {
		return nil, err
	}
	return handler.New(probe(), handler.Options{
		Secrets: []webhook.Secret{secret},
		Replays: handler.NewMemoryReplays(Instant, maxReplays),
		Now:     Instant,
		Logger:  handler.NewLogger(logs, slog.LevelInfo),
		MaxBody: maxBody,
		Timeout: timeout,
	})
}

func probe() handler.Function {
	password := handler.NewSecret(Password)
	return handler.Function{
		Name: "probe",
		Routes: []handler.Route{
			{Method: http.MethodPost, Pattern: "/probe/orders/{order_id}/quotes", Handle: quote},
			{Method: http.MethodGet, Pattern: "/probe/echo", Handle: echo},
			{Method: http.MethodPost, Pattern: "/probe/nothing", Handle: nothing},
			{Method: http.MethodGet, Pattern: "/probe/panic", Handle: panics(password)},
			{Method: http.MethodGet, Pattern: "/probe/slow", Handle: slow},
			{Method: http.MethodGet, Pattern: "/probe/refused", Handle: refused},
			{Method: http.MethodGet, Pattern: "/probe/failing", Handle: failing(password)},
			{Method: http.MethodPost, Pattern: "/probe/bytes", Access: handler.Open, Handle: mirror},
			{Method: http.MethodGet, Pattern: "/probe/redirect", Access: handler.Open, Handle: redirect},
			{Method: http.MethodGet, Pattern: "/probe/cookies", Access: handler.Open, Handle: cookies},
		},
		Schedules: []handler.Schedule{
			{Name: "nightly", Handle: nightly},
			{Name: "broken", Handle: broken},
			{Name: "panicking", Handle: panicking},
		},
		Queues: []handler.Queue{{Name: "orders", Handle: order}},
	}
}

// Quote is the body of the quote route.
type Quote struct {
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"`
	Months   int             `json:"months"`
	Lines    []Line          `json:"lines"`
}

// Line is one line of a Quote.
type Line struct {
	Price decimal.Decimal `json:"price"`
}

func quote(_ context.Context, r *handler.Request) (*handler.Response, error) {
	var body Quote
	if err := r.Decode(&body); err != nil {
		return nil, err
	}
	return handler.Created("/probe/orders/1", map[string]any{
		"order_id": r.PathValue("order_id"),
		"quote":    body,
		"length":   len(r.Body),
	}), nil
}

func echo(_ context.Context, r *handler.Request) (*handler.Response, error) {
	return handler.OK(map[string]any{
		"query":  r.Query,
		"raw":    r.RawQuery,
		"header": r.Header.Get("X-Echo"),
		"caller": r.Caller,
		"traced": r.ID != "",
	}), nil
}

func nothing(context.Context, *handler.Request) (*handler.Response, error) {
	return handler.NoContent(), nil
}

func panics(password handler.Secret) func(context.Context, *handler.Request) (*handler.Response, error) {
	return func(context.Context, *handler.Request) (*handler.Response, error) {
		panic(struct{ password handler.Secret }{password})
	}
}

func slow(ctx context.Context, _ *handler.Request) (*handler.Response, error) {
	<-ctx.Done()
	return nil, fmt.Errorf("wait for the order: %w", ctx.Err())
}

func refused(context.Context, *handler.Request) (*handler.Response, error) {
	return nil, &handler.Problem{
		Status:     http.StatusConflict,
		Code:       "order_changed",
		Detail:     "订单已变更。",
		Next:       "Ask for a new quote.",
		Fields:     []handler.FieldError{{Field: "amount", Reason: "now 12.50 CNY"}},
		RetryAfter: 1500 * time.Millisecond,
		Cause:      errors.New("an inside cause"),
	}
}

func failing(password handler.Secret) func(context.Context, *handler.Request) (*handler.Response, error) {
	return func(context.Context, *handler.Request) (*handler.Response, error) {
		return nil, fmt.Errorf("an inside cause with %v", struct{ password handler.Secret }{password})
	}
}

func mirror(_ context.Context, r *handler.Request) (*handler.Response, error) {
	return &handler.Response{Body: r.Body}, nil
}

func redirect(_ context.Context, r *handler.Request) (*handler.Response, error) {
	return handler.Redirect("https://auth.example.com/saml?" + r.RawQuery), nil
}

func cookies(_ context.Context, r *handler.Request) (*handler.Response, error) {
	page := handler.Page([]byte("<p>" + r.Header.Get("Cookie") + "</p>"))
	page.Header.Add("Set-Cookie", "a=1; Secure")
	page.Header.Add("Set-Cookie", "b=2; Secure")
	return page, nil
}

// nightly fails unless its payload reached it.
func nightly(_ context.Context, payload json.RawMessage) error {
	var task struct {
		Month string `json:"month"`
	}
	if err := json.Unmarshal(payload, &task); err != nil {
		return fmt.Errorf("read the payload: %w", err)
	}
	if task.Month != "2026-01" {
		return fmt.Errorf("the payload has month %q", task.Month)
	}
	return nil
}

func broken(context.Context, json.RawMessage) error { return errors.New("the bills are not there") }

func panicking(context.Context, json.RawMessage) error { panic("the bills are upside down") }

// order fails for a message that asks for it.
func order(_ context.Context, m handler.Message) error {
	if m.ID == "" || m.Attempt < 1 {
		return errors.New("the message has no id or no attempt")
	}
	if strings.Contains(string(m.Body), "fail") {
		return errors.New("the order cannot be paid")
	}
	return nil
}
