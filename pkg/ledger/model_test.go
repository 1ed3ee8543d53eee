package ledger_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// The model of ARCHITECTURE.md, checked exhaustively against the ledger itself: two
// workers call it with one key, one move at a time. A move is an operation of the
// store, an announcement, asking, or the effect; between any two of them the other
// worker may move, a worker may die, or time may pass, and the API may answer, refuse
// or lose the request or its answer. A state that was seen before is not searched
// again.

// model says what is searched.
type model struct {
	calls    order
	errands  [2]errand // what the workers come for
	announce bool
	deaths   int // at most
	jumps    int // of time, at most
}

// jumps are how time may pass: a lease ends, or an effect comes to light.
var jumps = []time.Duration{lease, settle}

// What the API may do with the request of an effect.
var answers = []string{"answers", "loses the answer", "loses the request", "refuses"}

// action is one step: a worker moves or dies, or time passes.
type action struct {
	worker int
	told   string
	jump   time.Duration
}

const (
	toGoOn = "go on"
	toDie  = "die"
)

// search looks at every state that can be reached, and returns how many there are and
// how the property is broken, with the steps that lead there.
func search(ctx context.Context, m model) (states int, broken error) {
	seen := map[[sha256.Size]byte]bool{}
	open := [][]int{nil}
	for len(open) > 0 {
		path := open[len(open)-1]
		open = open[:len(open)-1]
		r := newPlay(ctx, m)
		branches, err := r.play(path, seen)
		r.end()
		if err != nil {
			return len(seen), fmt.Errorf("%w, after: %s", err, strings.Join(r.steps, "; "))
		}
		open = append(open, branches...)
	}
	return len(seen), nil
}

// play is one course of events.
type play struct {
	*world
	model
	ctx     context.Context
	workers [2]*worker
	steps   []string
	wrong   error // of an answer that a worker was given
}

type worker struct {
	at     string        // where it waits; empty when it has ended
	parked chan struct{} // it has come to its next point
	resume chan string   // what it is told to do there
	began  time.Time     // its time to act, by which a context ends
	trace  []string      // what it has seen: all that its next moves depend on
}

func newPlay(ctx context.Context, m model) *play {
	p := &play{ctx: ctx, model: m, world: &world{clock: clock.NewFrozen(start), store: memory.New(), order: m.calls}}
	for i, what := range m.errands {
		w := &worker{parked: make(chan struct{}), resume: make(chan string)}
		p.workers[i] = w
		go p.work(w, what)
		<-w.parked
	}
	return p
}

// work is the life of a worker.
func (p *play) work(w *worker, what errand) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(death); !ok {
				panic(r)
			}
		}
		w.at = ""
		w.parked <- struct{}{}
	}()
	id, err := p.call(what, stepping{p.store, w, p}, w)
	p.wrong = errors.Join(p.wrong, p.check(id, err))
}

func (p *play) call(what errand, store ledger.Store, w *worker) (string, error) {
	w.began = p.clock.Now()
	opts := ledger.Options{Now: p.clock.Now, Lease: lease}
	if p.announce {
		opts.Announce = p.announcer(func(when string) error {
			if strings.HasPrefix(when, "before") {
				w.reach("announce", p.clock)
			}
			return nil
		})
	}
	l := ledger.New(store, opts)
	e := ledger.Effect[string]{Apply: p.effect(w), Find: p.asking(w), Settle: settle}
	switch what {
	case toAsk:
		return ledger.Reconcile(p.ctx, l, theKey, e)
	case toSettle:
		_, err := l.ReconcileDue(p.ctx, 1, func(ctx context.Context, en ledger.Entry) error {
			_, err := ledger.Reconcile(ctx, l, en.Key, e)
			return err
		})
		return "", errors.Join(errNoAnswer, err)
	case toDo, toResolve:
	}
	return p.order(p.ctx, store, l, e)
}

// reach is where a worker waits for its turn.
func (w *worker) reach(point string, now *clock.Simulated) (told string) {
	w.at = point
	w.parked <- struct{}{}
	told = <-w.resume
	if told == toDie {
		panic(death{})
	}
	w.trace = append(w.trace, point, told, now.Now().Format(time.TimeOnly))
	return told
}

func (p *play) effect(w *worker) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		told := w.reach("effect", p.clock)
		if p.clock.Now().Sub(w.began) >= lease*3/4 {
			return "", context.DeadlineExceeded // as the context's own clock would have it
		}
		id := fmt.Sprintf("AD%d", len(p.made)+1)
		switch told {
		case "refuses":
			return "", ledger.Refused(errors.New("insufficient balance"))
		case "loses the request":
			return "", errFault
		}
		p.made = append(p.made, made{id, p.clock.Now()})
		if told == "loses the answer" {
			return "", errFault
		}
		return id, nil
	}
}

func (p *play) asking(w *worker) func(context.Context, time.Time) (string, ledger.Finding, error) {
	return func(ctx context.Context, since time.Time) (string, ledger.Finding, error) {
		w.reach("ask", p.clock)
		id, finding, err := p.find(step{})(ctx, since)
		w.trace = append(w.trace, id, fmt.Sprint(finding))
		return id, finding, err
	}
}

// stepping is a store whose operations are moves.
type stepping struct {
	store *memory.Store
	w     *worker
	p     *play
}

func (s stepping) Insert(ctx context.Context, row ledger.Row) error {
	s.w.reach("insert", s.p.clock)
	return s.saw(s.store.Insert(ctx, row))
}

func (s stepping) Get(ctx context.Context, kind, key string) (ledger.Row, error) {
	s.w.reach("get", s.p.clock)
	row, err := s.store.Get(ctx, kind, key)
	s.w.trace = append(s.w.trace, fmt.Sprint(row.Version))
	return row, s.saw(err)
}

func (s stepping) Update(ctx context.Context, row ledger.Row) error {
	s.w.reach("update", s.p.clock)
	return s.saw(watched{s.store, s.p.recorded}.Update(ctx, row))
}

func (s stepping) Due(ctx context.Context, kind string, from, until time.Time, limit int) ([]ledger.Row, error) {
	s.w.reach("list", s.p.clock)
	rows, err := s.store.Due(ctx, kind, from, until, limit)
	s.w.trace = append(s.w.trace, fmt.Sprint(len(rows)))
	return rows, s.saw(err)
}

func (s stepping) DeleteExpired(context.Context, time.Time, int) (int, error) {
	return 0, errors.ErrUnsupported
}

func (s stepping) saw(err error) error {
	s.w.trace = append(s.w.trace, fmt.Sprint(err))
	return err
}

// play takes the steps of a path and goes on with the first choice each time. It
// returns the paths that branch off into what was not seen before.
func (p *play) play(path []int, seen map[[sha256.Size]byte]bool) (branches [][]int, err error) {
	for taken := 0; ; taken++ {
		if err := p.sound(); err != nil {
			return nil, err
		}
		choices := p.choices()
		if taken >= len(path) {
			state := p.state()
			if seen[state] {
				return branches, nil
			}
			seen[state] = true
			for other := 1; other < len(choices); other++ {
				branches = append(branches, append(slices.Clone(path), other))
			}
			path = append(slices.Clone(path), 0)
		}
		if len(choices) == 0 {
			return branches, p.later()
		}
		p.take(choices[path[taken]])
	}
}

// choices are what may happen next; none when both workers have ended.
func (p *play) choices() []action {
	var all []action
	for i, w := range p.workers {
		switch w.at {
		case "":
			continue
		case "effect":
			for _, answer := range answers {
				all = append(all, action{worker: i, told: answer})
			}
		default:
			all = append(all, action{worker: i, told: toGoOn})
		}
		if p.deaths > 0 {
			all = append(all, action{worker: i, told: toDie})
		}
	}
	if len(all) > 0 && p.jumps > 0 {
		for _, jump := range jumps {
			all = append(all, action{jump: jump})
		}
	}
	return all
}

func (p *play) take(a action) {
	if a.jump > 0 {
		p.jumps--
		p.clock.Advance(a.jump)
		p.steps = append(p.steps, a.jump.String()+" pass")
		return
	}
	w := p.workers[a.worker]
	p.steps = append(p.steps, fmt.Sprintf("worker %d at %s: %s", a.worker+1, w.at, a.told))
	if a.told == toDie {
		p.deaths--
	}
	w.resume <- a.told
	<-w.parked
}

// state is everything that the next steps depend on. Workers who come for the same
// are alike.
func (p *play) state() [sha256.Size]byte {
	row, _ := p.store.Get(p.ctx, "effect", theKey)
	var seen []string
	for i, w := range p.workers {
		seen = append(seen, strings.Join(append(w.trace, string(p.errands[i]), w.at), "|"))
	}
	slices.Sort(seen)
	state := fmt.Appendf(nil, "%d %d %d %s %v %d %d %s", row.Version, row.DueAt.UnixMicro(), p.clock.Now().UnixMicro(),
		row.Body, p.made, p.deaths, p.jumps, strings.Join(seen, "||"))
	if p.announce {
		heard := slices.Sorted(maps.Keys(p.announced))
		state = fmt.Append(state, heard, p.last) // a map is printed by its sorted keys
	}
	return sha256.Sum256(append(state, row.State...))
}

// sound holds what is recorded and what was answered against the world.
func (p *play) sound() error {
	row, err := p.store.Get(p.ctx, "effect", theKey)
	state := ledger.State(row.State)
	switch {
	case p.wrong != nil:
		return p.wrong
	case p.misheard != nil:
		return p.misheard
	case len(p.made) > 1:
		return fmt.Errorf("made %d times", len(p.made))
	case err != nil && len(p.made) > 0 && p.workers[0].at+p.workers[1].at == "":
		return errors.New("made, and nothing is recorded")
	case state == ledger.StateDone && len(p.made) == 0:
		return errors.New("recorded as done, and not made")
	case state == ledger.StateFailed && len(p.made) > 0:
		return errors.New("recorded as failed, and made")
	case err == nil && !slices.Contains([]ledger.State{ledger.StateRunning, ledger.StateDone, ledger.StateFailed, ledger.StateUnknown}, state):
		return fmt.Errorf("recorded as %q", state)
	}
	return nil
}

// later lets honest callers come who find out, or make the effect, and announces what
// was not.
func (p *play) later() error {
	for range 3 {
		id, err := p.visit(p.ctx, step{Wait: lease + settle, Errand: toDo})
		if broken := errors.Join(p.check(id, err), p.sound()); broken != nil {
			return fmt.Errorf("later: %w", broken)
		}
		if err != nil {
			continue
		}
		if p.announce {
			_, _ = p.visit(p.ctx, step{Wait: lease, Errand: toSettle})
			return p.unheard()
		}
		return nil
	}
	return errors.New("never done")
}

// end lets the workers that wait die.
func (p *play) end() {
	for _, w := range p.workers {
		if w.at != "" {
			w.resume <- toDie
			<-w.parked
		}
	}
}

// In no state is an effect made twice or lost, or said to be what it is not, and
// whoever comes later settles it.
func TestEveryStateOfTheModel(t *testing.T) {
	t.Parallel()
	for _, m := range []model{
		{errands: [2]errand{toDo, toDo}, deaths: 1, jumps: 2},
		{errands: [2]errand{toDo, toAsk}, deaths: 1, jumps: 2},
		{errands: [2]errand{toDo, toDo}, deaths: 1, jumps: 1, announce: true},
		{errands: [2]errand{toDo, toSettle}, deaths: 1, jumps: 1, announce: true},
	} {
		m.calls = ledgerOrder
		t.Run(fmt.Sprintf("%s beside %s, announced %t", m.errands[0], m.errands[1], m.announce), func(t *testing.T) {
			t.Parallel()
			states, err := search(t.Context(), m)
			require.NoError(t, err)
			t.Logf("%d states", states)
			assert.Greater(t, states, 500, "the search has not looked around")
		})
	}
}

// The search finds the mistake of each broken order.
func TestTheModelOfABrokenOrderIsRefuted(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]order{
		"record after the effect": recordAfter,
		"never ask":               neverAsk,
		"believe absence at once": believeAtOnce,
		"take errors for refusal": errorsAreRefusals,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			states, err := search(t.Context(), model{calls: broken, errands: [2]errand{toDo, toDo}, deaths: 1, jumps: 1})
			require.Error(t, err)
			t.Logf("%d states, then: %v", states, err)
		})
	}
}
