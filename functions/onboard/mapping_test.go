package onboard_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

var errCrash = errors.New("the process died")

// crashing is a store whose process dies at a write: before it, or after it and
// before anybody hears of it. A dead one writes nothing more.
type crashing struct {
	ledger.Store

	mu     sync.Mutex
	writes int // how many writes from now on it dies; 0 for never
	after  bool
	dead   bool
}

// dieAt lets the process die at a write, or live again.
func (s *crashing) dieAt(write int, after bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes, s.after, s.dead = write, after, false
}

func (s *crashing) write(do func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return errCrash
	}
	s.writes--
	if s.writes != 0 {
		return do()
	}
	s.dead = true
	if s.after {
		_ = do()
	}
	return errCrash
}

func (s *crashing) Insert(ctx context.Context, row ledger.Row) error {
	return s.write(func() error { return s.Store.Insert(ctx, row) })
}

func (s *crashing) Update(ctx context.Context, row ledger.Row) error {
	return s.write(func() error { return s.Store.Update(ctx, row) })
}

// Accounts are registered, bound and unbound in any order, and processes die between
// any two writes. At every moment both directions say the same.
func TestBothDirectionsOfTheMappingAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		ctx := t.Context()
		now := time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)
		store := &crashing{Store: memory.New()}
		m, err := onboard.NewMapping(store, func() time.Time { return now })
		require.NoError(rt, err)
		accounts, customers := []string{"a1", "a2", "a3"}, []string{"c1", "c2", "c3"}
		rt.Repeat(map[string]func(*rapid.T){
			"record": func(rt *rapid.T) {
				now = now.Add(time.Second)
				b := onboard.Binding{
					AccountID:  rapid.SampledFrom(accounts).Draw(rt, "account"),
					CustomerID: rapid.SampledFrom(customers).Draw(rt, "customer"),
					Unbound:    rapid.Bool().Draw(rt, "unbound"),
					Source:     rapid.SampledFrom([]string{"registration", "notification"}).Draw(rt, "source"),
					ChangedAt:  now.Add(-time.Duration(rapid.IntRange(0, 3).Draw(rt, "age")) * time.Second),
				}
				store.dieAt(rapid.IntRange(0, 3).Draw(rt, "dies at write"), rapid.Bool().Draw(rt, "after it"))
				_ = m.Record(ctx, b) // what it was refused or died of is told by what is recorded
				store.dieAt(0, false)
			},
			"": func(rt *rapid.T) {
				for _, customer := range customers {
					agree(ctx, rt, m, accounts, customer)
				}
			},
		})
	})
}

// agree holds what is found of a customer against all that is recorded.
func agree(ctx context.Context, rt *rapid.T, m onboard.Mapping, accounts []string, customer string) {
	var bound, unbound []string
	for _, account := range accounts {
		b, err := m.OfAccount(ctx, account)
		require.NoError(rt, err)
		switch {
		case b.CustomerID != customer:
		case b.Unbound:
			unbound = append(unbound, account)
		default:
			bound = append(bound, account)
		}
	}
	got, found, err := m.OfCustomer(ctx, customer)
	require.NoError(rt, err)
	require.Equal(rt, len(bound)+len(unbound) > 0, found, "customer %s", customer)
	if !found {
		return
	}
	require.Equal(rt, customer, got.CustomerID)
	if len(bound) > 0 {
		require.Contains(rt, bound, got.AccountID)
		require.False(rt, got.Unbound)
	} else {
		require.Contains(rt, unbound, got.AccountID)
	}
}
