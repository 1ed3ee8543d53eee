package reconcile

import (
	"context"
	"encoding/json"
	"time"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// listed is how many entries a report names.
const listed = 100

// entryAnswer is everything that a person needs who looks at an entry.
type entryAnswer struct {
	Key   string       `json:"key"`
	Path  string       `json:"path"`
	State ledger.State `json:"state"`
	// Attempts counts how often the effect was begun; Since is when the first of
	// them began that may have had an effect, Ended when the last one stopped.
	Attempts  int       `json:"attempts"`
	Since     time.Time `json:"since"`
	Ended     time.Time `json:"ended,omitzero"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	// DueAt is when the next one looks at it.
	DueAt time.Time `json:"due_at,omitzero"`
	// AnnouncedAt is when the outcome was announced.
	AnnouncedAt time.Time          `json:"announced_at,omitzero"`
	Reason      string             `json:"reason,omitempty"`
	Fingerprint ledger.Fingerprint `json:"fingerprint"`
	Result      json.RawMessage    `json:"result,omitempty"`
	Decisions   []ledger.Decision  `json:"decisions,omitempty"`
	// LookAt tells where the effect shows, while its outcome is unknown.
	LookAt string `json:"look_at,omitempty"`
}

func (r *Reconciler) answer(en ledger.Entry) entryAnswer {
	out := entryAnswer{
		Key: en.Key, Path: r.path(en.Key), State: en.State, Attempts: en.Attempts,
		Since: en.Since, Ended: en.Ended, CreatedAt: en.CreatedAt, UpdatedAt: en.UpdatedAt,
		DueAt: en.DueAt, AnnouncedAt: en.Announced, Reason: en.Reason,
		Fingerprint: en.Fingerprint, Result: en.Result, Decisions: en.Decisions,
	}
	if settler, ok := r.settler(en.Key); ok && settler.LookAt != nil && en.State == ledger.StateUnknown {
		out.LookAt = settler.LookAt(en)
	}
	return out
}

type listAnswer struct {
	Entries []entryAnswer `json:"entries"`
	// More says that there are others.
	More bool `json:"more"`
}

// list reports what waits for a person.
func (r *Reconciler) list(ctx context.Context, req *handler.Request) (*handler.Response, error) {
	if req.Query.Get("state") != string(ledger.StateUnknown) {
		return nil, handler.Invalid(handler.FieldError{Field: "state", Reason: "must be unknown: those are the entries that wait for somebody"})
	}
	out := listAnswer{Entries: []entryAnswer{}}
	for en, err := range r.book.Unknown(ctx, listed+1) {
		if err != nil {
			return nil, err
		}
		if len(out.Entries) == listed {
			out.More = true
			break
		}
		out.Entries = append(out.Entries, r.answer(en))
	}
	return handler.OK(out), nil
}

func (r *Reconciler) show(ctx context.Context, req *handler.Request) (*handler.Response, error) {
	en, err := r.entry(ctx, req)
	if err != nil {
		return nil, err
	}
	return handler.OK(r.answer(en)), nil
}
