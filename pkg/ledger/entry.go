package ledger

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// State is where an entry stands. An entry that is new has no row yet.
type State string

// The states of an entry.
const (
	// StateRunning means that an attempt holds the lease. When the lease has
	// ended, its outcome is as good as unknown.
	StateRunning State = "running"
	// StateDone means that the effect was made; its result is recorded.
	StateDone State = "done"
	// StateFailed means that the effect certainly was not made. It may be
	// tried again.
	StateFailed State = "failed"
	// StateUnknown means that the effect may have been made.
	StateUnknown State = "unknown"
)

const maxReason = 500 // bytes

// Entry is what the ledger knows about one effect. Entries are kept for good.
type Entry struct {
	Key   string `json:"-"`
	State State  `json:"-"`
	// DueAt is when the lease ends, when an unknown outcome should be asked about
	// next, or when a done or failed one should be announced; zero when nothing is
	// left to do.
	DueAt     time.Time `json:"-"`
	CreatedAt time.Time `json:"-"`
	UpdatedAt time.Time `json:"-"`

	Fingerprint Fingerprint `json:"fingerprint"`
	// Attempts counts how often the effect was begun.
	Attempts int `json:"attempts"`
	// Owner is the process that began the last attempt.
	Owner string `json:"owner,omitempty"`
	// Since is when the first attempt began that may have had an effect.
	Since time.Time `json:"since"`
	// Ended is when the last attempt stopped acting on the world: its answer
	// came, or its lease ended. Zero while it runs.
	Ended time.Time `json:"ended,omitzero"`
	// Reason says why the state is failed or unknown.
	Reason string `json:"reason,omitempty"`
	// Result is the JSON that Apply or Find returned, or a Resolution gave, when
	// done.
	Result json.RawMessage `json:"result,omitempty"`
	// Announced is when the outcome was announced; zero before that.
	Announced time.Time `json:"announced,omitzero"`
	// Decisions are what people decided about the entry, the first one first.
	Decisions []Decision `json:"decisions,omitempty"`

	version int64
}

func entryOf(row Row) (Entry, error) {
	en := Entry{
		Key:       row.Key,
		State:     State(row.State),
		DueAt:     row.DueAt,
		CreatedAt: row.CreatedAt,
		UpdatedAt: row.UpdatedAt,
		version:   row.Version,
	}
	if err := json.Unmarshal(row.Body, &en); err != nil {
		return Entry{}, fmt.Errorf("the entry %q is unreadable: %w", row.Key, err)
	}
	return en, nil
}

func (en Entry) row(kind string, now time.Time) (Row, error) {
	body, err := json.Marshal(en)
	if err != nil {
		return Row{}, fmt.Errorf("encode the entry %q: %w", en.Key, err)
	}
	return Row{
		Kind:      kind,
		Key:       en.Key,
		Version:   en.version,
		Body:      body,
		State:     string(en.State),
		DueAt:     en.DueAt,
		CreatedAt: en.CreatedAt,
		UpdatedAt: now,
	}, nil
}

// leased says whether an attempt may still be running at now.
func (en Entry) leased(now time.Time) bool {
	return en.State == StateRunning && now.Before(en.DueAt)
}

func (en Entry) done(result json.RawMessage, now time.Time) Entry {
	en = en.turned(StateDone)
	en.Result, en.Reason = result, ""
	en.Ended, en.DueAt = now, time.Time{}
	return en
}

func (en Entry) failed(reason error, now time.Time) Entry {
	en = en.turned(StateFailed)
	en.Reason = clip(reason.Error())
	en.Ended, en.DueAt = now, time.Time{}
	return en
}

func (en Entry) unknown(reason error, ended, due time.Time) Entry {
	en = en.turned(StateUnknown)
	en.Reason = clip(reason.Error())
	en.Ended, en.DueAt = ended, due
	return en
}

// turned returns the entry in a state. Another one than before is a new outcome,
// which nobody has heard of.
func (en Entry) turned(to State) Entry {
	if en.State != to {
		en.State, en.Announced = to, time.Time{}
	}
	return en
}

// clip bounds a reason without cutting a character in two.
func clip(s string) string {
	if len(s) <= maxReason {
		return s
	}
	return strings.ToValidUTF8(s[:maxReason], "")
}
