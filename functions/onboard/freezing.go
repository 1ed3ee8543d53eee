package onboard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// maxFrozen is how many customers one request is about.
	maxFrozen = 10
	maxReason = 256
	// retention is how long resources outlast a freeze of their own.
	retention = 15 * 24 * time.Hour
)

// freezingRoutes are about customers that the partner is billed for, which the
// mainland site has none of.
func (f *function) freezingRoutes() []handler.Route {
	return []handler.Route{
		{Method: http.MethodPost, Pattern: "/onboard/freezes", Handle: f.offered("FreezeSubCustomers", f.freeze)},
		{Method: http.MethodPost, Pattern: "/onboard/unfreezes", Handle: f.offered("UnfreezeSubCustomers", f.unfreeze)},
	}
}

// freezeRequest is about customers of the partner, or of one reseller.
type freezeRequest struct {
	RequestID         string         `json:"request_id"`
	AccountIDs        []string       `json:"account_ids"`
	CustomerIDs       []string       `json:"customer_ids"`
	IndirectPartnerID string         `json:"indirect_partner_id"`
	FreezeType        bss.FreezeType `json:"freeze_type"`
	Reason            string         `json:"reason"`
	// AcceptResourceLoss must be set to freeze resources too.
	AcceptResourceLoss bool `json:"accept_resource_loss"`
}

// unfreezeRequest names the type that the customers were frozen with.
type unfreezeRequest struct {
	RequestID         string         `json:"request_id"`
	AccountIDs        []string       `json:"account_ids"`
	CustomerIDs       []string       `json:"customer_ids"`
	IndirectPartnerID string         `json:"indirect_partner_id"`
	UnfreezeType      bss.FreezeType `json:"unfreeze_type"`
	Reason            string         `json:"reason"`
}

// freezeAnswer tells of each customer by itself.
type freezeAnswer struct {
	RequestID string         `json:"request_id"`
	Customers []frozenAnswer `json:"customers"`
	// Warning says what is at stake, where something is.
	Warning string `json:"warning,omitempty"`
}

type frozenAnswer struct {
	target
	// State is the ledger's: done, failed, unknown or running.
	State ledger.State `json:"state"`
	// At is when it was done.
	At time.Time `json:"at,omitzero"`
	// ResourcesLostAt is when the customer's resources are deleted.
	ResourcesLostAt time.Time `json:"resources_lost_at,omitzero"`
	// Problem says why it was not done, or that nobody knows.
	Problem *customerProblem `json:"problem,omitempty"`
}

// customerProblem is a problem about one of several customers, which fails no request.
type customerProblem struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Next   string `json:"next"`
}

func (p *customerProblem) Error() string { return p.Code + ": " + p.Detail }

const resourceWarning = "The resources of customers that are frozen with them cannot be used, and are deleted with their data 15 days after the freeze: unfreeze them before resources_lost_at, with unfreeze_type ACCOUNT_AND_RESOURCE."

// freeze stops customers. The API takes ten in a call; here each is frozen by a call
// of its own, so that the outcome of each is known for itself.
func (f *function) freeze(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in freezeRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	wrong := wrongFreezeType("freeze_type", in.FreezeType)
	if in.FreezeType == bss.FreezeAccountAndResource && !in.AcceptResourceLoss {
		wrong = append(wrong, handler.FieldError{Field: "accept_resource_loss", Reason: "must be true: resources that are frozen for 15 days are deleted with their data"})
	}
	return f.freezeAll(ctx, freezeBatch{
		requestID: in.RequestID, accounts: in.AccountIDs, customers: in.CustomerIDs,
		freezing: freezing{effect: frozen, target: target{IndirectPartnerID: in.IndirectPartnerID}, Type: in.FreezeType, Reason: in.Reason},
	}, wrong)
}

func (f *function) unfreeze(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in unfreezeRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	return f.freezeAll(ctx, freezeBatch{
		requestID: in.RequestID, accounts: in.AccountIDs, customers: in.CustomerIDs,
		freezing: freezing{effect: unfrozen, target: target{IndirectPartnerID: in.IndirectPartnerID}, Type: in.UnfreezeType, Reason: in.Reason},
	}, wrongFreezeType("unfreeze_type", in.UnfreezeType))
}

func wrongFreezeType(field string, kind bss.FreezeType) []handler.FieldError {
	if kind == "" || kind == bss.FreezeAccount || kind == bss.FreezeAccountAndResource {
		return nil
	}
	return []handler.FieldError{{Field: field, Reason: "is ACCOUNT or ACCOUNT_AND_RESOURCE"}}
}

// freezeBatch is one freezing of several customers.
type freezeBatch struct {
	requestID           string
	accounts, customers []string
	freezing
}

func (b freezeBatch) wrong() []handler.FieldError {
	wrong := wrongRequestID(b.requestID)
	add := func(field, reason string) {
		wrong = append(wrong, handler.FieldError{Field: field, Reason: reason})
	}
	if n := len(b.accounts) + len(b.customers); n == 0 || n > maxFrozen {
		add("customer_ids", fmt.Sprintf("has, together with account_ids, 1 to %d customers", maxFrozen))
		return wrong
	}
	for i, id := range b.accounts {
		if wrongAccountID(id) != nil {
			add(fmt.Sprintf("account_ids[%d]", i), "has 1 to 128 bytes and no control characters")
		}
	}
	wrong = append(wrong, wrongIDs("customer_ids", b.customers)...)
	wrong = append(wrong, wrongID("indirect_partner_id", b.IndirectPartnerID)...)
	if b.Reason == "" || utf8.RuneCountInString(b.Reason) > maxReason {
		add("reason", fmt.Sprintf("has 1 to %d characters", maxReason))
	}
	return wrong
}

// freezeAll carries a batch out, unless anything is wrong with it or one of its
// accounts is unknown.
func (f *function) freezeAll(ctx context.Context, b freezeBatch, wrong []handler.FieldError) (*handler.Response, error) {
	if err := invalid(append(b.wrong(), wrong...)); err != nil {
		return nil, err
	}
	targets, err := f.targets(ctx, b)
	if err != nil {
		return nil, err
	}
	out := &handler.Response{Status: http.StatusOK}
	answer := freezeAnswer{RequestID: b.requestID}
	for _, t := range targets {
		one := b.freezing
		one.target = t
		row, err := f.freezeOne(ctx, b.requestID, one.withDefault())
		if err != nil {
			return nil, err
		}
		if row.Problem != nil {
			out.Status = http.StatusMultiStatus
		}
		if !row.ResourcesLostAt.IsZero() {
			answer.Warning = resourceWarning
		}
		answer.Customers = append(answer.Customers, row)
	}
	out.Body = answer
	return out, nil
}

func (f *function) targets(ctx context.Context, b freezeBatch) ([]target, error) {
	var all []target
	seen := map[string]bool{}
	add := func(field string, i int, t target) error {
		t.IndirectPartnerID = b.IndirectPartnerID
		t, err := f.resolve(ctx, t)
		if err == nil && seen[t.CustomerID] {
			err = handler.Invalid(handler.FieldError{Field: fmt.Sprintf("%s[%d]", field, i), Reason: "is there twice"})
		}
		seen[t.CustomerID] = true
		all = append(all, t)
		return err
	}
	var errs []error
	for i, id := range b.accounts {
		errs = append(errs, add("account_ids", i, target{AccountID: id}))
	}
	for i, id := range b.customers {
		errs = append(errs, add("customer_ids", i, target{CustomerID: id}))
	}
	return all, errors.Join(errs...)
}

// freezeOne freezes or unfreezes one customer, once a request. Only what is no answer
// about the customer is an error.
func (f *function) freezeOne(ctx context.Context, requestID string, z freezing) (frozenAnswer, error) {
	row := frozenAnswer{target: z.target, State: ledger.StateDone}
	var done standing
	err := f.ledger.Turn(ctx, z.standing(), func(ctx context.Context) (err error) {
		done, err = ledger.Do(ctx, f.ledger, z.key(requestID), z.fingerprint(), f.freezingEffect(z))
		return err
	})
	if err == nil {
		row.At = done.At
		if z.effect == frozen && z.Type == bss.FreezeAccountAndResource {
			row.ResourcesLostAt = done.At.Add(retention)
		}
		return row, nil
	}
	row.State = ledger.StateFailed
	if about, ok := errors.AsType[*customerProblem](err); ok {
		row.Problem = about
		return row, nil
	}
	problem, ok := errors.AsType[*handler.Problem](resoldProblem(err))
	if !ok {
		return row, err
	}
	row.Problem = &customerProblem{problem.Code, problem.Detail, problem.Next}
	switch problem.Code {
	case "outcome_unknown":
		row.State = ledger.StateUnknown
	case "still_running":
		row.State = ledger.StateRunning
	}
	return row, nil
}
