package billexport_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
)

// turmoils is how many runs are in turmoil in TestARunInTurmoilEndsWholeOrWithNothing.
var turmoils = flag.Int("turmoils", 2, "how many exports are made by workers in turmoil, every other one of which somebody may cancel")

// turmoil is a queue that delivers in any order, and some messages twice.
type turmoil struct {
	mu     sync.Mutex
	random *rand.Rand
	bodies [][]byte
	atWork int
}

// Send implements billexport.Tasks.
func (q *turmoil) Send(_ context.Context, bodies [][]byte) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.bodies = append(q.bodies, bodies...)
	return nil
}

// take returns a message, nil where there is none, and how many others are at work.
func (q *turmoil) take() (body []byte, atWork int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.bodies) == 0 {
		return nil, q.atWork
	}
	q.atWork++
	i := q.random.IntN(len(q.bodies))
	body = q.bodies[i]
	if q.random.IntN(4) > 0 {
		q.bodies = append(q.bodies[:i], q.bodies[i+1:]...)
	}
	return body, q.atWork - 1
}

func (q *turmoil) done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.atWork--
}

func (q *turmoil) chance(n int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.random.IntN(n) == 0
}

// Workers do the tasks of a run at once and in any order, some of them twice, and sweeps
// send them again, while time passes beyond leases and somebody may cancel the run. It
// ends, with an export that is whole or with nothing.
func TestARunInTurmoilEndsWholeOrWithNothing(t *testing.T) {
	t.Parallel()
	for seed := range *turmoils {
		w := newWorld(t)
		w.cfg.SplitRows = 8
		w.cfg.Formats = []string{"csv", "parquet"}
		queue := &turmoil{random: rand.New(rand.NewPCG(uint64(seed), 1))}
		w.open(billexport.Platform{Tasks: queue})
		for i := range 3 {
			w.customer(fmt.Sprintf("resale-%d", i), huawei.AssociationResale, february, 4+5*i)
		}
		run := w.ask(runOf(february)).RunID
		w.work(queue, run, seed%2 == 1)

		last := w.ended(run)
		state := last.State
		assert.NotEqual(t, billexport.RunFailed, state, "seed %d: %v", seed, last.Reason)
		w.clock.Advance(2 * time.Hour)
		require.NoError(t, w.door().Schedule(t.Context(), "sweep", nil))
		if state == billexport.RunPublished {
			assert.Equal(t, 4+9+14, w.published(february).Rows)
		}
		for _, name := range w.files() {
			assert.Equal(t, billexport.RunPublished, state, name)
			assert.NotContains(t, name, ".work/")
		}
	}
}

// hasEnded looks into the ledger, where the time of callers does not count.
func (w *world) hasEnded(run string) bool {
	row, err := w.store.Get(w.t.Context(), "document/export-run", run)
	return assert.NoError(w.t, err) && strings.Contains(string(row.Body), `"ended_at"`)
}

// work has four workers do what is in the queue until the run has ended.
func (w *world) work(queue *turmoil, run string, cancels bool) {
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for !w.hasEnded(run) {
				body, atWork := queue.take()
				if body == nil && atWork > 0 {
					runtime.Gosched()
					continue
				}
				if body == nil || queue.chance(8) {
					w.clock.Advance(2 * time.Minute)
					_ = w.door().Schedule(w.t.Context(), "sweep", nil)
				}
				if cancels && queue.chance(20) {
					w.call(http.MethodPost, "/billexport/runs/"+run+"/cancel", "")
				}
				if body != nil {
					_ = w.door().Message(w.t.Context(), "exports", handler.Message{ID: "1", Body: body})
					queue.done()
				}
			}
		})
	}
	workers.Wait()
}
