package handler

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Replays remembers which requests were here. One store must be shared by all
// processes and all functions that accept the same secret: a signature covers
// the body alone, so it is only the id's first use that keeps a captured request
// from being sent to another route or with another query.
type Replays interface {
	// FirstUse records id until expires and reports whether it was not recorded
	// before. An error means that it cannot be told; the request is refused.
	FirstUse(ctx context.Context, id string, expires time.Time) (bool, error)
}

// ErrReplaysFull says that a MemoryReplays holds as many live ids as it may.
var ErrReplaysFull = errors.New("replay memory is full: raise its size or share a store between processes")

// MemoryReplays remembers ids in this process alone: for a single process, the
// harness and tests. It is safe for concurrent use.
type MemoryReplays struct {
	now  func() time.Time
	size int

	mu      sync.Mutex
	expires map[string]time.Time
}

// NewMemoryReplays returns an empty memory for at most size live ids. When it is
// full it refuses further ids with ErrReplaysFull: forgetting a live one would
// let it in again.
func NewMemoryReplays(now func() time.Time, size int) *MemoryReplays {
	return &MemoryReplays{now: now, size: size, expires: make(map[string]time.Time)}
}

// FirstUse implements Replays.
func (m *MemoryReplays) FirstUse(_ context.Context, id string, expires time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if until, seen := m.expires[id]; seen && now.Before(until) {
		return false, nil
	}
	if len(m.expires) >= m.size {
		m.forgetExpired(now)
	}
	if len(m.expires) >= m.size {
		return false, ErrReplaysFull
	}
	m.expires[id] = expires
	return true, nil
}

func (m *MemoryReplays) forgetExpired(now time.Time) {
	for id, until := range m.expires {
		if !now.Before(until) {
			delete(m.expires, id)
		}
	}
}
