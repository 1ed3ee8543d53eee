package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// The property: whatever fails and wherever a process dies, the effect of a key
// is never made twice and never lost, and what is recorded of it is announced. A
// plan is a random life of one key; play lives it in a world that shows its effects
// only some time later, and then lets honest callers finish it.

const (
	theKey = "k"
	shown  = 5 * time.Minute // until the world shows an effect
	settle = shown + time.Second
)

// step is one process's visit.
type step struct {
	Wait    time.Duration // before it comes
	Errand  errand        // what it comes for
	FailAt  int           // the point (of a write, of the effect, of an announcement) that fails; 0 for none
	Dies    bool          // the process dies there, rather than getting an error
	Refused bool          // the world declines
	Blind   bool          // asking gives no answer
	Slow    time.Duration // before the effect
	During  []step        // others' visits between the effect and its answer
}

type errand string

const (
	toDo      errand = "do"
	toAsk     errand = "reconcile"
	toSettle  errand = "reconcile what is due"
	toResolve errand = "decide, as a person who can see the world"
)

func steps(depth int) *rapid.Generator[[]step] {
	waits := rapid.SampledFrom([]time.Duration{0, time.Second, lease / 2, lease, settle, lease + settle})
	one := rapid.Custom(func(t *rapid.T) step {
		s := step{
			Wait:    waits.Draw(t, "wait"),
			Errand:  rapid.SampledFrom([]errand{toDo, toDo, toAsk, toSettle, toResolve}).Draw(t, "errand"),
			FailAt:  rapid.IntRange(0, 10).Draw(t, "fail at"),
			Dies:    rapid.Bool().Draw(t, "dies"),
			Refused: rapid.IntRange(0, 3).Draw(t, "refused") == 0,
			Blind:   rapid.IntRange(0, 3).Draw(t, "blind") == 0,
			Slow:    waits.Draw(t, "slow"),
		}
		if depth > 0 {
			s.During = steps(depth-1).Draw(t, "during")
		}
		return s
	})
	return rapid.SliceOfN(one, 1, 5)
}

type made struct {
	id string
	at time.Time
}

// world is the outside, where effects stay.
type world struct {
	clock *clock.Simulated
	store *memory.Store
	made  []made
	order order
	hearing
}

// order is a way to make an effect once: the ledger's, or a broken one.
type order func(ctx context.Context, store ledger.Store, l *ledger.Ledger, e ledger.Effect[string]) (string, error)

func ledgerOrder(ctx context.Context, _ ledger.Store, l *ledger.Ledger, e ledger.Effect[string]) (string, error) {
	return ledger.Do(ctx, l, theKey, amount, e)
}

type death struct{}

// visit plays one step, and returns what its process returned, or an error when
// it died.
func (w *world) visit(ctx context.Context, s step) (id string, err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(death); !ok {
				panic(r)
			}
			err = errors.New("the process died")
		}
	}()
	w.clock.Advance(s.Wait)
	points := 0
	point := func(string) error {
		points++
		switch {
		case points != s.FailAt:
			return nil
		case s.Dies:
			panic(death{})
		default:
			return errFault
		}
	}
	store := faulty{watched{w.store, w.recorded}, point}
	l := ledger.New(store, ledger.Options{Now: w.clock.Now, Lease: lease, Announce: w.announcer(point)})
	e := ledger.Effect[string]{Apply: w.apply(s, point), Find: w.find(s), Settle: settle}
	switch s.Errand {
	case toAsk:
		return ledger.Reconcile(ctx, l, theKey, e)
	case toSettle:
		_, err := l.ReconcileDue(ctx, 10, func(ctx context.Context, en ledger.Entry) error {
			_, err := ledger.Reconcile(ctx, l, en.Key, e)
			return err
		})
		return "", errors.Join(errNoAnswer, err)
	case toResolve:
		_, err := l.Resolve(ctx, theKey, w.resolution())
		return "", errors.Join(errNoAnswer, err)
	case toDo:
	}
	return w.order(ctx, store, l, e)
}

var errNoAnswer = errors.New("nothing is said about the effect")

// resolution is what a person decides who sees what the world does not show yet.
func (w *world) resolution() ledger.Resolution {
	if len(w.made) == 0 {
		return ledger.Resolution{State: ledger.StateFailed, By: "a person", Reason: "not there"}
	}
	return ledger.Resolution{State: ledger.StateDone, By: "a person", Reason: "there", Result: []byte(strconv.Quote(w.made[0].id))}
}

func (w *world) apply(s step, point func(string) error) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		began := w.clock.Now()
		w.clock.Advance(s.Slow)
		if w.clock.Now().Sub(began) >= lease*3/4 {
			return "", context.DeadlineExceeded // as the context's own clock would have it
		}
		if err := point("before the effect"); err != nil {
			return "", err
		}
		if s.Refused {
			return "", ledger.Refused(errors.New("insufficient balance"))
		}
		id := fmt.Sprintf("AD%d", len(w.made)+1)
		w.made = append(w.made, made{id, w.clock.Now()})
		for _, other := range s.During {
			_, _ = w.visit(ctx, other)
		}
		return id, point("after the effect")
	}
}

func (w *world) find(s step) func(context.Context, time.Time) (string, ledger.Finding, error) {
	return func(_ context.Context, since time.Time) (string, ledger.Finding, error) {
		if s.Blind {
			return "", ledger.Unclear, nil
		}
		for _, m := range w.made {
			if !m.at.Before(since) && !w.clock.Now().Before(m.at.Add(shown)) {
				return m.id, ledger.Found, nil
			}
		}
		return "", ledger.Absent, nil
	}
}

// check compares one visit's answer with the world.
func (w *world) check(id string, err error) error {
	switch {
	case len(w.made) > 1:
		return fmt.Errorf("made %d times", len(w.made))
	case err == nil && (len(w.made) == 0 || w.made[0].id != id):
		return fmt.Errorf("said to be done as %q, but the world has %v", id, w.made)
	case errors.Is(err, ledger.ErrAbsent) && len(w.made) > 0:
		return fmt.Errorf("said to be absent, but the world has %v", w.made)
	}
	return nil
}

// live lives the plan and then lets honest callers finish. It returns how the
// world looks then, and how the property was broken.
func live(ctx context.Context, plan []step, order order) (*world, error) {
	w := &world{clock: clock.NewFrozen(start), store: memory.New(), order: order}
	for i, s := range plan {
		if err := w.check(w.visit(ctx, s)); err != nil {
			return w, fmt.Errorf("visit %d: %w", i, err)
		}
	}
	for range 3 {
		id, err := w.visit(ctx, step{Wait: lease + settle, Errand: toDo})
		if broken := w.check(id, err); broken != nil {
			return w, fmt.Errorf("in the end: %w", broken)
		}
		if err == nil {
			return w, nil
		}
	}
	return w, errors.New("never done")
}

func TestNeverTwiceNeverLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		for _, plan := range rapid.SliceOfN(steps(2), 20, 20).Draw(rt, "plans") {
			w, err := live(t.Context(), plan, ledgerOrder)
			require.NoError(rt, err)
			_, _ = w.visit(t.Context(), step{Wait: lease, Errand: toSettle})
			require.NoError(rt, w.unheard())
			require.NoError(rt, w.misheard)
		}
	})
}

// The reconciler is what announces the outcome of a process that died.
func TestWithoutTheReconcilerAnAnnouncementIsLost(t *testing.T) {
	t.Parallel()
	plans := rapid.SliceOfN(steps(0), 500, 500).Example(1)
	assert.True(t, slices.ContainsFunc(plans, func(plan []step) bool {
		w, err := live(t.Context(), plan, ledgerOrder)
		require.NoError(t, err)
		return w.unheard() != nil
	}))
}

// Each broken order makes one mistake that the ledger avoids. That the property
// catches them all shows that it can fail.
func TestBrokenOrdersAreCaught(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]order{
		"record after the effect": recordAfter,
		"never ask":               neverAsk,
		"believe absence at once": believeAtOnce,
		"take errors for refusal": errorsAreRefusals,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plans := rapid.SliceOfN(steps(2), 500, 500).Example(1)
			assert.True(t, slices.ContainsFunc(plans, func(plan []step) bool {
				_, err := live(t.Context(), plan, broken)
				return err != nil
			}))
		})
	}
}

func recordAfter(ctx context.Context, store ledger.Store, _ *ledger.Ledger, e ledger.Effect[string]) (string, error) {
	row, err := store.Get(ctx, "effect", theKey)
	if err == nil {
		return strings.Trim(string(row.Body), `"`), nil
	}
	id, err := e.Apply(ctx)
	if err != nil {
		return "", err
	}
	return id, store.Insert(ctx, ledger.Row{Kind: "effect", Key: theKey, State: "done", Body: []byte(`"` + id + `"`)})
}

func neverAsk(ctx context.Context, store ledger.Store, l *ledger.Ledger, e ledger.Effect[string]) (string, error) {
	e.Find = func(context.Context, time.Time) (string, ledger.Finding, error) { return "", ledger.Absent, nil }
	return ledgerOrder(ctx, store, l, e)
}

func believeAtOnce(ctx context.Context, store ledger.Store, l *ledger.Ledger, e ledger.Effect[string]) (string, error) {
	e.Settle = 0
	return ledgerOrder(ctx, store, l, e)
}

func errorsAreRefusals(ctx context.Context, store ledger.Store, l *ledger.Ledger, e ledger.Effect[string]) (string, error) {
	apply := e.Apply
	e.Apply = func(ctx context.Context) (string, error) {
		id, err := apply(ctx)
		if err != nil {
			err = ledger.Refused(err)
		}
		return id, err
	}
	return ledgerOrder(ctx, store, l, e)
}
