package bss

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/pkg/bss/sign"
)

// call is one operation with its arguments.
type call struct {
	op       operationID
	customer Customer          // set for operations that the customer calls
	path     map[string]string // values of the path's {parameters}
	query    any               // a struct with query tags, or nil
	body     any               // marshalled to JSON, or nil
	token    string            // that the last try carried, if it was not signed
	answer   *[]byte           // memory that answers are read into; nil for new one
}

// do runs a call to its end. The concerns stand in this order, each in a file of
// its own:
//
//	retry      send again what is safe to send again                retry.go
//	quota      wait until the account may call the operation again  quota.go
//	authorize  sign, or add the customer's token; fresh every time  authorize.go
//	send       one HTTP exchange, logged                            send.go
//	decode     the answer, or a typed error                         decode.go
func (c *Client) do(ctx context.Context, k call, out any) error {
	if !registry[k.op].Sites.Has(c.site) {
		return c.failed(k.op, fmt.Errorf("%w: %s", ErrNotOnSite, c.site))
	}
	if registry[k.op].Caller == ByEither {
		k.customer = c.as
	}
	body, err := encodeBody(k.body)
	if err != nil {
		return c.failed(k.op, fmt.Errorf("encode the request: %w", err))
	}
	forget := func() bool { return c.tokens.drop(ctx, k.customer, k.token) }
	return c.retry(ctx, forget, func() error {
		err := c.try(ctx, &k, body, out)
		c.pacers[k.op].learn(c.clock, err)
		return err
	})
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
		return c.answered(ctx, req, k, out)
	}
	if err := c.guard.begin(ctx); err != nil {
		return c.failed(k.op, err)
	}
	err = c.answered(ctx, req, k, out)
	c.guard.end(err)
	return err
}

func (c *Client) answered(ctx context.Context, req *http.Request, k *call, out any) error {
	a, err := c.send(ctx, req, registry[k.op], k.answer)
	if err != nil {
		return err
	}
	err = a.decode(&c.types, registry[k.op], out)
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
