package couponissue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// callsPerSecond is what the client takes where Huawei Cloud publishes no quota
	// of calls, as for the issuing of coupons.
	callsPerSecond = 5
	// soon is how long before its end a quota is worth a warning.
	soon = 7 * 24 * time.Hour
)

// Estimate is what a campaign would take, its amounts in Currency.
type Estimate struct {
	DryRun   bool   `json:"dry_run"` // always true
	Campaign string `json:"campaign"`
	QuotaID  string `json:"quota_id"`
	Currency string `json:"currency"`
	// CustomerCount is how many customers the campaign has, Issued how many of them
	// have their coupon, and Unknown of how many it is not known.
	CustomerCount int `json:"customer_count"`
	Issued        int `json:"issued"`
	Unknown       int `json:"unknown"`
	// ToIssue is how many coupons are to be issued, those that were refused before
	// among them, and Amount what they are worth.
	ToIssue            int             `json:"to_issue"`
	Amount             decimal.Decimal `json:"amount"`
	QuotaBalanceBefore decimal.Decimal `json:"quota_balance_before"`
	// QuotaBalanceAfter is below zero by what the quota lacks.
	QuotaBalanceAfter decimal.Decimal `json:"quota_balance_after"`
	// Calls are those to Huawei Cloud that issue, and Seconds the time they take as
	// fast as they may be made.
	Calls    int       `json:"calls"`
	Seconds  int       `json:"seconds"`
	Warnings []Warning `json:"warnings"`
}

// Warning is what may keep coupons from being issued or used.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (f *function) dryRun(ctx context.Context, c Campaign) (*handler.Response, error) {
	p, err := f.propose(ctx, c)
	if err != nil {
		return nil, functions.Problem(err)
	}
	return handler.OK(p.estimate(f.now())), nil
}

// proposal is a campaign, the plan that there is for it, and what it would take.
type proposal struct {
	campaign Campaign
	plan     plan
	named    []recipient // by the request
	quota    bss.CouponQuota
	need     need
}

// need is what is still to be issued, and what has been.
type need struct {
	customers, issued, unknown, open, calls int
	amount                                  decimal.Decimal
}

func (f *function) propose(ctx context.Context, c Campaign) (proposal, error) {
	none := proposal{}
	p, err := f.plans.get(ctx, c.Campaign)
	if err != nil {
		return none, err
	}
	if err := p.agree(c); err != nil {
		return none, err
	}
	quota, err := f.quota(ctx, c.QuotaID)
	if err != nil {
		return none, err
	}
	named, err := f.named(ctx, c, &p)
	if err != nil {
		return none, err
	}
	fresh, err := f.plans.missing(ctx, c.Campaign, &p, named)
	if err != nil {
		return none, err
	}
	switch customers := p.customers() + len(fresh); {
	case customers == 0:
		return none, campaignWithoutCustomers()
	case customers > maxCampaign:
		return none, campaignFull()
	}
	n, err := f.needOf(ctx, c, &p)
	if err != nil {
		return none, err
	}
	for chunk := range slices.Chunk(fresh, partSize) {
		n.addAll(newPart(chunk), c.FaceValue)
	}
	return proposal{campaign: c, plan: p, named: named, quota: quota, need: n}, nil
}

// needOf counts by what is recorded. Parts are worked through in their order, so
// that behind one of which nothing has begun nothing has.
func (f *function) needOf(ctx context.Context, c Campaign, p *plan) (need, error) {
	n, untouched := need{}, !p.begun()
	for _, part := range p.Parts {
		if part.Finished {
			n.customers += part.Customers
			n.issued += part.Issued
			n.open += part.Refused
			n.calls += min(part.Calls, part.Refused)
			n.amount = n.amount.Add(part.total(c.FaceValue).Sub(part.IssuedAmount))
			continue
		}
		if untouched {
			n.addAll(part, c.FaceValue)
			continue
		}
		begun, err := f.needOfPart(ctx, c, part, &n)
		if err != nil {
			return need{}, err
		}
		untouched = !begun
	}
	return n, nil
}

func (n *need) addAll(p part, faceValue decimal.Decimal) {
	n.customers += p.Customers
	n.open += p.Customers
	n.calls += p.Calls
	n.amount = n.amount.Add(p.total(faceValue))
}

// needOfPart asks the ledger about each customer, and says whether any coupon was
// begun. One whose outcome is unknown takes nothing more: it may have been taken
// from the quota already.
func (f *function) needOfPart(ctx context.Context, c Campaign, p part, n *need) (begun bool, err error) {
	recipients, err := f.plans.recipients(ctx, c.Campaign, p)
	if err != nil {
		return false, err
	}
	entries, err := f.entries(ctx, c.Campaign, recipients)
	if err != nil {
		return false, err
	}
	open := 0
	for i, r := range recipients {
		n.customers++
		begun = begun || entries[i].State != ""
		switch entries[i].State {
		case ledger.StateDone:
			n.issued++
		case "", ledger.StateFailed:
			open++
			n.amount = n.amount.Add(r.value(c.FaceValue))
		default:
			n.unknown++
		}
	}
	n.open += open
	n.calls += min(p.Calls, open)
	return begun, nil
}

// entries reads the ledger's entries of a part, several at a time. The entry of a
// coupon that was not begun has no state.
func (f *function) entries(ctx context.Context, campaign string, recipients []recipient) ([]ledger.Entry, error) {
	entries := make([]ledger.Entry, len(recipients))
	err := each(len(recipients), func(i int) error {
		entry, err := f.ledger.Entry(ctx, couponKey(campaign, recipients[i].CustomerID))
		if errors.Is(err, ledger.ErrNotFound) {
			return nil
		}
		entries[i] = entry
		return err
	})
	return entries, err
}

// scarce says whether the quota is too small for everybody.
func (p proposal) scarce() bool { return p.need.amount.GreaterThan(p.quota.Balance) }

// refuse says why the campaign cannot begin or go on. One with nothing left to
// issue always can.
func (p proposal) refuse(now time.Time) error {
	c := p.campaign
	switch {
	case p.need.open == 0:
		return nil
	case !usable(p.quota, now):
		return quotaNotUsable(p.quota)
	case p.scarce() && !c.AllowPartial:
		return quotaInsufficient(p.quota, p.need.amount)
	case !c.ExpireTime.IsZero() && !c.ExpireTime.After(now):
		return handler.Invalid(handler.FieldError{Field: "expire_time", Reason: "has passed"})
	}
	return nil
}

func (p proposal) estimate(now time.Time) Estimate {
	return Estimate{
		DryRun:             true,
		Campaign:           p.campaign.Campaign,
		QuotaID:            p.quota.QuotaID,
		Currency:           p.quota.Currency,
		CustomerCount:      p.need.customers,
		Issued:             p.need.issued,
		Unknown:            p.need.unknown,
		ToIssue:            p.need.open,
		Amount:             p.need.amount,
		QuotaBalanceBefore: p.quota.Balance,
		QuotaBalanceAfter:  p.quota.Balance.Sub(p.need.amount),
		Calls:              p.need.calls,
		Seconds:            (p.need.calls + callsPerSecond - 1) / callsPerSecond,
		Warnings:           p.warnings(now),
	}
}

func (p proposal) warnings(now time.Time) []Warning {
	c, q, found := p.campaign, p.quota, []Warning{}
	warn := func(code, format string, args ...any) {
		found = append(found, Warning{Code: code, Message: fmt.Sprintf(format, args...)})
	}
	if !usable(q, now) {
		warn("quota_not_usable", "The quota cannot be issued from now: its status is %d, and it is effective from %s to %s.", q.QuotaStatus, q.EffectiveTime, q.ExpireTime)
	}
	if p.scarce() {
		warn("quota_insufficient", "The quota has %s less than the campaign needs.", p.need.amount.Sub(q.Balance).StringFixed(2))
	}
	if !q.ExpireTime.IsZero() && q.ExpireTime.After(now) && q.ExpireTime.Before(now.Add(soon)) {
		warn("quota_expires_soon", "The quota expires at %s.", q.ExpireTime)
	}
	if !q.ExpireTime.IsZero() && c.ExpireTime.After(q.ExpireTime.Time) {
		warn("coupons_outlive_quota", "The coupons expire at %s, after the quota, which does at %s.", bss.At(c.ExpireTime), q.ExpireTime)
	}
	for _, limit := range q.LimitInfos {
		switch limit.LimitKey {
		case "serviceType":
			if outside := beyond(c.CloudServiceTypes, limit); outside != "" {
				warn("services_outside_quota", "The quota is not for the services %s.", outside)
			}
		case "productId":
			if outside := beyond(c.ProductIDs, limit); outside != "" {
				warn("products_outside_quota", "The quota is not for the products %s.", outside)
			}
		default:
			warn("limit_not_checked", "The quota has the limit %s, of which Huawei Cloud publishes no meaning.", limit.LimitKey)
		}
	}
	return found
}

// beyond are the values that a limit does not name.
func beyond(values []string, limit bss.QuotaLimit) string {
	var allowed, outside []string
	for _, v := range limit.LimitValues {
		allowed = append(allowed, strings.Split(v.Value1, ",")...)
	}
	for _, v := range values {
		if !slices.Contains(allowed, v) {
			outside = append(outside, v)
		}
	}
	return strings.Join(outside, ", ")
}
