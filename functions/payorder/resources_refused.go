package payorder

import (
	"errors"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// ResourceRefusal is why one resource was left out where others were not.
type ResourceRefusal struct {
	ResourceID string `json:"resource_id"`
	// Code and Message are Huawei Cloud's own; Code is empty where the answer was
	// lost, and only what became of the resources could be seen.
	Code    string `json:"code"`
	Message string `json:"message"`
}

func refusals(failed []bss.FailedResource) []ResourceRefusal {
	out := []ResourceRefusal{}
	for _, f := range failed {
		out = append(out, ResourceRefusal(f))
	}
	return out
}

// refusedAll is the refusal of every resource of a call, each for a reason of its
// own.
type refusedAll []ResourceRefusal

// Error names the first one.
func (r refusedAll) Error() string {
	return "every resource was refused, " + r[0].ResourceID + " with " + r[0].Code + " " + r[0].Message
}

// resourcesNotChanged answers why nothing was done to resources.
func resourcesNotChanged(err error) error {
	if _, unknown := errors.AsType[*ledger.UnknownError](err); unknown {
		return functions.Problem(err)
	}
	if all, ok := errors.AsType[refusedAll](err); ok {
		p := &handler.Problem{Status: http.StatusConflict, Code: "resources_refused", Cause: err,
			Detail: "Huawei Cloud refused every resource. Nothing was done.", Next: "Look at the reason of each."}
		for _, r := range all {
			p.Fields = append(p.Fields, handler.FieldError{Field: r.ResourceID, Reason: r.Code + " " + r.Message})
		}
		return p
	}
	refusal, refused := errors.AsType[*bss.Error](err)
	if !refused || refusal.Unknown {
		return functions.Problem(err)
	}
	words := " " + refusal.Code + " " + refusal.Message
	p := &handler.Problem{Status: http.StatusConflict, Cause: err}
	switch {
	case errors.Is(err, bss.ErrNotFound):
		return resourceUnknown(nil, err)
	case errors.Is(err, bss.ErrUnpaidOrder):
		p.Code, p.Detail = "resource_in_unpaid_order", "An order of a resource waits for its payment."+words
		p.Next = "Pay that order or cancel it, then ask again."
	case errors.Is(err, bss.ErrTryLater):
		p.Code, p.Detail = "resource_busy", "Another transaction of a resource is in progress."+words
		p.Next, p.RetryAfter = "Ask again in a few minutes.", time.Minute
	case errors.Is(err, bss.ErrFrozen):
		p.Code, p.Detail = "resource_frozen", "The account or a resource is frozen, or has expired."+words
		p.Next = "Renew or unfreeze it first."
	case errors.Is(err, bss.ErrNotSupported):
		p.Code, p.Detail = "resource_not_supported", "Huawei Cloud does not do this to a resource of the kind."+words
		p.Next = "Leave the resource out, or use Huawei Cloud's console."
	default:
		return functions.Problem(err)
	}
	return p
}

// doubtful keeps an error that leaves the outcome open, and marks every other one as
// the certain answer that nothing was done.
func doubtful(err error) error {
	if err == nil || errors.Is(err, bss.ErrOutcomeUnknown) {
		return err
	}
	return ledger.Refused(err)
}
