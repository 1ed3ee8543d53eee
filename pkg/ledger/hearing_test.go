package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// hearing compares what is recorded with what is announced.
type hearing struct {
	outcomes  map[string]bool // every outcome that was recorded, by its id
	last      map[int]string  // the last one of each attempt
	announced map[string]bool
	misheard  error // an announcement of what was not recorded
}

// watched is a store that tells of every write that succeeded.
type watched struct {
	ledger.Store
	wrote func(ledger.Row)
}

func (w watched) Update(ctx context.Context, row ledger.Row) error {
	err := w.Store.Update(ctx, row)
	if err == nil {
		w.wrote(row)
	}
	return err
}

func (h *hearing) recorded(row ledger.Row) {
	if ledger.State(row.State) == ledger.StateRunning {
		return
	}
	var en ledger.Entry
	if err := json.Unmarshal(row.Body, &en); err != nil {
		panic(err)
	}
	en.Key, en.State = row.Key, ledger.State(row.State)
	if h.outcomes == nil {
		h.outcomes, h.last, h.announced = map[string]bool{}, map[int]string{}, map[string]bool{}
	}
	h.outcomes[en.OutcomeID()] = true
	h.last[en.Attempts] = en.OutcomeID()
}

func (h *hearing) announcer(point func(string) error) func(context.Context, ledger.Entry) error {
	return func(_ context.Context, en ledger.Entry) error {
		if err := point("before the announcement"); err != nil {
			return err
		}
		if !h.outcomes[en.OutcomeID()] {
			h.misheard = errors.Join(h.misheard, fmt.Errorf("%s is announced, but not recorded", en.OutcomeID()))
		}
		h.announced[en.OutcomeID()] = true
		return point("after the announcement")
	}
}

// unheard returns what was recorded last of an attempt and never announced.
func (h *hearing) unheard() error {
	var missing error
	for _, id := range h.last {
		if !h.announced[id] {
			missing = errors.Join(missing, fmt.Errorf("%s is recorded, but not announced", id))
		}
	}
	return missing
}
