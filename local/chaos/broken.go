package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// Ledgers that are broken on purpose. A driver that does not catch them would not
// catch a mistake of ours either.
const (
	// BrokenRecordAfter writes an entry down only after its effect.
	BrokenRecordAfter = "record-after-effect"
	// BrokenNoFind never asks the world: what is unknown counts as not done.
	BrokenNoFind = "no-find"
	// BrokenHasty takes what is not to be found yet for what did not happen.
	BrokenHasty = "hasty"
)

// Broken are all of them.
var Broken = []string{BrokenRecordAfter, BrokenNoFind, BrokenHasty}

// breakStore puts the mistake of that name before a store.
func breakStore(name string, store ledger.Store, now func() time.Time) (ledger.Store, error) {
	switch name {
	case "":
		return store, nil
	case BrokenRecordAfter:
		return &recordAfter{Store: store, held: map[string]ledger.Row{}}, nil
	case BrokenNoFind:
		return noFind{store, now}, nil
	case BrokenHasty:
		return hasty{store}, nil
	}
	return nil, fmt.Errorf("there is no broken ledger %q: use %s", name, strings.Join(Broken, ", "))
}

func isEntry(row ledger.Row) bool { return strings.HasPrefix(row.Kind, "effect") }

// recordAfter keeps the first row of an entry in the process until its outcome is
// known.
type recordAfter struct {
	ledger.Store

	mu   sync.Mutex
	held map[string]ledger.Row
}

func (s *recordAfter) Insert(ctx context.Context, row ledger.Row) error {
	if !isEntry(row) {
		return s.Store.Insert(ctx, row)
	}
	if _, err := s.Get(ctx, row.Kind, row.Key); err == nil {
		return ledger.ErrExists
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[row.Kind+" "+row.Key] = row
	return nil
}

func (s *recordAfter) Update(ctx context.Context, row ledger.Row) error {
	name := row.Kind + " " + row.Key
	s.mu.Lock()
	_, held := s.held[name]
	delete(s.held, name)
	s.mu.Unlock()
	if held && row.Version == 1 {
		return s.Store.Insert(ctx, row)
	}
	return s.Store.Update(ctx, row)
}

// noFind shows an entry without an outcome as one that failed, so that it is made
// again at once.
type noFind struct {
	ledger.Store
	now func() time.Time
}

func (s noFind) Get(ctx context.Context, kind, key string) (ledger.Row, error) {
	row, err := s.Store.Get(ctx, kind, key)
	state := ledger.State(row.State)
	ended := state == ledger.StateRunning && !s.now().Before(row.DueAt)
	if isEntry(row) && (ended || state == ledger.StateUnknown) {
		row.State = string(ledger.StateFailed)
	}
	return row, err
}

// hasty shows an attempt without an outcome as one that ended long ago, so that its
// effect seems to have had the time to come to light.
type hasty struct{ ledger.Store }

func (s hasty) Get(ctx context.Context, kind, key string) (ledger.Row, error) {
	row, err := s.Store.Get(ctx, kind, key)
	if err != nil || !isEntry(row) || row.State != string(ledger.StateUnknown) {
		return row, err
	}
	var body map[string]any
	if err := json.Unmarshal(row.Body, &body); err != nil {
		return row, err
	}
	body["ended"] = row.CreatedAt.Add(-time.Hour)
	row.Body, err = json.Marshal(body)
	return row, err
}
