package couponissue

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// QuotaIssue asks for a coupon quota for a reseller out of one of the distributor's.
type QuotaIssue struct {
	// RequestID names the issue: 1 to 64 letters, digits, _ and -.
	RequestID string `json:"request_id"`
	// QuotaID is the distributor's quota.
	QuotaID           string `json:"quota_id"`
	IndirectPartnerID string `json:"indirect_partner_id"`
	// QuotaAmount is in the quota's currency, with at most two decimals.
	QuotaAmount decimal.Decimal `json:"quota_amount"`
}

// issueQuota gives a reseller a quota, once a request_id.
func (f *function) issueQuota(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in QuotaIssue
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	var check fields
	check.match("request_id", in.RequestID, requestIDPattern)
	check.match("quota_id", in.QuotaID, idPattern)
	check.match("indirect_partner_id", in.IndirectPartnerID, idPattern)
	check.amount("quota_amount", in.QuotaAmount)
	if err := check.problem(); err != nil {
		return nil, err
	}
	var issued string
	err := f.ledger.Turn(ctx, "quota/"+in.QuotaID+"/"+in.IndirectPartnerID, func(ctx context.Context) (err error) {
		issued, err = f.doIssueQuota(ctx, in)
		return err
	})
	if err != nil {
		return nil, quotaProblem(err)
	}
	return handler.OK(struct {
		QuotaIssue
		IssuedQuotaID string `json:"issued_quota_id"`
	}{in, issued}), nil
}

func (i QuotaIssue) key() string { return "issue-quota/" + i.RequestID }

func (i QuotaIssue) fingerprint() ledger.Fingerprint {
	return ledger.Fingerprint{"quota_id": i.QuotaID, "indirect_partner_id": i.IndirectPartnerID, "quota_amount": i.QuotaAmount.StringFixed(2)}
}

// quotaIssueOf is the issue that an entry is about.
func quotaIssueOf(en ledger.Entry) (QuotaIssue, error) {
	amount, err := decimal.NewFromString(en.Fingerprint["quota_amount"])
	if err != nil {
		return QuotaIssue{}, fmt.Errorf("the entry %q has no quota_amount: %w", en.Key, err)
	}
	return QuotaIssue{
		RequestID: en.Key[len("issue-quota/"):], QuotaID: en.Fingerprint["quota_id"],
		IndirectPartnerID: en.Fingerprint["indirect_partner_id"], QuotaAmount: amount,
	}, nil
}

// doIssueQuota issues in the turn of quota and reseller. As with money, the records
// carry no key of ours, so nothing is issued to a reseller out of a quota while an
// issue before is in doubt: the one record that nobody has claimed is then its own.
func (f *function) doIssueQuota(ctx context.Context, in QuotaIssue) (string, error) {
	last, err := f.quotaIssues.Get(ctx, in.QuotaID+"/"+in.IndirectPartnerID)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return "", err
	}
	last.Key = in.QuotaID + "/" + in.IndirectPartnerID
	if last.Value != "" && last.Value != in.key() {
		if err := f.settleQuotaIssueOf(ctx, last.Value); err != nil {
			return "", err
		}
	}
	effect := f.quotaIssue(in)
	apply := effect.Apply
	effect.Apply = func(ctx context.Context) (string, error) {
		last.Value = in.key()
		if _, err := f.quotaIssues.Put(ctx, last); err != nil {
			return "", ledger.Refused(err)
		}
		return apply(ctx)
	}
	return ledger.Do(ctx, f.ledger, in.key(), in.fingerprint(), effect)
}

// settleQuotaIssueOf fails while the issue of that key is in doubt.
func (f *function) settleQuotaIssueOf(ctx context.Context, key string) error {
	en, err := f.ledger.Entry(ctx, key)
	if err != nil {
		return err
	}
	if en.State == ledger.StateDone || en.State == ledger.StateFailed {
		return nil
	}
	err = f.settleQuotaIssue(ctx, en)
	if _, refused := errors.AsType[*ledger.RefusedError](err); err != nil && !refused {
		return &quotaInDoubtError{key, err}
	}
	return nil
}

// quotaInDoubtError says that nothing was issued because an earlier issue is in doubt.
type quotaInDoubtError struct {
	key   string
	cause error
}

func (e *quotaInDoubtError) Error() string {
	return fmt.Sprintf("no quota was issued: the issue %q is in doubt and must be settled first: %v", e.key, e.cause)
}

// settleQuotaIssue asks about an entry, and never issues.
func (f *function) settleQuotaIssue(ctx context.Context, en ledger.Entry) error {
	in, err := quotaIssueOf(en)
	if err != nil {
		return err
	}
	_, err = ledger.Reconcile(ctx, f.ledger, en.Key, f.quotaIssue(in))
	return err
}

// quotaIssue is the effect; its result is the id of the reseller's quota.
func (f *function) quotaIssue(in QuotaIssue) ledger.Effect[string] {
	return ledger.Effect[string]{
		Apply: func(ctx context.Context) (string, error) {
			issued, err := f.cloud.UpdateCouponQuotas(ctx, bss.UpdateCouponQuotasRequest{
				QuotaID: in.QuotaID, IndirectPartnerIDs: []string{in.IndirectPartnerID}, QuotaAmount: in.QuotaAmount,
			})
			if err != nil {
				return "", refusedUnlessUnknown(err)
			}
			return f.issuedTo(ctx, in, issued)
		},
		Find: func(ctx context.Context, since time.Time) (string, ledger.Finding, error) {
			en, err := f.ledger.Entry(ctx, in.key())
			if err != nil {
				return "", ledger.Unclear, err
			}
			return f.findQuotaIssue(ctx, in, since, ended(en))
		},
		Settle: recordDelay,
	}
}

// issuedTo finds the reseller in an answer, which names it as served or refused.
func (f *function) issuedTo(ctx context.Context, in QuotaIssue, issued bss.ResellerQuotas) (string, error) {
	for _, quota := range issued.Quotas {
		if quota.IndirectPartnerID != in.IndirectPartnerID || quota.QuotaID == "" {
			continue
		}
		mine, err := f.ledger.Claim(ctx, "quota/"+quota.QuotaID, in.key())
		if err == nil && !mine {
			err = fmt.Errorf("the quota %s of the answer belongs to another issue", quota.QuotaID)
		}
		return quota.QuotaID, err
	}
	for _, refused := range issued.Errors {
		if refused.ID == in.IndirectPartnerID {
			return "", ledger.Refused(&quotaItemError{refused})
		}
	}
	return "", fmt.Errorf("the answer does not say whether reseller %s got a quota", in.IndirectPartnerID)
}

// findQuotaIssue looks for the record of an issue. Records of failures prove nothing.
func (f *function) findQuotaIssue(ctx context.Context, in QuotaIssue, since, ended time.Time) (string, ledger.Finding, error) {
	var candidates []string
	for record, err := range f.cloud.ListCouponQuotasRecords(ctx, bss.ListCouponQuotasRecordsRequest{
		IndirectPartnerID: in.IndirectPartnerID, ParentQuotaID: &in.QuotaID, OperationType: bss.QuotaOperationIssue,
		OperationTimeBegin: bss.At(since.Add(-clockSkew)), OperationTimeEnd: bss.At(ended.Add(recordDelay + clockSkew)),
	}) {
		if err != nil {
			return "", ledger.Unclear, err
		}
		if record.Result != bss.RecordDone || record.QuotaID == "" || !record.Amount.Equal(in.QuotaAmount) {
			continue
		}
		claimant, err := f.ledger.Claimant(ctx, "quota/"+record.QuotaID)
		if err != nil {
			return "", ledger.Unclear, err
		}
		switch claimant {
		case in.key():
			return record.QuotaID, ledger.Found, nil
		case "":
			candidates = append(candidates, record.QuotaID)
		}
	}
	switch len(candidates) {
	case 0:
		return "", ledger.Absent, nil
	case 1:
	default:
		return "", ledger.Unclear, fmt.Errorf("the quotas %v could all be this one, so somebody issued by hand; look at them in the partner centre and decide", candidates)
	}
	mine, err := f.ledger.Claim(ctx, "quota/"+candidates[0], in.key())
	if err != nil || !mine {
		return "", ledger.Unclear, err
	}
	return candidates[0], ledger.Found, nil
}

// ended is when the last attempt of an entry stopped acting.
func ended(en ledger.Entry) time.Time {
	if en.State == ledger.StateRunning {
		return en.DueAt
	}
	return en.Ended
}

// quotaItemError is Huawei Cloud's refusal of one reseller or quota.
type quotaItemError struct{ bss.ItemError }

func (e *quotaItemError) Error() string {
	return fmt.Sprintf("no quota was moved for %s: %s %s", e.ID, e.Code, e.Message)
}

// quotaProblem is what to answer where no reseller's quota was issued or reclaimed.
func quotaProblem(err error) error {
	if doubt, ok := errors.AsType[*quotaInDoubtError](err); ok {
		return &handler.Problem{Status: http.StatusConflict, Code: "movement_in_doubt", RetryAfter: recordDelay, Cause: err,
			Detail: "The issue " + doubt.key + " out of the same quota to the same reseller may or may not have happened. Nothing more was issued.",
			Next:   "Send the same request again later: the other issue is asked about first."}
	}
	if _, refused := errors.AsType[*ledger.RefusedError](err); !refused {
		return functions.Problem(err)
	}
	switch code := quotaRefusal(err); code {
	case "CBC.99000013":
		return &handler.Problem{Status: http.StatusConflict, Code: "quota_insufficient", Cause: err,
			Detail: "The quota holds less than the amount, or nothing.",
			Next:   "Look at the quota's balance and send a smaller amount."}
	case "CBC.99000012", "CBC.99000017":
		return &handler.Problem{Status: http.StatusConflict, Code: "quota_not_usable", Cause: err,
			Detail: "There is no such quota, or it has been reclaimed, has expired or is not effective yet.",
			Next:   "Look at the quota with GET /couponissue/quotas or GET /couponissue/indirect-partner-quotas."}
	case "CBC.99000037":
		return &handler.Problem{Status: http.StatusNotFound, Code: "reseller_unknown", Cause: err,
			Detail: "The partner has no such reseller.",
			Next:   "Check indirect_partner_id, and that the reseller is still associated with the partner."}
	}
	if item, ok := errors.AsType[*quotaItemError](err); ok {
		return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "upstream_refused", Cause: err,
			Detail: "Huawei Cloud refused: " + item.Code + " " + item.Message, Next: "Correct what the message names."}
	}
	return functions.Problem(err)
}

// quotaRefusal is the API's code of a refusal, of the whole call or of an element.
func quotaRefusal(err error) string {
	if item, ok := errors.AsType[*quotaItemError](err); ok {
		return item.Code
	}
	if failure, ok := errors.AsType[*bss.Error](err); ok {
		return failure.Code
	}
	return ""
}
