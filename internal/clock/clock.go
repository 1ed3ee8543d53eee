// Package clock injects time. System is the real one. Simulated can be set and
// advanced: frozen, for tests and the demo, where waiting takes no time; or
// running, for the harness, where it goes on from where it was set.
package clock

import (
	"context"
	"sync"
	"time"
)

// System is the machine's clock.
type System struct{}

// Now returns the present instant in UTC.
func (System) Now() time.Time { return time.Now().UTC() }

// Sleep waits for d or until ctx ends, and then returns the context's error.
func (System) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Simulated is a clock that can be set. It is safe for concurrent use.
type Simulated struct {
	mu      sync.Mutex
	at      time.Time
	started time.Time // zero while the clock is frozen
}

// NewFrozen returns a clock that stands at t. Sleep advances it instead of
// waiting.
func NewFrozen(t time.Time) *Simulated { return &Simulated{at: t.UTC()} }

// NewRunning returns a clock that runs on from t at the real speed.
func NewRunning(t time.Time) *Simulated {
	return &Simulated{at: t.UTC(), started: time.Now()}
}

// Now returns the simulated instant in UTC.
func (c *Simulated) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Simulated) now() time.Time {
	if c.started.IsZero() {
		return c.at
	}
	return c.at.Add(time.Since(c.started))
}

// Set moves the clock to t.
func (c *Simulated) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.move(t.UTC())
}

// Advance moves the clock by d.
func (c *Simulated) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.move(c.now().Add(d))
}

func (c *Simulated) move(t time.Time) {
	c.at = t
	if !c.started.IsZero() {
		c.started = time.Now()
	}
}

// Sleep advances a frozen clock by d; with a running one it waits.
func (c *Simulated) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	running := !c.started.IsZero()
	if !running && d > 0 {
		c.at = c.at.Add(d)
	}
	c.mu.Unlock()
	if running {
		return System{}.Sleep(ctx, d)
	}
	return nil
}
