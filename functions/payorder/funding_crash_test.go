package payorder_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// mortal is a process that dies at one of its operations, which are its writes and its
// calls: before it, or after its effect. Whatever it tries then fails.
type mortal struct {
	mu    sync.Mutex
	left  int // operations; it does not count while it is 0
	after bool
	dead  bool
}

var errDead = errors.New("the process is dead")

func (m *mortal) dieAt(n int, after bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left, m.after = n, after
}

func (m *mortal) died() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dead
}

// act does an operation, unless the process is dead or dies before it.
func (m *mortal) act(do func() error) error {
	m.mu.Lock()
	dies := m.left == 1
	if m.left > 0 {
		m.left--
	}
	if m.dead || dies && !m.after {
		m.dead = m.dead || dies
		m.mu.Unlock()
		return errDead
	}
	m.dead = dies
	m.mu.Unlock()
	if err := do(); err != nil || !dies {
		return err
	}
	return errDead
}

// mortalStore is the store of a mortal process.
type mortalStore struct {
	ledger.Store
	process *mortal
}

func (s mortalStore) Insert(ctx context.Context, row ledger.Row) error {
	return s.process.act(func() error { return s.Store.Insert(ctx, row) })
}

func (s mortalStore) Update(ctx context.Context, row ledger.Row) error {
	return s.process.act(func() error { return s.Store.Update(ctx, row) })
}

func (s mortalStore) Get(ctx context.Context, kind, key string) (ledger.Row, error) {
	if s.process.died() {
		return ledger.Row{}, errDead
	}
	return s.Store.Get(ctx, kind, key)
}

// RoundTrip is a call of the process.
func (m *mortal) RoundTrip(r *http.Request) (res *http.Response, err error) {
	err = m.act(func() error {
		res, err = wire.RoundTrip(r)
		return err
	})
	if err != nil && res != nil {
		_ = res.Body.Close()
		res = nil
	}
	return res, err
}

// Wherever a process dies that pays with the partner's money, the money is either spent
// on the order or back, once others have looked.
func TestAProcessThatDiesLosesNoMoney(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		order huawei.NewOrder
		again bool // the platform sends its request again
		paid  bool // in the end, whatever happens; otherwise as it comes
	}{
		"and the schedule settles it":             {huawei.NewOrder{}, false, false},
		"and the platform asks again":             {huawei.NewOrder{}, true, true},
		"while it gives back":                     {huawei.NewOrder{QuotaShort: true}, false, false},
		"while it gives back, and is asked again": {huawei.NewOrder{QuotaShort: true}, true, false},
	} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, after an effect %t", name, after), func(t *testing.T) {
				t.Parallel()
				deaths := 0
				for n := 1; ; n++ {
					w := poor(t)
					store, process := memory.New(), &mortal{}
					w.process(mortalStore{store, process}, process)
					id := w.place(tt.order)
					body := encode(t, w.funding(id))
					process.dieAt(n, after)
					_, _, err := w.Platform.Send(t.Context(), http.MethodPost, path(id, "/payments"), body)
					require.NoError(t, err)
					if !process.died() {
						break
					}
					deaths++
					w.process(store, wire)
					w.recover(id, body, tt.again)
					paid := w.payments() == 1
					assert.True(t, !tt.paid || paid, "dead at %d: not paid in the end", n)
					w.requireFunded(fmt.Sprintf("dead at %d", n), paid)
					if t.Failed() {
						return
					}
				}
				assert.Greater(t, deaths, 20, "it has fewer operations than were thought")
			})
		}
	}
}

// recover is half an hour after a death.
func (w *world) recover(orderID string, body []byte, again bool) {
	w.t.Helper()
	for range 6 {
		w.clock.Advance(5 * time.Minute)
		if again {
			_, _, err := w.Platform.Send(w.t.Context(), http.MethodPost, path(orderID, "/payments"), body)
			require.NoError(w.t, err)
		}
		w.reconcile()
	}
}
