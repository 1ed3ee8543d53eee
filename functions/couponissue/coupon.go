package couponissue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// clockSkew is how much our clock and Huawei Cloud's may differ.
	clockSkew = 2 * time.Minute
	// recordDelay is how long records may take to come to light. It is not
	// documented.
	recordDelay = 2 * time.Minute
)

// Coupon is what the ledger keeps of a coupon that was issued.
type Coupon struct {
	CouponID string `json:"coupon_id"`
}

// itemError is Huawei Cloud's refusal of one customer.
type itemError struct{ bss.ItemError }

func (e *itemError) Error() string {
	return fmt.Sprintf("no coupon for customer %s: %s %s", e.ID, e.Code, e.Message)
}

// coupon is the effect of issuing one customer's coupon.
func (f *function) coupon(c Campaign, customerID string) ledger.Effect[Coupon] {
	memo := c.memo(customerID)
	return ledger.Effect[Coupon]{
		Apply: func(ctx context.Context) (Coupon, error) {
			issued, err := f.cloud.CreatePartnerCoupons(ctx, c.request(customerID, memo))
			if err != nil {
				return Coupon{}, refusedUnlessUnknown(err)
			}
			return couponOf(customerID, issued)
		},
		Find: func(ctx context.Context, since time.Time) (Coupon, ledger.Finding, error) {
			return f.findCoupon(ctx, c, customerID, since)
		},
		Settle: recordDelay,
	}
}

// memo is how the coupon is known again in the records: the token stands for the
// ledger's key, the campaign's name is for people.
func (c Campaign) memo(customerID string) string {
	sum := sha256.Sum256([]byte(c.key(customerID)))
	return c.Campaign + ":" + hex.EncodeToString(sum[:8])
}

func (c Campaign) request(customerID, memo string) bss.CreatePartnerCouponsRequest {
	return bss.CreatePartnerCouponsRequest{
		QuotaID:           c.QuotaID,
		CustomerIDs:       []string{customerID},
		FaceValue:         c.FaceValue,
		ExpireTime:        bss.At(c.ExpireTime),
		CloudServiceTypes: c.CloudServiceTypes,
		Memo:              memo,
	}
}

// refusedUnlessUnknown marks a failure after which nothing can have happened. What
// is no answer of the API and no failure to reach it proves nothing.
func refusedUnlessUnknown(err error) error {
	if failure, ok := errors.AsType[*bss.Error](err); ok && !failure.Unknown {
		return ledger.Refused(err)
	}
	return err
}

// couponOf finds the customer in an answer, which names it as served or refused.
func couponOf(customerID string, issued bss.IssuedCoupons) (Coupon, error) {
	for _, coupon := range issued.Coupons {
		if coupon.CustomerID == customerID {
			return Coupon{CouponID: coupon.CouponID}, nil
		}
	}
	for _, refused := range issued.Errors {
		if refused.ID == customerID {
			return Coupon{}, ledger.Refused(&itemError{refused})
		}
	}
	return Coupon{}, fmt.Errorf("the answer does not say whether customer %s got a coupon", customerID)
}

// findCoupon looks for the memo among the records of issues. Records of failures
// prove nothing, since an earlier, refused attempt has the same memo.
func (f *function) findCoupon(ctx context.Context, c Campaign, customerID string, since time.Time) (Coupon, ledger.Finding, error) {
	memo, finding := c.memo(customerID), ledger.Absent
	records := f.cloud.ListPartnerCouponsRecord(ctx, bss.ListPartnerCouponsRecordRequest{
		OperationTypes:     []bss.CouponOperation{bss.RecordIssue},
		QuotaID:            c.QuotaID,
		CustomerID:         customerID,
		OperationTimeBegin: bss.At(since.Add(-clockSkew)),
	})
	for record, err := range records {
		switch {
		case err != nil:
			return Coupon{}, ledger.Unclear, err
		case !record.Done():
		case record.Remark == memo:
			return Coupon{CouponID: record.CouponID}, ledger.Found, nil
		case record.Remark == "" && record.OperationAmount.Equal(c.FaceValue):
			// That the memo becomes the remark is not promised, so this could be ours.
			finding = ledger.Unclear
		}
	}
	return Coupon{}, finding, nil
}
