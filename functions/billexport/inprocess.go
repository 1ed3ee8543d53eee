package billexport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// retryAfter is how long a task waits that has failed.
const retryAfter = 5 * time.Second

// inProcess does tasks in goroutines of this process, which are there while there is
// something to do. They end with the process; whoever starts it again sends what is
// missing.
type inProcess struct {
	do      func(ctx context.Context, t task) error
	now     func() time.Time
	sleep   func(ctx context.Context, d time.Duration) error
	log     *slog.Logger
	workers int

	mu    sync.Mutex
	queue []task
	// waiting are in the queue, or wait for another try; atWork are being done, with
	// whether they were sent again meanwhile.
	waiting map[task]bool
	atWork  map[task]bool
	running int
}

// Send implements Tasks. A task that waits already is not put in a second time, and one
// that is being done is looked at once more when that has ended.
func (p *inProcess) Send(_ context.Context, bodies [][]byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, body := range bodies {
		var t task
		if err := json.Unmarshal(body, &t); err != nil {
			return fmt.Errorf("read a task: %w", err)
		}
		p.put(t)
	}
	p.start() //nolint:contextcheck // a task outlives the call that sends it
	return nil
}

// put puts a task in. The caller holds the lock.
func (p *inProcess) put(t task) {
	if _, ok := p.atWork[t]; ok {
		p.atWork[t] = true
		return
	}
	if !p.waiting[t] {
		p.waiting[t] = true
		p.queue = append(p.queue, t)
	}
}

// start begins as many workers as there is work for. The caller holds the lock.
func (p *inProcess) start() {
	for range min(p.workers-p.running, len(p.queue)) {
		p.running++
		go p.work()
	}
}

func (p *inProcess) work() {
	for {
		t, ok := p.take()
		if !ok {
			return
		}
		err := guarded(func() error { return p.do(context.Background(), t) })
		p.done(t)
		if err != nil {
			p.later(t, err)
		}
	}
}

func (p *inProcess) take() (task, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		p.running--
		return task{}, false
	}
	t := p.queue[0]
	p.queue = p.queue[1:]
	delete(p.waiting, t)
	p.atWork[t] = false
	return t, true
}

func (p *inProcess) done(t task) {
	p.mu.Lock()
	defer p.mu.Unlock()
	again := p.atWork[t]
	delete(p.atWork, t)
	if again {
		p.put(t)
	}
}

// later puts a task in again: when the other worker's time is up, or a while after a
// failure.
func (p *inProcess) later(t task, cause error) {
	wait := retryAfter
	if busy, ok := errors.AsType[*busyError](cause); ok {
		wait = max(busy.until.Sub(p.now()), time.Second)
	} else {
		p.log.LogAttrs(context.Background(), slog.LevelWarn, "a task of an export waits for another try",
			slog.String("run", t.Run), slog.String("task", t.key()), slog.Any("cause", cause))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting[t] {
		return
	}
	p.waiting[t] = true
	go func() {
		_ = p.sleep(context.Background(), wait) // which does not end
		p.mu.Lock()
		defer p.mu.Unlock()
		p.queue = append(p.queue, t)
		p.start()
	}()
}
