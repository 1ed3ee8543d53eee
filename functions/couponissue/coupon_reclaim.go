package couponissue

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// CouponReclamation asks for what is left of a customer's coupon.
type CouponReclamation struct {
	CustomerID string `json:"customer_id"`
	CouponID   string `json:"coupon_id"`
}

// postCouponReclamation takes back what is left of a coupon. A coupon is reclaimed
// once, so it names the entry.
func (f *function) postCouponReclamation(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in CouponReclamation
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	var check fields
	check.match("customer_id", in.CustomerID, idPattern)
	check.match("coupon_id", in.CouponID, idPattern)
	if err := check.problem(); err != nil {
		return nil, err
	}
	if err := f.reclaimCoupon(ctx, in, func(bss.IssuedCoupon) bool { return true }); err != nil {
		return nil, couponProblem(err)
	}
	return handler.OK(in), nil
}

// couponStateError says why a coupon is not reclaimed.
type couponStateError struct {
	couponID string
	state    string // not_issued, or the coupon's
}

func (e *couponStateError) Error() string {
	return fmt.Sprintf("the coupon %s was not reclaimed: it is %s", e.couponID, e.state)
}

// reclaimCoupon reclaims a coupon once, if it is still one that may be when it is
// looked at right before.
func (f *function) reclaimCoupon(ctx context.Context, in CouponReclamation, may func(bss.IssuedCoupon) bool) error {
	fp := ledger.Fingerprint{"coupon_id": in.CouponID, "customer_id": in.CustomerID}
	_, err := ledger.Do(ctx, f.ledger, "reclaim-coupon/"+in.CouponID, fp, f.couponReclaim(in, may))
	return err
}

// settleCouponReclaim asks about an entry, and never reclaims.
func (f *function) settleCouponReclaim(ctx context.Context, en ledger.Entry) error {
	in := CouponReclamation{CustomerID: en.Fingerprint["customer_id"], CouponID: en.Fingerprint["coupon_id"]}
	_, err := ledger.Reconcile(ctx, f.ledger, en.Key, f.couponReclaim(in, nil))
	return err
}

// couponReclaim is the effect; its result is the coupon's id. What became of it is
// seen in the coupon's own state.
func (f *function) couponReclaim(in CouponReclamation, may func(bss.IssuedCoupon) bool) ledger.Effect[string] {
	return ledger.Effect[string]{
		Apply: func(ctx context.Context) (string, error) {
			coupon, err := f.issuedCoupon(ctx, in)
			switch {
			case err != nil:
				return "", ledger.Refused(err)
			case coupon.Status == bss.CouponReclaimed:
				return in.CouponID, nil
			case coupon.Status != bss.CouponUsable || !may(coupon):
				return "", ledger.Refused(&couponStateError{in.CouponID, couponStates[coupon.Status]})
			}
			err = f.cloud.ReclaimPartnerCoupons(ctx, bss.ReclaimPartnerCouponsRequest{CouponID: in.CouponID})
			if errors.Is(err, bss.ErrCoupon) {
				return f.reclaimedBefore(ctx, in, err)
			}
			if err != nil {
				return "", refusedUnlessUnknown(err)
			}
			return in.CouponID, nil
		},
		Find: func(ctx context.Context, _ time.Time) (string, ledger.Finding, error) {
			coupon, err := f.issuedCoupon(ctx, in)
			switch {
			case err != nil:
				return "", ledger.Unclear, err
			case coupon.Status == bss.CouponReclaimed:
				return in.CouponID, ledger.Found, nil
			}
			return "", ledger.Absent, nil
		},
		Settle: recordDelay,
	}
}

// reclaimedBefore is what to make of a refusal: the client repeats a reclamation whose
// answer was lost, and the repetition is refused because it is done.
func (f *function) reclaimedBefore(ctx context.Context, in CouponReclamation, refusal error) (string, error) {
	coupon, err := f.issuedCoupon(ctx, in)
	switch {
	case err != nil:
		return "", errors.Join(refusal, err)
	case coupon.Status == bss.CouponReclaimed:
		return in.CouponID, nil
	}
	return "", ledger.Refused(refusal)
}

// issuedCoupon reads a coupon and makes sure that it is the customer's.
func (f *function) issuedCoupon(ctx context.Context, in CouponReclamation) (bss.IssuedCoupon, error) {
	for coupon, err := range f.cloud.ListIssuedPartnerCoupons(ctx, bss.ListIssuedPartnerCouponsRequest{CouponID: in.CouponID, CustomerID: in.CustomerID}) {
		if err != nil {
			return bss.IssuedCoupon{}, err
		}
		if coupon.CouponID == in.CouponID && coupon.CustomerID == in.CustomerID {
			return coupon, nil
		}
	}
	return bss.IssuedCoupon{}, &couponStateError{in.CouponID, "not_issued"}
}

// couponProblem is what to answer where a coupon was not reclaimed.
func couponProblem(err error) error {
	if _, refused := errors.AsType[*ledger.RefusedError](err); !refused {
		return functions.Problem(err)
	}
	if state, ok := errors.AsType[*couponStateError](err); ok && state.state == "not_issued" {
		return &handler.Problem{Status: http.StatusNotFound, Code: "coupon_not_issued", Cause: err,
			Detail: "The partner issued no such coupon to this customer.",
			Next:   "Take an id of GET /couponissue/customers/{customer_id}/coupons."}
	}
	if _, state := errors.AsType[*couponStateError](err); state || errors.Is(err, bss.ErrCoupon) {
		return &handler.Problem{Status: http.StatusConflict, Code: "coupon_not_reclaimable", Cause: err,
			Detail: "The coupon is used up or has expired, or is not one that may be reclaimed any more.",
			Next:   "Look at it with GET /couponissue/customers/{customer_id}/coupons. There is nothing to take back of it."}
	}
	return functions.Problem(err)
}
