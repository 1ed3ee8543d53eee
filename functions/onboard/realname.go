package onboard

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// realNameCloud is what real names take of the partner API.
type realNameCloud interface {
	CreatePersonalRealnameAuth(ctx context.Context, r bss.CreatePersonalRealnameAuthRequest) (bss.ReviewMode, error)
	CreateEnterpriseRealnameAuthentication(ctx context.Context, r bss.CreateEnterpriseRealnameAuthenticationRequest) (bss.ReviewMode, error)
	ChangeEnterpriseRealnameAuthentication(ctx context.Context, r bss.ChangeEnterpriseRealnameAuthenticationRequest) (bss.ReviewMode, error)
	ShowRealnameAuthenticationReviewResult(ctx context.Context, r bss.ShowRealnameAuthenticationReviewResultRequest) (bss.ReviewResult, error)
	ShowRealNameAuthStatus(ctx context.Context, customer bss.Customer) (bss.RealNameAuthStatus, error)
	ShowRealNameAuthQrCode(ctx context.Context, customer bss.Customer) (string, error)
}

func (f *function) realNameRoutes() []handler.Route {
	const root = "/onboard/customers/{account_id}/real-name"
	return []handler.Route{
		{Method: http.MethodGet, Pattern: root, Handle: f.showRealName},
		{Method: http.MethodPost, Pattern: root + "/individual", Handle: f.submitPerson},
		{Method: http.MethodPost, Pattern: root + "/enterprise", Handle: f.submitEnterprise},
		{Method: http.MethodPost, Pattern: root + "/enterprise-change", Handle: f.changeToEnterprise},
		{Method: http.MethodPost, Pattern: root + "/codes", Handle: f.sendCardCode},
		{Method: http.MethodPost, Pattern: root + "/qr-codes", Handle: f.makeQRCode},
		{Method: http.MethodGet, Pattern: root + "/status", Handle: f.showOwnRealName},
	}
}

// realNameStatus is where a customer's real name stands.
type realNameStatus string

const (
	realNameNone      realNameStatus = "none"
	realNameReviewing realNameStatus = "reviewing"
	realNameRejected  realNameStatus = "rejected"
	realNamePassed    realNameStatus = "passed"
	// realNameOverdue is reviewing, by a review that is not followed any longer.
	realNameOverdue realNameStatus = "overdue"
)

// realName is what is remembered of a customer's submissions: nothing of what was
// submitted.
type realName struct {
	CustomerID string `json:"customer_id"`
	// Pending is the one that was begun last, until it is known to have been accepted.
	Pending *pendingSubmission `json:"pending,omitempty"`
	// The rest is of the one that was accepted last; Entry is empty where there is none.
	remembered
	Status    realNameStatus `json:"status,omitempty"`
	ChangedAt time.Time      `json:"changed_at,omitzero"`
}

// remembered names a submission.
type remembered struct {
	Kind      submissionKind `json:"kind,omitempty"`
	RequestID string         `json:"request_id,omitempty"`
	// Entry is the ledger's key of the submission.
	Entry       string    `json:"entry,omitempty"`
	SubmittedAt time.Time `json:"submitted_at,omitzero"`
}

// pendingSubmission is one of which nobody may know yet whether it was accepted.
type pendingSubmission struct {
	remembered
	// Before is what the review said before it, empty where it would not say.
	Before realNameStatus `json:"before"`
}

// bound is the Huawei Cloud account of the customer in the request's path.
func (f *function) bound(ctx context.Context, r *handler.Request) (Binding, error) {
	accountID := r.PathValue("account_id")
	b, holds, err := f.binding(ctx, accountID)
	if err == nil && !holds {
		err = f.notRegistered(ctx, accountID)
	}
	return b, err
}

// realNameOf is what is remembered of a customer, with version 0 where that is nothing.
func (f *function) realNameOf(ctx context.Context, accountID string) (ledger.Document[realName], error) {
	doc, err := f.realNames.Get(ctx, accountID)
	if errors.Is(err, ledger.ErrNotFound) {
		return ledger.Document[realName]{Key: accountID}, nil
	}
	return doc, err
}
