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
func (w *worker) watch(ctx context.Context) {
	states := []metrics.Sample{
		{Name: "/sched/goroutines/runnable:goroutines"},
		{Name: "/sched/goroutines/running:goroutines"},
		{Name: "/sched/goroutines/not-in-go:goroutines"},
	}
	// The scheduler looks at one processor after the other, so that a goroutine on its
	// way from one to another may escape it once.
	still := func() bool {
		for range 4 {
			metrics.Read(states)
			if states[0].Value.Uint64() > 0 || states[1].Value.Uint64() > 1 || states[2].Value.Uint64() > 0 {
				return false
			}
			runtime.Gosched()
		}
		return true
	}
	for range w.nudges {
		for looks := 0; ; looks++ {
			// Whatever comes or goes while the scheduler is asked makes its answer void.
			before := w.events.Load()
			if w.outside.Load() > 0 {
				break // what comes back from there nudges
			}
			if still() && w.tell(before) {
				break
			}
			if looks < 100 {
				runtime.Gosched()
				continue
			}
			_ = clock.System{}.Sleep(ctx, 20*time.Microsecond)
		}
	}
}

// tell reports where the delivery has stopped since it was let go on, if it was. It
// reports whether that is so: nothing has happened since that count of events.
func (w *worker) tell(events int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.events.Load() != events {
		return false
	}
	if !w.moving || w.delivery == nil {
		return true
	}
	w.moving = false
	r := report{Worker: w.id, Delivery: w.delivery.id, Now: w.clock.Now(), Stands: w.arrived}
	w.arrived = nil
	if w.send(r) != nil {
		os.Exit(0)
	}
	return true
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
	w.outside.Add(1) // first: who counts the events looks outside afterwards
	w.events.Add(1)
	act()
	w.outside.Add(-1)
	w.nudge()
}
