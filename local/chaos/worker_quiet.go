package chaos

import (
	"context"
	"os"
	"runtime"
	"runtime/metrics"
	"time"

	"github.com/bssfn/bssfn/internal/clock"
)

// A delivery may do several things at once, so that where one of its goroutines stops
// says nothing about the others. The worker has no other delivery, and asks the
// scheduler: when no goroutine runs or could run, and none waits for the outside, all
// of them stand at points or wait for those that do.

// watch tells the conductor each time that nothing moves any more.
func (w *worker) watch() {
	states := []metrics.Sample{
		{Name: "/sched/goroutines/runnable:goroutines"},
		{Name: "/sched/goroutines/running:goroutines"},
		{Name: "/sched/goroutines/not-in-go:goroutines"},
	}
	still := func() bool {
		metrics.Read(states)
		return states[0].Value.Uint64() == 0 && states[1].Value.Uint64() == 1 && states[2].Value.Uint64() == 0
	}
	for range w.nudges {
		for looks := 0; w.outside.Load() == 0 && !still(); looks++ {
			if looks < 100 {
				runtime.Gosched()
				continue
			}
			_ = clock.System{}.Sleep(context.Background(), 20*time.Microsecond)
		}
		if w.outside.Load() > 0 {
			continue // what comes back from there nudges
		}
		if r, moved := w.standing(); moved && w.send(r) != nil {
			os.Exit(0)
		}
	}
}

// nudge makes the watch look.
func (w *worker) nudge() {
	select {
	case w.nudges <- struct{}{}:
	default: // it is about to
	}
}

// beyond does something that waits for the outside.
func (w *worker) beyond(act func()) {
	w.outside.Add(1)
	act()
	w.outside.Add(-1)
	w.nudge()
}

// standing is where the delivery has stopped since it was let go on, if it was.
func (w *worker) standing() (report, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.moving || w.delivery == nil {
		return report{}, false
	}
	w.moving = false
	r := report{Worker: w.id, Delivery: w.delivery.id, Now: w.clock.Now(), Stands: w.arrived}
	w.arrived = nil
	return r, true
}
