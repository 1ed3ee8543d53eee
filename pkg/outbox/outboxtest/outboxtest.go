// Package outboxtest holds what an outbox must do over every ledger.Store.
package outboxtest

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/outbox"
)

// Run checks an outbox over a kind of store. Each call of open returns a store
// that holds no rows, and is released with its test.
func Run(t *testing.T, open func(t *testing.T) ledger.Store) {
	t.Helper()
	for name, check := range map[string]func(*testing.T, ledger.Store){
		"several deliver at once": severalDeliver,
		"the largest rows":        largestRows,
		"a list of one instant":   listOfOneInstant,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, open(t))
		})
	}
}

// receiver remembers what arrived of each subject. The events' types are their
// subjects here.
type receiver struct {
	mu      sync.Mutex
	arrived map[string][]string
}

func (r *receiver) Send(_ context.Context, m outbox.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.arrived[m.Type] = append(r.arrived[m.Type], m.ID)
	return nil
}

func newOutbox(store ledger.Store, r *receiver) *outbox.Outbox {
	return outbox.New(store, r, outbox.Options{
		Space: "test", Now: clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)).Now,
		Logger: slog.New(slog.DiscardHandler), Parallel: 2,
	})
}

const subjects, each = 6, 4

// severalDeliver appends and delivers in several processes at once.
func severalDeliver(t *testing.T, store ledger.Store) {
	r := &receiver{arrived: map[string][]string{}}
	var wg sync.WaitGroup
	for subject := range subjects {
		wg.Go(func() {
			o := newOutbox(store, r)
			for n := range each {
				name := fmt.Sprintf("s%d", subject)
				e := outbox.Event{ID: fmt.Sprintf("%s-%d", name, n), Subject: name, Type: name, Data: n}
				assert.NoError(t, o.Append(t.Context(), e))
				assert.NoError(t, o.Append(t.Context(), e), "again")
				_, err := o.Deliver(t.Context())
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
	last := newOutbox(store, r)
	require.Eventually(t, func() bool {
		_, err := last.Deliver(t.Context())
		assert.NoError(t, err)
		page, err := last.List(t.Context(), outbox.Query{State: outbox.StateDelivered, Limit: outbox.MaxPage})
		assert.NoError(t, err)
		return len(page.Events) == subjects*each
	}, 10*time.Second, 10*time.Millisecond, "the lists may lag")
	for subject := range subjects {
		name := fmt.Sprintf("s%d", subject)
		var want []string
		for n := range each {
			want = append(want, fmt.Sprintf("%s-%d", name, n))
		}
		assert.Equal(t, want, r.arrived[name], "each once, and in order")
	}
}

// largestRows fills the row of an event, and writes one like the fullest of a
// subject.
func largestRows(t *testing.T, store ledger.Store) {
	r := &receiver{arrived: map[string][]string{}}
	o := newOutbox(store, r)
	big := outbox.Event{ID: "big", Subject: strings.Repeat("s", 512), Type: "big", Data: strings.Repeat("d", outbox.MaxData-2)}
	require.NoError(t, o.Append(t.Context(), big))
	require.Eventually(t, func() bool {
		d, err := o.Deliver(t.Context())
		assert.NoError(t, err)
		return d.Delivered == 1
	}, 10*time.Second, 10*time.Millisecond, "the lists may lag")
	assert.Equal(t, []string{"big"}, r.arrived["big"])

	ids := slices.Repeat([]string{strings.Repeat("i", 64)}, outbox.MaxWaiting)
	body, err := json.Marshal(map[string][]string{"waiting": ids})
	require.NoError(t, err)
	at := time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)
	full := ledger.Row{Kind: "outbox/test", Key: strings.Repeat("f", 512), Body: body, DueAt: at, CreatedAt: at, UpdatedAt: at}
	require.NoError(t, store.Insert(t.Context(), full))
	got, err := store.Get(t.Context(), full.Kind, full.Key)
	require.NoError(t, err)
	assert.Equal(t, string(body), string(got.Body))
	err = o.Append(t.Context(), outbox.Event{ID: "more", Subject: full.Key, Type: "many"})
	require.ErrorIs(t, err, outbox.ErrFull)
}

func listOfOneInstant(t *testing.T, store ledger.Store) {
	o := newOutbox(store, &receiver{arrived: map[string][]string{}})
	for n := range 7 {
		require.NoError(t, o.Append(t.Context(), outbox.Event{ID: fmt.Sprint(n), Subject: "s", Type: "s"}))
	}
	require.Eventually(t, func() bool {
		page, err := o.List(t.Context(), outbox.Query{Limit: 2})
		assert.NoError(t, err)
		return len(page.Events) == 7 && page.Next.IsZero()
	}, 10*time.Second, 10*time.Millisecond, "the list may lag")
}
