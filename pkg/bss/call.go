package bss

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"github.com/bssfn/bssfn/pkg/bss/sign"
)

// maxAnswer bounds what is read of one answer. A page of 1,000 bill records is
// about 2 MiB.
const maxAnswer = 32 << 20

// call is one operation with its arguments.
type call struct {
	op       operationID
	customer Customer          // set for operations that the customer calls
	path     map[string]string // values of the path's {parameters}
	query    any               // a struct with query tags, or nil
	body     any               // marshalled to JSON, or nil
	token    string            // that the last try carried, if it was not signed
}

// do runs a call to its end. The concerns stand in this order, each in a file of
// its own:
//
//	retry      send again what is safe to send again                retry.go
//	quota      wait until the account may call the operation again  quota.go
//	authorize  sign, or add the customer's token; fresh every time  authorize.go
//	send       one HTTP exchange, logged                            here
//	decode     the answer, or a typed error                         decode.go
func (c *Client) do(ctx context.Context, k call, out any) error {
	if !registry[k.op].Sites.Has(c.site) {
		return c.failed(k.op, fmt.Errorf("%w: %s", ErrNotOnSite, c.site))
	}
	body, err := encodeBody(k.body)
	if err != nil {
		return c.failed(k.op, fmt.Errorf("encode the request: %w", err))
	}
	forget := func() bool { return c.tokens.drop(ctx, k.customer, k.token) }
	return c.retry(ctx, forget, func() error {
		err := c.try(ctx, &k, body, out)
		c.pacers[k.op].learn(c.clock.Now(), err)
		return err
	})
}

func encodeBody(v any) ([]byte, error) {
	if v == nil {
		return nil, nil
	}
	return json.Marshal(v)
}

// failed is an error of a request that was not sent.
func (c *Client) failed(op operationID, cause error) *Error {
	return &Error{Operation: registry[op], cause: cause, unsent: true}
}

func (c *Client) try(ctx context.Context, k *call, body []byte, out any) error {
	if err := c.pacers[k.op].wait(ctx, c.clock); err != nil {
		return c.failed(k.op, err)
	}
	req, err := c.request(ctx, k, body)
	if err != nil {
		return c.failed(k.op, err)
	}
	if err := c.authorize(ctx, k, req, body); err != nil {
		return c.failed(k.op, err)
	}
	if k.token != "" {
		return c.answered(ctx, req, k.op, out)
	}
	if err := c.guard.begin(ctx); err != nil {
		return c.failed(k.op, err)
	}
	err = c.answered(ctx, req, k.op, out)
	c.guard.end(err)
	return err
}

func (c *Client) answered(ctx context.Context, req *http.Request, op operationID, out any) error {
	a, err := c.send(ctx, req, registry[op])
	if err != nil {
		return err
	}
	err = a.decode(registry[op], out)
	if failure, ok := errors.AsType[*Error](err); ok && failure.Is(ErrCredential) {
		failure.cause = clocksDiffer(c.clock.Now(), a.header)
	}
	return err
}

// clocksDiffer explains a refused signature, where the clocks are the reason; nil if
// they are not.
func clocksDiffer(now time.Time, answered http.Header) error {
	there, err := http.ParseTime(answered.Get("Date"))
	if skewed := err == nil && now.Sub(there).Abs() > sign.MaxSkew; !skewed {
		return nil
	}
	return fmt.Errorf("the clocks differ: it is %s here and %s at Huawei Cloud, which accepts %s; set the clock of this machine",
		now.UTC().Format(time.RFC3339), there.UTC().Format(time.RFC3339), sign.MaxSkew)
}

func (c *Client) request(ctx context.Context, k *call, body []byte) (*http.Request, error) {
	op := registry[k.op]
	path := op.Path
	for name, value := range k.path {
		if value == "" {
			return nil, fmt.Errorf("%s is empty", name)
		}
		if value == "." || value == ".." {
			return nil, fmt.Errorf("%s is %q, which is another path", name, value)
		}
		path = strings.Replace(path, "{"+name+"}", url.PathEscape(value), 1)
	}
	address := c.endpoint + path
	if q := encodeQuery(k.query); q != "" {
		address += "?" + q
	}
	req, err := http.NewRequestWithContext(ctx, op.Method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "bssfn")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// answer is one HTTP answer, read whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send makes one exchange. It fails with an *Error that knows whether anybody may
// have received the request.
func (c *Client) send(ctx context.Context, req *http.Request, op Operation) (answer, error) {
	started := c.clock.Now()
	// A transport that does not trace may have sent the request.
	received := true
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { received = false },
		GotConn: func(httptrace.GotConnInfo) { received = true },
	})
	a, err := exchange(c.http, req.WithContext(traced))
	c.logExchange(ctx, op, a, err, c.clock.Now().Sub(started))
	if err == nil {
		return a, nil
	}
	return answer{}, &Error{
		Operation: op,
		Status:    a.status,
		RequestID: requestID(a.header, ""),
		Unknown:   received && op.Safety != Read,
		unsent:    !received,
		transient: ctx.Err() == nil,
		cause:     withoutAddress(err),
	}
}

func exchange(client *http.Client, req *http.Request) (answer, error) {
	res, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode, header: res.Header}
	a.body, err = readAll(res)
	if err != nil {
		return a, fmt.Errorf("read the answer: %w", err)
	}
	if len(a.body) > maxAnswer {
		return a, fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20)
	}
	return a, nil
}

// readAll reads a body up to a byte over its bound, into a buffer of the announced
// size.
func readAll(res *http.Response) ([]byte, error) {
	var b bytes.Buffer
	if size := res.ContentLength; size > 0 && size <= maxAnswer {
		b.Grow(int(size) + bytes.MinRead)
	}
	_, err := b.ReadFrom(io.LimitReader(res.Body, maxAnswer+1))
	return b.Bytes(), err
}

// The address is in the error's operation already, and its query may hold what
// does not belong into a log.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func (c *Client) logExchange(ctx context.Context, op Operation, a answer, err error, took time.Duration) {
	if !c.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("operation", op.Name),
		slog.Int("status", a.status),
		slog.Duration("took", took),
		slog.String("request_id", requestID(a.header, "")),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", withoutAddress(err).Error()))
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "bss call", attrs...)
}
