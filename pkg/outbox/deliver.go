package outbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	batch = 100
	// Deliver begins nothing new after this time, so that what it has begun ends
	// within the half minute that a function has.
	runTime = 15 * time.Second
	// So many failures of the receiver, one after the other, end a run: it is the
	// receiver that is out of order, and no event.
	patience = 3
)

// Delivery is what came of one Deliver.
type Delivery struct {
	Delivered, GivenUp int
	// Failed counts the tries in vain that will be made again.
	Failed int
}

// Deliver sends what is due, the longest due first. It ends when nothing is due
// any more, after 15 seconds, or when the receiver is out of order: what is left
// is for the next run. Call it every minute.
//
// The error is that of the store: that the receiver does not take an event is
// none.
func (o *Outbox) Deliver(ctx context.Context) (Delivery, error) {
	r := &run{outbox: o, until: o.now().Add(runTime)}
	if o.before(&o.closed) {
		return r.result, nil
	}
	for r.open() {
		rows, err := o.store.Due(ctx, o.kindQueue(), time.Time{}, o.now(), batch)
		if err != nil {
			return r.result, errors.Join(r.err, fmt.Errorf("list whose events are due: %w", err))
		}
		before := r.result
		var next atomic.Int64
		var others sync.WaitGroup
		for range min(o.opts.Parallel, len(rows)) - 1 {
			others.Go(func() { r.work(ctx, rows, &next) })
		}
		r.work(ctx, rows, &next)
		others.Wait()
		// A list that lags names what has just been done: no end would come of it.
		if len(rows) < batch || r.result == before {
			break
		}
	}
	return r.result, r.err
}

// run is one Deliver, with what its workers share.
type run struct {
	outbox *Outbox
	until  time.Time

	mu       sync.Mutex
	result   Delivery
	failures int // of the receiver, in a row
	err      error
}

func (r *run) open() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err == nil && r.failures < patience && r.outbox.now().Before(r.until)
}

// work drains one subject after the other, taking the next that no other worker
// has taken.
func (r *run) work(ctx context.Context, rows []ledger.Row, next *atomic.Int64) {
	for r.open() && ctx.Err() == nil {
		i := int(next.Add(1)) - 1
		if i >= len(rows) {
			return
		}
		done, err := r.outbox.drain(ctx, rows[i].Key)
		r.add(done, err)
	}
}

func (r *run) add(done drained, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = errors.Join(r.err, err)
	r.result.Delivered += done.delivered
	r.result.GivenUp += done.givenUp
	switch {
	case done.failure == nil && done.delivered > 0:
		r.failures = 0
	case done.failure != nil:
		if done.givenUp == 0 {
			r.result.Failed++
		}
		r.failures += weight(done.failure)
	}
}

// weight counts a failure of the receiver: not at all where it refused one event,
// fully where it asks to be left alone.
func weight(failure error) int {
	answer, ok := errors.AsType[*NotTaken](failure)
	switch {
	case !ok || answer.Status >= http.StatusInternalServerError && answer.RetryAfter == 0:
		return 1
	case answer.RetryAfter > 0 || answer.Status == http.StatusTooManyRequests:
		return patience
	}
	return 0
}
