package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/bssfn/bssfn/pkg/webhook"
)

const (
	sendTimeout = 10 * time.Second
	maxAnswer   = 64 << 10 // bytes that are read of an answer
)

// Message is an event on its way.
type Message struct {
	ID   string
	Type string
	// Timestamp is when it happened, whenever it is sent.
	Timestamp time.Time
	Data      json.RawMessage
}

// TargetOptions say where events go.
type TargetOptions struct {
	// URL is https, or http to a literal loopback address.
	URL string
	// Secret signs what is sent.
	Secret webhook.Secret
	// AllowPrivate allows private addresses: RFC 1918 and unique local ones of
	// IPv6. Other special addresses stay out.
	AllowPrivate bool
	// Now is the clock. It is required.
	Now func() time.Time
	// Around puts something around the connections, to watch or to disturb what is
	// sent; nothing when nil.
	Around func(http.RoundTripper) http.RoundTripper
}

// Target is a receiver of Standard Webhooks. It has connections of its own, which
// take no proxy and go to public addresses only; that is checked of the address
// that is dialled, whatever the name led to a moment before. It implements Sender.
type Target struct {
	url    string
	secret webhook.Secret
	now    func() time.Time
	http   *http.Client
}

// NewTarget checks where events are to go.
func NewTarget(o TargetOptions) (*Target, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("it is no address")
	}
	if u.User != nil || u.Fragment != "" {
		return nil, errors.New("it may have neither user nor fragment")
	}
	g := guard{allowPrivate: o.AllowPrivate}
	ip, err := netip.ParseAddr(u.Hostname())
	literal := err == nil
	g.allowLoopback = literal && ip.Unmap().IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !g.allowLoopback) {
		return nil, errors.New("it is not https")
	}
	if literal {
		if err := g.check(ip); err != nil {
			return nil, err
		}
	}
	t := &Target{url: o.URL, secret: o.Secret, now: o.Now, http: client(g)}
	if o.Around != nil {
		t.http.Transport = o.Around(t.http.Transport)
	}
	return t, nil
}

func client(g guard) *http.Client {
	dialer := &net.Dialer{Timeout: sendTimeout, KeepAlive: 30 * time.Second, Control: g.control}
	return &http.Client{
		Timeout:       sendTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true,
			TLSHandshakeTimeout:    sendTimeout,
			IdleConnTimeout:        90 * time.Second,
			MaxIdleConnsPerHost:    16,
			MaxResponseHeaderBytes: maxAnswer,
		},
	}
}

// envelope is what Standard Webhooks recommends.
type envelope struct {
	Type      string          `json:"type"`
	Timestamp time.Time       `json:"timestamp"`
	Data      json.RawMessage `json:"data"`
}

// Send sends an event, signed, within 10 seconds. Any status of 2xx means that it
// was taken; a redirect does not. 410 Gone is a failure like others: it is the
// operator who takes the only receiver away, and no proxy's mistake.
func (t *Target) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(envelope{m.Type, m.Timestamp.UTC(), m.Data})
	if err != nil {
		return fmt.Errorf("encode the event %s: %w", m.Type, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("send the event %s: %w", m.Type, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "bssfn")
	webhook.SetHeaders(req.Header, t.secret, m.ID, t.now(), body)
	res, err := t.http.Do(req)
	if err != nil {
		return withoutURL(err)
	}
	defer res.Body.Close()
	// Reading the rest lets the connection be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer))
	if res.StatusCode >= http.StatusOK && res.StatusCode < http.StatusMultipleChoices {
		return nil
	}
	return &NotTaken{Status: res.StatusCode, RetryAfter: t.retryAfter(res)}
}

// withoutURL leaves out the address, which may hold a token.
func withoutURL(err error) error {
	if at, ok := errors.AsType[*url.Error](err); ok {
		return at.Err
	}
	return err
}

// retryAfter reads how long the receiver wants to be left alone, in seconds or as
// a date.
func (t *Target) retryAfter(res *http.Response) time.Duration {
	if res.StatusCode != http.StatusTooManyRequests && res.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	text := res.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, tryFor)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(t.now()), 0), tryFor)
	}
	return 0
}
