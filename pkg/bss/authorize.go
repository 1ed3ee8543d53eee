package bss

import (
	"context"
	"fmt"
	"net/http"

	"github.com/bssfn/bssfn/pkg/bss/sign"
)

const tokenHeader = "X-Auth-Token"

// authorize makes the request prove who calls: a customer by its token, the
// partner by its keys or, without keys, by its token.
func (c *Client) authorize(ctx context.Context, k *call, req *http.Request, body []byte) error {
	if k.customer == "" && registry[k.op].Caller.Customers() {
		return fmt.Errorf("only a customer may call %s: name its account", registry[k.op].Name)
	}
	if k.customer == "" && c.keys != (sign.Keys{}) {
		return sign.Sign(req, body, c.keys, c.clock.Now())
	}
	token, err := c.token(ctx, k.customer)
	if err != nil {
		return err
	}
	k.token = token
	req.Header.Set(tokenHeader, token)
	return nil
}
