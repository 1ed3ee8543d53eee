package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
	"github.com/bssfn/bssfn/pkg/outbox"
)

// The property: whatever fails and wherever a process dies, every event arrives,
// those of a subject in the order in which they were appended, and none arrives
// again once a process that lived on has been told that it was taken. A plan is a
// random life of an outbox; play lives it, and then lets honest processes finish.

const lease = time.Minute

// step is one process's visit.
type step struct {
	Wait    time.Duration // before it comes
	Do      string        // append, again, resend or deliver
	Subject int
	Event   int       // which of the events so far, for again and resend
	FailAt  int       // the point (of a write, of a sending) that fails; 0 for none
	Dies    bool      // the process dies there, rather than getting an error
	Answers []outcome // of the receiver, in turn
	During  []step    // others' visits in the middle of this one:
	At      int       // at that write's point; 0 for between an arrival and its answer
}

// outcome is what the receiver does with one sending.
type outcome struct {
	Refuses bool          // it does not take the event
	Silent  bool          // it takes it, and its answer is lost
	Slow    time.Duration // before it answers
}

func steps(depth int) *rapid.Generator[[]step] {
	one := rapid.Custom(func(t *rapid.T) step {
		s := step{
			Wait:    rapid.SampledFrom([]time.Duration{0, 0, time.Second, lease, 10 * time.Minute}).Draw(t, "wait"),
			Do:      rapid.SampledFrom([]string{"append", "append", "again", "resend", "deliver", "deliver"}).Draw(t, "do"),
			Subject: rapid.IntRange(0, 1).Draw(t, "subject"),
			Event:   rapid.IntRange(0, 9).Draw(t, "event"),
			FailAt:  max(0, rapid.IntRange(-6, 12).Draw(t, "fail at")),
			Dies:    rapid.Bool().Draw(t, "dies"),
			Answers: rapid.SliceOfN(outcomes(), 1, 3).Draw(t, "answers"),
		}
		if depth > 0 {
			s.During = steps(depth-1).Draw(t, "during")
			s.At = max(0, rapid.IntRange(-8, 8).Draw(t, "at"))
		}
		return s
	})
	return rapid.SliceOfN(one, 1, 6)
}

func outcomes() *rapid.Generator[outcome] {
	return rapid.Custom(func(t *rapid.T) outcome {
		return outcome{
			Refuses: rapid.IntRange(0, 3).Draw(t, "refuses") == 0,
			Silent:  rapid.IntRange(0, 3).Draw(t, "silent") == 0,
			Slow:    rapid.SampledFrom([]time.Duration{0, 0, 0, 10 * time.Second, lease}).Draw(t, "slow"),
		}
	})
}

// fate is what an event has been through. Instants are counted by events of the
// world, not by its clock, which stands still.
type fate struct {
	event    outbox.Event
	began    int  // when it was first to be appended
	appended int  // when that first succeeded; 0 for not yet
	arrived  int  // when it first arrived; 0 for not yet
	last     int  // when it last arrived
	asking   int  // how many ask for it again right now
	resent   int  // when the last of them had asked
	settled  bool // a process that lived on knows that it was taken
	owed     bool // it is to arrive again
}

type world struct {
	clock  *clock.Simulated
	store  *memory.Store
	build  builder
	fates  []*fate
	busy   map[string]time.Time // the subjects that are being sent, since when
	tick   int
	leases int
	broken error // how the property was broken
}

// post is an outbox: the real one, or a broken one.
type post interface {
	Append(ctx context.Context, e outbox.Event) error
	Resend(ctx context.Context, id string) (outbox.Kept, error)
	Deliver(ctx context.Context) (outbox.Delivery, error)
}

type builder func(w *world, store ledger.Store, sender outbox.Sender) post

func realPost(w *world, store ledger.Store, sender outbox.Sender) post {
	return outbox.New(store, sender, outbox.Options{
		Space: "model", Now: w.clock.Now, Random: func() float64 { return 0.5 },
		NewID: func() string {
			w.leases++
			return fmt.Sprint(w.leases)
		},
		Logger: slog.New(slog.DiscardHandler),
		AtOnce: time.Hour,
	})
}

type death struct{}

// visit plays one step.
func (w *world) visit(ctx context.Context, s step) {
	w.clock.Advance(s.Wait)
	v := &visit{world: w, step: s, began: w.clock.Now(), taken: map[*fate]int{}}
	err := v.play(ctx)
	if v.faults == 0 && err == nil && w.clock.Now().Sub(v.began) < lease {
		for f, at := range v.taken {
			f.settled = f.resent < at
		}
	}
}

func (w *world) breaks(format string, args ...any) {
	if w.broken == nil {
		w.broken = fmt.Errorf(format, args...)
	}
}

func (w *world) now() int {
	w.tick++
	return w.tick
}

// visit is a process at work.
type visit struct {
	world  *world
	step   step
	began  time.Time
	points int
	faults int
	sent   int
	taken  map[*fate]int // what the receiver said it took, and when
}

func (v *visit) play(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(death); !ok {
				panic(r)
			}
			err = errors.New("the process died")
		}
	}()
	w := v.world
	writes := 0
	p := w.build(w, faulty{w.store, func(string) error {
		if writes++; writes == v.step.At {
			v.others(ctx)
		}
		return v.point()
	}}, v)
	switch {
	case v.step.Do == "append":
		f := &fate{began: w.now(), event: event(fmt.Sprint("subject ", v.step.Subject), fmt.Sprint("e", len(w.fates)))}
		w.fates = append(w.fates, f)
		return w.append(ctx, p, f)
	case v.step.Do == "again" && len(w.fates) > 0:
		return w.append(ctx, p, w.fates[v.step.Event%len(w.fates)])
	case v.step.Do == "resend" && len(w.fates) > 0:
		f := w.fates[v.step.Event%len(w.fates)]
		return w.resend(ctx, p, f)
	}
	_, err = p.Deliver(ctx)
	return err
}

func (w *world) append(ctx context.Context, p post, f *fate) error {
	err := p.Append(ctx, f.event)
	if err == nil && f.appended == 0 {
		f.appended = w.now()
	}
	return err
}

// resend asks for an event again, which is owed when it had been delivered. From
// the beginning to the end of that nobody can tell what it is good for.
func (w *world) resend(ctx context.Context, p post, f *fate) error {
	row, _ := w.store.Get(ctx, "event/model", f.event.ID)
	began := w.now()
	f.asking++
	defer func() {
		f.asking--
		f.settled, f.resent = false, w.now()
	}()
	_, err := p.Resend(ctx, f.event.ID)
	f.owed = f.owed || err == nil && row.State == "delivered" && f.last < began
	return err
}

func (v *visit) others(ctx context.Context) {
	for _, other := range v.step.During {
		v.world.visit(ctx, other)
	}
}

func (v *visit) point() error {
	v.points++
	switch {
	case v.points != v.step.FailAt:
		return nil
	case v.step.Dies:
		v.faults++
		panic(death{})
	default:
		v.faults++
		return errDown
	}
}

// Send is the receiver, as this process sees it.
func (v *visit) Send(ctx context.Context, m outbox.Message) error {
	w := v.world
	if err := v.point(); err != nil {
		return err
	}
	answer := v.step.Answers[v.sent%len(v.step.Answers)]
	v.sent++
	i := slices.IndexFunc(w.fates, func(f *fate) bool { return f.event.ID == m.ID })
	f := w.fates[i]
	subject := f.event.Subject
	if since, ok := w.busy[subject]; ok && w.clock.Now().Sub(since) < lease {
		w.breaks("%s is sent while another of its subject is", m.ID)
	}
	outer, nested := w.busy[subject]
	w.busy[subject] = w.clock.Now()
	defer func() {
		delete(w.busy, subject)
		if nested {
			w.busy[subject] = outer
		}
	}()
	if answer.Refuses {
		w.clock.Advance(answer.Slow)
		return &outbox.NotTaken{Status: 422}
	}
	w.arrive(f)
	if v.sent == 1 && v.step.At == 0 {
		v.others(ctx)
	}
	w.clock.Advance(answer.Slow)
	if answer.Silent {
		return errDown
	}
	if err := v.point(); err != nil {
		return err
	}
	v.taken[f] = w.now()
	return nil
}

func (w *world) arrive(f *fate) {
	if f.settled && f.asking == 0 {
		w.breaks("%s arrived again", f.event.ID)
	}
	f.owed, f.last = false, w.now()
	if f.arrived != 0 {
		return
	}
	f.arrived = f.last
	for _, other := range w.fates {
		before := other.appended != 0 && other.appended < f.began
		if before && other.event.Subject == f.event.Subject && other.arrived == 0 {
			w.breaks("%s arrived before %s", f.event.ID, other.event.ID)
		}
	}
}

// play lives the plan and then lets honest processes finish. It returns how the
// property was broken.
func play(ctx context.Context, plan []step, build builder) error {
	w := &world{clock: clock.NewFrozen(start), store: memory.New(), build: build, busy: map[string]time.Time{}}
	for _, s := range plan {
		w.visit(ctx, s)
	}
	honest := []outcome{{}}
	for i, f := range w.fates {
		if f.appended == 0 {
			w.visit(ctx, step{Do: "again", Event: i, Answers: honest})
		}
	}
	for range 3 {
		w.visit(ctx, step{Wait: 2 * time.Hour, Do: "deliver", Answers: honest})
	}
	for _, f := range w.fates {
		switch {
		case f.arrived == 0:
			w.breaks("%s never arrived", f.event.ID)
		case f.owed:
			w.breaks("%s was not sent again", f.event.ID)
		}
	}
	return w.broken
}

func TestNoneIsLostAndOrderHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		plan := steps(2).Draw(rt, "plan")
		require.NoError(rt, play(t.Context(), plan, realPost))
	})
}

// Each broken post makes one mistake that the outbox avoids. That the property
// catches them all shows that it can fail.
func TestBrokenPostsAreCaught(t *testing.T) {
	t.Parallel()
	for mistake, want := range map[string]string{
		"removes before it sends": "never arrived",
		"no lease":                "while another of its subject is",
		"passes over failures":    "arrived before",
		"forgets what was sent":   "arrived again",
		"keeps nothing":           "never arrived",
	} {
		t.Run(mistake, func(t *testing.T) {
			t.Parallel()
			build := func(_ *world, store ledger.Store, sender outbox.Sender) post {
				return &brokenPost{store, sender, mistake}
			}
			plans := rapid.SliceOfN(steps(2), 500, 500).Example(1)
			assert.True(t, slices.ContainsFunc(plans, func(plan []step) bool {
				err := play(t.Context(), plan, build)
				return err != nil && strings.Contains(err.Error(), want)
			}))
		})
	}
}
