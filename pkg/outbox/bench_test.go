package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
	"github.com/bssfn/bssfn/pkg/outbox"
)

var (
	start   = time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)
	errDown = errors.New("connection refused")
)

// receiver is where events go: it takes them unless answer says otherwise.
type receiver struct {
	mu     sync.Mutex
	taken  []string
	sent   int
	answer func(m outbox.Message) error
}

func (r *receiver) Send(_ context.Context, m outbox.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent++
	if r.answer != nil {
		if err := r.answer(m); err != nil {
			return err
		}
	}
	r.taken = append(r.taken, m.ID)
	return nil
}

func (r *receiver) failing(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = func(outbox.Message) error { return err }
}

type bench struct {
	*outbox.Outbox
	t        *testing.T
	clock    *clock.Simulated
	store    ledger.Store
	receiver *receiver
}

// newBench returns an outbox whose retries wait as long as they may, but for a
// chance of 0.
func newBench(t *testing.T, change ...func(*outbox.Options)) *bench {
	t.Helper()
	b := &bench{t: t, clock: clock.NewFrozen(start), store: memory.New(), receiver: &receiver{}}
	b.Outbox = b.another(change...)
	return b
}

// another returns the outbox of another process.
func (b *bench) another(change ...func(*outbox.Options)) *outbox.Outbox {
	var ids atomic.Int64
	opts := outbox.Options{
		Space: "test", Now: b.clock.Now, Logger: slog.New(slog.DiscardHandler),
		Random: func() float64 { return 0 },
		NewID:  func() string { return fmt.Sprintf("%p-%d", &ids, ids.Add(1)) },
	}
	for _, c := range change {
		c(&opts)
	}
	return outbox.New(b.store, b.receiver, opts)
}

func atOnce(o *outbox.Options) { o.AtOnce = time.Second }

func (b *bench) append(subject string, ids ...string) {
	b.t.Helper()
	for _, id := range ids {
		require.NoError(b.t, b.Append(b.t.Context(), event(subject, id)))
	}
}

func event(subject, id string) outbox.Event {
	return outbox.Event{ID: id, Subject: subject, Type: "test.happened", Data: map[string]string{"id": id}}
}

func (b *bench) deliver() outbox.Delivery {
	b.t.Helper()
	d, err := b.Deliver(b.t.Context())
	require.NoError(b.t, err)
	return d
}

func (b *bench) kept(id string) outbox.Kept {
	b.t.Helper()
	page, err := b.List(b.t.Context(), outbox.Query{Limit: outbox.MaxPage})
	require.NoError(b.t, err)
	for _, k := range page.Events {
		if k.ID == id {
			return k
		}
	}
	require.Fail(b.t, "no such event", id)
	return outbox.Kept{}
}
