package functions

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/outbox"
)

// Outcome is the data of an event about an effect of the ledger.
type Outcome struct {
	Key      string       `json:"key"`
	State    ledger.State `json:"state"`
	Attempts int          `json:"attempts"`
	// Fingerprint is what the effect is about.
	Fingerprint ledger.Fingerprint `json:"fingerprint"`
	// Since is when the first attempt began that may have had an effect.
	Since time.Time `json:"since"`
	// Result is there when it is done, Reason when it is not.
	Result json.RawMessage `json:"result,omitempty"`
	Reason string          `json:"reason,omitempty"`
	// Resolution is there when a person decided what the outcome is.
	Resolution *Resolution `json:"resolution,omitempty"`
}

// Resolution is the decision of a person.
type Resolution struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// Announce is for ledger.Options: it makes events of outcomes. It is nil where
// events have no address.
func (e *Events) Announce() func(ctx context.Context, en ledger.Entry) error {
	if e.target == nil {
		return nil
	}
	return e.announce
}

// announce appends the event of an outcome: of the type <function>.<effect>.<state>
// and about the customer, the platform's account, or else about the entry alone.
func (e *Events) announce(ctx context.Context, en ledger.Entry) error {
	effect, _, _ := strings.Cut(en.Key, "/")
	return e.outbox.Append(ctx, outbox.Event{
		ID:      e.ID(en.OutcomeID()),
		Subject: cmp.Or(en.Fingerprint["customer_id"], en.Fingerprint["account_id"], en.Key),
		Type:    e.function + "." + effect + "." + string(en.State),
		Data: Outcome{
			Key: en.Key, State: en.State, Attempts: en.Attempts, Fingerprint: en.Fingerprint, Since: en.Since,
			Result: en.Result, Reason: en.Reason, Resolution: resolution(en),
		},
	})
}

// resolution is the decision that led to the entry's outcome, if one did.
func resolution(en ledger.Entry) *Resolution {
	if len(en.Decisions) == 0 {
		return nil
	}
	last := en.Decisions[len(en.Decisions)-1]
	if last.Attempt != en.Attempts || last.State != en.State {
		return nil
	}
	return &Resolution{By: last.By, Reason: last.Reason, At: last.At}
}
