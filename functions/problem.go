package functions

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// Problem turns an error of the ledger or of a call to Huawei Cloud into the
// problem that it is answered with. Errors that are neither, problems among them,
// come back as they are. A use case handles what it knows more about before it
// asks here.
func Problem(err error) error {
	// An unknown outcome comes first: whatever it was caused by is no answer.
	if _, ok := errors.AsType[*ledger.UnknownError](err); ok || errors.Is(err, ledger.ErrSuperseded) {
		return outcomeUnknown(err)
	}
	if _, ok := errors.AsType[*handler.Problem](err); ok || err == nil {
		return err
	}
	if p := ledgerProblem(err); p != nil {
		return p
	}
	if errors.Is(err, bss.ErrNotOnSite) {
		return notOnSite(err)
	}
	if failure, ok := errors.AsType[*bss.Error](err); ok {
		return upstreamProblem(failure, err)
	}
	return err
}

// stopped reports whether a call ended because its context did, which the edge
// answers better than we could here.
func stopped(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func ledgerProblem(err error) *handler.Problem {
	if conflict, ok := errors.AsType[*ledger.ConflictError](err); ok {
		p := &handler.Problem{Status: http.StatusConflict, Code: "key_conflict", Cause: err,
			Detail: "The same key was used before for another request.",
			Next:   "Use a new key for a new request; look at the first one's outcome otherwise."}
		for _, field := range conflict.Fields {
			p.Fields = append(p.Fields, handler.FieldError{Field: field, Reason: "differs from the first request"})
		}
		return p
	}
	if errors.Is(err, ledger.ErrRunning) {
		return &handler.Problem{Status: http.StatusConflict, Code: "still_running", RetryAfter: 2 * time.Second, Cause: err,
			Detail: "The same request is being carried out at this moment.",
			Next:   "Ask again shortly with the same key."}
	}
	return nil
}

func outcomeUnknown(cause error) *handler.Problem {
	return &handler.Problem{Status: http.StatusServiceUnavailable, Code: "outcome_unknown", RetryAfter: 30 * time.Second, Cause: cause,
		Detail: "It may or may not have happened: Huawei Cloud gave no clear answer.",
		Next:   "Ask again with the same key. It is then looked up, and repeated only if it is proven not to have happened."}
}

// Offered is nil where a site has an operation, by its name in [bss.Operations], and
// otherwise the problem not_on_site: to be told before anything is done.
func Offered(site bss.Site, operation string) error {
	for _, op := range bss.Operations() {
		if op.Name == operation && !op.Sites.Has(site) {
			return Problem(fmt.Errorf("%w: %s has no %s", bss.ErrNotOnSite, site, operation))
		}
	}
	return nil
}

func notOnSite(cause error) *handler.Problem {
	return &handler.Problem{Status: http.StatusConflict, Code: "not_on_site", Cause: cause,
		Detail: "Huawei Cloud's site does not have this operation.",
		Next:   "Look at BSS_SITE: some operations are for the Chinese mainland site only, others for the international and the European ones."}
}

func upstreamProblem(e *bss.Error, cause error) error {
	p := &handler.Problem{Status: http.StatusBadGateway, Cause: cause}
	switch {
	case errors.Is(e, bss.ErrOutcomeUnknown):
		return outcomeUnknown(cause)
	case stopped(e) && !errors.Is(e, bss.ErrUnavailable): // where our time was up, not that of one try
		return cause
	case errors.Is(e, bss.ErrThrottled), errors.Is(e, bss.ErrTryLater):
		p.Status, p.Code, p.RetryAfter = http.StatusServiceUnavailable, "upstream_throttled", max(e.RetryAfter, time.Second)
		p.Detail = "Huawei Cloud does not take the call at this moment."
		p.Next = "Send the request again later."
	case errors.Is(e, bss.ErrCredential):
		p.Code = "upstream_credential"
		p.Detail = "Huawei Cloud did not accept our credential."
		p.Next = "Check BSS_ACCESS_KEY, BSS_SECRET_KEY, the IAM user and the clock; do not send it again before."
	case errors.Is(e, bss.ErrAccessDenied):
		p.Code = "upstream_denied"
		p.Detail = refusal(e, "Huawei Cloud does not let us do this")
		p.Next = "Check that the customer is associated with the partner, and the permissions of the partner's user."
	case errors.Is(e, bss.ErrNotFound):
		p.Status, p.Code = http.StatusNotFound, "upstream_not_found"
		p.Detail = refusal(e, "Huawei Cloud does not know what the request names")
		p.Next = "Check the ids."
	case errors.Is(e, bss.ErrUnavailable):
		p.Code = "upstream_unavailable"
		p.Detail = "Huawei Cloud could not be reached or failed."
		p.Next = "Send the request again later."
	case e.Status == 0:
		return cause // it was never sent: something is wrong on our side
	default:
		p.Status, p.Code = http.StatusUnprocessableEntity, "upstream_refused"
		p.Detail = refusal(e, "Huawei Cloud refused")
		p.Next = "Correct what the message names."
	}
	return p
}

// The API's own words are for those who use it; they name no secret.
func refusal(e *bss.Error, what string) string {
	if e.Code == "" {
		return what + "."
	}
	return fmt.Sprintf("%s: %s %s", what, e.Code, e.Message)
}
