package bss

import "context"

// waitForQuota waits until the operation may be called again. Calls are spread
// evenly over the second, since the gateway counts in windows that the client
// cannot see.
func (c *Client) waitForQuota(ctx context.Context, op operationID) error {
	now := c.clock.Now()
	reserved := c.limiters[op].ReserveN(now, 1)
	wait := reserved.DelayFrom(now)
	if wait <= 0 {
		return ctx.Err()
	}
	if err := c.clock.Sleep(ctx, wait); err != nil {
		reserved.CancelAt(c.clock.Now())
		return err
	}
	return nil
}
