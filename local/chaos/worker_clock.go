package chaos

import (
	"context"
	"sync"
	"time"
)

// workerClock is the conductor's clock, as this process was told last.
type workerClock struct {
	mu  sync.Mutex
	now time.Time
}

// set moves the clock, in a new run also backwards.
func (c *workerClock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// Now returns the simulated instant.
func (c *workerClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// shortest is the shortest pause in which others move. That between two calls of the
// partner API is shorter and only takes its time.
const shortest = 250 * time.Millisecond

// Sleep lets others move meanwhile.
func (c *workerClock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d <= 0 {
		return nil
	}
	visit := deliveryOf(ctx)
	if visit == nil || d < shortest {
		c.set(c.Now().Add(d))
		return nil
	}
	if ends, bounded := visit.ending(ctx); bounded {
		d = min(d, max(0, ends.Sub(c.Now())))
	}
	return visit.stop(ctx, point{What: atSleep, Detail: d.String()}, d)
}
