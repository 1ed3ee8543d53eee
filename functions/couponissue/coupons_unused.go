package couponissue

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	maxDays = 3650
	// maxReclaimed bounds the coupons of a run; the next run goes on.
	maxReclaimed = 1000
	day          = 24 * time.Hour
)

// UnusedRule says which coupons are reclaimed: of one campaign, or of one promotion
// plan, that were not used for a time, or expire soon.
type UnusedRule struct {
	Campaign        string `json:"campaign"`
	PromotionPlanID string `json:"promotion_plan_id"`
	// UnusedForDays is how long a coupon was not used: since it was issued or, where it
	// may be partly used, since it was used last. 0 does not ask.
	UnusedForDays int `json:"unused_for_days"`
	// ExpiringWithinDays is how soon it ends at the latest. 0 does not ask.
	ExpiringWithinDays int `json:"expiring_within_days"`
	// PartlyUsed lets the rest of partly used coupons be reclaimed too.
	PartlyUsed bool `json:"partly_used"`
}

// UnusedReclamation asks for the coupons of a rule.
type UnusedReclamation struct {
	UnusedRule
	// DryRun only tells which ones would be reclaimed.
	DryRun bool `json:"dry_run"`
}

// UnusedCoupon is what became of one coupon.
type UnusedCoupon struct {
	CouponID   string `json:"coupon_id"`
	CustomerID string `json:"customer_id"`
	// State is would_reclaim in a dry run; reclaimed, in_doubt, refused or not_tried.
	State      string          `json:"state"`
	Balance    decimal.Decimal `json:"balance"`
	PartlyUsed bool            `json:"partly_used"`
	ExpireTime time.Time       `json:"expire_time,omitzero"`
	Code       string          `json:"code,omitempty"`
	Message    string          `json:"message,omitempty"`
}

// UnusedReport is what a run did, or would do.
type UnusedReport struct {
	DryRun    bool            `json:"dry_run"`
	Reclaimed int             `json:"reclaimed"`
	Amount    decimal.Decimal `json:"amount"` // in yuan
	Coupons   []UnusedCoupon  `json:"coupons"`
	// More says that there are more than the thousand of a run.
	More bool `json:"more"`
}

func (r UnusedRule) check(f *fields) {
	if r.Campaign != "" {
		f.match("campaign", r.Campaign, campaignPattern)
	}
	if r.PromotionPlanID != "" {
		f.match("promotion_plan_id", r.PromotionPlanID, idPattern)
	}
	if (r.Campaign == "") == (r.PromotionPlanID == "") {
		f.wrong("campaign", "or promotion_plan_id must be given, and not both")
	}
	for name, days := range map[string]int{"unused_for_days": r.UnusedForDays, "expiring_within_days": r.ExpiringWithinDays} {
		if days < 0 || days > maxDays {
			f.wrong(name, fmt.Sprintf("must be a number from 1 to %d", maxDays))
		}
	}
	if r.UnusedForDays == 0 && r.ExpiringWithinDays == 0 {
		f.wrong("unused_for_days", "or expiring_within_days must be given")
	}
}

// parseUnusedRules reads the rules of the configuration, a JSON array; none of an
// empty text.
func parseUnusedRules(text string) ([]UnusedRule, error) {
	if text == "" {
		return nil, nil
	}
	var rules []UnusedRule
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&rules); err != nil {
		return nil, fmt.Errorf("RECLAIM_UNUSED is no JSON array of rules: %w", err)
	}
	for i, rule := range rules {
		var f fields
		if rule.check(&f); len(f) > 0 {
			return nil, fmt.Errorf("RECLAIM_UNUSED, rule %d: %s %s", i+1, f[0].Field, f[0].Reason)
		}
	}
	return rules, nil
}

// matches reports whether the rule asks for the coupon, but for its campaign.
func (r UnusedRule) matches(c bss.IssuedCoupon, now time.Time) bool {
	idle := c.CreateTime.Time
	if c.LastUsedTime.After(idle) {
		idle = c.LastUsedTime.Time
	}
	switch {
	case c.Status != bss.CouponUsable, partlyUsed(c) && !r.PartlyUsed:
		return false
	case r.PromotionPlanID != "" && c.PromotionPlanID != r.PromotionPlanID:
		return false
	case r.UnusedForDays > 0 && idle.After(now.Add(-time.Duration(r.UnusedForDays)*day)):
		return false
	case r.ExpiringWithinDays > 0 && (c.ExpireTime.IsZero() || c.ExpireTime.After(now.Add(time.Duration(r.ExpiringWithinDays)*day))):
		return false
	}
	return true
}

func (f *function) postUnusedReclamation(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in UnusedReclamation
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	var check fields
	in.check(&check)
	if err := check.problem(); err != nil {
		return nil, err
	}
	report, err := f.reclaimUnused(ctx, in)
	if err != nil {
		return nil, functions.Problem(err)
	}
	return handler.OK(report), nil
}

// scheduledReclaimUnused reclaims by the rules of the configuration.
func (f *function) scheduledReclaimUnused(ctx context.Context, _ json.RawMessage) error {
	if len(f.unused) == 0 {
		return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "reclaim_rules_missing",
			Detail: "No rules for reclaiming unused coupons are configured.",
			Next:   "Set RECLAIM_UNUSED, or stop the timer."}
	}
	for _, rule := range f.unused {
		report, err := f.reclaimUnused(ctx, UnusedReclamation{UnusedRule: rule})
		if err != nil {
			return functions.Problem(err)
		}
		f.log.LogAttrs(ctx, slog.LevelInfo, "unused coupons reclaimed", slog.String("campaign", rule.Campaign),
			slog.String("promotion_plan_id", rule.PromotionPlanID), slog.Int("asked", len(report.Coupons)),
			slog.Int("reclaimed", report.Reclaimed), slog.String("amount", report.Amount.StringFixed(2)), slog.Bool("more", report.More))
	}
	return nil
}

// reclaimUnused lists first and reclaims then: what is reclaimed leaves the list, and
// its pages would shift.
func (f *function) reclaimUnused(ctx context.Context, in UnusedReclamation) (UnusedReport, error) {
	report := UnusedReport{DryRun: in.DryRun, Coupons: []UnusedCoupon{}}
	for coupon, err := range f.cloud.ListIssuedPartnerCoupons(ctx, bss.ListIssuedPartnerCouponsRequest{Status: bss.CouponUsable}) {
		if err != nil {
			return report, err
		}
		if !in.matches(coupon, f.now()) {
			continue
		}
		ours, err := f.ofCampaign(ctx, in.Campaign, coupon)
		if err != nil {
			return report, err
		}
		if !ours {
			continue
		}
		if report.More = len(report.Coupons) == maxReclaimed; report.More {
			break
		}
		report.Coupons = append(report.Coupons, UnusedCoupon{
			CouponID: coupon.CouponID, CustomerID: coupon.CustomerID, State: "would_reclaim", Balance: coupon.Balance,
			PartlyUsed: partlyUsed(coupon), ExpireTime: coupon.ExpireTime.Time,
		})
	}
	if !in.DryRun {
		f.reclaimListed(ctx, in.UnusedRule, &report)
	}
	return report, nil
}

// ofCampaign reports whether the ledger has the coupon as one of the campaign; an
// empty campaign is any.
func (f *function) ofCampaign(ctx context.Context, campaign string, c bss.IssuedCoupon) (bool, error) {
	if campaign == "" {
		return true, nil
	}
	en, err := f.ledger.Entry(ctx, couponKey(campaign, c.CustomerID))
	if errors.Is(err, ledger.ErrNotFound) {
		return false, nil
	}
	if err != nil || en.State != ledger.StateDone {
		return false, err
	}
	var issued Coupon
	if err := json.Unmarshal(en.Result, &issued); err != nil {
		return false, fmt.Errorf("the entry %q has no coupon: %w", en.Key, err)
	}
	return issued.CouponID == c.CouponID, nil
}

func (f *function) reclaimListed(ctx context.Context, rule UnusedRule, report *UnusedReport) {
	inTime, cancel := beforeReserve(ctx)
	defer cancel()
	for i := range report.Coupons {
		coupon := &report.Coupons[i]
		if err := inTime.Err(); err != nil {
			coupon.State = "not_tried"
			coupon.Code, coupon.Message = told(err)
			continue
		}
		// The coupon may have been used since it was listed.
		err := f.reclaimCoupon(inTime, CouponReclamation{coupon.CustomerID, coupon.CouponID}, func(c bss.IssuedCoupon) bool {
			return rule.matches(c, f.now())
		})
		switch {
		case err == nil:
			coupon.State = "reclaimed"
			report.Reclaimed++
			report.Amount = report.Amount.Add(coupon.Balance)
			continue
		case isUnknown(err):
			coupon.State = "in_doubt"
		default:
			coupon.State = "refused"
		}
		coupon.Code, coupon.Message = told(couponProblem(err))
	}
}
