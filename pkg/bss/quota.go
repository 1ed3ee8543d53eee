package bss

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/time/rate"
)

const (
	// The gateway counts in seconds of its own. At this share of the quota one call
	// more than it allows takes 1.03 s at least, so that none is one too many even if
	// its way took 30 ms longer than that of others.
	fullSpeed = 97
	// After a 429 the pace of an operation falls to this share of what it was, but
	// not below that share of its quota: somebody else is calling too.
	slowDown = 70
	slowest  = 10
	// Each call that succeeds wins back this share of the quota.
	speedUp = 2
)

// pacer spreads the calls of one operation evenly over the second, since the windows
// in which the gateway counts cannot be seen. It goes slower after a 429 and recovers
// with every success.
type pacer struct {
	limiter *rate.Limiter
	quota   rate.Limit // of this client: what it takes of the account's

	mu sync.Mutex // for changes of the limit
}

func newPacer(quota, percent int) *pacer {
	share := rate.Limit(quota) * rate.Limit(percent) / 100 * fullSpeed / 100
	return &pacer{limiter: rate.NewLimiter(share, 1), quota: share}
}

// wait waits until the operation may be called again.
func (p *pacer) wait(ctx context.Context, clock Clock) error {
	now := clock.Now()
	reserved := p.limiter.ReserveN(now, 1)
	wait := reserved.DelayFrom(now)
	if wait <= 0 {
		return ctx.Err()
	}
	if err := clock.Sleep(ctx, wait); err != nil {
		reserved.CancelAt(clock.Now())
		return err
	}
	return nil
}

// learn takes the result of a call into the pace.
func (p *pacer) learn(clock Clock, err error) {
	throttled := errors.Is(err, ErrThrottled)
	if !throttled && (err != nil || p.limiter.Limit() >= p.quota) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	limit := p.limiter.Limit() + p.quota*speedUp/100
	if throttled {
		limit = max(p.limiter.Limit()*slowDown/100, p.quota*slowest/100)
	}
	p.limiter.SetLimitAt(clock.Now(), min(limit, p.quota))
}
