// Package storetest holds the suite that every ledger.Store passes: a test of a store of
// your own calls Run.
package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// Run checks a kind of store. Each call of open returns a store that holds no
// rows, and is released with its test.
func Run(t *testing.T, open func(t *testing.T) ledger.Store) {
	t.Helper()
	for name, check := range map[string]func(*testing.T, ledger.Store){
		"insert keeps every field":            insertKeepsEveryField,
		"instants begin in 1970":              keepsTheFirstInstant,
		"insert refuses a row that exists":    insertRefusesExisting,
		"get of nothing":                      getNothing,
		"update raises the version":           updateRaisesVersion,
		"update refuses another version":      updateRefusesVersion,
		"bodies and keys keep their bytes":    keepsBytes,
		"due is ordered and bounded":          dueOrderedAndBounded,
		"due begins where it is told":         dueBeginsWhereTold,
		"due follows updates":                 dueFollowsUpdates,
		"expired rows are deleted":            deletesExpired,
		"one of many inserts wins":            oneInsertWins,
		"one of many updates wins":            oneUpdateWins,
		"an ended context changes nothing":    endedContext,
		"an expired row stays until deletion": expiredRowStays,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, open(t))
		})
	}
}

var at = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

func row(kind, key string) ledger.Row {
	return ledger.Row{Kind: kind, Key: key, Body: []byte(`{"n":1}`), CreatedAt: at, UpdatedAt: at}
}

func insertKeepsEveryField(t *testing.T, s ledger.Store) {
	beijing := time.FixedZone("GMT+8", 8*60*60)
	in := row("effect", "k")
	in.State = "running"
	in.Version = 7
	in.DueAt = at.Add(time.Minute).In(beijing)
	in.ExpiresAt = at.Add(time.Hour).Add(999 * time.Nanosecond)
	require.NoError(t, s.Insert(t.Context(), in))

	got, err := s.Get(t.Context(), "effect", "k")
	require.NoError(t, err)
	assert.JSONEq(t, `{"n":1}`, string(got.Body))
	got.Body = nil
	assert.Equal(t, ledger.Row{
		Kind: "effect", Key: "k", Version: 1, State: "running",
		DueAt: at.Add(time.Minute), ExpiresAt: at.Add(time.Hour),
		CreatedAt: at, UpdatedAt: at,
	}, got)
}

// What is due since 1970 is due for ever, and none of those that are never due.
func keepsTheFirstInstant(t *testing.T, s ledger.Store) {
	in := row("effect", "k")
	in.DueAt = time.Unix(0, 0).UTC()
	require.NoError(t, s.Insert(t.Context(), in))
	got, err := s.Get(t.Context(), "effect", "k")
	require.NoError(t, err)
	assert.Equal(t, in.DueAt, got.DueAt)
	assert.Equal(t, []string{"k"}, due(t, s, at, 10))
}

func insertRefusesExisting(t *testing.T, s ledger.Store) {
	require.NoError(t, s.Insert(t.Context(), row("effect", "k")))
	second := row("effect", "k")
	second.Body = []byte(`{"n":2}`)
	require.ErrorIs(t, s.Insert(t.Context(), second), ledger.ErrExists)
	require.NoError(t, s.Insert(t.Context(), row("once", "k")), "the same key of another kind")

	got, err := s.Get(t.Context(), "effect", "k")
	require.NoError(t, err)
	assert.JSONEq(t, `{"n":1}`, string(got.Body))
}

func getNothing(t *testing.T, s ledger.Store) {
	_, err := s.Get(t.Context(), "effect", "k")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func updateRaisesVersion(t *testing.T, s ledger.Store) {
	first := row("effect", "k")
	first.DueAt = at
	require.NoError(t, s.Insert(t.Context(), first))
	change := ledger.Row{
		Kind: "effect", Key: "k", Version: 1, State: "done", Body: []byte(`{"n":2}`),
		ExpiresAt: at.Add(time.Hour), CreatedAt: at.Add(time.Minute), UpdatedAt: at.Add(time.Minute),
	}
	require.NoError(t, s.Update(t.Context(), change))

	got, err := s.Get(t.Context(), "effect", "k")
	require.NoError(t, err)
	assert.Equal(t, int64(2), got.Version)
	assert.Equal(t, "done", got.State)
	assert.JSONEq(t, `{"n":2}`, string(got.Body))
	assert.True(t, got.DueAt.IsZero())
	assert.Equal(t, at.Add(time.Hour), got.ExpiresAt)
	assert.Equal(t, at, got.CreatedAt, "as inserted")
	assert.Equal(t, at.Add(time.Minute), got.UpdatedAt)
}

func updateRefusesVersion(t *testing.T, s ledger.Store) {
	absent := row("effect", "absent")
	absent.Version = 1
	require.ErrorIs(t, s.Update(t.Context(), absent), ledger.ErrVersion)
	_, err := s.Get(t.Context(), "effect", "absent")
	require.ErrorIs(t, err, ledger.ErrNotFound, "an update must not insert")

	require.NoError(t, s.Insert(t.Context(), row("effect", "k")))
	for _, version := range []int64{0, 2} {
		stale := row("effect", "k")
		stale.Version = version
		stale.State = "done"
		require.ErrorIs(t, s.Update(t.Context(), stale), ledger.ErrVersion)
	}
	got, err := s.Get(t.Context(), "effect", "k")
	require.NoError(t, err)
	assert.Empty(t, got.State)
	assert.Equal(t, int64(1), got.Version)
}

func keepsBytes(t *testing.T, s ledger.Store) {
	for i, key := range []string{
		"order/42#pay", "客户 €", strings.Repeat("k", 512), "a'b\"c;--", "A", "a",
	} {
		in := row("document/银行", key)
		in.Body = fmt.Appendf(nil, `{"i":%d,"amount":"12345678901234567890.10","名":"\"é <&>"}`, i)
		require.NoError(t, s.Insert(t.Context(), in), "keys differ by every byte")
		got, err := s.Get(t.Context(), in.Kind, key)
		require.NoError(t, err)
		assert.Equal(t, key, got.Key)
		assert.Equal(t, in.Kind, got.Kind)
		assert.Equal(t, string(in.Body), string(got.Body))
	}
}

func dueOrderedAndBounded(t *testing.T, s ledger.Store) {
	for minutes, key := range []string{"first", "second", "third", "later"} {
		in := row("effect", key)
		in.DueAt = at.Add(time.Duration(minutes) * time.Minute)
		require.NoError(t, s.Insert(t.Context(), in))
	}
	require.NoError(t, s.Insert(t.Context(), row("effect", "never due")))
	other := row("claim", "another kind")
	other.DueAt = at
	require.NoError(t, s.Insert(t.Context(), other))

	assert.Equal(t, []string{"first", "second", "third"}, due(t, s, at.Add(2*time.Minute), 10))
	assert.Equal(t, []string{"first", "second"}, due(t, s, at.Add(time.Hour), 2))
	assert.Empty(t, due(t, s, at.Add(-time.Microsecond), 10))

	rows, err := s.Due(t.Context(), "effect", time.Time{}, at, 10)
	require.NoError(t, err)
	want, err := s.Get(t.Context(), "effect", "first")
	require.NoError(t, err)
	assert.Equal(t, []ledger.Row{want}, rows, "whole rows")
}

func dueBeginsWhereTold(t *testing.T, s ledger.Store) {
	for minutes, key := range []string{"first", "second", "third", "fourth"} {
		in := row("effect", key)
		in.DueAt = at.Add(time.Duration(minutes) * time.Minute)
		require.NoError(t, s.Insert(t.Context(), in))
	}
	second, third := at.Add(time.Minute), at.Add(2*time.Minute)
	assert.Equal(t, []string{"second", "third"}, between(t, s, second, third, 10), "both ends count")
	assert.Equal(t, []string{"second"}, between(t, s, second, third, 1))
	assert.Equal(t, []string{"second"}, between(t, s, second, second, 10))
	assert.Equal(t, []string{"second"}, between(t, s, second.Add(999*time.Nanosecond), second.Add(999*time.Nanosecond), 10),
		"to the microsecond")
	assert.Equal(t, []string{"third", "fourth"}, between(t, s, second.Add(time.Microsecond), at.Add(time.Hour), 10))
	assert.Empty(t, between(t, s, at.Add(time.Hour), at.Add(2*time.Hour), 10))
	assert.Empty(t, between(t, s, third, second, 10), "the end before the beginning")
}

func dueFollowsUpdates(t *testing.T, s ledger.Store) {
	in := row("effect", "k")
	in.DueAt = at
	require.NoError(t, s.Insert(t.Context(), in))
	in.Version, in.DueAt = 1, at.Add(time.Hour)
	require.NoError(t, s.Update(t.Context(), in))
	assert.Empty(t, due(t, s, at, 10))
	assert.Equal(t, []string{"k"}, due(t, s, at.Add(time.Hour), 10))
	in.Version, in.DueAt = 2, time.Time{}
	require.NoError(t, s.Update(t.Context(), in))
	assert.Empty(t, due(t, s, at.Add(24*time.Hour), 10))
}

func due(t *testing.T, s ledger.Store, until time.Time, limit int) []string {
	t.Helper()
	return between(t, s, time.Time{}, until, limit)
}

func between(t *testing.T, s ledger.Store, from, until time.Time, limit int) []string {
	t.Helper()
	rows, err := s.Due(t.Context(), "effect", from, until, limit)
	require.NoError(t, err)
	var keys []string
	for _, r := range rows {
		keys = append(keys, r.Key)
	}
	return keys
}

func deletesExpired(t *testing.T, s ledger.Store) {
	for i := range 3 {
		in := row("once", fmt.Sprint("old ", i))
		in.ExpiresAt = at
		require.NoError(t, s.Insert(t.Context(), in))
	}
	later := row("once", "later")
	later.ExpiresAt = at.Add(time.Microsecond)
	require.NoError(t, s.Insert(t.Context(), later))
	require.NoError(t, s.Insert(t.Context(), row("effect", "for good")))

	for _, want := range []int{2, 1, 0} {
		deleted, err := s.DeleteExpired(t.Context(), at, 2)
		require.NoError(t, err)
		assert.Equal(t, want, deleted)
	}
	_, err := s.Get(t.Context(), "once", "old 0")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	_, err = s.Get(t.Context(), "once", "later")
	require.NoError(t, err)
	_, err = s.Get(t.Context(), "effect", "for good")
	require.NoError(t, err)
}

func expiredRowStays(t *testing.T, s ledger.Store) {
	in := row("once", "k")
	in.ExpiresAt = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	require.NoError(t, s.Insert(t.Context(), in))
	require.ErrorIs(t, s.Insert(t.Context(), in), ledger.ErrExists)
	deleted, err := s.DeleteExpired(t.Context(), in.ExpiresAt, 10)
	require.NoError(t, err)
	assert.Equal(t, 1, deleted)
	require.NoError(t, s.Insert(t.Context(), in))
}

func endedContext(t *testing.T, s ledger.Store) {
	require.NoError(t, s.Insert(t.Context(), row("effect", "k")))
	ended, cancel := context.WithCancel(t.Context())
	cancel()

	change := row("effect", "k")
	change.Version = 1
	require.ErrorIs(t, s.Insert(ended, row("effect", "new")), context.Canceled)
	require.ErrorIs(t, s.Update(ended, change), context.Canceled)
	_, err := s.Get(ended, "effect", "k")
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Due(ended, "effect", time.Time{}, at, 1)
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.DeleteExpired(ended, at, 1)
	require.ErrorIs(t, err, context.Canceled)

	got, err := s.Get(t.Context(), "effect", "k")
	require.NoError(t, err)
	require.Equal(t, int64(1), got.Version)
	_, err = s.Get(t.Context(), "effect", "new")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

const writers = 8

func oneInsertWins(t *testing.T, s ledger.Store) {
	assert.Equal(t, int64(1), race(t, ledger.ErrExists, func(int) error {
		return s.Insert(t.Context(), row("effect", "k"))
	}))
}

func oneUpdateWins(t *testing.T, s ledger.Store) {
	require.NoError(t, s.Insert(t.Context(), row("effect", "k")))
	for version := int64(1); version <= 3; version++ {
		assert.Equal(t, int64(1), race(t, ledger.ErrVersion, func(writer int) error {
			change := row("effect", "k")
			change.Version, change.State = version, fmt.Sprint("writer ", writer)
			return s.Update(t.Context(), change)
		}))
	}
	got, err := s.Get(t.Context(), "effect", "k")
	require.NoError(t, err)
	assert.Equal(t, int64(4), got.Version)
}

// race lets several writers act at once, and returns how many had their way. The
// others must have lost by the error lost.
func race(t *testing.T, lost error, act func(writer int) error) int64 {
	t.Helper()
	var won atomic.Int64
	var wg sync.WaitGroup
	start := make(chan struct{})
	for writer := range writers {
		wg.Go(func() {
			<-start
			err := act(writer)
			if err == nil {
				won.Add(1)
				return
			}
			assert.ErrorIs(t, err, lost)
		})
	}
	close(start)
	wg.Wait()
	return won.Load()
}
