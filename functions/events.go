package functions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/webhook"
)

// Events sends events to the sales platform, signed as Standard Webhooks.
type Events struct {
	url    string
	secret webhook.Secret
	http   *http.Client
	now    func() time.Time
}

// NewEvents checks where events go: https, or http on the loopback interface.
func NewEvents(address string, secret handler.Secret, rt Runtime) (*Events, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, errors.New("EVENTS_URL is no address")
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme != "https" && (u.Scheme != "http" || ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("EVENTS_URL %q is not https", u.Redacted())
	}
	parsed, err := webhook.ParseSecret(secret.Reveal())
	if err != nil {
		return nil, fmt.Errorf("EVENTS_SECRET: %w", err)
	}
	return &Events{url: address, secret: parsed, now: rt.Clock.Now, http: &http.Client{
		Transport:     rt.Transport,
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// event is the envelope that Standard Webhooks recommends.
type event struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      any       `json:"data"`
}

// Send delivers one event. It fails with the problem event_undelivered where the
// platform does not take it.
func (e *Events) Send(ctx context.Context, id, kind string, data any) error {
	now := e.now().UTC().Truncate(time.Second)
	body, err := json.Marshal(event{kind, now, data})
	if err != nil {
		return fmt.Errorf("encode the event %s: %w", kind, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("send the event %s: %w", kind, err)
	}
	req.Header.Set("Content-Type", "application/json")
	webhook.SetHeaders(req.Header, e.secret, id, now, body)
	res, err := e.http.Do(req)
	if err != nil {
		return undelivered(kind, err)
	}
	defer res.Body.Close()
	// Reading the rest lets the connection be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return undelivered(kind, fmt.Errorf("HTTP %d", res.StatusCode))
	}
	return nil
}

func undelivered(kind string, cause error) error {
	return &handler.Problem{Status: http.StatusBadGateway, Code: "event_undelivered", Cause: cause,
		Detail: "The sales platform did not take the event " + kind + ".",
		Next:   "See that EVENTS_URL answers, then ask again."}
}
