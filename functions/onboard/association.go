package onboard

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// associationsARun is how many pending associations one run of the schedule asks
	// about: a sixth of the quota of a minute.
	associationsARun = 100
	// Between two questions about an association passes a quarter of its age, but
	// these two at least and at most.
	askAgainAfter = time.Minute
	askAgainUntil = 24 * time.Hour
	// associationOverdue is when the platform is told that an association has not
	// come, and associationGivenUp when nobody asks any more.
	associationOverdue = 24 * time.Hour
	associationGivenUp = 30 * 24 * time.Hour
)

// association is what is known of the association of a registered customer with the
// partner, which follows its account within seconds or hours. It is kept by the
// customer's id.
type association struct {
	AccountID         string `json:"account_id"`
	CustomerID        string `json:"customer_id"`
	IndirectPartnerID string `json:"indirect_partner_id,omitempty"`
	// Since is when the account was known to be there.
	Since   time.Time `json:"since"`
	AskedAt time.Time `json:"asked_at,omitzero"`
	Asked   int       `json:"asked"`
	// Overdue says that the platform was told that it takes long.
	Overdue bool `json:"overdue,omitempty"`
	// Ended says what came of it; empty while it is pending.
	Ended string `json:"ended,omitempty"`
}

// What can come of a pending association.
const (
	endedAssociated = "associated"
	endedUnbound    = "unbound"
	endedGivenUp    = "given_up"
)

func (a association) pending() bool { return a.CustomerID != "" && a.Ended == "" }

// nextAsk is when somebody should ask again.
func (a association) nextAsk(now time.Time) time.Time {
	age := now.Sub(a.Since)
	return now.Add(min(max(age/4, askAgainAfter), askAgainUntil))
}

// eventID names an event about this association, the same each time.
func (a association) eventID(kind string) string {
	sum := sha256.Sum256([]byte(a.CustomerID + "\x00" + a.AccountID + "\x00" + a.Since.UTC().Format(time.RFC3339Nano)))
	return kind + "_" + base64.RawURLEncoding.EncodeToString(sum[:18])
}

// associations keeps the associations. A pending one is due when somebody should ask.
type associations struct {
	docs *ledger.Documents[association]
	now  func() time.Time
}

// get reads the association of a customer; the zero one where none was waited for.
func (s associations) get(ctx context.Context, customerID string) (ledger.Document[association], error) {
	doc, err := s.docs.Get(ctx, customerID)
	if errors.Is(err, ledger.ErrNotFound) {
		return ledger.Document[association]{Key: customerID}, nil
	}
	return doc, err
}

// expect waits for an association, unless it was waited for since then already.
func (s associations) expect(ctx context.Context, a association) error {
	for {
		doc, err := s.get(ctx, a.CustomerID)
		if err != nil {
			return err
		}
		known := doc.Value
		if known.AccountID == a.AccountID && (known.pending() || !a.Since.After(known.Since)) {
			return nil
		}
		doc.Value, doc.DueAt = a, s.now().Add(askAgainAfter)
		_, err = s.docs.Put(ctx, doc)
		if errors.Is(err, ledger.ErrVersion) || errors.Is(err, ledger.ErrExists) {
			continue // somebody else wrote meanwhile: look again
		}
		return err
	}
}

// put records what was found out. Somebody who was faster has found out the same.
func (s associations) put(ctx context.Context, doc ledger.Document[association]) error {
	_, err := s.docs.Put(ctx, doc)
	if errors.Is(err, ledger.ErrVersion) {
		return nil
	}
	return err
}

// end records what came of an association.
func (s associations) end(ctx context.Context, doc ledger.Document[association], how string) error {
	doc.Value.Ended, doc.DueAt = how, time.Time{}
	return s.put(ctx, doc)
}

// associationEvent is the data of the events about an association.
type associationEvent struct {
	AccountID       string              `json:"account_id"`
	CustomerID      string              `json:"customer_id"`
	RegisteredAt    time.Time           `json:"registered_at"`
	AssociationType bss.AssociationType `json:"association_type,omitempty"`
	AssociatedOn    time.Time           `json:"associated_on,omitzero"`
}

// askAssociations asks about pending associations, those that have waited longest for
// their turn first.
func (f *function) askAssociations(ctx context.Context, _ json.RawMessage) error {
	due, err := f.associations.docs.Due(ctx, associationsARun)
	if err != nil {
		return err
	}
	var failures []error
	for _, doc := range due {
		err := f.askAssociation(ctx, doc)
		switch {
		case ctx.Err() != nil, errors.Is(err, bss.ErrThrottled), errors.Is(err, bss.ErrUnavailable), errors.Is(err, bss.ErrCredential):
			// Nobody else's question would fare better now; all stay due.
			return functions.Problem(errors.Join(append(failures, err)...))
		case err != nil:
			failures = append(failures, fmt.Errorf("the association of customer %s: %w", doc.Value.CustomerID, err))
		}
	}
	return functions.Problem(errors.Join(failures...))
}

func (f *function) askAssociation(ctx context.Context, doc ledger.Document[association]) error {
	doc, err := f.associations.get(ctx, doc.Key) // the list may lag
	if err != nil || !doc.Value.pending() || f.now().Before(doc.DueAt) {
		return err
	}
	a := doc.Value
	b, err := f.bindings.Get(ctx, a.AccountID)
	switch {
	case err == nil && (b.Value.Unbound || b.Value.CustomerID != a.CustomerID):
		return f.associations.end(ctx, doc, endedUnbound)
	case err != nil && !errors.Is(err, ledger.ErrNotFound):
		return err
	}
	c, found, err := f.listed(ctx, a.CustomerID, a.IndirectPartnerID)
	if found {
		return f.associatedNow(ctx, doc, c)
	}
	if errors.Is(err, bss.ErrThrottled) || errors.Is(err, bss.ErrUnavailable) || errors.Is(err, bss.ErrCredential) {
		return err
	}
	// One that Huawei Cloud refuses to tell of, such as a reseller's who has gone,
	// must not keep the others from their turn.
	return errors.Join(err, f.stillPending(ctx, doc))
}

// associatedNow tells the platform and then ends the wait: who dies between the two
// tells the same event again, which arrives once.
func (f *function) associatedNow(ctx context.Context, doc ledger.Document[association], c bss.SubCustomer) error {
	a := doc.Value
	event := associationEvent{a.AccountID, a.CustomerID, a.Since, c.AssociationType, c.AssociatedOn.Time}
	if err := f.events.Tell(ctx, a.eventID("associated"), a.AccountID, "onboard.customer.associated", event); err != nil {
		return err
	}
	f.log.LogAttrs(ctx, slog.LevelInfo, "customer associated", slog.String("account_id", a.AccountID), slog.String("customer_id", a.CustomerID))
	return f.associations.end(ctx, doc, endedAssociated)
}

// stillPending puts a pending association off, tells the platform of one that is
// overdue, and gives one up that is hopeless.
func (f *function) stillPending(ctx context.Context, doc ledger.Document[association]) error {
	now, a := f.now(), &doc.Value
	a.AskedAt, a.Asked = now, a.Asked+1
	if now.Sub(a.Since) >= associationOverdue && !a.Overdue {
		event := associationEvent{AccountID: a.AccountID, CustomerID: a.CustomerID, RegisteredAt: a.Since}
		if err := f.events.Tell(ctx, a.eventID("overdue"), a.AccountID, "onboard.customer.association-overdue", event); err != nil {
			return err
		}
		a.Overdue = true
		f.log.LogAttrs(ctx, slog.LevelWarn, "association overdue: look the customer up in the partner centre",
			slog.String("account_id", a.AccountID), slog.String("customer_id", a.CustomerID), slog.Time("since", a.Since))
	}
	if now.Sub(a.Since) >= associationGivenUp {
		return f.associations.end(ctx, doc, endedGivenUp)
	}
	doc.DueAt = a.nextAsk(now)
	return f.associations.put(ctx, doc)
}

// pendingAssociation is a pending association as it is answered.
type pendingAssociation struct {
	AccountID  string    `json:"account_id"`
	CustomerID string    `json:"customer_id"`
	Since      time.Time `json:"since"`
	AskedAt    time.Time `json:"asked_at,omitzero"`
	Asked      int       `json:"asked"`
	NextAsk    time.Time `json:"next_ask"`
	Overdue    bool      `json:"overdue"`
}

type associationList struct {
	Associations []pendingAssociation `json:"associations"`
	// More says that there are others.
	More bool `json:"more"`
}

// listedAssociations is how many pending associations a list names.
const listedAssociations = 100

// listAssociations names the pending associations, the next to be asked about first.
func (f *function) listAssociations(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	if wrong := unknownParameters(r.Query); wrong != nil {
		return nil, handler.Invalid(wrong...)
	}
	docs, err := f.associations.docs.DueBy(ctx, f.now().Add(2*askAgainUntil), listedAssociations+1)
	if err != nil {
		return nil, err
	}
	out := associationList{Associations: []pendingAssociation{}, More: len(docs) > listedAssociations}
	for _, doc := range docs[:min(len(docs), listedAssociations)] {
		a := doc.Value
		out.Associations = append(out.Associations, pendingAssociation{
			a.AccountID, a.CustomerID, a.Since, a.AskedAt, a.Asked, doc.DueAt, a.Overdue,
		})
	}
	return handler.OK(out), nil
}
