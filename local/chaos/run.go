package chaos

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"time"
)

// lease is the ledger's, which the functions leave as it is.
const lease = 2 * time.Minute

// requestID is the part of an answer that is another one each time.
var requestID = regexp.MustCompile(`,"request_id":"[A-Z0-9]{26}"`)

// run plays one plan. Exactly one delivery moves at a time, so that everything
// follows from the seed: which deliveries are under way together, who is next, and
// what happens to it.
type run struct {
	*world
	plan    plan
	random  *rand.Rand
	count   *Counts
	history history

	flights  map[int]*flight // under way, by number
	launched int
	jumped   time.Duration
	calm     bool     // nothing bad happens any more
	left     []string // what the schedules could not bring to an end
}

// flight is a delivery under way.
type flight struct {
	number int
	what   *intention
	slot   int
	worker *process
	begun  time.Time
	late   bool // it was held up longer than a lease lasts
	stands []*waiting
}

// waiting is where a delivery stands.
type waiting struct {
	stand
	flight *flight
	wakes  time.Time // not before then
}

func (f *flight) String() string {
	return fmt.Sprintf("delivery %d at worker %d", f.number, f.slot+1)
}

// storm delivers everything while everything goes wrong.
func (r *run) storm(ctx context.Context) error {
	pending := r.plan.deliveries
	for len(pending) > 0 || len(r.flights) > 0 {
		launch := len(pending) > 0 && len(r.flights) < r.plan.weather.together
		if launch && (len(r.flights) == 0 || r.happens(300)) {
			if err := r.launch(ctx, pending[0], oneOf(r.random, r.free()...)); err != nil {
				return err
			}
			pending = pending[1:]
			continue
		}
		if err := r.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// free lists the workers that have nothing to do.
func (r *run) free() []int {
	var slots []int
	for slot := range workers {
		busy := false
		for _, f := range r.flights {
			busy = busy || f.slot == slot
		}
		if !busy {
			slots = append(slots, slot)
		}
	}
	return slots
}

// happens draws whether something does. While it is calm, nothing does and nothing
// is drawn.
func (r *run) happens(c chance) bool {
	return !r.calm && c > 0 && chance(r.random.IntN(1000)) < c
}

// launch sends a delivery to a worker and waits until it stops there.
func (r *run) launch(ctx context.Context, in *intention, slot int) error {
	worker, err := r.process(ctx, slot)
	if err != nil {
		return err
	}
	r.launched++
	r.count.Deliveries++
	f := &flight{number: r.launched, what: in, slot: slot, worker: worker}
	r.flights[f.number] = f
	r.history.add(r.clock.Now(), "%s: %s", f, in.name)
	go func() {
		a := r.platform.post(ctx, worker, f.number, in.path, in.body)
		select {
		case r.ended <- ending{f.number, a}:
		case <-ctx.Done():
		}
	}()
	return r.await(ctx, f)
}

// step lets one of the waiting deliveries go on to its next stop.
func (r *run) step(ctx context.Context) error {
	if r.jumped < maxJumps && r.happens(r.plan.weather.jump) {
		d := oneOf(r.random, jumps...)
		r.jumped += d
		r.count.Jumps++
		r.clock.Advance(d)
		r.history.add(r.clock.Now(), "%s pass", d)
	}
	at, err := r.next()
	if err != nil {
		return err
	}
	f := at.flight
	if at.wakes.After(r.clock.Now()) {
		r.clock.Set(at.wakes)
	}
	if !f.late && r.clock.Now().Sub(f.begun) > lease {
		f.late = true
		r.count.Overdue++
	}
	v := r.judgeAt(at.Point)
	late := !r.calm && r.random.IntN(2) == 0
	r.history.add(r.clock.Now(), "%s: %s%s", f, at.Point, explain(v, at.Point))
	if err := f.worker.release(release{Delivery: f.number, Ticket: at.Ticket, Verdict: v, Now: r.clock.Now(), Late: late}); err != nil {
		return err
	}
	if v != die {
		return r.await(ctx, f)
	}
	if err := r.bury(ctx, f); err != nil || !r.happens(200) {
		return err
	}
	return r.powerCut(ctx)
}

// next draws who goes on, and from where.
func (r *run) next() (*waiting, error) {
	var all []*waiting
	for _, number := range slices.Sorted(maps.Keys(r.flights)) {
		all = append(all, r.flights[number].stands...)
	}
	if len(all) == 0 {
		return nil, errors.New("deliveries are under way, and none of them stands anywhere")
	}
	at := all[r.random.IntN(len(all))]
	at.flight.stands = slices.DeleteFunc(at.flight.stands, func(w *waiting) bool { return w == at })
	return at, nil
}

// powerCut kills all workers at once.
func (r *run) powerCut(ctx context.Context) error {
	r.history.add(r.clock.Now(), "all processes are killed")
	for _, number := range slices.Sorted(maps.Keys(r.flights)) {
		f := r.flights[number]
		f.worker.stop()
		if err := r.bury(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// await waits until the delivery that moves has stopped, or ended.
func (r *run) await(ctx context.Context, f *flight) error {
	select {
	case a := <-r.reports:
		if a.Delivery != f.number {
			return fmt.Errorf("delivery %d moved while delivery %d had its turn: %v", a.Delivery, f.number, a.Stands)
		}
		r.stopped(f, a)
	case e := <-r.ended:
		if e.delivery != f.number {
			return fmt.Errorf("delivery %d ended while delivery %d had its turn: HTTP %d", e.delivery, f.number, e.answer.status)
		}
		return r.landed(f, e.answer)
	case <-ctx.Done():
		return fmt.Errorf("%s did not come back: %w", f, ctx.Err())
	}
	return nil
}

// stopped takes in where a delivery stands. Its goroutines came there in an order
// that nothing decides.
func (r *run) stopped(f *flight, told report) {
	r.sim.ClearFaults()
	if f.begun.IsZero() {
		f.begun = r.clock.Now()
	} else if told.Now.After(r.clock.Now()) {
		r.clock.Set(told.Now)
	}
	for _, s := range told.Stands {
		f.stands = append(f.stands, &waiting{stand: s, flight: f, wakes: r.clock.Now().Add(s.Sleep)})
	}
	slices.SortStableFunc(f.stands, func(a, b *waiting) int { return cmp.Compare(a.Point.String(), b.Point.String()) })
}

func (r *run) landed(f *flight, a answer) error {
	delete(r.flights, f.number)
	if a.err != nil {
		return fmt.Errorf("%s has no answer, though its worker lives: %w", f, a.err)
	}
	r.sim.ClearFaults()
	r.history.add(r.clock.Now(), "%s: answered %d %.300s", f, a.status, requestID.ReplaceAll(bytes.TrimSpace(a.body), nil))
	return f.what.hear(a)
}

// bury waits for the end of a delivery whose worker was killed.
func (r *run) bury(ctx context.Context, f *flight) error {
	r.count.Kills++
	delete(r.flights, f.number)
	select {
	case e := <-r.ended:
		if e.answer.err == nil {
			return fmt.Errorf("delivery %d was answered by a worker that was killed", e.delivery)
		}
	case <-ctx.Done():
		return errors.Join(errors.New("a worker that was killed lives on"), ctx.Err())
	}
	f.worker.stop()
	return nil
}
