package onboard

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// submissionKind is what is submitted.
type submissionKind string

const (
	individual       submissionKind = "individual"
	enterprise       submissionKind = "enterprise"
	enterpriseChange submissionKind = "enterprise-change"
)

// submission is one request for a review. Huawei Cloud counts attempts and takes no
// key for one, so it goes through the ledger, once a request id.
type submission struct {
	accountID, customerID, requestID string
	kind                             submissionKind
	attachments                      []string
	// content is all that the request says but for the verification code, which a
	// person who mistyped it corrects.
	content any
	// private are the texts that nobody but Huawei Cloud may see.
	private []string
	send    func(ctx context.Context, files []string) (bss.ReviewMode, error)
}

// submitted is what the ledger keeps of a submission.
type submitted struct {
	Review bss.ReviewMode `json:"is_review"`
	At     time.Time      `json:"at"`
}

type submissionAnswer struct {
	AccountID  string         `json:"account_id"`
	CustomerID string         `json:"customer_id"`
	RequestID  string         `json:"request_id"`
	Kind       submissionKind `json:"kind"`
	Status     realNameStatus `json:"status"`
	// SubmittedAt is when Huawei Cloud took it.
	SubmittedAt time.Time `json:"submitted_at"`
}

// realNameKey is the ledger's key of a submission.
func realNameKey(customerID, requestID string) string {
	return "realname/" + customerID + "/" + requestID
}

func (s submission) key() string { return realNameKey(s.customerID, s.requestID) }

// fingerprint tells two requests apart without holding what they say: certificate
// numbers are few enough to be guessed from a hash, so it is keyed, and it differs
// for each request, so that nobody is recognized by it. After a change of
// BSS_SECRET_KEY a request that is repeated is a conflict.
func (s submission) fingerprint(key []byte) (ledger.Fingerprint, error) {
	content, err := json.Marshal(s.content)
	if err != nil {
		return nil, fmt.Errorf("encode a submission: %w", err)
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(s.key() + "\x00"))
	m.Write(content)
	return ledger.Fingerprint{
		"account_id": s.accountID, "customer_id": s.customerID, "kind": string(s.kind), "content": hex.EncodeToString(m.Sum(nil)),
	}, nil
}

// fingerprintKey is made of the partner's secret key, so that there is no other secret
// to keep.
func fingerprintKey(secret handler.Secret) []byte {
	m := hmac.New(sha256.New, []byte(secret.Reveal()))
	m.Write([]byte("bssfn onboard real-name fingerprint"))
	return m.Sum(nil)
}

// submit makes a submission once, and follows its review.
func (f *function) submit(ctx context.Context, s submission) (*handler.Response, error) {
	fp, err := s.fingerprint(f.realNameSecret)
	if err != nil {
		return nil, err
	}
	var out submitted
	// One submission of a customer at a time: what is found of one whose answer was
	// lost must be its own.
	err = f.ledger.Turn(ctx, "real-name/"+s.customerID, func(ctx context.Context) error {
		if err := f.settledBefore(ctx, s); err != nil {
			return err
		}
		var err error
		out, err = ledger.Do(ctx, f.ledger, s.key(), fp, f.submissionEffect(s))
		return err
	})
	if err != nil {
		return nil, s.problem(err)
	}
	status, err := f.follow(ctx, s.accountID, s.key(), out)
	if err != nil {
		return nil, err
	}
	return handler.Accepted(submissionAnswer{
		AccountID: s.accountID, CustomerID: s.customerID, RequestID: s.requestID, Kind: s.kind, Status: status, SubmittedAt: out.At,
	}), nil
}

// settledBefore refuses a submission while another one of the customer is in doubt.
func (f *function) settledBefore(ctx context.Context, s submission) error {
	doc, err := f.realNameOf(ctx, s.accountID)
	pending := doc.Value.Pending
	if err != nil || pending == nil || pending.Entry == s.key() {
		return err
	}
	en, err := f.ledger.Entry(ctx, pending.Entry)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err == nil && (en.State == ledger.StateUnknown || en.State == ledger.StateRunning) {
		err = submissionUnsettled(pending.RequestID)
	}
	return err
}

func (f *function) submissionEffect(s submission) ledger.Effect[submitted] {
	return ledger.Effect[submitted]{
		Apply: func(ctx context.Context) (submitted, error) {
			files, err := f.prepare(ctx, s)
			if err != nil {
				return submitted{}, ledger.Refused(err) // nothing was submitted
			}
			review, err := s.send(ctx, files)
			if err == nil {
				return submitted{review, f.now().UTC()}, nil
			}
			err = withhold(err, s.private)
			if errors.Is(err, bss.ErrOutcomeUnknown) {
				return submitted{}, err
			}
			f.shelf.release(context.WithoutCancel(ctx), s.attachments)
			return submitted{}, ledger.Refused(err)
		},
		Find: func(ctx context.Context, _ time.Time) (submitted, ledger.Finding, error) {
			return f.findSubmission(ctx, s.accountID, s.key())
		},
		Settle: 5 * time.Minute,
	}
}

// prepare takes the attachments and remembers what the review says now: that is how a
// submission is found whose answer was lost.
func (f *function) prepare(ctx context.Context, s submission) (files []string, err error) {
	if files, err = f.shelf.use(ctx, s.accountID, s.attachments); err != nil {
		return nil, err
	}
	before, _, err := f.review(ctx, s.customerID)
	if refusal, ok := errors.AsType[*bss.Error](err); ok && refusal.Status >= 400 && refusal.Status < 500 && !errors.Is(err, bss.ErrThrottled) {
		before, err = "", nil // the submission is refused for the same reason, with a code that says it
	}
	if err != nil {
		return nil, err
	}
	doc, err := f.realNameOf(ctx, s.accountID)
	if err != nil {
		return nil, err
	}
	if doc.Value.CustomerID != s.customerID { // the account was bound anew
		doc.Value, doc.DueAt = realName{CustomerID: s.customerID}, time.Time{}
	}
	doc.Value.Pending = &pendingSubmission{remembered{s.kind, s.requestID, s.key(), f.now().UTC()}, before}
	_, err = f.realNames.Put(ctx, doc)
	return files, err
}

// findSubmission tells by the review whether there was a submission. A review that
// was rejected before and is so again may be of either, so that a person compares.
func (f *function) findSubmission(ctx context.Context, accountID, key string) (submitted, ledger.Finding, error) {
	doc, err := f.realNameOf(ctx, accountID)
	if err != nil {
		return submitted{}, ledger.Unclear, err
	}
	pending := doc.Value.Pending
	if pending == nil || pending.Entry != key {
		return submitted{}, ledger.Absent, nil // it is remembered before anything is sent
	}
	now, _, err := f.review(ctx, doc.Value.CustomerID)
	if err != nil {
		return submitted{}, ledger.Unclear, err
	}
	before := pending.Before
	switch {
	case before == "" || before == realNameReviewing:
		return submitted{}, ledger.Unclear, nil
	case now == realNameNone:
		return submitted{}, ledger.Absent, nil
	case now != before:
		return submitted{bss.ReviewManual, f.now().UTC()}, ledger.Found, nil
	case now == realNamePassed:
		return f.findPassed(ctx, doc.Value.CustomerID, pending.Kind)
	}
	return submitted{}, ledger.Unclear, nil
}

// findPassed is for a customer whose real name was known before: a person may be an
// enterprise by now, and nothing else could have been submitted.
func (f *function) findPassed(ctx context.Context, customerID string, kind submissionKind) (submitted, ledger.Finding, error) {
	for c, err := range f.cloud.ListSubCustomers(ctx, bss.ListSubCustomersRequest{CustomerID: customerID}) {
		if err != nil {
			return submitted{}, ledger.Unclear, err
		}
		if kind == enterpriseChange && c.CustomerType == bss.CustomerEnterprise {
			return submitted{bss.ReviewManual, f.now().UTC()}, ledger.Found, nil
		}
		return submitted{}, ledger.Absent, nil
	}
	return submitted{}, ledger.Unclear, nil
}

// review is what Huawei Cloud says of the submission that was made last, and its
// opinion where it was rejected.
func (f *function) review(ctx context.Context, customerID string) (realNameStatus, string, error) {
	result, err := f.realNameCloud.ShowRealnameAuthenticationReviewResult(ctx, bss.ShowRealnameAuthenticationReviewResultRequest{CustomerID: customerID})
	if err != nil || result.ReviewResult == nil {
		return realNameNone, "", err
	}
	switch *result.ReviewResult {
	case bss.ReviewPending:
		return realNameReviewing, "", nil
	case bss.ReviewRejected:
		return realNameRejected, result.Opinion, nil
	case bss.ReviewPassed:
		return realNamePassed, "", nil
	}
	return "", "", fmt.Errorf("the review result of customer %s is %d, which is not documented", customerID, *result.ReviewResult)
}
