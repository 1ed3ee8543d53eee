package onboard

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"regexp"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// standings is what decides whether customers may buy, and tells who their resellers
// are.
type standings interface {
	FreezeSubCustomers(ctx context.Context, r bss.FreezeSubCustomersRequest) ([]bss.ItemError, error)
	UnfreezeSubCustomers(ctx context.Context, r bss.UnfreezeSubCustomersRequest) ([]bss.ItemError, error)
	UpdateSubCustomerBudget(ctx context.Context, r bss.UpdateSubCustomerBudgetRequest) error
	ShowSubCustomerBudget(ctx context.Context, r bss.ShowSubCustomerBudgetRequest) (bss.SubCustomerBudget, error)
	ListSubCustomerBudget(ctx context.Context, r bss.ListSubCustomerBudgetRequest) ([]bss.CustomerBudget, error)
	ListSubCustomerBudgetRecords(ctx context.Context, r bss.ListSubCustomerBudgetRecordsRequest) iter.Seq2[bss.BudgetRecord, error]
	ShowPartnerConsumptionQuota(ctx context.Context) (bss.ConsumptionQuota, error)
	ListIndirectPartners(ctx context.Context, r bss.ListIndirectPartnersRequest) iter.Seq2[bss.IndirectPartner, error]
}

// target is a customer that something is done to or asked of, named by the platform's
// account id or by Huawei Cloud's id.
type target struct {
	AccountID  string `json:"account_id,omitempty"`
	CustomerID string `json:"customer_id"`
	// IndirectPartnerID is the reseller whose customer it is.
	IndirectPartnerID string `json:"indirect_partner_id,omitempty"`
}

const idRule = "has 1 to 64 letters, digits, - and _"

// wrong refuses a target that names no customer, or two.
func (t target) wrong() []handler.FieldError {
	var wrong []handler.FieldError
	switch {
	case t.AccountID != "" && t.CustomerID != "":
		wrong = append(wrong, handler.FieldError{Field: "customer_id", Reason: "is left out where account_id is given"})
	case t.AccountID != "":
		wrong = append(wrong, wrongAccountID(t.AccountID)...)
	case !idPattern.MatchString(t.CustomerID):
		wrong = append(wrong, handler.FieldError{Field: "customer_id", Reason: idRule + ", where account_id is not given"})
	}
	return append(wrong, wrongID("indirect_partner_id", t.IndirectPartnerID)...)
}

var requestIDPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func wrongRequestID(id string) []handler.FieldError {
	if requestIDPattern.MatchString(id) {
		return nil
	}
	return []handler.FieldError{{Field: "request_id", Reason: idRule}}
}

// wrongIDs names the first id of a list that is none, or is there twice.
func wrongIDs(field string, ids []string) []handler.FieldError {
	seen := make(map[string]bool, len(ids))
	for i, id := range ids {
		element := fmt.Sprintf("%s[%d]", field, i)
		switch {
		case !idPattern.MatchString(id):
			return []handler.FieldError{{Field: element, Reason: idRule}}
		case seen[id]:
			return []handler.FieldError{{Field: element, Reason: "is there twice"}}
		}
		seen[id] = true
	}
	return nil
}

// resolve completes a target by what is recorded: the customer of an account, and the
// reseller for whom it was registered, unless the request names one.
func (f *function) resolve(ctx context.Context, t target) (target, error) {
	if t.AccountID != "" {
		b, holds, err := f.binding(ctx, t.AccountID)
		if err != nil {
			return t, err
		}
		if !holds {
			return t, customerUnknown(t.AccountID)
		}
		t.CustomerID = b.CustomerID
	}
	if t.IndirectPartnerID != "" {
		return t, nil
	}
	registered, err := f.associations.get(ctx, t.CustomerID)
	t.IndirectPartnerID = registered.Value.IndirectPartnerID
	return t, err
}

// fingerprint is what an effect upon the target is known by.
func (t target) fingerprint() ledger.Fingerprint {
	fp := ledger.Fingerprint{"customer_id": t.CustomerID}
	if t.AccountID != "" {
		fp["account_id"] = t.AccountID
	}
	if t.IndirectPartnerID != "" {
		fp["indirect_partner_id"] = t.IndirectPartnerID
	}
	return fp
}

func targetOf(fp ledger.Fingerprint) target {
	return target{AccountID: fp["account_id"], CustomerID: fp["customer_id"], IndirectPartnerID: fp["indirect_partner_id"]}
}

// standing names the turn in which a customer is frozen, unfrozen, or given a budget.
func (t target) standing() string { return "standing/" + t.CustomerID }

type handle = func(ctx context.Context, r *handler.Request) (*handler.Response, error)

// offered refuses what the site has no operation for, before anything is done.
func (f *function) offered(operation string, handle handle) handle {
	return func(ctx context.Context, r *handler.Request) (*handler.Response, error) {
		if err := functions.Offered(f.site, operation); err != nil {
			return nil, err
		}
		return handle(ctx, r)
	}
}

// resoldProblem is what to answer where Huawei Cloud refuses to do something to a
// customer, or to tell of it, that the partner is billed for.
func resoldProblem(err error) error {
	if _, unknown := errors.AsType[*ledger.UnknownError](err); unknown {
		return functions.Problem(err)
	}
	if _, known := errors.AsType[*handler.Problem](err); known {
		return functions.Problem(err)
	}
	switch {
	case code(err) == resellerNotOurs:
		return resellerUnknown(err)
	case code(err) == "CBC.99000000", errors.Is(err, bss.ErrNotFound):
		return notServed(err)
	case errors.Is(err, bss.ErrAssociationType):
		return notResold(err)
	}
	return functions.Problem(err)
}

func notServed(cause error) error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "customer_unknown", Cause: cause,
		Detail: "The partner has no such customer.",
		Next:   "Check customer_id, and that the customer is associated; name its reseller in indirect_partner_id if it has one."}
}

func notResold(cause error) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "customer_pays_itself", Cause: cause,
		Detail: "The customer is associated by referral: it pays for itself, so the partner cannot limit or freeze it.",
		Next:   "Change the association to reseller in the partner centre first, if that is wanted."}
}

// refusedUnlessUnknown marks a failure after which nothing can have happened. What is
// no answer of the API and no failure to reach it proves nothing.
func refusedUnlessUnknown(err error) error {
	if failure, ok := errors.AsType[*bss.Error](err); ok && !failure.Unknown {
		return ledger.Refused(err)
	}
	return err
}
