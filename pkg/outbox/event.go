package outbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// Event is something that happened, for the receiver to know.
type Event struct {
	// ID names the event for good: 1 to 64 letters, digits, underscores and
	// hyphens. The receiver sees it as the webhook-id.
	ID string
	// Subject is what the event is about, a customer's id say, in 1 to 512
	// bytes. Events of one subject arrive in order.
	Subject string
	// Type says what happened, as payorder.pay.done.
	Type string
	// Data is anything that JSON can hold, in MaxData bytes of it. It is kept in
	// clear, so it must hold no secret.
	Data any
}

// State is where an event stands.
type State string

// The states of an event.
const (
	// StateWaiting means that the event is to be sent, or sent again.
	StateWaiting State = "waiting"
	// StateDelivered means that the receiver took the event. It is kept for
	// another 30 days.
	StateDelivered State = "delivered"
	// StateFailed means that the event was given up. It is kept for good.
	StateFailed State = "failed"
)

// Kept is an event as the outbox keeps it.
type Kept struct {
	ID    string `json:"-"`
	State State  `json:"-"`
	// At is when the event was appended.
	At time.Time `json:"-"`

	Subject string          `json:"subject"`
	Type    string          `json:"type"`
	Data    json.RawMessage `json:"data"`

	// Tries counts how often it was sent, as far as that could be recorded.
	Tries int `json:"tries"`
	// FirstTry and LastTry are zero until it has been tried.
	FirstTry time.Time `json:"first_try,omitzero"`
	LastTry  time.Time `json:"last_try,omitzero"`
	// NextTry is when it is sent again at the earliest, while it waits.
	NextTry time.Time `json:"next_try,omitzero"`
	// Error says why the last try failed; empty once it is delivered.
	Error string `json:"error,omitempty"`
	// Resent counts how often a person asked to send it again.
	Resent int `json:"resent,omitempty"`

	version int64
}

func (e Event) check() error {
	switch {
	case !validID(e.ID):
		return fmt.Errorf("outbox: %q is no id of an event: it has 1 to %d letters, digits, underscores and hyphens", e.ID, maxID)
	case e.Subject == "" || len(e.Subject) > maxSubject:
		return fmt.Errorf("outbox: a subject has 1 to %d bytes, that of %s has %d", maxSubject, e.ID, len(e.Subject))
	case e.Type == "":
		return errors.New("outbox: the event " + e.ID + " has no type")
	}
	return nil
}

// validID says whether id can name an event.
func validID(id string) bool {
	for _, c := range []byte(id) {
		word := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
		if !word {
			return false
		}
	}
	return id != "" && len(id) <= maxID
}

func (o *Outbox) kindEvent() string { return "event/" + o.opts.Space }

func (o *Outbox) row(k Kept) (ledger.Row, error) {
	body, err := json.Marshal(k)
	if err != nil {
		return ledger.Row{}, fmt.Errorf("encode the event %s: %w", k.ID, err)
	}
	row := ledger.Row{
		Kind: o.kindEvent(), Key: k.ID, Version: k.version, Body: body, State: string(k.State),
		DueAt:     k.At, // the list is in the order of time
		CreatedAt: k.At, UpdatedAt: o.now(),
	}
	if k.State == StateDelivered {
		row.ExpiresAt = row.UpdatedAt.Add(keepDelivered)
	}
	return row, nil
}

func keptOf(row ledger.Row) (Kept, error) {
	k := Kept{ID: row.Key, State: State(row.State), At: row.CreatedAt, version: row.Version}
	if err := json.Unmarshal(row.Body, &k); err != nil {
		return Kept{}, fmt.Errorf("the event %s is unreadable: %w", row.Key, err)
	}
	return k, nil
}

func expired(row ledger.Row, now time.Time) bool {
	return !row.ExpiresAt.IsZero() && !now.Before(row.ExpiresAt)
}
