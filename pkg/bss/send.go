package bss

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"
)

// maxAnswer bounds what is read of one answer. A page of 1,000 bill records is
// about 2 MiB.
const maxAnswer = 32 << 20

var errTooLarge = fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20)

// answer is one HTTP answer, read whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send makes one exchange, whose answer it reads into memory that may be given. It fails
// with an *Error that knows whether anybody may have received the request.
func (c *Client) send(ctx context.Context, req *http.Request, op Operation, memory *[]byte) (answer, error) {
	received := &delivery{possible: true}
	if op.Safety != Read { // a read is repeated whoever received it
		req = received.watch(req)
	}
	started := c.clock.Now()
	a, err := c.exchange(req, memory)
	c.logExchange(ctx, op, a, err, c.clock.Now().Sub(started))
	if err == nil {
		return a, nil
	}
	return answer{}, &Error{
		Operation: op,
		Status:    a.status,
		RequestID: requestID(a.header, ""),
		Unknown:   received.possible && op.Safety != Read,
		unsent:    !received.possible,
		transient: ctx.Err() == nil,
		cause:     err,
	}
}

// delivery tells whether somebody may have received a request. A transport that does
// not trace may have sent it.
type delivery struct{ possible bool }

func (d *delivery) watch(req *http.Request) *http.Request {
	return req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GetConn: func(string) { d.possible = false },
		GotConn: func(httptrace.GotConnInfo) { d.possible = true },
	}))
}

// exchange sends a request by the transport itself and not by an http.Client: that
// would follow redirects, and so carry the signature to another address.
func (c *Client) exchange(req *http.Request, memory *[]byte) (answer, error) {
	res, err := c.transport.RoundTrip(req)
	if err != nil {
		return answer{}, withoutAddress(err)
	}
	if res.Body == nil { // a transport of the caller's may leave it out
		res.Body = http.NoBody
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode, header: res.Header}
	if a.status == http.StatusSwitchingProtocols {
		return a, errors.New("the answer changes the protocol, which was not asked for")
	}
	if memory == nil {
		memory = new([]byte)
	}
	*memory, err = readAll(res, *memory)
	a.body = *memory
	if errors.Is(err, errTooLarge) {
		return a, err
	}
	if err != nil {
		return a, fmt.Errorf("read the answer: %w", err)
	}
	return a, nil
}

// readAll reads a body that is within the bound, into memory that grows to the announced
// size.
func readAll(res *http.Response, memory []byte) ([]byte, error) {
	if res.ContentLength > maxAnswer {
		return nil, errTooLarge
	}
	b := bytes.NewBuffer(memory[:0])
	if res.ContentLength > 0 {
		b.Grow(int(res.ContentLength) + bytes.MinRead)
	}
	if _, err := b.ReadFrom(io.LimitReader(res.Body, maxAnswer+1)); err != nil {
		return nil, err
	}
	if b.Len() > maxAnswer {
		return nil, errTooLarge
	}
	return b.Bytes(), nil
}

// The address is in the error's operation already, and its query may hold what
// does not belong into a log.
func withoutAddress(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
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
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "bss call", attrs...)
}
