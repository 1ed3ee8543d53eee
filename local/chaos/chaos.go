// Package chaos proves that money moves once. It plays random journeys through the
// real functions, in processes of their own, before the simulated Huawei Cloud:
// payments, coupons, allocations and reclamations, each delivered several times and
// at once, while calls fail at every point, the store fails, leases end and
// processes are killed between any two writes. Afterwards it holds the simulator's
// journal against the ledger.
//
// Exactly one delivery moves at a time, and a seed decides which, so that the seed
// and the number of a run play it again.
package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/bssfn/bssfn/internal/clock"
)

// patience is how long a run may take by the machine's clock. One takes half a second
// on a machine of its own, and longer than a minute was seen on one that was busy.
const patience = 5 * time.Minute

// Options say what to play.
type Options struct {
	// Runs is how many runs to play, numbered from First.
	Runs, First int
	// Seed decides, with the number of a run, everything in it.
	Seed uint64
	// Store is where the ledger is: a file in Dir when empty; or postgres://…; or
	// dynamodb: and the address of a DynamoDB.
	Store string
	// Dir is the folder of SQLite files; a temporary one when empty.
	Dir string
	// Broken is the ledger's mistake, if it is to have one.
	Broken string
	// Parallel is how many worlds are played in at the same time; 1 when zero.
	Parallel int
}

// Failure is a run that proved something against the ledger.
type Failure struct {
	Seed     uint64
	Run      int
	Findings Findings
	history  history
}

// Error tells what went wrong, and everything that led there.
func (f *Failure) Error() string {
	text := fmt.Sprintf("run %d of seed %d:\n", f.Run, f.Seed)
	for _, finding := range f.Findings.all() {
		text += "  " + finding + "\n"
	}
	return text + "what happened:\n" + f.history.String()
}

// Run plays runs until one fails, which is a *Failure, or all are played. It returns
// what happened in them.
func Run(ctx context.Context, o Options) (Counts, error) {
	total := newCounts()
	if o.Dir == "" {
		dir, err := os.MkdirTemp("", "bssfn-chaos-")
		if err != nil {
			return total, fmt.Errorf("make a folder for the ledger: %w", err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		o.Dir = dir
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	numbers := make(chan int)
	go func() {
		defer close(numbers)
		for i := range o.Runs {
			select {
			case numbers <- o.First + i:
			case <-ctx.Done():
				return
			}
		}
	}()
	var mu sync.Mutex
	var errs []error
	var group sync.WaitGroup
	for i := range max(o.Parallel, 1) {
		group.Go(func() {
			counts, err := o.playIn(ctx, i, numbers)
			mu.Lock()
			defer mu.Unlock()
			total.add(counts)
			if err != nil && (len(errs) == 0 || !errors.Is(err, context.Canceled)) {
				errs = append(errs, err)
			}
			if err != nil {
				cancel()
			}
		})
	}
	group.Wait()
	return total, errors.Join(errs...)
}

// playIn plays runs in a world of its own.
func (o Options) playIn(ctx context.Context, number int, runs <-chan int) (Counts, error) {
	counts := newCounts()
	store, leave, err := o.prepareStore(ctx, number)
	if err != nil {
		return counts, err
	}
	defer leave()
	w, err := newWorld(ctx, store, o.Broken)
	if err != nil {
		return counts, err
	}
	defer w.end()
	session := clock.System{}.Now().UnixNano()
	for n := range runs {
		scope := fmt.Sprintf("%x-%d/", session, n)
		if err := o.play(ctx, w, n, scope, &counts); err != nil {
			return counts, err
		}
	}
	return counts, nil
}

// play plays one run and judges it.
func (o Options) play(ctx context.Context, w *world, number int, scope string, counts *Counts) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	random := rand.New(rand.NewPCG(o.Seed, uint64(number)))
	w.begin(random, scope)
	r := &run{world: w, random: random, count: counts, flights: map[int]*flight{}}
	failed := func(f Findings) error {
		return &Failure{Seed: o.Seed, Run: number, Findings: f, history: r.history}
	}
	var err error
	if r.plan, err = w.draw(ctx, random); err != nil {
		return fmt.Errorf("prepare run %d of seed %d: %w", number, o.Seed, err)
	}
	if err = r.storm(ctx); err == nil {
		err = r.finish(ctx)
	}
	if err != nil {
		return failed(Findings{Other: []string{err.Error()}})
	}
	findings, err := r.judge(ctx)
	if err != nil {
		return err
	}
	counts.Runs++
	counts.Double += len(findings.Double)
	counts.Lost += len(findings.Lost)
	counts.Unsettled += len(findings.Unsettled)
	counts.Other += len(findings.Other)
	if len(findings.all()) > 0 {
		return failed(findings)
	}
	return nil
}
