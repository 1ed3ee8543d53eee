package couponissue

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// reserve is the part of a call's time that is kept for its report: a campaign
// that is cut off in the middle of a call leaves an unknown outcome behind.
const reserve = 5 * time.Second

// issue makes sure that everything fits, and only then issues: one call a
// customer, because the answer to several cannot be asked for again apart.
func (f *function) issue(ctx context.Context, c Campaign) (Report, error) {
	quota, err := f.quota(ctx, c.QuotaID)
	if err != nil {
		return Report{}, err
	}
	open, err := f.countOpen(ctx, c)
	if err != nil {
		return Report{}, err
	}
	if err := c.fits(quota, open, f.now()); err != nil {
		return Report{}, err
	}
	report := newReport(c, quota)
	f.issueEach(ctx, c, &report)
	report.QuotaBalanceAfter = f.balanceAfter(ctx, c)
	return report, nil
}

// countOpen counts the customers whose coupon is still to be taken from the quota,
// and refuses a campaign that is not the one in which they got or may have got
// theirs. A coupon whose outcome is unknown does not count: it may have been taken
// already.
func (f *function) countOpen(ctx context.Context, c Campaign) (int, error) {
	open, fingerprint := 0, c.fingerprint()
	for _, id := range c.CustomerIDs {
		entry, err := f.ledger.Entry(ctx, c.key(id))
		if errors.Is(err, ledger.ErrNotFound) {
			open++
			continue
		}
		if err != nil {
			return 0, err
		}
		if entry.State == ledger.StateFailed {
			open++
			continue
		}
		if changed := differing(fingerprint, entry.Fingerprint); len(changed) > 0 {
			return 0, &ledger.ConflictError{Key: entry.Key, Fields: changed}
		}
	}
	return open, nil
}

func differing(a, b ledger.Fingerprint) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(a)), func(name string) bool { return a[name] == b[name] })
}

// fits checks what is to be issued against the quota as it is now. A campaign with
// nothing left to issue fits any quota.
func (c Campaign) fits(quota bss.CouponQuota, open int, now time.Time) error {
	needed := c.FaceValue.Mul(decimal.NewFromInt(int64(open)))
	switch {
	case open == 0:
		return nil
	case !usable(quota, now):
		return quotaNotUsable(quota)
	case needed.GreaterThan(quota.Balance):
		return quotaInsufficient(quota, needed)
	case !c.ExpireTime.IsZero() && !c.ExpireTime.After(now):
		return handler.Invalid(handler.FieldError{Field: "expire_time", Reason: "has passed"})
	}
	return nil
}

func (f *function) issueEach(ctx context.Context, c Campaign, report *Report) {
	inTime, cancel := beforeReserve(ctx)
	defer cancel()
	var stop error
	for _, id := range c.CustomerIDs {
		if stop == nil {
			stop = inTime.Err()
		}
		if stop != nil {
			report.add(notTried(id, stop))
			continue
		}
		coupon, err := ledger.Do(ctx, f.ledger, c.key(id), c.fingerprint(), f.coupon(c, id))
		var outcome Outcome
		outcome, stop = outcomeOf(id, coupon, err)
		report.add(outcome)
		if err != nil {
			f.log.LogAttrs(ctx, slog.LevelWarn, "coupon not issued", slog.String("campaign", c.Campaign),
				slog.String("customer_id", id), slog.String("state", string(outcome.State)), slog.Any("cause", err))
		}
	}
}

func beforeReserve(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-reserve))
}

// outcomeOf says what became of one coupon, and what stops the campaign, if
// anything does: a failure that the next customers would meet too.
func outcomeOf(customerID string, coupon Coupon, err error) (outcome Outcome, stop error) {
	if err == nil {
		return Outcome{CustomerID: customerID, State: Issued, CouponID: coupon.CouponID}, nil
	}
	if isUnknown(err) {
		return explained(customerID, Unknown, err), nil
	}
	if item, ok := errors.AsType[*itemError](err); ok {
		return Outcome{CustomerID: customerID, State: Refused, Code: item.Code, Message: item.Message}, nil
	}
	if refusal, ok := errors.AsType[*bss.Error](err); ok && refusal.Code != "" && !concernsAll(refusal) {
		return Outcome{CustomerID: customerID, State: Refused, Code: refusal.Code, Message: refusal.Message}, nil
	}
	return notTried(customerID, err), err
}

func isUnknown(err error) bool {
	_, unknown := errors.AsType[*ledger.UnknownError](err)
	return unknown || errors.Is(err, ledger.ErrRunning) || errors.Is(err, ledger.ErrSuperseded)
}

func concernsAll(err error) bool {
	return errors.Is(err, bss.ErrThrottled) || errors.Is(err, bss.ErrCredential) ||
		errors.Is(err, bss.ErrAccessDenied) || errors.Is(err, bss.ErrUnavailable)
}

func notTried(customerID string, cause error) Outcome {
	if errors.Is(cause, context.DeadlineExceeded) || errors.Is(cause, context.Canceled) {
		return Outcome{CustomerID: customerID, State: NotTried, Code: "timeout", Message: "The time of the call was used up. Send the campaign again."}
	}
	return explained(customerID, NotTried, cause)
}

// explained gives a customer the code and the words of the problem behind it.
func explained(customerID string, state State, cause error) Outcome {
	p, ok := errors.AsType[*handler.Problem](functions.Problem(cause))
	if !ok {
		return Outcome{CustomerID: customerID, State: state, Code: "internal", Message: "Something failed on our side. Send the campaign again."}
	}
	return Outcome{CustomerID: customerID, State: state, Code: p.Code, Message: p.Detail}
}

// balanceAfter is nil where the quota cannot be asked for any more: what was
// issued must be reported all the same.
func (f *function) balanceAfter(ctx context.Context, c Campaign) *decimal.Decimal {
	quota, err := f.quota(ctx, c.QuotaID)
	if err != nil {
		f.log.LogAttrs(ctx, slog.LevelWarn, "quota not read after its campaign", slog.String("campaign", c.Campaign),
			slog.String("quota_id", c.QuotaID), slog.Any("cause", err))
		return nil
	}
	return &quota.Balance
}
