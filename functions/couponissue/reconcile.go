package couponissue

import (
	"context"
	"fmt"
	"net/http"

	"github.com/bssfn/bssfn/functions/internal/reconcile"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// settlers are who asks about entries in doubt, by the first segment of their key.
func (f *function) settlers() map[string]reconcile.Settler {
	return map[string]reconcile.Settler{
		"coupon":   {Settle: f.settleCoupon, Result: decidedCoupon, LookAt: whereACouponShows},
		"allocate": f.funds.Settler(),
		"reclaim":  f.funds.Settler(),

		"issue-quota":    {Settle: f.settleQuotaIssue, Result: f.decidedQuota, LookAt: whereAQuotaShows},
		"reclaim-quota":  {Settle: f.settleQuotaReclaim, Result: decidedReclamation("quota_id"), LookAt: whereAQuotaShows},
		"reclaim-coupon": {Settle: f.settleCouponReclaim, Result: decidedReclamation("coupon_id"), LookAt: whereACouponsStateShows},
	}
}

// decidedCoupon is what is recorded of a coupon that a person says was issued.
func decidedCoupon(_ context.Context, _ ledger.Entry, record string) (any, error) {
	if record == "" {
		return nil, reconcile.RecordNeeded("the id of the coupon")
	}
	return Coupon{CouponID: record}, nil
}

func whereACouponShows(en ledger.Entry) string {
	g, err := grantOf(en)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("Partner centre, coupon issue records of quota %s: a coupon of %s for customer %s since %s, with the remark %s. There is done, with the coupon's id; not there after a day is failed.",
		g.quotaID, g.faceValue.StringFixed(2), g.customerID, en.Since.Format("2006-01-02 15:04 UTC"), memo(g.campaign))
}

// decidedQuota is what is recorded of a reseller's quota that a person says was issued.
// It takes the quota, which no other issue can have then.
func (f *function) decidedQuota(ctx context.Context, en ledger.Entry, quotaID string) (any, error) {
	if quotaID == "" {
		return nil, reconcile.RecordNeeded("the id of the reseller's quota")
	}
	mine, err := f.ledger.Claim(ctx, "quota/"+quotaID, en.Key)
	if err != nil {
		return nil, err
	}
	if !mine {
		return nil, &handler.Problem{Status: http.StatusConflict, Code: "record_taken",
			Detail: "The quota " + quotaID + " belongs to another issue.",
			Next:   "Look for another quota of the same amount; decide failed if there is none."}
	}
	return quotaID, nil
}

// decidedReclamation is what is recorded of a reclamation that a person says was made.
func decidedReclamation(field string) func(context.Context, ledger.Entry, string) (any, error) {
	return func(_ context.Context, en ledger.Entry, _ string) (any, error) { return en.Fingerprint[field], nil }
}

func whereAQuotaShows(en ledger.Entry) string {
	return fmt.Sprintf("Partner centre, coupon quotas of resellers and their records since %s: quota %s, reseller %s, amount %s. What is there, or reclaimed, is done; not after a day is failed.",
		en.Since.Format("2006-01-02 15:04 UTC"), en.Fingerprint["quota_id"], en.Fingerprint["indirect_partner_id"], en.Fingerprint["quota_amount"])
}

func whereACouponsStateShows(en ledger.Entry) string {
	return fmt.Sprintf("Partner centre, issued coupons: coupon %s of customer %s. Reclaimed is done; usable after a day is failed.",
		en.Fingerprint["coupon_id"], en.Fingerprint["customer_id"])
}
