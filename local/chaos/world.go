package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// workers is how many processes share the store. Each takes one delivery at a time,
// as a function on Lambda does: two in one process would wait for each other where
// the conductor cannot see it.
const workers = 3

// start is when every run begins.
var start = time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)

// world is what runs are played in, one after the other: a simulated Huawei Cloud,
// the sales platform, and the workers over one store.
type world struct {
	clock     *clock.Simulated
	clouds    []cloud
	sim       *huawei.Server // of the present run
	platform  *platform
	nursery   *nursery
	reports   chan report
	ended     chan ending
	processes [workers]*process
	setup     setup // of the present run
	store     ledger.Store
	close     []func()
}

// cloud is a simulated Huawei Cloud whose records lag that much behind.
type cloud struct {
	lag time.Duration
	sim *huawei.Server
	url string
}

// lags are how long records take to come to light. The functions allow for two
// minutes.
var lags = []time.Duration{-1, 100 * time.Second}

// ending says that a delivery has been answered, or will never be.
type ending struct {
	delivery int
	answer   answer
}

func newWorld(ctx context.Context, storeURL, broken string) (*world, error) {
	w := &world{clock: clock.NewFrozen(start), reports: make(chan report), ended: make(chan ending)}
	var err error
	if w.platform, err = newPlatform(w.clock.Now); err != nil {
		return nil, err
	}
	free := func(h http.Handler) harness.Site { return harness.Site{Addr: "127.0.0.1:0", Handler: h} }
	sites := []harness.Site{free(w.platform)}
	for _, lag := range lags {
		sim, err := huawei.NewServer(huawei.Options{Clock: w.clock, QuotaOff: true, RecordDelay: lag})
		if err != nil {
			return nil, err
		}
		w.clouds = append(w.clouds, cloud{lag: lag, sim: sim})
		sites = append(sites, free(sim.API()))
	}
	group, err := harness.Serve(ctx, sites...)
	if err != nil {
		return nil, err
	}
	w.close = append(w.close, func() {
		ended, cancel := context.WithCancel(context.WithoutCancel(ctx))
		cancel()
		_ = group.Close(ended)
	})
	for i := range w.clouds {
		w.clouds[i].url = group.URLs[1+i]
	}
	w.setup = setup{PlatformURL: group.URLs[0], StoreURL: storeURL, Broken: broken}
	store, closeStore, err := openStore(ctx, storeURL)
	if err != nil {
		w.end()
		return nil, err
	}
	w.store = store
	w.close = append(w.close, closeStore)
	breeding, cancel := context.WithCancel(ctx)
	w.close = append(w.close, cancel)
	if w.nursery, err = newNursery(breeding, w.reports); err != nil {
		w.end()
		return nil, err
	}
	return w, nil
}

func (w *world) end() {
	for _, p := range w.processes {
		if p != nil {
			p.stop()
		}
	}
	for _, f := range w.close {
		f()
	}
}

// begin makes the world as it is before a run. Everything in it follows from random.
func (w *world) begin(random *rand.Rand, scope string) {
	w.clock.Set(start)
	c := oneOf(random, w.clouds...)
	w.sim, w.setup.SimURL = c.sim, c.url
	w.sim.Reseed(random.Uint64())
	w.sim.ClearFaults()
	w.platform.forget()
	w.setup.Scope = scope
	for _, p := range w.processes {
		if p != nil {
			p.ready = false
		}
	}
}

// process returns a worker that serves this run, another one where the last has
// died.
func (w *world) process(ctx context.Context, slot int) (*process, error) {
	p := w.processes[slot]
	if p == nil || p.dead {
		var err error
		if p, err = w.nursery.worker(ctx); err != nil {
			return nil, err
		}
		w.processes[slot] = p
	}
	if p.ready {
		return p, nil
	}
	s := w.setup
	s.Now = w.clock.Now()
	if err := p.prepare(ctx, s); err != nil {
		return nil, err
	}
	// A first good signature, so that no call has to wait for another's answer.
	for _, path := range []string{"/payorder/orders/none?customer_id=none", "/couponissue/quotas"} {
		if err := w.platform.look(ctx, p, path); err != nil {
			return nil, fmt.Errorf("warm a worker up: %w", err)
		}
	}
	return p, nil
}

// rows is the store as the present run sees it.
func (w *world) rows() scoped { return scoped{w.store, w.setup.Scope} }
