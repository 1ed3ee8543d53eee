package chaos

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"time"
)

// routeTime is how long a route may take, by the edge's own limit.
const routeTime = 25 * time.Second

// errOutage is what a delivery is told where the conductor lets something fail.
var errOutage = errors.New("connection reset by peer")

// delivery is the request that a worker is at.
type delivery struct {
	worker *worker
	id     int
	begun  time.Time // by the simulated clock
	timed  bool      // by the edge
	cancel context.CancelFunc

	mu sync.Mutex
	// ends has the simulated instants at which contexts end, by the machine's
	// instants that are their deadlines.
	ends map[time.Time]time.Time
}

type deliveryKey struct{}

// deliveryOf returns the delivery that a context belongs to, or nil for what the
// driver prepares: that stops nowhere.
func deliveryOf(ctx context.Context) *delivery {
	d, _ := ctx.Value(deliveryKey{}).(*delivery)
	return d
}

func (w *worker) begin(ctx context.Context, id int, path string) (context.Context, *delivery) {
	d := &delivery{worker: w, id: id, ends: map[time.Time]time.Time{}}
	d.timed = !strings.Contains(path, "/queues/") && !strings.Contains(path, "/schedules/")
	ctx, d.cancel = context.WithCancel(context.WithValue(ctx, deliveryKey{}, d))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events.Add(1)
	w.delivery, w.moving, w.arrived = d, true, nil
	return ctx, d
}

func (w *worker) end(d *delivery) {
	d.cancel()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delivery, w.moving = nil, false
}

// stop waits until the conductor lets the delivery go on, and returns why what it
// was about to do, or has done, fails.
func (d *delivery) stop(ctx context.Context, at point, sleep time.Duration) error {
	ends, bounded := d.ending(ctx)
	r := <-d.worker.stand(at, sleep)
	d.worker.clock.set(r.Now)
	if at.What == atBegin {
		d.begun = r.Now
	}
	switch r.Verdict {
	case die:
		kill()
	case fail:
		return errOutage
	case gone:
		d.cancel()
	case goOn:
	}
	if d.timed && !r.Now.Before(d.begun.Add(routeTime)) {
		d.cancel()
	}
	err := ctx.Err()
	if err == nil && bounded && !r.Now.Before(ends) {
		err = context.DeadlineExceeded
	}
	if at.After && r.Late {
		return nil
	}
	return err
}

// stand waits at a point. What it returns brings the release.
func (w *worker) stand(at point, sleep time.Duration) <-chan release {
	released := make(chan release, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tickets++
	w.waiting[w.tickets] = released
	w.arrived = append(w.arrived, stand{Ticket: w.tickets, Point: at, Sleep: sleep})
	w.nudge()
	return released
}

// ending tells when a context ends by the simulated clock. The machine's clock, by
// which contexts are made, hardly moves between the making of a context and the
// first time it comes here, so what is left of it then is what it was made with.
func (d *delivery) ending(ctx context.Context) (time.Time, bool) {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		return time.Time{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	at, seen := d.ends[deadline]
	if !seen {
		at = d.worker.clock.Now().Add(time.Until(deadline).Round(time.Second))
		d.ends[deadline] = at
	}
	return at, true
}

// kill ends this process as the machine would: nothing is finished, closed or told.
func kill() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		os.Exit(1)
	}
	select {}
}
