package couponissue

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/internal/reconcile"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// settlers are who asks about entries in doubt, by the first segment of their key.
func (f *function) settlers() map[string]reconcile.Settler {
	return map[string]reconcile.Settler{
		"coupon":   {Settle: f.settleCoupon, Result: decidedCoupon, LookAt: whereACouponShows},
		"allocate": f.funds.Settler(),
		"reclaim":  f.funds.Settler(),
	}
}

func (f *function) settleCoupon(ctx context.Context, en ledger.Entry) error {
	c, customerID, err := campaignOf(en)
	if err != nil {
		return err
	}
	_, err = ledger.Reconcile(ctx, f.ledger, en.Key, f.coupon(c, customerID))
	return err
}

// campaignOf is what an entry tells of the campaign that its coupon is of: enough to
// ask about the coupon, not to issue it.
func campaignOf(en ledger.Entry) (c Campaign, customerID string, err error) {
	parts := strings.Split(en.Key, "/")
	if len(parts) != 3 {
		return c, "", fmt.Errorf("%q is no key of a coupon", en.Key)
	}
	c.Campaign, customerID = parts[1], parts[2]
	c.QuotaID = en.Fingerprint["quota_id"]
	if c.FaceValue, err = decimal.NewFromString(en.Fingerprint["face_value"]); err != nil {
		return c, "", fmt.Errorf("the face value of %q is unreadable: %w", en.Key, err)
	}
	return c, customerID, nil
}

// decidedCoupon is what is recorded of a coupon that a person says was issued.
func decidedCoupon(_ context.Context, _ ledger.Entry, record string) (any, error) {
	if record == "" {
		return nil, reconcile.RecordNeeded("the id of the coupon")
	}
	return Coupon{CouponID: record}, nil
}

func whereACouponShows(en ledger.Entry) string {
	c, customerID, err := campaignOf(en)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("Partner centre, coupon issue records of quota %s: a coupon of %s for customer %s since %s, with the remark %s. There is done, with the coupon's id; not there after a day is failed.",
		c.QuotaID, c.FaceValue.StringFixed(2), customerID, en.Since.Format("2006-01-02 15:04 UTC"), c.memo(customerID))
}
