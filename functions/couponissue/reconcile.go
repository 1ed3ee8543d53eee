package couponissue

import (
	"context"
	"fmt"

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
