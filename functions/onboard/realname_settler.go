package onboard

import (
	"context"
	"fmt"
	"strings"

	"github.com/bssfn/bssfn/functions/internal/reconcile"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// realNameSettler asks about submissions in doubt.
func (f *function) realNameSettler() reconcile.Settler {
	return reconcile.Settler{Settle: f.settleSubmission, Result: f.decidedSubmission, LookAt: whereASubmissionShows}
}

// settleSubmission asks about a submission, and follows the review of one that was
// made.
func (f *function) settleSubmission(ctx context.Context, en ledger.Entry) error {
	accountID := en.Fingerprint["account_id"]
	made, err := ledger.Reconcile(ctx, f.ledger, en.Key, f.submissionEffect(submission{
		accountID: accountID, customerID: en.Fingerprint["customer_id"], requestID: en.Key[strings.LastIndex(en.Key, "/")+1:],
	}))
	if err != nil {
		return err
	}
	_, err = f.follow(ctx, accountID, en.Key, made)
	return err
}

func (f *function) decidedSubmission(context.Context, ledger.Entry, string) (any, error) {
	return submitted{bss.ReviewManual, f.now().UTC()}, nil
}

func whereASubmissionShows(en ledger.Entry) string {
	return fmt.Sprintf("Partner centre, customers, %s: a real-name submission (%s) since %s, under review or decided. There is done, without a record; one that was decided before is none.",
		en.Fingerprint["customer_id"], en.Fingerprint["kind"], en.Since.Format("2006-01-02 15:04 UTC"))
}
